"""Draws the rich menu's picture: `python -m adapters.line.drawing FONT`.

The picture is kept beside this file, for a Japanese font is not on every machine.
"""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from adapters.line.menu import CELLS, HEIGHT, PICTURE, WIDTH, bounds

_PAPER, _INK, _RULE, _ACCENT = "#f7faf5", "#1f3d2b", "#c9d8cc", "#2e7d4f"


def draw(font: Path) -> None:
    """Draw the cells' titles over their hints, with a line between cells, as a PNG of few colours."""
    picture = Image.new("RGB", (WIDTH, HEIGHT), _PAPER)
    canvas = ImageDraw.Draw(picture)
    title, hint = ImageFont.truetype(str(font), 50), ImageFont.truetype(str(font), 34)
    for position, cell in enumerate(CELLS):
        box = bounds(position)
        left, top, middle = box["x"], box["y"], box["x"] + box["width"] // 2
        canvas.rectangle((left, top, left + box["width"], top + box["height"]), outline=_RULE, width=3)
        canvas.rectangle((middle - 45, top + 95, middle + 45, top + 101), fill=_ACCENT)
        canvas.text((middle, top + 185), cell.title, font=title, fill=_INK, anchor="mm")
        canvas.text((middle, top + 275), cell.hint, font=hint, fill=_ACCENT, anchor="mm")
    picture.quantize(16).save(PICTURE, optimize=True)


if __name__ == "__main__":
    draw(Path(sys.argv[1]))
