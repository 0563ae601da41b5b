"""Numbers as people write them: 12,000 · 1.2万 · 1万2千 · 一万二千 · 二〇〇 · ３千."""

from __future__ import annotations

import re
from decimal import Decimal

from knowledge.fold import fold

RUN = re.compile(
    r"[0-9〇零一二三四五六七八九十百千万億](?:[0-9,.〇零一二三四五六七八九十百千万億]*[0-9〇零一二三四五六七八九十百千万億])?"
)
"""A maximal run of characters that numbers are made of, in folded text."""
LONGEST = 40
"""Characters; nobody's bill has more."""

_PLAIN = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|[〇零一二三四五六七八九]+"
_BELOW = rf"(?:(?P<q{{0}}>{_PLAIN})?(?P<Q{{0}}>千))?(?:(?P<h{{0}}>{_PLAIN})?(?P<H{{0}}>百))?(?:(?P<t{{0}}>{_PLAIN})?(?P<T{{0}}>十))?(?P<u{{0}}>{_PLAIN})?"
_NUMBER = re.compile(
    "".join(f"(?:(?P<g{i}>{_BELOW.replace('{0}', str(i))}){mark})?" for i, mark in ((2, "億"), (1, "万")))
    + _BELOW.replace("{0}", "0")
)
_KANJI = str.maketrans("〇零一二三四五六七八九", "00123456789")


def value(text: str) -> Decimal | None:
    """Read a number exactly.

    Args:
        text: Folded, without sign or white space.
    Returns:
        None where it can't be read for certain: `1,5`, `1万2万`, `万`, nothing, or more than `LONGEST` characters.
    """
    if not text or len(text) > LONGEST:
        return None
    match = _NUMBER.fullmatch(text)
    if not match:
        return None
    total = Decimal(0)
    for i, size in ((2, 100_000_000), (1, 10_000), (0, 1)):
        if i and match[f"g{i}"] is None:
            continue
        if i and not match[f"g{i}"]:
            return None  # 万 alone
        total += _below(match, i) * size
    return total


def _below(match: re.Match[str], i: int) -> Decimal:
    """The part before 億 or 万, or the last one: up to 9,999 in kanji, any size in digits."""
    total = _digits(match[f"u{i}"]) if match[f"u{i}"] else Decimal(0)
    for digits, mark, size in (("q", "Q", 1000), ("h", "H", 100), ("t", "T", 10)):
        if match[f"{mark}{i}"]:
            total += (_digits(match[f"{digits}{i}"]) if match[f"{digits}{i}"] else 1) * size
    return total


def _digits(text: str) -> Decimal:
    return Decimal(text.translate(_KANJI).replace(",", ""))


_WRITTEN = re.compile(r"\d[\d,]*(?:\.\d+)?")


def written(text: str) -> frozenset[str]:
    """List the numbers that stand in a text in digits, without grouping."""
    return frozenset(match.group().replace(",", "") for match in _WRITTEN.finditer(fold(text)))


def shown(number: Decimal) -> str:
    """Write a number for a reader: grouped, no trailing zeros, no exponent."""
    text = f"{number:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
