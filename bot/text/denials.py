"""Pages that say what is not known: where one speaks of just what is asked, it is the answer."""

from __future__ import annotations

import re

from bot.answer import Act, Answer
from bot.draft import Draft
from bot.lists.grants import grant_ward, office_for
from bot.lists.proofs import Proofs
from bot.reading import Reading
from bot.text.abstain import add_whom, telling
from bot.text.contacts import Contact
from bot.text.material import Material, answering, confidence
from bot.text.select import Candidate
from bot.text.units import denies
from bot.wants import Want
from knowledge.catalogue.load import shipped
from knowledge.tokens import words

LEAST = 0.38
"""Share of the question that the unit must cover in its own words."""
AHEAD = 0.03
"""How much more of the question it must cover than any unit that could answer."""
OUTRIGHT = 1.45
"""How many times as much it must cover as a unit that holds the value, where no year or "the next" is asked for."""
ALONE = 0.18
"""Share of the question that only it speaks of, from which on it is about the very thing that is asked (EV充電設備)."""
OWN_CASE = 0.2
"""How much less it may cover where it says that it is not known whether someone in this case may."""


def denied(
    reading: Reading, material: Material, contacts: tuple[Contact, ...], proofs: Proofs, public_url: str
) -> Answer | None:
    """Answer with a unit that says that the matter is not known, and whom to ask.

    Returns:
        An abstention that cites the unit; None where no such unit covers more of the question than those that
        hold what was asked for.
    """
    office = office_for(reading, shipped())
    ward = grant_ward(reading) if office is not None and proofs.find(office.proof) else None
    best = max((c for c in material.candidates if _fits(c, reading, ward)), key=_own, default=None)
    if best is None:
        return None
    strongest = max(answering(reading, material), key=_own, default=None)
    rival = strongest.own if strongest else 0.0
    own_case = Want.ELIGIBILITY in reading.asked and _WHETHER.search(best.unit.say)
    if best.own <= rival + (-OWN_CASE if own_case else AHEAD):
        return None
    clear = own_case or _whole_contact(reading, best) or _NOW.search(reading.text) or best.own >= OUTRIGHT * rival
    if strongest and not clear and _alone(best, strongest, material) < ALONE:
        return None
    draft = Draft(public_url)
    draft.add("The documents do not say that:" if reading.english else "お尋ねのことは、資料に書かれていません。")
    draft.add(telling(best.unit), best.unit)
    if not _NAMES_WHOM.search(best.unit.say):
        add_whom(draft, reading, contacts, best.unit, proofs)
    sure = min(0.4, confidence(reading, (), material))
    return draft.answer(material.passages(draft.cited), act=Act.ABSTAIN, confidence=sure)


def _fits(candidate: Candidate, reading: Reading, ward: str | None) -> bool:
    """It denies the kind of value that is asked for, of the matter that is asked about.

    Args:
        candidate: Any unit.
        reading: The question.
        ward: Where a ward's grants are meant: another ward's or Tokyo's denial says nothing of them.
    """
    say = candidate.unit.say
    if not denies(say) or candidate.own < LEAST or not _about(reading, candidate):
        return False
    denied = set(words(_denied_of(say)))
    if not any(
        t.weight >= 0.5 and (t.word in denied or not t.synonyms.isdisjoint(denied)) for t in reading.query.topics
    ):
        return False
    if ward and ward not in candidate.unit.source.wards:
        return False
    hard = reading.asked.hard
    return not hard or any(_DENIED[want].search(say) for want in hard if want in _DENIED)


_NOW = re.compile(r"今|いま|現在|決ま|決定|次|最新|新しい|まだ|(?:19|20)\d\d|令和|R\d")


def _denied_of(say: str) -> str:
    """The sentence that denies; another one in the same unit says something else."""
    return next((part for part in re.split(r"(?<=。)", say) if denies(part)), say)


_WHETHER = re.compile(r"かどうか|(?:いつ|何年)まで使えるか")
_NAMES_WHOM = re.compile(r"問い?合わせ|聞いて|確かめて|見てください|0\d{1,4}-\d")
_DENIED = {
    want: re.compile(words)
    for want, words in {
        Want.AMOUNT: r"額|上限|単価|率|割合|助成|補助|無料|いくら",
        Want.FEE: r"料|費|価格|単価|無料|いくら|値段",
        Want.RATE: r"率|割合|金利|単価|いくら",
        Want.DEADLINE: r"締め?切り?|期限|期間|受け?付け?|日程|いつまで",
        Want.DATE: r"日程|日付|日にち|時期|予定|期間|いつ",
        Want.TIME: r"時間|時刻|日程|いつ",
        Want.PERIOD: r"期間|日数|期限|いつまで|何年",
        Want.COUNT: r"数|いくつ|何",
        Want.QUANTITY: r"量|数|係数|原単位|いくら|どれだけ|単価|単位",
        Want.PHONE: r"電話|連絡先",
        Want.EMAIL: r"メール|連絡先",
        Want.URL: r"ページ|サイト|アドレス|連絡先",
        Want.PERSON: r"名前|氏名|担当|登壇",
        Want.PLACE: r"会場|場所|住所",
        Want.APPLICATION: r"申し?込み|申請|方法|手続き|書類|様式",
        Want.CONDITION: r"条件|かどうか|対象|範囲|残り|解約|契約|予算|期限|いつまで|枠|細かい",
    }.items()
}
"""How a page calls what it says is not known."""


def _whole_contact(reading: Reading, best: Candidate) -> bool:
    """A number or address is asked for, and the denial names all that it is asked of."""
    subject = [t for t in reading.query.topics if t.weight >= 0.9]
    return bool(reading.asked.kinds & _CONTACT) and all(t.word in best.says for t in subject)


_CONTACT = frozenset({Want.PHONE, Want.EMAIL, Want.URL})


def _alone(best: Candidate, rival: Candidate, material: Material) -> float:
    """Share of the question, in words of two letters and more, that only the denial speaks of."""
    idf = material.retriever.idf
    weights = {t.word: t.weight * idf(t.word) for t in material.topics}
    mine = best.says - rival.says
    return sum(w for word, w in weights.items() if word in mine and len(word) > 1) / (sum(weights.values()) or 1.0)


def _own(candidate: Candidate) -> tuple[float, float]:
    return candidate.own, candidate.score


def _about(reading: Reading, candidate: Candidate) -> bool:
    """It speaks of the matter, not only of the kind of value (電話番号 of someone else)."""
    return any(topic.weight >= 0.9 and topic.word in candidate.says for topic in reading.query.topics)
