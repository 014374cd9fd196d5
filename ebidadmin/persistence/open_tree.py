"""What a database holds at one moment: its schema, how many rows each table has, and the head of the tree over the trail.

Two databases are compared by it: a copy with what it was made from, what was restored with what was backed up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, inspect, text

from ebidadmin.persistence.audit_tree import SqlTreeSnapshot
from ebidadmin.persistence.engine import reading
from ebidadmin.services.tree_check import root_of

REVISION_TABLE = "alembic_version"


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """``schema`` is the revision, ``None`` where there never was an upgrade; ``tables`` the rows of each; ``size``, ``root`` (hex) and
    ``last`` (the number of the last event that is sealed) are the head of the tree. Without a root the tree has lost hashes."""

    schema: str | None
    tables: Mapping[str, int]
    size: int
    root: str
    last: int


class SnapshotWithin(SqlTreeSnapshot):
    """The tree as a transaction of somebody else sees it, which stays open."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection.engine)
        self._open = connection

    def __enter__(self) -> SnapshotWithin:
        return self

    def __exit__(self, *_details: object) -> None:
        """The transaction is the caller's."""


class TreeWithin:
    """``tree_ports.TrailTree`` of an open transaction: to verify what is not committed yet. Nothing is kept by it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def snapshot(self) -> SnapshotWithin:
        return SnapshotWithin(self._connection)

    def reading_anything(self) -> TreeWithin:
        return self

    def keep(self, _head: object) -> None:
        raise RuntimeError("what is not committed has no heads")


def holding(connection: Connection) -> Holding:
    """What the database of that transaction holds. Raises ``StorageError``."""
    names = sorted(set(inspect(connection).get_table_names()) - {REVISION_TABLE})
    quoted = connection.dialect.identifier_preparer.quote
    tables = {
        name: int(connection.scalar(text(f"SELECT count(*) FROM {quoted(name)}")) or 0)  # noqa: S608 - names of its own tables
        for name in names
    }
    schema = MigrationContext.configure(connection).get_current_revision()
    if "audit_leaves" not in tables or "audit_nodes" not in tables:
        return Holding(schema=schema, tables=tables, size=0, root="", last=0)
    with SnapshotWithin(connection) as seen:
        size, last = seen.size(), seen.last_seq()
        root = root_of(seen, size) or b""
    return Holding(schema=schema, tables=tables, size=size, root=root.hex() if size else "", last=last)


def held_by(engine: Engine) -> Holding:
    """The same, of one moment of that database."""
    with reading(engine).connect() as connection:
        return holding(connection)


def is_empty(engine: Engine) -> bool:
    """Whether there is no table in it. Raises ``StorageError``, also where it cannot be reached."""
    with reading(engine).connect() as connection:
        found = inspect(connection)
        return not (found.get_table_names() or found.get_view_names())
