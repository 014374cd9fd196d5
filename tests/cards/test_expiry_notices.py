"""Notices of the end of a card: one mail for a card and a period, however often and by how many at once they are written."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from ebidadmin.clock import SettableClock
from ebidadmin.domain import cards
from ebidadmin.domain.cards import CardRegistration
from ebidadmin.domain.events import EventTag, Subject, SubjectKind
from ebidadmin.domain.ids import CardId
from ebidadmin.domain.mails import MailKind, MailState, OutboxMail
from ebidadmin.domain.transition import Transition
from ebidadmin.errors import NotPermittedError
from ebidadmin.services import expiry_notices, mail_outbox, supplier_page
from ebidadmin.services.ports import Office
from tests.builders import ADMINISTRATOR, AUDITOR, NOON, TANAKA, contact, qualification, supplier_number
from tests.cards.builders import registered
from tests.cards.office import Bench
from tests.conftest import FreshDatabase
from tests.fakes import office
from tests.postgres import ENGINES
from tests.sql_store import SqlStore


def card(bench: Bench, n: int = 92) -> CardRegistration:
    bench.registered(n)
    with bench.office.uow() as uow:
        return uow.cards.of_supplier(supplier_number(n))[0]


def notices(desk: Office) -> tuple[OutboxMail, ...]:
    with desk.uow() as uow:
        return tuple(mail for mail in uow.mails.list() if mail.draft.kind is MailKind.CARD_EXPIRES)


def near_the_end(bench: Bench, clock: SettableClock, one: CardRegistration) -> None:
    clock.set(one.certificate.not_after - timedelta(days=60))


def test_the_card_contact_is_told_once_in_a_period(bench: Bench, clock: SettableClock) -> None:
    one = card(bench)
    assert expiry_notices.write(bench.office, staff=TANAKA) == ()
    near_the_end(bench, clock, one)
    assert expiry_notices.write(bench.office, staff=ADMINISTRATOR) == (one.id,)
    clock.advance(timedelta(days=20))
    assert expiry_notices.write(bench.office, staff=TANAKA) == ()
    (mail,) = notices(bench.office)
    assert mail.draft.to == (contact(92).email,)
    assert mail.about == Subject(SubjectKind.CARD, one.id)
    assert "(株)テスト商会92" in mail.draft.body


def test_the_mail_leaves_and_stands_on_the_suppliers_page_and_in_its_trail(
    bench: Bench, clock: SettableClock
) -> None:
    one = card(bench)
    near_the_end(bench, clock, one)
    expiry_notices.write(bench.office, staff=TANAKA)
    mail_outbox.dispatch(bench.office, staff=TANAKA)
    page = supplier_page.page(bench.office, staff=TANAKA, supplier=one.supplier_number)
    (mail,) = (each for each in page.mails if each.draft.kind is MailKind.CARD_EXPIRES)
    assert mail.state is MailState.SENT
    tags = [event.tag for event in page.events]
    assert tags.count(EventTag.CARD_EXPIRY_TOLD) == 1
    assert tags.index(EventTag.CARD_EXPIRY_TOLD) < len(tags) - 1 - tags[::-1].index(EventTag.MAIL_SENT)


def test_a_cancelled_card_is_told_nothing_and_a_suspended_one_is(bench: Bench, clock: SettableClock) -> None:
    ended, paused = card(bench, 92), card(bench, 93)
    with bench.office.uow() as uow:
        uow.record(cards.cancel(ended, reason="廃業", by="tanaka", at=NOON))
        uow.record(cards.suspend(paused, reason="確認中", by="tanaka", at=NOON))
        uow.commit()
    near_the_end(bench, clock, ended)
    assert expiry_notices.write(bench.office, staff=TANAKA) == (paused.id,)


def test_an_office_that_does_not_send_them_takes_nobody_for_told(bench: Bench, clock: SettableClock) -> None:
    one = card(bench)
    near_the_end(bench, clock, one)
    settings = replace(bench.office.settings, unmailed=frozenset({MailKind.CARD_EXPIRES}))
    assert expiry_notices.write(replace(bench.office, settings=settings), staff=TANAKA) == ()
    assert expiry_notices.write(bench.office, staff=TANAKA) == (one.id,)


def test_whoever_may_not_send_mails_writes_none(bench: Bench, clock: SettableClock) -> None:
    near_the_end(bench, clock, card(bench))
    with pytest.raises(NotPermittedError):
        expiry_notices.write(bench.office, staff=AUDITOR)
    assert notices(bench.office) == ()


class Stumbling:
    """A composer that fails at the second notice, as a killed run would stop there."""

    def __init__(self, desk: Office) -> None:
        self._made, self._composer = 0, desk.composer

    def compose_expiry(self, one: CardRegistration, *, trade_name: str) -> object:
        self._made += 1
        if self._made > 1:
            raise InterruptedError
        return self._composer.compose_expiry(one, trade_name=trade_name)


def test_a_run_that_stops_midway_has_told_some_and_the_next_tells_the_others(
    bench: Bench, clock: SettableClock
) -> None:
    known = [card(bench, n) for n in (92, 93, 94)]
    near_the_end(bench, clock, known[0])
    with pytest.raises(InterruptedError):
        expiry_notices.write(replace(bench.office, composer=Stumbling(bench.office)), staff=TANAKA)  # type: ignore[arg-type]  # no more of a composer is asked
    assert len(notices(bench.office)) == 1
    assert expiry_notices.write(bench.office, staff=TANAKA) == tuple(one.id for one in known[1:])
    assert len({mail.about for mail in notices(bench.office)}) == 3


@pytest.mark.parametrize("kind", ENGINES)
def test_of_runs_at_the_same_moment_one_tells_each_card(kind: str, fresh_database: FreshDatabase) -> None:
    """All runs read the list of those who are owed a notice before any of them has written one."""
    url = fresh_database(kind)
    clock = SettableClock(NOON)
    store = SqlStore(url, clock)
    numbers = range(1, 11)
    store.import_register(*(qualification(n) for n in numbers))
    with store() as uow:
        for n in numbers:
            uow.record(_transition(registered(n)))
        uow.commit()
    clock.set(registered(1).certificate.not_after - timedelta(days=1))
    ready = threading.Barrier(4)
    told: list[CardId] = []

    def run() -> None:
        desk = office(SqlStore(url, clock))
        told.extend(expiry_notices.write(replace(desk, uow=Together(desk, ready)), staff=TANAKA))  # type: ignore[arg-type]  # stands before one method of it

    runs = [threading.Thread(target=run) for _ in range(4)]
    for one in runs:
        one.start()
    for one in runs:
        one.join()
    assert sorted(told) == [registered(n).id for n in numbers]
    assert len(notices(office(store))) == len(numbers)


class Together:
    """Opens units of work; the second of each run only when all runs have closed their first."""

    def __init__(self, desk: Office, ready: threading.Barrier) -> None:
        self._open, self._ready, self._opened = desk.uow, ready, 0

    def __call__(self) -> object:
        self._opened += 1
        if self._opened == 2:
            self._ready.wait(60)
        return self._open()


def _transition(one: CardRegistration) -> Transition[CardRegistration]:
    return cards.register(
        card_id=one.id,
        supplier_number=one.supplier_number,
        enterprise_id=one.enterprise_id,
        certificate=one.certificate,
        der=one.der,
        revocation=one.revocation,
        card_contact=one.card_contact,
        register_seen=None,
        by="tanaka",
        at=NOON,
    )
