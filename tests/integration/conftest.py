"""A folder of small documents and the knowledge made of it; an empty message store on each database; quick passwords."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from adapters.console import passwords
from adapters.messages.schema import tables
from adapters.messages.store import MessageStore
from ingest.pipeline import Result, ingest
from knowledge.generations import Knowledge
from tests import postgres

TEXTS = {
    "led.md": "# 照明のLED化\n\n店舗の照明をLEDに取り替えると、電気の使用量が減ります。\n\n- 費用の半分を助成します。\n",
    "menu/survey.md": "# 省エネ診断\n\n専門家が無料で事業所を訪れ、省エネ診断を行います。\n\n電話 03-1234-5678\n",
    "menu/solar.md": "# 太陽光発電\n\n屋根に太陽光発電設備を置く事業者に、上限100万円を補助します。\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three documents."""
    for name, text in TEXTS.items():
        path = tmp_path / "documents" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path / "documents"


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def open_knowledge(data_dir: Path) -> Iterator[Callable[..., Knowledge]]:
    """Opens the data directory as often as a test likes, each time as if by a new process."""
    opened: list[Knowledge] = []

    def open_it(place: Path = data_dir, **more: str) -> Knowledge:
        opened.append(Knowledge.open(place, **more))
        return opened[-1]

    yield open_it
    for knowledge in opened:
        knowledge.close()


@pytest.fixture
def knowledge(open_knowledge: Callable[..., Knowledge]) -> Knowledge:
    return open_knowledge()


def statuses(results: list[Result]) -> dict[str, str]:
    return {result.source: result.status.value for result in results}


@pytest.fixture
def run(knowledge: Knowledge) -> Callable[..., dict[str, str]]:
    """Ingests and gives the status of each source."""

    def run_it(*arguments: Path | str) -> dict[str, str]:
        return statuses(ingest([str(argument) for argument in arguments], knowledge=knowledge))

    return run_it


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of an empty database."""
    if postgres.programs() is None:
        pytest.skip("needs Debian's postgresql")
    with postgres.server() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[MessageStore]:
    """An empty message store, on one database and on the other."""
    url = request.getfixturevalue("postgresql") if request.param == "postgresql" else None
    found = MessageStore.open(tmp_path, url)
    if not found.is_sqlite:
        with found.write() as connection:
            postgres.empty(connection, tables.sorted_tables)
    yield found
    found.close()


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash as quickly as can be: how strong it is is not what is tested here."""
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
