"""Statements that each kind of database spells in its own way, and desks on each kind."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine, text

from ebidadmin.persistence.migrate import upgrade
from tests.conftest import FreshDatabase
from tests.desks import FILE, KIND, set_database

_FUNCTION = (
    "CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = 'trail is full'; END $$"
)
_BREAKING = {
    "sqlite": (
        "CREATE TRIGGER broken BEFORE INSERT ON audit_events BEGIN SELECT RAISE(ABORT, 'trail is full'); END",
    ),
    "postgresql": (
        _FUNCTION,
        "CREATE TRIGGER broken BEFORE INSERT ON audit_events FOR EACH ROW EXECUTE FUNCTION broken()",
    ),
}
_MENDING = {
    "sqlite": ("DROP TRIGGER broken",),
    "postgresql": ("DROP TRIGGER broken ON audit_events", "DROP FUNCTION broken()"),
}


def desk_on(kind: str, desk: Path, fresh_database: FreshDatabase, *, migrated: bool = True) -> Path:
    """The desk, at which nothing was done yet, on a database of that kind, with the newest schema or with none."""
    if kind != KIND or not migrated:
        set_database(
            desk, fresh_database(kind, migrated=migrated) if kind != "sqlite" else f"sqlite:///{FILE}"
        )
        if kind == "sqlite" and migrated:
            upgrade(f"sqlite:///{desk / FILE}")
    return desk


def break_the_trail(engine: Engine) -> None:
    """Let every event that is appended to the trail be refused."""
    _run(engine, _BREAKING)


def mend_the_trail(engine: Engine) -> None:
    """Take that back."""
    _run(engine, _MENDING)


def _run(engine: Engine, statements: dict[str, tuple[str, ...]]) -> None:
    with engine.begin() as connection:
        for statement in statements[engine.dialect.name]:
            connection.execute(text(statement))
