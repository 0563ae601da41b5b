"""The rich menu: six things to ask, below every 1:1 chat."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

NAME = "ippo"
"""How our menus are known among an account's."""
WIDTH, HEIGHT = 1200, 810  # pixels; LINE takes 800 to 2500 wide, and at least 1.45 times as wide as high
PICTURE = Path(__file__).with_name("menu.png")
COLUMNS = 3


@dataclass(frozen=True, slots=True)
class Cell:
    """One area."""

    title: str
    """In the picture; also what a screen reader says, at most 20 characters."""
    hint: str
    asks: str
    """What a tap asks."""


CELLS = (
    Cell("はじめの一歩", "何から始めれば?", "何から始めればいい?"),
    Cell("補助金・助成金", "使えるものを探す", "使える補助金は?"),
    Cell("電気代を下げる", "費用と工夫", "電気代を下げたい"),
    Cell("CO2を測る", "使用量から概算", "CO2を測りたい"),
    Cell("相談窓口", "電話・メール", "相談窓口は?"),
    Cell("人に相談する", "担当者につなぐ", "担当者に相談したい"),
)


def bounds(position: int) -> dict[str, int]:
    """Give a cell's place in the picture, in pixels."""
    width, height = WIDTH // COLUMNS, HEIGHT // (len(CELLS) // COLUMNS)
    row, column = divmod(position, COLUMNS)
    return {"x": column * width, "y": row * height, "width": width, "height": height}


def definition() -> dict[str, Any]:
    """Write the menu as LINE takes it."""
    return {
        "size": {"width": WIDTH, "height": HEIGHT},
        "selected": True,
        "name": NAME,
        "chatBarText": "メニュー",
        "areas": [
            {
                "bounds": bounds(position),
                "action": {"type": "postback", "label": cell.title, "data": cell.asks, "displayText": cell.asks},
            }
            for position, cell in enumerate(CELLS)
        ],
    }
