"""What a database says of its own schema, so that two can be compared."""

from __future__ import annotations

import re

from sqlalchemy import Engine, text

_SQLITE = text(
    "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND type <> 'trigger' AND name NOT LIKE 'sqlite_%'"
)
_COLUMNS = text(
    "SELECT table_name || '.' || column_name AS name, concat_ws(' ', data_type, is_nullable, column_default, collation_name) AS sql"
    " FROM information_schema.columns WHERE table_schema = 'public'"
)
_CONSTRAINTS = text(
    "SELECT conname AS name, conrelid::regclass || ' ' || pg_get_constraintdef(oid) AS sql FROM pg_constraint"
    " WHERE connamespace = 'public'::regnamespace"
)
_INDEXES = text("SELECT indexname AS name, indexdef AS sql FROM pg_indexes WHERE schemaname = 'public'")


def statements(engine: Engine) -> dict[str, str]:
    """By name: everything but triggers, columns with their collation and constraints as the database spells them."""
    if engine.dialect.name == "sqlite":
        with engine.begin() as connection:
            found = {row.name: _spelled(row.sql) for row in connection.execute(_SQLITE)}
    else:
        with engine.begin() as connection:
            found = {
                row.name: row.sql
                for asked in (_COLUMNS, _CONSTRAINTS, _INDEXES)
                for row in connection.execute(asked)
            }
    return {name: sql for name, sql in found.items() if not name.startswith("alembic_version")}


def _spelled(sql: str) -> str:
    """A statement of SQLite without quotes, spaces and the order of a table's constraints."""
    plain = re.sub(r'["\s]+', " ", sql).replace(" )", ")").replace("( ", "(")
    head, _, body = plain.partition("(")
    parts = re.split(r", (?![^(]*\))", body.rstrip().removesuffix(")"))
    return f"{head}({','.join(sorted(part.strip() for part in parts))})"
