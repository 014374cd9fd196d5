"""From every earlier revision, empty or with an office's data in it, one upgrade leads to the newest, and nothing is lost on the way."""

from __future__ import annotations

from typing import Any

import pytest
from alembic import command
from sqlalchemy import Engine, MetaData, select, text
from sqlalchemy.exc import IntegrityError

from ebidadmin.errors import StorageError
from ebidadmin.persistence import migrate
from ebidadmin.persistence.engine import make_engine
from ebidadmin.persistence.migrate import check_revision, current, upgrade
from tests.conftest import FreshDatabase
from tests.persistence.rows_of_revisions import (
    MAIL,
    SAMPLES,
)
from tests.persistence.schemas import statements
from tests.postgres import ENGINES, PostgresServer

REVISIONS = sorted(step.revision for step in migrate._steps().walk_revisions())
Content = dict[str, list[dict[str, Any]]]


def at_revision(url: str, revision: str) -> Engine:
    engine = make_engine(url, create=True)
    with engine.begin() as connection:
        config = migrate._config()
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    return engine


GROWING = {"audit_events", "audit_leaves", "audit_nodes", "audit_rows"}


def content(engine: Engine, columns: Content | None = None) -> Content:
    """Every row of every table; with ``columns``, of the tables and columns that are in there."""
    tables = MetaData()
    tables.reflect(engine)
    found: Content = {}
    with engine.begin() as connection:
        for name, table in tables.tables.items():
            if name == "alembic_version" or (columns is not None and name not in columns):
                continue
            known = [row.keys() for row in columns[name]][:1] if columns else []
            wanted = [table.c[column] for column in known[0]] if known else list(table.c)
            found[name] = [dict(row) for row in connection.execute(select(*wanted)).mappings()]
    return found


def fill(engine: Engine, revision: str) -> None:
    tables = MetaData()
    tables.reflect(engine)
    with engine.begin() as connection:
        for step, rows in SAMPLES.items():
            for name, row in rows.items() if step <= revision else ():
                connection.execute(tables.tables[name].insert().values(row))


@pytest.mark.parametrize("kind", ENGINES)
@pytest.mark.parametrize("revision", REVISIONS)
def test_an_upgrade_keeps_what_is_there(kind: str, revision: str, fresh_database: FreshDatabase) -> None:
    url = fresh_database(kind, migrated=False)
    engine = at_revision(url, revision)
    fill(engine, revision)
    before = content(engine)
    assert sum(len(rows) for rows in before.values()) == sum(
        len(rows) for step, rows in SAMPLES.items() if step <= revision
    )
    assert current(engine) == revision
    upgrade(url)
    check_revision(engine)
    after = content(engine, before)
    for name in GROWING & before.keys():
        # What an upgrade tells the trail comes after what was there.
        after[name] = after[name][: len(before[name])]
    assert after == before
    assert statements(engine) == statements(make_engine(fresh_database(kind)))


@pytest.mark.parametrize("kind", ENGINES)
def test_mails_keep_their_numbers_and_their_rules_when_their_kinds_are_freed(
    kind: str, fresh_database: FreshDatabase
) -> None:
    """A number that was given out is never given out again, a mail of a new kind is taken, a sent one stays sent."""
    url = fresh_database(kind, migrated=False)
    engine = at_revision(url, "0004")
    fill(engine, "0001")
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM mail_outbox"))
        if kind == "postgresql":
            connection.execute(text("SELECT setval('mail_outbox_id_seq', 41)"))
    upgrade(url)
    tables = MetaData()
    tables.reflect(engine)
    fresh = {name: value for name, value in MAIL.items() if name != "id"} | {"kind": "card-registered"}
    with engine.begin() as connection:
        connection.execute(tables.tables["mail_outbox"].insert().values(fresh))
        assert connection.execute(text("SELECT id FROM mail_outbox")).scalars().all() == [42]
        connection.execute(text("UPDATE mail_outbox SET state = 'sent', sent_at = written_at"))
    with engine.connect() as connection, pytest.raises(IntegrityError, match=r"final there|no such step"):
        connection.execute(text("UPDATE mail_outbox SET state = 'waiting', sent_at = NULL"))


def test_text_sorts_by_code_point_whatever_the_server_is_used_to(fresh_database: FreshDatabase) -> None:
    """The tests' server sorts as Japanese does: without the columns' own collation the words would come in another order."""
    words = ["a", "B", "z", "ア", "あ", "亜", "髙", "ｱ", "𠮷"]
    orders = {}
    for kind in ENGINES:
        engine = make_engine(fresh_database(kind))
        with engine.begin() as connection:
            for word in words:
                connection.execute(
                    text("INSERT INTO desk_meta (name, value) VALUES (:word, '')"), {"word": word}
                )
            orders[kind] = list(
                connection.execute(text("SELECT name FROM desk_meta ORDER BY name")).scalars()
            )
            if kind == "postgresql":
                usual = 'SELECT name FROM desk_meta ORDER BY name COLLATE "ja-x-icu"'
                assert list(connection.execute(text(usual)).scalars()) != sorted(words)
    assert orders["sqlite"] == orders["postgresql"] == sorted(words)


def test_a_database_that_does_not_keep_utf8_is_refused(postgres: PostgresServer) -> None:
    url = postgres.create(migrated=False, encoding="SQL_ASCII")
    with pytest.raises(StorageError) as caught:
        upgrade(url)
    assert (caught.value.code, caught.value.facts) == ("database-encoding", {"found": "SQL_ASCII"})
    postgres.drop(url)
