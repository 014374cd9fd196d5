"""Two people at the same request at once: one confirms, one carries out, and nothing is done that was taken back."""

from __future__ import annotations

import random
import select
import threading
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from ebidadmin.clock import SettableClock
from ebidadmin.domain.applications import ApplicationState
from ebidadmin.domain.desk_requests import DeskRequest
from ebidadmin.domain.events import EventTag, Subject, SubjectKind
from ebidadmin.domain.ids import DeskRequestId
from ebidadmin.domain.registrations import RegistrationState
from ebidadmin.domain.second_person import RequestState
from ebidadmin.domain.staff import Role, Staff
from ebidadmin.errors import ConcurrentEditError, EbidError
from ebidadmin.persistence.desk_requests import SqlDeskRequests
from ebidadmin.persistence.engine import make_engine
from ebidadmin.persistence.repositories import SqlRegistrations
from ebidadmin.persistence.unit_of_work import SqlUnitOfWork
from ebidadmin.services import application_review as review
from ebidadmin.services import desk_requests, id_desk
from ebidadmin.services.ports import Office
from tests.builders import NOON, TANAKA, application_number
from tests.concurrency import carriers
from tests.concurrency.conftest import Start
from tests.conftest import FreshDatabase
from tests.fakes import office
from tests.postgres import ENGINES
from tests.services.desk_helpers import APPROVER, ID, ONE, PLAIN, TWO, ask_cancel, cases, fill, states
from tests.sql_store import SqlStore

PEOPLE = tuple(
    Staff(login, frozenset({Role.REVIEWER, Role.APPROVER})) for login in ("suzuki", "sato", "kacho")
)


@pytest.fixture(params=ENGINES)
def url(request: pytest.FixtureRequest, fresh_database: FreshDatabase) -> str:
    made = fresh_database(request.param)
    fill(SqlStore(made))
    return made


def desk_on(url: str) -> Office:
    return office(SqlStore(url, SettableClock(NOON)), settings=TWO)


def at_once(url: str, work: Callable[[Office, Staff], Any]) -> dict[str, Any]:
    """What each person got, or the error."""
    barrier, results = threading.Barrier(len(PEOPLE)), {}

    def one(person: Staff) -> None:
        desk = desk_on(url)
        barrier.wait(30)
        try:
            results[person.login] = work(desk, person)
        except EbidError as error:
            results[person.login] = error

    threads = [threading.Thread(target=one, args=(person,)) for person in PEOPLE]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(results) == len(PEOPLE)
    return results


def confirmed(number: DeskRequestId, desk: Office, person: Staff) -> DeskRequest:
    return desk_requests.confirm(desk, staff=person, number=number)


def count(desk: Office, tag: EventTag) -> int:
    with desk.uow() as uow:
        return sum(entry.event.tag is tag for entry in uow.audit.list(limit=10_000))


def request_of(desk: Office, number: DeskRequestId) -> DeskRequest:
    with desk.uow() as uow:
        return uow.desk_requests.get(number)


def test_one_confirms_and_the_others_are_told_who(url: str) -> None:
    desk = desk_on(url)
    for _ in range(5):
        number = ask_cancel(desk).id
        results = at_once(url, partial(confirmed, number))
        winners = [one for one in results.values() if not isinstance(one, EbidError)]
        (winner,) = winners
        for lost in results.values():
            if isinstance(lost, EbidError):
                assert lost.code in ("concurrent-edit", "illegal-transition")
                assert isinstance(lost, ConcurrentEditError) is (lost.code == "concurrent-edit")
        assert request_of(desk, number).confirmed_by == winner.confirmed_by
        desk_requests.withdraw(desk, staff=TANAKA, number=number)


def test_of_one_id_one_person_asks(url: str) -> None:
    results = at_once(url, lambda desk, person: ask_cancel(desk, staff=person))
    made = [one for one in results.values() if isinstance(one, DeskRequest)]
    assert len(made) == 1
    others = [one for one in results.values() if isinstance(one, EbidError)]
    assert {one.code for one in others} == {"desk-request-open"}
    assert {one.facts["by"] for one in others} == {made[0].requested_by}


def test_of_lists_with_a_case_in_common_one_is_asked_for(url: str) -> None:
    listed = cases(SqlStore(url), desk_on(url))
    places = {person.login: place for place, person in enumerate(PEOPLE)}

    def ask(desk: Office, person: Staff) -> DeskRequest:
        # The last case is in everybody's list.
        return desk_requests.request_bulk(desk, staff=person, cases=listed[places[person.login] :])

    results = at_once(url, ask)
    made = [one for one in results.values() if isinstance(one, DeskRequest)]
    assert len(made) == 1
    others = [one for one in results.values() if isinstance(one, EbidError)]
    assert {one.code for one in others} == {"case-in-request"}
    assert {one.facts["by"] for one in others} == {made[0].requested_by}


def test_an_id_is_cancelled_once_however_many_carry_it_out(url: str) -> None:
    desk = desk_on(url)
    ask_cancel(desk)
    desk_requests.confirm(desk, staff=APPROVER, number=ONE)
    results = at_once(url, lambda desk, person: desk_requests.carry_out(desk, staff=person, number=ONE))
    assert sum(not isinstance(one, EbidError) for one in results.values()) == 1
    assert count(desk, EventTag.REGISTRATION_CANCELLED) == count(desk, EventTag.DESK_REQUEST_APPLIED) == 1
    with desk.uow() as uow:
        assert uow.registrations.get(ID).state is RegistrationState.CANCELLED
    assert request_of(desk, ONE).state is RequestState.APPLIED


def test_a_list_is_approved_once_however_many_carry_it_out(url: str) -> None:
    desk = desk_on(url)
    desk_requests.request_bulk(desk, staff=TANAKA, cases=cases(SqlStore(url), desk))
    desk_requests.confirm(desk, staff=APPROVER, number=ONE)
    results = at_once(url, lambda desk, person: desk_requests.carry_out(desk, staff=person, number=ONE))
    for one in results.values():
        if isinstance(one, EbidError):
            # Whoever came when all was done is told who was faster.
            assert (one.code, one.facts["state"]) == ("concurrent-edit", "applied")
        else:
            assert [case.refused for case in one.outcomes] == [None] * len(PLAIN)
            assert one.request.state is RequestState.APPLIED
    assert states(desk) == [ApplicationState.APPROVED] * len(PLAIN)
    assert count(desk, EventTag.DESK_REQUEST_APPLIED) == 1


def test_what_is_carried_out_and_declined_at_once_happens_one_way(url: str) -> None:
    desk = desk_on(url)
    for _ in range(4):
        number = ask_cancel(desk).id
        desk_requests.confirm(desk, staff=APPROVER, number=number)

        def work(desk: Office, person: Staff, number: DeskRequestId = number) -> Any:
            if person.login == "suzuki":
                return desk_requests.carry_out(desk, staff=person, number=number)
            return desk_requests.decline(desk, staff=person, number=number, reason="待った")

        at_once(url, work)
        with desk.uow() as uow:
            cancelled = uow.registrations.get(ID).state is RegistrationState.CANCELLED
        end = request_of(desk, number)
        assert cancelled == (end.state is RequestState.APPLIED)
        assert (end.state is RequestState.DECLINED) != cancelled
        if cancelled:
            return


class Overtaken(SqlUnitOfWork):
    """Lets something happen just before requests, or IDs, are read for the ``before``-th time."""

    reads = 0
    before = 0
    of = "desk_requests"
    overtake: Callable[[], object] = staticmethod(lambda: None)

    @property
    def desk_requests(self) -> SqlDeskRequests:
        self.counted("desk_requests")
        return super().desk_requests

    @property
    def registrations(self) -> SqlRegistrations:
        self.counted("registrations")
        return super().registrations

    @classmethod
    def counted(cls, what: str) -> None:
        if what == cls.of:
            cls.reads += 1
            if cls.reads == cls.before:
                cls.overtake()


@pytest.fixture
def overtaken(
    fresh_database: FreshDatabase, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str, int, Callable[[Office], object]], tuple[Office, Office]]:
    """An office on PostgreSQL, which lets others commit between two reads of a unit (SQLite does not), and the same for whoever is slow."""
    url = fresh_database("postgresql")
    fill(SqlStore(url))
    desk = desk_on(url)
    ask_cancel(desk)

    def made(of: str, before: int, work: Callable[[Office], object]) -> tuple[Office, Office]:
        given = {"reads": 0, "of": of, "before": before, "overtake": staticmethod(partial(work, desk))}
        for name, value in given.items():
            monkeypatch.setattr(Overtaken, name, value)
        engine, clock = make_engine(url), SettableClock(NOON)
        return desk, replace(desk, uow=lambda: Overtaken(engine, clock=clock))

    return made


Overtake = Callable[[str, int, Callable[[Office], object]], tuple[Office, Office]]
FASTER: dict[str, Callable[[Office], object]] = {
    "decline": lambda desk: desk_requests.decline(desk, staff=PEOPLE[0], number=ONE, reason="待った"),
    "suspend": lambda desk: id_desk.suspend(
        desk, staff=PEOPLE[0], application=ID, version=1, reason="指名停止"
    ),
}


@pytest.mark.parametrize(("of", "before"), [("desk_requests", 2), ("registrations", 1), ("registrations", 2)])
@pytest.mark.parametrize("faster", FASTER)
def test_whoever_is_overtaken_while_confirming_is_told_so(
    overtaken: Overtake, of: str, before: int, faster: str
) -> None:
    desk, late = overtaken(of, before, FASTER[faster])
    with pytest.raises(ConcurrentEditError) as caught:
        desk_requests.confirm(late, staff=APPROVER, number=ONE)
    assert Overtaken.reads >= before
    assert caught.value.facts["by"] == "suzuki"
    assert request_of(desk, ONE).confirmed_by is None


@pytest.mark.parametrize(
    ("of", "before"), [("desk_requests", 2), *(("registrations", before) for before in (1, 2, 3, 4))]
)
@pytest.mark.parametrize("faster", FASTER)
def test_whoever_is_overtaken_while_carrying_out_cancels_nothing(
    overtaken: Overtake, of: str, before: int, faster: str
) -> None:
    desk, late = overtaken(of, before, FASTER[faster])
    desk_requests.confirm(desk, staff=APPROVER, number=ONE)
    with pytest.raises(ConcurrentEditError) as caught:
        desk_requests.carry_out(late, staff=PEOPLE[1], number=ONE)
    assert Overtaken.reads >= before
    assert caught.value.facts["by"] == "suzuki"
    with desk.uow() as uow:
        now = uow.registrations.get(ID).state
    assert now is (RegistrationState.SUSPENDED if faster == "suspend" else RegistrationState.ACTIVE)


def test_a_case_decided_while_the_list_is_confirmed_is_left_alone(url: str) -> None:
    desk = desk_on(url)
    desk_requests.request_bulk(desk, staff=TANAKA, cases=cases(SqlStore(url), desk))

    def work(desk: Office, person: Staff) -> Any:
        if person.login == "kacho":
            return desk_requests.confirm(desk, staff=person, number=ONE)
        n = 1 if person.login == "suzuki" else 2
        return review.reject(desk, staff=person, number=application_number(n), version=1, reasons=("other",))

    results = at_once(url, work)
    assert not any(isinstance(one, EbidError) for one in results.values())
    done = desk_requests.carry_out(desk, staff=TANAKA, number=ONE)
    assert [one.refused is None for one in done.outcomes] == [False, False, True]
    assert states(desk) == [ApplicationState.REJECTED] * 2 + [ApplicationState.APPROVED]


MANY = range(1, 16)
FURTHER = (2, 1, 0, 1, 2, 0, 1)
"""How many more cases are approved before the one in which each kill falls: less than all of them together."""
LONGEST_PAUSE = 0.03
"""Seconds: about an approval long."""


@pytest.mark.parametrize("kind", ENGINES)
def test_killed_at_any_instant_it_goes_on_and_approves_each_case_once(
    fresh_database: FreshDatabase, kind: str, start: Start
) -> None:
    """Seven kills at random moments along the list, and then somebody who is left alone."""
    url = fresh_database(kind)
    fill(SqlStore(url), MANY)
    desk, chance = desk_on(url), random.Random(20261007)
    listed = cases(SqlStore(url), desk)
    assert len(listed) == len(MANY)
    reached: set[int] = set()
    desk_requests.request_bulk(desk, staff=TANAKA, cases=listed)
    desk_requests.confirm(desk, staff=APPROVER, number=ONE)
    for further in FURTHER:
        process, pipe = start(carriers.carry_out_in_step, url, ONE, "suzuki")
        assert pipe.recv() == "begins"
        # One case at a time: on a busy machine the whole list may be done before this process has its turn.
        for _ in range(further + 1):
            assert pipe.recv() == "case"
            pipe.send("go on")
        # Waiting for nothing is a pause kept by the operating system.
        select.select([], [], [], chance.uniform(0, LONGEST_PAUSE))
        process.kill()
        process.join(30)
        reached.add(count(desk, EventTag.APPLICATION_APPROVED))
    assert reached & set(range(2, len(MANY))), "some were killed in the middle"
    if request_of(desk, ONE).is_open:
        desk_requests.carry_out(desk, staff=PEOPLE[1], number=ONE)
    assert request_of(desk, ONE).state is RequestState.APPLIED
    numbers = {case.number for case in listed}
    with desk.uow() as uow:
        found = uow.applications.some(numbers).values()
        told = uow.audit.of_subjects({Subject(SubjectKind.APPLICATION, number) for number in numbers})
        mails = [len(uow.mails.list(about=subject)) for subject in told]
    assert {one.state for one in found} == {ApplicationState.APPROVED}
    tags = [[entry.event.tag for entry in entries] for entries in told.values()]
    assert [one.count(EventTag.APPLICATION_APPROVED) for one in tags] == [1] * len(numbers)
    assert mails == [1] * len(numbers)
    assert count(desk, EventTag.DESK_REQUEST_APPLIED) == 1
