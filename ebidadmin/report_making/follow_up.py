"""The parts of the weekly report on the follow-up list, as its notebook adds them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from ebidadmin.clock import Calendar
from ebidadmin.domain.followups import FollowUpCode
from ebidadmin.domain.report_periods import PLANS, ReportName, previous_period
from ebidadmin.persistence.report_follow_up import FollowUpReportReader
from ebidadmin.report_making.writing import ReportDesk, Shown, before, each, rows_of
from ebidadmin.text import report_tables as words
from ebidadmin.text import reports

if TYPE_CHECKING:
    from ebidadmin.reporting.follow_up_frames import FollowUpFrames

NOTICE_DAYS = 60
"""Cards whose end is nearer than this are listed (back office, section 8)."""

_LONGEST = timedelta(days=92)
"""No office is closed for longer."""

_NAMED = 3
_UNQUALIFIED = (FollowUpCode.REGISTER_MISSING.value, FollowUpCode.REGISTER_LAPSED.value)


def frames(desk: ReportDesk) -> FollowUpFrames:
    """What is open, and what changed since the weekly report before this one."""
    from ebidadmin.reporting.follow_up_frames import follow_up_frames

    since = since_of(desk.day, desk.calendar)
    facts = FollowUpReportReader(desk.engine).follow_up(as_of=desk.as_of, since=since)
    desk.fact(words.COVERED, words.stretch(since, desk.as_of))
    return follow_up_frames(facts, as_of=desk.as_of, since=since, notice_days=NOTICE_DAYS)


def since_of(day: date, calendar: Calendar) -> datetime:
    """The moment of the weekly report before that of the week in which ``day`` lies: every change is in one report, however late in its
    week each of the two comes."""
    earlier = previous_period(PLANS[ReportName.WEEKLY_FOLLOW_UP], day, within=_LONGEST, calendar=calendar)
    return before(day - _LONGEST) if earlier is None else earlier.due


def actions(desk: ReportDesk, frames: FollowUpFrames) -> Shown:
    """What needs action this week."""
    items = frames.items
    old = items[items["days"] > words.OLD_ITEM_DAYS]
    desk.figures(
        (
            (words.ITEMS, len(items)),
            (words.NEW, int(frames.counts["new"].sum())),
            (words.HOLDERS, len(frames.holders)),
            (words.expiring_title(NOTICE_DAYS), len(frames.expiring)),
            (words.UNDERLIVING, len(frames.underliving)),
            (words.OUTLIVING, len(frames.outliving)),
        )
    )
    return desk.actions(
        words.follow_up_actions(
            expired=int((frames.expiring["days_left"] < 0).sum()),
            untold=int((frames.untold["days_left"] >= 0).sum()),
            unqualified=int(items["code"].isin(_UNQUALIFIED).sum()),
            new=int(frames.counts["new"].sum()),
            old=len(old),
            oldest=list(old["id"][:_NAMED]),
        )
    )


def counts(desk: ReportDesk, frames: FollowUpFrames) -> Shown:
    """Open items by kind, with a chart."""
    from ebidadmin.reporting.charts import stacked_bars

    counted = frames.counts
    names = [words.item_label(code) for code in counted["code"]]
    whole = list(counted["new"] + counted["older"])
    chart = stacked_bars(
        [str(number) for number in range(1, len(names) + 1)],
        list(counted["older"]),
        list(counted["new"]),
        names=(words.OLDER, words.NEW),
        x_title=words.ITEM_KINDS,
        y_title=words.COUNT_AXIS,
    )
    rows = tuple(
        (f"{place}. {name}", int(new), int(older), int(new + older))
        for place, (name, new, older) in enumerate(
            zip(names, counted["new"], counted["older"], strict=True), start=1
        )
    )
    return desk.table(
        words.ITEM_COUNTS,
        words.ITEM_COUNT_COLUMNS,
        rows,
        chart=chart if names else "",
        chart_said=reports.ages_said(names, whole),
    )


def items(desk: ReportDesk, frames: FollowUpFrames) -> Shown:
    """Every open item, the oldest first."""
    rows = tuple(
        (
            words.item_label(row.code),
            row.supplier_number,
            row.trade_name,
            f"{words.KINDS[row.kind]} {row.key}",
            words.item(row.code, row.facts),
            reports.day(row.opened_on),
            int(row.days),
        )
        for row in each(frames.items)
    )
    return desk.table(words.ITEMS, words.ITEM_COLUMNS, rows)


def holders(desk: ReportDesk, frames: FollowUpFrames) -> Shown:
    """Who took whose place."""
    rows = tuple(
        (
            row.supplier_number,
            row.trade_name,
            words.PERSONS[row.what],
            row.before or words.NOTHING,
            row.after or words.NOTHING,
            reports.minute(row.at),
            words.source(row.what, row.source),
        )
        for row in each(frames.holders)
    )
    return desk.table(words.HOLDERS, words.HOLDER_COLUMNS, rows)


def cards(desk: ReportDesk, frames: FollowUpFrames) -> tuple[Shown, ...]:
    """Cards whose end is near, and those whose end is not that of the qualification."""
    expiring = rows_of(
        frames.expiring,
        card=str,
        supplier_number=str,
        trade_name=str,
        holder_name=str,
        not_after=reports.day,
        days_left=int,
        told_on=lambda day: words.day_or(day, words.NOT_TOLD),
    )
    shown = [desk.table(words.expiring_title(NOTICE_DAYS), words.CARD_COLUMNS, expiring)]
    for title, frame in ((words.UNDERLIVING, frames.underliving), (words.OUTLIVING, frames.outliving)):
        rows = rows_of(
            frame,
            card=str,
            supplier_number=str,
            trade_name=str,
            not_after=reports.day,
            valid_to=reports.day,
            days=int,
        )
        shown.append(desk.table(title, words.DIFFERING_COLUMNS, rows))
    return tuple(shown)
