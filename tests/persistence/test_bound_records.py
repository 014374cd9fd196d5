"""Records are bound to the trail with the change itself: whatever changes them otherwise is found, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine, text

from ebidadmin.clock import SettableClock
from ebidadmin.domain.notes import note
from ebidadmin.domain.tree_findings import Fault
from ebidadmin.persistence import unit_of_work
from ebidadmin.persistence.audit_tree import SqlTrailTree, seal_tail
from ebidadmin.persistence.binding import REFS
from ebidadmin.persistence.bound_units import FREE_TABLES, UNITS
from ebidadmin.persistence.tables import all_tables
from ebidadmin.persistence.unit_of_work import SqlUnitOfWork
from ebidadmin.services.ports import Office
from tests.builders import NOON
from tests.fakes import MemoryStore
from tests.fakes import office as made_office
from tests.persistence.office import RULES, approve_fully, rejection, save, submit
from tests.persistence.trails import events, keep
from tests.persistence.trees import COUNT, behind, verified, write


@pytest.fixture
def office(uow: Callable[[], SqlUnitOfWork], clock: SettableClock) -> Office:
    """On the database; its other ports are scripted, and nothing here asks them."""
    return replace(made_office(MemoryStore(clock, RULES)), uow=uow, clock=clock)


@pytest.fixture
def tree(engine: Engine) -> SqlTrailTree:
    return SqlTrailTree(engine)


@pytest.fixture
def trail(office: Office) -> None:
    write(office, COUNT)


@pytest.fixture
def records(uow: Callable[[], SqlUnitOfWork]) -> None:
    """An approved application with its registration, a rejected one, an open one."""
    approve_fully(uow, submit(uow, 91))
    rejected = submit(uow, 92)
    save(uow, rejection(rejected))
    submit(uow, 93)


def told(office: Office, tree: SqlTrailTree) -> list[tuple[Fault, int | None, str]]:
    return [(one.fault, one.seq, one.what) for one in verified(office, tree, None).findings]


def past(engine: Engine, *statements: str) -> None:
    """As somebody with the database in their hands and its rules of life cycles off."""
    with engine.begin() as connection:
        tables = ("id_applications", "registrations", "application_notes")
        if engine.dialect.name == "sqlite":
            found = connection.execute(
                text(f"SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN {tables}")
            ).all()
            for name, _ in found:
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
        else:
            found = []
            for table in tables:
                connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for statement in statements:
            assert connection.execute(text(statement)).rowcount > 0, statement
        for _, line in found:
            connection.exec_driver_sql(line)
        if engine.dialect.name != "sqlite":
            for table in tables:
                connection.exec_driver_sql(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def test_every_table_is_part_of_a_record_or_named_as_none() -> None:
    bound = {part.table.name for unit in UNITS.values() for part in unit.parts}
    assert bound | FREE_TABLES == set(all_tables().tables)
    assert not bound & FREE_TABLES


def test_everything_that_is_saved_says_which_record_it_is() -> None:
    assert set(REFS) == set(unit_of_work.SAVING)


def test_untouched_records_raise_no_alarm(office: Office, tree: SqlTrailTree, records: None) -> None:
    assert told(office, tree) == []


def test_a_changed_record_is_named_with_the_last_event_that_changed_it(
    office: Office, engine: Engine, tree: SqlTrailTree, records: None
) -> None:
    with engine.connect() as connection:
        number = connection.scalar(text("SELECT max(number) FROM id_applications"))
        seq = connection.scalar(
            text("SELECT max(seq) FROM audit_rows WHERE kind = 'id_applications' AND key = :number"),
            {"number": number},
        )
    past(engine, f"UPDATE id_applications SET trade_name = '(株)別の商会' WHERE number = '{number}'")
    assert told(office, tree) == [(Fault.RECORD_CHANGED, seq, f"id_applications/{number}")]


NOTE = "INSERT INTO application_notes (id, application, text, by, at)"


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("UPDATE id_applications SET main_contact = main_contact || ' ' WHERE {last}", Fault.RECORD_CHANGED),
        (
            "UPDATE id_applications SET applied_at = '2020-01-01 00:00:00.000000' WHERE {last}",
            Fault.RECORD_CHANGED,
        ),
        ("UPDATE id_applications SET decision_note = 'x' WHERE {last}", Fault.RECORD_CHANGED),
        ("UPDATE id_applications SET phones_folded = '' WHERE {last}", Fault.RECORD_CHANGED),
        ("DELETE FROM contact_points WHERE source = 'application'", Fault.RECORD_CHANGED),
        ("UPDATE contact_points SET value = '1' WHERE source = 'registration'", Fault.RECORD_CHANGED),
        ("UPDATE contact_points SET key = 'Z9' WHERE source = 'registration'", Fault.RECORD_ADDED),
        ("DELETE FROM user_id_reservations", Fault.RECORD_CHANGED),
        ("UPDATE registrations SET failures = failures + 1", Fault.RECORD_CHANGED),
        ("UPDATE registrations SET password_hash = 'x'", Fault.RECORD_CHANGED),
        (
            f"{NOTE} SELECT 7, number, 'x', 'y', applied_at FROM id_applications WHERE {{last}}",
            Fault.RECORD_ADDED,
        ),
        ("INSERT INTO sequences (name, value) VALUES ('application', 7)", Fault.RECORD_ADDED),
        (
            "INSERT INTO enterprise_ids (supplier_number, enterprise_id) VALUES ('190000099', '1352100000000099')",
            Fault.RECORD_ADDED,
        ),
    ],
)
def test_a_change_past_the_program_is_found(
    statement: str, fault: Fault, office: Office, engine: Engine, tree: SqlTrailTree, records: None
) -> None:
    past(engine, statement.format(last="number = (SELECT max(number) FROM id_applications)"))
    assert fault in {one for one, _, _ in told(office, tree)}


def test_a_record_that_is_gone_is_found(
    office: Office, engine: Engine, tree: SqlTrailTree, uow: Callable[[], SqlUnitOfWork]
) -> None:
    application = submit(uow, 91)
    save(uow, note(application=application.number, text="電話で確認", by="佐藤", at=NOON))
    past(engine, "DELETE FROM application_notes")
    (found,) = told(office, tree)
    assert found[0] is Fault.RECORD_MISSING
    assert found[2] == f"application_notes/{application.number}"


def test_a_record_put_back_to_what_it_once_was_is_found(
    office: Office, engine: Engine, tree: SqlTrailTree, uow: Callable[[], SqlUnitOfWork]
) -> None:
    application = submit(uow, 92)
    with engine.connect() as connection:
        columns = ("state", "version", "password_hash", "decided_at", "decided_by", "decision_reasons")
        before = connection.execute(text(f"SELECT {', '.join(columns)} FROM id_applications")).one()
    save(uow, rejection(application, at=NOON + timedelta(hours=1)))
    values = ", ".join(
        f"{name} = NULL" if value is None else f"{name} = '{value}'"
        for name, value in zip(columns, before, strict=True)
    )
    past(engine, f"UPDATE id_applications SET {values}, decision_note = NULL")
    assert Fault.RECORD_CHANGED in {one for one, _, _ in told(office, tree)}


def test_what_binds_a_record_cannot_be_exchanged(
    office: Office, engine: Engine, tree: SqlTrailTree, records: None
) -> None:
    behind(engine, "DELETE FROM audit_rows WHERE seq = (SELECT max(seq) FROM audit_rows)")
    assert Fault.EVENT_CHANGED in {one for one, _, _ in told(office, tree)}


def test_only_what_changed_since_is_read_again_in_between(
    office: Office, engine: Engine, tree: SqlTrailTree, records: None, uow: Callable[[], SqlUnitOfWork]
) -> None:
    with engine.connect() as connection:
        last = connection.scalar(text("SELECT max(seq) FROM audit_events"))
    submit(uow, 94)
    past(engine, "UPDATE id_applications SET decision_note = 'x'")
    with tree.snapshot() as seen:
        assert [one.what for one in seen.records(after=last or 0)] == [
            f"id_applications/{office_number(engine)}"
        ]


def office_number(engine: Engine) -> str:
    with engine.connect() as connection:
        return str(connection.scalar(text("SELECT max(number) FROM id_applications")))


def test_sealing_the_tail_of_an_earlier_time_in_any_portions_makes_the_same_tree(
    office: Office, engine: Engine, tree: SqlTrailTree
) -> None:
    keep(engine, events(COUNT))
    with engine.begin() as connection:
        assert seal_tail(connection, at_once=8) == COUNT
        assert seal_tail(connection) == 0
    assert verified(office, tree, None).good


def test_an_event_that_no_unit_of_work_wrote_is_told_of(
    office: Office, engine: Engine, tree: SqlTrailTree, trail: None
) -> None:
    keep(engine, events(1))
    write(office, 2)
    assert [(one.fault, one.seq) for one in verified(office, tree, None).findings] == [
        (Fault.EVENT_ADDED, COUNT + 1)
    ]


def test_a_damaged_tree_keeps_nobody_from_working_and_what_came_then_is_told_of(
    office: Office, engine: Engine, tree: SqlTrailTree, trail: None, caplog: pytest.LogCaptureFixture
) -> None:
    behind(engine, "DELETE FROM audit_nodes")
    write(office, 1)
    assert "were not sealed" in caplog.text
    found = verified(office, tree, None)
    assert (Fault.EVENT_ADDED, COUNT + 1) in [(one.fault, one.seq) for one in found.findings]
