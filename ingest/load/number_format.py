"""What a spreadsheet shows for a number: 0.0869 under `0.00%` is read by people as 8.69%.

Covers what Excel's format codes are used for: decimals, thousands, percent, literals, sections with conditions.
Fractions and anything stranger fall back to the plain number. Dates are in `date_format`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|_.|\*.|\[\$(?P<currency>[^\]-]*)[^\]]*\]|\[[^\]]*\]'
    r"|(?P<exponent>[Ee][+-]0+)|(?P<general>General|G/標準)|(?P<digit>[0#?])|(?P<dot>\.)|(?P<comma>,)|(?P<percent>[%％])"
    r"|(?P<literal>.)",
    re.DOTALL,
)
_SECTION = re.compile(r'(?:"[^"]*"|\\.|\[[^\]]*\]|[^;])*', re.DOTALL)
_CONDITION = re.compile(r"\[(<=|>=|<>|<|>|=)(-?[\d.]+)\]")
_MAX_DECIMALS = 30


def sections(code: str) -> list[str]:
    """Split a format code at its semicolons, but not inside quotes and brackets."""
    found = []
    start = 0
    while start <= len(code):
        match = _SECTION.match(code, start)
        end = match.end() if match else len(code)
        found.append(code[start:end])
        start = end + 1
    return found


def show_number(value: float, code: str) -> str:
    """Give a number as a spreadsheet shows it.

    Args:
        value: A finite number.
        code: The cell's format code, such as `#,##0.0;[Red]-#,##0.0`.
    Returns:
        The text, without padding spaces and fill characters.
    """
    section, magnitude = _choose(value, sections(code))
    layout = _parse(section)
    if layout is None:
        return plain(value)
    return layout.show(magnitude).strip()


def plain(value: float) -> str:
    """Give a number in the General format: as many digits as it has, at most 11 that count."""
    if isinstance(value, int) or value.is_integer():
        return str(int(value)) if abs(value) < 1e15 else f"{value:.5E}"
    return f"{Decimal(f'{value:.11g}'):f}"


def _choose(value: float, found: list[str]) -> tuple[str, float]:
    """Pick the section for a value; a section for negatives shows them without their sign."""
    numeric = found[:3]
    for section in numeric:
        condition = _CONDITION.search(section)
        if condition and _holds(value, condition[1], condition[2]):
            return section, value
    if any(_CONDITION.search(section) for section in numeric):
        return numeric[-1], value
    if len(numeric) == 3 and value == 0:
        return numeric[2], value
    if len(numeric) > 1 and value < 0:
        return numeric[1], -value
    return numeric[0], value


def _holds(value: float, operator: str, bound: str) -> bool:
    try:
        limit = float(bound)
    except ValueError:
        return False
    return {
        "<": value < limit,
        ">": value > limit,
        "<=": value <= limit,
        ">=": value >= limit,
        "=": value == limit,
        "<>": value != limit,
    }[operator]


@dataclass(slots=True)
class _Layout:
    """A section taken apart: literals and digit places before and after the decimal point."""

    whole: list[tuple[str, str]] = field(default_factory=list)
    """(`digit` | `literal`, character) in order, up to the point."""
    decimals: list[tuple[str, str]] = field(default_factory=list)
    pointed: bool = False
    grouped: bool = False
    scale: int = 0
    """Powers of ten that the value is multiplied by before it is shown."""
    exponent: str = ""
    general: bool = False

    def show(self, value: float) -> str:
        if self.general:
            return self._literals(plain(value))
        if not any(kind == "digit" for kind, _ in (*self.whole, *self.decimals)):
            return self._literals("")
        places = min(sum(kind == "digit" for kind, _ in self.decimals), _MAX_DECIMALS)
        if self.exponent:
            return self._literals(f"{value:.{places}E}")
        exact = Decimal(repr(value)).scaleb(self.scale)
        rounded = exact.copy_abs().quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
        whole, _, fraction = f"{rounded:f}".partition(".")
        sign = "-" if value < 0 and rounded else ""
        return sign + self._whole("" if whole == "0" else whole) + self._fraction(fraction)

    def _literals(self, number: str) -> str:
        """Put a number that is shown by itself in the place of the digits or of General."""
        shown, placed = "", False
        for kind, character in (*self.whole, *self.decimals):
            if kind == "literal":
                shown += character
            elif not placed:
                shown, placed = shown + number, True
        return shown

    def _whole(self, digits: str) -> str:
        places = [i for i, (kind, _) in enumerate(self.whole) if kind == "digit"]
        required = sum(self.whole[i][1] == "0" for i in places)
        digits = digits.rjust(required, "0")
        if self.grouped:
            digits = f"{int(digits):,}".rjust(required, "0") if digits else ""
            shown = {places[0]: digits} if places else {}
        else:
            # The last digits take their own places; those left over stand before the first.
            shown = dict(zip(reversed(places), reversed(digits), strict=False))
            if places and len(digits) > len(places):
                shown[places[0]] = digits[: len(digits) - len(places) + 1]
        text = "".join(
            character if kind == "literal" else shown.get(i, "") for i, (kind, character) in enumerate(self.whole)
        )
        return text if places or not digits else text + digits

    def _fraction(self, fraction: str) -> str:
        keep = len(fraction)
        codes = [character for kind, character in self.decimals if kind == "digit"]
        while keep and fraction[keep - 1] == "0" and codes[keep - 1] != "0":
            keep -= 1
        text, used = "", 0
        for kind, character in self.decimals:
            if kind == "literal":
                text += character
            else:
                text += fraction[used] if used < keep else ""
                used += 1
        return ("." if self.pointed and (keep or "0" in codes) else "") + text


def _parse(section: str) -> _Layout | None:
    """Take a section apart; None for a fraction, which is shown as a plain number."""
    layout = _Layout()
    commas = 0  # since the last digit place
    for match in _TOKEN.finditer(section):
        kind, text = match.lastgroup, match[0]
        places = layout.decimals if layout.pointed else layout.whole
        if kind == "digit":
            layout.grouped |= commas > 0 and not layout.pointed
            commas = 0
            places.append(("digit", text))
        elif kind == "comma":
            commas += any(entry[0] == "digit" for entry in places)
        elif kind == "dot":
            layout.scale -= 3 * commas
            commas = 0
            layout.pointed = True
        elif kind == "exponent":
            layout.exponent = text
        elif kind == "general":
            layout.general = True
            places.append(("digit", text))
        elif kind is not None:
            if text == "/" and "?" in section:
                return None
            layout.scale += 2 if kind == "percent" else 0
            places.append(("literal", match[kind]))
    layout.scale -= 3 * commas
    return layout
