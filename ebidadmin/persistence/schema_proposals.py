"""The table of proposals about permits that wait for a second person."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from ebidadmin.domain.permit_proposals import PermitAct
from ebidadmin.domain.second_person import RequestState
from ebidadmin.persistence.schema_base import Base
from ebidadmin.persistence.types import EnumText, JsonText, closed_set, second_person_checks

_OPEN = text("state = 'requested'")


class ProposalRow(Base):
    """One proposal. Of a permit there is one open proposal at a time; what was asked stays as it was, which triggers hold."""

    __tablename__ = "permit_proposals"

    id: Mapped[str] = mapped_column(primary_key=True)
    permit: Mapped[str] = mapped_column(ForeignKey("permits.id"))
    supplier_number: Mapped[str]
    act: Mapped[PermitAct] = mapped_column(EnumText(PermitAct))
    permit_version: Mapped[int]
    permit_digest: Mapped[str]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    reasons: Mapped[object] = mapped_column(JsonText())
    wording: Mapped[str]
    withdrawn_from: Mapped[date | None]
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
        CheckConstraint(
            "state IN ('requested', 'confirmed', 'declined', 'withdrawn', 'expired')", name="state"
        ),
        closed_set("act", PermitAct),
        CheckConstraint("version >= 1 AND permit_version >= 1", name="version"),
        *second_person_checks(),
        CheckConstraint("(state = 'confirmed') = (confirmed_by IS NOT NULL)", name="confirmed"),
        Index("uq_permit_proposals_open", "permit", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index(None, "state"),
    )
