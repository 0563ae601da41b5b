"""The 23 special wards of Tokyo and the areas a matter can hold for.

Romaji names are the ones of the outer contract (`chiyoda`, `minato` …); they are how wards are stored and asked for.
"""

from __future__ import annotations

from knowledge.fold import fold

WARDS: dict[str, str] = {
    "chiyoda": "千代田区",
    "chuo": "中央区",
    "minato": "港区",
    "shinjuku": "新宿区",
    "bunkyo": "文京区",
    "taito": "台東区",
    "sumida": "墨田区",
    "koto": "江東区",
    "shinagawa": "品川区",
    "meguro": "目黒区",
    "ota": "大田区",
    "setagaya": "世田谷区",
    "shibuya": "渋谷区",
    "nakano": "中野区",
    "suginami": "杉並区",
    "toshima": "豊島区",
    "kita": "北区",
    "arakawa": "荒川区",
    "itabashi": "板橋区",
    "nerima": "練馬区",
    "adachi": "足立区",
    "katsushika": "葛飾区",
    "edogawa": "江戸川区",
}
"""Romaji to the ward's name, in the official order of the wards."""

AREAS: tuple[str, ...] = ("all23", "tokyo", "japan")
"""What a matter can hold for when it is wider than a ward: all 23 wards, Tokyo, the whole country."""

_ROMAJI = {name: romaji for romaji, name in WARDS.items()}


def ward_of(text: str) -> str | None:
    """Name the ward that a text is the exact name of.

    Args:
        text: A ward's romaji (any case) or its full name in kanji (`千代田区`); widths don't matter.
    Returns:
        The ward in romaji, or None if the text is anything else, a longer sentence included.
    """
    name = fold(text)
    romaji = name.lower()
    return romaji if romaji in WARDS else _ROMAJI.get(name)
