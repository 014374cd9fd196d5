"""Walks through the card screens: their steps, what a proof is worth, and that nothing secret is in them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypedDict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ebidadmin.domain import card_sessions, case_records
from ebidadmin.domain.card_sessions import (
    STEPS,
    CardFlow,
    CardMode,
    CardSession,
    CardStep,
    SessionState,
    fresh_proof,
)
from ebidadmin.domain.ids import CardId, EnterpriseId
from ebidadmin.errors import IllegalTransitionError, RuleError
from tests.builders import NOON, batch_id, supplier_number
from tests.cards.builders import proven, session


class By(TypedDict):
    by: str
    at: datetime


BY: By = {"by": "tanaka", "at": NOON}


def forward(walk: CardSession) -> CardSession:
    """The way on from wherever the walk is."""
    match walk.step:
        case CardStep.PIN | CardStep.NEW_PIN:
            number = 92 if walk.step is CardStep.PIN else 93
            return card_sessions.proved(walk, proven(number), **BY).after
        case CardStep.CLIENT:
            return card_sessions.client_ready(walk, **BY).after
        case CardStep.SEARCH:
            return card_sessions.found(
                walk,
                supplier_number=supplier_number(),
                register_seen=batch_id(1),
                searched={"supplier_number": supplier_number()},
                typed={},
                match="identical",
                **BY,
            ).after
        case CardStep.FORM:
            return card_sessions.entered(walk, typed={"main_contact.name": "営業"}, **BY).after
        case _:
            return card_sessions.finish(
                walk, registration=CardId("K1"), enterprise_id=EnterpriseId("1" * 16), **BY
            ).after


@pytest.mark.parametrize("flow", CardFlow)
def test_every_flow_goes_through_its_steps(flow: CardFlow) -> None:
    walk, seen = session(flow), [CardStep.PIN]
    while walk.state is SessionState.OPEN:
        walk = forward(walk)
        seen.append(walk.step)
    assert tuple(seen) == STEPS[flow]
    assert walk.trail[-1].what == "registered"
    assert walk.version == len(seen)


VERBS = ("forward", "back", "abandon", "prove", "stumble", "finish")


@given(st.sampled_from(list(CardFlow)), st.lists(st.sampled_from(VERBS), max_size=30))
def test_a_walk_stays_on_its_way_and_ends_once(flow: CardFlow, verbs: list[str]) -> None:
    walk = session(flow)
    for verb in verbs:
        before = walk
        try:
            match verb:
                case "forward":
                    walk = forward(walk)
                case "back":
                    walk = card_sessions.back(walk, **BY).after
                case "abandon":
                    walk = card_sessions.abandon(walk, **BY).after
                case "prove":
                    walk = card_sessions.proved(walk, proven(92), **BY).after
                case "stumble":
                    walk = card_sessions.stumbled(walk, what="card-removed", facts={}, **BY).after
                case _:
                    walk = card_sessions.finish(walk, registration=None, enterprise_id=None, **BY).after
        except (IllegalTransitionError, RuleError):
            assert walk == before
            continue
        assert before.state is SessionState.OPEN
        assert walk.version == before.version + 1
        steps = STEPS[flow]
        assert abs(steps.index(walk.step) - steps.index(before.step)) <= 1
        assert len(walk.trail) <= card_sessions.LONGEST_TRAIL


def test_a_second_proof_must_be_of_a_card_that_the_walk_knows() -> None:
    walk = forward(session())
    again = card_sessions.proved(walk, proven(92, proved_at=NOON + timedelta(minutes=5)), **BY).after
    assert again.step is walk.step
    assert again.card is not None
    assert again.card.proved_at == NOON + timedelta(minutes=5)
    with pytest.raises(RuleError) as caught:
        card_sessions.proved(walk, proven(93), **BY)
    assert caught.value.code == "card-other"


def test_a_card_cannot_take_its_own_place() -> None:
    walk = forward(session(CardFlow.RENEWAL))
    with pytest.raises(RuleError) as caught:
        card_sessions.proved(walk, proven(92), **BY)
    assert caught.value.code == "card-same"
    renewing = forward(walk)
    assert (renewing.old, renewing.card) == (proven(92), proven(93))


@pytest.mark.parametrize(
    ("digest", "age", "counts"),
    [
        ("0" * 64, timedelta(0), True),
        ("0" * 64, timedelta(minutes=29, seconds=59), True),
        ("0" * 64, timedelta(minutes=30), False),
        ("0" * 64, timedelta(seconds=-1), False),
        ("1" * 64, timedelta(0), False),
        (None, timedelta(0), False),
    ],
    ids=["now", "just in time", "too old", "clock went back", "another program", "after a reload"],
)
def test_what_a_proof_is_worth(digest: str | None, age: timedelta, counts: bool) -> None:
    lifetime = timedelta(minutes=30)
    assert fresh_proof(proven(), challenge_digest=digest, lifetime=lifetime, at=NOON + age) is counts
    assert not fresh_proof(None, challenge_digest=digest, lifetime=lifetime, at=NOON)


def test_what_was_typed_for_another_supplier_is_gone_for_the_same_it_stays() -> None:
    at_form = forward(forward(forward(session())))
    typed = replace(at_form, typed={"main_contact.name": "営業"}, step=CardStep.SEARCH)
    same = forward(typed)
    assert same.typed == {"main_contact.name": "営業"}
    other = card_sessions.found(
        typed,
        supplier_number=supplier_number(93),
        register_seen=batch_id(1),
        searched={},
        typed={"main_contact.name": "既存"},
        match="identical",
        **BY,
    ).after
    assert other.typed == {"main_contact.name": "既存"}


def test_giving_up_erases_what_was_typed_and_read() -> None:
    walk = forward(forward(forward(forward(session()))))
    gone = card_sessions.abandon(walk, **BY).after
    assert (gone.card, gone.typed, gone.searched) == (None, {}, {})
    assert [step.what for step in gone.trail][-1] == "abandoned"


def test_a_case_record_tells_the_walk_and_only_rehearsals_have_one() -> None:
    walk = forward(session(mode=CardMode.REHEARSAL))
    written = case_records.write(walk, findings=(), advice=" 認証局に確認 ", **BY)
    assert written.after.advice == "認証局に確認"
    steps = written.after.content["steps"]
    assert isinstance(steps, list)
    assert [step["what"] for step in steps if isinstance(step, dict)] == ["started", "proved"]
    with pytest.raises(IllegalTransitionError):
        case_records.write(session(), findings=(), advice="", **BY)


def test_a_case_record_does_not_say_where_the_holder_lives() -> None:
    at_home = replace(proven(), certificate=replace(proven().certificate, holder_address="自宅町1番"))
    walk = card_sessions.proved(session(mode=CardMode.REHEARSAL), at_home, **BY).after
    assert "自宅町" not in str(case_records.write(walk, findings=(), advice="", **BY))
