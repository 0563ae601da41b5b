"""Whether a sentence is made of the words of its passages, and of what they state rather than of what they say is not known."""

from __future__ import annotations

import re

from bot.guard.alike import groups_of, met
from bot.guard.evidence import Evidence, is_unknown
from bot.guard.statement import CLEFT, Statement
from knowledge.tokens import words

_SAME_WORDS = 0.5
"""Share of a sentence's words, and of each of its parts', that its passages must have."""
_ENOUGH_TO_SAY = 2
"""Words of a part of a sentence from which on it must be proved for itself."""
_PIECES = re.compile(r"[、。;()!?]")


def beside_the_point(said: Statement, evidence: Evidence) -> bool:
    """Tell whether a sentence, or a part of it between two commas, is made of other words than its passages."""
    own = _plain(said.terms)
    if not said.terms:
        return True
    if said.text.isascii():
        # Its words can't be compared with a Japanese passage's: without a figure or name nothing of it is proved.
        return not said.values and not said.names
    who = CLEFT.search(said.text)
    if who and not said.part(*who.span("who")) & evidence.terms:
        return True  # 「取組を紹介したのは、A社です」 where no passage knows A社
    held = evidence.terms if is_unknown(said.text) else evidence.stated
    groups = groups_of(held)
    sends = bool(_SENDS_OFF.search(said.text))
    start = 0
    for end in (*(match.start() for match in _PIECES.finditer(said.text)), len(said.text)):
        part = _plain(said.part(start, end))
        text = said.text[start:end]
        start = end + 1
        if sends and (_SENDS_OFF.search(text) or _CASE.search(text)):
            # 「照明を替えるなら、区にご確認ください」 states nothing but where to ask; names are looked for elsewhere.
            own -= part
            continue
        if len(part) >= _ENOUGH_TO_SAY and len(met(part, held, groups)) < _SAME_WORDS * len(part):
            return True
    return len(met(own, held, groups)) < _SAME_WORDS * len(own)


_SENDS_OFF = re.compile(
    r"(?:確認|相談|問い?合わせ|覧|参照|尋ね|連絡|お送り)[^、。]{0,14}(?:ください|下さい|ましょう|いかがでしょうか|おすすめします|いただけます)|相談[^、。]{0,8}(?:方法|手)です"
)
"""The end of a sentence that sends somebody somewhere."""
_CASE = re.compile(r"(?:とき|時|場合|なら|たら|際|方|予定|検討中)(?:は|に|には|でしたら|であれば)?$")


_SAYS_SO = frozenset(words("資料や案内によると、そう書かれ、載り、示され、挙げられ、述べ、されている"))
"""Words by which a sentence says that a document says it."""
_SENDS = frozenset(
    words(
        "詳しくはご確認、ご覧、ご参照、お問い合わせください。ご検討、お考え、お悩み、迷う場合、お聞きになりたい方、お話、折を見て、"
        "ご相談、ご連絡、お送り、一つの方法、いかが、前提、日程、予定、開く、あたり、背景、進み、内容、方針、意味、こと、もの、ため、名前、行う"
    )
)
"""Words that send somebody somewhere or only hold a sentence together; what they are said of must be there."""


def _plain(terms: frozenset[str]) -> frozenset[str]:
    """The words of a text: not its figures, not that a document says so, and of a compound its parts alone."""
    own = {term for term in terms if not term.startswith("=") and term not in _SAYS_SO | _SENDS}
    return frozenset(term for term in own if not any(part != term and part in term for part in own))


def rests_on_the_unknown(said: Statement, evidence: Evidence) -> bool:
    """Tell whether a sentence states what its passages say is not known: 「…かどうかは、資料では確認できません」."""
    if is_unknown(said.text):
        return False
    weight = evidence.weights
    best = {True: 0.0, False: 0.0}
    for spot in evidence.spots:
        unknown = is_unknown(spot.says.text)
        best[unknown] = max(best[unknown], sum(weight(term) for term in said.terms & spot.terms))
    full = sum(weight(term) for term in said.terms)
    return best[True] >= _MOSTLY * full and best[True] > _CLEARLY * best[False]


_MOSTLY, _CLEARLY = 0.5, 1.3
"""Share of a sentence's weight that a passage's sentence has, and how many times the next best, for it to be that one."""
