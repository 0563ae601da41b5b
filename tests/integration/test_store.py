"""Opening the database: tables, starters, versions."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from knowledge.errors import StoreUnavailable
from knowledge.schema import HEAD, VERSION_TABLE, tables
from knowledge.store import Store

_OPEN = (
    "import sys; from pathlib import Path; from knowledge.store import Store; print(Store.open(Path(sys.argv[1])).id)"
)


def test_the_migrations_make_the_tables_that_the_code_knows(tmp_path: Path) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    store = Store.open(tmp_path)
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
        assert compare_metadata(context, tables) == []
        assert context.get_current_revision() == HEAD
    store.close()


def test_several_starters_migrate_once(tmp_path: Path, project: Path) -> None:
    command = [sys.executable, "-c", _OPEN, str(tmp_path / "data")]
    starters = [subprocess.Popen(command, cwd=project, stdout=-1, stderr=-1, text=True) for _ in range(4)]
    names = set()
    for starter in starters:
        output, errors = starter.communicate()
        assert starter.returncode == 0, errors
        names.add(output.strip())
    assert len(names) == 1
    assert len(names.pop()) == 8


def test_a_database_of_a_newer_program_is_refused(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    with store.write() as connection:
        connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '9999'"))
    store.close()

    with pytest.raises(StoreUnavailable, match="新しい版"):
        Store.open(tmp_path)


def test_a_file_that_is_no_database_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "ippo.db").write_text("これはデータベースではありません。" * 100)

    with pytest.raises(StoreUnavailable, match="データベース"):
        Store.open(tmp_path)


def test_a_data_directory_that_cannot_be_made_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(StoreUnavailable):
        Store.open(tmp_path / "file" / "data")


def test_what_fails_half_way_is_not_written(tmp_path: Path) -> None:
    store = Store.open(tmp_path)

    def half() -> None:
        with store.write() as connection:
            connection.execute(text("INSERT INTO about (name, value) VALUES ('half', 'x')"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        half()
    with store.read() as connection:
        assert connection.scalar(text("SELECT count(*) FROM about WHERE name = 'half'")) == 0
    store.close()
