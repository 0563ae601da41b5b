"""What a document says about itself: title, date, publisher, ward, kind.

Stated metadata (manifest, front matter) always wins. What is derived is listed in `Source.derived`, and what
can't be derived from clear signs stays empty.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import date

from ingest.extract import Extract, PartKind
from ingest.lines import pieces
from knowledge.dates import first_date
from knowledge.documents import Kind, Source
from knowledge.fold import fold, readable
from knowledge.wards import WARDS

_KINDS = (
    # (kind, pattern on the title and the first lines); the first that fits is taken
    (Kind.MINUTES, r"議事(?:概要|録|要旨)"),
    (Kind.AGREEMENT, r"協定書|契約書|覚書"),
    (Kind.PROPOSAL, r"提案書|提案要旨|ご?提案(?:の背景|資料)|企画提案"),
    (Kind.PRESS, r"PRESS (?:CONFERENCE|RELEASE)|記者(?:会見|発表)|報道発表|プレスリリース"),
    (Kind.SUBSIDY, r"(?:助成|補助)(?:金|制度)?(?:のご?案内|申請| ?(?:交付要綱|募集要項|公募要領|要綱))"),
    (Kind.EVENT, r"(?:セミナー|講演会|説明会|フォーラム)(?:の)?(?:ご案内|開催|参加者募集)"),
    (Kind.REPORT, r"報告書|取組状況について報告|の報告|取組について"),
)
_HEAD = 1500
"""Characters at the start of a text in which it says what it is."""
_TAIL = 400
_LABEL = 60
"""Characters of a line that names something; anything longer is a sentence."""
_STOPS = ("。", "、", "．", ".", "，")
_NOTE = re.compile(r"^[\d\s]*(?:出所|出典|引用|※|注)")
_HOST = re.compile(r"^主催[:：]\s*(.+)$", re.MULTILINE)
_ALL_WARDS = re.compile(r"特別区|23区")


def describe(source_id: str, extract: Extract, stated: Mapping[str, object]) -> Source:
    """Gather what is known about a source.

    Args:
        source_id: Identity of the source.
        extract: Its text.
        stated: Validated fields from manifest and front matter, named as in `Source`.
    Returns:
        The source; `derived` names the fields that were not stated but read off the text.
    """
    known = {f.name for f in fields(Source)}
    source = replace(Source(source_id), **{k: v for k, v in stated.items() if k in known})  # type: ignore[arg-type]
    text = "\n".join(part.text for part in extract.parts)
    found: dict[str, object] = {
        "title": _title(extract) or source_id.rsplit("/", 1)[-1],
        "date": _date(text),
        "publisher": _publisher(text),
        "wards": _wards(text),
        "kind": _kind(text),
    }
    derived = {k: v for k, v in found.items() if k not in stated and v and v != Kind.OTHER}
    return replace(source, **derived, derived=tuple(sorted(derived)))  # type: ignore[arg-type]


def _title(extract: Extract) -> str:
    """The file's own title, else its running header, else its first heading."""
    if extract.title:
        return readable(extract.title)
    heading = next((part.text for part in extract.parts if part.kind is PartKind.HEADING), "")
    if heading:
        return readable(heading)
    lines = [piece for part in extract.parts if part.kind is PartKind.TEXT for piece in pieces(part.text)[:400]]
    japanese = [p for p in lines if re.search(r"[ぁ-んァ-ヶ一-龥]", p.text) and not p.cells]
    counts = Counter(readable(piece.text) for piece in japanese)
    for text, count in counts.most_common(5):
        # What stands on every page is the document's title; lists of one word are not.
        if count >= 3 and not _NOTE.match(text) and text.endswith(("について", "資料", "報告", "概要", "計画")):
            return text
    ranked = [p for p in japanese[:12] if p.rank is not None or (p.bullet in ("", "— ") and not p.prose)]
    return readable(ranked[0].text).strip("—- ") if ranked else ""


def _date(text: str) -> date | None:
    """A full date that stands alone on a line: on the first page, else as the signature at the end."""
    lines = [fold(line).replace(" ", "") for line in text.splitlines() if line.strip()]
    for line in [*lines[:60], *lines[-30:]]:
        found = first_date(line)
        # A date with a label, time or signature, not a sentence that mentions one.
        if found and len(line) <= 32 and re.match(r"(?:日時|日付|開催日|作成日|発行日)?[:：]?(?:令和|平成|R|20)", line):
            return found
    return None


def _publisher(text: str) -> str:
    match = _HOST.search(fold_lines(text[:_HEAD]))
    return match.group(1).strip() if match else ""


def fold_lines(text: str) -> str:
    """Fold a text line by line."""
    return "\n".join(fold(line) for line in text.splitlines())


def _wards(text: str) -> tuple[str, ...]:
    """The ward a text is about: named at least three times, and twice as often as any other."""
    flat = fold(text).replace(" ", "")
    # 中央区 and 港区 are parts of other words now and then ("新港区"); counts, not single hits, decide.
    counts = Counter({key: len(re.findall(rf"(?<![一-龥]){name}", flat)) for key, name in WARDS.items()})
    (top, first), (_, second) = counts.most_common(2)
    wards = (top,) if first >= 3 and first >= 2 * second else ()
    if len(_ALL_WARDS.findall(flat)) >= 5:
        return (*wards, "all23")
    return wards


def _kind(text: str) -> Kind:
    # What a document is, it says in a line of its own; a sentence may mention any other ("a report will follow").
    lines = (text[:_HEAD] + "\n" + text[-_TAIL:]).splitlines()
    labels = [
        folded
        for line in lines
        if len(folded := fold(line)) <= _LABEL and not folded.endswith(_STOPS) and not _NOTE.match(folded)
    ]
    return next((kind for kind, pattern in _KINDS if any(re.search(pattern, label) for label in labels)), Kind.OTHER)
