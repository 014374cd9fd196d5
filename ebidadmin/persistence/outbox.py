"""Mails and the audit trail: the ports that read them, and the statements that append to them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import cast
from uuid import uuid4

from sqlalchemy import Table, insert, or_, select, update
from sqlalchemy.orm import Session

from ebidadmin.domain.events import Event, Subject
from ebidadmin.domain.ids import SupplierNumber
from ebidadmin.domain.mails import LONGEST_WAIT, MailDraft, MailState, OutboxMail
from ebidadmin.errors import NotFoundError
from ebidadmin.persistence import mapping
from ebidadmin.persistence.among import among
from ebidadmin.persistence.register import Executor
from ebidadmin.persistence.repositories import fetch, fetch_one
from ebidadmin.persistence.rows import begin_writing, changed_one
from ebidadmin.persistence.schema import AuditRow, MailRow
from ebidadmin.services.ports import AuditEntry

AUDIT_TABLE = cast("Table", AuditRow.__table__)
MAIL_TABLE = cast("Table", MailRow.__table__)

MESSAGE_ID_DOMAIN = "ebidadmin.local"
"""Right-hand side of our Message-IDs: a name that no mail exchanger on the internet can have (RFC 6762)."""


class SqlMails:
    """``mail_ports.Mails``."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def list(self, *, state: MailState | None = None, about: Subject | None = None) -> tuple[OutboxMail, ...]:
        statement = select(MailRow).order_by(MailRow.id.desc())
        if state is not None:
            statement = statement.where(MailRow.state == state)
        if about is not None:
            statement = statement.where(MailRow.about_kind == about.kind.value, MailRow.about_id == about.id)
        return tuple(mapping.mail_from(row) for row in fetch(self._session, statement))

    def get(self, mail_id: int) -> OutboxMail:
        row = fetch_one(self._session, select(MailRow).where(MailRow.id == mail_id))
        if row is None:
            raise NotFoundError("not-found", kind="mail", id=str(mail_id))
        return mapping.mail_from(row)

    def lease(self, *, limit: int, at: datetime, until: datetime) -> tuple[OutboxMail, ...]:
        """The lease raises the version: whoever lets it run out can no longer record what became of the mail."""
        begin_writing(self._session)
        due = (
            select(MailRow)
            .where(MailRow.state == MailState.WAITING)
            .where(or_(MailRow.not_before <= at, MailRow.not_before > at + LONGEST_WAIT))
            .where(
                or_(
                    MailRow.lease_until.is_(None),
                    MailRow.lease_until <= at,
                    MailRow.lease_until > at + LONGEST_WAIT,
                )
            )
            .order_by(MailRow.id)
            .limit(limit)
        )
        waiting = [mapping.mail_from(row) for row in fetch(self._session, due)]
        return tuple(leased for mail in waiting if (leased := self._leased(mail, until)) is not None)

    def release(self, mails: Sequence[OutboxMail]) -> None:
        begin_writing(self._session)
        for mail in mails:
            self._leased(mail, None)

    def _leased(self, mail: OutboxMail, until: datetime | None) -> OutboxMail | None:
        after = replace(mail, lease_until=until, version=mail.version + 1)
        statement = (
            update(MailRow)
            .where(MailRow.id == mail.id, MailRow.version == mail.version)
            .values(lease_until=until, version=after.version)
        )
        return after if changed_one(self._session, statement) else None


class SqlAudit:
    """``ports.Audit``."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def list(
        self,
        *,
        subject: Subject | None = None,
        supplier: SupplierNumber | None = None,
        after_seq: int = 0,
        limit: int = 1000,
    ) -> tuple[AuditEntry, ...]:
        statement = select(AuditRow).where(AuditRow.seq > after_seq).order_by(AuditRow.seq).limit(limit)
        if subject is not None:
            statement = statement.where(
                AuditRow.subject_kind == subject.kind.value, AuditRow.subject_id == subject.id
            )
        if supplier is not None:
            statement = statement.where(AuditRow.supplier_number == supplier)
        return tuple(mapping.audit_from(row) for row in fetch(self._session, statement))

    def of_subjects(self, subjects: Collection[Subject]) -> Mapping[Subject, tuple[AuditEntry, ...]]:
        found: defaultdict[Subject, list[AuditEntry]] = defaultdict(list)
        # One statement for each kind of subject, of which there are few.
        for kind in sorted({subject.kind for subject in subjects}):
            keys = [subject.id for subject in subjects if subject.kind is kind]
            wanted = select(AuditRow).where(
                AuditRow.subject_kind == kind.value, among(AuditRow.subject_id, keys)
            )
            for row in fetch(self._session, wanted.order_by(AuditRow.seq)):
                entry = mapping.audit_from(row)
                found[entry.event.subject].append(entry)
        return {subject: tuple(entries) for subject, entries in found.items()}

    def last_of(self, subject: Subject) -> AuditEntry | None:
        latest = self.latest_of(subject, limit=1)
        return latest[0] if latest else None

    def last(self) -> AuditEntry | None:
        row = fetch_one(self._session, select(AuditRow).order_by(AuditRow.seq.desc()).limit(1))
        return None if row is None else mapping.audit_from(row)

    def latest_of(self, subject: Subject, *, limit: int) -> Sequence[AuditEntry]:
        """Newest first."""
        statement = (
            select(AuditRow)
            .where(AuditRow.subject_kind == subject.kind.value, AuditRow.subject_id == subject.id)
            .order_by(AuditRow.seq.desc())
            .limit(limit)
        )
        return [mapping.audit_from(row) for row in fetch(self._session, statement)]


def append_events(session: Executor, events: Iterable[Event], *, software: str) -> tuple[int, ...]:
    """Append to the trail, in order; the numbers that the database draws for them."""
    drawn = insert(AUDIT_TABLE).returning(AUDIT_TABLE.c.seq)
    values = (mapping.audit_values(event, software) for event in events)
    return tuple(session.execute(drawn.values(one)).scalar_one() for one in values)


def enqueue(
    session: Session, drafts: Iterable[MailDraft], *, about: Subject, at: datetime
) -> tuple[int, ...]:
    """Write mails into the outbox, due at once, each with a Message-ID that it keeps; their ids."""
    drawn = insert(MAIL_TABLE).returning(MAIL_TABLE.c.id)
    mails = (
        OutboxMail(
            id=0,
            message_id=f"<{uuid4()}@{MESSAGE_ID_DOMAIN}>",
            draft=draft,
            about=about,
            written_at=at,
            not_before=at,
        )
        for draft in drafts
    )
    return tuple(session.execute(drawn.values(mapping.mail_values(mail))).scalar_one() for mail in mails)
