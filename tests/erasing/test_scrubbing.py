"""PostgreSQL writes the files of tables anew for whom it lets; what stands in the way is told in a sentence, and it can be done again."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, Engine, make_url, text

from ebidadmin.errors import StorageError
from ebidadmin.persistence.engine import make_engine, reading
from ebidadmin.persistence.erasure_scrub import scrub
from ebidadmin.persistence.tables import all_tables
from tests.conftest import FreshDatabase
from tests.persistence.schemas import statements


@pytest.fixture
def owner(fresh_database: FreshDatabase) -> Engine:
    return make_engine(fresh_database("postgresql"))


@pytest.fixture
def clerk(owner: Engine) -> Iterator[Engine]:
    """The same database for a role without any right of its own."""
    name = f"clerk_{make_url(owner.url).database}"
    with owner.begin() as connection:
        connection.execute(text(f"CREATE ROLE {name} LOGIN"))
    made = make_engine(owner.url.set(username=name))
    yield made
    made.dispose()
    with owner.begin() as connection:
        connection.execute(text(f"REASSIGN OWNED BY {name} TO CURRENT_USER"))
        connection.execute(text(f"DROP OWNED BY {name}"))
        connection.execute(text(f"DROP ROLE {name}"))


def give_everything(connection: Connection, name: str, database: str) -> None:
    """Make that role the owner of the database and all its tables, who may make checkpoints."""
    for table in all_tables().tables:
        connection.execute(text(f'ALTER TABLE "{table}" OWNER TO {name}'))
    connection.execute(text(f"ALTER DATABASE {database} OWNER TO {name}"))
    connection.execute(text(f"GRANT pg_checkpoint TO {name}"))


def test_a_missing_right_is_told(owner: Engine, clerk: Engine) -> None:
    name = clerk.url.username
    with pytest.raises(StorageError, match="erasure-not-owner"):
        scrub(clerk)
    with owner.begin() as connection:
        for table in all_tables().tables:
            connection.execute(text(f'ALTER TABLE "{table}" OWNER TO {name}'))
    with pytest.raises(StorageError, match="erasure-not-owner"):
        scrub(clerk)
    with owner.begin() as connection:
        connection.execute(text(f"ALTER DATABASE {owner.url.database} OWNER TO {name}"))
    with pytest.raises(StorageError, match="erasure-no-checkpoint"):
        scrub(clerk)
    with owner.begin() as connection:
        connection.execute(text(f"GRANT pg_checkpoint TO {name}"))
    scrub(clerk)


def test_whoever_still_sees_what_was_deleted_is_told(owner: Engine) -> None:
    with reading(owner).connect() as connection:
        connection.scalar(text("SELECT count(*) FROM pg_class"))
        with owner.begin() as other:
            other.execute(text("INSERT INTO sequences (name, value) VALUES ('x', 1)"))
        with pytest.raises(StorageError, match="erasure-watched"):
            scrub(owner)
    scrub(owner)


@pytest.mark.parametrize("superuser", [True, False])
def test_samples_of_a_table_that_is_empty_now_go_too(owner: Engine, clerk: Engine, superuser: bool) -> None:
    """ANALYZE keeps those of the last time it saw rows."""
    sampled = text("SELECT count(*) FROM pg_stats WHERE tablename = 'queue_views'")
    with owner.begin() as connection:
        added = "INSERT INTO queue_views VALUES ('tanaka', 'x', '{}', now()), ('suzuki', 'y', '{}', now())"
        connection.execute(text(added))
        connection.execute(text("ANALYZE queue_views"))
        connection.execute(text("DELETE FROM queue_views"))
        assert connection.scalar(sampled)
        give_everything(connection, str(clerk.url.username), str(owner.url.database))
    before = statements(owner)
    scrub(owner if superuser else clerk)
    with owner.connect() as connection:
        assert not connection.scalar(sampled)
    assert statements(owner) == before


def test_what_only_a_superuser_may_drop_is_told(owner: Engine, clerk: Engine) -> None:
    """Triggers of permits look at columns, which then keep their types, and with these their samples."""
    names = (
        "id, supplier_number, received, channel, applicant, note, state, version, reason, applicant_folded"
    )
    with owner.begin() as connection:
        for number in ("P1", "P2"):
            values = f"'{number}', '1', '2026-04-01', 'fax', 'a', '', 'requested', 1, '', 'a'"
            connection.execute(text(f"INSERT INTO permits ({names}) VALUES ({values})"))
        connection.execute(text("ANALYZE permits"))
        connection.execute(text("DELETE FROM permits"))
        give_everything(connection, str(clerk.url.username), str(owner.url.database))
    with pytest.raises(StorageError, match="erasure-samples"):
        scrub(clerk)
    scrub(owner)
    scrub(clerk)
