"""Whether what keeps rows from being changed is still there, letter by letter: the triggers of trail, tree and records, and the counter.

What has to be there stands in ``guards.json``, by kind of database and name of the trigger, as a new database of each kind spells it; a
test holds it against the migrations, ``python -m tools.guards`` writes it anew.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from sqlalchemy import Connection, func, select, text

from ebidadmin.persistence.schema import AuditRow

COUNTER = "sqlite_sequence"
"""Where SQLite keeps the last number that it gave out: it tells of a trail that was cut off."""

FILE = Path(__file__).with_name("guards.json")

_SQLITE = text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
_POSTGRESQL = text(
    "SELECT t.tgname AS name, t.tgenabled AS enabled, pg_get_triggerdef(t.oid) AS sql, p.prosrc AS body"
    " FROM pg_trigger AS t JOIN pg_proc AS p ON p.oid = t.tgfoid"
    " JOIN pg_class AS c ON c.oid = t.tgrelid"
    " WHERE NOT t.tgisinternal AND c.relnamespace = 'public'::regnamespace"
)
_DRAWN = text("SELECT seq FROM sqlite_sequence WHERE name = 'audit_events'")
_FIRES_ALWAYS = ("O", "A")


def missing_guards(connection: Connection) -> Sequence[str]:
    """Names of triggers that are missing, switched off, or not as the program made them, and ``COUNTER`` where it is no longer right."""
    wanted, there = expected(connection.dialect.name), present(connection)
    missing = [name for name, line in wanted.items() if there.get(name) != line]
    return missing if _counts(connection) else [*missing, COUNTER]


def foreign_guards(connection: Connection) -> Sequence[str]:
    """Names of triggers that are none of the program's: they may change what it writes while it writes it."""
    return sorted(present(connection).keys() - expected(connection.dialect.name).keys())


@cache
def expected(dialect: str) -> Mapping[str, str]:
    """What each trigger does, by its name."""
    found: dict[str, dict[str, str]] = json.loads(FILE.read_text(encoding="utf-8"))
    return found[dialect]


def present(connection: Connection) -> Mapping[str, str]:
    """The same, of those that are there; of one that is switched off, nothing."""
    if connection.dialect.name == "sqlite":
        return {row.name: row.sql for row in connection.execute(_SQLITE)}
    return {
        row.name: f"{_spelled(row.sql)} AS {row.body.strip()}" if row.enabled in _FIRES_ALWAYS else ""
        for row in connection.execute(_POSTGRESQL)
    }


def _spelled(line: str) -> str:
    """The server spells names with their schema, or without, by who asks."""
    return line.replace(" ON public.", " ON ").replace("EXECUTE FUNCTION public.", "EXECUTE FUNCTION ")


def _counts(connection: Connection) -> bool:
    """Whether the counter of the trail is at its end; one that is further on is told of apart."""
    if connection.dialect.name != "sqlite":
        return True  # a sequence of PostgreSQL does not go back with a transaction: it tells nothing
    newest = connection.scalar(select(func.max(AuditRow.seq))) or 0
    drawn = connection.execute(_DRAWN).scalars().all()
    if not drawn:
        return not newest
    return len(drawn) == 1 and isinstance(drawn[0], int) and drawn[0] >= newest
