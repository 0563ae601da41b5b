"""Names that no list knows but that look like one: 株式会社…, …協議会, 環境課, 山田氏, 「…助成金」."""

from __future__ import annotations

import re
from dataclasses import dataclass

_BODY = r"[一-龥々ァ-ヴーA-Za-z0-9・&]"
_LEGAL = r"(?:株式会社|有限会社|合同会社|合資会社|一般社団法人|一般財団法人|公益財団法人|公益社団法人|社会福祉法人|学校法人|特定非営利活動法人|NPO法人|独立行政法人|国立研究開発法人|医療法人)"
_ENDING = (
    r"(?:協議会|連合会|協会|商工会議所|商工会|信用金庫|信用組合|信金|銀行|公庫|公社|公団|機構|財団|基金|組合|研究所|研究会|大学|学院|商店街|コンソーシアム|コンソ|センター|ホールディングス|グループ|製作所|工業|電力|ガス(?=は|が|の|に|と|、|。|$)|"
    r"事務局|事務所|委員会|審議会|推進室|推進課|対策課|政策課|環境課|経済課|産業課|振興課|係|局(?!面|地|所)|庁|省(?!エ|資|略|力|令|人|く|け|い)|課(?!題|税|せ|し|長会|程))"
)
_KANA = (
    r"(?:(?:^|(?<=[、。・「『(\s])|(?<=[のはがをにとやも]))"
    r"[ぁ-えか-ぜそ-つづなにぬねばぱび-ほま-ろわん]{2,6}(?<!ある)(?<!いる)(?<!する)(?<!した)(?<!その)(?<!この)(?<!との)(?<!など)(?<!から)(?<!まで)(?<!より)(?<!では)(?<!には)(?<!ない)(?<!また)(?<!まず))?"
)
"""A name may begin in hiragana: あおぞら信用金庫."""
_ORGANISATION = re.compile(
    rf"{_LEGAL}\s?(?!と[はのも、]|[はがをにでの])[一-龥々ァ-ヴーA-Za-z0-9ぁ-ん・&]{{2,24}}?(?=[はがをにとでもや、。「」()\s]|から|など|の|か[、。]|$)|{_BODY}{{2,20}}(?:株式会社|有限会社|合同会社)|{_KANA}{_BODY}{{0,20}}?{_ENDING}(?![一-龥ァ-ヴ])"
)
_PERSON = re.compile(
    r"(?P<name>(?:(?!氏)[一-龥々]){1,4}\s?(?:(?![はがをにでとものや氏])[一-龥々ぁ-んァ-ヴー]){0,4}(?!氏)[一-龥々])(?=氏(?!名)|先生|教授|区長(?!会)|社長(?!室|さ)|部長|課長(?!会)|係長(?!会))"
)
_KANA_WORD = (
    r"(?:(?:^|(?<=[、。・「『(\s])|(?<=[のはがをにとやも]))[ぁ-ん]{3,8}(?<![るうくすつなのたいでにをがはもとてれ]))"
)
"""A programme may begin in hiragana: ものづくり補助金. What ends as verbs and particles do is no name."""
_PROGRAMME = re.compile(
    rf"(?:{_KANA_WORD})?{_BODY}{{0,24}}?(?:等)?(?:助成制度|補助制度|助成金|補助金|支援金|給付金|奨励金|助成事業|補助事業|支援事業|認証制度|認定制度|登録制度|融資制度|モデル事業|キャンペーン|プログラム|プロジェクト|フォーラム|スクール|証書)(?![一-龥ァ-ヴ])|[一-龥ァ-ヴー]{{6,30}}会議(?![一-龥])|[一-龥]{{2,8}}(?<![消課非免節減納脱増国方区都])税(?![込抜金理務制率別一-龥])"
)
_QUOTED = re.compile(r"[「『“\"]([^「」『』“”\"\n]{2,60})[」』”\"]")
_VAGUE = re.compile(
    r"^(?:各|当|本|同|この|その|他の?|関係|担当|所管|専門|相談|最寄り|地元|区|市|都|国|自治体|行政|会社|企業|電力|ガス|小売|民間|地域|近く|全国|支援|問い合わせ|窓口|お近く|利用|対象|再エネ|再生可能エネルギー|自然エネルギー|太陽光|都市|天然|火力|関連|一般|公的|既存|新|主催|運営|共同|環境)*(?:の)?(?:事務局|窓口|担当課|課|係|センター|銀行|電力|ガス|協会|組合|団体|機関|部署|局|庁|省|事務所|委員会|大学|研究所|商店街|グループ|環境課|機構|基金|工業|協議会)$"
)
_PLAIN_KIND = re.compile(
    r"^(?:この|その|各種|同|当|本|国|都|区|公的|関連|既存|別|他|主|省エネ|脱炭素|環境|設備|利用|対象|活用|支援|[、の・])*(?:助成制度|補助制度|助成金|補助金|支援金|給付金|補助事業|支援事業|助成事業|プログラム|プロジェクト|キャンペーン|認証制度|登録制度|スクール|フォーラム)$"
)


@dataclass(frozen=True, slots=True)
class Shape:
    """Something that looks like a name."""

    kind: str
    """`organisation` (persons among them), `programme` or `quote`."""
    text: str
    start: int
    end: int


def shapes(folded: str) -> tuple[Shape, ...]:
    """List what looks like a name in a folded text; words for any such thing (担当課, 補助金) do not."""
    found = [
        Shape("organisation", m.group(), m.start(), m.end())
        for m in _ORGANISATION.finditer(folded)
        if not _VAGUE.match(m.group())
    ]
    found += [Shape("organisation", m["name"], m.start(), m.end()) for m in _PERSON.finditer(folded)]
    found += [
        Shape("programme", m.group(), m.start(), m.end())
        for m in _PROGRAMME.finditer(folded)
        if not _PLAIN_KIND.match(m.group())
    ]
    found += [Shape("quote", m[1], m.start(1), m.end(1)) for m in _QUOTED.finditer(folded)]
    return tuple(found)
