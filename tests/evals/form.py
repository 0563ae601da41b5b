"""The form of our own questions: one JSON object a line, with these fields."""

from __future__ import annotations

from pathlib import Path

EVALS = Path(__file__).parent
FIELDS: dict[str, type | tuple[type, ...]] = {
    "id": str,
    "question": str,
    "ward": (str, type(None)),
    "kind": str,
    "must_contain": list,
    "must_not_contain": list,
    "source": list,
    "evidence": list,
    "answerable": bool,
    "expect": str,
    "history": list,
}
