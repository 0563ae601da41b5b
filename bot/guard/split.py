"""A draft as sentences: running text, list items, table rows and headings, each where it stands.

Nothing is rewritten here. Put together again in order, the pieces give the draft, so that what is kept goes out as it
was written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from bot.guard.markers import MARKER

LONGEST_DRAFT = 12_000
"""Characters that are read; nobody reads more on a phone, and what is not read is not sent."""
LONGEST = 700
"""Characters of a sentence; a longer one can't be judged and is not sent."""


class Form(StrEnum):
    """What a piece of a draft is."""

    SENTENCE = "sentence"
    ITEM = "item"
    ROW = "row"
    RULE = "rule"
    """A line that only draws: `---`, `|---|---|`, a fence."""
    HEADING = "heading"


@dataclass(frozen=True, slots=True)
class Piece:
    """One sentence of a draft."""

    text: str
    """As written, markers included, line breaks not."""
    form: Form
    line: int
    """Number of its line, from 0."""
    opens: bool
    """It ends with a colon or says that something follows, and a list or table does follow."""
    header: tuple[str, ...] = ()
    """Rows only: the cells of the table's first row; empty for that row itself."""
    first: bool = True
    """It is the first of its line."""
    gap: str = ""
    """White space between it and the one before on its line."""


_BULLET = re.compile(
    r"^\s{0,12}(?:[-*+・•●○◯◆◇■□▼►▶✓✔※–—]\s?|\(?\d{1,2}[.)．）](?!\d)\s?|[①-⑳]\s?|\[[ xX]\]\s?){1,3}(?=\S)"
)
_HEADING = re.compile(r"^\s{0,3}(?:#{1,6}\s|【[^】\n]{1,40}】\s*$|[■◆][^。\n\[［]{1,40}$)")
_WHOLE_BOLD = re.compile(r"^\s*\*\*[^*\n]{1,60}\*\*\s*$")
_RULE = re.compile(r"[\s:|*_=~-]{3,}|```.{0,20}|<[^>\n]{0,100}>")
_ROW = re.compile(rf"^\s*\|.{{1,2000}}\|\s*(?:{MARKER.pattern}\s*)?$")
_END = re.compile(r"[。!?！？．]+[」』)）\"”]{0,3}|(?<=[A-Za-z0-9)\]])\.(?=\s+[A-Z\[])")
_GOES_ON = re.compile(r"(?:です|でした|だ|と|という|って|の|を|は|が|に|も)(?![ぁ-ん]*[一-龥ァ-ヴ])|[」』]")
"""Behind 「!」 that ends no sentence: 「探検をしよう！です」."""
_OPEN = "「『(（［[〔【"
_CLOSE = "」』)）］]〕】"
_TAIL = re.compile(rf"\s?(?:\*\*)?(?:{MARKER.pattern}\s?){{1,10}}[。.]?(?:\*\*)?")
_FOLLOWS = re.compile(r"(?:[:：]|(?:次|以下|下記)(?:の|に).{0,30}[。:：]?)\s*$")


def pieces(draft: str) -> tuple[Piece, ...]:
    """Cut a draft into sentences.

    Args:
        draft: Any text. What lies beyond `LONGEST_DRAFT` is not in the result.
    Returns:
        In text order; white space and empty lines lie between them. A marker behind 。 belongs to the sentence before.
    """
    read = draft[:LONGEST_DRAFT]
    if len(draft) > LONGEST_DRAFT:
        read = read[: max(read.rfind("\n"), read.rfind("。")) + 1]  # no half sentence
    lines = read.split("\n")
    forms = [_form(line) for line in lines]
    found: list[Piece] = []
    header: tuple[str, ...] = ()
    for n, (line, form) in enumerate(zip(lines, forms, strict=True)):
        if form is not Form.ROW and form is not Form.RULE:
            header = ()
        if not line.strip():
            continue
        if form is Form.ROW:
            found.append(Piece(line.strip(), form, n, opens=False, header=header))
            header = header or cells(line)
        elif form in (Form.RULE, Form.HEADING):
            found.append(Piece(line.strip(), form, n, opens=False))
        else:
            following = next((f for f, text in zip(forms[n + 1 :], lines[n + 1 :], strict=True) if text.strip()), None)
            found.extend(_in_line(line, form, n, listed=following in (Form.ITEM, Form.ROW)))
    return tuple(found)


def cells(row: str) -> tuple[str, ...]:
    """Give the cells of a table's row, in a draft."""
    return tuple(cell.strip() for cell in row.strip().strip("|").split("|"))


def body(text: str) -> str:
    """Give a piece without its bullet, heading mark, emphasis and circled numbers, which only enumerate."""
    return re.sub(r"\*\*|__|`|[①-⑳]", "", _BULLET.sub("", re.sub(r"^\s{0,3}#{1,6}\s", "", text))).strip()


def _form(line: str) -> Form:
    if _RULE.fullmatch(line.strip()):
        return Form.RULE
    if _ROW.match(line):
        return Form.ROW
    if _HEADING.match(line) or _WHOLE_BOLD.match(line):
        return Form.HEADING
    return Form.ITEM if _BULLET.match(line) else Form.SENTENCE


def _in_line(line: str, form: Form, number: int, *, listed: bool) -> Iterator[Piece]:
    parts = [part for part in _sentences(line) if part.strip()]
    for i, part in enumerate(parts):
        last = i == len(parts) - 1
        plain = MARKER.sub("", part)
        opens = (
            last
            and listed
            and (form is not Form.ITEM or part.rstrip().endswith((":", "：")))
            and bool(_FOLLOWS.search(plain))
        )
        gap = part[: len(part) - len(part.lstrip())] or parts[i - 1][len(parts[i - 1].rstrip()) :] if i else ""
        yield Piece(part.strip(), form, number, opens=opens, first=i == 0, gap=gap)


def _sentences(line: str) -> Iterator[str]:
    """Cut a line behind 。!? outside brackets; markers and what closes stay with the sentence before them."""
    inside, start, at = _inside(line), 0, 0
    while True:
        match = _END.search(line, at)
        if match is None:
            break
        at = match.end()
        if inside[match.start()] or _GOES_ON.match(line, at) or (match.group() == "．" and line[at : at + 1].isdigit()):
            continue
        tail = _TAIL.match(line, at)
        at = tail.end() if tail else at
        yield line[start:at]
        start = at
    if line[start:]:
        yield line[start:]


def _inside(line: str) -> list[bool]:
    """Tell for each character whether it stands in brackets; a bracket that is never closed holds nothing."""
    depth, last_close = 0, max((line.rfind(c) for c in _CLOSE), default=-1)
    found: list[bool] = []
    for i, char in enumerate(line):
        if char in _OPEN and i < last_close:
            depth += 1
        elif char in _CLOSE and depth:
            depth -= 1
        found.append(depth > 0)
    return found
