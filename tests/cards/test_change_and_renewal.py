"""Changing the contacts of a registered card, and letting a new card take the place of an old one."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ebidadmin.clock import SettableClock
from ebidadmin.domain import cards
from ebidadmin.domain.card_sessions import CardFlow, CardMode, CardSession, CardStep, SessionState
from ebidadmin.domain.cards import CardState
from ebidadmin.domain.certificates import CheckOutcome, CheckReason
from ebidadmin.domain.mails import MailKind
from ebidadmin.errors import ConcurrentEditError, RuleError
from ebidadmin.services import follow_up
from tests.builders import NOON, contact, supplier_number
from tests.cards.office import Bench, raw_card_form


def changing(bench: Bench, mode: CardMode = CardMode.REGISTER) -> CardSession:
    return bench.ready(bench.prove(bench.start(CardFlow.CHANGE, mode)))


def renewing(bench: Bench, old: int = 92, new: int = 192, mode: CardMode = CardMode.REGISTER) -> CardSession:
    bench.insert(old)
    walk = bench.prove(bench.start(CardFlow.RENEWAL, mode))
    bench.insert(new)
    return bench.ready(bench.prove(walk))


def test_a_change_begins_with_what_is_registered_and_changes_that_alone(bench: Bench) -> None:
    card_id = bench.registered(92).registration
    assert card_id is not None
    walk = changing(bench)
    assert walk.typed == raw_card_form()
    new = raw_card_form(card_contact__person="長府 花子")
    ended = bench.register(bench.enter(walk, new))
    assert (ended.registration, ended.state) == (card_id, SessionState.DONE)
    with bench.office.uow() as uow:
        card = uow.cards.get(card_id)
        main = uow.cards.main_contact(supplier_number())
        mails = uow.mails.list()
    assert (card.card_contact.person, card.version) == ("長府 花子", 2)
    assert main is not None
    assert (main.contact, main.version) == (contact(), 1)
    assert [mail.draft.kind for mail in mails] == [MailKind.CARD_CHANGED, MailKind.CARD_REGISTERED]


def test_the_main_contact_changes_for_all_cards_of_the_supplier(bench: Bench) -> None:
    bench.registered(92)
    bench.registered(92, card=192)
    ended = bench.register(bench.enter(changing(bench), raw_card_form(main_contact__person="長府 花子")))
    with bench.office.uow() as uow:
        main = uow.cards.main_contact(supplier_number())
        listed = uow.cards.of_supplier(supplier_number())
    assert main is not None
    assert (main.contact.person, main.version) == ("長府 花子", 2)
    assert [card.version for card in listed] == [1, 1]
    assert ended.registration in {card.id for card in listed}


def test_a_change_that_changes_nothing_says_so(bench: Bench) -> None:
    bench.registered(92)
    with pytest.raises(RuleError) as caught:
        bench.enter(changing(bench), raw_card_form())
    assert caught.value.code == "nothing-changed"


@pytest.mark.parametrize("flow", [CardFlow.CHANGE, CardFlow.RENEWAL])
def test_only_a_registered_card_changes_or_is_renewed(bench: Bench, flow: CardFlow) -> None:
    bench.insert(92)
    with pytest.raises(RuleError) as caught:
        bench.prove(bench.start(flow))
    assert caught.value.code == "card-not-registered"


def test_a_suspended_card_waits_for_the_office(bench: Bench) -> None:
    card_id = bench.registered(92).registration
    assert card_id is not None
    with bench.office.uow() as uow:
        uow.record(cards.suspend(uow.cards.get(card_id), reason="指名停止", by="tanaka", at=NOON))
        uow.commit()
    with pytest.raises(RuleError) as caught:
        bench.prove(bench.start(CardFlow.CHANGE))
    assert (caught.value.code, dict(caught.value.facts)) == ("card-not-usable", {"state": "suspended"})


def test_a_new_card_takes_the_place_of_the_old_one(bench: Bench) -> None:
    first = bench.registered(92)
    walk = renewing(bench)
    assert walk.step is CardStep.CONFIRM
    ended = bench.register(walk)
    assert first.registration is not None
    assert ended.registration is not None
    with bench.office.uow() as uow:
        old, new = uow.cards.get(first.registration), uow.cards.get(ended.registration)
        mails = [mail.draft.kind for mail in uow.mails.list()]
    assert (old.state, old.replaced_by, new.replaces) == (CardState.REPLACED, new.id, old.id)
    assert (new.card_contact, new.enterprise_id) == (old.card_contact, old.enterprise_id)
    assert mails == [MailKind.CARD_RENEWED, MailKind.CARD_REGISTERED]
    bench.insert(92)
    with pytest.raises(RuleError) as caught:
        bench.prove(bench.start(CardFlow.CHANGE))
    assert caught.value.code == "card-not-registered"


def test_what_was_to_be_looked_at_with_the_old_card_settles(bench: Bench) -> None:
    bench.insert(92, company_name="テスト用団体")
    bench.registered(92)
    assert [item.code for item in follow_up.listed(bench.office, staff=bench.staff)] == ["company-differs"]
    bench.insert(192, company_name="(株)テスト商会92", holder_name="下関 太郎92")
    bench.register(renewing(bench))
    assert follow_up.listed(bench.office, staff=bench.staff) == ()


def test_an_expired_old_card_is_refused_with_the_way_out(bench: Bench, clock: SettableClock) -> None:
    bench.registered(92)
    bench.insert(92, not_after=NOON - timedelta(seconds=1))
    with pytest.raises(RuleError) as caught:
        bench.prove(bench.start(CardFlow.RENEWAL))
    assert caught.value.code == "certificate-expired"
    assert bench.reader.log_ins == 1


def test_the_new_card_must_be_good_new_and_another(bench: Bench) -> None:
    bench.registered(92)
    bench.registered(93)
    bench.insert(92)
    walk = bench.prove(bench.start(CardFlow.RENEWAL))
    with pytest.raises(RuleError) as caught:
        bench.prove(walk)
    assert caught.value.code == "card-same"
    bench.insert(93)
    with pytest.raises(RuleError) as caught:
        bench.prove(walk)
    assert caught.value.code == "certificate-registered"
    bench.insert(192)
    bench.come_out(192, CheckOutcome.REVOKED, CheckReason.REVOKED)
    with pytest.raises(RuleError) as caught:
        bench.prove(walk)
    assert caught.value.code == "certificate-revoked"


def test_after_a_reload_both_cards_prove_themselves_again(bench: Bench) -> None:
    bench.registered(92)
    walk = renewing(bench)
    bench.tickets.clear()
    walk = bench.prove(walk)
    with pytest.raises(RuleError) as caught:
        bench.register(walk)
    assert caught.value.code == "proof-missing"
    bench.insert(92)
    walk = bench.prove(walk)
    bench.insert(192)
    assert bench.register(walk).state is SessionState.DONE


def test_a_rehearsed_renewal_leaves_the_old_card_in_place(bench: Bench) -> None:
    first = bench.registered(92)
    assert bench.register(renewing(bench, mode=CardMode.REHEARSAL)).registration is None
    assert first.registration is not None
    with bench.office.uow() as uow:
        assert uow.cards.get(first.registration).state is CardState.ACTIVE
        assert len(uow.cards.all()) == 1


def test_of_two_renewals_of_one_card_one_comes_first(bench: Bench) -> None:
    """The second was confirmed while the first went through: its old card is used up."""
    bench.registered(92)
    first, tickets = renewing(bench, new=192), list(bench.tickets)
    second = renewing(bench, new=292)
    bench.register(second)
    bench.insert(192)
    bench.tickets = tickets
    with pytest.raises((RuleError, ConcurrentEditError)) as caught:
        bench.register(first)
    assert caught.value.code == "card-not-usable"


def test_a_replaced_card_is_registered_under_no_other_number(bench: Bench) -> None:
    bench.registered(92)
    bench.register(renewing(bench))
    with pytest.raises(RuleError) as caught:
        bench.register(bench.to_confirmation(93, card=92))
    assert caught.value.code == "certificate-of-other"


def test_a_cancelled_card_may_go_to_another_number_and_is_told(bench: Bench) -> None:
    card_id = bench.registered(92).registration
    assert card_id is not None
    with bench.office.uow() as uow:
        uow.record(cards.cancel(uow.cards.get(card_id), reason="番号違い", by="tanaka", at=NOON))
        uow.commit()
    bench.register(bench.to_confirmation(93, card=92))
    found = {item.code.value: item.facts for item in follow_up.listed(bench.office, staff=bench.staff)}
    assert found["certificate-elsewhere"] == {"supplier_numbers": (supplier_number(92),)}
