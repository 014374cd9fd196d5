"""The tables of the ID side, as typed rows: the only description of the schema besides the migrations that make it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from ebidadmin.domain.applications import ApplicationState, Channel
from ebidadmin.domain.mails import MailKind, MailState
from ebidadmin.domain.permits import PaperChannel, PermitState
from ebidadmin.domain.registrations import RegistrationState
from ebidadmin.persistence.schema_base import Base
from ebidadmin.persistence.types import EnumText, JsonText, closed_set

_OPEN = text("state IN ('pending', 'inquired')")
_LIVE = text("state IN ('active', 'suspended', 'locked')")


class ApplicationRow(Base):
    """An ID application. The ``…_folded`` columns are twins for the search: name folded for comparison, phone numbers as digits,
    mail addresses in lower case, each set off by ``|``."""

    __tablename__ = "id_applications"

    number: Mapped[str] = mapped_column(primary_key=True)
    supplier_number: Mapped[str]
    trade_name: Mapped[str]
    company_phone: Mapped[str]
    company_fax: Mapped[str]
    branch: Mapped[str]
    main_contact: Mapped[object] = mapped_column(JsonText())
    applicant_contact: Mapped[object] = mapped_column(JsonText())
    user_id: Mapped[str]
    password_hash: Mapped[str | None]
    applied_at: Mapped[datetime]
    channel: Mapped[Channel] = mapped_column(EnumText(Channel))
    state: Mapped[ApplicationState] = mapped_column(EnumText(ApplicationState))
    version: Mapped[int]
    previous: Mapped[str | None] = mapped_column(ForeignKey("id_applications.number"))
    register_seen: Mapped[int | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None]
    decision_reasons: Mapped[object | None] = mapped_column(JsonText())
    decision_note: Mapped[str | None]
    decision_accepted: Mapped[object | None] = mapped_column(JsonText())
    trade_name_folded: Mapped[str]
    user_id_folded: Mapped[str]
    phones_folded: Mapped[str]
    mails_folded: Mapped[str]

    __table_args__ = (
        closed_set("state", ApplicationState),
        closed_set("channel", Channel),
        CheckConstraint("version >= 1", name="version"),
        CheckConstraint(
            "(state IN ('rejected', 'withdrawn')) = (password_hash IS NULL)", name="password_hash_erased"
        ),
        CheckConstraint("(state IN ('pending', 'inquired')) = (decided_at IS NULL)", name="decided"),
        CheckConstraint("(decided_at IS NULL) = (decided_by IS NULL)", name="decided_by_whom"),
        Index(
            "uq_id_applications_open_of_supplier",
            "supplier_number",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        Index(None, "supplier_number", "number"),
        Index(None, "state", "applied_at", "number"),
        Index(None, "applied_at", "number"),
        Index(None, "trade_name_folded", "number"),
    )


class InquiryRow(Base):
    """What the office asked about an application, in order from 0."""

    __tablename__ = "application_inquiries"

    application: Mapped[str] = mapped_column(ForeignKey("id_applications.number"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    text: Mapped[str]
    asked_at: Mapped[datetime]
    asked_by: Mapped[str]
    answer: Mapped[str | None]
    answered_at: Mapped[datetime | None]

    __table_args__ = (CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="answered"),)


class NoteRow(Base):
    """A remark of the staff; never changed."""

    __tablename__ = "application_notes"

    id: Mapped[int] = mapped_column(primary_key=True)
    application: Mapped[str] = mapped_column(ForeignKey("id_applications.number"), index=True)
    text: Mapped[str]
    by: Mapped[str]
    at: Mapped[datetime]


class ClaimRow(Base):
    """Who works on an application until when."""

    __tablename__ = "application_claims"

    application: Mapped[str] = mapped_column(ForeignKey("id_applications.number"), primary_key=True)
    holder: Mapped[str | None] = mapped_column(index=True)
    until: Mapped[datetime]
    version: Mapped[int]


class PermitRow(Base):
    """A paper permit request. ``applicant_folded`` is the applicant as names are compared.

    Rows decided before numbers and decisions were recorded have no ``document_…``, and no ``decided_…`` where the trail had none either.
    """

    __tablename__ = "permits"

    id: Mapped[str] = mapped_column(primary_key=True)
    supplier_number: Mapped[str] = mapped_column(index=True)
    received: Mapped[date]
    channel: Mapped[PaperChannel] = mapped_column(EnumText(PaperChannel))
    applicant: Mapped[str]
    note: Mapped[str]
    state: Mapped[PermitState] = mapped_column(EnumText(PermitState))
    version: Mapped[int]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    reason: Mapped[str]
    applicant_folded: Mapped[str] = mapped_column(index=True)
    reply_channel: Mapped[PaperChannel | None] = mapped_column(EnumText(PaperChannel))
    document_year: Mapped[int | None]
    document_number: Mapped[int | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None]
    refusal_reasons: Mapped[object | None] = mapped_column(JsonText())
    withdrawn_from: Mapped[date | None]
    voided_at: Mapped[datetime | None]
    voided_by: Mapped[str | None]
    void_reason: Mapped[str | None]

    __table_args__ = (
        closed_set("state", PermitState),
        closed_set("channel", PaperChannel),
        closed_set("reply_channel", PaperChannel),
        CheckConstraint("version >= 1", name="version"),
        CheckConstraint(
            "state NOT IN ('granted', 'withdrawn') OR valid_from IS NOT NULL", name="granted_from"
        ),
        CheckConstraint("valid_to IS NULL OR valid_from <= valid_to", name="dates_in_order"),
        CheckConstraint("(document_year IS NULL) = (document_number IS NULL)", name="document_whole"),
        CheckConstraint("document_number >= 1", name="document_counted"),
        CheckConstraint("document_number IS NULL OR decided_at IS NOT NULL", name="document_of_decision"),
        CheckConstraint("(decided_at IS NULL) = (decided_by IS NULL)", name="decided_by_whom"),
        CheckConstraint("decided_at IS NULL OR state <> 'requested'", name="decided"),
        CheckConstraint("withdrawn_from IS NULL OR state = 'withdrawn'", name="withdrawn"),
        CheckConstraint("(state = 'voided') = (voided_at IS NOT NULL)", name="voided"),
        CheckConstraint("(voided_at IS NULL) = (voided_by IS NULL)", name="voided_by_whom"),
        CheckConstraint("(voided_at IS NULL) = (void_reason IS NULL)", name="voided_why"),
        UniqueConstraint("document_year", "document_number"),
        Index(None, "received", "id"),
    )


class EnterpriseIdRow(Base):
    """The enterprise id of a supplier number: issued once, kept for ever."""

    __tablename__ = "enterprise_ids"

    supplier_number: Mapped[str] = mapped_column(primary_key=True)
    enterprise_id: Mapped[str] = mapped_column(unique=True)

    __table_args__ = (
        UniqueConstraint("supplier_number", "enterprise_id"),
        CheckConstraint("length(enterprise_id) = 16", name="sixteen_digits"),
    )


class RegistrationRow(Base):
    """A live or former ID, keyed by the application that it came from."""

    __tablename__ = "registrations"

    application: Mapped[str] = mapped_column(ForeignKey("id_applications.number"), primary_key=True)
    supplier_number: Mapped[str] = mapped_column(index=True)
    enterprise_id: Mapped[str]
    user_id: Mapped[str]
    password_hash: Mapped[str]
    main_contact: Mapped[object] = mapped_column(JsonText())
    applicant_contact: Mapped[object] = mapped_column(JsonText())
    created_at: Mapped[datetime]
    state: Mapped[RegistrationState] = mapped_column(EnumText(RegistrationState))
    failures: Mapped[int] = mapped_column(server_default="0")
    reason: Mapped[str] = mapped_column(server_default=text("''"))
    code_hash: Mapped[str | None]
    code_expires_at: Mapped[datetime | None]
    code_failures: Mapped[int] = mapped_column(server_default="0")
    version: Mapped[int]

    __table_args__ = (
        closed_set("state", RegistrationState),
        CheckConstraint("version >= 1", name="version"),
        ForeignKeyConstraint(
            ["supplier_number", "enterprise_id"],
            ["enterprise_ids.supplier_number", "enterprise_ids.enterprise_id"],
        ),
        Index(
            "uq_registrations_live_of_supplier",
            "supplier_number",
            unique=True,
            sqlite_where=_LIVE,
            postgresql_where=_LIVE,
        ),
    )


class UserIdRow(Base):
    """A user id in use, case folded: by the open application, the live registration, or both, of one supplier.

    One table over both uses lets the database itself hold that no two suppliers share a user id.
    """

    __tablename__ = "user_id_reservations"

    user_id_folded: Mapped[str] = mapped_column(primary_key=True)
    supplier_number: Mapped[str]
    application: Mapped[str | None] = mapped_column(ForeignKey("id_applications.number"), unique=True)
    registration: Mapped[str | None] = mapped_column(ForeignKey("registrations.application"), unique=True)

    __table_args__ = (CheckConstraint("application IS NOT NULL OR registration IS NOT NULL", name="held"),)


class ContactPointRow(Base):
    """A mail address (lower case) or phone number (digits) of an application or a registration, for finding shared ones."""

    __tablename__ = "contact_points"

    source: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    field: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]
    supplier_number: Mapped[str]

    __table_args__ = (
        CheckConstraint("source IN ('application', 'registration')", name="source"),
        Index(None, "value", "supplier_number"),
    )


class SequenceRow(Base):
    """A counter: the value drawn last."""

    __tablename__ = "sequences"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[int]


class AuditRow(Base):
    """An event of the trail; triggers refuse to change or delete it.

    Tags and kinds of subjects have no CHECK: the vocabulary grows with the program, and widening a CHECK on SQLite would mean
    to copy the whole trail. The program writes only members of its closed vocabulary.
    """

    __tablename__ = "audit_events"

    seq: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    by: Mapped[str]
    tag: Mapped[str]
    subject_kind: Mapped[str]
    subject_id: Mapped[str]
    supplier_number: Mapped[str | None] = mapped_column(index=True)
    before: Mapped[object | None] = mapped_column(JsonText())
    after: Mapped[object | None] = mapped_column(JsonText())
    facts: Mapped[object] = mapped_column(JsonText())
    software: Mapped[str]

    __table_args__ = (
        Index(None, "subject_kind", "subject_id", "seq"),
        # One for each way to take a slice of the trail: see ``audit_slices``.
        Index(None, "at", "seq"),
        Index(None, "by", "at", "seq"),
        Index(None, "by", "tag", "at", "seq"),
        Index(None, "tag", "at", "seq"),
        Index(None, "supplier_number", "at", "seq"),
        Index(None, "subject_kind", "subject_id", "at", "seq"),
        # A number that was given out is never given out again, not even after the last row was cut off behind the program's back.
        {"sqlite_autoincrement": True},
    )


class MailRow(Base):
    """A mail in the outbox, written with what caused it. Kinds have no CHECK, for the reason that tags of the trail have none."""

    __tablename__ = "mail_outbox"

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[MailKind] = mapped_column(EnumText(MailKind))
    to: Mapped[object] = mapped_column(JsonText())
    subject: Mapped[str]
    body: Mapped[str]
    about_kind: Mapped[str]
    about_id: Mapped[str]
    written_at: Mapped[datetime]
    state: Mapped[MailState] = mapped_column(EnumText(MailState))
    attempts: Mapped[int]
    not_before: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    last_error: Mapped[str]
    version: Mapped[int]
    template: Mapped[str | None]

    __table_args__ = (
        closed_set("state", MailState),
        CheckConstraint("version >= 1", name="version"),
        CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent"),
        Index(None, "state", "not_before"),
        Index(None, "about_kind", "about_id"),
        {"sqlite_autoincrement": True},
    )


class DeskMetaRow(Base):
    """A value about the whole desk."""

    __tablename__ = "desk_meta"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]
