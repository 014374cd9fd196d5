"""With the settings on, IDs are cancelled and lists approved by two, whatever way it is tried; without them nothing is different."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from ebidadmin.clock import SettableClock
from ebidadmin.domain.applications import ApplicationState
from ebidadmin.domain.desk_requests import DeskAct, Over
from ebidadmin.domain.events import EventTag, Subject, SubjectKind
from ebidadmin.domain.ids import DeskRequestId
from ebidadmin.domain.mails import MailKind
from ebidadmin.domain.registrations import RegistrationState
from ebidadmin.domain.second_person import RequestState
from ebidadmin.domain.staff import Role, Staff
from ebidadmin.errors import InputError, NotFoundError, NotPermittedError
from ebidadmin.services import application_review as review
from ebidadmin.services import bulk_approval, desk_requests, id_desk
from ebidadmin.services.desk_requests import Listed
from ebidadmin.services.ports import Office
from ebidadmin.services.settings import Settings
from tests.builders import (
    AUDITOR,
    HELPER,
    NOON,
    SUZUKI,
    TANAKA,
    application_number,
    trade_name,
)
from tests.conftest import FreshDatabase
from tests.fakes import office
from tests.services.desk_helpers import (
    APPROVER,
    ID,
    ONE,
    SECOND,
    TWO,
    ask_cancel,
    cases,
    events,
    fill,
    refused,
    request_of,
    state_of_id,
    states,
)
from tests.services.test_id_desk_mails import with_templates
from tests.sql_store import SqlStore


@pytest.fixture
def store(clock: SettableClock, kind: str, fresh_database: FreshDatabase) -> SqlStore:
    made = SqlStore(fresh_database(kind), clock)
    fill(made)
    return made


@pytest.fixture
def desk(store: SqlStore) -> Office:
    return office(store, settings=TWO)


def test_an_id_is_cancelled_by_three_steps_of_two_people(desk: Office, clock: SettableClock) -> None:
    desk = with_templates(desk)
    seen = id_desk.preview_mails(desk, staff=TANAKA, application=ID, verb="cancel", reason="廃業")
    asked = ask_cancel(desk, previewed=seen)
    assert (asked.id, asked.state, asked.act) == (ONE, RequestState.REQUESTED, DeskAct.CANCEL)
    assert state_of_id(desk) is RegistrationState.ACTIVE
    assert desk_requests.confirm(desk, staff=APPROVER, number=ONE).confirmed_by == "kacho"
    assert state_of_id(desk) is RegistrationState.ACTIVE
    # The mail names the day on which it is done, which is a later one.
    clock.set(NOON + timedelta(days=1))
    done = desk_requests.carry_out(desk, staff=SUZUKI, number=ONE)
    assert done.registration is not None
    assert (done.registration.state, done.registration.reason) == (RegistrationState.CANCELLED, "廃業")
    assert (done.request.state, done.request.ended_by) == (RequestState.APPLIED, "suzuki")
    cancelled = events(desk, SubjectKind.REGISTRATION, ID)[-1]
    assert (cancelled.tag, cancelled.by) == (EventTag.REGISTRATION_CANCELLED, "suzuki")
    assert dict(cancelled.facts) == {"desk_request": ONE, "requested_by": "tanaka", "confirmed_by": "kacho"}
    assert [one.tag.value for one in events(desk, SubjectKind.DESK_REQUEST, ONE)] == [
        f"desk-request:{step}" for step in ("made", "confirmed", "applied")
    ]
    with desk.uow() as uow:
        mails = uow.mails.list(about=Subject(SubjectKind.REGISTRATION, ID))
    assert {mail.draft.kind for mail in mails} == {MailKind.ID_CANCELLED}
    assert {mail.draft.body for mail in mails}.isdisjoint(one.body for one in seen)


def test_nobody_does_it_alone_where_another_is_to_be_asked(desk: Office, store: SqlStore) -> None:
    given: dict[str, Any] = {"application": ID, "version": 1, "reason": "廃業"}
    refused("cancel-needs-second-person", lambda: id_desk.cancel(desk, staff=TANAKA, **given))
    listed = cases(store, desk)
    refused("bulk-needs-second-person", lambda: bulk_approval.approve_all(desk, staff=TANAKA, cases=listed))
    assert (state_of_id(desk), states(desk)) == (RegistrationState.ACTIVE, [ApplicationState.PENDING] * 3)
    with desk.uow() as uow:
        last = uow.audit.last()
    assert last is not None
    assert last.event.tag is EventTag.REFUSED_BY_RULE
    # A single case is looked at by itself, and one that is not cancelled by its own word is not asked for twice.
    review.approve(desk, staff=TANAKA, number=application_number(1), version=1)
    id_desk.suspend(desk, staff=TANAKA, **{**given, "reason": "指名停止"})


def test_with_the_settings_off_nobody_is_asked(store: SqlStore) -> None:
    single = office(store)
    refused("desk-request-not-needed", lambda: ask_cancel(single))
    listed = cases(store, single)
    refused(
        "desk-request-not-needed",
        lambda: desk_requests.request_bulk(single, staff=TANAKA, cases=listed),
    )
    assert desk_requests.waiting(single) == 0
    assert all(one.refused is None for one in bulk_approval.approve_all(single, staff=TANAKA, cases=listed))
    id_desk.cancel(single, staff=TANAKA, application=ID, version=1, reason="廃業")
    assert state_of_id(single) is RegistrationState.CANCELLED


def test_whoever_asked_does_not_confirm_and_what_nobody_confirmed_is_not_carried_out(desk: Office) -> None:
    ask_cancel(desk)
    both = Staff("TANAKA", frozenset({Role.REVIEWER, Role.APPROVER}))
    for mine in (TANAKA, both):
        refused("own-request", partial(desk_requests.confirm, desk, staff=mine, number=ONE))
        refused("own-request", partial(desk_requests.decline, desk, staff=mine, number=ONE, reason="x"))
    error = refused("illegal-transition", lambda: desk_requests.carry_out(desk, staff=SUZUKI, number=ONE))
    assert error.facts["state"] == "requested"
    assert state_of_id(desk) is RegistrationState.ACTIVE


def test_who_may_do_what(desk: Office) -> None:
    ask_cancel(desk)
    nobody: list[Callable[[], object]] = [
        lambda: ask_cancel(desk, staff=APPROVER),
        lambda: desk_requests.request_bulk(desk, staff=AUDITOR, cases=()),
        lambda: desk_requests.confirm(desk, staff=AUDITOR, number=ONE),
        lambda: desk_requests.decline(desk, staff=HELPER, number=ONE, reason="x"),
        lambda: desk_requests.withdraw(desk, staff=APPROVER, number=ONE),
        lambda: desk_requests.carry_out(desk, staff=APPROVER, number=ONE),
        lambda: desk_requests.list_all(desk, staff=HELPER),
        lambda: desk_requests.open_of(desk, staff=HELPER, application=ID),
        lambda: desk_requests.shown(desk, staff=HELPER, number=ONE),
    ]
    for work in nobody:
        with pytest.raises(NotPermittedError):
            work()
    with pytest.raises(NotFoundError):
        desk_requests.confirm(desk, staff=SUZUKI, number=DeskRequestId("C000009"))
    assert [one.request.id for one in desk_requests.list_all(desk, staff=AUDITOR)] == [ONE]


def test_of_an_id_that_changed_nothing_is_confirmed_and_whoever_tries_is_told_who(desk: Office) -> None:
    ask_cancel(desk)
    id_desk.suspend(desk, staff=SUZUKI, application=ID, version=1, reason="指名停止")
    (listed,) = desk_requests.list_all(desk, staff=APPROVER)
    assert (listed.over, desk_requests.waiting(desk)) == (Over.REGISTRATION_CHANGED, 0)
    error = refused("concurrent-edit", lambda: desk_requests.confirm(desk, staff=APPROVER, number=ONE))
    assert (error.facts["by"], error.facts["state"]) == ("suzuki", "suspended")
    gone = request_of(desk)
    assert (gone.state, gone.reason, gone.ended_by) == (
        RequestState.EXPIRED,
        "registration-changed",
        "kacho",
    )


def test_a_change_after_the_confirmation_stops_the_carrying_out(desk: Office) -> None:
    ask_cancel(desk)
    desk_requests.confirm(desk, staff=APPROVER, number=ONE)
    id_desk.suspend(desk, staff=SUZUKI, application=ID, version=1, reason="指名停止")
    error = refused("concurrent-edit", lambda: desk_requests.carry_out(desk, staff=TANAKA, number=ONE))
    assert (error.facts["by"], state_of_id(desk)) == ("suzuki", RegistrationState.SUSPENDED)
    again = ask_cancel(desk, version=2)
    assert again.id == SECOND


def test_of_one_id_one_request_waits_and_an_old_one_makes_room(desk: Office, clock: SettableClock) -> None:
    one = ask_cancel(desk)
    error = refused("desk-request-open", lambda: ask_cancel(desk, staff=SUZUKI))
    assert (error.facts["id"], error.facts["by"]) == (ONE, "tanaka")
    assert desk_requests.open_of(desk, staff=SUZUKI, application=ID) == Listed(one, None, own=False)
    assert desk_requests.waiting(desk) == 1
    clock.set(one.expires_at)
    assert desk_requests.waiting(desk) == 0
    again = ask_cancel(desk, staff=SUZUKI)
    assert (request_of(desk).state, again.id) == (RequestState.EXPIRED, SECOND)
    assert desk_requests.list_all(desk, staff=SUZUKI) == (Listed(again, None, own=True),)
    assert len(desk_requests.list_all(desk, staff=SUZUKI, open_only=False)) == 2
    assert desk_requests.list_all(desk, staff=SUZUKI, act=DeskAct.BULK_APPROVE) == ()


def test_after_its_time_nothing_is_carried_out(desk: Office, clock: SettableClock) -> None:
    one = ask_cancel(desk)
    desk_requests.confirm(desk, staff=APPROVER, number=ONE)
    clock.set(one.expires_at)
    error = refused("illegal-transition", lambda: desk_requests.carry_out(desk, staff=TANAKA, number=ONE))
    assert error.facts["state"] == "expired"
    assert (request_of(desk).reason, state_of_id(desk)) == ("lifetime", RegistrationState.ACTIVE)


def test_how_long_it_lives_is_a_setting(store: SqlStore) -> None:
    short = office(store, settings=replace(TWO, cancel_request_days=1, bulk_request_days=2))
    cancel = ask_cancel(short)
    bulk = desk_requests.request_bulk(short, staff=TANAKA, cases=cases(store, short))
    assert cancel.expires_at < bulk.expires_at


def test_what_was_confirmed_can_still_be_declined_or_taken_back(desk: Office) -> None:
    ask_cancel(desk)
    desk_requests.confirm(desk, staff=APPROVER, number=ONE)
    refused("request-of-other", lambda: desk_requests.withdraw(desk, staff=SUZUKI, number=ONE))
    refused("reason-missing", lambda: desk_requests.decline(desk, staff=SUZUKI, number=ONE, reason=" "))
    done = desk_requests.decline(desk, staff=SUZUKI, number=ONE, reason=" 別の業者 ")
    assert (done.state, done.reason, done.confirmed_by) == (RequestState.DECLINED, "別の業者", "kacho")
    error = refused("concurrent-edit", lambda: desk_requests.carry_out(desk, staff=TANAKA, number=ONE))
    assert (error.facts["by"], error.facts["state"]) == ("suzuki", "declined")
    ask_cancel(desk)
    assert desk_requests.withdraw(desk, staff=TANAKA, number=SECOND).state is RequestState.WITHDRAWN
    refused("concurrent-edit", lambda: desk_requests.confirm(desk, staff=APPROVER, number=SECOND))


def test_a_mail_that_was_not_seen_is_not_sent(desk: Office) -> None:
    seen = id_desk.preview_mails(desk, staff=TANAKA, application=ID, verb="cancel", reason="別の理由")
    refused("mail-changed", lambda: ask_cancel(desk, previewed=seen))
    ask_cancel(desk)
    desk_requests.confirm(desk, staff=APPROVER, number=ONE)
    unmailed = replace(desk, settings=replace(TWO, unmailed=frozenset({MailKind.ID_CANCELLED})))
    refused("mail-changed", lambda: desk_requests.carry_out(unmailed, staff=TANAKA, number=ONE))
    assert (state_of_id(desk), request_of(desk).state) == (
        RegistrationState.ACTIVE,
        RequestState.CONFIRMED,
    )


def test_what_cannot_be_done_is_not_asked(desk: Office) -> None:
    refused("changed-meanwhile", lambda: ask_cancel(desk, version=2))
    refused("reason-missing", lambda: ask_cancel(desk, reason=" "))
    with pytest.raises(NotFoundError):
        ask_cancel(desk, application=application_number(99))
    single = replace(desk, settings=Settings())
    id_desk.cancel(single, staff=TANAKA, application=ID, version=1, reason="廃業")
    refused("illegal-transition", lambda: ask_cancel(desk, version=2))
    assert desk_requests.list_all(desk, staff=TANAKA, open_only=False) == ()
    # What was drawn for nothing is drawn again.
    with desk.uow() as uow:
        assert uow.desk_requests.open() == ()


def test_a_second_person_sees_which_id_and_whose(desk: Office) -> None:
    ask_cancel(desk)
    shown = desk_requests.shown(desk, staff=APPROVER, number=ONE)
    assert shown.registration is not None
    assert (shown.registration.supplier_number, shown.trade_name, shown.mailed) == (
        "190000094",
        trade_name(94),
        True,
    )
    assert (shown.listed, shown.cases) == (Listed(request_of(desk), None, own=False), ())


def test_a_reason_that_quotes_what_is_registered_is_not_asked_with(desk: Office) -> None:
    with pytest.raises(InputError, match="mail-quotes-entry"):
        ask_cancel(with_templates(desk), reason="SHOUKAI0094 の誤用")
