"""Alembic's entry: migrates over the connection that `adapters.messages.store` hands in."""

from alembic import context

import adapters.desk.schema  # noqa: F401 - its tables join the others
from adapters.messages.schema import VERSION_TABLE, tables

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=tables,
    version_table=VERSION_TABLE,
    # Each step is one transaction on PostgreSQL; SQLite cannot alter a table in place and copies it instead.
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
