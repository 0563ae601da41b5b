"""From a draft to what may be sent: judge each sentence, drop what leans on a dropped one, number the sources."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.guard.decision import Guarded, Ruling, Shown
from bot.guard.depends import orphaned
from bot.guard.evidence import Evidence
from bot.guard.manners import claims_nothing, ill_mannered, safe_form
from bot.guard.markers import LOOKS_LIKE, MARKER, numbers, without
from bot.guard.names import Names
from bot.guard.proof import citation
from bot.guard.split import LONGEST, Form, Piece, body, cells, pieces
from bot.guard.statement import Statement
from bot.guard.support import Asked, unsupported
from knowledge.documents import Passage
from knowledge.fold import drop_hidden, fold

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufff0-\uffff\U000e0000-\U0010ffff]")
_TAG = re.compile(r"<[A-Za-z/!?][^<>\n]{0,300}>?|&[a-z]{2,8};|\]\s?\((?:javascript|data):|!\[", re.IGNORECASE)
_PREDICATE = re.compile(r"(?:です|ます|ました|でした|ません|ください|である|できる|となる|される)(?:$|[。、])")
_HEADING = 40
"""Characters of a heading that may stand without a source."""
_LATEST = 4000
"""Characters of the person's earlier turns that are heard."""


@dataclass(frozen=True, slots=True)
class _Judged:
    piece: Piece
    said: Statement
    cited: tuple[int, ...]
    """Known numbers, in order, each once."""
    ruling: Ruling
    claims: bool


def guard(
    draft: str,
    shown: Sequence[Shown],
    names: Names,
    *,
    question: str,
    today: date,
    public_url: str,
    computed: frozenset[str] = frozenset(),
    history: Sequence[str] = (),
) -> Guarded:
    """Keep of a draft what its sources say.

    Args:
        draft: What a model wrote; any text at all.
        shown: The passages that it was shown in this run, with their numbers. Of a number given twice the last holds.
        names: `names_of` the index in use.
        question: What the person wrote.
        today: The date of the answer.
        public_url: Base of the citations' addresses.
        computed: Numbers that no passage holds because the program worked them out; as in `Answer.computed`.
        history: The person's earlier messages, oldest first. What an assistant said is no source.
    Returns:
        Kept sentences with their citations, and a ruling for each sentence. Never raises, whatever the draft is.
    """
    known = {item.number: item.passage for item in shown}
    earlier = "\n".join(history)[-_LATEST:]
    asked = Asked(Statement(fold(f"{earlier}\n{question[:_LATEST]}"), names), today, computed)
    cut = pieces(_CONTROL.sub("", drop_hidden(draft.replace("\r\n", "\n").replace("\r", "\n"))))
    judge = _Judge(known, names, asked)
    judged = _whole_lists([judge.judge(i, piece, cut) for i, piece in enumerate(cut)])
    for i in orphaned(cut, [item.ruling.kept for item in judged]):
        judged[i] = _refused(judged[i], "depends")
    return _put_together(judged, known, names, public_url)


class _Judge:
    """Judges one sentence after the other; the evidence for one set of sources is made once."""

    def __init__(self, known: Mapping[int, Passage], names: Names, asked: Asked) -> None:
        self._known = known
        self._names = names
        self._asked = asked
        self._evidence: dict[tuple[int, ...], Evidence] = {}

    def judge(self, index: int, piece: Piece, cut: Sequence[Piece]) -> _Judged:
        marks = tuple(dict.fromkeys(numbers(piece.text)))
        cited = tuple(n for n in marks if n in self._known)
        said = Statement(fold(_plain(piece))[: LONGEST * 2], self._names)
        reason, claims = self._reason(piece, said, cited, marks, cut, index)
        return _Judged(piece, said, cited, Ruling(index, not reason, reason, marks), claims)

    def _reason(
        self,
        piece: Piece,
        said: Statement,
        cited: tuple[int, ...],
        marks: tuple[int, ...],
        cut: Sequence[Piece],
        index: int,
    ) -> tuple[str, bool]:
        """Why a sentence can't go out, empty if it can; and whether it states something."""
        if len(piece.text) > LONGEST:
            return "long", True
        if piece.form is Form.RULE:
            return "", False
        if _TAG.search(piece.text):
            return "markup", True
        if not re.search(r"\w", said.text):
            return "unsupported", True
        evidence = self._of(cited)
        rude = ill_mannered(said, evidence)
        if rude:
            return rude, True
        if claims_nothing(said, self._asked.question) or _only_names_what_follows(piece, said):
            return "", False
        if not cited:
            return ("unknown-marker" if marks else "no-marker"), True
        asked = self._asked
        listed = _listed(index, cut)
        if listed:
            asked = replace(asked, computed=asked.computed | {str(listed)})
        return unsupported(said, evidence, asked), True

    def _of(self, cited: tuple[int, ...]) -> Evidence:
        if cited not in self._evidence:
            passages = [self._known[n] for n in cited]
            sources = {passage.source.id for passage in passages}
            others = [p for n, p in self._known.items() if n not in cited and p.source.id in sources]
            self._evidence[cited] = Evidence(passages, self._names, self._asked.today, others)
        return self._evidence[cited]


def _plain(piece: Piece) -> str:
    """What a sentence says; a table's cell says what its column's head and its row's first cell say with it."""
    text = without(piece.text)
    if piece.form is not Form.ROW:
        return body(text)
    row = cells(text)
    if not piece.header or len(row) != len(piece.header):
        return "、".join(cell for cell in row if cell)
    heads = [without(head) for head in piece.header]
    return f"{row[0]}：" + "、".join(f"{head}は{cell}" for head, cell in zip(heads[1:], row[1:], strict=True) if cell)


def _only_names_what_follows(piece: Piece, said: Statement) -> bool:
    """A heading or a table's first row; figures and names in it are a statement all the same."""
    head = piece.form is Form.HEADING or (piece.form is Form.ROW and not piece.header)
    if not head or len(said.text) > _HEADING * (1 if piece.form is Form.HEADING else 4):
        return False
    return not said.values and not said.names and not _PREDICATE.search(said.text)


def _listed(index: int, cut: Sequence[Piece]) -> int:
    """How many items or rows a sentence announces; 0 if it announces none."""
    if not cut[index].opens:
        return 0
    count = 0
    for piece in cut[index + 1 :]:
        if piece.form is Form.ITEM or (piece.form is Form.ROW and piece.header):
            count += piece.first
        elif piece.form in (Form.SENTENCE, Form.HEADING):
            break
    return count


def _whole_lists(judged: list[_Judged]) -> list[_Judged]:
    """Refuse a lead-in that counts its list, 「次の3つです」, where an item of the list is refused."""
    cut = [item.piece for item in judged]
    for i, item in enumerate(judged):
        count = _listed(i, cut)
        if item.ruling.kept and count and any(r.amount == count for v in item.said.values for r in v.readings):
            items = [other for other in judged[i + 1 :] if other.piece.form in (Form.ITEM, Form.ROW)][:count]
            if not all(other.ruling.kept for other in items):
                judged[i] = _refused(item, "number")
    return judged


def _refused(item: _Judged, reason: str) -> _Judged:
    return replace(item, ruling=replace(item.ruling, kept=False, reason=reason))


def _put_together(judged: Sequence[_Judged], known: Mapping[int, Passage], names: Names, public_url: str) -> Guarded:
    order: dict[int, int] = {}
    lines: dict[int, str] = {}
    safe: set[str] = set()
    for item in judged:
        line = item.piece.line
        if item.ruling.kept:
            for n in item.cited:
                order.setdefault(n, len(order) + 1)
            text = _numbered(item.piece.text, order)
            lines[line] = f"{lines[line]}{item.piece.gap}{text}" if line in lines else text
        else:
            said = safe_form(item.ruling.reason, item.said.text)
            if said and said not in safe:
                safe.add(said)
                lines[line] = f"{lines.get(line, '')}{said}"
    citations = tuple(
        citation(known[n], [i.said for i in judged if i.ruling.kept and n in i.cited], names, place, public_url)
        for n, place in order.items()
    )
    answers = any(item.ruling.kept and item.claims for item in judged)
    return Guarded(_joined(lines), citations, tuple(item.ruling for item in judged), answers)


def _numbered(text: str, order: Mapping[int, int]) -> str:
    """Turn known marks into numbers in place, and take out the unknown ones and what only looks like one."""
    parts: list[str] = []
    at = 0
    for mark in MARKER.finditer(text):
        parts += (LOOKS_LIKE.sub("", text[at : mark.start()]),)
        found = dict.fromkeys(order[n] for n in numbers(mark.group()) if n in order)
        parts.append("".join(f"[{n}]" for n in found))
        at = mark.end()
    parts.append(LOOKS_LIKE.sub("", text[at:]))
    joined = re.sub(r"(\[\d+\])(?:\s?\1)+", r"\1", "".join(parts))
    return re.sub(r"[ 　]+(?=[。、])|[ 　]+$", "", joined)


def _joined(lines: Mapping[int, str]) -> str:
    """Put lines together as they stood, with at most one empty line where lines are gone."""
    text = ""
    last: int | None = None
    for number, line in sorted(lines.items()):
        if last is not None:
            text += "\n" if number == last + 1 else "\n\n"
        text += line
        last = number
    return text
