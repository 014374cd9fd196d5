"""Whatever people try in whatever order: no ID is cancelled and no list approved that two of them did not want, in time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ebidadmin.clock import SettableClock
from ebidadmin.domain.applications import ApplicationState
from ebidadmin.domain.events import EventTag, Subject, SubjectKind
from ebidadmin.domain.ids import DeskRequestId
from ebidadmin.domain.registrations import RegistrationState
from ebidadmin.domain.second_person import RequestState
from ebidadmin.domain.staff import Role, Staff
from ebidadmin.errors import EbidError
from ebidadmin.persistence.migrate import upgrade
from ebidadmin.services import application_review as review
from ebidadmin.services import bulk_approval, desk_requests, id_desk
from ebidadmin.services.bulk_approval import BulkCase
from ebidadmin.services.ports import Office
from tests.builders import NOON, application_number
from tests.fakes import office
from tests.services.desk_helpers import ID, TWO, cases, fill
from tests.sql_store import SqlStore

PEOPLE = [
    Staff("tanaka", frozenset({Role.REVIEWER})),
    Staff("suzuki", frozenset({Role.REVIEWER})),
    Staff("kacho", frozenset({Role.APPROVER})),
]
NUMBERS = st.sampled_from([DeskRequestId(f"C00000{n}") for n in range(1, 5)])
Try = Callable[[Office, Staff, DeskRequestId, tuple[BulkCase, ...]], object]


def version(desk: Office) -> int:
    with desk.uow() as uow:
        return uow.registrations.get(ID).version


TRIES: dict[str, Try] = {
    "ask-cancel": lambda desk, staff, _n, _c: desk_requests.request_cancel(
        desk, staff=staff, application=ID, version=version(desk), reason="廃業"
    ),
    "ask-bulk": lambda desk, staff, _n, listed: desk_requests.request_bulk(desk, staff=staff, cases=listed),
    "ask-one": lambda desk, staff, _n, listed: desk_requests.request_bulk(
        desk, staff=staff, cases=listed[:1]
    ),
    "confirm": lambda desk, staff, number, _c: desk_requests.confirm(desk, staff=staff, number=number),
    "confirm-again": lambda desk, staff, number, _c: desk_requests.confirm(desk, staff=staff, number=number),
    "decline": lambda desk, staff, number, _c: desk_requests.decline(
        desk, staff=staff, number=number, reason="x"
    ),
    "take-back": lambda desk, staff, number, _c: desk_requests.withdraw(desk, staff=staff, number=number),
    "carry-out": lambda desk, staff, number, _c: desk_requests.carry_out(desk, staff=staff, number=number),
    "carry-on": lambda desk, staff, number, _c: desk_requests.carry_out(desk, staff=staff, number=number),
    "cancel": lambda desk, staff, _n, _c: id_desk.cancel(
        desk, staff=staff, application=ID, version=version(desk), reason="廃業", typed="190000094"
    ),
    "approve-all": lambda desk, staff, _n, listed: bulk_approval.approve_all(
        desk, staff=staff, cases=listed, typed=str(len(listed))
    ),
    "suspend": lambda desk, staff, _n, _c: id_desk.suspend(
        desk, staff=staff, application=ID, version=version(desk), reason="x"
    ),
    "reject": lambda desk, staff, _n, _c: review.reject(
        desk, staff=staff, number=application_number(1), version=1, reasons=("other",)
    ),
}
STEPS = st.tuples(
    st.sampled_from(sorted(TRIES)),
    st.sampled_from(PEOPLE),
    NUMBERS,
    st.sampled_from([timedelta(hours=1), timedelta(hours=1), timedelta(days=2)]),
)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A database with an ID and three applications, as bytes to be copied."""
    file = tmp_path_factory.mktemp("filled") / "office.sqlite"
    upgrade(f"sqlite:///{file}")
    store = SqlStore(f"sqlite:///{file}")
    fill(store)
    store.engine.dispose()
    return file.read_bytes()


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, max_size=14))
def test_nothing_is_done_by_one_person(
    filled: bytes, tmp_path: Path, steps: list[tuple[str, Staff, DeskRequestId, timedelta]]
) -> None:
    file = tmp_path / "office.sqlite"
    file.write_bytes(filled)
    clock = SettableClock(NOON)
    store = SqlStore(f"sqlite:///{file}", clock)
    desk = office(store, settings=TWO)
    listed = cases(store, desk)
    for name, staff, number, pause in steps:
        clock.advance(pause)
        try:
            TRIES[name](desk, staff, number, listed)
        except EbidError:
            continue
    held(desk)
    store.engine.dispose()


def held(desk: Office) -> None:
    with desk.uow() as uow:
        requests = {one.id: one for one in uow.desk_requests.all()}
        registration = uow.registrations.get(ID)
        applications = uow.applications.some([application_number(n) for n in (1, 2, 3)]).values()
        last = uow.audit.last_of(Subject(SubjectKind.REGISTRATION, ID))
        told = uow.audit.of_subjects({Subject(SubjectKind.APPLICATION, one.number) for one in applications})
    if registration.state is RegistrationState.CANCELLED:
        assert last is not None
        one = requests[DeskRequestId(str(last.event.facts["desk_request"]))]
        assert (one.state, last.event.facts["confirmed_by"]) == (RequestState.APPLIED, one.confirmed_by)
    for subject, entries in told.items():
        for entry in entries:
            if entry.event.tag is EventTag.APPLICATION_APPROVED:
                one = requests[DeskRequestId(str(entry.event.facts["desk_request"]))]
                assert subject.id in one.binding.numbers  # type: ignore[union-attr]  # a list, or it would have no such case
                assert one.confirmed_at is not None
                assert one.confirmed_at <= entry.event.at < one.expires_at
    approved = {one.number for one in applications if one.state is ApplicationState.APPROVED}
    for one in requests.values():
        assert one.confirmed_by is None or not one.asked_by(one.confirmed_by)
        assert one.state is not RequestState.APPLIED or one.confirmed_by is not None
    assert not approved or any(one.confirmed_by for one in requests.values())
