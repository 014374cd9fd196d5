"""Leases: a live one keeps others off, a dead one nobody, and whoever takes one over is named."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ebidadmin.domain import claims
from ebidadmin.domain.claims import DEFAULT_LEASE, Claim
from ebidadmin.domain.events import EventTag
from ebidadmin.errors import HeldByOtherError
from tests.builders import NOON, application_number

NUMBER = application_number(1)


def held(by: str = "suzuki") -> Claim:
    return claims.claim(None, application=NUMBER, by=by, at=NOON).after


@given(minutes=st.integers(0, 60), person=st.sampled_from(["suzuki", "tanaka"]), take_over=st.booleans())
def test_who_gets_the_case_and_what_the_trail_calls_it(minutes: int, person: str, take_over: bool) -> None:
    present, at = held(), NOON + timedelta(minutes=minutes)
    live = minutes < DEFAULT_LEASE / timedelta(minutes=1)
    if live and person != "suzuki" and not take_over:
        with pytest.raises(HeldByOtherError) as refused:
            claims.claim(present, application=NUMBER, by=person, at=at)
        assert refused.value.facts["holder"] == "suzuki"
        return
    moved = claims.claim(present, application=NUMBER, by=person, at=at, take_over=take_over)
    assert (moved.after.holder, moved.after.until, moved.after.version) == (person, at + DEFAULT_LEASE, 2)
    if not live:
        wanted = EventTag.APPLICATION_CLAIMED
    elif person == "suzuki":
        wanted = EventTag.APPLICATION_CLAIM_RENEWED
    else:
        wanted = EventTag.APPLICATION_CLAIM_TAKEN_OVER
    assert moved.events[0].tag is wanted
    assert moved.events[0].facts == ({} if person == "suzuki" else {"taken_from": "suzuki"})


def test_a_lease_ends_at_its_very_moment() -> None:
    present = held()
    assert present.held_by_other("tanaka", present.until - timedelta(microseconds=1))
    assert not present.held_by_other("tanaka", present.until)
    assert not present.held_by_other("suzuki", NOON)


def test_a_released_case_is_nobodys() -> None:
    free = claims.release(held(), by="suzuki", at=NOON).after
    assert (free.holder, free.version) == (None, 2)
    assert not free.held_by_other("tanaka", NOON - timedelta(minutes=1))
    again = claims.claim(free, application=NUMBER, by="tanaka", at=NOON)
    assert again.events[0].tag is EventTag.APPLICATION_CLAIMED
    assert again.events[0].facts == {}


def test_another_cannot_release_a_live_one() -> None:
    with pytest.raises(HeldByOtherError):
        claims.release(held(), by="tanaka", at=NOON)


def test_nobodys_case_refuses_nobody() -> None:
    claims.refuse_if_held(None, by="tanaka", at=NOON)
