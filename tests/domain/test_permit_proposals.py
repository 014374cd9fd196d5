"""Proposals about permits: nothing is decided that no second person confirmed as it was asked, in time, about the permit as it was seen."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ebidadmin.domain import permit_proposals as proposals
from ebidadmin.domain import permits
from ebidadmin.domain.events import EventTag, SubjectKind
from ebidadmin.domain.ids import ProposalId
from ebidadmin.domain.permit_proposals import NUMBERED, Over, PermitAct, PermitProposal
from ebidadmin.domain.permits import Permit, PermitState
from ebidadmin.domain.second_person import RequestState
from ebidadmin.domain.transition import Transition
from ebidadmin.errors import EbidError, IllegalTransitionError, InputError, RuleError, StalePlanError
from tests.builders import NOON, TODAY, document, permit

DEADLINE = NOON + timedelta(days=7)
ASKED: dict[PermitAct, dict[str, Any]] = {
    PermitAct.GRANT: {"valid_to": date(2028, 3, 31)},
    PermitAct.REFUSE: {"reasons": ("other", "name-differs", "other"), "wording": " 押印がない "},
    PermitAct.WITHDRAW: {"wording": "申出", "withdrawn_from": date(2026, 10, 9)},
    PermitAct.VOID: {"wording": "別の業者の申請"},
}
OUTCOME = {
    PermitAct.GRANT: PermitState.GRANTED,
    PermitAct.REFUSE: PermitState.REFUSED,
    PermitAct.WITHDRAW: PermitState.WITHDRAWN,
    PermitAct.VOID: PermitState.VOIDED,
}


def about(act: PermitAct) -> Permit:
    """A permit to which that can be done."""
    return permit(granted=act in (PermitAct.WITHDRAW, PermitAct.VOID))


def asked(
    act: PermitAct = PermitAct.GRANT, by: str = "tanaka", *, seen: Permit | None = None, **changes: Any
) -> Transition[PermitProposal]:
    one = seen or about(act)
    given: dict[str, Any] = {"number": ProposalId("Q000001"), "expires_at": DEADLINE, "by": by, "at": NOON}
    return proposals.propose(one, proposals.bound(one, act, **ASKED[act]), **{**given, **changes})


def confirm(
    one: PermitProposal, seen: Permit, by: str = "suzuki", at: datetime = NOON
) -> tuple[Transition[PermitProposal], Transition[Permit]]:
    number = document(7) if one.binding.act in NUMBERED else None
    return proposals.confirm(one, seen, document=number, by=by, at=at)


SEEN = about(PermitAct.GRANT)
STEPS: dict[str, Callable[[PermitProposal], Transition[PermitProposal]]] = {
    "confirm": lambda one: confirm(one, SEEN)[0],
    "decline": lambda one: proposals.decline(one, reason="期間が違う", by="suzuki", at=NOON),
    "withdraw": lambda one: proposals.withdraw(one, by="Tanaka", at=NOON),
    "expire": lambda one: proposals.expire(one, SEEN, by="sato", at=DEADLINE),
}
ENDS = {"confirm": "confirmed", "decline": "declined", "withdraw": "withdrawn", "expire": "expired"}


@pytest.mark.parametrize("verb", STEPS)
@pytest.mark.parametrize("before", ["", *STEPS])
def test_every_verb_happens_once_and_only_to_what_waits(before: str, verb: str) -> None:
    one = asked().after
    if before:
        one = STEPS[before](one).after
        with pytest.raises(IllegalTransitionError) as refused:
            STEPS[verb](one)
        assert dict(refused.value.facts) == {"subject": one.id, "state": ENDS[before], "verb": verb}
        return
    moved = STEPS[verb](one)
    assert (moved.after.state.value, moved.after.version, moved.after.is_open) == (ENDS[verb], 2, False)
    (event,) = moved.events
    assert (event.subject.kind, event.supplier_number) == (SubjectKind.PERMIT_PROPOSAL, "190000092")
    assert (event.before, event.after) == (proposals.as_audit_map(one), proposals.as_audit_map(moved.after))
    json.dumps(event.after)


@pytest.mark.parametrize("act", PermitAct)
def test_a_confirmation_does_exactly_what_was_asked_and_names_both(act: PermitAct) -> None:
    seen, one = about(act), asked(act).after
    confirmed, done = confirm(one, seen, at=NOON + timedelta(days=1))
    assert (confirmed.after.confirmed_by, confirmed.after.confirmed_at) == (
        "suzuki",
        NOON + timedelta(days=1),
    )
    after, (event,) = done.after, done.events
    assert (after.state, after.version) == (OUTCOME[act], seen.version + 1)
    assert dict(event.facts) == {"proposal": "Q000001", "requested_by": "tanaka", "confirmed_by": "suzuki"}
    assert event.by == "suzuki"
    match act:
        case PermitAct.GRANT:
            assert (after.valid_from, after.valid_to) == (TODAY + timedelta(days=1), date(2028, 3, 31))
            assert (after.document, after.decided_by) == (document(7), "suzuki")
        case PermitAct.REFUSE:
            assert (after.refusal_reasons, after.reason) == (("other", "name-differs"), "押印がない")
            assert after.document == document(7)
        case PermitAct.WITHDRAW:
            assert (after.withdrawn_from, after.reason) == (date(2026, 10, 9), "申出")
        case PermitAct.VOID:
            assert after.voiding is not None
            assert (after.voiding.reason, after.voiding.by) == ("別の業者の申請", "suzuki")


@pytest.mark.parametrize("login", ["tanaka", "TANAKA", "Tanaka ", " tanaka"])
def test_nobody_confirms_or_declines_their_own(login: str) -> None:
    one = asked().after
    with pytest.raises(RuleError, match="own-request"):
        confirm(one, SEEN, login)
    with pytest.raises(RuleError, match="own-request"):
        proposals.decline(one, reason="x", by=login, at=NOON)
    with pytest.raises(RuleError, match="request-of-other"):
        proposals.withdraw(one, by="suzuki", at=NOON)
    with pytest.raises(InputError, match="reason-missing"):
        proposals.decline(one, reason=" ", by="suzuki", at=NOON)


@pytest.mark.parametrize(
    "now",
    [
        permits.void(SEEN, reason="x", by="sato", at=NOON).after,
        replace(SEEN, note="around the services"),
        replace(SEEN, version=2),
    ],
)
def test_a_permit_that_is_not_what_was_seen_is_not_decided(now: Permit) -> None:
    one = asked().after
    assert one.over(now, at=NOON) is Over.PERMIT_CHANGED
    with pytest.raises(StalePlanError, match="proposal-stale"):
        confirm(one, now)
    gone = proposals.expire(one, now, by="sato", at=NOON).after
    assert (gone.state, gone.reason, gone.ended_by) == (RequestState.EXPIRED, "permit-changed", "sato")
    assert gone.over(now, at=NOON) is None


def test_after_its_time_nothing_comes_of_it_and_before_it_does_not_expire() -> None:
    one = asked().after
    with pytest.raises(IllegalTransitionError, match="expired"):
        confirm(one, SEEN, at=DEADLINE)
    with pytest.raises(IllegalTransitionError):
        proposals.expire(one, SEEN, by="sato", at=DEADLINE - timedelta(seconds=1))


def test_a_withdrawal_from_a_day_on_waits_no_longer_than_that_day() -> None:
    # Friday the 9th of October ends at 15:00 in UTC.
    assert asked(PermitAct.WITHDRAW).after.expires_at == datetime(2026, 10, 9, 15, tzinfo=UTC)
    assert asked(PermitAct.GRANT).after.expires_at == DEADLINE
    late = datetime(2026, 10, 8, tzinfo=UTC)
    assert asked(PermitAct.WITHDRAW, expires_at=late).after.expires_at == late


@pytest.mark.parametrize(
    ("act", "changes", "seen", "code"),
    [
        (PermitAct.GRANT, {"valid_to": date(2026, 10, 6)}, None, "dates-out-of-order"),
        (PermitAct.GRANT, {}, permit(), "already-decided"),
        (PermitAct.REFUSE, {"reasons": ()}, None, "reason-missing"),
        (PermitAct.WITHDRAW, {"withdrawn_from": date(2026, 10, 6)}, None, "date-in-past"),
        (PermitAct.WITHDRAW, {"wording": " "}, None, "reason-missing"),
        (PermitAct.VOID, {"wording": ""}, None, "reason-missing"),
    ],
)
def test_nobody_is_asked_about_what_cannot_be_done(
    act: PermitAct, changes: dict[str, Any], seen: Permit | None, code: str
) -> None:
    one = seen or about(act)
    binding = proposals.bound(one, act, **{**ASKED[act], **changes})
    with pytest.raises(EbidError) as refused:
        proposals.propose(one, binding, number=ProposalId("Q1"), expires_at=DEADLINE, by="tanaka", at=NOON)
    assert refused.value.code == code


def test_a_decision_without_a_number_is_a_defect() -> None:
    with pytest.raises(ValueError, match="number"):
        proposals.confirm(asked().after, SEEN, document=None, by="suzuki", at=NOON)


def test_what_is_recorded_by_mistake_and_not_decided_needs_nobody() -> None:
    undecided, granted = permit(granted=False), permit()
    assert not proposals.needs_second_person(PermitAct.VOID, undecided)
    assert proposals.needs_second_person(PermitAct.VOID, granted)
    assert all(proposals.needs_second_person(act, undecided) for act in PermitAct if act != "void")


PEOPLE = st.sampled_from(["tanaka", "TANAKA", "suzuki", "sato"])
MOMENTS = st.sampled_from([NOON, NOON + timedelta(days=1), DEADLINE - timedelta(seconds=1), DEADLINE])
TRIES = st.tuples(st.sampled_from([*STEPS, "touch"]), PEOPLE, MOMENTS)


def attempt(one: PermitProposal, seen: Permit, verb: str, by: str, at: datetime) -> tuple[Any, Permit]:
    match verb:
        case "confirm":
            confirmed, done = confirm(one, seen, by, at)
            return confirmed.after, done.after
        case "decline":
            return proposals.decline(one, reason="x", by=by, at=at).after, seen
        case "withdraw":
            return proposals.withdraw(one, by=by, at=at).after, seen
        case "expire":
            return proposals.expire(one, seen, by=by, at=at).after, seen
        case _:
            return one, permits.void(seen, reason="x", by=by, at=at).after


@given(act=st.sampled_from(PermitAct), asker=PEOPLE, tries=st.lists(TRIES, max_size=10))
def test_nothing_is_decided_that_no_second_person_confirmed_in_time(
    act: PermitAct, asker: str, tries: list[tuple[str, str, datetime]]
) -> None:
    seen = about(act)
    one, now = asked(act, asker).after, seen
    for verb, by, at in tries:
        before, permit_before = one, now
        try:
            one, now = attempt(one, now, verb, by, at)
        except EbidError:
            continue
        assert before.is_open or verb == "touch"
        if verb == "confirm":
            assert permit_before == seen, "exactly the permit that was seen"
            assert by.casefold() != asker.casefold()
            assert at < one.expires_at
            assert now.state is OUTCOME[act]
        elif verb != "touch":
            assert now == permit_before, "nothing else decides"
        assert one.binding == before.binding
        assert (one.requested_by, one.version) == (asker, before.version + (one is not before))
    assert one.is_open == (one.state is RequestState.REQUESTED)
    assert (one.state is RequestState.CONFIRMED) == (one.confirmed_by is not None)
    assert (one.ended_at is None) == (one.state in (RequestState.REQUESTED, RequestState.CONFIRMED))


def test_the_trail_has_a_word_for_each_end() -> None:
    assert asked().events[0].tag is EventTag.PERMIT_PROPOSAL_MADE
    assert {verb: step(asked().after).events[0].tag.value for verb, step in STEPS.items()} == {
        verb: f"permit-proposal:{end}" for verb, end in ENDS.items()
    }
