"""What an operator states about a document: from a form's texts to the fields of a source."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from adapters.curating.errors import CurationError
from adapters.web import pages
from ingest.manifest import checked_field
from knowledge.documents import Kind
from knowledge.wards import AREAS, WARDS

KINDS: dict[str, str] = {kind.value: name or "その他" for kind, name in pages.KINDS.items()}
PLACES: dict[str, str] = {**WARDS, **pages.AREAS}
"""Whom a document can be for, by what is stored."""
LABELS = {
    "title": "題名",
    "publisher": "発行元",
    "date": "発行日",
    "wards": "対象の地域",
    "kind": "種類",
    "valid_from": "有効期間の始まり",
    "valid_until": "有効期間の終わり",
    "fiscal_year": "年度",
}
_LONGEST = {"title": 200, "publisher": 100}
_EMPTY: dict[str, Any] = {"wards": (), "kind": Kind.OTHER, "title": "", "publisher": ""}


def stated(field: Callable[[str], str], wards: Sequence[str]) -> dict[str, Any]:
    """Read a form.

    Args:
        field: Gives a field by its name, empty where it is missing.
        wards: The places that are ticked.
    Returns:
        All fields of `LABELS`: the operator has seen them, so an empty one is meant to be empty.
    Raises:
        CurationError: A value is wrong; names the field.
    """
    typed: dict[str, object] = {name: field(name) for name in LABELS if name != "wards"}
    typed["wards"] = [ward for ward in wards if ward in WARDS or ward in AREAS]
    if str(typed["fiscal_year"]).isascii() and str(typed["fiscal_year"]).isdigit():
        typed["fiscal_year"] = int(str(typed["fiscal_year"])[:6])
    found: dict[str, Any] = {}
    for name, value in typed.items():
        if not value:
            found[name] = _EMPTY.get(name)
            continue
        if isinstance(value, str) and len(value) > _LONGEST.get(name, 20):
            raise CurationError(f"{LABELS[name]}が長すぎます。")
        try:
            found[name] = checked_field(name, value)
        except ValueError as error:
            raise CurationError(f"{LABELS[name]}: {error}") from error
    if not found["title"]:
        raise CurationError("題名を入れてください。回答の出典として表示されます。")
    if found["valid_from"] and found["valid_until"] and found["valid_from"] > found["valid_until"]:
        raise CurationError("有効期間の終わりが、始まりより前になっています。")
    return found
