"""What kind of thing a question asks for, and whether a text holds such a thing.

"The programme is there, the amount is not" is the case in which a lexical score misleads. So each kind of value
has two patterns here: how people ask for it, and what it looks like in a document.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from knowledge.dates import dates, month_days, year_months
from knowledge.fold import fold
from knowledge.wards import WARDS


class Want(StrEnum):
    """Kinds of values that questions ask for."""

    AMOUNT = "amount"
    """A sum of money that is paid out or capped."""
    FEE = "fee"
    """What it costs; "free of charge" is a value."""
    RATE = "rate"
    """A percentage or fraction."""
    DEADLINE = "deadline"
    DATE = "date"
    TIME = "time"
    PERIOD = "period"
    COUNT = "count"
    QUANTITY = "quantity"
    """A measured number with a unit."""
    CONTACT = "contact"
    """Whom or where to ask."""
    PHONE = "phone"
    EMAIL = "email"
    URL = "url"
    PERSON = "person"
    ORGANISATION = "organisation"
    PLACE = "place"
    APPLICATION = "application"
    """How to apply, which papers."""
    ELIGIBILITY = "eligibility"
    NAME = "name"
    REASON = "reason"
    BENEFIT = "benefit"
    DEFINITION = "definition"
    CONDITION = "condition"
    """Whether something is allowed, or holds, in a case that the question describes."""
    LIST = "list"
    SUBSIDY = "subsidy"
    """Whether there is a grant for something."""
    COMPARISON = "comparison"


_COUNTERS = "ポイント|点|社|人|名|区|件|回|か所|カ所|ヶ所|箇所|か国|世帯|自治体|団体|組織|地域|店舗|店|種類|個|つ|冊|棟|本|市町村|銀行|行|条|年間|年|か月|カ月|ヶ月|日|円|度|キロ|kWh|トン"
_ASKED: dict[Want, str] = {
    Want.AMOUNT: r"(?:どれだけ|どのくらい|どれくらい|どのぐらい|どれぐらい|どんくらい|どこまで|いくら|何割)(?:まで)?(?:を|は)?(?:区が|都が|国が)?(?:出し|持っ|もっ|見|み|負担し|戻|返|補助し|助成し)(?:て(?:くれ|もら)|る|って)|いくら(?:まで|ぐらい|くらい)?(?:出|もら|おり|戻|補助|助成|$|[?？。、])|(?:補助|助成|支援)(?:金|額)?[はっってのが]*(?:いくら|どのくらい|どれくらい|何円|何万)|"
    r"金額|上限|助成額|補助額|限度額|何万円|何円|how much.*(?:grant|subsid|support)",
    Want.FEE: r"いくら|何円|料金|費用|値段|価格|単価|参加費|受講料|年会費|会費|手数料|お金.{0,4}かか|いくら.{0,4}かか|かかるお金|タダ|ただ(?:です|で(?:でき|使)|なの)|無料|有料|コストは|安い\?|相場|見積|how much.*(?:cost|fee)|\bfree\b|\bcosts?\b|\bfees?\b|\bprice\b",
    Want.RATE: r"何(?:%|パーセント|割|分の)|助成率|補助率|割合|率は|率って|還元率|利率|金利|percent",
    Want.DEADLINE: r"いつまで|締め?切り?|〆切|期限(?!切|間近|が近|接近|が来|を迎え|切れ|[がを](?:す|過)ぎ|の?後)|受付期間|募集期間|申請期間|最終日|deadline",
    Want.TIME: r"何時(?!間)|開始時間|時間は|what time",
    Want.DATE: r"いつ(?!も|まで|か(?!ら))|何日(?!間|かか|くらい|ぐらい|ほど|待)|何月|日程|日にち|日取り|開催日|時期|(?:どの|なんの|何の|いつの)季節|何年(?!間|有効|続|前|で元|しばり|縛り|契約)|\bwhen\b|what (?:date|day|year)",
    Want.PERIOD: r"何年(?:間|有効|続|しばり|縛り|契約)|何(?:か|カ|ヶ|ケ)?月(?:間|有効|かか|ぐらい|くらい)|期間|有効期(?:限|間)|どのくらいの?間|何日(?:間|かか|くらい|ぐらい|ほど|待)|何時間|何分(?!の)|(?:ど(?:の|れ|ん)[くぐ]らい|どれほど)(?:の(?:間|期間))?(?:た[ちっつ]|続|かか(?!る(?:お金|費用))|待)|how long",
    Want.COUNT: rf"何(?:{_COUNTERS})|いくつ|幾つ|なんぼ(?:に|ある|いる|あん)|how many",
    Want.QUANTITY: r"(?:どのくらい|どれくらい|どのぐらい|どれぐらい|どんくらい|どんだけ|どれほど|どれだけ|何トン|何度|何kWh|何キロ|広さ|面積|量は|距離)",
    Want.PHONE: r"電話(?:番号|ばんごう)|でんわばんごう|電話(?:したい|で(?:聞|話|相談)|先|は\?|教)|(?:^|[、。 の])番号(?:を|は)?(?:教|わか|知|おねが|お願)|(?<![a-z])TEL(?![a-z])|電話も(?:$|[?？。]|教|知|わか)|電話か|電話と|電話または|電話[^。]{0,12}何番|何番に(?:かけ|電話)|\bphone\b|\bcall\b",
    Want.CONTACT: r"問い?合わ?せ|連絡先|相談(?:先|窓口)|窓口(?:は|って|を|どこ|教)|(?:どこ|誰|だれ|どなた)(?:の(?:誰|だれ))?に(?:聞|相談|連絡|問い|尋|電話|言)|contact|reach|get in touch",
    Want.EMAIL: r"メール(?:アドレス|で|は|先)?|メアド|e-?mail",
    Want.URL: r"ホームページ|ウェブサイト|サイト(?:は|の)?|URL|HP(?:は|ある|の)|website",
    Want.PERSON: r"(?:誰|だれ|どなた)(?:が|は|か)?(?:出(?!す|し)|しゃべ|話(?!を聞)|登壇|来(?!る会)|講演|発表|挨拶|教えて(?:いる|る))|講師(?:は|って|の(?:名|氏|先生|人)|が|[?？]|$)|登壇者|出演|スピーカー|(?:社長|課長|部長|代表|役員|担当者?)(?:さん)?(?:の名前|の氏名|は誰|って誰|はどなた)|何という(?:人|方)|(?:出|しゃべ|喋|話|講演|登壇|挨拶|あいさつ|発表|教え|参加)[^、。?]{0,8}(?:の|人|方|ひと)(?:は|って|が)?(?:誰|だれ|どなた)|(?:話し|しゃべっ|喋っ|講演し|登壇し|挨拶し|あいさつし|発表し|出)た(?:人|方|ひと)の名|\bwho (?:is|are|will|speaks|gave)\b",
    Want.PLACE: r"会場|開催(?:場所|地)|(?:どこで|どうやって)(?:や(?:る|り|っ)|開|行|あ[るりっ])|何階|(?:どの|どこの)(?:エリア|地域|範囲)|場所(?:は[?？。]?$|はどこ|って|を?教え|どこ)|住所(?!が|や|とか|など|を(?:入|書|伝))|所在地|どこにあ(?:る|り)|\bwhere (?:is|was|are|will)\b|venue",
    Want.APPLICATION: r"申し?込み?(?:方|方法|書|フォーム|先|は|って|の)|申請(?:方法|書|の(?:し?方|やり方|流れ))|手続き(?!.{0,6}(?:手伝|代行|サポ|頼|まか|任|支援|助け))|必要(?:な)?書類|(?:何の|どんな|どの)書類|書類(?:は|って|何|を(?:そろ|揃|用意|出))|どうやって(?:申|応募|手続)|応募方法|how (?:do|can|to).{0,12}apply",
    Want.ELIGIBILITY: r"(?:混ぜ|入れ|乗せ|加え|参加させ)てもらえ|(?:受|うけ|う)けられ|(?:使|申し?込|申請|(?<![てで])もら|受け|参加|利用|応募|(?<![てで])入)(?:え|め|ら|れ|け|でき)\w{0,6}(?:ます|る|れる)?(?:か|の|かな|[?？]|$)|(?:申請|申し?込|応募|利用|使っ|参加)(?:し|ん)?で?て?も?(?:いい|よい|OK|大丈夫|かまわ)|対象(?:です|に|になり|なの|か|\?|者|となる)|条件|要件|資格(?:は|が)あ|eligible|qualif|can (?:i|we) (?:use|apply|get|join)",
    Want.CONDITION: r"何を(?:したら|すれば|すると)[^。?]{0,6}(?:出る|出ます|もらえ|受けられ)|(?:ない|ん)と(?:いけ|いか|だめ|ダメ|あかん)|ないかん(?:と|の)|なあかん|しなきゃ(?:だめ|いけ)|予算(?:は|って|が)?(?:まだ)?(?:残|あ[るり])|空き(?:は|って|が)?(?:まだ)?(?:ある|あり|残)|残りの?枠|まだ(?:間に合|残って|空い|有効|使え)|(?:ても|でも|じゃなくて?も|なくても|なしでも?|ないと|後(?:から|で)も?|前でも|終わってから(?:の)?(?:で|申)|だけでも).{0,14}(?:大丈夫|平気|いい(?!い)|よい|OK|オーケー|出[るま]|もらえ|使え|対象|可能|でき|いけ|間に合|申し?込|だめ|ダメ|減)|"
    r"ダブルで|併用|両方(?:もら|使|申)|重複|(?:誰|だれ)が対象|どんな\w{1,8}が対象|対象(?:に|と)?(?:なり|なる|です|か|外|者)|条件(?:は|って|を|が)|要件(?:は|って|を)|違約金|キャンセル料|罰則|続(?:く|きます)(?:の|んです)?か|もう一回|何回(?:まで|でも)|証明書|保証|最低(?:何|いくつ|契約)|is it ok|allowed",
    Want.SUBSIDY: r"(?:安く(?:なる|できる|してくれる)|お?得になる|(?:お金|費用)(?:を|が)(?:出してくれる|出る|浮く))(?:制度|仕組み|しくみ)|(?:区|都|国|役所|行政)(?:が|から|は|で).{0,10}(?:出し|持っ|もっ|見|み|負担し|払っ)て(?:くれ|もら)|補助|助成|支援金|給付金|(?:区|都|国)のお金|お金(?:って|は|が)?使え|(?:何か|いくらか|お金(?:が|は|って)?)(?:出(?:ま|る|ない)|もらえ)|\bgrants?\b|\bsubsid",
    Want.NAME: r"名前|何という|なんていう|なんて(?:制度|名)|名称",
    Want.BENEFIT: r"メリット|何がいい|なにがいい|いいこと|得(?:す|に|が?ある|は)|お得|効果|うれしい|どう(?:変わる|良く)|いいの[?？]?$|benefit|advantage",
    Want.REASON: r"なんで|なぜ|何故|どうして|理由|わけ(?:は|を)|背景|\bwhy\b",
    Want.DEFINITION: r"(?:って|とは|て)(?:何|なに|なん|どんな|どういう|どうゆう|いうの)|とは[?？。]?$|どんな(?:もの|制度|仕組|こと|サービス|内容|取|感じ|の)|どういう(?:もの|制度|仕組|こと|意味)|仕組み|意味|what (?:is|are)\b|内容",
    Want.COMPARISON: r"比べ|違い|違う|どっち|どちらが|それぞれ|一番|いちばん|最も|compare|difference",
    Want.LIST: r"全部|すべて|全て|ぜんぶ|一覧|どこどこ|どんなの|どれとどれ|(?:は|って)(?:何|なに)と(?:何|なに)|内訳|\d+つの?\w{0,8}(?:って|は|何)|いろいろ|ほかに|他に|誰と誰|all of",
}
_ORGANISATION = (
    r"(?:どこ|どちら|どの会社|どの組織|どこの(?:会社|銀行|業者|人)|何社|どの業者|どの銀行|なんて会社|どんな会社|(?:会社|業者|企業|ところ|とこ|お店|専門家|人|団体)"
    r"(?:ってある|はある|はどこ|ある|いる|いない|ない|知ら|教え|探し|紹介|さん|はいますか|はあります|ありませんか|を)|頼め|頼みたい|お願いでき|依頼|やってくれ|してくれ|引き取|回収|相談(?:でき|したい|先)|which (?:company|compan|bank|organi))"
)
_VALUE: dict[Want, str] = {
    Want.AMOUNT: r"\d[\d,.]*\s*(?:万|億|千|百)?円|\d+\s*万(?![\dkKh人])",
    Want.FEE: r"\d[\d,.]*\s*(?:万|億|千)?円|無料|有料|無償|費用負担なし|0円",
    Want.RATE: r"\d[\d.]*\s*(?:%|パーセント|割)|\d+\s*/\s*\d+(?=以内|補助|助成|$)|\d+分の\d+|[一二三四五六七八九]分の[一二三]",
    Want.DEADLINE: r"(?:締め?切り?|期限|まで(?:に)?|必着|最終日|受付期間|募集期間).{0,20}\d|\d+日.{0,6}(?:まで|必着|締切)|前月末日まで|か月前まで|予算.{0,8}(?:達し|終了)",
    Want.TIME: r"\d{1,2}\s*[:：]\s*\d\d|\d{1,2}時|\b\d{1,2}-\d{1,2}(?=\s|$)",
    Want.PERIOD: r"\d+\s*(?:年間|か月|カ月|ヶ月|日間|週間|年度|時間)|\d+月\s*~\s*\d+月|一年間|半年|半月|数(?:か月|年|週間|日)",
    Want.COUNT: r"\d",
    Want.QUANTITY: r"\d[\d,.]*\s*(?:万|億)?\s*(?:t|トン|kWh|℃|°C|度|km|キロ|m|㎡|k?L|リットル|kW|の?事業所|件|ha|ヘクタール|割|%|倍|世帯|名|人|社|kg|リットル|円|か所)",
    Want.PHONE: r"0\d{1,4}-\d{1,4}-\d{3,4}",
    Want.EMAIL: r"[\w.+-]+@[\w-]+\.\w+",
    Want.URL: r"https?://",
    Want.PERSON: r"[一-龥]{1,4}\s?[一-龥ぁ-ん]{1,4}\s?(?:氏|さん|先生)|(?:社長|取締役|執行役員|支店長|局長|課長|部長|技監|会長|理事長?)\s?[一-龥]{2,5}",
    Want.PLACE: r"会場[:：は]|場\s?所|所在地|オンライン|Web|ビル(?!ダ|ド)|ホール(?!ディング)|会館|センター|会議室|区役所|\d階|丁目|番地|[一-龥]{2,4}[村町](?![一-龥])",
    Want.APPLICATION: r"申し?込み?(?:は|方法|書|フォーム|先)|申請フォーム|申請書|提出書類|必要書類|応募フォーム|申し込めます|同意書|証明書|必要な書類|提出する",
    Want.ELIGIBILITY: r"対象|区内|向け|限定|要件|条件|以下の|未満|に限",
    Want.CONDITION: r"対象|要件|条件|限(?:る|定)|未満|以内|区内|向け|場合|できる|できない|できます|必要|不要|可能|任意|[せえれ]ます|不可|禁止|義務|負う|しなければ",
    Want.SUBSIDY: r"補助|助成|交付金|給付",
    Want.BENEFIT: r"効果|メリット|削減|向上|低減|獲得|促進|抑制|コスト|快適|安価|安く|貢献|期待|寄与|創出",
    Want.REASON: r"ため|ので|から|背景|課題|ことから|により|不十分|目的",
}
_ASKED_RE = {want: re.compile(pattern, re.IGNORECASE) for want, pattern in _ASKED.items()}
_VALUE_RE = {want: re.compile(pattern, re.IGNORECASE) for want, pattern in _VALUE.items()}
_ORGANISATION_RE = re.compile(_ORGANISATION, re.IGNORECASE)
_AFTER = re.compile(r"\d+\s*(?:か月|カ月|ヶ月|週間|日)後")
_PAID = re.compile(r"て(?:くれ|もら)|戻|返って|いくら(?:まで|ぐらい|くらい)?(?:出|もら|おり|補助|助成)")
_NAN = re.compile(r"なん(?=[%パ年月日社人名区件回時円本個か分])")
_COUNTED = {
    "にん": "人",
    "がつ": "月",
    "にち": "日",
    "かい": "回",
    "えん": "円",
    "ねん": "年",
    "まい": "枚",
    "しゃ": "社",
    "わり": "割",
    "ばん": "番",
}
_SPELT = re.compile(rf"なん({'|'.join(_COUNTED)})")
"""What is counted, in kana: なんにん."""
_COUNTER = re.compile(rf"何({_COUNTERS})|いくつの?(組織|団体|会社|企業|店舗?|区|自治体|地域|銀行|条)")
_ORGANISATION_VALUE = re.compile(
    r"株式会社|有限会社|社団法人|財団法人|協議会|連合会|協会|会議所|銀行|金庫|公社|[一-龥]区(?![一-龥])|大学|コンソ|環境省|事務局"
)

_ASK_NAME = r"(?:名|の名前|(?:は|って|が)?(?:どこ|どちら|何と何|どれ|ぜんぶ|全部)|を(?:全部|ぜんぶ|教))"
_BODIES: dict[str, tuple[str, str]] = {
    # kind of body → (how its name is asked for, what such a name looks like)
    "company": (
        r"社名|(?:会社|企業)(?:の名前|名)|(?:会社|事業者|企業)(?:は|って|の)?[、,]?(?:なんて|何て|何という|なんという)(?:名前|名|社名)|(?:なんて|何て|何という|なんという)(?:名前の|名の)?(?:会社|企業)|残りの会社|電力会社はどこ",
        r"株式会社|有限会社|合同会社|[一-龥]{2,}電力(?!会社|料金|の|量|調)|[一-龥ァ-ヶー]{2,}(?:銀行|商会|ホールディングス)",
    ),
    "bank": (rf"銀行{_ASK_NAME}|どこの銀行|どの銀行", r"[一-龥A-Za-zァ-ヶ]{2,}銀行"),
    "university": (rf"大学{_ASK_NAME}|どこの大学|どの大学", r"[一-龥]{2,}大学(?!間|等|と|生)"),
    "municipality": (
        rf"自治体{_ASK_NAME}|ど(?:この|の)(?:自治体|町|村|市|県|地方)|(?:市町村|町|村){_ASK_NAME}",
        r"[一-龥]{1,4}[市町村県](?![一-龥])",
    ),
    "origin": (
        r"どこ(?:の|で(?:作|つく|発電|とれ|取れ|採れ))\S{0,4}(?:電気|電力|再エネ|エネルギー|木材|木|材料|食材)(?:が|を|は|で|って|な|[?？]|$)",
        r"自治体|地方|産地|発電所|[一-龥]{1,4}[市町村県](?![一-龥])",
    ),
    "ward": (r"(?:区|他|ほか)は(?:どこ|何区と)|どこの区|どの区", "|".join(WARDS.values())),
}

HARD: frozenset[Want] = frozenset(
    {Want.AMOUNT, Want.FEE, Want.RATE, Want.DEADLINE, Want.TIME, Want.DATE, Want.PERIOD, Want.COUNT, Want.QUANTITY}
    | {Want.PHONE, Want.EMAIL, Want.URL, Want.PERSON, Want.PLACE, Want.APPLICATION, Want.CONDITION}
)
"""Wants that an answer must meet with a value; without one in the documents there is nothing to say."""

NAMES: dict[Want, str] = {
    Want.AMOUNT: "金額",
    Want.FEE: "料金や費用",
    Want.RATE: "割合や率",
    Want.DEADLINE: "締切や受付期間",
    Want.TIME: "時間",
    Want.DATE: "日程",
    Want.PERIOD: "期間",
    Want.COUNT: "数",
    Want.QUANTITY: "量や数値",
    Want.PHONE: "電話番号",
    Want.EMAIL: "メールアドレス",
    Want.URL: "ホームページのアドレス",
    Want.PERSON: "担当者や登壇者の名前",
    Want.PLACE: "会場や場所",
    Want.APPLICATION: "申込みや申請の方法",
    Want.CONDITION: "条件や対象",
    Want.ELIGIBILITY: "対象や条件",
    Want.ORGANISATION: "名前",
}
"""How a want is called when it can't be met."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a question asks for."""

    kinds: frozenset[Want]
    counters: frozenset[str] = frozenset()
    """Counters asked for ("何社" → 社)."""
    to_the_day: bool = False
    """A date must name its day ("何日")."""
    bodies: frozenset[str] = frozenset()
    """Kinds of bodies whose names are asked for ("どこの銀行", "社名は"), keys of `_BODIES`."""
    said: str = ""
    """The question, folded; a name that stands in it is no answer to it."""

    def __contains__(self, want: Want) -> bool:
        return want in self.kinds

    @property
    def hard(self) -> frozenset[Want]:
        """The wants that need a value."""
        named = frozenset({Want.ORGANISATION}) if self.bodies else frozenset()
        return self.kinds & (HARD | named)


_NAMED_ALL = re.compile(
    r"(?:名前|名称)(?:を|も|は)?(?:ぜんぶ|全部|すべて|全て|一通り|並べ|挙げ|教え)|(?:ぜんぶ|全部|すべて|全て|一通り)(?:を)?(?:並べ|挙げ|あげ|書き出|列挙)|列挙して"
)


_NANBO = re.compile(r"なんぼ(?!に|ある|いる|あん)")


def wanted(question: str) -> Wanted:
    """Read what a question asks for.

    Returns:
        All kinds that its wording fits; none for a question that wants to be told about something.
    """
    text = _NAN.sub("何", _SPELT.sub(lambda match: f"何{_COUNTED[match[1]]}", _NANBO.sub("いくら", fold(question))))
    kinds = {want for want, pattern in _ASKED_RE.items() if pattern.search(text)}
    counters = frozenset(first or second for first, second in _COUNTER.findall(text))
    if _ORGANISATION_RE.search(text) and not kinds & {Want.PHONE, Want.EMAIL}:
        kinds.add(Want.ORGANISATION)
    if Want.DEADLINE in kinds:
        kinds.discard(Want.DATE)
    if kinds & {Want.PERIOD} and not re.search(r"いつ", text):
        kinds.discard(Want.DATE)
    if (counters and counters <= {"年", "日"}) or counters & {
        "年間",
        "か月",
        "カ月",
        "ヶ月",
        "円",
        "度",
        "条",
        "トン",
        "キロ",
        "kWh",
    }:
        kinds.discard(Want.COUNT)
    if Want.RATE in kinds or (kinds & {Want.COUNT} and _NAMED_ALL.search(text)):
        # 「何種類ある? 名前ぜんぶ教えて」: the names are asked for, and their number is seen from them.
        kinds.discard(Want.COUNT)
    if Want.ORGANISATION in kinds and re.search(
        r"(?:会社|業者|企業|ところ|所|とこ|人)(?:さん)?は(?:どこ|ある|あり|いる|いま)?\S{0,6}[?]?$", text
    ):
        # 「いくらかかるか見積もってくれる会社は?」 asks for a company.
        kinds -= {Want.FEE, Want.AMOUNT, Want.QUANTITY}
    if Want.AMOUNT in kinds and _PAID.search(text):
        kinds -= {Want.QUANTITY, Want.FEE}
    if re.search(r"(?:いくら|費用|金額)[^。?]{0,8}(?:の|を)?(?:計算|見積|試算|概算)", text):
        # Whether somebody reckons it is asked, not what it comes to.
        kinds -= {Want.FEE, Want.AMOUNT, Want.QUANTITY}
    if re.search(r"税込|税抜|消費税", text):
        # Whether tax is counted is asked, not how much.
        kinds.discard(Want.AMOUNT)
    if Want.AMOUNT in kinds and Want.FEE in kinds and not re.search(r"補助|助成|もら|出る|出ます|支援", text):
        kinds.discard(Want.AMOUNT)
    if Want.FEE in kinds and Want.SUBSIDY in kinds and not re.search(r"手数料|無料|有料|タダ", text):
        kinds.discard(Want.FEE)
    bodies = frozenset(body for body, (asks, _) in _BODIES.items() if re.search(asks, text))
    if bodies:
        kinds.add(Want.ORGANISATION)
    return Wanted(frozenset(kinds), counters, bool(re.search(r"何日(?!間|か?か)|日にち|何月何日", text)), bodies, text)


def holds(text: str, want: Want, asked: Wanted | None = None) -> bool:
    """Tell whether a text holds a value of a kind.

    Args:
        text: A unit of a document.
        want: The kind.
        asked: The question's wants; a count must then be of a counter that was asked for.
    """
    folded = fold(text)
    match want:
        case Want.DATE if asked and asked.to_the_day:
            return bool(dates(folded) or month_days(folded))
        case Want.DATE if asked and "季節" in asked.said and re.search(r"[春夏秋冬](?!日)", folded):
            return True
        case Want.DATE if _AFTER.search(folded):
            return True
        case Want.DATE:
            return bool(dates(folded) or month_days(folded) or year_months(folded) or re.search(r"\d+月", folded))
        case Want.COUNT if asked and asked.counters - {"つ"}:
            return any(
                re.search(rf"(?:\d[\d,~-]*|数[十百千]*)\s*{counter}", folded) for counter in _similar(asked.counters)
            )
        case Want.AMOUNT:
            # "How much is paid" is answered by a rate as well as by a sum.
            share = re.search(r"助成|補助|経費|受験料|費用", folded) and _VALUE_RE[Want.RATE].search(folded)
            return bool(_VALUE_RE[Want.AMOUNT].search(folded) or share)
        case Want.ORGANISATION if asked and asked.bodies:
            return any(
                match.group().removesuffix("区") not in asked.said
                for body in asked.bodies
                for match in re.finditer(_BODIES[body][1], folded)
            )
        case Want.ORGANISATION:
            return bool(_ORGANISATION_VALUE.search(folded))
        case _:
            pattern = _VALUE_RE.get(want)
            return pattern is None or bool(pattern.search(folded))


def _similar(counters: frozenset[str]) -> set[str]:
    """Counters that count the same things: a question says 何人, the text 33名."""
    alike = (
        {"人", "名"},
        {"か所", "カ所", "ヶ所", "箇所", "地域", "件"},
        {"社", "組織", "団体"},
        {"区", "自治体", "市町村"},
        {"店", "店舗"},
    )
    found = set(counters)
    for group in alike:
        if group & counters:
            found |= group
    return {re.escape(counter) for counter in found}
