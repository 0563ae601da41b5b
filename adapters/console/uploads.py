"""A file sent by a form: read only after it is known who sends it."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, HTTPException, Request
from starlette.datastructures import UploadFile

from adapters.console.gate import FIELD, REFUSED, administrator, same_site
from adapters.console.sessions import Session
from adapters.curating.previews import LARGEST
from adapters.web.edge import allow

UPLOAD = "/console/knowledge/upload"
UPLOAD_LIMIT = LARGEST + 64 * 1024
"""Bytes of the whole form: the file, and what the browser sets around it."""
_FIELDS = 5


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as a browser sent it."""

    name: str
    """What the browser says it is called; anything at all."""
    content: bytes


async def uploaded(request: Request, session: Annotated[Session, Depends(administrator)]) -> Upload:
    """Read a file that a page of this session sent.

    Raises:
        HTTPException: 403 where another page sent it, 400 where there is no file in it.
    """
    if not same_site(request):
        raise HTTPException(403, REFUSED)
    allow(request, UPLOAD_LIMIT)
    async with request.form(max_files=1, max_fields=_FIELDS) as form:
        token, file = form.get(FIELD), form.get("file")
        if not isinstance(token, str) or not hmac.compare_digest(token.encode(), session.csrf.encode()):
            raise HTTPException(403, REFUSED)
        if not isinstance(file, UploadFile):
            raise HTTPException(400, "ファイルを選んでください。")
        return Upload(file.filename or "", await file.read())


Uploaded = Annotated[Upload, Depends(uploaded)]
