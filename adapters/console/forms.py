"""What a form of ours sends."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl

from fastapi import HTTPException, Request

FIELDS = 40


class Form:
    """The fields of a form, as text without NUL, line breaks as `\\n`."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        """Take the fields; of several with one name the last."""
        self._fields = fields

    def get(self, name: str) -> str:
        """Give a field, without white space around it; empty where it is missing."""
        return self._fields.get(name, "").strip()

    def raw(self, name: str) -> str:
        """Give a field as it was typed: a password may begin with a space."""
        return self._fields.get(name, "")


async def read(request: Request) -> Form:
    """Read a form; what is none has no fields, and so no token either.

    Raises:
        HTTPException: 400 where it has too many fields.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        return Form({})
    body = (await request.body()).decode("utf-8", "replace")
    try:
        pairs = parse_qsl(body, keep_blank_values=True, max_num_fields=FIELDS)
    except ValueError:
        raise HTTPException(400, "フォームの項目が多すぎます。") from None
    return Form({name: _clean(value) for name, value in pairs})


def _clean(text: str) -> str:
    # PostgreSQL's texts hold no NUL; browsers send line breaks as two characters.
    return text.replace("\0", " ").replace("\r\n", "\n").replace("\r", "\n")
