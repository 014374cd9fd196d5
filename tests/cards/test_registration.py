"""Registering a card: the whole way, what is kept, what is mailed, and everything that is refused on the way."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from ebidadmin.clock import SettableClock
from ebidadmin.domain.card_sessions import CardMode, CardStep, SessionState
from ebidadmin.domain.cards import Revocation
from ebidadmin.domain.certificates import CheckOutcome, CheckReason
from ebidadmin.domain.events import EventTag, Subject, SubjectKind
from ebidadmin.domain.mails import MailKind
from ebidadmin.errors import (
    CardError,
    ConcurrentEditError,
    DoorClosedError,
    IllegalTransitionError,
    InputError,
    NotPermittedError,
    RuleError,
    StalePlanError,
)
from ebidadmin.services import card_registration, card_walk, follow_up
from ebidadmin.services.settings import CardSettings, Settings
from tests.builders import AUDITOR, HELPER, NOON, SUZUKI, contact, qualification, supplier_number
from tests.cards.office import Bench, raw_card_form
from tests.fakes import MemoryStore
from tests.sql_store import SqlStore


def test_the_whole_way_registers_one_card_with_one_mail(bench: Bench) -> None:
    ended = bench.registered()
    assert (ended.step, ended.state) == (CardStep.DONE, SessionState.DONE)
    assert ended.enterprise_id == "1352100000000001"
    assert ended.registration is not None
    with bench.office.uow() as uow:
        card = uow.cards.get(ended.registration)
        main = uow.cards.main_contact(supplier_number())
        (mail,) = uow.mails.list()
        tags = [entry.event.tag for entry in uow.audit.list(supplier=supplier_number())]
    assert (card.supplier_number, card.card_contact) == (supplier_number(), contact())
    assert card.certificate.serial == "825831477"
    assert (card.revocation, card.der) == (Revocation.CHECKED, b"card 92")
    assert main is not None
    assert main.contact == contact()
    assert (mail.draft.kind, mail.draft.to) == (MailKind.CARD_REGISTERED, (contact().email,))
    assert mail.about == Subject(SubjectKind.CARD_SESSION, ended.id)
    assert EventTag.CARD_REGISTERED in tags
    assert bench.reader.log_ins == 1
    assert follow_up.listed(bench.office, staff=bench.staff) == ()


def test_two_addresses_get_a_mail_each(bench: Bench) -> None:
    form = raw_card_form(
        card_contact__email="card@example.co.jp", card_contact__email_again="card@example.co.jp"
    )
    bench.register(bench.to_confirmation(form=form))
    with bench.office.uow() as uow:
        assert {mail.draft.to for mail in uow.mails.list()} == {("card@example.co.jp",), (contact().email,)}


def test_cards_of_a_supplier_share_one_enterprise_id_and_one_main_contact(bench: Bench) -> None:
    first = bench.registered(92)
    second = bench.registered(92, card=192)
    third = bench.registered(93)
    assert first.enterprise_id == second.enterprise_id == "1352100000000001"
    assert third.enterprise_id == "1352100000000002"
    with bench.office.uow() as uow:
        main = uow.cards.main_contact(supplier_number())
        assert main is not None
        assert main.version == 1
        assert len(uow.cards.of_supplier(supplier_number())) == 2


def test_the_main_contact_that_the_supplier_has_stands_in_the_form(bench: Bench) -> None:
    bench.registered(92)
    bench.insert(192)
    found = bench.search(bench.ready(bench.prove(bench.start())))
    assert found.typed["main_contact.email"] == found.typed["main_contact.email_again"] == contact().email
    assert "card_contact.email" not in found.typed
    bench.staff = HELPER
    shown = bench.search(bench.ready(bench.prove(bench.start(mode=CardMode.REHEARSAL))))
    assert shown.typed == {}


@pytest.mark.parametrize(
    ("outcome", "reason", "code"),
    [
        (CheckOutcome.REVOKED, CheckReason.REVOKED, "certificate-revoked"),
        (CheckOutcome.INVALID, CheckReason.CHAIN_UNKNOWN, "certificate-invalid"),
        (CheckOutcome.INVALID, CheckReason.CHECK_TOOK_TOO_LONG, "certificate-invalid"),
    ],
)
def test_a_certificate_that_is_no_good_is_refused_before_a_pin_is_risked(
    bench: Bench, outcome: CheckOutcome, reason: CheckReason, code: str
) -> None:
    bench.insert()
    bench.come_out(92, outcome, reason)
    session = bench.start()
    with pytest.raises(RuleError) as caught:
        bench.prove(session)
    assert caught.value.code == code
    assert bench.reader.log_ins == 0
    with bench.office.uow() as uow:
        assert uow.card_sessions.get(session.id).trail[-1].what == code


def test_an_expired_card_is_refused_and_shown_in_a_rehearsal(bench: Bench) -> None:
    bench.insert(not_after=NOON - timedelta(days=1))
    with pytest.raises(RuleError) as caught:
        bench.prove(bench.start())
    assert (caught.value.code, dict(caught.value.facts)) == (
        "certificate-expired",
        {"not_after": "2026/10/06"},
    )
    ended = bench.register(bench.to_confirmation(mode=CardMode.REHEARSAL))
    assert ended.card is not None
    assert ended.card.outcome == "expired"
    assert [step.facts for step in ended.trail if step.what == "would-refuse"] == [
        {"code": "certificate-expired"}
    ]


def test_a_certificate_that_turns_bad_on_the_way_is_refused_at_the_end(bench: Bench) -> None:
    session = bench.to_confirmation()
    bench.come_out(92, CheckOutcome.REVOKED, CheckReason.REVOKED)
    with pytest.raises(RuleError) as caught:
        bench.register(session)
    assert caught.value.code == "certificate-revoked"
    assert nothing_registered(bench)


def test_an_unchecked_revocation_goes_on_and_to_the_list(bench: Bench) -> None:
    bench.insert()
    bench.come_out(92, CheckOutcome.UNCHECKED, CheckReason.CRL_STALE)
    bench.register(bench.to_confirmation())
    (item,) = follow_up.listed(bench.office, staff=bench.staff)
    assert item.code == "revocation-unchecked"
    bench.come_out(92, CheckOutcome.GOOD, CheckReason.GOOD)
    assert follow_up.recheck(bench.office, staff=bench.staff, checker=bench.checker) == 1
    assert follow_up.listed(bench.office, staff=bench.staff) == ()
    bench.come_out(92, CheckOutcome.REVOKED, CheckReason.REVOKED)
    assert follow_up.recheck(bench.office, staff=bench.staff, checker=bench.checker) == 1
    (item,) = follow_up.listed(bench.office, staff=bench.staff)
    assert item.code == "card-revoked"


def test_the_office_may_refuse_an_unchecked_one(bench: Bench) -> None:
    bench.office = replace(bench.office, settings=Settings(cards=CardSettings(unchecked_registers=False)))
    bench.insert()
    bench.come_out(92, CheckOutcome.UNCHECKED, CheckReason.CRL_MISSING)
    with pytest.raises(RuleError) as caught:
        bench.prove(bench.start())
    assert (caught.value.code, dict(caught.value.facts)) == ("certificate-unchecked", {"why": "crl-missing"})


def test_a_company_that_differs_never_refuses_and_goes_to_the_list(bench: Bench) -> None:
    bench.insert(company_name="テスト用団体", holder_name="関西局入札担当官1")
    session = bench.to_confirmation()
    seen = card_registration.overview(bench.office, staff=bench.staff, session_id=session.id)
    assert seen.company_match == "different"
    assert [cause.code for cause in seen.findings] == ["company-differs", "holder-differs"]
    bench.register(session)
    items = follow_up.listed(bench.office, staff=bench.staff)
    assert [(item.code, item.facts) for item in items] == [
        (cause.code, cause.facts) for cause in seen.findings
    ]
    done = follow_up.resolve(
        bench.office, staff=bench.staff, follow_up=items[0].id, version=1, note="委任状を確認"
    )
    assert (done.closed_by, done.note) == (bench.staff.login, "委任状を確認")
    assert follow_up.recompute(bench.office, staff=bench.staff) == 0


def test_the_same_card_is_registered_once(bench: Bench) -> None:
    bench.registered(92)
    with pytest.raises(RuleError) as caught:
        bench.prove(bench.start())
    assert caught.value.code == "certificate-registered"


def test_a_card_that_another_registered_meanwhile_is_refused_at_the_end(bench: Bench) -> None:
    session, tickets = bench.to_confirmation(93, card=92), list(bench.tickets)
    bench.staff = SUZUKI
    bench.registered(92)
    bench.staff, bench.tickets = type(bench)(bench.office).staff, tickets
    with pytest.raises(RuleError) as caught:
        bench.register(session)
    assert caught.value.code == "certificate-registered"


def test_a_number_of_cards_may_be_the_limit(bench: Bench) -> None:
    bench.office = replace(bench.office, settings=Settings(cards=CardSettings(most_cards=1)))
    bench.registered(92)
    with pytest.raises(RuleError) as caught:
        bench.register(bench.to_confirmation(92, card=192))
    assert (caught.value.code, dict(caught.value.facts)) == ("cards-at-limit", {"limit": 1})


def test_a_proof_wears_off_and_is_lost_with_the_program(bench: Bench, clock: SettableClock) -> None:
    session = bench.to_confirmation()
    kept, bench.tickets = bench.tickets, []
    with pytest.raises(RuleError) as caught:
        bench.register(session)
    assert caught.value.code == "proof-missing"
    bench.tickets = kept
    clock.advance(timedelta(minutes=30))
    with pytest.raises(RuleError) as caught:
        bench.register(session)
    assert caught.value.code == "proof-missing"
    again = bench.prove(session)
    assert again.step is CardStep.CONFIRM
    assert bench.register(again).state is SessionState.DONE
    assert bench.reader.log_ins == 2


def test_a_restarted_program_goes_on_where_it_was(bench: Bench) -> None:
    session = bench.to_confirmation()
    found = card_walk.unfinished(bench.office, staff=bench.staff)
    assert found == session
    assert card_walk.unfinished(bench.office, staff=HELPER) is None
    bench.tickets.clear()
    assert bench.register(bench.prove(session)).enterprise_id == "1352100000000001"
    assert card_walk.unfinished(bench.office, staff=bench.staff) is None


def test_another_card_at_the_end_is_refused(bench: Bench) -> None:
    session = bench.to_confirmation()
    bench.insert(93)
    with pytest.raises(RuleError) as caught:
        bench.register(session)
    assert caught.value.code == "certificate-not-on-card"
    bench.reader.inserted = None
    with pytest.raises(CardError) as gone:
        bench.register(session)
    assert gone.value.code == "card-removed"
    assert nothing_registered(bench)
    bench.insert(92)
    assert bench.register(session).state is SessionState.DONE


def test_a_card_that_answers_something_else_proves_nothing(bench: Bench) -> None:
    bench.insert()
    bench.reader.lies = True
    with pytest.raises(RuleError) as caught:
        bench.prove(bench.start())
    assert caught.value.code == "proof-mismatch"


def test_a_wrong_pin_is_one_log_in_and_stands_in_the_trail_without_the_pin(bench: Bench) -> None:
    bench.insert()
    session = bench.start()
    with pytest.raises(CardError):
        bench.prove(session, pin=b"9999")
    assert bench.reader.log_ins == 1
    with bench.office.uow() as uow:
        kept = uow.card_sessions.get(session.id)
        trail = uow.audit.list(subject=Subject(SubjectKind.CARD_SESSION, session.id))
    assert [step.what for step in kept.trail] == ["started", "pin-sent", "card-pin-wrong"]
    assert (kept.step, kept.card) == (CardStep.PIN, None)
    assert "9999" not in repr(kept) + repr(trail)
    assert [entry.event.tag for entry in trail][1] is EventTag.CARD_SESSION_LOGGED_IN


def test_what_was_typed_wrongly_is_kept_and_told_all_at_once(bench: Bench) -> None:
    bench.insert()
    session = bench.search(bench.ready(bench.prove(bench.start())))
    wrong = raw_card_form(main_contact__postcode="7500006", card_contact__email_again="other@example.co.jp")
    with pytest.raises(InputError) as caught:
        bench.enter(session, {**wrong, "password": "x"})
    assert [(one.where, one.code) for one in caught.value.problems] == [
        ("main_contact.postcode", "postcode-form"),
        ("card_contact.email_again", "not-equal"),
    ]
    with bench.office.uow() as uow:
        kept = uow.card_sessions.get(session.id)
    assert kept.typed == wrong
    assert kept.step is CardStep.FORM


def test_a_search_that_finds_nobody_keeps_what_was_typed_but_no_password(bench: Bench) -> None:
    bench.insert()
    session = bench.ready(bench.prove(bench.start()))
    with pytest.raises(InputError) as caught:
        bench.search(session, trade_name="(株)別の商会")
    assert caught.value.code == "name-mismatch"
    with pytest.raises(InputError):
        bench.search(session, password="geheim1")
    with bench.office.uow() as uow:
        kept = uow.card_sessions.get(session.id)
    assert kept.searched == {"supplier_number": supplier_number(), "trade_name": "(株)テスト商会92"}
    assert "geheim1" not in repr(kept)


def test_a_register_that_changed_after_the_search_must_be_looked_at_again(
    bench: Bench, store: MemoryStore | SqlStore
) -> None:
    session = bench.to_confirmation()
    store.import_register(qualification(92, address="山口県下関市竹崎町1番1号"), qualification(93))
    with pytest.raises(StalePlanError) as caught:
        bench.register(session)
    assert caught.value.code == "register-record-changed"
    for _ in range(2):
        session = card_walk.back(bench.office, staff=bench.staff, session_id=session.id)
    session = bench.search(session)
    assert session.typed == raw_card_form()
    assert bench.register(bench.enter(session, session.typed)).state is SessionState.DONE


def test_outside_the_hours_nothing_is_registered_and_a_rehearsal_goes_on(
    bench: Bench, clock: SettableClock
) -> None:
    session = bench.to_confirmation()
    clock.set(NOON + timedelta(hours=8))
    with pytest.raises(DoorClosedError):
        bench.start()
    with pytest.raises(DoorClosedError):
        bench.register(session)
    assert bench.register(bench.to_confirmation(mode=CardMode.REHEARSAL)).state is SessionState.DONE


def test_who_may_do_what(bench: Bench) -> None:
    bench.staff = HELPER
    with pytest.raises(NotPermittedError):
        bench.start()
    session = bench.start(mode=CardMode.REHEARSAL)
    bench.staff = SUZUKI
    bench.insert()
    with pytest.raises(NotPermittedError):
        bench.prove(session)
    with pytest.raises(NotPermittedError):
        follow_up.listed(bench.office, staff=HELPER)
    with pytest.raises(NotPermittedError):
        follow_up.recompute(bench.office, staff=AUDITOR)


@pytest.mark.parametrize("mode", [CardMode.REHEARSAL, CardMode.TRAINING])
def test_a_rehearsal_registers_mails_and_draws_nothing(bench: Bench, mode: CardMode) -> None:
    bench.staff = HELPER
    ended = bench.register(bench.to_confirmation(mode=mode))
    assert (ended.step, ended.registration, ended.enterprise_id) == (CardStep.DONE, None, None)
    assert ended.trail[-1].what == "would-register"
    assert nothing_registered(bench)
    record = card_registration.record_case(
        bench.office, staff=HELPER, session_id=ended.id, advice="登録できることを案内"
    )
    with bench.office.uow() as uow:
        assert uow.card_sessions.case_record(ended.id) == record
    with pytest.raises(ConcurrentEditError):
        card_registration.record_case(bench.office, staff=HELPER, session_id=ended.id, advice="もう一度")
    bench.staff = type(bench)(bench.office).staff
    assert bench.registered(92).enterprise_id == "1352100000000001"


def test_a_second_press_registers_nothing_twice(bench: Bench) -> None:
    session = bench.to_confirmation()
    bench.register(session)
    with pytest.raises(IllegalTransitionError):
        bench.register(session)
    with bench.office.uow() as uow:
        assert len(uow.cards.all()) == 1


def nothing_registered(bench: Bench) -> bool:
    with bench.office.uow() as uow:
        enterprise = uow.registrations.enterprise_id_of(supplier_number())
        return not uow.cards.all() and not uow.mails.list() and enterprise is None
