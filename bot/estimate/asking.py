"""Whether a message asks for an estimate: an amount with what is wanted of it, not a question on a document."""

from __future__ import annotations

import re

from bot.estimate.amounts import WORDS, Amount
from bot.estimate.numerals import RUN
from knowledge.catalogue.factors import shipped
from knowledge.fold import fold

_CO2 = r"c[o0]\s?2|二酸化炭素|炭酸ガス|シーオーツー|温室効果ガス|ghg|排出|カーボン|炭素|carbon|emission|footprint"
_CO2_WORD = re.compile(rf"{_CO2}|(?:何|なん)(?:トン|t(?![a-z]))", re.IGNORECASE)
_HOW_MUCH = re.compile(
    r"どれ(?:く?らい|ぐらい|ほど|だけ|程)|どの(?:く?らい|ぐらい|程度|位)|どん(?:く?らい|だけ)|何(?:トン|t(?![a-z])|キロ|kg|世帯)|なん(?:トン|キロ|t(?![a-z])|kg)|なんぼ|いくら|いくつ|幾ら|"
    r"計算|算出|算定|換算|概算|試算|見積|求め|教え|知りたい|わか[るり]|分か[るり]|調べ|直す|出して|出る|出て[るまい]|出ます|出した|減る|減らせ|減り|減ります|多い|少ない|"
    rf"(?:{_CO2})(?:の?(?:量|排出量?))?(?:って|とか|だと|は|わ|を|が|も|なら|換算|お願いします)*\s*[?？。!！…~]*$|"
    r"how much|how many|what|estimate|calculate|calculation|convert|work out|roughly",
    re.IGNORECASE,
)
_ELSE = re.compile(
    r"どういう|なぜ|なんで|どうして|根拠|前提|由来|仮定|想定|資料|報告書|提案書|会見|庁舎|区役所|区有|特別区|\d+区|\d[\d,]*世帯|原油換算|"
    r"誰|だれ|どこ|専門|業者|コンサル|(?:どの|どんな|いい|良い)会社|会社(?:を教え|ある|はある|は[?？。]?$|を紹介)|頼め|頼み|頼む|頼ん|任せ|委託|外注|サービス|ソフト|アプリ|ツール|"
    r"補助|助成|クレジット|義務|届|申請|要件|対象|条件|窓口|相談(?:料|先|窓口|し|に)|電話|投資|回収|何から|(?<!計算)(?<!算定)方法|対策|取り?組|コツ|アドバイス|目標|\b(?:what (?:can|should)|how (?:can|do|to)|grants?|subsid\w*|why|who|where|compan(?:y|ies) (?:can|that|to))\b",
    re.IGNORECASE,
)
_THRESHOLD = re.compile(r"^\s*(?:以上|未満|以下|超|を超え|より(?:多|少)|規模|級|クラス)")
_VEHICLE = re.compile(r"^\s*(?:トラック|ダンプ|車|積)")
_POWER = re.compile(
    r"契約電力|太陽光|パネル|ソーラー|蓄電|デマンド|出力|容量|最大|ピーク|設備|空調|エアコン|発電|充電|急速|モーター",
    re.IGNORECASE,
)
_GOAL = re.compile(r"減ら|削減|下げ|抑え|安く|へらし|節約|reduc|cut|lower|save", re.IGNORECASE)
_SAVED = re.compile(
    r"(?:減ら|節電|節約|省エネ)(?:し(?:たら|て|た場合|た分|ました)|す|せ)|減っ|減る|減り|削減(?:し(?:たら|て|た場合|た分)|する|でき|量)|浮[くい]|"
    r"\b(?:if|when)\b.*\b(?:save|cut|reduce)|\bsav(?:ed|ing)\b",
    re.IGNORECASE,
)
_YEN = re.compile(r"円|(?<![a-z])(?:yen|jpy)(?![a-z])", re.IGNORECASE)
_BILL = re.compile(
    r"(?:電気|でんき|電力|ガス|ガソリン|軽油|灯油|重油|プロパン|光熱|燃料|エネルギー|動力)(?:代|料金?|費|コスト|の?(?:請求|支払|料金))?|bill|electricity|\bgas\b|petrol|gasoline|diesel|power",
    re.IGNORECASE,
)
_FILLER = re.compile(
    r"およそ|おおよそ|だいたい|大体|大概|約|ざっくり|ざっと|く?らい|ぐらい|程度|前後|ほど|使用量?|消費量?|消費|購入量?|電気量|使っ(?:て|た)(?:い?る|い?ます|んだ|ん)?|使[うい](?:ます)?|つか(?:う|って(?:る|ます))|平均|合計|全部で?|トータル|"
    r"(?:お願い|おねがい)し?(?:ます)?|計算(?:して)?|概算|試算|教えて|ください|くれる?|場合|検針(?:票)?|請求書|一?ヶ?月|毎月|月々|年間|毎年|昨年|去年|今年|先月|今月|半年|隔月|四半期|毎日|年度?|分|間|日|週|"
    r"うち|当社|弊社|当店|自社|お?店|会社|事務所|オフィス|工場|社用車|営業車|車|ボイラー|ストーブ|暖房|給湯|ボンベ|本|とか|です(?:か|が|けど|ね)?|でした|だった|だけど|なんだけど|ます|まし?た|いくら|"
    r"per|annum|month(?:ly)?|year(?:ly)?|annual(?:ly)?|week(?:ly)?|dai?ly|day|about|around|approx(?:imately)?|we|use|used|our|in|of|for|an?|and|the|is|are|please|office|shop|every|each|with|[かヶカケヵ]月",
    re.IGNORECASE,
)
_PARTICLE = re.compile(r"[\s、。,.，．?？!！・:：;/／()（）「」\[\]【】+&~=|\-ーのでとはがをにもやらよねだえ]|と|か|毎")
_WORD = re.compile("|".join(pattern for _, pattern in WORDS), re.IGNORECASE)


def is_question(text: str) -> bool:
    """Tell whether a message asks how much CO2 something is, and nothing about programmes, people or documents."""
    return bool(_CO2_WORD.search(text)) and bool(_HOW_MUCH.search(text)) and not _ELSE.search(text)


def wants_estimate(text: str, found: tuple[Amount, ...]) -> bool:
    """Tell whether the amounts of a message are there to be turned into CO2.

    Args:
        text: Folded.
        found: Its amounts of energy; weights that are none make it a question on a stated result.
    """
    if not found:
        return False
    if any(_THRESHOLD.match(text[amount.end :]) or _is_result(text, amount) for amount in found):
        return False
    if all(amount.power for amount in found) and _POWER.search(text):
        return False
    return is_question(text) or is_bare(text, found)


def _is_result(text: str, amount: Amount) -> bool:
    """A weight of nothing that is burnt is CO2 that somebody has worked out already."""
    return amount.unit == "kg" and amount.energy is None and not _VEHICLE.match(text[amount.end :])


def is_bare(text: str, found: tuple[Amount, ...]) -> bool:
    """Tell whether a message is amounts of energy and nothing else: 「ガス 120㎥」, 「月5000kWh使ってます」."""
    if any(amount.energy is None for amount in found):
        return False
    if all(amount.power for amount in found) and not _WORD.search(text) and not any(a.period for a in found):
        return False
    rest = text
    for amount in reversed(found):
        rest = f"{rest[: amount.start]} {rest[amount.end :]}"
    for name in shipped().names:
        rest = re.sub(re.escape(fold(name)), " ", rest, flags=re.IGNORECASE)
    rest = _WORD.sub(" ", rest)
    rest = re.sub(_CO2, " ", rest, flags=re.IGNORECASE)
    rest = RUN.sub(" ", _FILLER.sub(" ", rest))
    return len(_PARTICLE.sub("", rest)) <= 1


def asks_from_yen(text: str) -> bool:
    """Tell whether a message wants CO2 from what a bill costs: 「電気代3万円だとCO2は?」."""
    paid = any(
        _YEN.match(text[run.end() :].lstrip()) or text[: run.start()].rstrip().endswith("¥")
        for run in RUN.finditer(text)
    )
    return paid and bool(_BILL.search(text)) and is_question(text) and not _GOAL.search(text)


def reduces(text: str) -> bool:
    """Tell whether the amount is one that is saved; to want savings is not to have them."""
    return bool(_SAVED.search(text))
