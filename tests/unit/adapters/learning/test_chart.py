"""Columns stand where their numbers say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.learning.chart import BOTTOM, HEIGHT, LABELS, LEFT, RIGHT, TOP, WIDTH, columns

COLUMNS = st.lists(st.tuples(*[st.integers(0, 100_000)] * 3), max_size=120)


@given(COLUMNS)
def test_every_bar_lies_in_the_drawing_and_is_as_high_as_its_number(rows: list[tuple[int, int, int]]) -> None:
    series = [[row[n] for row in rows] for n in range(3)]
    chart = columns([str(n) for n in range(len(rows))], series)
    high = HEIGHT - TOP - BOTTOM
    top = int(chart.lines[-1].text.replace(",", ""))
    values = [value for row in rows for value in row if value]
    assert len(chart.bars) == len(values)
    assert top >= max((sum(row) for row in rows), default=0)
    for bar, value in zip(chart.bars, values, strict=True):
        assert bar.height == pytest.approx(high * value / top, abs=0.02)
        assert LEFT - 0.1 <= bar.x <= bar.x + bar.width <= WIDTH - RIGHT + 0.1
        assert TOP - 0.1 <= bar.y <= bar.y + bar.height <= HEIGHT - BOTTOM + 0.1
    assert len(chart.names) <= LABELS


def test_parts_stand_on_one_another() -> None:
    low, middle = columns(["1/1"], [[2], [2], [0]]).bars
    assert middle.y + middle.height == pytest.approx(low.y, abs=0.02)
    assert (low.series, middle.series) == (0, 1)


@pytest.mark.parametrize(
    ("most", "level"), [(0, "1"), (1, "1"), (3, "4"), (7, "8"), (9, "10"), (11, "20"), (99, "100"), (250, "400")]
)
def test_the_scale_ends_at_a_round_number(most: int, level: str) -> None:
    assert columns(["1/1"], [[most]]).lines[-1].text == level
