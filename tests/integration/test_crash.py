"""Sixty questions on three channels, three kills, failing platforms: each answered once, in order; on both databases."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import postgres
from tests.crash.fire import Scale, fire

SOME = Scale(people=5, each=4, kills=3, faults=6)


@pytest.mark.timeout(420)
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_every_question_is_answered_once_and_in_order(tmp_path: Path, database: str) -> None:
    if database == "sqlite":
        count = fire(tmp_path, None, 7, SOME)
    elif postgres.programs() is None:
        pytest.skip("needs Debian's postgresql")
    else:
        with postgres.server() as url:
            count = fire(tmp_path, url, 7, SOME)
    assert (count.asked, count.kills) == (60, 3)
    assert count.wrong == []
