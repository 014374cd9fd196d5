"""Lists of applications that two people approve: case by case as they were asked, whatever happens in between."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from ebidadmin.clock import SettableClock
from ebidadmin.domain.applications import ApplicationState
from ebidadmin.domain.desk_requests import Over
from ebidadmin.domain.events import EventTag, SubjectKind
from ebidadmin.domain.second_person import RequestState
from ebidadmin.errors import InputError
from ebidadmin.services import application_review as review
from ebidadmin.services import desk_requests
from ebidadmin.services.ports import Office
from tests.builders import (
    SUZUKI,
    TANAKA,
    application_number,
    qualification,
    trade_name,
)
from tests.conftest import FreshDatabase
from tests.fakes import office
from tests.services.desk_helpers import (
    APPROVER,
    ONE,
    PLAIN,
    TWO,
    cases,
    events,
    fill,
    refused,
    request_of,
    states,
)
from tests.sql_store import SqlStore


@pytest.fixture
def store(clock: SettableClock, kind: str, fresh_database: FreshDatabase) -> SqlStore:
    made = SqlStore(fresh_database(kind), clock)
    fill(made)
    return made


@pytest.fixture
def desk(store: SqlStore) -> Office:
    return office(store, settings=TWO)


def test_a_list_is_approved_case_by_case_as_it_was_asked(desk: Office, store: SqlStore) -> None:
    asked = desk_requests.request_bulk(desk, staff=TANAKA, cases=cases(store, desk))
    assert states(desk) == [ApplicationState.PENDING] * 3
    desk_requests.confirm(desk, staff=APPROVER, number=ONE)
    done = desk_requests.carry_out(desk, staff=TANAKA, number=ONE)
    assert states(desk) == [ApplicationState.APPROVED] * 3
    assert [(one.number, one.refused) for one in done.outcomes] == [
        (application_number(n), None) for n in PLAIN
    ]
    assert done.request.state is RequestState.APPLIED
    assert {one.trade_name for one in done.outcomes} == {trade_name(n) for n in PLAIN}
    decided = next(
        one
        for one in events(desk, SubjectKind.APPLICATION, application_number(1))
        if one.tag is EventTag.APPLICATION_APPROVED
    )
    told = {name: decided.facts[name] for name in ("manner", "cases", "desk_request", "confirmed_by")}
    assert told == {"manner": "bulk", "cases": 3, "desk_request": asked.id, "confirmed_by": "kacho"}
    assert decided.by == "tanaka"
    end = events(desk, SubjectKind.DESK_REQUEST, ONE)[-1]
    assert end.facts == {"approved": [application_number(n) for n in PLAIN], "left": []}


def test_a_list_that_is_not_as_it_was_shown_is_not_asked_for(desk: Office, store: SqlStore) -> None:
    listed = cases(store, desk)
    ask = partial(desk_requests.request_bulk, desk, staff=TANAKA)
    with pytest.raises(InputError, match="bulk-empty"):
        ask(cases=())
    with pytest.raises(InputError, match="bulk-twice"):
        ask(cases=(listed[0], listed[0]))
    refused("findings-changed", lambda: ask(cases=(replace(listed[0], seen="0" * 32),)))
    other = replace(listed[0].mail, subject="別の件名")
    refused("mail-changed", lambda: ask(cases=(replace(listed[0], mail=other),)))
    review.reject(desk, staff=SUZUKI, number=application_number(2), version=1, reasons=("other",))
    error = refused("changed-meanwhile", lambda: ask(cases=listed))
    assert (error.facts["id"], error.facts["by"]) == (application_number(2), "suzuki")
    assert desk_requests.list_all(desk, staff=TANAKA) == ()


def test_no_case_stands_in_two_lists_that_wait(desk: Office, store: SqlStore) -> None:
    first, second, third = cases(store, desk)
    desk_requests.request_bulk(desk, staff=TANAKA, cases=(first, second))
    error = refused(
        "case-in-request",
        lambda: desk_requests.request_bulk(desk, staff=SUZUKI, cases=(third, second)),
    )
    assert (error.facts["id"], error.facts["application"]) == (ONE, application_number(2))
    desk_requests.request_bulk(desk, staff=SUZUKI, cases=(third,))
    # Of a list of which nothing can come any more the cases are free.
    for n in (1, 2):
        review.approve(desk, staff=SUZUKI, number=application_number(n), version=1)
    (_, old) = desk_requests.list_all(desk, staff=TANAKA)
    assert old.over is Over.CASES_CHANGED
    refused("desk-request-stale", lambda: desk_requests.confirm(desk, staff=APPROVER, number=ONE))
    assert request_of(desk).reason == "cases-changed"


def test_what_changed_of_a_list_is_left_and_told_and_the_rest_is_done(desk: Office, store: SqlStore) -> None:
    desk_requests.request_bulk(desk, staff=TANAKA, cases=cases(store, desk))
    review.reject(desk, staff=SUZUKI, number=application_number(1), version=1, reasons=("other",))
    review.claim(desk, staff=SUZUKI, number=application_number(2))
    desk_requests.confirm(desk, staff=APPROVER, number=ONE)
    done = desk_requests.carry_out(desk, staff=TANAKA, number=ONE)
    codes = [None if one.refused is None else one.refused.code for one in done.outcomes]
    assert codes == ["changed-meanwhile", "held-by-other", None]
    assert done.request.state is RequestState.APPLIED
    end = events(desk, SubjectKind.DESK_REQUEST, ONE)[-1]
    assert end.facts == {
        "approved": [application_number(3)],
        "left": [application_number(1), application_number(2)],
    }


def test_where_nothing_of_a_list_can_be_done_just_now_the_request_stays(
    desk: Office, store: SqlStore
) -> None:
    desk_requests.request_bulk(desk, staff=TANAKA, cases=cases(store, desk)[:1])
    desk_requests.confirm(desk, staff=APPROVER, number=ONE)
    review.claim(desk, staff=SUZUKI, number=application_number(1))
    done = desk_requests.carry_out(desk, staff=TANAKA, number=ONE)
    assert (done.request.state, states(desk)[0]) == (RequestState.CONFIRMED, ApplicationState.PENDING)
    review.release(desk, staff=SUZUKI, number=application_number(1))
    again = desk_requests.carry_out(desk, staff=TANAKA, number=ONE)
    assert (again.request.state, states(desk)[0]) == (RequestState.APPLIED, ApplicationState.APPROVED)


def test_a_second_person_sees_the_cases_as_they_are_now(desk: Office, store: SqlStore) -> None:
    listed = cases(store, desk)
    desk_requests.request_bulk(desk, staff=TANAKA, cases=listed)
    review.note(desk, staff=SUZUKI, number=application_number(1), text="メモ")
    shown = desk_requests.shown(desk, staff=APPROVER, number=ONE)
    assert [(one.trade_name, one.as_asked, one.mailed) for one in shown.cases] == [
        (trade_name(n), True, True) for n in PLAIN
    ]
    assert [one.mail for one in shown.cases] == [one.mail for one in listed]
    review.reject(desk, staff=SUZUKI, number=application_number(1), version=1, reasons=("other",))
    store.import_register(
        *(qualification(n) for n in (1, 3, 94)), qualification(2, trade_name="(株)別の名前")
    )
    gone, renamed, left = desk_requests.shown(desk, staff=APPROVER, number=ONE).cases
    assert (gone.state, gone.as_asked, gone.mail) == (ApplicationState.REJECTED, False, None)
    assert (renamed.state, renamed.as_asked, bool(renamed.notes)) == (ApplicationState.PENDING, False, True)
    assert left.as_asked
    desk_requests.confirm(desk, staff=APPROVER, number=ONE)
    desk_requests.carry_out(desk, staff=TANAKA, number=ONE)
    after = desk_requests.shown(desk, staff=APPROVER, number=ONE)
    assert [one.approved for one in after.cases] == [False, False, True]
    assert after.request.state is RequestState.APPLIED


class Killed(BaseException):
    """What ends a process in the middle of something: no refusal, nothing catches it."""


@pytest.mark.parametrize("at", [1, 2, 3])
def test_interrupted_in_between_it_goes_on_when_called_again(
    desk: Office, store: SqlStore, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    """Also when nothing but the end of the request was missing."""
    desk_requests.request_bulk(desk, staff=TANAKA, cases=cases(store, desk))
    desk_requests.confirm(desk, staff=APPROVER, number=ONE)
    whole, calls = review.approve, []

    def approve(*given: Any, **named: Any) -> Any:
        done = whole(*given, **named)
        calls.append(named["number"])
        if len(calls) == at:
            raise Killed
        return done

    with monkeypatch.context() as during:
        during.setattr(review, "approve", approve)
        with pytest.raises(Killed):
            desk_requests.carry_out(desk, staff=TANAKA, number=ONE)
    assert states(desk).count(ApplicationState.APPROVED) == at
    (waiting,) = desk_requests.list_all(desk, staff=TANAKA)
    assert (waiting.request.state, waiting.over) == (RequestState.CONFIRMED, None)
    done = desk_requests.carry_out(desk, staff=SUZUKI, number=ONE)
    assert [one.refused for one in done.outcomes] == [None] * 3
    assert (done.request.state, states(desk)) == (RequestState.APPLIED, [ApplicationState.APPROVED] * 3)
    approvals = [
        one
        for n in PLAIN
        for one in events(desk, SubjectKind.APPLICATION, application_number(n))
        if one.tag is EventTag.APPLICATION_APPROVED
    ]
    assert len(approvals) == 3
    assert sum(one.by == "tanaka" for one in approvals) == at


def test_a_request_ended_in_the_middle_stops_what_is_left(
    desk: Office, store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk_requests.request_bulk(desk, staff=TANAKA, cases=cases(store, desk))
    desk_requests.confirm(desk, staff=APPROVER, number=ONE)
    whole = review.approve

    def approve(*given: Any, **named: Any) -> Any:
        done = whole(*given, **named)
        if named["number"] == application_number(1):
            desk_requests.decline(desk, staff=SUZUKI, number=ONE, reason="待った")
        return done

    monkeypatch.setattr(review, "approve", approve)
    error = refused("concurrent-edit", lambda: desk_requests.carry_out(desk, staff=TANAKA, number=ONE))
    assert (error.facts["kind"], error.facts["by"]) == ("desk-request", "suzuki")
    assert states(desk) == [ApplicationState.APPROVED, ApplicationState.PENDING, ApplicationState.PENDING]
