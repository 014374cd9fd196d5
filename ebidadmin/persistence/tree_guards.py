"""Whether what keeps the rows of trail and tree from being changed is still there, letter by letter."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, text

from ebidadmin.persistence.migrations.erasing_triggers import trail_guards

TABLES = ("audit_events", "audit_leaves", "audit_nodes", "audit_heads", "audit_rows", "audit_erased")
"""Tables of which rows are only added, and emptied by an erasing."""

_SQLITE = text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
_POSTGRESQL = text(
    "SELECT t.tgname AS name, t.tgenabled AS enabled, pg_get_triggerdef(t.oid) AS sql, p.prosrc AS body"
    " FROM pg_trigger AS t JOIN pg_proc AS p ON p.oid = t.tgfoid"
    " JOIN pg_class AS c ON c.oid = t.tgrelid"
    " WHERE NOT t.tgisinternal AND c.relnamespace = 'public'::regnamespace"
)
_CREATED = re.compile(r"CREATE TRIGGER (\w+)")
_BODY = re.compile(r"CREATE FUNCTION (\w+)\(\).* AS \$\$(.*)\$\$", re.DOTALL)
_FIRES_ALWAYS = ("O", "A")


def missing_guards(connection: Connection) -> Sequence[str]:
    """Names of triggers that are missing, switched off, or not as the program made them."""
    wanted = [line for table in TABLES for line in trail_guards(connection.dialect.name, table)]
    if connection.dialect.name == "sqlite":
        present = {row.name: row.sql for row in connection.execute(_SQLITE)}
        return [name for name, line in _triggers(wanted) if present.get(name) != line]
    bodies = {found[1]: found[2] for line in wanted if (found := _BODY.match(line))}
    held = {row.name: row for row in connection.execute(_POSTGRESQL)}
    return [name for name, line in _triggers(wanted) if not _as_made(held.get(name), line, bodies)]


def _triggers(statements: Sequence[str]) -> Iterator[tuple[str, str]]:
    for line in statements:
        found = _CREATED.match(line)
        if found:
            yield found[1], line


def _as_made(held: Row[Any] | None, line: str, bodies: Mapping[str, str]) -> bool:
    """Whether a trigger of PostgreSQL is the one of that statement; the server spells the table with its schema."""
    if held is None:
        return False
    spelled = (
        str(held.sql).replace(" ON public.", " ON ").replace("EXECUTE FUNCTION public.", "EXECUTE FUNCTION ")
    )
    function = line.rpartition(" ")[2].removesuffix("()")
    return held.enabled in _FIRES_ALWAYS and held.body == bodies[function] and spelled == line
