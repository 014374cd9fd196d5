"""Where one person works alone and the office wants a second one at the review desk, nothing is done without the word typed again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from ebidadmin.clock import SettableClock
from ebidadmin.domain.applications import ApplicationState
from ebidadmin.domain.events import EventTag, SubjectKind
from ebidadmin.domain.registrations import RegistrationState
from ebidadmin.errors import InputError
from ebidadmin.services import bulk_approval, desk_requests, id_desk
from ebidadmin.services.ports import Office
from tests.builders import TANAKA, application_number
from tests.conftest import FreshDatabase
from tests.fakes import office
from tests.services.desk_helpers import (
    APPROVER,
    ID,
    ONE,
    PLAIN,
    TWO,
    ask_cancel,
    cases,
    events,
    fill,
    refused,
    state_of_id,
    states,
)
from tests.sql_store import SqlStore

ALONE = replace(TWO, one_person=True)
WRONG = (None, "", " ", "3 件", "190000093")


@pytest.fixture
def store(clock: SettableClock, kind: str, fresh_database: FreshDatabase) -> SqlStore:
    made = SqlStore(fresh_database(kind), clock)
    fill(made)
    return made


@pytest.fixture
def desk(store: SqlStore) -> Office:
    return office(store, settings=ALONE)


def cancel(desk: Office, typed: str | None, reason: str = "廃業") -> object:
    return id_desk.cancel(desk, staff=TANAKA, application=ID, version=1, reason=reason, typed=typed)


@pytest.mark.parametrize("typed", WRONG)
def test_without_the_word_nothing_is_done(desk: Office, store: SqlStore, typed: str | None) -> None:
    listed = cases(store, desk)
    works: list[tuple[str, Callable[[], object]]] = [
        ("190000094", lambda: cancel(desk, typed)),
        ("3", lambda: bulk_approval.approve_all(desk, staff=TANAKA, cases=listed, typed=typed)),
    ]
    for word, work in works:
        with pytest.raises(InputError) as caught:
            work()
        assert caught.value.code in ("typed-confirmation-missing", "typed-confirmation-wrong")
        assert dict(caught.value.facts) == {"word": word}
    assert (state_of_id(desk), states(desk)) == (RegistrationState.ACTIVE, [ApplicationState.PENDING] * 3)


def test_what_cannot_be_done_is_told_before_anything_is_typed(desk: Office) -> None:
    refused("reason-missing", lambda: cancel(desk, None, reason=" "))


def test_with_the_word_it_is_done_and_the_trail_tells_it(desk: Office, store: SqlStore) -> None:
    listed = cases(store, desk)
    # Full-width digits are the same.
    outcomes = bulk_approval.approve_all(desk, staff=TANAKA, cases=listed, typed=" \uff13 ")
    assert [one.refused for one in outcomes] == [None] * len(PLAIN)
    for n in PLAIN:
        decided = next(
            one
            for one in events(desk, SubjectKind.APPLICATION, application_number(n))
            if one.tag is EventTag.APPLICATION_APPROVED
        )
        assert (decided.facts["manner"], decided.facts["typed"], decided.facts["cases"]) == ("bulk", "3", 3)
    cancel(desk, "190000094")
    told = events(desk, SubjectKind.REGISTRATION, ID)[-1]
    assert dict(told.facts) == {"manner": "typed-confirmation", "typed": "190000094"}


def test_nobody_else_is_asked(desk: Office, store: SqlStore) -> None:
    refused("desk-request-not-needed", lambda: ask_cancel(desk))
    listed = cases(store, desk)
    refused("desk-request-not-needed", lambda: desk_requests.request_bulk(desk, staff=TANAKA, cases=listed))
    assert desk_requests.waiting(desk) == 0


def test_a_request_of_before_stays_two_peoples(desk: Office, store: SqlStore) -> None:
    several = office(store, settings=TWO)
    ask_cancel(several)
    desk_requests.confirm(several, staff=APPROVER, number=ONE)
    assert desk_requests.carry_out(desk, staff=TANAKA, number=ONE).request.ended_by == "tanaka"
    assert state_of_id(desk) is RegistrationState.CANCELLED
