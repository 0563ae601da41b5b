"""Tables as files: a line with the columns' names, then a line a row, both lists in JSON."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Connection, Date, LargeBinary, MetaData, String, Table, inspect, select, text

import adapters.desk.schema  # noqa: F401 - its tables join the messages'
from adapters.backup.errors import Unreadable
from adapters.messages.schema import tables as messages
from knowledge.schema import tables as knowledge

SETS: dict[str, MetaData] = {"knowledge": knowledge, "messages": messages}
PASSING = frozenset({"readers", "workers", "sessions", "logins"})
"""Tables of what runs at this moment and of who is logged in: of another time they would be wrong, or unsafe."""
# The web chat makes it when it first needs it, outside the migrations.
_MADE_LATER = MetaData()
Table("web_keys", _MADE_LATER, Column("name", String(20), primary_key=True), Column("value", String(64)))
_BATCH = 500
"""Rows that are held in memory at once, where they are small."""
_BATCH_LARGE = 10
"""The same of tables that hold whole files."""
_BATCH_SIZE = 8_000_000
"""Characters of rows that are held in memory at once, unless one alone is larger."""


def saved(connection: Connection, kind: str) -> list[Table]:
    """List the tables of a set that belong into a backup, those first to which others refer."""
    later = [
        table for table in _MADE_LATER.sorted_tables if kind == "messages" and inspect(connection).has_table(table.name)
    ]
    return [table for table in SETS[kind].sorted_tables if table.name not in PASSING] + later


def dump(connection: Connection, table: Table, path: Path) -> int:
    """Write a table into a file; give the number of its rows."""
    columns = list(table.columns)
    count = 0
    batch = _BATCH_LARGE if any(isinstance(column.type, LargeBinary) for column in columns) else _BATCH
    query = select(*columns).order_by(*table.primary_key.columns)
    rows = connection.execute(query, execution_options={"yield_per": batch})
    with path.open("x", encoding="utf-8") as file:
        file.write(json.dumps([column.name for column in columns]) + "\n")
        for row in rows:
            file.write(json.dumps([_plain(value) for value in row], ensure_ascii=False) + "\n")
            count += 1
    return count


def load(connection: Connection, table: Table, path: Path) -> int:
    """Fill an empty table from a file; give the number of rows.

    Args:
        connection: In a transaction.
        table: As the database has it at the backup's revision.
        path: What `dump` wrote.
    Raises:
        Unreadable: The columns are others.
    """
    with path.open(encoding="utf-8") as file:
        names = json.loads(file.readline())
        if sorted(names) != sorted(column.name for column in table.columns):
            raise Unreadable(f"the backup's table {table.name} has other columns")
        readers = [_reader(table.c[name]) for name in names]
        count = 0
        for some in _batches(file):
            values = [
                {name: read(value) for name, read, value in zip(names, readers, json.loads(line), strict=True)}
                for line in some
            ]
            connection.execute(table.insert(), values)
            count += len(values)
    _go_on_counting(connection, table)
    return count


def reflect(connection: Connection, kind: str, names: list[str]) -> dict[str, Table]:
    """Give tables as the database has them now, making those that the program makes when it first needs them."""
    for table in _MADE_LATER.sorted_tables:
        if kind == "messages" and table.name in names:
            table.create(connection, checkfirst=True)
    there = inspect(connection).get_table_names()
    known = MetaData()
    known.reflect(connection, only=[name for name in names if name in there])
    return {name: known.tables[name] for name in names if name in known.tables}


def drop(connection: Connection) -> None:
    """Drop all tables, on PostgreSQL: what a transaction drops, it can make anew, and nobody sees it half done."""
    names = [table.name for metadata in (*SETS.values(), _MADE_LATER) for table in metadata.sorted_tables]
    for name in (*names, "knowledge_version", "messages_version"):
        connection.execute(text(f"DROP TABLE IF EXISTS {name} CASCADE"))
    connection.execute(text("DROP FUNCTION IF EXISTS ippo_refuse() CASCADE"))


def _plain(value: Any) -> Any:
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(value).decode()
    return value.isoformat() if isinstance(value, date) else value


def _reader(column: Column[Any]) -> Any:
    if isinstance(column.type, LargeBinary):
        return lambda value: None if value is None else base64.b64decode(value, validate=True)
    if isinstance(column.type, Date):
        return lambda value: None if value is None else date.fromisoformat(value)
    return lambda value: value


def _batches(lines: Iterator[str]) -> Iterator[list[str]]:
    some: list[str] = []
    size = 0
    for line in lines:
        some.append(line)
        size += len(line)
        if len(some) == _BATCH or size > _BATCH_SIZE:
            yield some
            some, size = [], 0
    if some:
        yield some


def _go_on_counting(connection: Connection, table: Table) -> None:
    """Have PostgreSQL give the next row a number that is free; SQLite does by itself."""
    key = next(iter(table.primary_key.columns))
    if connection.dialect.name != "postgresql" or len(table.primary_key.columns) != 1:
        return
    sequence = connection.execute(
        text("SELECT pg_get_serial_sequence(:table, :column)"), {"table": table.name, "column": key.name}
    ).scalar()
    if sequence:
        highest = f"SELECT setval(:sequence, GREATEST((SELECT max({key.name}) FROM {table.name}), 1), true)"  # noqa: S608 - our tables
        connection.execute(text(highest), {"sequence": sequence})
