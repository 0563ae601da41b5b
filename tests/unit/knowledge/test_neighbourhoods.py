from __future__ import annotations

import pytest

from knowledge.neighbourhoods import NeighbourhoodsError, neighbourhoods, parse


def test_the_shipped_table_is_sound_and_longest_first() -> None:
    lengths = [len(name) for name in neighbourhoods()]
    assert lengths == sorted(lengths, reverse=True)
    assert neighbourhoods()["秋葉原"] == ("chiyoda", "taito")


@pytest.mark.parametrize("line", ["秋葉原 chiyoda", "秋葉原\tedo", "\tchiyoda", "秋葉原\t"])
def test_a_mistake_names_its_line(line: str) -> None:
    with pytest.raises(NeighbourhoodsError, match="line 2"):
        parse(["# places", line])


def test_a_place_stands_once() -> None:
    with pytest.raises(NeighbourhoodsError, match="twice"):
        parse(["神田\tchiyoda", "神田\tminato"])
