"""What a file is: its content decides, its name's ending only between kinds of text."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import PurePosixPath

from ingest.errors import UnreadableSource
from ingest.load.encoding import decode, is_text

TEXT = "text/plain"
MARKDOWN = "text/markdown"
HTML = "text/html"
CSV = "text/csv"
PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

ENDINGS: dict[str, str] = {
    ".txt": TEXT,
    ".text": TEXT,
    ".md": MARKDOWN,
    ".markdown": MARKDOWN,
    ".html": HTML,
    ".htm": HTML,
    ".xhtml": HTML,
    ".csv": CSV,
    ".tsv": CSV,
    ".pdf": PDF,
    ".docx": DOCX,
    ".docm": DOCX,
    ".pptx": PPTX,
    ".pptm": PPTX,
    ".ppsx": PPTX,
    ".xlsx": XLSX,
    ".xlsm": XLSX,
}
"""Endings that are read. A file of another ending is read too if its content is a PDF, an Office file or HTML."""

ACCEPTED = ".txt .md .html .pdf .docx .pptx .xlsx .csv"
"""The endings that a message names."""

_OFFICE_PARTS = {"word/document.xml": DOCX, "ppt/presentation.xml": PPTX, "xl/workbook.xml": XLSX}
_HTML_START = re.compile(
    r"\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|title|meta)\b",
    re.IGNORECASE | re.DOTALL,
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def media_type_of(data: bytes, name: str) -> str:
    """Name the media type of a file.

    Args:
        data: The file's bytes.
        name: Its name or address; only the ending counts.
    Returns:
        One of the media types above.
    Raises:
        UnreadableSource: The file is empty, encrypted, an archive, of an old Office format or of a type that
            is not read.
    """
    if not data.strip():
        raise UnreadableSource("ファイルが空です")
    ending = PurePosixPath(name.lower()).suffix
    # A PDF may begin with up to 1,024 bytes of something else; a text may speak of `%PDF-`.
    if data.lstrip().startswith(b"%PDF-") or (ending == ".pdf" and b"%PDF-" in data[:1024]):
        return PDF
    if data.startswith(b"PK\x03\x04"):
        return _office_type(data)
    if data.startswith(_OLE):
        raise UnreadableSource(_ole_reason(data))
    if not is_text(data[:8192]):
        if ENDINGS.get(ending) in {PDF, DOCX, PPTX, XLSX}:
            raise UnreadableSource(
                f"壊れているため、{ending} のファイルとして開けません。元のファイルを保存し直してください"
            )
        raise UnreadableSource(f"{_binary_name(data)}は読めません。読めるのは {ACCEPTED} です")
    return _text_type(data, ending)


def _text_type(data: bytes, ending: str) -> str:
    stated = ENDINGS.get(ending)
    if stated in {MARKDOWN, CSV}:
        return stated
    if stated == HTML or _HTML_START.match(decode(data[:4096])):
        return HTML
    if stated in {PDF, DOCX, PPTX, XLSX}:
        raise UnreadableSource(f"{ending} という名前ですが、中身は別の形式です。元のファイルを保存し直してください")
    # Names like 『議事録 2026.3.1』 have an ending too; source code, settings and data files are not documents.
    if stated is None and re.fullmatch(r"\.[a-z][a-z0-9_]{0,9}", ending):
        raise UnreadableSource(f"{ending} の形式は読めません。読めるのは {ACCEPTED} です")
    return TEXT


def _office_type(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
    # zipfile raises whatever a damaged directory makes it stumble over: struct.error, UnicodeDecodeError …
    except Exception as error:
        raise UnreadableSource("壊れた Office ファイルまたは ZIP です。元のファイルを保存し直してください") from error
    for part, media_type in _OFFICE_PARTS.items():
        if part in names:
            return media_type
    raise UnreadableSource(f"ZIP などの書庫は読めません。中のファイルを取り出してください。読めるのは {ACCEPTED} です")


def _ole_reason(data: bytes) -> str:
    if "EncryptedPackage".encode("utf-16-le") in data:
        return "暗号化されています。パスワードを外して保存し直してください"
    return f"古い形式の Office ファイルです。.docx・.pptx・.xlsx で保存し直してください。読めるのは {ACCEPTED} です"


def _binary_name(data: bytes) -> str:
    import puremagic

    try:
        best = puremagic.magic_string(data[:65536])[0]
    except (puremagic.PureError, ValueError, IndexError):
        return "この形式のファイル"
    return f"この形式のファイル({best.mime_type or best.name})"
