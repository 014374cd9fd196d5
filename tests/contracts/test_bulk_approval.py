"""What is approved together was shown one by one, is decided one by one, and what changed meanwhile is left and told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ebidadmin.clock import SettableClock
from ebidadmin.domain.applications import ApplicationState
from ebidadmin.domain.events import Event, EventTag, Subject, SubjectKind
from ebidadmin.domain.findings import FINDINGS_VERSION
from ebidadmin.domain.mails import MailKind
from ebidadmin.errors import NotPermittedError, RuleError
from ebidadmin.persistence.readmodels import SqlQueueReader
from ebidadmin.presenters.bulk_approval import BulkApproval
from ebidadmin.screens.bulk_approval import markup
from ebidadmin.services import application_review as review
from ebidadmin.services import auto_approval, bulk_approval, permits
from ebidadmin.services.bulk_approval import approve_all, ready
from ebidadmin.services.ports import Office, UnitOfWork
from ebidadmin.services.queue import QueueQuery
from ebidadmin.services.settings import Settings
from tests.builders import (
    AUDITOR,
    NOON,
    SUZUKI,
    TANAKA,
    application_number,
    contact,
    permit,
    qualification,
    trade_name,
)
from tests.conftest import FreshDatabase
from tests.desks import KIND
from tests.fakes import office
from tests.persistence.office import save, stored_permit
from tests.services.helpers import put
from tests.sql_store import SqlStore

PLAIN = (1, 2, 3)
NOTED, WARNED, BLOCKED = 4, 5, 6


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, clock: SettableClock, fresh_database: FreshDatabase) -> SqlStore:
    """Three applications without a finding, one with a note, one with a warning, one that a missing permit blocks."""
    store = SqlStore(fresh_database(request.param), clock)
    fill(store)
    return store


def fill(store: SqlStore) -> None:
    store.import_register(*(qualification(n) for n in (*PLAIN, NOTED, WARNED, BLOCKED)))
    for n in (*PLAIN, NOTED, WARNED):
        save(store, stored_permit(permit(n)))
    for n in (*PLAIN, BLOCKED):
        put(store, n)
    put(store, NOTED, main_contact=contact(NOTED, person="別人"))
    put(store, WARNED, trade_name="(株)別の名前")


def reader_of(store: SqlStore) -> SqlQueueReader:
    return SqlQueueReader(store.engine, names=store.names)


def state(desk: Office, n: int) -> ApplicationState:
    with desk.uow() as uow:
        return uow.applications.get(application_number(n)).state


def decision_of(desk: Office, n: int) -> Event:
    subject = Subject(SubjectKind.APPLICATION, application_number(n))
    with desk.uow() as uow:
        (one,) = (
            entry.event
            for entry in uow.audit.list(subject=subject)
            if entry.event.tag is EventTag.APPLICATION_APPROVED
        )
    return one


def test_only_what_needs_no_word_is_listed_each_with_its_mail(store: SqlStore) -> None:
    desk = office(store)
    review.claim(desk, staff=SUZUKI, number=application_number(2))
    review.claim(desk, staff=TANAKA, number=application_number(3))
    listed = ready(desk, staff=TANAKA, query=QueueQuery(), reader=reader_of(store))
    assert [case.number for case in listed.cases] == [application_number(n) for n in (1, 3, NOTED)]
    assert not listed.more
    first, _, noted = listed.cases
    assert (first.trade_name, first.notes) == (trade_name(1), ())
    assert noted.notes
    assert first.mail.to == (contact(1).email,)
    narrow = ready(desk, staff=TANAKA, query=QueueQuery(search=trade_name(3)), reader=reader_of(store))
    assert [case.number for case in narrow.cases] == [application_number(3)]


def test_a_list_has_an_end(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk_approval, "MOST_CASES", 3)
    listed = ready(office(store), staff=TANAKA, query=QueueQuery(), reader=reader_of(store))
    assert (len(listed.cases), listed.more) == (3, True)


def test_each_is_decided_by_itself_with_its_mail(store: SqlStore) -> None:
    desk = office(store)
    listed = ready(desk, staff=TANAKA, query=QueueQuery(), reader=reader_of(store))
    outcomes = approve_all(desk, staff=TANAKA, cases=listed.cases)
    assert [one.refused for one in outcomes] == [None] * 4
    for n in (*PLAIN, NOTED):
        assert state(desk, n) is ApplicationState.APPROVED
        decided = decision_of(desk, n)
        assert (decided.by, decided.facts["manner"], decided.facts["cases"]) == ("tanaka", "bulk", 4)
        assert decided.facts["rules"] == FINDINGS_VERSION
        with desk.uow() as uow:
            about = Subject(SubjectKind.APPLICATION, application_number(n))
            (mail,) = uow.mails.list(about=about)
            live = uow.registrations.live_of(permit(n).supplier_number)
        assert mail.draft == next(case.mail for case in listed.cases if case.number == about.id)
        assert live is not None
    assert {state(desk, n) for n in (WARNED, BLOCKED)} == {ApplicationState.PENDING}


Interference = Callable[[SqlStore, Office, int], None]


def test_where_the_office_does_not_mail_approvals_the_list_says_so_and_none_is_written(
    store: SqlStore,
) -> None:
    desk = office(store, settings=Settings(unmailed=frozenset({MailKind.ID_APPROVED})))
    listed = ready(desk, staff=TANAKA, query=QueueQuery(), reader=reader_of(store))
    assert {case.mailed for case in listed.cases} == {False}
    assert all(one.refused is None for one in approve_all(desk, staff=TANAKA, cases=listed.cases))
    with desk.uow() as uow:
        assert uow.mails.list() == ()
    state_of_list = BulkApproval(desk, staff=TANAKA, reader=reader_of(store))
    state_of_list.listed = listed
    assert "設定により送りません" in markup(state_of_list)
    assert contact(1).email not in markup(state_of_list)


def claimed(store: SqlStore, desk: Office, n: int) -> None:
    review.claim(desk, staff=SUZUKI, number=application_number(n))


def rejected(store: SqlStore, desk: Office, n: int) -> None:
    review.reject(desk, staff=SUZUKI, number=application_number(n), version=1, reasons=("other",))


def unpermitted(store: SqlStore, desk: Office, n: int) -> None:
    with desk.uow() as uow:
        (paper,) = uow.permits.of_supplier(permit(n).supplier_number)
    permits.withdraw(desk, staff=SUZUKI, permit_id=paper.id, reason="申出")


def renamed(store: SqlStore, desk: Office, n: int) -> None:
    with desk.uow() as uow:
        present = {one: uow.register.current(permit(one).supplier_number) for one in (*PLAIN, NOTED, WARNED)}
    others = [record for one, record in present.items() if one != n and record is not None]
    store.import_register(*others, qualification(n, representative_name="別の 代表"))


INTERFERENCES: dict[str, tuple[Interference, str]] = {
    "claimed": (claimed, "held-by-other"),
    "rejected": (rejected, "changed-meanwhile"),
    "unpermitted": (unpermitted, "not-eligible"),
    "renamed": (renamed, "findings-changed"),
}


@pytest.mark.parametrize("name", INTERFERENCES)
def test_what_changed_meanwhile_is_left_and_told(store: SqlStore, clock: SettableClock, name: str) -> None:
    interfere, code = INTERFERENCES[name]
    desk = office(store)
    listed = ready(desk, staff=TANAKA, query=QueueQuery(), reader=reader_of(store))
    clock.advance(timedelta(minutes=1))
    interfere(store, desk, 2)
    outcomes = {one.number: one for one in approve_all(desk, staff=TANAKA, cases=listed.cases)}
    lost = outcomes[application_number(2)]
    assert lost.refused is not None
    assert (lost.trade_name, lost.refused.code) == (trade_name(2), code)
    if name == "rejected":
        when = (NOON + timedelta(minutes=1)).isoformat()
        assert (lost.refused.facts["by"], lost.refused.facts["at"]) == ("suzuki", when)
    assert state(desk, 2) is not ApplicationState.APPROVED
    assert {state(desk, n) for n in (1, 3, NOTED)} == {ApplicationState.APPROVED}


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    touched=st.dictionaries(st.sampled_from((*PLAIN, NOTED)), st.sampled_from(sorted(INTERFERENCES))),
    taken=st.sets(st.sampled_from((*PLAIN, NOTED))),
)
def test_exactly_the_confirmed_and_untouched_are_approved(
    fresh_database: FreshDatabase, touched: dict[int, str], taken: set[int]
) -> None:
    store = SqlStore(fresh_database(KIND), SettableClock(NOON))
    fill(store)
    desk = office(store)
    listed = ready(desk, staff=TANAKA, query=QueueQuery(), reader=reader_of(store))
    confirmed = [case for case in listed.cases if int(case.number[1:]) in taken]
    for n, name in touched.items():
        INTERFERENCES[name][0](store, desk, n)
    before = {n: state(desk, n) for n in range(1, 7)}
    outcomes = approve_all(desk, staff=TANAKA, cases=confirmed)
    # An import that renames one supplier leaves the others alone; nothing else touches two.
    expected = taken - set(touched)
    assert {int(one.number[1:]) for one in outcomes if one.refused is None} == expected
    for n in range(1, 7):
        assert state(desk, n) is (ApplicationState.APPROVED if n in expected else before[n])


def test_who_may_not_review_approves_nothing(store: SqlStore) -> None:
    desk = office(store)
    cases = ready(desk, staff=TANAKA, query=QueueQuery(), reader=reader_of(store)).cases
    with pytest.raises(NotPermittedError):
        ready(desk, staff=AUDITOR, query=QueueQuery(), reader=reader_of(store))
    with pytest.raises(NotPermittedError):
        approve_all(desk, staff=AUDITOR, cases=cases)
    assert state(desk, 1) is ApplicationState.PENDING


def automatic(store: SqlStore) -> Office:
    return office(store, settings=Settings(auto_approve=True), facts_version="made-up 1")


def test_nothing_is_approved_by_itself_unless_the_office_says_so(store: SqlStore) -> None:
    desk = office(store)
    with pytest.raises(RuleError) as told:
        auto_approval.approve_plain(desk, staff=TANAKA, reader=reader_of(store))
    assert told.value.code == "auto-approval-off"
    with desk.uow() as uow:
        last = uow.audit.last()
    assert last is not None
    assert (last.event.tag, last.event.by) == (EventTag.REFUSED_BY_RULE, "tanaka")
    assert state(desk, 1) is ApplicationState.PENDING


def test_by_itself_only_what_has_no_finding_at_all_and_nobody_holds(store: SqlStore) -> None:
    desk, reader = automatic(store), reader_of(store)
    review.claim(desk, staff=TANAKA, number=application_number(2))
    outcomes = auto_approval.approve_plain(desk, staff=TANAKA, reader=reader)
    assert [(one.number, one.refused) for one in outcomes] == [
        (application_number(1), None),
        (application_number(3), None),
    ]
    assert {state(desk, n) for n in (2, NOTED, WARNED, BLOCKED)} == {ApplicationState.PENDING}
    decided = decision_of(desk, 1)
    assert decided.by == auto_approval.ACTOR.login
    told = {
        name: decided.facts[name] for name in ("manner", "started_by", "checked_with", "rules", "findings")
    }
    assert told == {
        "manner": "automatic",
        "started_by": "tanaka",
        "checked_with": "made-up 1",
        "rules": FINDINGS_VERSION,
        "findings": [],
    }
    review.approve(desk, staff=TANAKA, number=application_number(2), version=1)
    assert (reader.approved_by(auto_approval.ACTOR.login), reader.approved_by("tanaka")) == (2, 1)
    assert auto_approval.approve_plain(desk, staff=TANAKA, reader=reader) == ()


def test_by_itself_nothing_that_changed_since_it_was_looked_at(store: SqlStore) -> None:
    desk, reader = automatic(store), reader_of(store)
    interfered = replace(desk, uow=InterferingOnce(store, lambda: rejected(store, desk, 1)))
    outcomes = auto_approval.approve_plain(interfered, staff=TANAKA, reader=reader)
    assert [(one.number, one.refused and one.refused.code) for one in outcomes] == [
        (application_number(1), "changed-meanwhile"),
        (application_number(2), None),
        (application_number(3), None),
    ]
    assert state(desk, 1) is ApplicationState.REJECTED


class InterferingOnce:
    """Lets somebody else act just before the first unit of work begins, which is after everything was read."""

    def __init__(self, store: SqlStore, act: Callable[[], None]) -> None:
        self._store, self._act = store, act
        self._acted = False

    def __call__(self) -> UnitOfWork:
        if not self._acted:
            self._acted = True
            self._act()
        return self._store()


def test_who_may_not_review_lets_nothing_run(store: SqlStore) -> None:
    with pytest.raises(NotPermittedError):
        auto_approval.approve_plain(automatic(store), staff=AUDITOR, reader=reader_of(store))


def test_the_actor_is_nobody_s_login() -> None:
    assert ":" in auto_approval.ACTOR.login
