"""Many rows into one table at once: COPY on PostgreSQL, ``executemany`` elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

from sqlalchemy import Connection, Date, Table, text

from ebidadmin.errors import StorageError
from ebidadmin.persistence.failures import translated
from ebidadmin.persistence.schema_base import Base

# The backslash comes first: the others are written with it.
_COPY_SIGNS = {"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"}
_COPY_NOTHING = r"\N"

KNOW_SIZES = "public.ebid_know_sizes"
"""Lets the planner count a table on behalf of a log-in that does not own it (``role_setup``)."""


def load(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert ``rows``, which all have the same columns; else as ``load_columns``."""
    load_columns(connection, table, {name: [row[name] for row in rows] for name in rows[0]})


def load_columns(connection: Connection, table: Table, columns: Mapping[str, Sequence[Any]]) -> None:
    """Insert rows that are given side by side, one list for each column, all of the same length, in the transaction of ``connection``.
    Values are texts (canonical JSON among them), numbers, truth values, days or nothing. Raises ``StorageError``."""
    names = list(columns)
    if connection.dialect.name == "postgresql":
        _copy(connection, table, columns)
        return
    quoted = connection.dialect.identifier_preparer.quote
    listed = ", ".join(quoted(table.c[name].name) for name in names)
    places = ", ".join("?" * len(names))
    kept = (
        _sqlite_days(values) if isinstance(table.c[name].type, Date) else values
        for name, values in columns.items()
    )
    rows = list(zip(*kept, strict=True))
    insertion = f"INSERT INTO {quoted(table.name)} ({listed}) VALUES ({places})"  # noqa: S608 - the names are the schema's own
    connection.exec_driver_sql(insertion, rows)


def know_sizes(connection: Connection, table: Table, further: Sequence[str] = ()) -> None:
    """Let the planner of PostgreSQL count a table that has just been filled: it would take it for empty. Of its columns it looks at those
    that keys and indexes have, and at ``further`` ones: looking at every text of a wide table takes as long as filling it."""
    if connection.dialect.name == "postgresql":
        quoted = connection.dialect.identifier_preparer.quote
        indexed = {column.name for index in table.indexes for column in index.columns}
        names = sorted({*indexed, *(column.name for column in table.primary_key), *further})
        if owns(connection, table):
            connection.execute(text(f"ANALYZE {quoted(table.name)} ({', '.join(map(quoted, names))})"))
        else:
            asked = {"name": table.name, "columns": names}
            connection.execute(text(f"SELECT {KNOW_SIZES}(:name, :columns)"), asked)


def require_owner(connection: Connection) -> None:
    """Raises ``StorageError`` ``database-not-owner`` unless the connection owns the tables of the office: others are shown a part of it."""
    if not owns(connection, Base.metadata.tables["audit_events"]):
        raise StorageError("database-not-owner")


def owns(connection: Connection, table: Table) -> bool:
    """Whether the connection may do with that table what only its owner may; a log-in of staff may not."""
    if connection.dialect.name != "postgresql":
        return True
    owner = text("SELECT pg_has_role(relowner, 'USAGE') FROM pg_class WHERE oid = CAST(:name AS regclass)")
    return bool(connection.execute(owner, {"name": table.name}).scalar_one())


def _copy(connection: Connection, table: Table, columns: Mapping[str, Sequence[Any]]) -> None:
    with copying(connection, table, list(columns)) as write:
        write(columns)


@contextmanager
def copying(
    connection: Connection, table: Table, names: Sequence[str]
) -> Iterator[Callable[[Mapping[str, Sequence[Any]]], None]]:
    """One COPY into ``table`` (PostgreSQL), to which rows are given some at a time as ``load_columns`` takes them, all with the columns
    ``names`` in that order. Raises ``StorageError``."""
    quoted = connection.dialect.identifier_preparer.quote
    listed = ", ".join(quoted(table.c[name].name) for name in names)
    driver: Any = connection.connection.driver_connection
    with (
        translated(connection.engine),
        driver.cursor() as cursor,
        cursor.copy(f"COPY {quoted(table.name)} ({listed}) FROM STDIN") as copy,
    ):

        def write(columns: Mapping[str, Sequence[Any]]) -> None:
            lines = map("\t".join, zip(*map(_copy_column, columns.values()), strict=True))
            copy.write("\n".join((*lines, "")))

        yield write


def _sqlite_days(column: Sequence[date | None]) -> Sequence[str | None]:
    """As SQLite keeps them: in ISO form."""
    written = {day: day.isoformat() if day else None for day in set(column)}
    return [written[day] for day in column]


def _copy_column(column: Sequence[Any]) -> Sequence[str]:
    """As the text format of COPY writes them."""
    if set(map(type, column)) <= {str}:
        joined = "".join(column)
        if any(sign in joined for sign in _COPY_SIGNS):
            return [_escaped(value) for value in column]
        return column
    written = {value: _copy_value(value) for value in set(column)}
    return [written[value] for value in column]


def _copy_value(value: object) -> str:
    if value is None:
        return _COPY_NOTHING
    if isinstance(value, bool):
        return "t" if value else "f"
    return value.isoformat() if isinstance(value, date) else _escaped(str(value))


def _escaped(value: str) -> str:
    for sign, written in _COPY_SIGNS.items():
        value = value.replace(sign, written)
    return value
