"""Leases of cases: a live one stops others until it is taken over; work renews it, a decision ends it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from ebidadmin.clock import SettableClock
from ebidadmin.domain.applications import ApplicationState
from ebidadmin.domain.events import EventTag
from ebidadmin.errors import (
    HeldByOtherError,
    IllegalTransitionError,
)
from ebidadmin.services import application_review as review
from ebidadmin.services.ports import Office
from tests.builders import (
    NOON,
    SUZUKI,
    TANAKA,
)
from tests.fakes import MemoryStore
from tests.services.helpers import put, tags
from tests.services.test_application_review import VERBS, brought_to


class TestClaims:
    @pytest.mark.parametrize("verb", ["approve", "reject", "inquire", "withdraw"])
    def test_a_live_lease_of_another_stops_a_decision_until_taken_over(
        self, desk: Office, store: MemoryStore, verb: str
    ) -> None:
        one = put(store)
        review.claim(desk, staff=SUZUKI, number=one.number)
        with pytest.raises(HeldByOtherError) as held:
            VERBS[verb](desk, one, TANAKA)
        assert held.value.facts["holder"] == "suzuki"
        assert store.tables.applications[one.number] == one
        needed: dict[str, dict[str, Any]] = {"reject": {"reasons": ("other",)}, "inquire": {"text": "?"}}
        getattr(review, verb)(
            desk, staff=TANAKA, number=one.number, version=1, take_over=True, **needed.get(verb, {})
        )
        assert EventTag.APPLICATION_CLAIM_TAKEN_OVER in tags(store)

    def test_a_lease_runs_out(self, desk: Office, store: MemoryStore, clock: SettableClock) -> None:
        one = put(store)
        review.claim(desk, staff=SUZUKI, number=one.number)
        clock.advance(timedelta(minutes=15))
        assert (
            review.approve(desk, staff=TANAKA, number=one.number, version=1).state
            is ApplicationState.APPROVED
        )
        assert EventTag.APPLICATION_CLAIM_TAKEN_OVER not in tags(store)

    def test_work_renews_a_lease_and_a_decision_ends_it(
        self, desk: Office, store: MemoryStore, clock: SettableClock
    ) -> None:
        one = put(store)
        review.claim(desk, staff=TANAKA, number=one.number)
        clock.advance(timedelta(minutes=10))
        review.note(desk, staff=TANAKA, number=one.number, text="調査中")
        assert store.tables.claims[one.number].until == clock.now() + timedelta(minutes=15)
        review.inquire(desk, staff=TANAKA, number=one.number, version=1, text="?")
        assert store.tables.claims[one.number].holder == "tanaka"
        review.withdraw(desk, staff=TANAKA, number=one.number, version=2)
        assert store.tables.claims[one.number].holder is None

    def test_claiming_renewing_taking_over_releasing(self, desk: Office, store: MemoryStore) -> None:
        one = put(store)
        assert review.release(desk, staff=TANAKA, number=one.number) is None
        review.claim(desk, staff=TANAKA, number=one.number)
        review.claim(desk, staff=TANAKA, number=one.number)
        with pytest.raises(HeldByOtherError):
            review.claim(desk, staff=SUZUKI, number=one.number)
        review.claim(desk, staff=SUZUKI, number=one.number, take_over=True)
        with pytest.raises(HeldByOtherError):
            review.release(desk, staff=TANAKA, number=one.number)
        given_back = review.release(desk, staff=SUZUKI, number=one.number)
        assert given_back is not None
        assert given_back.holder is None
        assert review.release(desk, staff=SUZUKI, number=one.number) == given_back
        assert [tag for tag in tags(store) if not tag.value.startswith("refused")] == [
            EventTag.APPLICATION_CLAIMED,
            EventTag.APPLICATION_CLAIM_RENEWED,
            EventTag.APPLICATION_CLAIM_TAKEN_OVER,
            EventTag.APPLICATION_CLAIM_RELEASED,
        ]

    def test_a_decided_case_cannot_be_claimed(self, desk: Office, store: MemoryStore) -> None:
        one = brought_to(desk, store, "withdrawn")
        with pytest.raises(IllegalTransitionError):
            review.claim(desk, staff=TANAKA, number=one.number)

    def test_a_lease_never_blocks_reading(self, desk: Office, store: MemoryStore) -> None:
        one = put(store)
        review.claim(desk, staff=SUZUKI, number=one.number)
        case = review.dossier(desk, staff=TANAKA, number=one.number)
        assert case.claim is not None
        assert case.claim.held_by_other("tanaka", NOON)
