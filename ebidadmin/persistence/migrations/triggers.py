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


def kept(dialect: str, table: str, name: str, columns: tuple[str, ...], when: str) -> Iterator[str]:
    """Statements after which rows of ``table`` that meet ``when`` keep the values of ``columns``; each rule has a name."""
    # Spelled for both kinds of database: a comparison with NULL is no answer on either.
    changed = " OR ".join(
        f"OLD.{one} <> NEW.{one} OR (OLD.{one} IS NULL) <> (NEW.{one} IS NULL)" for one in columns
    )
    message = f"{table} keeps that value"
    yield from _refusing(dialect, table, name, "UPDATE", message, f"({when}) AND ({changed})")


def undeletable(dialect: str, table: str, when: str) -> Iterator[str]:
    """Statements after which rows of ``table`` that meet ``when`` are not deleted."""
    yield from _refusing(dialect, table, "no_delete", "DELETE", f"{table} keeps that row", when)


def dropped(dialect: str, table: str, *names: str) -> Iterator[str]:
    """Statements that take those refusals off ``table``, so that a later step can put others in their place."""
    for name in names:
        if dialect == "sqlite":
            yield f"DROP TRIGGER {table}_{name}"
        else:
            yield f"DROP FUNCTION {table}_{name}() CASCADE"


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
