"""Small facts for reports, made by hand."""

from __future__ import annotations

from datetime import date, datetime, time

from ebidadmin.clock import JST, as_utc
from ebidadmin.domain.applications import ApplicationState
from ebidadmin.services.case_file import Wait
from ebidadmin.services.report_facts import ReportedApplication
from tests.builders import application_number, supplier_number, trade_name


def at(day: date, hour: int = 10) -> datetime:
    """A moment of a day in Japan."""
    return as_utc(datetime.combine(day, time(hour), JST))


def decided(
    n: int,
    state: ApplicationState,
    applied: date,
    ended: date,
    *,
    by: str = "tanaka",
    reasons: tuple[str, ...] = (),
) -> ReportedApplication:
    """An application without an inquiry that was decided at ten o'clock."""
    return ReportedApplication(
        number=application_number(n),
        supplier_number=supplier_number(n),
        trade_name=trade_name(n),
        state=state,
        wait=Wait(at(applied), ()),
        decided_at=at(ended),
        decided_by=by,
        reasons=reasons,
    )
