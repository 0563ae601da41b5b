"""The marks by which a model names its sources: [S1], ［Ｓ１］, 〔S1〕, [S1, S2], 【S1】, (S3)."""

from __future__ import annotations

import re

_N = r"[SsＳｓ]\s?[0-9０-９]{1,6}"
_BETWEEN = r"\s?(?:[,，、;；・/&]|と|and)?\s?"
MARKER = re.compile(rf"[\[［〔【(（]{{1,3}}\s?{_N}(?:{_BETWEEN}{_N}){{0,20}}\s?[\]］〕】)）]{{1,3}}")
"""One mark, in any width of bracket, with one or several numbers."""
LOOKS_LIKE = re.compile(r"[\[［〔【]\s?(?:[SsＳｓ]?\s?[0-9０-９]{1,6}[^\]］〕】\n]{0,20})[\]］〕】]")
"""What a reader would take for a mark: [3], [S?2], [1†]."""
_NUMBER = re.compile(r"[0-9０-９]{1,6}")


def numbers(text: str) -> tuple[int, ...]:
    """List the numbers of all marks in a text, in order, with repetitions."""
    return tuple(int(n) for mark in MARKER.finditer(text) for n in _NUMBER.findall(mark.group()))


def without(text: str) -> str:
    """Take all marks out, and what looks like one."""
    return LOOKS_LIKE.sub("", MARKER.sub("", text))
