"""The mails and the trail of the unit of work in memory."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from ebidadmin.domain.events import Subject
from ebidadmin.domain.ids import SupplierNumber
from ebidadmin.domain.mails import LONGEST_WAIT, MailState, OutboxMail
from ebidadmin.errors import NotFoundError
from ebidadmin.services.ports import AuditEntry
from tests.memory_parts import Part


class MemoryMails(Part):
    def list(self, *, state: MailState | None = None, about: Subject | None = None) -> tuple[OutboxMail, ...]:
        return tuple(
            mail
            for mail in reversed(self.tables.mails.values())
            if (state is None or mail.state is state) and (about is None or mail.about == about)
        )

    def get(self, mail_id: int) -> OutboxMail:
        found = self.tables.mails.get(mail_id)
        if found is None:
            raise NotFoundError("not-found", kind="mail", id=str(mail_id))
        return found

    def lease(self, *, limit: int, at: datetime, until: datetime) -> tuple[OutboxMail, ...]:
        due = [
            mail
            for mail in self.tables.mails.values()
            if mail.state is MailState.WAITING
            and not at < mail.not_before <= at + LONGEST_WAIT
            and (mail.lease_until is None or not at < mail.lease_until <= at + LONGEST_WAIT)
        ][:limit]
        leased = tuple(replace(mail, lease_until=until, version=mail.version + 1) for mail in due)
        self.tables.mails.update({mail.id: mail for mail in leased})
        return leased

    def release(self, mails: Sequence[OutboxMail]) -> None:
        for mail in mails:
            if self.tables.mails[mail.id].version == mail.version:
                self.tables.mails[mail.id] = replace(mail, lease_until=None, version=mail.version + 1)


class MemoryAudit(Part):
    def list(
        self,
        *,
        subject: Subject | None = None,
        supplier: SupplierNumber | None = None,
        after_seq: int = 0,
        limit: int = 1000,
    ) -> tuple[AuditEntry, ...]:
        found = [
            entry
            for entry in self.tables.audit
            if entry.seq > after_seq
            and (subject is None or entry.event.subject == subject)
            and (supplier is None or entry.event.supplier_number == supplier)
        ]
        return tuple(found[:limit])

    def of_subjects(self, subjects: Collection[Subject]) -> dict[Subject, tuple[AuditEntry, ...]]:
        found = {subject: self.list(subject=subject, limit=len(self.tables.audit)) for subject in subjects}
        return {subject: entries for subject, entries in found.items() if entries}

    def last(self) -> AuditEntry | None:
        return self.tables.audit[-1] if self.tables.audit else None

    def last_of(self, subject: Subject) -> AuditEntry | None:
        return next(iter(reversed(self.list(subject=subject, limit=len(self.tables.audit)))), None)
