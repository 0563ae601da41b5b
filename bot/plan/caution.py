"""The rule that comes before an order: whatever is answered about buying, ordering or work carries it, cited."""

from __future__ import annotations

import re
from dataclasses import replace

from bot import policies
from bot.answer import Act, Answer
from bot.draft import cite
from bot.interview.state import Interview
from bot.lists.proofs import Proofs
from bot.plan.policy import About, Caution, policy
from bot.reading import Reading
from bot.text.units import Unit
from knowledge.documents import Passage
from knowledge.wards import WARDS

_THING = r"(?:エアコン|空調|照明|LED|電球|蛍光灯|窓|サッシ|ガラス|冷蔵庫|冷凍庫|ボイラー|給湯器|設備|機器|パネル|太陽光|蓄電池|フィルム|内窓|二重窓)"
_ORDER = re.compile(
    r"買(?:い(?:替|換|た|ま|に)|う|え|っ)|購入|注文|発注|契約(?!書|の?名義|期間)|工事|着工|リフォーム|改装|交換(?:し|する|を)|取り?[替換]え|入れ[替換]え|付け[替換]え|[替換]えた(?:い|く)|"
    r"新しくし|設置(?:し|する|を)|導入し|手付金|着手(?!金)|(?<!ごみの)(?<!ゴミの)(?:業者|専門家|コンサル(?:タント)?)(?:に|へ)[^。、?]{0,8}(?:頼み|頼む|依頼|任せ)|(?:電気|電力|再エネ|Eサイクル)[^。、?]{0,8}申し込(?:み|む|も)|切り?替え(?:たい|る|て|よう)|乗り?換え|"
    rf"{_THING}(?:を|に|へ)?[^。、?]{{0,6}}(?:頼(?:む|み|も)|[替換]え|にした|にする|付けた|つけた)",
    re.IGNORECASE,
)
_WITHOUT = re.compile(
    r"(?:工事|契約|購入)(?:とか|も|は|を|が|なんて)?(?:なし|ナシ|無し|なく|せず|しない|しなくて|できない|勝手に|抜き)|買わ(?:ず|ない)|買い物|買った電気|[替換]えずに|切り?替えずに|契約(?:を|は)?変え(?:ず|な)\S{0,2}"
)
_NO_GOODS = re.compile(r"クレジット|共同購入|まとめ|株")
"""What is bought here needs no rule of a grant, or is bought by others."""
_UNDERSTOOD = re.compile(rf"{_THING}|工事|着工|手付金|助成|補助")
_POWER = re.compile(r"(?:電気|電力|再エネ|Eサイクル).{0,24}(?:契約|切り?替え|乗り?換え|会社|申し込)")
_DONE = re.compile(
    r"(?:注文|発注|契約|購入|工事|着工)(?:を|が|は)?(?:し|やっ|済ませ|終わっ|頼ん)(?:ちゃっ|じゃっ|てしまっ|でしまっ)?(?:た|だ|てある|てい(?:る|ます))(?!い|ら)|(?:注文|発注|契約|購入|工事)済|買(?:っちゃっ|ってしまっ|っ)た(?!ら)"
)
_SAID = re.compile(r"(?:契約|注文|発注|工事|着工|購入|買い?|切り?替え)[^。]{0,24}前|事前に")
_SAID_AFTERWARDS = re.compile(r"注文した日[^。]{0,12}伝えて")


def orders(text: str) -> bool:
    """Tell whether a folded text speaks of buying, ordering, work or another contract for electricity."""
    return bool(_ORDER.search(_WITHOUT.sub("", text))) and not _NO_GOODS.search(text)


def caution(reading: Reading) -> Caution | None:
    """Give the rule that an answer must carry; None where nothing is said of an order."""
    text = reading.text
    if reading.english or not orders(text):
        return None
    about = About.DONE if _DONE.search(text) else About.POWER if _POWER.search(text) else About.ORDER
    named = reading.ward or next(iter(reading.named_wards), "")
    situation = Interview(place=named if named in WARDS else "").situation()
    return next(row for row in policy().caution if row.about is about and row.fits(situation))


def with_rule(answer: Answer, reading: Reading, proofs: Proofs, public_url: str) -> Answer:
    """Add the rule before an order to an answer that lacks it.

    Args:
        answer: What is answered. A greeting, a handoff and the refusal of misuse stay as they are; a refusal only
            because nothing was understood becomes the rule alone.
        reading: The message.
        proofs: Of the index; without the rule's passage the answer stays as it is.
        public_url: Base of the citation's address.
    """
    rule = caution(reading)
    unit = proofs.find(rule.proof) if rule else None
    if rule is None or unit is None or _carries(answer, _SAID_AFTERWARDS if rule.about is About.DONE else _SAID):
        return answer
    if answer.act is Act.REFUSE and _is_ours(reading.text):
        return _added(Answer(Act.ANSWER, "", confidence=0.6), rule, unit, public_url)
    if answer.act in (Act.ANSWER, Act.ABSTAIN, Act.CLARIFY):
        return _added(answer, rule, unit, public_url)
    return answer


def _is_ours(text: str) -> bool:
    """Tell whether a refused message was only not understood: 「工事を来月頼むつもり」."""
    return bool(_UNDERSTOOD.search(text)) and not policies.is_misuse(text) and not policies.is_off_topic(text)


def _carries(answer: Answer, rule: re.Pattern[str]) -> bool:
    """Tell whether an answer says such a rule and cites it."""
    return bool(rule.search(answer.text)) and any(rule.search(citation.quote) for citation in answer.citations)


def _added(answer: Answer, rule: Caution, unit: Unit, public_url: str) -> Answer:
    known = next((c for c in answer.citations if c.chunk == unit.chunk.id and unit.quote in c.quote), None)
    citation = known or cite(unit, len(answer.citations) + 1, public_url)
    held = {passage.chunk.id for passage in answer.passages}
    passage = Passage(unit.chunk, unit.source, min((p.score for p in answer.passages), default=1.0))
    return replace(
        answer,
        text=f"{answer.text}\n{rule.text}。[{citation.n}]".strip(),
        citations=answer.citations if known else (*answer.citations, citation),
        # The cited passage must be among them, and they are ten at most.
        passages=answer.passages if unit.chunk.id in held else (*answer.passages[:9], passage),
    )
