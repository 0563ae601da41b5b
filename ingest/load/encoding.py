"""Bytes of unknown encoding to text, Japanese encodings first."""

from __future__ import annotations

import codecs
import re

from ingest.errors import UnreadableSource

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_JIS_ESCAPE = re.compile(rb"\x1b(?:\$[@B]|\$\(D|\([BJI])")
_SAMPLE = 128 * 1024  # bytes that decide; a whole 50 MiB file would take seconds for each candidate
_FOREIGN = ["cp1252", "latin_1", "gb18030", "big5", "cp949", "cp1251"]
"""Encodings of languages a ward office writes to; of all that exist, the guesser prefers the odd ones."""
_META = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([a-zA-Z0-9_:.-]{2,40})""", re.IGNORECASE)


def decode(data: bytes) -> str:
    """Decode a text file.

    A byte order mark decides; then ISO-2022-JP's escapes; then valid UTF-8; then whichever of cp932, EUC-JP,
    UTF-16 without mark and damaged UTF-8 reads most like Japanese; last, charset-normalizer's guess.

    Args:
        data: The file's bytes.
    Returns:
        The text, line ends as they were, without byte order mark. Bytes that fit nowhere become U+FFFD; the
        garble alarm decides whether too many of them did.
    Raises:
        UnreadableSource: No encoding fits.
    """
    for mark, name in _MARKS:
        if data.startswith(mark):
            return data.decode(name, errors="replace")
    if _JIS_ESCAPE.search(data) and max(data) < 0x80:
        return data.decode("iso2022_jp_ext", errors="replace")
    if b"\0" not in data:
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError:
            pass
    return _most_japanese(data)


def decode_html(data: bytes) -> str:
    """Decode a web page: as `decode`, but what a page says of itself goes before guessing.

    A page's statement comes after valid UTF-8, because stale `charset=shift_jis` lines outlive conversions.
    """
    stated = _META.search(data[:4096])
    if stated and b"\0" not in data and not any(data.startswith(mark) for mark, _ in _MARKS):
        try:
            data.decode("utf-8")
        except UnicodeDecodeError:
            name = stated[1].decode("ascii").lower()
            # Everyone who says shift_jis means Microsoft's superset of it, with ① and ㈱.
            name = "cp932" if name in {"shift_jis", "shift-jis", "sjis", "x-sjis", "windows-31j"} else name
            try:
                return data.decode(name)
            except (UnicodeDecodeError, LookupError):
                pass
    return decode(data)


def is_text(sample: bytes) -> bool:
    """Say whether a file's first bytes are text in any encoding, rather than binary data."""
    if any(sample.startswith(mark) for mark, _ in _MARKS):
        return True
    if b"\0" in sample:
        # UTF-16 without a mark; an odd length cuts a character in half.
        even = sample[: len(sample) // 2 * 2]
        return any(_japaneseness(even.decode(name, errors="replace")) > 0.5 for name in ("utf-16-le", "utf-16-be"))
    return sum(byte < 0x20 and byte not in b"\t\n\r\f\x1b" for byte in sample) <= len(sample) * 0.05


def _most_japanese(data: bytes) -> str:
    sample = data[:_SAMPLE]
    candidates = ["cp932", "euc_jis_2004", "utf-8"]
    if b"\0" in data:
        candidates += ["utf-16-le", "utf-16-be"]
    scored = [(_japaneseness(sample.decode(name, errors="replace")), name) for name in candidates]
    score, best = max(scored, key=lambda pair: pair[0])
    if score > 0.25:
        return data.decode(best, errors="replace")

    from charset_normalizer import from_bytes

    guess = from_bytes(sample, cp_isolation=_FOREIGN).best()
    if guess is None:
        raise UnreadableSource("文字コードがわかりません。UTF-8 で保存し直してください")
    return data.decode(guess.encoding, errors="replace")


def _japaneseness(text: str) -> float:
    """Score a reading of the bytes: 1 is plain Japanese, below 0 is not Japanese; ASCII counts for nothing.

    ASCII reads alike in every candidate; in a European text it would outweigh the letters that tell.
    """
    good = bad = 0.0
    counted = 0
    for character in text:
        code = ord(character)
        if 0x20 <= code < 0x7F or character in "\t\n\r\f":
            continue
        counted += 1
        if code == 0xFFFD or 0xE000 <= code <= 0xF8FF or code < 0xA0:
            bad += 1
        elif 0x2010 <= code <= 0x27FF or 0x3000 <= code <= 0x33FF or 0xFF01 <= code <= 0xFF5E or _level_1(character):
            good += 1
        elif 0x4E00 <= code <= 0x9FFF:
            # Rare kanji and half-width kana are legitimate one by one and abound in misread text.
            bad += 0.25
        elif 0xFF61 <= code <= 0xFF9F:
            bad += 0.1
    return (good - 4 * bad) / counted if counted else 1.0


def _level_1(character: str) -> bool:
    """Say whether it is one of the 2,965 everyday kanji; they fill the rows of EUC-JP below D0."""
    try:
        return "\u4e00" <= character <= "\u9fff" and character.encode("euc_jp")[0] < 0xD0
    except UnicodeEncodeError:
        return False
