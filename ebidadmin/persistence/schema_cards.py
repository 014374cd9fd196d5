"""The tables of the card side, as typed rows."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from ebidadmin.domain.card_sessions import CardFlow, CardMode, CardStep, SessionState
from ebidadmin.domain.cards import CardState, Revocation
from ebidadmin.domain.followups import FollowUpState, RegistrationKind
from ebidadmin.persistence.schema_base import Base
from ebidadmin.persistence.types import EnumText, JsonText, closed_set

_LIVE = text("state IN ('active', 'suspended')")
_OPEN = text("state = 'open'")


class CardRow(Base):
    """A registered card; ``der`` is its certificate as base64. ``replaced_by`` has no foreign key: the old card is saved first."""

    __tablename__ = "card_registrations"

    id: Mapped[str] = mapped_column(primary_key=True)
    supplier_number: Mapped[str] = mapped_column(index=True)
    enterprise_id: Mapped[str]
    fingerprint: Mapped[str] = mapped_column(index=True)
    serial: Mapped[str]
    issuer: Mapped[str]
    not_before: Mapped[datetime]
    not_after: Mapped[datetime]
    company_name: Mapped[str]
    company_address: Mapped[str]
    holder_name: Mapped[str]
    guessed: Mapped[object] = mapped_column(JsonText())
    der: Mapped[str]
    revocation: Mapped[Revocation] = mapped_column(EnumText(Revocation))
    card_contact: Mapped[object] = mapped_column(JsonText())
    registered_at: Mapped[datetime]
    register_seen: Mapped[int | None]
    state: Mapped[CardState] = mapped_column(EnumText(CardState))
    replaces: Mapped[str | None] = mapped_column(ForeignKey("card_registrations.id"), unique=True)
    replaced_by: Mapped[str | None]
    reason: Mapped[str]
    version: Mapped[int]

    __table_args__ = (
        closed_set("state", CardState),
        closed_set("revocation", Revocation),
        CheckConstraint("version >= 1", name="version"),
        CheckConstraint("length(fingerprint) = 64", name="fingerprint"),
        CheckConstraint("(state = 'replaced') = (replaced_by IS NOT NULL)", name="replaced"),
        ForeignKeyConstraint(
            ["supplier_number", "enterprise_id"],
            ["enterprise_ids.supplier_number", "enterprise_ids.enterprise_id"],
        ),
        Index(None, "issuer", "serial"),
        Index(
            "uq_card_registrations_live_certificate",
            "issuer",
            "serial",
            unique=True,
            sqlite_where=_LIVE,
            postgresql_where=_LIVE,
        ),
        Index(
            "uq_card_registrations_live_fingerprint",
            "fingerprint",
            unique=True,
            sqlite_where=_LIVE,
            postgresql_where=_LIVE,
        ),
    )


class MainContactRow(Base):
    """The main contact of a supplier that has or had a card."""

    __tablename__ = "card_main_contacts"

    supplier_number: Mapped[str] = mapped_column(primary_key=True)
    contact: Mapped[object] = mapped_column(JsonText())
    version: Mapped[int]

    __table_args__ = (CheckConstraint("version >= 1", name="version"),)


class CardSessionRow(Base):
    """A walk through the card screens; ``card`` and ``old`` hold what was read of a certificate, never a PIN."""

    __tablename__ = "card_sessions"

    id: Mapped[str] = mapped_column(primary_key=True)
    flow: Mapped[CardFlow] = mapped_column(EnumText(CardFlow))
    mode: Mapped[CardMode] = mapped_column(EnumText(CardMode))
    person: Mapped[str]
    started_at: Mapped[datetime]
    step: Mapped[CardStep] = mapped_column(EnumText(CardStep))
    state: Mapped[SessionState] = mapped_column(EnumText(SessionState))
    card: Mapped[object | None] = mapped_column(JsonText())
    old: Mapped[object | None] = mapped_column(JsonText())
    supplier_number: Mapped[str | None]
    register_seen: Mapped[int | None]
    searched: Mapped[object] = mapped_column(JsonText())
    typed: Mapped[object] = mapped_column(JsonText())
    registration: Mapped[str | None] = mapped_column(ForeignKey("card_registrations.id"))
    enterprise_id: Mapped[str | None]
    trail: Mapped[object] = mapped_column(JsonText())
    version: Mapped[int]

    __table_args__ = (
        closed_set("flow", CardFlow),
        closed_set("mode", CardMode),
        closed_set("step", CardStep),
        closed_set("state", SessionState),
        CheckConstraint("version >= 1", name="version"),
        Index(None, "person", "state"),
    )


class ExpiryNoticeRow(Base):
    """That a card was told of its end within a notice period; triggers refuse to change or delete it."""

    __tablename__ = "card_expiry_notices"

    card: Mapped[str] = mapped_column(ForeignKey("card_registrations.id"), primary_key=True)
    days: Mapped[int] = mapped_column(primary_key=True)
    supplier_number: Mapped[str]
    not_after: Mapped[datetime]
    written_at: Mapped[datetime]
    written_by: Mapped[str]

    __table_args__ = (CheckConstraint("days >= 0", name="days"),)


class CaseRecordRow(Base):
    """The help desk's record of a walk; never changed."""

    __tablename__ = "case_records"

    session: Mapped[str] = mapped_column(ForeignKey("card_sessions.id"), primary_key=True)
    flow: Mapped[str]
    mode: Mapped[str]
    supplier_number: Mapped[str | None]
    started_at: Mapped[datetime]
    written_at: Mapped[datetime]
    written_by: Mapped[str]
    content: Mapped[object] = mapped_column(JsonText())
    advice: Mapped[str]
    version: Mapped[int]

    __table_args__ = (
        CheckConstraint("version = 1", name="version"),
        Index(None, "written_at", "session"),
    )


class FollowUpRow(Base):
    """An item of the follow-up list. Codes have no CHECK: the vocabulary grows with the program."""

    __tablename__ = "follow_ups"

    id: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str]
    about_kind: Mapped[RegistrationKind] = mapped_column(EnumText(RegistrationKind))
    about_key: Mapped[str]
    supplier_number: Mapped[str] = mapped_column(index=True)
    facts: Mapped[object] = mapped_column(JsonText())
    opened_at: Mapped[datetime]
    state: Mapped[FollowUpState] = mapped_column(EnumText(FollowUpState))
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[str | None]
    note: Mapped[str]
    version: Mapped[int]

    __table_args__ = (
        closed_set("about_kind", RegistrationKind),
        closed_set("state", FollowUpState),
        CheckConstraint("version >= 1", name="version"),
        CheckConstraint("(state = 'open') = (closed_at IS NULL)", name="closed"),
        CheckConstraint("(closed_at IS NULL) = (closed_by IS NULL)", name="closed_by_whom"),
        CheckConstraint("state <> 'done' OR length(note) > 0", name="done_with_a_word"),
        Index(None, "about_kind", "about_key"),
        Index(None, "state", "id"),
        Index(
            "uq_follow_ups_open",
            "about_kind",
            "about_key",
            "code",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
    )
