"""What the database itself refuses, whoever asks: to change the trail, and to move a case where its life cycle has no step."""

from __future__ import annotations

from collections.abc import Iterator

Steps = tuple[tuple[str, str], ...]


def append_only(dialect: str, table: str) -> Iterator[str]:
    """Statements after which rows of ``table`` can only be added."""
    message = f"{table} is append-only"
    for verb in ("UPDATE", "DELETE"):
        yield from _refusing(dialect, table, f"no_{verb.lower()}", verb, message, "")
    if dialect == "sqlite":
        # INSERT OR REPLACE removes the present row without asking the DELETE trigger.
        taken = f"EXISTS (SELECT 1 FROM {table} WHERE rowid = NEW.rowid)"  # noqa: S608 - the tables are our own
        yield from _refusing(dialect, table, "no_replace", "INSERT", message, taken)


def life_cycle(dialect: str, table: str, steps: Steps) -> Iterator[str]:
    """Statements after which ``state`` of ``table`` moves only along ``steps``."""
    legal = " OR ".join(f"(OLD.state = '{old}' AND NEW.state = '{new}')" for old, new in steps)
    illegal = f"OLD.state <> NEW.state AND NOT ({legal})"
    yield from _refusing(dialect, table, "life_cycle", "UPDATE", f"{table} has no such step", illegal)


def final(dialect: str, table: str, states: tuple[str, ...]) -> Iterator[str]:
    """Statements after which a row of ``table`` in one of ``states`` stays as it is."""
    listed = ", ".join(f"'{state}'" for state in states)
    message = f"{table} is final there"
    yield from _refusing(dialect, table, "final", "UPDATE", message, f"OLD.state IN ({listed})")


def _refusing(dialect: str, table: str, name: str, verb: str, message: str, when: str) -> Iterator[str]:
    trigger = f"{table}_{name}"
    if dialect == "sqlite":
        condition = f"WHEN {when} " if when else ""
        yield (
            f"CREATE TRIGGER {trigger} BEFORE {verb} ON {table} FOR EACH ROW {condition}"
            f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
        )
        return
    condition = f"WHEN ({when}) " if when else ""
    yield (
        f"CREATE FUNCTION {trigger}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = '{message}'; END $$"
    )
    yield (
        f"CREATE TRIGGER {trigger} BEFORE {verb} ON {table} FOR EACH ROW {condition}"
        f"EXECUTE FUNCTION {trigger}()"
    )
    if verb == "DELETE":
        # PostgreSQL can also empty a table at one stroke.
        yield (
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT "
            f"EXECUTE FUNCTION {trigger}()"
        )
