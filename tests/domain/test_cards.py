"""Registered cards: every step of their life, and only those."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ebidadmin.domain import cards
from ebidadmin.domain.cards import LIVE_CARD_STATES, CardRegistration, CardState, Revocation
from ebidadmin.domain.events import EventTag
from ebidadmin.domain.ids import CardId
from ebidadmin.domain.transition import Transition
from ebidadmin.errors import IllegalTransitionError, InputError
from tests.builders import NOON, batch_id, contact, supplier_number
from tests.cards.builders import kept, registered


def apply(verb: str, card: CardRegistration) -> Transition[CardRegistration]:
    match verb:
        case "suspend":
            return cards.suspend(card, reason="届出", by="tanaka", at=NOON)
        case "resume":
            return cards.resume(card, reason="届出", by="tanaka", at=NOON)
        case "cancel":
            return cards.cancel(card, reason="廃業", by="tanaka", at=NOON)
        case "change":
            return cards.change_contact(card, contact=contact(93), by="tanaka", at=NOON)
        case "recheck":
            return cards.recheck(card, revocation=Revocation.REVOKED, by="tanaka", at=NOON)
        case _:
            renewed = cards.renew(
                card,
                card_id=CardId("K00000093"),
                certificate=kept(93),
                der=b"new",
                revocation=Revocation.CHECKED,
                register_seen=batch_id(1),
                by="tanaka",
                at=NOON,
            )
            return renewed[0]


LEGAL = {
    ("suspend", CardState.ACTIVE): CardState.SUSPENDED,
    ("resume", CardState.SUSPENDED): CardState.ACTIVE,
    ("cancel", CardState.ACTIVE): CardState.CANCELLED,
    ("cancel", CardState.SUSPENDED): CardState.CANCELLED,
    ("change", CardState.ACTIVE): CardState.ACTIVE,
    ("recheck", CardState.ACTIVE): CardState.ACTIVE,
    ("recheck", CardState.SUSPENDED): CardState.SUSPENDED,
    ("renew", CardState.ACTIVE): CardState.REPLACED,
}
VERBS = sorted({verb for verb, _ in LEGAL})


@pytest.mark.parametrize("state", CardState)
@pytest.mark.parametrize("verb", VERBS)
def test_every_step_there_is_and_no_other(verb: str, state: CardState) -> None:
    card = registered(state=state)
    target = LEGAL.get((verb, state))
    if target is None:
        with pytest.raises(IllegalTransitionError) as caught:
            apply(verb, card)
        assert caught.value.facts == {"subject": card.id, "state": state.value, "verb": verb}
        return
    moved = apply(verb, card)
    assert (moved.after.state, moved.after.version) == (target, card.version + 1)
    event = moved.events[0]
    assert event.before is not None
    assert event.after is not None
    assert (event.before["state"], event.after["state"]) == (state.value, target.value)
    assert event.supplier_number == card.supplier_number


@given(st.lists(st.sampled_from(VERBS), max_size=12))
def test_no_life_comes_back_from_its_end_and_every_change_counts(verbs: list[str]) -> None:
    card = registered()
    for verb in verbs:
        before = card
        try:
            card = apply(verb, card).after
        except IllegalTransitionError:
            assert (verb, before.state) not in LEGAL
            continue
        assert card.version == before.version + 1
        assert before.state in LIVE_CARD_STATES
        assert (card.supplier_number, card.enterprise_id) == (before.supplier_number, before.enterprise_id)


def test_a_renewal_carries_the_contact_over_and_keeps_the_chain() -> None:
    old = registered()
    ended, fresh = cards.renew(
        old,
        card_id=CardId("K00000093"),
        certificate=kept(93),
        der=b"new",
        revocation=Revocation.UNCHECKED,
        register_seen=batch_id(2),
        by="tanaka",
        at=NOON,
    )
    assert (ended.after.replaced_by, fresh.after.replaces) == (fresh.after.id, old.id)
    assert fresh.after.card_contact == old.card_contact
    assert fresh.after.enterprise_id == old.enterprise_id
    assert fresh.after.certificate == kept(93)
    assert (ended.events[0].tag, fresh.events[0].tag) == (EventTag.CARD_REPLACED, EventTag.CARD_RENEWED)


@pytest.mark.parametrize("verb", ["suspend", "cancel"])
def test_a_step_that_somebody_suffers_from_needs_a_reason(verb: str) -> None:
    with pytest.raises(InputError) as caught:
        getattr(cards, verb)(registered(), reason="  ", by="tanaka", at=NOON)
    assert caught.value.code == "reason-missing"


def test_where_the_holder_lives_is_not_kept() -> None:
    card = registered(certificate=kept(holder_address="山口県下関市上田中町1番"))
    assert card.certificate.holder_address == ""
    assert "上田中町" not in str(cards.as_audit_map(card))


def test_the_certificate_itself_is_not_shown_by_accident() -> None:
    assert "bytes of it" not in repr(replace(registered(), der=b"bytes of it"))


def test_a_main_contact_is_set_then_replaced() -> None:
    first = cards.set_main_contact(
        None, supplier_number=supplier_number(), contact=contact(), by="tanaka", at=NOON
    )
    again = cards.set_main_contact(
        first.after, supplier_number=supplier_number(), contact=contact(93), by="tanaka", at=NOON
    )
    assert (first.after.version, again.after.version) == (1, 2)
    assert again.events[0].before == {"main_contact": contact().as_map()}


def test_a_card_has_expired_only_after_its_last_moment() -> None:
    certificate = kept()
    assert not certificate.expired(certificate.not_after)
    assert certificate.expired(certificate.not_after + timedelta(seconds=1))
