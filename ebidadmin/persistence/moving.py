"""An office copied from one database to another, of whatever kinds: every row of one moment, compared afterwards value by value.

The target's schema is made by the migrations, then filled, compared and looked at in one transaction: whoever is killed meanwhile leaves
an empty database. Texts are copied as they are kept, so that whatever the trail is the hash of stays what it was.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Engine,
    LargeBinary,
    Select,
    Table,
    Text,
    TypeDecorator,
    func,
    select,
    text,
    type_coerce,
)

from ebidadmin.errors import RuleError, StorageError
from ebidadmin.persistence.engine import one_writer
from ebidadmin.persistence.loading import copying, know_sizes, load_columns, require_owner
from ebidadmin.persistence.migrate import upgrade_within
from ebidadmin.persistence.open_tree import Holding, holding
from ebidadmin.persistence.staff_members import settle_roles
from ebidadmin.persistence.tables import all_tables
from ebidadmin.persistence.types import UtcDateTime

AT_ONCE = 5_000
"""Rows that are read and written at a time."""

TRAIL = "audit_events"
"""Its counter on SQLite must stand at its last row: one further on tells of a trail that was cut off."""

Progress = Callable[[int, int], None]
"""Told how many rows were copied, and how many there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """What was copied: ``digests`` are SHA-256 (hex) over all rows of a table, the same in both databases."""

    held: Holding
    digests: Mapping[str, str]


@contextmanager
def held_still(engine: Engine) -> Iterator[Connection]:
    """A transaction in which everything of the database can be read while nobody else writes. Raises ``StorageError``
    (``database-locked``; ``database-not-owner`` for a log-in that is shown a part of the office only)."""
    with engine.begin() as connection:
        require_owner(connection)
        _patient(connection)
        one_writer(connection)
        yield connection


@contextmanager
def filling(engine: Engine) -> Iterator[Connection]:
    """A transaction in which an empty database gets its tables. Raises ``StorageError`` ``database-not-empty``."""
    with engine.begin() as connection:
        _patient(connection)
        if holding(connection).tables:
            raise StorageError("database-not-empty")
        upgrade_within(connection)
        yield connection


def copy_all(
    source: Connection, target: Connection, *, progress: Progress = lambda _done, _all: None
) -> Copied:
    """Copy every row, and compare both sides afterwards. Raises ``StorageError`` (``value-unreadable`` for a value that the program never
    writes), ``RuleError`` ``move-differs`` where the two are not the same."""
    held = holding(source)
    total, done = sum(held.tables.values()), 0
    tables = all_tables().sorted_tables
    for name in sorted(held.tables.keys() ^ {table.name for table in tables}):
        raise RuleError("move-differs", what=name)
    if target.dialect.name == "sqlite":
        # A row may refer to a later one of its own table.
        target.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
    digests: dict[str, str] = {}
    for table in tables:
        with _without_triggers(target, table):
            _emptied(target, table)
            digest = hashlib.sha256()
            with _writing(target, table) as write:
                for rows in _read(source, table):
                    digest.update(repr(rows).encode("utf-8", "surrogatepass"))
                    write(rows)
                    done += len(rows)
                    progress(done, total)
            digests[table.name] = digest.hexdigest()
            _count_on(source, target, table)
        know_sizes(target, table)
    _compare(target, held, digests)
    # Who may do what is of each server.
    settle_roles(target)
    return Copied(held=held, digests=digests)


def _compare(target: Connection, held: Holding, digests: Mapping[str, str]) -> None:
    found = holding(target)
    for table in all_tables().sorted_tables:
        digest = hashlib.sha256()
        for rows in _read(target, table):
            digest.update(repr(rows).encode("utf-8", "surrogatepass"))
        if found.tables[table.name] != held.tables[table.name] or digest.hexdigest() != digests[table.name]:
            raise RuleError("move-differs", what=table.name)
    if (found.size, found.root, found.last) != (held.size, held.root, held.last):
        raise RuleError("move-differs", what="audit_leaves")


def _patient(connection: Connection) -> None:
    """A whole office takes longer than any click."""
    if connection.dialect.name == "postgresql":
        for name in ("idle_in_transaction_session_timeout", "statement_timeout"):
            connection.execute(text(f"SET LOCAL {name} = 0"))


def _read(connection: Connection, table: Table) -> Iterator[list[tuple[Any, ...]]]:
    """All rows in the order of their keys, some at a time."""
    columns = [_as_kept(column) for column in table.columns]
    wanted: Select[Any] = select(*columns).order_by(*table.primary_key.columns)
    streamed = connection.execute(wanted.execution_options(yield_per=AT_ONCE))
    try:
        for part in streamed.partitions():
            yield [tuple(row) for row in part]
    except ValueError as error:
        # A day or a moment that is none.
        raise StorageError("value-unreadable") from error


def _as_kept(column: Any) -> Any:
    """Texts as they are kept, whatever they are taken for; moments, days, bytes, numbers as values."""
    kind = column.type
    decorated = isinstance(kind, TypeDecorator) and not isinstance(kind, UtcDateTime)
    return type_coerce(column, Text()).label(column.name) if decorated else column


@contextmanager
def _writing(connection: Connection, table: Table) -> Iterator[Callable[[Sequence[tuple[Any, ...]]], None]]:
    names = [column.name for column in table.columns]
    postgresql = connection.dialect.name == "postgresql"
    with (
        copying(connection, table, names) if postgresql else nullcontext(_loading(connection, table)) as load
    ):

        def write(rows: Sequence[tuple[Any, ...]]) -> None:
            columns = zip(*rows, strict=True)
            load(
                {
                    name: _spelled(table.c[name].type, values, postgresql=postgresql)
                    for name, values in zip(names, columns, strict=True)
                }
            )

        yield write


def _loading(connection: Connection, table: Table) -> Callable[[Mapping[str, Sequence[Any]]], None]:
    return lambda columns: load_columns(connection, table, columns)


def _spelled(kind: Any, values: Sequence[Any], *, postgresql: bool) -> Sequence[Any]:
    """As the target takes them."""
    if isinstance(kind, UtcDateTime):
        moments = {value: _moment(value, postgresql=postgresql) for value in set(values)}
        return [moments[value] for value in values]
    if isinstance(kind, LargeBinary) and postgresql:
        return [None if value is None else f"\\x{value.hex()}" for value in values]
    return values


def _moment(value: datetime | None, *, postgresql: bool) -> str | None:
    if value is None:
        return None
    at = value.astimezone(UTC)
    # SQLite: the form of fixed width in which the program writes them.
    return at.isoformat() if postgresql else f"{at:%Y-%m-%d %H:%M:%S.%f}".rjust(26, "0")


@contextmanager
def _without_triggers(connection: Connection, table: Table) -> Iterator[None]:
    """What keeps rows from being changed is of the office that writes; a copy is not asked. Only who owns the table may do so."""
    if connection.dialect.name != "postgresql":
        yield
        return
    quoted = connection.dialect.identifier_preparer.quote(table.name)
    connection.execute(text(f"ALTER TABLE {quoted} DISABLE TRIGGER USER"))
    yield
    connection.execute(text(f"ALTER TABLE {quoted} ENABLE TRIGGER USER"))


def _emptied(connection: Connection, table: Table) -> None:
    """Take away what the migrations put in."""
    if connection.scalar(select(func.count()).select_from(table)):
        connection.execute(table.delete())


def _count_on(source: Connection, target: Connection, table: Table) -> None:
    """Let the numbers that the database draws for the table go on after the last one that was drawn."""
    column = table.autoincrement_column
    if column is None:
        return
    newest = target.scalar(select(func.max(column))) or 0
    drawn = max(newest, _drawn(source, table, column.name))
    if target.dialect.name == "postgresql":
        sequence = func.pg_get_serial_sequence(table.name, column.name)
        if target.scalar(select(sequence)) is not None:
            target.execute(select(func.setval(sequence, max(drawn, 1), drawn > 0)))
    elif table.dialect_options["sqlite"]["autoincrement"] and table.name != TRAIL and drawn:
        counter = {"name": table.name, "seq": drawn}
        target.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), {"name": table.name})
        target.execute(text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :seq)"), counter)


def _drawn(connection: Connection, table: Table, column: str) -> int:
    """The last number that was drawn for that column; 0 where the database does not tell."""
    if connection.dialect.name == "sqlite":
        asked = text("SELECT max(seq) FROM sqlite_sequence WHERE name = :name")
        found = connection.scalar(asked, {"name": table.name})
        return found if isinstance(found, int) else 0
    sequence = connection.scalar(select(func.pg_get_serial_sequence(table.name, column)))
    if sequence is None:
        return 0
    counter = f"SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {sequence}"  # noqa: S608 - a name that the server gave
    return int(connection.scalar(text(counter)) or 0)
