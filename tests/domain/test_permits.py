"""Paper permits: their states, and the days on which they count."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ebidadmin.domain import permits
from ebidadmin.domain.ids import PermitId
from ebidadmin.domain.permits import PaperChannel, Permit, PermitState
from ebidadmin.domain.transition import Transition
from ebidadmin.errors import IllegalTransitionError, InputError
from tests.builders import NOON, TODAY, permit, supplier_number

STEPS: dict[str, Callable[[Permit], Transition[Permit]]] = {
    "grant": lambda one: permits.grant(one, valid_from=TODAY, valid_to=None, by="tanaka", at=NOON),
    "refuse": lambda one: permits.refuse(one, reason="書類不備", by="tanaka", at=NOON),
    "withdraw": lambda one: permits.withdraw(one, reason="申出", by="tanaka", at=NOON),
}
NEXT = {
    ("requested", "grant"): "granted",
    ("requested", "refuse"): "refused",
    ("granted", "withdraw"): "withdrawn",
}


def in_state(state: str) -> Permit:
    one = permit(granted=False)
    path = {"granted": ["grant"], "refused": ["refuse"], "withdrawn": ["grant", "withdraw"]}.get(state, [])
    for verb in path:
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
        assert dict(refused.value.facts) == {"subject": one.id, "state": state.value, "verb": verb}
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
    one = permits.grant(permit(granted=False), valid_from=start, valid_to=end, by="t", at=NOON).after
    assert one.in_force(day) == (start <= day and (end is None or day <= end))
    assert not permits.withdraw(one, reason="x", by="t", at=NOON).after.in_force(day)


def test_a_request_alone_permits_nothing() -> None:
    assert not permit(granted=False).in_force(TODAY)
    assert not in_state("refused").in_force(TODAY)


def test_dates_out_of_order_name_both() -> None:
    with pytest.raises(InputError) as refused:
        permits.grant(
            permit(granted=False), valid_from=TODAY, valid_to=TODAY - timedelta(days=1), by="t", at=NOON
        )
    assert refused.value.problems[0].facts == {"valid_from": "2026-10-07", "valid_to": "2026-10-06"}


@pytest.mark.parametrize("verb", ["refuse", "withdraw"])
def test_a_reason_is_needed(verb: str) -> None:
    one = in_state("requested" if verb == "refuse" else "granted")
    with pytest.raises(InputError):
        getattr(permits, verb)(one, reason=" ", by="t", at=NOON)


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
