"""The stores of the card side: what goes in comes out, versions are compared, unique rules hold; on every kind of store."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from ebidadmin.domain import card_sessions, cards, case_records, followups
from ebidadmin.domain.card_sessions import CardFlow, CardMode
from ebidadmin.domain.cards import CardRegistration, Revocation
from ebidadmin.domain.followups import About, Cause, FollowUp, FollowUpCode, FollowUpState, RegistrationKind
from ebidadmin.domain.ids import BatchId, CardId, CardSessionId, EnterpriseId, FollowUpId
from ebidadmin.domain.transition import Transition
from ebidadmin.errors import ConcurrentEditError, NotFoundError, RuleError
from ebidadmin.services.ports import UnitOfWork
from tests.builders import NOON, contact, supplier_number
from tests.cards.builders import kept, proven
from tests.persistence.office import registration, submission

OpenUow = Callable[[], UnitOfWork]
ABOUT = About(RegistrationKind.CARD, "K00000092")


def made(n: int = 92, *, supplier: int | None = None, **changes: Any) -> Transition[CardRegistration]:
    given: dict[str, Any] = {
        "card_id": CardId(f"K{n:08d}"),
        "supplier_number": supplier_number(supplier or n),
        "enterprise_id": EnterpriseId(f"13521{supplier or n:011d}"),
        "certificate": kept(n, guessed=("holder_name",)),
        "der": b"\x00\xff der",
        "revocation": Revocation.UNCHECKED,
        "card_contact": contact(n),
        "register_seen": BatchId(1),
        "by": "tanaka",
        "at": NOON,
    }
    return cards.register(**{**given, **changes})


def save(uow: OpenUow, *transitions: Transition[Any]) -> None:
    with uow() as unit:
        for transition in transitions:
            unit.record(transition)
        unit.commit()


def test_a_card_comes_out_as_it_went_in(uow: OpenUow) -> None:
    save(uow, made())
    with uow() as unit:
        assert unit.cards.get(CardId("K00000092")) == made().after
        assert unit.cards.of_supplier(supplier_number()) == (made().after,)
        assert unit.registrations.enterprise_id_of(supplier_number()) == made().after.enterprise_id
        with pytest.raises(NotFoundError):
            unit.cards.get(CardId("K9"))


def test_a_renewal_keeps_both_and_only_one_is_live(uow: OpenUow) -> None:
    save(uow, made())
    old, new = cards.renew(
        made().after,
        card_id=CardId("K00000093"),
        certificate=kept(93),
        der=b"new",
        revocation=Revocation.CHECKED,
        register_seen=None,
        by="tanaka",
        at=NOON + timedelta(minutes=1),
    )
    save(uow, old, new)
    with uow() as unit:
        assert unit.cards.of_supplier(supplier_number()) == (new.after, old.after)
        assert unit.cards.live_of([supplier_number(), supplier_number(93)]) == (new.after,)
        assert unit.cards.of_certificate(kept(92)) == (old.after,)
        assert unit.cards.all() == (old.after, new.after)


@pytest.mark.parametrize(
    "certificate",
    [kept(92), kept(93, fingerprint=kept(92).fingerprint), kept(93, serial=kept(92).serial)],
    ids=["the same", "fingerprint", "issuer and serial"],
)
def test_a_live_certificate_is_registered_once_whoever_asks(uow: OpenUow, certificate: Any) -> None:
    save(uow, made())
    second = made(93, certificate=certificate)
    with uow() as unit, pytest.raises(RuleError) as caught:
        unit.record(second)
    assert caught.value.code == "certificate-registered"
    save(uow, cards.cancel(made().after, reason="番号違い", by="tanaka", at=NOON))
    save(uow, second)


def test_the_slower_of_two_changes_is_told_who_was_faster(uow: OpenUow) -> None:
    save(uow, made())
    save(uow, cards.suspend(made().after, reason="届出", by="suzuki", at=NOON))
    with uow() as unit, pytest.raises(ConcurrentEditError) as caught:
        unit.record(cards.cancel(made().after, reason="廃業", by="tanaka", at=NOON))
    assert (caught.value.facts["by"], caught.value.facts["state"]) == ("suzuki", "suspended")


def test_a_main_contact_comes_out_as_it_went_in(uow: OpenUow) -> None:
    by = {"supplier_number": supplier_number(), "by": "tanaka", "at": NOON}
    first = cards.set_main_contact(None, contact=contact(), **by)  # type: ignore[arg-type]  # a mapping of mixed types
    save(uow, first)
    again = cards.set_main_contact(first.after, contact=contact(93), **by)  # type: ignore[arg-type]  # the same
    save(uow, again)
    with uow() as unit:
        assert unit.cards.main_contact(supplier_number()) == again.after
        assert unit.cards.main_contact(supplier_number(93)) is None


def test_a_walk_comes_out_as_it_went_in_at_every_step(uow: OpenUow) -> None:
    begun = card_sessions.start(
        session_id=CardSessionId("S00000001"),
        flow=CardFlow.RENEWAL,
        mode=CardMode.REHEARSAL,
        by="tanaka",
        at=NOON,
    )
    save(uow, begun)
    at_home = replace(
        proven(), certificate=kept(holder_address="山口県下関市上田中町1番", guessed=("holder_name",))
    )
    first = card_sessions.proved(begun.after, at_home, by="tanaka", at=NOON)
    second = card_sessions.proved(first.after, proven(93), by="tanaka", at=NOON)
    told = card_sessions.stumbled(
        second.after, what="x", facts={"a": "b"}, by="tanaka", at=NOON, typed={"main_contact.name": "営業"}
    )
    for step in (first, second, told):
        save(uow, step)
        with uow() as unit:
            assert unit.card_sessions.get(begun.after.id) == step.after
            assert unit.card_sessions.open_of("tanaka") == (step.after,)
            assert unit.card_sessions.open_of("suzuki") == ()
    gone = card_sessions.abandon(told.after, by="tanaka", at=NOON)
    save(uow, gone)
    with uow() as unit:
        assert unit.card_sessions.open_of("tanaka") == ()
        assert unit.card_sessions.get(begun.after.id) == gone.after


def test_a_case_record_is_written_once(uow: OpenUow) -> None:
    begun = card_sessions.start(
        session_id=CardSessionId("S00000001"),
        flow=CardFlow.CHANGE,
        mode=CardMode.TRAINING,
        by="tanaka",
        at=NOON,
    )
    found = (Cause(FollowUpCode.HOLDER_DIFFERS, {"card": "", "registered": ("代表 1太郎",)}),)
    written = case_records.write(begun.after, findings=found, advice="案内", by="tanaka", at=NOON)
    save(uow, begun, written)
    with uow() as unit:
        assert unit.card_sessions.case_record(begun.after.id) == written.after
        assert unit.card_sessions.case_records() == (written.after,)
        with pytest.raises(ConcurrentEditError):
            unit.record(written)


def opened(n: int, code: FollowUpCode = FollowUpCode.COMPANY_DIFFERS) -> Transition[FollowUp]:
    (made_item,) = followups.reconcile(
        [Cause(code, {"card": "", "registered": ("甲", "乙"), "when": None})],
        [],
        about=ABOUT,
        supplier_number=supplier_number(),
        new_id=lambda: FollowUpId(f"F{n:08d}"),
        by="tanaka",
        at=NOON,
    )
    return made_item


def test_the_list_comes_out_as_it_went_in(uow: OpenUow) -> None:
    first, second = opened(1), opened(2, FollowUpCode.EXPIRED)
    save(uow, first, second)
    done = followups.resolve(first.after, note="電話で確認", by="suzuki", at=NOON + timedelta(minutes=1))
    save(uow, done)
    with uow() as unit:
        assert unit.follow_ups.about([ABOUT]) == (done.after, second.after)
        assert unit.follow_ups.about([]) == ()
        assert unit.follow_ups.list() == (done.after, second.after)
        assert unit.follow_ups.list(state=FollowUpState.OPEN) == (second.after,)
        assert unit.follow_ups.list(after=done.after.id) == (second.after,)
        assert unit.follow_ups.list(before=second.after.id) == (done.after,)
        assert unit.follow_ups.list(before="F99999999", limit=1) == (second.after,)
        assert unit.follow_ups.list(supplier=second.after.supplier_number[:5]) == (done.after, second.after)
        assert unit.follow_ups.list(supplier="%") == ()
        assert unit.follow_ups.count_open() == 1
        assert unit.follow_ups.get(done.after.id) == done.after
        with pytest.raises(NotFoundError):
            unit.follow_ups.get(FollowUpId("F9"))


def test_registered_suppliers_are_found_by_page(uow: OpenUow) -> None:
    save(uow, *(made(n) for n in (94, 92, 93)))
    with uow() as unit:
        assert unit.follow_ups.registered(limit=2) == (supplier_number(92), supplier_number(93))
        assert unit.follow_ups.registered(after=supplier_number(93)) == (supplier_number(94),)


def test_ids_are_listed_by_supplier(uow: OpenUow) -> None:
    for n in (93, 92):
        applied = submission(n)
        save(uow, applied, registration(applied.after, serial=n))
    with uow() as unit:
        assert [one.supplier_number for one in unit.registrations.all()] == [
            supplier_number(92),
            supplier_number(93),
        ]
