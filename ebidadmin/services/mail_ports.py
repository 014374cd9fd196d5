"""What sending needs: the outbox as it is kept, and a way for a mail to leave."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from ebidadmin.domain.events import Subject
from ebidadmin.domain.mails import MailState, OutboxMail


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
