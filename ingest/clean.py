"""Cleaning rules: pure functions on text, each with its reason.

None of them rewrites a character: they remove white space, tags and repeated furniture, so that whatever is
quoted later is found in the original after NFKC and removal of white space. Unifying widths, radicals and
spelling variants is search's business (`knowledge.fold`, `knowledge.synonyms`).
"""

from __future__ import annotations

import re

from knowledge.fold import drop_hidden

VERSION = "2"
"""Raised whenever a rule changes, so that sources are read again."""

_JA = "぀-ヿ㐀-鿿々〆ｦ-ﾟ⺀-⿟豈-﫿"
_HIRA = "ぁ-ゖ"
_PUNCT = "、。，．・「」『』（）()【】〈〉《》［］！？：；"

# A space before one of these keeps it apart from the letter; without the space, NFKC would make one letter of both.
_MARK = "\u0300-\u036f\u3099\u309a\uff9e\uff9f"

# Two hiragana with a space between: running Japanese has none, so the PDF's text layer has been torn.
_TORN = re.compile(rf"[{_HIRA}] +[{_HIRA}]|[ァ-ヶ] +ー|ー +[ァ-ヶ]|[０-９] +[０-９]")
_BETWEEN_JA = re.compile(rf"(?<=[{_JA}{_PUNCT}０-９Ａ-Ｚａ-ｚ]) +(?![{_MARK}])(?=[{_JA}{_PUNCT}０-９Ａ-Ｚａ-ｚ])")
_TORN_SPACE = re.compile(rf"(?<=[{_HIRA}]) +(?=[{_HIRA}])|(?<=[ァ-ヶ]) +(?=ー)|(?<=ー) +(?=[ァ-ヶ])")
_AFTER_PUNCT = re.compile(rf"(?<=[、。「『（【]) +(?![{_MARK}])(?=\S)|(?<=\S) +(?=[、。」』）】])")
_SPACES = re.compile(rf"[ 　\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f]+(?![{_MARK}])")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_BEGINS_WITH_MARK = re.compile(f"[{_MARK}]")
# Attributes as HTML writes them: 『A<B かつ B>C』 is no tag.
_ATTRIBUTES = r"""(?:\s+[a-zA-Z_:][-\w:.]*(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'<>]+))?)*\s*/?"""
_LIST_TAG = re.compile(rf"(</?(?:ul|ol|li){_ATTRIBUTES}>)", re.IGNORECASE | re.ASCII)
_INLINE_NAMES = "a|abbr|b|big|cite|code|del|em|font|i|ins|label|mark|q|s|small|span|strike|strong|sub|sup|tt|u"
_BLOCK_NAMES = (
    "blockquote|br|caption|center|col|colgroup|dd|div|dl|dt|h[1-6]|hr|img|input|li|o:p|ol|p|pre|rp|rt|ruby|table|tbody|td|"
    "tfoot|th|thead|tr|ul|wbr"
)
_INLINE_TAG = re.compile(rf"</?(?:{_INLINE_NAMES}){_ATTRIBUTES}>(?![{_MARK}])", re.IGNORECASE | re.ASCII)
_TAG = re.compile(rf"</?(?:{_INLINE_NAMES}|{_BLOCK_NAMES}){_ATTRIBUTES}>", re.IGNORECASE | re.ASCII)
_BULLET = re.compile(r"^(?:(?:[・･•●○◯◆◇■□▪▫▶▷►‣⁃∙✓✔☑✅➢➤★☆※\ue000-\uf8ff]|[-–—*+](?=[ \t　]))[ \t　]*)+")
_ENUM = re.compile(
    r"^(?:[(（]?[0-9０-９]{1,2}[)）]|[①-⑳]|[(（][ア-ンa-z一二三四五六七八九十][)）]|[ア-ン](?=[ 　])|"
    r"[0-9０-９]{1,2}[.．、](?![0-9０-９])|[0-9０-９]{1,2}[ 　]+(?=[^0-9０-９\s]))[ \t　]*"
)

NEXT_BULLET = re.compile(r"[ \u3000]+(?=[・●•○◆■✓])")
"""The space before the next item of a list that stands on one line."""


def drop_controls(text: str) -> str:
    """Remove control characters, which no document means; tab, line feed and form feed stay.

    Zero-width characters stay too: they stand in the original, inside what may be quoted. Search and answers do
    without them (`knowledge.fold`).
    """
    return _CONTROL.sub("", text)


def is_blank(line: str) -> bool:
    """Tell whether a line shows nothing."""
    return not drop_hidden(line).strip()


def begins_with_mark(line: str) -> bool:
    """Tell whether a line begins with a sign that NFKC would join to the letter before it (a voiced sound mark)."""
    return bool(_BEGINS_WITH_MARK.match(line))


def part_at_tags(line: str) -> list[tuple[str, bool]]:
    """Split a line at left-over list tags, and there at its bullets; every other tag is dropped.

    Converters leave `<ul style=…> ・a ・b` inside table cells. The tag is where one item group ends and the
    next begins, so it must not simply vanish between two words. A tag that only marks letters (`<b>`) does.
    Entities stay as they stand in the original; `knowledge.fold` knows what they mean.

    Returns:
        What stands between the tags, stripped, and whether it is a list item.
    """
    found = []
    item = False
    for i, piece in enumerate(_LIST_TAG.split(line)):
        if i % 2:
            item = not piece.startswith("</")
            continue
        text = _TAG.sub(" ", _INLINE_TAG.sub("", piece)).strip()
        # A bullet after a space starts the next item, where there was a list.
        parts = NEXT_BULLET.split(text) if item else [text]
        found += [(part, item) for part in parts if part]
    return found


def has_tags(line: str) -> bool:
    """Tell whether a line holds left-over HTML tags."""
    return bool(_TAG.search(line))


def mend_spaces(line: str) -> str:
    """Remove the spaces that a torn text layer leaves inside words; keep those that part names and items.

    A line in which hiragana stands apart from hiragana is torn as a whole, and all its spaces between
    Japanese characters go. In any other line a space may be the only thing between two company names or
    list items, so only spaces beside punctuation go.
    """
    line = _SPACES.sub(" ", line).strip()
    if _TORN.search(line):
        # A wide gap was a blank to fill in or a column; _SPACES made it one space, as the torn ones are.
        line = _BETWEEN_JA.sub("", line)
    else:
        line = _TORN_SPACE.sub("", line)
    return _AFTER_PUNCT.sub("", line)


def bullet_of(line: str) -> str:
    """Give the bullet or enumeration a line starts with, else an empty string."""
    match = _BULLET.match(line) or _ENUM.match(line)
    return match.group() if match else ""


def without_bullet(line: str) -> str:
    """Strip the bullet or enumeration from a line's start."""
    return line[len(bullet_of(line)) :]


_SENTENCE_END = re.compile(r"[。！？!?.:：；;】」』)）〉》>]$")
_CONTINUES = re.compile(r"^[ぁ-ゖー々、。，．）)」』・＆&]")
_OPEN_END = re.compile(
    r"(?:[、，,・（(「『/／＆&×]|[ぁ-ゖ一-龥](?:を|に|が|は|の|と|で|へ|も|や|て|た|な|し|する|から|まで))$"
)
# Nouns end like some of these (『写し』『みなさまも』); a line that ends so and is far from full was ended by its author.
_MAYBE_OPEN = re.compile(r"(?:し|な|た|も|する)$")
_RECORD = re.compile(r"^(?:[A-Za-zＡ-Ｚａ-ｚ]?[0-9０-９]{1,4}[./．:：／][0-9０-９]|[0-9０-９]{1,2}月)")
MIN_WRAP = 24
"""Characters; narrower columns hold labels rather than prose."""


def runs_on(line: str, following: str, *, gap: bool, width: int, prose: bool) -> bool:
    """Tell whether a line was broken in mid-sentence, so that the following line continues it.

    Args:
        line: A cleaned line.
        following: The next line that is not blank, cleaned.
        gap: True when a blank line lies between the two.
        width: Characters of a full line hereabouts, 0 if lines have no common width; a line that reaches it was
            broken by the page, not by its author.
        prose: True when the lines around, without a blank between, make sentences.
    """
    if not line or not following or bullet_of(following) or following[0] in "【〈<［[＜":
        return False
    if re.search(r"[：:]\**$", line):
        # "- **Label:**" with its text on the next line
        return bool(bullet_of(line)) and not gap
    if re.search(r"[。！？!?︕】●]$", line) or (_RECORD.match(line) and _RECORD.match(following)):
        return False
    full = width > 0 and len(line) >= width * 0.82
    if gap:
        cut = line.endswith("、") or bool(bullet_of(line) and _OPEN_END.search(line) and not _MAYBE_OPEN.search(line))
        return cut or (full and width >= MIN_WRAP and not _SENTENCE_END.search(line))
    open_end = _OPEN_END.search(line) and (len(line) >= width * 0.5 or not _MAYBE_OPEN.search(line))
    if (prose and full) or open_end or (full and width >= MIN_WRAP):
        return True
    return bool(_CONTINUES.match(following)) and not _SENTENCE_END.search(line)


def sentences(text: str) -> list[str]:
    """Split a paragraph at sentence ends, outside brackets.

    Returns:
        Verbatim pieces whose concatenation is the text without surrounding white space.
    """
    pieces: list[str] = []
    depth = 0
    start = 0
    for i, char in enumerate(text):
        if char in "「『（(【":
            depth += 1
        elif char in "」』）)】":
            depth = max(0, depth - 1)
        elif char in "。！？!?" and depth == 0 and (i + 1 == len(text) or text[i + 1] not in "。！？!?」』）)"):
            pieces.append(text[start : i + 1].strip())
            start = i + 1
    pieces.append(text[start:].strip())
    return [piece for piece in pieces if piece]
