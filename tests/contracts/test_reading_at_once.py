"""What is read of many at once is what is read of each alone: in memory as on SQL."""

from __future__ import annotations

from datetime import timedelta
from typing import TypeVar

import pytest
from hypothesis import given

from ebidadmin.clock import SettableClock
from ebidadmin.domain import applications, id_desk_work
from ebidadmin.domain.events import Subject, SubjectKind
from ebidadmin.domain.ids import PermitId
from ebidadmin.errors import NotFoundError
from ebidadmin.services.eligibility import on_day, today_of
from tests.builders import NOON, TODAY, application_number, permit, qualification, supplier_number
from tests.conftest import FreshDatabase
from tests.contracts.test_reading_ports import Store
from tests.fakes import MemoryStore
from tests.persistence.office import registration, save, stored_permit, submission
from tests.services.test_eligibility import EVERYTHING, SUPPLIER, Diary, Span, history, lived
from tests.sql_store import SqlStore

K = TypeVar("K")
V = TypeVar("V")

KNOWN = (91, 92, 94)
WORDS = ("190000092", "", "'", '"', "\\", "{}", "a,b", "NULL", "髙﨑𠮷", " ", "%")
"""Numbers as no office has them: what is bound is bound, whatever signs are in it."""


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, clock: SettableClock, fresh_database: FreshDatabase) -> Store:
    """Suppliers with two papers and a suspended ID each, all but one in the register."""
    made: Store = (
        MemoryStore(clock) if request.param == "memory" else SqlStore(fresh_database(request.param), clock)
    )
    made.import_register(*(qualification(n) for n in KNOWN), at=NOON)
    made.import_register(*(qualification(n) for n in (*KNOWN[:2], 95)), at=NOON)
    for n in KNOWN:
        submitted = submission(n)
        save(made, submitted)
        save(made, applications.withdraw(submitted.after, by="tanaka", at=NOON))
        issued = save(made, registration(submitted.after, serial=n))
        save(made, id_desk_work.suspend(issued, reason="調査中", by="suzuki", at=NOON))
        for place, day in enumerate((TODAY, TODAY.replace(day=1)), 1):
            save(made, stored_permit(permit(n, permit_id=f"P{n}-{place}", received=day)))
    return made


def known(found: dict[K, tuple[V, ...]]) -> dict[K, tuple[V, ...]]:
    """Without those that have nothing."""
    return {one: own for one, own in found.items() if own}


def test_what_is_read_of_many_is_what_is_read_of_each(store: Store) -> None:
    asked = [supplier_number(n) for n in (*KNOWN, 95, 96)] + [type(SUPPLIER)(word) for word in WORDS]
    subjects = [Subject(SubjectKind.REGISTRATION, application_number(n)) for n in (*KNOWN, 96)]
    subjects += [
        Subject(SubjectKind.APPLICATION, application_number(92)),
        Subject(SubjectKind.PERMIT, "P92-1"),
    ]
    with store() as unit:
        register, papers, issued = unit.register, unit.permits, unit.registrations
        records = {one: record for one in asked if (record := register.current(one)) is not None}
        assert register.current_of(asked) == records
        assert register.names_of(asked) == {one: record.trade_name for one, record in records.items()}
        assert papers.of_suppliers(asked) == known({one: papers.of_supplier(one) for one in asked})
        assert issued.of_suppliers(asked) == known({one: issued.of_supplier(one) for one in asked})
        trail = known({one: unit.audit.list(subject=one) for one in subjects})
        assert unit.audit.of_subjects(subjects) == trail
        assert today_of(unit, asked, now=NOON) == {one: on_day(unit, one, now=NOON) for one in asked}
        wanted = [PermitId("P92-1"), PermitId("P94-2")]
        assert papers.get_all(wanted) == {one: papers.get(one) for one in wanted}
        assert len(records) == 3
        assert len(trail) == 5
        assert [len(own) for own in papers.of_suppliers(asked).values()] == [2] * 3


def test_of_none_there_is_nothing(store: Store) -> None:
    with store() as unit:
        assert unit.register.current_of(()) == {}
        assert unit.register.names_of(()) == {}
        assert unit.permits.of_suppliers(()) == {}
        assert unit.permits.get_all(()) == {}
        assert unit.registrations.of_suppliers(()) == {}
        assert unit.audit.of_subjects(()) == {}


def test_a_permit_that_is_not_there_is_named(store: Store) -> None:
    with store() as unit, pytest.raises(NotFoundError) as caught:
        unit.permits.get_all([PermitId("P92-1"), PermitId("P999999")])
    assert (caught.value.code, caught.value.facts) == ("not-found", {"kind": "permit", "id": "P999999"})


@given(history)
def test_today_is_told_of_many_as_of_each_whatever_happened(
    steps: list[tuple[str, int, Span, Span | None]],
) -> None:
    clock = SettableClock(NOON)
    diary = Diary(MemoryStore(clock), clock)
    lived(diary, steps)
    agree(diary)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_both_databases_tell_of_many_as_of_each(kind: str, fresh_database: FreshDatabase) -> None:
    clock = SettableClock(NOON)
    diary = Diary(SqlStore(fresh_database(kind), clock), clock)
    lived(diary, [])
    for step, hours, span, other in EVERYTHING:
        agree(diary)
        clock.advance(timedelta(hours=hours))
        diary.do(step, span, other)
    agree(diary)


def agree(diary: Diary) -> None:
    suppliers, now = (SUPPLIER, supplier_number(93), supplier_number(96)), diary.clock.now()
    with diary.store() as unit:
        assert today_of(unit, suppliers, now=now) == {one: on_day(unit, one, now=now) for one in suppliers}
