"""Checks on an Office file before a library unpacks it: it is a ZIP of XML, and either can be a bomb."""

from __future__ import annotations

import io
import zipfile

from ingest.errors import UnreadableSource

MAX_UNPACKED = 500 * 1024 * 1024
"""Bytes that all parts together may have when unpacked."""
_MAX_PARTS = 20_000
_READ = 1024 * 1024
_DAMAGED = "壊れた Office ファイルです。元のファイルを保存し直してください"
# The Office formats forbid document type declarations; without one there are no entities to expand or fetch.
_DECLARATIONS = tuple(
    word.encode(code) for word in ("<!DOCTYPE", "<!ENTITY") for code in ("ascii", "utf-16-le", "utf-16-be")
)


def check_package(data: bytes) -> None:
    """Refuse an Office file that would explode.

    Args:
        data: The ZIP file's bytes.
    Raises:
        UnreadableSource: Encrypted, over `MAX_UNPACKED`, with entity declarations, or damaged.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            # zipfile never unpacks more of a part than its declared size, so the declarations can be trusted.
            if len(parts) > _MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
                raise UnreadableSource("展開すると大きすぎます(500 MiB まで)。内容を分けて保存し直してください")
            for part in parts:
                if part.flag_bits & 0x1:
                    raise UnreadableSource("暗号化されています。パスワードを外して保存し直してください")
                if part.filename.lower().endswith((".xml", ".rels", ".vml")):
                    _check_declarations(archive, part)
    except UnreadableSource:
        raise
    # Damage shows as BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, UnicodeDecodeError …
    except Exception as error:
        raise UnreadableSource(_DAMAGED) from error


def _check_declarations(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    tail = b""
    with archive.open(part) as content:
        while block := content.read(_READ):
            window = tail + block
            if any(word in window for word in _DECLARATIONS):
                raise UnreadableSource("XML の実体宣言を含むため、安全に開けません。元のソフトで保存し直してください")
            tail = window[-40:]
