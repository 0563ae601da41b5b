"""The same on PostgreSQL: tables, runs, locks, and a second host that derives its own indexes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ingest.pipeline import Status, ingest
from knowledge.encoders.folder import FolderEmbedding
from knowledge.errors import StoreBusy, StoreUnavailable
from knowledge.generations import Knowledge
from knowledge.reembedding import reembed
from knowledge.schema import VERSION_TABLE, tables
from knowledge.store import Store
from tests import postgres, tiny_model
from tests.searching import found, nearest

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.skipif(postgres.programs() is None, reason="PostgreSQL is not installed"),
]
Open = Callable[..., Knowledge]


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgres.server() as url:
        yield url


@pytest.fixture
def database(server: str) -> Iterator[str]:
    """An empty database."""
    from sqlalchemy import create_engine, text

    yield server
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()


def test_the_migrations_make_the_same_tables(database: str, tmp_path: Path) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    store = Store.open(tmp_path, database)
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
        assert compare_metadata(context, tables) == []
    store.close()


def test_a_second_host_serves_what_the_first_one_read(
    database: str, open_knowledge: Open, folder: Path, tmp_path: Path
) -> None:
    first, second = (open_knowledge(tmp_path / name, database_url=database) for name in ("one", "two"))
    ingest([str(folder)], knowledge=first)

    assert found(second.current(), "診断") == ["menu/survey.md"]
    assert nearest(second.current(), "太陽光発電の補助") == "menu/solar.md"
    results = {result.source: result.status for result in ingest([str(folder)], knowledge=second)}
    assert results["led.md"] is Status.UNCHANGED
    (folder / "led.md").unlink()
    assert ingest([str(folder)], knowledge=first)[-1].status is Status.REMOVED
    assert found(first.current(), "照明") == []
    shown = first.document("led.md")
    assert shown is not None
    assert shown.withdrawn_on is not None
    assert first.self_test() == []


def test_one_host_writes_at_a_time(database: str, open_knowledge: Open, folder: Path, tmp_path: Path) -> None:
    first, second = (open_knowledge(tmp_path / name, database_url=database) for name in ("one", "two"))
    with first.writing(patience=0), pytest.raises(StoreBusy):
        ingest([str(folder)], knowledge=second, patience=0.2)
    assert ingest([str(folder)], knowledge=second, patience=0.2)[0].status is Status.INDEXED


def test_a_server_that_is_away_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="データベース"):
        Store.open(tmp_path, "postgresql+psycopg://nobody@127.0.0.1:1/nothing")


def test_another_embedding_is_taken_up_on_one_host_and_served_on_both(
    database: str, open_knowledge: Open, folder: Path, tmp_path: Path
) -> None:
    first = open_knowledge(tmp_path / "one", database_url=database)
    ingest([str(folder)], knowledge=first)
    model = FolderEmbedding(tiny_model.make(tmp_path / "model"))
    second, third = (
        open_knowledge(tmp_path / name, database_url=database, embedding=model) for name in ("two", "three")
    )
    assert reembed(second)
    assert not reembed(third)
    # Shares no word with it.
    assert nearest(second.current(), "灯り") == nearest(third.current(), "灯り") == "led.md"
    assert found(first.current(), "太陽光発電") == ["menu/solar.md"]
