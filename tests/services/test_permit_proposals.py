"""With the setting on, a permit is decided by two, whatever way it is tried; without it nothing is different. In memory as on SQL."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from ebidadmin.clock import SettableClock
from ebidadmin.domain.events import EventTag, Subject, SubjectKind
from ebidadmin.domain.ids import PermitId, ProposalId
from ebidadmin.domain.permit_proposals import Over, PermitAct, PermitProposal
from ebidadmin.domain.permits import DocumentNumber, PaperChannel, PermitState
from ebidadmin.domain.second_person import RequestState
from ebidadmin.domain.staff import Role, Staff
from ebidadmin.errors import EbidError, NotFoundError, NotPermittedError
from ebidadmin.services import permit_proposals, permits
from ebidadmin.services.permit_proposals import Listed
from ebidadmin.services.ports import Office
from ebidadmin.services.settings import Settings
from tests.builders import AUDITOR, HELPER, NOON, SUZUKI, TANAKA, TODAY, qualification
from tests.conftest import FreshDatabase
from tests.fakes import MemoryStore, office
from tests.sql_store import SqlStore

APPROVER = Staff("kacho", frozenset({Role.APPROVER}))


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def desk(request: pytest.FixtureRequest, clock: SettableClock, fresh_database: FreshDatabase) -> Office:
    """An office that wants a second person, with one request of a supplier in the register."""
    store = (
        MemoryStore(clock) if request.param == "memory" else SqlStore(fresh_database(request.param), clock)
    )
    store.import_register(qualification(94))
    made = office(store, settings=Settings(permit_second_person=True))
    recorded(made)
    return made


ONE = PermitId("P000001")
NUMBER = ProposalId("Q000001")


def recorded(desk: Office, number: str = "190000094") -> PermitId:
    return permits.record(
        desk, staff=TANAKA, supplier_number=number, received=TODAY, channel=PaperChannel.FAX
    ).id


def ask(
    desk: Office,
    act: PermitAct = PermitAct.GRANT,
    permit: PermitId = ONE,
    staff: Staff = TANAKA,
    **asked: Any,
) -> PermitProposal:
    return permit_proposals.propose(desk, staff=staff, permit_id=permit, act=act, **asked)


def granted(desk: Office) -> PermitId:
    ask(desk)
    permit_proposals.confirm(desk, staff=SUZUKI, number=NUMBER)
    return ONE


def refused(code: str, work: Callable[[], object]) -> EbidError:
    with pytest.raises(EbidError) as caught:
        work()
    assert caught.value.code == code, caught.value
    return caught.value


def stored(desk: Office) -> tuple[PermitProposal, Any]:
    with desk.uow() as uow:
        return uow.permit_proposals.get(NUMBER), uow.permits.get(ONE)


def test_one_asks_another_decides_and_the_number_comes_with_the_decision(
    desk: Office, clock: SettableClock
) -> None:
    one = ask(desk)
    assert (one.id, one.requested_by, one.binding.valid_to) == (NUMBER, "tanaka", date(2028, 3, 31))
    assert stored(desk)[1].state is PermitState.REQUESTED
    clock.advance(timedelta(days=1))
    confirmed, permit = permit_proposals.confirm(desk, staff=SUZUKI, number=NUMBER)
    assert (confirmed, permit) == stored(desk)
    assert (confirmed.state, confirmed.confirmed_by) == (RequestState.CONFIRMED, "suzuki")
    assert (permit.state, permit.document, permit.decided_by) == (
        PermitState.GRANTED,
        DocumentNumber(2026, 1),
        "suzuki",
    )
    assert (permit.valid_from, permit.valid_to) == (TODAY + timedelta(days=1), date(2028, 3, 31))
    with desk.uow() as uow:
        own = uow.audit.list(subject=Subject(SubjectKind.PERMIT_PROPOSAL, NUMBER))
        decision = uow.audit.last_of(Subject(SubjectKind.PERMIT, ONE))
        trail = uow.audit.list(supplier=permit.supplier_number)
    assert [(entry.event.tag, entry.event.by) for entry in own] == [
        (EventTag.PERMIT_PROPOSAL_MADE, "tanaka"),
        (EventTag.PERMIT_PROPOSAL_CONFIRMED, "suzuki"),
    ]
    assert decision is not None
    assert (decision.event.tag, dict(decision.event.facts)) == (
        EventTag.PERMIT_GRANTED,
        {"proposal": NUMBER, "requested_by": "tanaka", "confirmed_by": "suzuki"},
    )
    assert {entry.event.tag for entry in own} <= {entry.event.tag for entry in trail}


def test_every_decision_of_a_permits_life_takes_two(desk: Office) -> None:
    granted(desk)
    ask(desk, PermitAct.WITHDRAW, wording="申出", staff=SUZUKI)
    _, gone = permit_proposals.confirm(desk, staff=APPROVER, number=ProposalId("Q000002"))
    assert (gone.state, gone.withdrawn_from, gone.reason) == (PermitState.WITHDRAWN, TODAY, "申出")
    other = recorded(desk)
    ask(desk, PermitAct.REFUSE, other, reasons=("form-incomplete",), wording="押印がない")
    _, no = permit_proposals.confirm(desk, staff=SUZUKI, number=ProposalId("Q000003"))
    assert (no.state, no.document, no.refusal_reasons) == (
        PermitState.REFUSED,
        DocumentNumber(2026, 2),
        ("form-incomplete",),
    )
    ask(desk, PermitAct.VOID, other, wording="別の業者")
    _, void = permit_proposals.confirm(desk, staff=SUZUKI, number=ProposalId("Q000004"))
    assert (void.state, void.document) == (PermitState.VOIDED, DocumentNumber(2026, 2))


def test_alone_nothing_is_decided(desk: Office) -> None:
    for work in (
        lambda: permits.grant(desk, staff=TANAKA, permit_id=ONE),
        lambda: permits.refuse(desk, staff=TANAKA, permit_id=ONE, reasons=("other",)),
        lambda: permits.withdraw(desk, staff=TANAKA, permit_id=ONE, reason="x"),
    ):
        refused("permit-needs-second-person", work)
    granted(desk)
    refused(
        "permit-needs-second-person",
        lambda: permits.void(desk, staff=TANAKA, permit_id=ONE, reason="x"),
    )
    # What was recorded by mistake and is not decided: no letter says anything about it.
    slip = recorded(desk)
    assert not permit_proposals.needed(desk, permit_id=slip, act=PermitAct.VOID)
    refused("proposal-not-needed", lambda: ask(desk, PermitAct.VOID, slip, wording="x"))
    assert permits.void(desk, staff=TANAKA, permit_id=slip, reason="x").state is PermitState.VOIDED


def test_without_the_setting_ones_own_word_is_enough(desk: Office) -> None:
    single = replace(desk, settings=Settings())
    assert not permit_proposals.needed(single, permit_id=ONE, act=PermitAct.GRANT)
    refused("proposal-not-needed", lambda: ask(single))
    assert permits.grant(single, staff=TANAKA, permit_id=ONE).document == DocumentNumber(2026, 1)


def test_ones_own_confirmation_is_refused_and_stands_in_the_trail(desk: Office) -> None:
    ask(desk)
    for login in ("tanaka", " TANAKA"):
        mine = replace(TANAKA, login=login)
        refused("own-request", partial(permit_proposals.confirm, desk, staff=mine, number=NUMBER))
        refused("own-request", partial(permit_proposals.decline, desk, staff=mine, number=NUMBER, reason="x"))
    assert stored(desk)[1].document is None
    with desk.uow() as uow:
        last = uow.audit.last_of(Subject(SubjectKind.PERMIT_PROPOSAL, NUMBER))
    assert last is not None
    assert (last.event.tag, last.event.facts["code"]) == (EventTag.REFUSED_BY_RULE, "own-request")
    assert last.event.supplier_number == "190000094"
    permit_proposals.confirm(desk, staff=SUZUKI, number=NUMBER)
    assert stored(desk)[1].document == DocumentNumber(2026, 1), "refused attempts cost no number"


def test_a_permit_that_changed_meanwhile_is_refused_with_who_and_when(
    desk: Office, clock: SettableClock
) -> None:
    ask(desk)
    clock.advance(timedelta(minutes=5))
    permits.void(desk, staff=SUZUKI, permit_id=ONE, reason="二重に記録した")
    confirm = partial(permit_proposals.confirm, desk, staff=APPROVER, number=NUMBER)
    assert dict(refused("concurrent-edit", confirm).facts) == {
        "kind": "permit",
        "id": ONE,
        "by": "suzuki",
        "at": (NOON + timedelta(minutes=5)).isoformat(),
        "state": "voided",
    }
    again = refused("concurrent-edit", confirm).facts
    assert (again["kind"], again["by"], again["state"]) == ("permit-proposal", "kacho", "expired")
    ended, permit = stored(desk)
    assert (ended.state, ended.reason) == (RequestState.EXPIRED, "permit-changed")
    assert (permit.state, permit.document) == (PermitState.VOIDED, None)


def test_the_later_of_two_is_told_who_was_first_and_when(desk: Office) -> None:
    granted(desk)
    for work in (
        lambda: permit_proposals.confirm(desk, staff=APPROVER, number=NUMBER),
        lambda: permit_proposals.decline(desk, staff=APPROVER, number=NUMBER, reason="x"),
        lambda: permit_proposals.withdraw(desk, staff=TANAKA, number=NUMBER),
    ):
        error = refused("concurrent-edit", work)
        assert dict(error.facts) == {
            "kind": "permit-proposal",
            "id": NUMBER,
            "by": "suzuki",
            "at": NOON.isoformat(),
            "state": "confirmed",
        }
    assert stored(desk)[1].document == DocumentNumber(2026, 1)


def test_it_ends_with_its_working_days(desk: Office, clock: SettableClock) -> None:
    one = ask(desk)
    # Wednesday noon; five working days later is a Thursday, because Monday the 12th is a holiday.
    assert one.expires_at - one.requested_at == timedelta(days=8, hours=12)
    assert permit_proposals.waiting(desk) == 1
    clock.set(one.expires_at)
    assert permit_proposals.waiting(desk) == 0
    assert permit_proposals.list_all(desk, staff=TANAKA) == (Listed(one, Over.LIFETIME, own=True),)
    error = refused("illegal-transition", lambda: permit_proposals.confirm(desk, staff=SUZUKI, number=NUMBER))
    assert error.facts["state"] == "expired"
    assert stored(desk)[0].reason == "lifetime"
    again = ask(desk, staff=SUZUKI)
    assert again.id == "Q000002"
    assert [one.proposal for one in permit_proposals.list_all(desk, staff=AUDITOR)] == [again]
    assert len(permit_proposals.list_all(desk, staff=AUDITOR, open_only=False)) == 2


def test_a_new_proposal_takes_the_place_of_one_that_is_over(desk: Office, clock: SettableClock) -> None:
    one = ask(desk)
    clock.set(one.expires_at)
    ask(desk)
    ended = stored(desk)[0]
    assert (ended.state, ended.ended_by) == (RequestState.EXPIRED, "tanaka")


def test_the_lifetime_is_a_setting(desk: Office) -> None:
    short = replace(desk, settings=Settings(permit_second_person=True, permit_request_days=1))
    assert ask(short).expires_at == datetime(2026, 10, 8, 15, tzinfo=UTC)


def test_of_one_permit_there_is_one_open_proposal(desk: Office) -> None:
    ask(desk)
    error = refused("proposal-open", lambda: ask(desk, PermitAct.REFUSE, staff=SUZUKI, reasons=("other",)))
    assert dict(error.facts) == {"id": NUMBER, "permit": ONE, "by": "tanaka"}


def test_declined_or_taken_back_nothing_is_decided(desk: Office) -> None:
    ask(desk)
    refused("request-of-other", lambda: permit_proposals.withdraw(desk, staff=SUZUKI, number=NUMBER))
    assert permit_proposals.withdraw(desk, staff=TANAKA, number=NUMBER).state is RequestState.WITHDRAWN
    second = ask(desk).id
    refused(
        "reason-missing",
        lambda: permit_proposals.decline(desk, staff=SUZUKI, number=second, reason=" "),
    )
    done = permit_proposals.decline(desk, staff=SUZUKI, number=second, reason=" 期間が違う ")
    assert (done.state, done.reason, done.ended_by) == (RequestState.DECLINED, "期間が違う", "suzuki")
    assert stored(desk)[1].state is PermitState.REQUESTED


@pytest.mark.parametrize(
    ("act", "asked", "code"),
    [
        (PermitAct.GRANT, {"valid_to": date(2026, 10, 6)}, "dates-out-of-order"),
        (PermitAct.REFUSE, {"reasons": ("mood",)}, "reason-unknown"),
        (PermitAct.REFUSE, {}, "reason-missing"),
        (PermitAct.WITHDRAW, {"wording": "x"}, "illegal-transition"),
    ],
)
def test_nobody_is_asked_about_what_cannot_be_done(
    desk: Office, act: PermitAct, asked: dict[str, Any], code: str
) -> None:
    refused(code, lambda: ask(desk, act, **asked))
    assert permit_proposals.list_all(desk, staff=TANAKA, open_only=False) == ()


def test_what_somebody_saw_before_a_change_is_not_proposed(desk: Office) -> None:
    permits.void(desk, staff=SUZUKI, permit_id=ONE, reason="x")
    error = refused("changed-meanwhile", lambda: ask(desk, PermitAct.VOID, version=1, wording="x"))
    assert (error.facts["by"], error.facts["state"]) == ("suzuki", "voided")


def test_a_supplier_outside_the_register_needs_a_last_day(desk: Office) -> None:
    other = recorded(desk, "000000001")
    refused("last-day-missing", lambda: ask(desk, permit=other))
    assert ask(desk, permit=other, valid_to=date(2027, 3, 31)).binding.valid_to == date(2027, 3, 31)


def test_who_may(desk: Office) -> None:
    for staff in (APPROVER, AUDITOR):
        with pytest.raises(NotPermittedError):
            ask(desk, staff=staff)
    ask(desk)
    for work in (
        lambda: permit_proposals.confirm(desk, staff=AUDITOR, number=NUMBER),
        lambda: permit_proposals.decline(desk, staff=HELPER, number=NUMBER, reason="x"),
        lambda: permit_proposals.withdraw(desk, staff=APPROVER, number=NUMBER),
        lambda: permit_proposals.list_all(desk, staff=HELPER),
    ):
        with pytest.raises(NotPermittedError):
            work()
    with pytest.raises(NotFoundError):
        permit_proposals.confirm(desk, staff=SUZUKI, number=ProposalId("Q000009"))
    assert permit_proposals.confirm(desk, staff=APPROVER, number=NUMBER)[1].decided_by == "kacho"
