"""What mails need: whoever composes them, the outbox as it is kept, and a way for a mail to leave."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from ebidadmin.domain.applications import IdApplication
from ebidadmin.domain.cards import CardRegistration
from ebidadmin.domain.contacts import Contact
from ebidadmin.domain.events import Subject
from ebidadmin.domain.mails import MailDraft, MailKind, MailState, OutboxMail
from ebidadmin.domain.registrations import Registration
from ebidadmin.domain.report_runs import ReportRun


class MailComposer(Protocol):
    def compose(self, kind: MailKind, application: IdApplication, **facts: object) -> MailDraft:
        """The mail of that kind about that application. ``facts``: ``reasons`` (codes) and ``note`` for a rejection, ``text`` for an
        inquiry. Raises ``InputError`` (``mail-quotes-entry``, problems name the fields) when free text quotes an entered value."""
        ...

    def compose_card(
        self, kind: MailKind, card: CardRegistration, *, main_contact: Contact, trade_name: str, at: datetime
    ) -> tuple[MailDraft, ...]:
        """The mails of that kind about what happened to a registered card at that moment: to the card and the main contact, one mail where
        the addresses are equal."""
        ...

    def compose_id_desk(
        self,
        kind: MailKind,
        registration: Registration,
        application: IdApplication,
        *,
        reason: str,
        at: datetime,
    ) -> tuple[MailDraft, ...]:
        """The mails of that kind about what the desk did at that moment to the ID that came of the application: to main and applicant
        contact, one mail where the addresses are equal. Raises ``InputError`` as ``compose`` does, where: ``reason``."""
        ...

    def compose_expiry(self, card: CardRegistration, *, trade_name: str) -> MailDraft:
        """The mail that tells the card contact when the card's certificate ends."""
        ...

    def compose_report_failure(self, run: ReportRun, *, to: tuple[str, ...]) -> MailDraft:
        """The mail that tells the office itself that a report could not be made."""
        ...


class Mails(Protocol):
    def list(self, *, state: MailState | None = None, about: Subject | None = None) -> tuple[OutboxMail, ...]:
        """Newest first."""
        ...

    def get(self, mail_id: int) -> OutboxMail:
        """Raises ``NotFoundError``."""
        ...

    def lease(self, *, limit: int, at: datetime, until: datetime) -> tuple[OutboxMail, ...]:
        """Waiting mails that are due and not leased, oldest first, leased to the caller until that moment."""
        ...

    def release(self, mails: Sequence[OutboxMail]) -> None:
        """Give leased mails back untried; those that somebody else has meanwhile are left alone."""
        ...


class MailTransport(Protocol):
    def deliver(self, mail: OutboxMail) -> None:
        """Hand it over. Repeating the same mail must be harmless: every repeat has the same Message-ID and bytes.

        Raises ``MailTransientError`` (``MailServerError`` where no other mail could leave either) or ``MailPermanentError``.
        """
        ...
