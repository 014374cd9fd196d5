"""Sending what waits in the outbox: leased, handed over outside any transaction, recorded one by one.

A sender that dies between handing over and recording leaves a lease that runs out; the mail is then handed over again under the
same Message-ID, which transports and receivers recognise.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from ebidadmin.domain import mails
from ebidadmin.domain.events import Subject, SubjectKind
from ebidadmin.domain.ids import ApplicationNumber, CardId, CardSessionId
from ebidadmin.domain.mails import MailState, OutboxMail
from ebidadmin.domain.staff import Permission, Staff
from ebidadmin.domain.transition import Transition
from ebidadmin.errors import ConcurrentEditError, MailError, MailPermanentError, MailServerError, StorageError
from ebidadmin.services.ports import Office, UnitOfWork
from ebidadmin.services.refusals import refusals_logged

LEASE = timedelta(minutes=10)
"""How long a sender has for its mails before another may take them."""

WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240))
"""How long to wait after the first, second … failure; the last one repeats."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchReport:
    """Ids of mails by what became of them. ``elsewhere``: another sender recorded them meanwhile; ``unrecorded``: the database could
    not take down what became of them, they will be tried again; ``left_mails``: not tried, because the round ended before their turn."""

    sent_mails: tuple[int, ...] = ()
    deferred_mails: tuple[int, ...] = ()
    gave_up_mails: tuple[int, ...] = ()
    elsewhere: tuple[int, ...] = ()
    unrecorded: tuple[int, ...] = ()
    left_mails: tuple[int, ...] = ()

    @property
    def sent(self) -> int:
        return len(self.sent_mails)

    @property
    def failed(self) -> int:
        """How many could not be sent now, whether they will be tried again or not."""
        return len(self.deferred_mails) + len(self.gave_up_mails) + len(self.unrecorded)

    @property
    def left(self) -> int:
        """How many were not tried."""
        return len(self.left_mails)


def dispatch(office: Office, *, staff: Staff, limit: int = 100) -> DispatchReport:
    """Send at most ``limit`` mails that are due, oldest first. Raises ``NotPermittedError``.

    A transient failure is tried again later, up to the setting ``retries`` tries in all; a permanent one never. Where the server serves
    nobody, or the lease is over, the round ends: each further mail would wait for the same time limit, and none of them has failed.
    """
    with refusals_logged(office, staff=staff, subject=Subject(SubjectKind.DESK, "mail"), verb="dispatch"):
        staff.require(Permission.SEND_MAIL)
    now = office.clock.now()
    with office.uow() as uow:
        leased = uow.mails.lease(limit=limit, at=now, until=now + LEASE)
        uow.commit()
    outcome: dict[str, list[int]] = {
        "sent_mails": [],
        "deferred_mails": [],
        "gave_up_mails": [],
        "elsewhere": [],
        "unrecorded": [],
    }
    waiting = deque(leased)
    goes_on = True
    while waiting and goes_on and office.clock.now() < now + LEASE:
        mail = waiting.popleft()
        became, goes_on = _send(office, staff, mail)
        outcome[became].append(mail.id)
    _give_back(office, waiting)
    outcome["left_mails"] = [mail.id for mail in waiting]
    return DispatchReport(**{name: tuple(ids) for name, ids in outcome.items()})


def may_list(staff: Staff) -> bool:
    """Whether one may see the outbox."""
    return staff.may(Permission.SEND_MAIL) or staff.may(Permission.READ_PERSONAL)


def list_all(
    office: Office, *, staff: Staff, state: MailState | None = None, about: Subject | None = None
) -> tuple[OutboxMail, ...]:
    """The outbox, or those mails about a subject, with the state of each mail, newest first.

    Raises ``NotPermittedError`` unless one may read personal data or send.
    """
    with refusals_logged(office, staff=staff, subject=Subject(SubjectKind.DESK, "mail"), verb="list"):
        if not may_list(staff):
            staff.require(Permission.READ_PERSONAL)
    with office.uow() as uow:
        return uow.mails.list(state=state, about=about)


def _give_back(office: Office, mails: Collection[OutboxMail]) -> None:
    if not mails:
        return
    # Where the database cannot take it down, the leases run out by themselves.
    with suppress(StorageError), office.uow() as uow:
        uow.mails.release(tuple(mails))
        uow.commit()


def _send(office: Office, staff: Staff, mail: OutboxMail) -> tuple[str, bool]:
    """What became of it, and whether the next one may be tried."""
    outcome, transition, goes_on = _handed_over(office, staff, mail)
    try:
        with office.uow() as uow:
            uow.record(_told_of_supplier(uow, transition))
            uow.commit()
    except ConcurrentEditError:
        return "elsewhere", goes_on
    except StorageError:
        # Its lease runs out and it is sent again, under the same Message-ID; the other mails of the round go on.
        return "unrecorded", goes_on
    return outcome, goes_on


def retry(office: Office, *, staff: Staff, mail_id: int) -> OutboxMail:
    """Have a given-up mail tried again. Raises ``NotPermittedError``, ``NotFoundError``, ``IllegalTransitionError``."""
    with refusals_logged(office, staff=staff, subject=Subject(SubjectKind.MAIL, str(mail_id)), verb="retry"):
        staff.require(Permission.SEND_MAIL)
        with office.uow() as uow:
            transition = mails.retried(uow.mails.get(mail_id), by=staff.login, at=office.clock.now())
            uow.record(_told_of_supplier(uow, transition))
            uow.commit()
    return transition.after


def _told_of_supplier(uow: UnitOfWork, transition: Transition[OutboxMail]) -> Transition[OutboxMail]:
    """The change, found in the trail of the supplier whose application, ID, card or walk the mail is about."""
    about = transition.after.about
    if about.kind is SubjectKind.CARD_SESSION:
        supplier = uow.card_sessions.get(CardSessionId(about.id)).supplier_number
        return transition if supplier is None else transition.concerning(supplier)
    if about.kind is SubjectKind.REGISTRATION:
        return transition.concerning(uow.registrations.get(ApplicationNumber(about.id)).supplier_number)
    if about.kind is SubjectKind.CARD:
        return transition.concerning(uow.cards.get(CardId(about.id)).supplier_number)
    if about.kind is not SubjectKind.APPLICATION:
        return transition
    application = uow.applications.find(ApplicationNumber(about.id))
    return transition if application is None else transition.concerning(application.supplier_number)


def _handed_over(office: Office, staff: Staff, mail: OutboxMail) -> tuple[str, Transition[OutboxMail], bool]:
    try:
        office.transport.deliver(mail)
    except MailError as error:
        now = office.clock.now()
        goes_on = not isinstance(error, MailServerError)
        if isinstance(error, MailPermanentError) or mail.attempts + 1 >= office.settings.retries:
            return "gave_up_mails", mails.gave_up(mail, error=error.code, by=staff.login, at=now), goes_on
        wait = WAITS[min(mail.attempts, len(WAITS) - 1)]
        later = mails.deferred(mail, error=error.code, wait=wait, by=staff.login, at=now)
        return "deferred_mails", later, goes_on
    return "sent_mails", mails.sent(mail, by=staff.login, at=office.clock.now()), True
