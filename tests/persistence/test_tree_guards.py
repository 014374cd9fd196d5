"""The triggers of a database are those that the program makes, on both databases: one that is gone, another, or one more is told of."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, text

from ebidadmin.persistence.tree_guards import COUNTER, expected, foreign_guards, missing_guards, present

BUSINESS = ("permits_final", "id_applications_life_cycle", "permits_decision_kept", "follow_ups_final")


def found(engine: Engine) -> tuple[list[str], list[str]]:
    with engine.connect() as connection:
        return list(missing_guards(connection)), list(foreign_guards(connection))


def run(engine: Engine, *statements: str) -> None:
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def drop(engine: Engine, name: str) -> str:
    """Take a trigger off; what makes it again."""
    with engine.connect() as connection:
        made = present(connection)[name]
    on = made.partition(" ON ")[2].partition(" ")[0]
    run(engine, f"DROP TRIGGER {name}" + ("" if engine.dialect.name == "sqlite" else f" ON {on}"))
    return made.partition(" AS ")[0]


def test_what_is_expected_is_what_the_migrations_make(engine: Engine) -> None:
    """After a migration that changes triggers: ``python -m tools.guards``."""
    with engine.connect() as connection:
        assert dict(present(connection)) == expected(engine.dialect.name)
    assert found(engine) == ([], [])


@pytest.mark.parametrize("name", BUSINESS)
def test_a_trigger_of_a_record_that_is_left_out_is_told_of(engine: Engine, name: str) -> None:
    again = drop(engine, name)
    assert found(engine) == ([name], [])
    run(engine, again)
    assert found(engine) == ([], [])


@pytest.mark.parametrize("name", BUSINESS)
def test_a_trigger_that_lets_more_through_is_told_of(engine: Engine, name: str) -> None:
    again = drop(engine, name)
    run(engine, again.replace("'withdrawn'", "'x'").replace("'granted'", "'x'").replace("'done'", "'x'"))
    assert found(engine) == ([name], [])


def test_a_trigger_that_somebody_added_is_told_of(engine: Engine) -> None:
    if engine.dialect.name == "sqlite":
        line = "CREATE TRIGGER mine AFTER INSERT ON permits BEGIN UPDATE permits SET note = 'x'; END"
        run(engine, line)
    else:
        line = "CREATE TRIGGER mine BEFORE UPDATE ON permits FOR EACH ROW EXECUTE FUNCTION permits_final()"
        run(engine, line)
    assert found(engine) == ([], ["mine"])


def test_a_function_of_which_the_inside_was_exchanged_is_told_of(engine: Engine) -> None:
    if engine.dialect.name == "sqlite":
        run(engine, "DROP TRIGGER permits_final")
    else:
        body = "$$ BEGIN RETURN NEW; END $$"
        run(
            engine,
            f"CREATE OR REPLACE FUNCTION permits_final() RETURNS trigger LANGUAGE plpgsql AS {body}",
        )
    assert found(engine) == (["permits_final"], [])


def test_the_counter_of_the_trail_stands_at_its_end(engine: Engine) -> None:
    event = (
        "INSERT INTO audit_events (seq, at, by, tag, subject_kind, subject_id, facts, software) VALUES"
        " (7, '2026-10-07 03:00:00.000000', 'tanaka', 'application:noted', 'application', 'A1', '{}', 'test')"
    )
    with engine.begin() as connection:
        connection.execute(text(event))
    assert found(engine) == ([], [])
    if engine.dialect.name == "sqlite":
        for change in ("SET seq = 6", "SET seq = 'x'", "SET name = 'other'"):
            run(engine, f"UPDATE sqlite_sequence {change} WHERE name = 'audit_events'")
            assert found(engine) == ([COUNTER], []), change
