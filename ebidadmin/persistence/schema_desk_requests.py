"""The table of requests of the review desk that wait for a second person."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from ebidadmin.domain.desk_requests import DeskAct
from ebidadmin.domain.second_person import RequestState
from ebidadmin.persistence.schema_base import Base
from ebidadmin.persistence.types import EnumText, JsonText, closed_set, second_person_checks

_OPEN = text("state IN ('requested', 'confirmed')")


class DeskRequestRow(Base):
    """One request. Of an ID there is one open request at a time; what was asked stays as it was, which triggers hold."""

    __tablename__ = "desk_requests"

    id: Mapped[str] = mapped_column(primary_key=True)
    act: Mapped[DeskAct] = mapped_column(EnumText(DeskAct))
    application: Mapped[str | None] = mapped_column(ForeignKey("registrations.application"))
    supplier_number: Mapped[str | None]
    registration_version: Mapped[int | None]
    wording: Mapped[str]
    mails_digest: Mapped[str]
    cases: Mapped[object] = mapped_column(JsonText())
    requested_by: Mapped[str]
    requested_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    state: Mapped[RequestState] = mapped_column(EnumText(RequestState))
    version: Mapped[int]
    confirmed_by: Mapped[str | None]
    confirmed_at: Mapped[datetime | None]
    ended_by: Mapped[str | None]
    ended_at: Mapped[datetime | None]
    reason: Mapped[str]

    __table_args__ = (
        closed_set("state", RequestState),
        closed_set("act", DeskAct),
        CheckConstraint("version >= 1", name="version"),
        CheckConstraint("(act = 'cancel') = (application IS NOT NULL)", name="about"),
        CheckConstraint("(application IS NULL) = (supplier_number IS NULL)", name="about_whom"),
        CheckConstraint("(application IS NULL) = (registration_version IS NULL)", name="about_version"),
        CheckConstraint("(act = 'bulk-approve') = (cases <> '[]')", name="about_cases"),
        *second_person_checks(),
        CheckConstraint(
            "state NOT IN ('confirmed', 'applied') OR confirmed_by IS NOT NULL", name="confirmed"
        ),
        CheckConstraint("state <> 'requested' OR confirmed_by IS NULL", name="not_confirmed_yet"),
        Index(
            "uq_desk_requests_open", "application", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN
        ),
        Index(None, "state"),
    )
