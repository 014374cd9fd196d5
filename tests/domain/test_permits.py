"""Paper permits: their states, and the days on which they count."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ebidadmin.domain import permits
from ebidadmin.domain.events import EventTag
from ebidadmin.domain.ids import PermitId
from ebidadmin.domain.permits import DocumentNumber, PaperChannel, Permit, PermitState, Voiding
from ebidadmin.domain.transition import Transition
from ebidadmin.errors import IllegalTransitionError, InputError
from tests.builders import NOON, TODAY, document, permit, supplier_number

STEPS: dict[str, Callable[[Permit], Transition[Permit]]] = {
    "grant": lambda one: permits.grant(
        one, document=document(1), valid_from=TODAY, valid_to=None, by="tanaka", at=NOON
    ),
    "refuse": lambda one: permits.refuse(
        one, document=document(1), reasons=("other",), note=" 書類不備 ", by="tanaka", at=NOON
    ),
    "withdraw": lambda one: permits.withdraw(one, reason="申出", by="tanaka", at=NOON),
    "void": lambda one: permits.void(one, reason="別の業者の申請", by="tanaka", at=NOON),
}
NEXT = {
    ("requested", "grant"): "granted",
    ("requested", "refuse"): "refused",
    ("requested", "void"): "voided",
    ("granted", "withdraw"): "withdrawn",
    ("granted", "void"): "voided",
    ("refused", "void"): "voided",
}
TAGS = {
    "grant": EventTag.PERMIT_GRANTED,
    "refuse": EventTag.PERMIT_REFUSED,
    "withdraw": EventTag.PERMIT_WITHDRAWN,
    "void": EventTag.PERMIT_VOIDED,
}


def in_state(state: str) -> Permit:
    one = permit(granted=False)
    paths = {
        "granted": ["grant"],
        "refused": ["refuse"],
        "withdrawn": ["grant", "withdraw"],
        "voided": ["grant", "void"],
    }
    for verb in paths.get(state, []):
        one = STEPS[verb](one).after
    return one


@pytest.mark.parametrize("verb", STEPS)
@pytest.mark.parametrize("state", list(PermitState))
def test_every_verb_in_every_state(state: PermitState, verb: str) -> None:
    one = in_state(state.value)
    wanted = NEXT.get((state.value, verb))
    if wanted is None:
        with pytest.raises(IllegalTransitionError) as refused:
            STEPS[verb](one)
        told = {"subject": one.id, "state": state.value, "verb": verb}
        if verb in ("grant", "refuse") and state in (PermitState.GRANTED, PermitState.REFUSED):
            assert one.decided_at is not None
            told |= {"by": str(one.decided_by), "at": one.decided_at.isoformat()}
        assert dict(refused.value.facts) == told
        assert refused.value.code == ("already-decided" if "by" in told else "illegal-transition")
    else:
        moved = STEPS[verb](one)
        assert (moved.after.state.value, moved.after.version) == (wanted, one.version + 1)
        assert moved.events[0].before is not None
        assert moved.events[0].before["state"] == state.value
        assert moved.events[0].supplier_number == one.supplier_number


DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31))


@given(start=DAYS, length=st.none() | st.integers(0, 400), day=DAYS)
def test_it_counts_from_its_first_to_its_last_day(start: date, length: int | None, day: date) -> None:
    end = None if length is None else start + timedelta(days=length)
    one = permits.grant(
        permit(granted=False), document=document(1), valid_from=start, valid_to=end, by="t", at=NOON
    ).after
    assert one.in_force(day) == (start <= day and (end is None or day <= end))
    assert not permits.void(one, reason="x", by="t", at=NOON).after.in_force(day)


@given(start=DAYS, length=st.none() | st.integers(0, 400), wait=st.none() | st.integers(-5, 500), day=DAYS)
def test_a_withdrawal_leaves_what_was_before(
    start: date, length: int | None, wait: int | None, day: date
) -> None:
    end = None if length is None else start + timedelta(days=length)
    one = permits.grant(
        permit(granted=False), document=document(1), valid_from=start, valid_to=end, by="t", at=NOON
    ).after
    first = None if wait is None else TODAY + timedelta(days=wait)
    begins = first or TODAY
    past, over = begins < TODAY, end is not None and end < begins
    if past or over:
        with pytest.raises(InputError) as refused:
            permits.withdraw(one, reason="x", withdrawn_from=first, by="t", at=NOON)
        assert refused.value.code == ("date-in-past" if past else "withdrawal-after-end")
        return
    after = permits.withdraw(one, reason="x", withdrawn_from=first, by="t", at=NOON).after
    assert after.withdrawn_from == begins
    assert after.in_force(day) == (one.in_force(day) and day < begins)


def test_one_withdrawn_before_days_were_recorded_counts_on_no_day() -> None:
    old = permit(state=PermitState.WITHDRAWN)
    assert old.withdrawn_from is None
    assert not old.in_force(TODAY)


def test_a_request_alone_permits_nothing() -> None:
    assert not permit(granted=False).in_force(TODAY)
    assert not in_state("refused").in_force(TODAY)


def test_dates_out_of_order_name_both() -> None:
    with pytest.raises(InputError) as refused:
        permits.grant(
            permit(granted=False),
            document=document(1),
            valid_from=TODAY,
            valid_to=TODAY - timedelta(days=1),
            by="t",
            at=NOON,
        )
    assert refused.value.problems[0].facts == {"valid_from": "2026-10-07", "valid_to": "2026-10-06"}


@pytest.mark.parametrize("verb", ["withdraw", "void"])
def test_a_reason_is_needed(verb: str) -> None:
    with pytest.raises(InputError) as refused:
        getattr(permits, verb)(in_state("granted"), reason=" ", by="t", at=NOON)
    assert refused.value.code == "reason-missing"


def test_a_refusal_needs_a_coded_reason_and_keeps_each_once() -> None:
    one = permit(granted=False)
    given: dict[str, Any] = {"document": document(1), "by": "t", "at": NOON}
    with pytest.raises(InputError) as refused:
        permits.refuse(one, reasons=(), note="書類不備", **given)
    assert refused.value.code == "reason-missing"
    after = permits.refuse(one, reasons=("other", "name-differs", "other"), note=" x ", **given).after
    assert (after.refusal_reasons, after.reason) == (("other", "name-differs"), "x")


@pytest.mark.parametrize("verb", ["grant", "refuse"])
def test_a_decision_keeps_its_number_its_moment_and_who_decided(verb: str) -> None:
    after = STEPS[verb](permit(granted=False)).after
    assert (after.document, after.decided_at, after.decided_by) == (document(1), NOON, "tanaka")
    void = permits.void(after, reason=" 誤り ", by="suzuki", at=NOON + timedelta(hours=1)).after
    assert (void.document, void.decided_by) == (document(1), "tanaka")
    assert void.voiding == Voiding(NOON + timedelta(hours=1), "suzuki", "誤り")


@pytest.mark.parametrize(
    ("at", "year"),
    [(datetime(2027, 3, 31, 14, 59, 59, tzinfo=UTC), 2026), (datetime(2027, 3, 31, 15, tzinfo=UTC), 2027)],
)
def test_a_number_belongs_to_the_fiscal_year_of_the_decision_in_japan(at: datetime, year: int) -> None:
    days: dict[str, Any] = {"valid_from": TODAY, "valid_to": None}
    asked = permit(granted=False)
    assert permits.grant(asked, document=DocumentNumber(year, 1), **days, by="t", at=at).after.document
    with pytest.raises(ValueError, match="fiscal year"):
        permits.grant(asked, document=DocumentNumber(4053 - year, 1), **days, by="t", at=at)


@given(st.lists(st.sampled_from(sorted(STEPS)), max_size=8))
def test_whatever_is_tried_only_legal_steps_happen_each_with_its_event_and_one_number_at_most(
    verbs: list[str],
) -> None:
    one = permit(granted=False)
    numbers: list[DocumentNumber] = []
    for verb in verbs:
        wanted = NEXT.get((one.state.value, verb))
        try:
            moved = STEPS[verb](one)
        except IllegalTransitionError:
            assert wanted is None
            continue
        (event,) = moved.events
        assert (moved.after.state.value, event.tag, moved.after.version) == (
            wanted,
            TAGS[verb],
            one.version + 1,
        )
        assert event.before == permits.as_audit_map(one)
        assert event.after == permits.as_audit_map(moved.after)
        if one.document is None and moved.after.document is not None:
            numbers.append(moved.after.document)
        else:
            assert moved.after.document == one.document
        one = moved.after
    assert len(numbers) <= 1
    json.dumps(permits.as_audit_map(one))


def test_a_receipt_is_not_in_the_future_as_japan_counts_days() -> None:
    late_evening = datetime(2026, 10, 7, 15, 30, tzinfo=UTC)  # already the 8th in Japan
    for day, fine in ((date(2026, 10, 8), True), (date(2026, 10, 9), False)):
        try:
            recorded = permits.record(
                permit_id=PermitId("P000001"),
                supplier_number=supplier_number(),
                received=day,
                channel=PaperChannel.COUNTER,
                by="t",
                at=late_evening,
                note=" 控えあり ",
            )
        except InputError:
            assert not fine
        else:
            assert fine
            assert recorded.after.note == "控えあり"
