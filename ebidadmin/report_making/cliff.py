"""The parts of the report on the ends of qualifications, as its notebook adds them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ebidadmin.persistence.report_cliff import CliffReportReader
from ebidadmin.report_making.writing import ReportDesk, Shown, rows_of
from ebidadmin.text import report_tables as words
from ebidadmin.text import reports

if TYPE_CHECKING:
    from ebidadmin.reporting.cliff_frames import CliffFrames

_DRAWN = 12
"""Ends that a chart has room for."""


def frames(desk: ReportDesk) -> CliffFrames:
    """Who lapses, who renewed, and who is still registered."""
    from ebidadmin.reporting.cliff_frames import cliff_frames

    found = cliff_frames(CliffReportReader(desk.engine).cliff(as_of=desk.as_of), day=desk.day)
    desk.fact(words.CLIFF_END, words.day_or(found.end, words.NO_CLIFF))
    return found


def actions(desk: ReportDesk, frames: CliffFrames) -> Shown:
    """Whose registration outlived its qualification, and whose will."""
    registered = frames.registered
    desk.figures(
        (
            (words.LAPSING, len(frames.lapsing)),
            (words.REGISTERED_DRAWN, len(registered)),
            (words.RENEWED, len(frames.renewed)),
            (words.LAPSED, len(frames.lapsed)),
        )
    )
    return desk.actions(
        words.cliff_actions(
            lapsed=len(frames.lapsed),
            soon=int((registered["days_left"] <= words.SOON_DAYS).sum()),
            registered=len(registered),
            lapsing=len(frames.lapsing),
            end=words.day_or(frames.end, words.NO_CLIFF),
        )
    )


def ends(desk: ReportDesk, frames: CliffFrames) -> Shown:
    """Suppliers by the end of their qualification, with the chart of those to come."""
    from ebidadmin.reporting.charts import stacked_bars

    found = frames.ends
    to_come = found["valid_to"].map(lambda end: end is not None and end >= desk.day).astype(bool)
    coming = found[to_come].head(_DRAWN)
    names = [f"{end:%y/%m/%d}" for end in coming["valid_to"]]
    chart = stacked_bars(
        names,
        list(coming["suppliers"] - coming["registered"]),
        list(coming["registered"]),
        names=(words.UNREGISTERED_DRAWN, words.REGISTERED_DRAWN),
        x_title=words.END_AXIS,
        y_title=words.SUPPLIER_AXIS,
    )
    rows = rows_of(found, valid_to=lambda day: words.day_or(day, words.NO_END), suppliers=int, registered=int)
    return desk.table(
        words.ENDS,
        words.END_COLUMNS,
        rows,
        chart=chart if names else "",
        chart_said=words.ends_said(names, list(coming["suppliers"])),
    )


def lapsing(desk: ReportDesk, frames: CliffFrames) -> Shown:
    """Who lapses, the registered ones first."""
    rows = rows_of(
        frames.lapsing,
        supplier_number=str,
        trade_name=str,
        valid_to=reports.day,
        days_left=int,
        cards=int,
        has_id=words.present,
    )
    return desk.table(words.LAPSING, words.HELD_COLUMNS, rows)


def renewed(desk: ReportDesk, frames: CliffFrames) -> Shown:
    """Who has a later qualification already."""
    rows = rows_of(
        frames.renewed,
        supplier_number=str,
        trade_name=str,
        before=reports.day,
        valid_to=lambda day: words.day_or(day, words.NO_END),
        cards=int,
        has_id=words.present,
    )
    return desk.table(words.RENEWED, words.RENEWED_COLUMNS, rows)


def lapsed(desk: ReportDesk, frames: CliffFrames) -> Shown:
    """Who is registered although the qualification is over, or the register has them no more."""
    rows = rows_of(
        # As plain numbers, of which one may be missing.
        frames.lapsed.astype({"days_left": "object"}),
        supplier_number=str,
        trade_name=str,
        valid_to=lambda day: words.day_or(day, words.NOTHING),
        days_left=words.days_passed,
        in_register=words.present,
        cards=int,
        has_id=words.present,
    )
    return desk.table(words.LAPSED, words.LAPSED_COLUMNS, rows)
