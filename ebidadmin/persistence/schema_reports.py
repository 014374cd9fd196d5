"""The table of runs of reports."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ebidadmin.domain.report_runs import Failure, RunState
from ebidadmin.persistence.schema_base import Base
from ebidadmin.persistence.types import EnumText, JsonText, closed_set


class ReportRunRow(Base):
    """One run. The unique key over report, period and attempt is the claim: whoever comes second does not run it.

    Names of reports have no CHECK: their number grows with the program.
    """

    __tablename__ = "report_runs"

    id: Mapped[str] = mapped_column(primary_key=True)
    report: Mapped[str]
    period: Mapped[str]
    attempt: Mapped[int]
    due: Mapped[datetime]
    state: Mapped[RunState] = mapped_column(EnumText(RunState))
    by: Mapped[str]
    at: Mapped[datetime]
    as_of: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    folder: Mapped[str]
    failure: Mapped[Failure | None] = mapped_column(EnumText(Failure))
    detail: Mapped[str]
    version: Mapped[int]
    place: Mapped[str | None]
    parameters: Mapped[object | None] = mapped_column(JsonText)

    __table_args__ = (
        UniqueConstraint("report", "period", "attempt"),
        closed_set("state", RunState),
        closed_set("failure", Failure),
        CheckConstraint("attempt >= 0", name="attempt"),
        CheckConstraint("version >= 1", name="version"),
        CheckConstraint("(state = 'running') = (lease_until IS NOT NULL)", name="lease"),
        CheckConstraint("(state = 'running') = (ended_at IS NULL)", name="ended"),
        CheckConstraint("(state = 'failed') = (failure IS NOT NULL)", name="failed"),
        Index(None, "report", "attempt", "due"),
        Index(None, "state", "lease_until"),
        Index(None, "at", "id"),
    )
