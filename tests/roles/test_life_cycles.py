"""What the database lets a state become, from a log-in of whoever may change the table at all: exactly what the domain has a verb for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ebidadmin.clock import SystemClock
from ebidadmin.domain.staff import ALL_ROLES, Role, Staff
from ebidadmin.persistence.engine import make_engine
from ebidadmin.persistence.staff_members import SqlStaffBook
from ebidadmin.persistence.tables import all_tables
from ebidadmin.persistence.unit_of_work import uow_factory
from ebidadmin.services import staff_members
from tests.fakes import office as made_office
from tests.postgres import PostgresServer
from tests.roles.bench import as_log_in, login
from tests.roles.lives import LIVES
from tests.roles.test_relations import connected
from tests.sql_store import SqlStore

WRITER = {"import_requests": Role.IMPORTER, "staff_members": Role.ADMINISTRATOR}
"""Whose table it is; else the reviewers'."""

HELD_BY = ("has no such step", "is final there", "takes that from nobody")
"""What triggers say. What else is wrong with a row, other rules say after them."""

LOOSEN = """DO $$ DECLARE one record; BEGIN
FOR one IN SELECT conrelid::regclass AS t, conname FROM pg_constraint WHERE contype IN ('c', 'f') AND connamespace = 'public'::regnamespace
LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', one.t, one.conname); END LOOP;
FOR one IN SELECT a.attrelid::regclass AS t, attname FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid
  WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnotnull AND a.attnum > 0
  AND NOT EXISTS (SELECT 1 FROM pg_index AS i WHERE i.indrelid = a.attrelid AND i.indisprimary AND a.attnum = ANY (i.indkey))
LOOP EXECUTE format('ALTER TABLE %s ALTER COLUMN %I DROP NOT NULL', one.t, one.attname); END LOOP; END $$"""
"""Takes off every rule but triggers, so that a row of any state can be written down without what belongs to it."""


class Office:
    """An office in which nothing but triggers holds anybody."""

    def __init__(self, owner: psycopg.Connection[Any], staff: dict[Role, psycopg.Connection[Any]]) -> None:
        self._owner, self._staff = owner, staff

    def put(self, table: str, state: str) -> None:
        """One row in that state, whatever was there before."""
        with self._owner.transaction():
            self._owner.execute("SET LOCAL session_replication_role = replica")
            self._owner.execute(f'DELETE FROM "{table}"'.encode())
            self._owner.execute(self._insertion(table), {"state": state})

    def moves(self, table: str, state: str) -> bool:
        """Whether a raw statement of whoever may change the table makes that of it."""
        return self._let(table, f'UPDATE "{table}" SET state = %(state)s'.encode(), state)

    def begins(self, table: str, state: str) -> bool:
        """The same of a new row."""
        with self._owner.transaction():
            self._owner.execute("SET LOCAL session_replication_role = replica")
            self._owner.execute(f'DELETE FROM "{table}"'.encode())
        return self._let(table, self._insertion(table), state)

    def state(self, table: str) -> str:
        ((found,),) = self._owner.execute(f'SELECT state FROM "{table}"'.encode()).fetchall()
        return str(found)

    def _let(self, table: str, statement: bytes, state: str) -> bool:
        staff = self._staff[WRITER.get(table, Role.REVIEWER)]
        refused = ""
        try:
            with staff.transaction():
                assert staff.execute(statement, {"state": state}).rowcount == 1
        except (psycopg.errors.IntegrityConstraintViolation, psycopg.errors.InsufficientPrivilege) as error:
            refused = str(error)
        assert not refused or any(one in refused for one in HELD_BY)
        return not refused

    @staticmethod
    def _insertion(table: str) -> bytes:
        (key, *_) = all_tables().tables[table].primary_key
        value = "1" if table == "mail_outbox" else "'x'"
        return f'INSERT INTO "{table}" ("{key.name}", state) VALUES ({value}, %(state)s)'.encode()


@pytest.fixture(scope="module")
def office(postgres_server: PostgresServer) -> Iterator[Office]:
    url = postgres_server.create()
    engine = make_engine(url)
    made = replace(made_office(SqlStore(url, SystemClock())), uow=uow_factory(engine, clock=SystemClock()))
    with ExitStack() as stack:
        staff: dict[Role, psycopg.Connection[Any]] = {}
        for role in (Role.REVIEWER, Role.IMPORTER, Role.ADMINISTRATOR):
            first, book = Staff("ebidadmin", ALL_ROLES), SqlStaffBook(engine)
            staff_members.add(made, staff=first, book=book, login=login(role), roles=[role])
            staff[role] = stack.enter_context(connected(as_log_in(url, login(role))))
        owner = stack.enter_context(connected(url))
        owner.execute(LOOSEN.encode())
        yield Office(owner, staff)
    engine.dispose()
    postgres_server.discard(url)


STEPS = [
    (table, old.value, new.value)
    for table, life in LIVES.items()
    for old in life.states
    for new in life.states
    if old is not new
]


@pytest.mark.parametrize(("table", "old", "new"), STEPS)
def test_a_raw_step_passes_where_the_domain_has_one(office: Office, table: str, old: str, new: str) -> None:
    office.put(table, old)
    moved = office.moves(table, new)
    assert moved is ((old, new) in LIVES[table].steps())
    assert office.state(table) == (new if moved else old)


BEGINNINGS = [
    (table, state.value)
    for table, life in LIVES.items()
    for state in life.states
    # A member of staff without a role is held to have none by a rule that was taken off here.
    if table != "staff_members"
]


@pytest.mark.parametrize(("table", "state"), BEGINNINGS)
def test_a_raw_row_begins_where_records_of_the_domain_do(office: Office, table: str, state: str) -> None:
    assert office.begins(table, state) is (state in LIVES[table].made)


@pytest.mark.parametrize("table", LIVES)
@settings(max_examples=15)
@given(data=st.data())
def test_a_walk_of_raw_steps_goes_where_the_domain_goes(
    office: Office, table: str, data: st.DataObject
) -> None:
    life = LIVES[table]
    states = [one.value for one in life.states]
    now = data.draw(st.sampled_from(sorted(life.made)))
    office.put(table, now)
    for wanted in data.draw(st.lists(st.sampled_from(states), max_size=8)):
        if wanted != now and office.moves(table, wanted):
            assert (now, wanted) in life.steps()
            now = wanted
        elif wanted != now:
            assert (now, wanted) not in life.steps()
        assert office.state(table) == now


def test_every_table_with_a_life_is_among_them() -> None:
    assert {name for name, table in all_tables().tables.items() if "state" in table.columns} == set(LIVES)
