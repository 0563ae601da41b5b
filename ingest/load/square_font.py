"""Makes `fonts/square.ttf`, a font in which every character is a filled square: `python -m ingest.load.square_font`.

Written out by hand, because the only thing asked of it is that it has ink for everything; see `ingest.load.pdf_fonts`.
Layout of the tables: https://learn.microsoft.com/typography/opentype/spec/
"""

from __future__ import annotations

import struct
from pathlib import Path

FILE = Path(__file__).with_name("fonts") / "square.ttf"

_EM, _TOP, _BOTTOM = 1000, 880, -120  # units; Japanese fonts put their square so
_HALF, _FULL = 1, 2  # numbers of the two glyphs
_WIDTHS = ((0x21, 0x2FF, _HALF), (0x2000, 0xFF60, _FULL), (0xFF61, 0xFFDC, _HALF), (0xFFE0, 0x3FFFD, _FULL))
"""First and last code point, and the glyph that stands for all of them."""
_NAMES = {1: "Ippo Square", 2: "Regular", 3: "Ippo Square", 4: "Ippo Square", 6: "IppoSquare"}


def make() -> bytes:
    """Give the font's file."""
    glyphs = [b"", _rectangle(_EM // 2), _rectangle(_EM)]
    ends = [sum(map(len, glyphs[:i])) for i in range(len(glyphs) + 1)]
    head = (0x10000, 0x10000, 0, 0x5F0F3CF5, 3, _EM, 0, 0, 0, _BOTTOM, _EM, _TOP, 0, 8, 2, 1, 0)
    tables = {
        b"OS/2": _os2(),
        b"cmap": _cmap(),
        b"glyf": b"".join(glyphs),
        b"head": struct.pack(">IIIIHHqqhhhhHHhhh", *head),
        b"hhea": struct.pack(">IhhhH11hH", 0x10000, _TOP, _BOTTOM, 0, _EM, 0, 0, _EM, 1, *[0] * 7, len(glyphs)),
        b"hmtx": struct.pack(">HhHhHh", _EM, 0, _EM // 2, 0, _EM, 0),
        b"loca": struct.pack(f">{len(ends)}I", *ends),
        b"maxp": struct.pack(">IH13H", 0x10000, len(glyphs), 4, 1, 0, 0, 1, *[0] * 8),
        b"name": _name(),
        b"post": struct.pack(">IIhhIIIII", 0x30000, 0, -100, 50, 1, 0, 0, 0, 0),
    }
    directory = struct.pack(">IHHHH", 0x10000, len(tables), 128, 3, 16 * len(tables) - 128)
    body = b""
    for tag, table in tables.items():
        padded = table + bytes(-len(table) % 4)
        total = sum(struct.unpack(f">{len(padded) // 4}I", padded)) & 0xFFFFFFFF
        directory += tag + struct.pack(">III", total, 12 + 16 * len(tables) + len(body), len(table))
        body += padded
    return directory + body


def _rectangle(width: int) -> bytes:
    frame = struct.pack(">hhhhhHH4B", 1, 0, _BOTTOM, width, _TOP, 3, 0, 1, 1, 1, 1)
    outline = frame + struct.pack(">8h", 0, width, 0, -width, _BOTTOM, 0, _EM, 0)
    return outline + bytes(-len(outline) % 4)


def _cmap() -> bytes:
    # Format 13: all characters of a range share one glyph.
    groups = b"".join(struct.pack(">III", *group) for group in _WIDTHS)
    table = struct.pack(">HHIII", 13, 0, 16 + len(groups), 0, len(_WIDTHS)) + groups
    return struct.pack(">HHHHI", 0, 1, 3, 10, 12) + table


def _name() -> bytes:
    texts = {number: text.encode("utf-16-be") for number, text in _NAMES.items()}
    records, offset = b"", 0
    for number, text in texts.items():
        records += struct.pack(">6H", 3, 1, 0x409, number, len(text), offset)
        offset += len(text)
    return struct.pack(">HHH", 0, len(texts), 6 + len(records)) + records + b"".join(texts.values())


def _os2() -> bytes:
    # The code pages (Japanese and Chinese, Korean too) are what PDFium looks for in place of a missing font.
    code_pages = 0b11111 << 17 | 1
    return (
        struct.pack(">HhHHH11h10B4I4s", 4, _EM, 400, 5, 0, *[500] * 10, 0, 2, *[0] * 9, *[0xFFFFFFFF] * 3, 0, b"IPPO")
        + struct.pack(">HHHhhhHHII", 0x40, 0x21, 0xFFFF, _TOP, _BOTTOM, 0, _TOP, -_BOTTOM, code_pages, 0)
        + struct.pack(">hhHHH", 500, 700, 0, 0x20, 1)
    )


if __name__ == "__main__":
    FILE.write_bytes(make())
