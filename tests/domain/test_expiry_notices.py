"""A card is told of its end once for a period, while there is something to tell, and never afterwards."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ebidadmin.domain.cards import LIVE_CARD_STATES, CardState
from ebidadmin.domain.events import EventTag, SubjectKind
from ebidadmin.domain.expiry_notices import ExpiryNotice, tell
from tests.cards.builders import kept, registered

CARD = registered()
END = CARD.certificate.not_after
PERIOD = timedelta(days=60)


def told(*, days: int) -> ExpiryNotice:
    made = tell(CARD, (), notice=timedelta(days=days), by="tanaka", at=END)
    assert made is not None
    return made.after


def test_a_notice_says_which_card_period_and_end() -> None:
    at = END - timedelta(days=3)
    made = tell(CARD, (), notice=PERIOD, by="tanaka", at=at)
    assert made is not None
    assert (made.after.card, made.after.days, made.after.not_after) == (CARD.id, 60, END)
    (event,) = made.events
    assert (event.tag, event.subject.kind, event.subject.id) == (
        EventTag.CARD_EXPIRY_TOLD,
        SubjectKind.CARD,
        CARD.id,
    )
    assert (event.at, event.by, event.supplier_number) == (at, "tanaka", CARD.supplier_number)


@pytest.mark.parametrize(
    ("before", "owed"),
    [
        (PERIOD + timedelta(seconds=1), False),
        (PERIOD, True),
        (timedelta(0), True),
        (-timedelta(seconds=1), False),
    ],
    ids=["too-early", "first-moment", "last-moment", "too-late"],
)
def test_it_is_owed_from_the_period_to_the_end(before: timedelta, owed: bool) -> None:
    assert (tell(CARD, (), notice=PERIOD, by="tanaka", at=END - before) is not None) is owed


@pytest.mark.parametrize("state", list(CardState))
def test_a_card_that_is_not_live_is_told_nothing(state: CardState) -> None:
    made = tell(replace(CARD, state=state), (), notice=PERIOD, by="tanaka", at=END)
    assert (made is not None) is (state in LIVE_CARD_STATES)


def test_a_shorter_period_reminds_again_and_a_longer_one_does_not() -> None:
    earlier = [told(days=60)]
    assert tell(CARD, earlier, notice=timedelta(days=90), by="tanaka", at=END) is None
    assert tell(CARD, earlier, notice=timedelta(days=14), by="tanaka", at=END) is not None


@given(st.lists(st.tuples(st.integers(-30, 200), st.sampled_from([14, 30, 60, 90])), min_size=1, max_size=40))
def test_whoever_runs_when_and_with_which_period_no_period_tells_twice(runs: list[tuple[int, int]]) -> None:
    notices: list[ExpiryNotice] = []
    for days_before, period in sorted(runs, reverse=True):
        made = tell(
            CARD,
            notices,
            notice=timedelta(days=period),
            by="tanaka",
            at=END - timedelta(days=days_before),
        )
        notices += [] if made is None else [made.after]
    periods = [one.days for one in notices]
    assert periods == sorted(set(periods), reverse=True)
    owed = {period for days_before, period in runs if 0 <= days_before <= period}
    assert bool(periods) is bool(owed)
    if owed:
        assert min(periods) == min(owed)
    assert all(one.written_at <= END and END - one.written_at <= timedelta(days=one.days) for one in notices)


def test_a_certificate_of_another_day_is_another_matter() -> None:
    renewed = replace(CARD, certificate=kept(not_after=END + timedelta(days=700)))
    assert tell(renewed, (), notice=PERIOD, by="tanaka", at=END) is None
