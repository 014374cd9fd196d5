"""Many rows into one table at once: COPY on PostgreSQL, ``executemany`` elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Column, Connection, Table, insert, text
from sqlalchemy.sql.type_api import _BindProcessorType

from ebidadmin.persistence.failures import translated


def load(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert ``rows``, which all have the same columns, in the transaction of ``connection``. Raises ``StorageError``."""
    if connection.dialect.name != "postgresql":
        connection.execute(insert(table), rows)
        return
    quoted = connection.dialect.identifier_preparer.quote
    columns = [table.c[name] for name in rows[0]]
    listed = ", ".join(quoted(column.name) for column in columns)
    writers = [(column.name, _bound(column, connection)) for column in columns]
    driver: Any = connection.connection.driver_connection
    with (
        translated(connection.engine),
        driver.cursor() as cursor,
        cursor.copy(f"COPY {quoted(table.name)} ({listed}) FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row([row[name] if bound is None else bound(row[name]) for name, bound in writers])


def know_sizes(connection: Connection, table: Table) -> None:
    """Let the planner of PostgreSQL count a table that has just been filled: it would take it for empty."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"ANALYZE {connection.dialect.identifier_preparer.quote(table.name)}"))


def _bound(column: Column[Any], connection: Connection) -> _BindProcessorType[Any] | None:
    """What the column's type makes of a value on its way to the database."""
    return column.type.dialect_impl(connection.dialect).bind_processor(connection.dialect)
