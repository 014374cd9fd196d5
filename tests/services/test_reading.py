"""The trail and the doors."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest

from ebidadmin.clock import SettableClock
from ebidadmin.domain.doors import Door, ServiceHours
from ebidadmin.domain.events import EventTag, Subject, SubjectKind
from ebidadmin.errors import NotPermittedError
from ebidadmin.services import application_review as review
from ebidadmin.services import audit, doors
from ebidadmin.services.ports import Office
from ebidadmin.services.settings import Settings
from tests.builders import AUDITOR, HELPER, NOON, TANAKA, supplier_number
from tests.fakes import MemoryStore, office
from tests.services.helpers import put


def test_the_trail_by_subject_supplier_and_place(desk: Office, store: MemoryStore) -> None:
    one, other = put(store, 92), put(store, 93)
    review.approve(desk, staff=TANAKA, number=one.number, version=1)
    subject = Subject(SubjectKind.APPLICATION, one.number)
    about = audit.entries(desk, staff=AUDITOR, subject=subject)
    assert [entry.event.tag for entry in about] == [
        EventTag.APPLICATION_SUBMITTED,
        EventTag.APPLICATION_APPROVED,
    ]
    assert [entry.seq for entry in audit.entries(desk, staff=AUDITOR, supplier=supplier_number(92))] == [
        1,
        3,
        4,
    ]
    assert [entry.seq for entry in audit.entries(desk, staff=AUDITOR, after_seq=1, limit=2)] == [2, 3]
    assert (
        audit.entries(desk, staff=AUDITOR, supplier=other.supplier_number)[0].event.subject.id == other.number
    )


def test_only_who_may_reads_the_trail(desk: Office) -> None:
    with pytest.raises(NotPermittedError):
        audit.entries(desk, staff=HELPER)


def test_the_doors_follow_their_hours(desk: Office, clock: SettableClock) -> None:
    assert [(state.door, state.is_open) for state in doors.states(desk)] == [(door, True) for door in Door]
    clock.set(NOON + timedelta(hours=9))  # 21:00: only the publication system is open
    by_door = {state.door: state for state in doors.states(desk)}
    assert by_door[Door.PUBLICATION].is_open
    assert by_door[Door.BIDDING].next_opening == datetime(2026, 10, 7, 23, 30, tzinfo=UTC)


def test_hours_are_settings(store: MemoryStore) -> None:
    always = ServiceHours(time(0), time(0), always=True)
    settings = Settings(hours={Door.BIDDING: always})
    store.clock.advance(timedelta(days=4))  # type: ignore[attr-defined]  # the store's clock is settable here: a Sunday
    by_door = {state.door: state.is_open for state in doors.states(office(store, settings=settings))}
    assert by_door == {Door.BIDDING: True, Door.PUBLICATION: False, Door.QUALIFICATION: False}
