"""The steps make exactly the schema of the rows, and the program works on nothing else."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, make_url, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.schema import CreateTable

from ebidadmin.errors import SchemaError, StorageError
from ebidadmin.persistence.engine import make_engine
from ebidadmin.persistence.migrate import check_revision, current, head, upgrade
from ebidadmin.persistence.migrations.triggers import append_only, life_cycle
from ebidadmin.persistence.tables import all_tables
from tests.conftest import FreshDatabase
from tests.persistence.office import OpenUow, rejection, save, submit
from tests.persistence.schemas import statements


def test_the_migrated_schema_is_that_of_the_rows(engine: Engine) -> None:
    with engine.begin() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, all_tables()) == []


def test_checks_and_partial_indexes_agree_too(engine: Engine, fresh_database: FreshDatabase) -> None:
    """The comparison of Alembic does not look at these, nor at collations."""
    made = make_engine(fresh_database(engine.dialect.name, migrated=False), create=True)
    all_tables().create_all(made)
    assert statements(engine) == statements(made)


def test_upgrading_twice_changes_nothing(url: str, engine: Engine) -> None:
    before = statements(engine)
    upgrade(url)
    assert statements(engine) == before
    assert current(engine) == head()
    check_revision(engine)


def test_a_missing_database_is_never_made_by_checking(tmp_path: Path) -> None:
    file = tmp_path / "none.db"
    with pytest.raises(StorageError) as caught:
        check_revision(make_engine(f"sqlite:///{file}"))
    assert caught.value.code == "database-missing"
    assert not file.exists()


def test_an_empty_database_has_no_schema(tmp_path: Path) -> None:
    file = tmp_path / "empty.db"
    file.touch()
    with pytest.raises(SchemaError) as caught:
        check_revision(make_engine(f"sqlite:///{file}"))
    assert (caught.value.code, caught.value.facts) == ("schema-missing", {"found": None, "wanted": head()})
    assert file.stat().st_size == 0


def test_an_older_schema_is_refused_and_upgraded(url: str, engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    with pytest.raises(SchemaError) as caught:
        check_revision(engine)
    assert (caught.value.code, caught.value.facts) == ("schema-older", {"found": "0001", "wanted": head()})


def test_a_failing_step_leaves_the_schema_of_before(url: str, engine: Engine) -> None:
    """The step cannot make tables that are there already: neither they nor the note of the revision change."""
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
        connection.execute(text("DROP TABLE source_keys"))
    before = statements(engine)
    with pytest.raises(StorageError):
        upgrade(url)
    assert current(engine) == "0001"
    assert statements(engine) == before


def test_a_newer_schema_is_refused_and_left_alone(url: str, engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for refused in (partial(check_revision, engine), partial(upgrade, url)):
        with pytest.raises(SchemaError) as caught:
            refused()
        assert (caught.value.code, caught.value.facts) == (
            "schema-newer",
            {"found": "9999", "wanted": head()},
        )
    assert current(engine) == "9999"


@pytest.mark.parametrize("statement", ["UPDATE audit_events SET by = 'x'", "DELETE FROM audit_events"])
def test_the_trail_cannot_be_changed(engine: Engine, uow: OpenUow, statement: str) -> None:
    submit(uow)
    with engine.connect() as connection, pytest.raises(IntegrityError, match="append-only"):
        connection.execute(text(statement))


@pytest.mark.parametrize("state", ["approved", "pending", "inquired", "withdrawn"])
def test_a_rejected_application_stays_so_whoever_writes(engine: Engine, uow: OpenUow, state: str) -> None:
    save(uow, rejection(submit(uow)))
    values = f"state = '{state}', password_hash = 'x', decided_at = NULL, decided_by = NULL"
    with engine.connect() as connection, pytest.raises(IntegrityError, match="final there"):
        connection.execute(text(f"UPDATE id_applications SET {values}"))


@pytest.mark.parametrize(
    "values",
    [
        "state = 'rejected', decided_at = '2026-10-07', decided_by = 'x'",
        "state = 'approved'",
        "password_hash = NULL",
        "state = 'nowhere'",
        "channel = 'pigeon'",
        "version = 0",
        "previous = 'A9'",
    ],
    ids=["hash-kept", "undecided", "hash-lost", "state", "channel", "version", "previous"],
)
def test_closed_sets_and_erased_hashes_are_held_by_the_database(
    engine: Engine, uow: OpenUow, values: str
) -> None:
    submit(uow)
    with engine.connect() as connection, pytest.raises(IntegrityError):
        connection.execute(text(f"UPDATE id_applications SET {values}"))


def test_the_rows_also_make_sense_to_postgresql() -> None:
    dialect = make_url("postgresql+psycopg://").get_dialect()()
    made = "\n".join(str(CreateTable(table).compile(dialect=dialect)) for table in all_tables().sorted_tables)
    assert "seq BIGSERIAL" in made
    assert "TIMESTAMP WITH TIME ZONE" in made
    refusals = [
        *append_only("postgresql", "audit_events"),
        *life_cycle("postgresql", "permits", (("a", "b"),)),
    ]
    assert sum(statement.startswith("CREATE FUNCTION") for statement in refusals) == 3
    assert any("BEFORE TRUNCATE ON audit_events" in statement for statement in refusals)
