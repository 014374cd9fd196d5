"""Sending: nothing lost, nothing sent twice by two senders, failures tried again with growing waits, then given up."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from ebidadmin.clock import SettableClock
from ebidadmin.domain.events import EventTag
from ebidadmin.domain.mails import MailState, OutboxMail
from ebidadmin.errors import (
    IllegalTransitionError,
    MailPermanentError,
    MailServerError,
    MailTransientError,
    NotPermittedError,
    StorageError,
)
from ebidadmin.services import application_review as review
from ebidadmin.services import mail_outbox
from ebidadmin.services.mail_outbox import LEASE, WAITS
from ebidadmin.services.ports import UnitOfWork
from ebidadmin.services.settings import Settings
from tests.builders import ADMINISTRATOR, AUDITOR, HELPER, NOON, SUZUKI, TANAKA
from tests.fakes import MemoryStore, ScriptedTransport, office
from tests.services.helpers import put, tags


def waiting(store: MemoryStore, *suppliers: int) -> None:
    """A rejection mail for each."""
    for n in suppliers:
        one = put(store, n)
        review.reject(office(store), staff=TANAKA, number=one.number, version=1, reasons=("other",))


def test_what_is_due_is_sent_and_recorded(store: MemoryStore) -> None:
    waiting(store, 92, 93)
    transport = ScriptedTransport()
    report = mail_outbox.dispatch(office(store, transport=transport), staff=ADMINISTRATOR)
    assert (report.sent, report.failed, report.sent_mails) == (2, 0, (1, 2))
    assert [mail.id for mail in transport.delivered] == [1, 2]
    assert all(mail.state is MailState.SENT and mail.sent_at == NOON for mail in store.tables.mails.values())
    assert tags(store)[-2:] == [EventTag.MAIL_SENT, EventTag.MAIL_SENT]
    assert mail_outbox.dispatch(office(store, transport=transport), staff=ADMINISTRATOR).sent == 0


def test_the_limit_is_kept_oldest_first(store: MemoryStore) -> None:
    waiting(store, 92, 93)
    assert mail_outbox.dispatch(office(store), staff=TANAKA, limit=1).sent_mails == (1,)


def test_a_transient_failure_waits_longer_each_time_and_gives_up(
    store: MemoryStore, clock: SettableClock
) -> None:
    waiting(store, 92)
    settings = Settings(retries=8)
    transport = ScriptedTransport(failures=[MailTransientError("mail-folder") for _ in range(8)])
    desk = office(store, transport=transport, settings=settings)
    for attempt in range(7):
        report = mail_outbox.dispatch(desk, staff=TANAKA)
        assert (report.deferred_mails, report.failed) == ((1,), 1)
        wait = WAITS[min(attempt, len(WAITS) - 1)]
        assert store.tables.mails[1].not_before == clock.now() + wait
        clock.advance(wait - timedelta(seconds=1))
        assert mail_outbox.dispatch(desk, staff=TANAKA) == mail_outbox.DispatchReport()
        clock.advance(timedelta(seconds=1))
    assert mail_outbox.dispatch(desk, staff=TANAKA).gave_up_mails == (1,)
    mail = store.tables.mails[1]
    assert (mail.state, mail.attempts, mail.last_error) == (MailState.GAVE_UP, 8, "mail-folder")
    clock.advance(timedelta(days=9))
    assert mail_outbox.dispatch(desk, staff=TANAKA) == mail_outbox.DispatchReport()


def test_a_permanent_failure_is_not_tried_again_and_stops_no_other(store: MemoryStore) -> None:
    waiting(store, 92, 93)
    transport = ScriptedTransport(failures=[MailPermanentError("mail-not-writable")])
    report = mail_outbox.dispatch(office(store, transport=transport), staff=TANAKA)
    assert (report.gave_up_mails, report.sent_mails) == ((1,), (2,))
    assert tags(store)[-2:] == [EventTag.MAIL_GAVE_UP, EventTag.MAIL_SENT]


def test_two_senders_never_hold_the_same_mail(store: MemoryStore) -> None:
    waiting(store, 92, 93)
    others: list[int] = []

    def second_sender(_: OutboxMail) -> None:
        others.append(mail_outbox.dispatch(office(store), staff=SUZUKI).sent)

    transport = ScriptedTransport(on_delivery=second_sender)
    assert mail_outbox.dispatch(office(store, transport=transport), staff=TANAKA).sent == 2
    assert others == [0, 0]


def test_a_sender_that_died_leaves_its_mail_to_the_next_one_under_the_same_id(
    store: MemoryStore, clock: SettableClock
) -> None:
    waiting(store, 92)

    class KilledError(BaseException):
        pass

    def die(_: OutboxMail) -> None:
        raise KilledError

    with pytest.raises(KilledError):
        mail_outbox.dispatch(office(store, transport=ScriptedTransport(on_delivery=die)), staff=TANAKA)
    assert mail_outbox.dispatch(office(store), staff=TANAKA).sent == 0
    clock.advance(LEASE)
    transport = ScriptedTransport()
    assert mail_outbox.dispatch(office(store, transport=transport), staff=TANAKA).sent == 1
    assert transport.delivered[0].message_id == store.tables.mails[1].message_id


def test_a_sender_whose_lease_ran_out_records_nothing(store: MemoryStore, clock: SettableClock) -> None:
    waiting(store, 92)

    def be_slow(_: OutboxMail) -> None:
        clock.advance(LEASE)
        assert mail_outbox.dispatch(office(store), staff=SUZUKI).sent == 1

    report = mail_outbox.dispatch(
        office(store, transport=ScriptedTransport(on_delivery=be_slow)), staff=TANAKA
    )
    assert (report.sent, report.elsewhere) == (0, (1,))
    assert [entry.event.by for entry in store.tables.audit if entry.event.tag is EventTag.MAIL_SENT] == [
        "suzuki"
    ]


def test_a_server_that_serves_nobody_ends_the_round_and_fails_one_mail_only(store: MemoryStore) -> None:
    waiting(store, 92, 93, 94)
    transport = ScriptedTransport(failures=[MailServerError("smtp-unreachable")])
    desk = office(store, transport=transport)
    report = mail_outbox.dispatch(desk, staff=TANAKA)
    assert (report.deferred_mails, report.left_mails, report.sent, report.left) == ((1,), (2, 3), 0, 2)
    assert [mail.attempts for mail in store.tables.mails.values()] == [1, 0, 0]
    assert mail_outbox.dispatch(desk, staff=TANAKA).sent_mails == (2, 3)


def test_a_round_ends_with_its_lease(store: MemoryStore, clock: SettableClock) -> None:
    waiting(store, 92, 93)
    transport = ScriptedTransport(on_delivery=lambda _: clock.advance(LEASE))
    desk = office(store, transport=transport)
    report = mail_outbox.dispatch(desk, staff=TANAKA)
    assert (report.sent_mails, report.left_mails) == ((1,), (2,))
    assert mail_outbox.dispatch(desk, staff=TANAKA).sent_mails == (2,)


def test_mails_that_cannot_be_given_back_wait_until_their_lease_is_over(
    store: MemoryStore, clock: SettableClock
) -> None:
    waiting(store, 92, 93)
    desk = office(store, transport=ScriptedTransport(failures=[MailServerError("smtp-timeout")]))
    units = 0

    def failing() -> UnitOfWork:
        nonlocal units
        units += 1
        # The first unit leases, the second records, the third gives back.
        if units == 3:
            raise StorageError("database-locked")
        return desk.uow()

    report = mail_outbox.dispatch(replace(desk, uow=failing), staff=TANAKA)
    assert (report.deferred_mails, report.left_mails) == ((1,), (2,))
    assert mail_outbox.dispatch(desk, staff=TANAKA) == mail_outbox.DispatchReport()
    clock.advance(LEASE)
    assert mail_outbox.dispatch(desk, staff=TANAKA).sent_mails == (1, 2)


def test_who_may_send_and_who_may_see(store: MemoryStore) -> None:
    waiting(store, 92)
    desk = office(store)
    with pytest.raises(NotPermittedError):
        mail_outbox.dispatch(desk, staff=AUDITOR)
    assert [mail.id for mail in mail_outbox.list_all(desk, staff=AUDITOR)] == [1]
    assert mail_outbox.list_all(desk, staff=ADMINISTRATOR, state=MailState.SENT) == ()
    with pytest.raises(NotPermittedError):
        mail_outbox.list_all(desk, staff=HELPER)


def test_a_person_has_a_given_up_mail_tried_again(store: MemoryStore) -> None:
    waiting(store, 92)
    transport = ScriptedTransport(failures=[MailPermanentError("mail-not-writable")])
    desk = office(store, transport=transport)
    assert mail_outbox.dispatch(desk, staff=TANAKA).gave_up_mails == (1,)
    with pytest.raises(NotPermittedError):
        mail_outbox.retry(desk, staff=AUDITOR, mail_id=1)
    again = mail_outbox.retry(desk, staff=ADMINISTRATOR, mail_id=1)
    assert (again.state, again.attempts) == (MailState.WAITING, 0)
    assert mail_outbox.dispatch(desk, staff=TANAKA).sent_mails == (1,)
    assert tags(store)[-2:] == [EventTag.MAIL_RETRIED, EventTag.MAIL_SENT]


@pytest.mark.parametrize("give_up", [False, True], ids=["waiting", "sent"])
def test_only_a_given_up_mail_is_tried_again(store: MemoryStore, give_up: bool) -> None:
    waiting(store, 92)
    if give_up:
        mail_outbox.dispatch(office(store), staff=TANAKA)
    with pytest.raises(IllegalTransitionError):
        mail_outbox.retry(office(store), staff=TANAKA, mail_id=1)


def test_one_mail_that_cannot_be_recorded_keeps_no_other_back(store: MemoryStore) -> None:
    waiting(store, 92, 93)
    desk = office(store)
    units = 0

    def failing() -> UnitOfWork:
        nonlocal units
        units += 1
        # The first unit leases, the second records the first mail.
        if units == 2:
            raise StorageError("database-locked")
        return desk.uow()

    report = mail_outbox.dispatch(replace(desk, uow=failing), staff=TANAKA)
    assert (report.unrecorded, report.sent_mails, report.failed) == ((1,), (2,), 1)
