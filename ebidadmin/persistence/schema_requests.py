"""The table of requests for a second person's confirmation of a large import."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from ebidadmin.domain.import_requests import Undertaking
from ebidadmin.domain.second_person import RequestState
from ebidadmin.persistence.schema_base import Base
from ebidadmin.persistence.types import EnumText, JsonText, closed_set, second_person_checks

_OPEN = text("state IN ('requested', 'confirmed')")


class ImportRequestRow(Base):
    """One request. Of what is to be done there is one open request at a time."""

    __tablename__ = "import_requests"

    id: Mapped[str] = mapped_column(primary_key=True)
    undertaking: Mapped[Undertaking] = mapped_column(EnumText(Undertaking))
    file_name: Mapped[str]
    file_hash: Mapped[str]
    layout: Mapped[str]
    layout_digest: Mapped[str]
    register_version: Mapped[int] = mapped_column(ForeignKey("qualification_batches.id"))
    added: Mapped[int]
    changed: Mapped[int]
    unchanged: Mapped[int]
    vanished: Mapped[int]
    refused: Mapped[int]
    scale_warnings: Mapped[object] = mapped_column(JsonText())
    requested_by: Mapped[str]
    requested_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    note: Mapped[str]
    state: Mapped[RequestState] = mapped_column(EnumText(RequestState))
    version: Mapped[int]
    confirmed_by: Mapped[str | None]
    confirmed_at: Mapped[datetime | None]
    ended_by: Mapped[str | None]
    ended_at: Mapped[datetime | None]
    reason: Mapped[str]
    batch: Mapped[int | None] = mapped_column(ForeignKey("qualification_batches.id"))

    __table_args__ = (
        closed_set("state", RequestState),
        closed_set("undertaking", Undertaking),
        CheckConstraint("version >= 1", name="version"),
        CheckConstraint(
            "added >= 0 AND changed >= 0 AND unchanged >= 0 AND vanished >= 0 AND refused >= 0", name="counts"
        ),
        *second_person_checks(),
        CheckConstraint(
            "state NOT IN ('confirmed', 'applied') OR confirmed_by IS NOT NULL", name="confirmed"
        ),
        CheckConstraint("state <> 'requested' OR confirmed_by IS NULL", name="not_confirmed_yet"),
        CheckConstraint("(state = 'applied') = (batch IS NOT NULL)", name="applied"),
        Index(
            "uq_import_requests_open",
            "undertaking",
            "file_hash",
            "layout",
            "register_version",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        Index(None, "state"),
        Index(None, "batch", unique=True),
    )
