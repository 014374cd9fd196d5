"""The table of the dispatch register, as typed rows."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from ebidadmin.domain.dispatches import DispatchKind
from ebidadmin.domain.permits import PaperChannel
from ebidadmin.persistence.schema_base import Base
from ebidadmin.persistence.types import EnumText, closed_set


class DispatchRow(Base):
    """A letter that went out, or what stands against a wrong row; triggers refuse to change or delete it."""

    __tablename__ = "permit_dispatches"

    id: Mapped[str] = mapped_column(primary_key=True)
    permit: Mapped[str] = mapped_column(ForeignKey("permits.id"), index=True)
    supplier_number: Mapped[str]
    document_year: Mapped[int]
    document_number: Mapped[int]
    day: Mapped[date]
    channel: Mapped[PaperChannel] = mapped_column(EnumText(PaperChannel))
    recipient: Mapped[str]
    by: Mapped[str]
    at: Mapped[datetime]
    kind: Mapped[DispatchKind] = mapped_column(EnumText(DispatchKind))
    corrects: Mapped[str | None] = mapped_column(ForeignKey("permit_dispatches.id"), unique=True)
    note: Mapped[str]

    __table_args__ = (
        closed_set("channel", PaperChannel),
        closed_set("kind", DispatchKind),
        CheckConstraint("(kind = 'sent') = (corrects IS NULL)", name="corrects"),
        CheckConstraint("kind = 'sent' OR note <> ''", name="corrects_why"),
        CheckConstraint("recipient <> ''", name="recipient"),
        CheckConstraint("document_number >= 1", name="document_counted"),
        Index(None, "day", "id"),
    )
