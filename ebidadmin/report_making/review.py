"""The parts of the daily report on reviews, as its notebook adds them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from ebidadmin.report_making.writing import ReportDesk, Shown, before, rows_of
from ebidadmin.services.report_facts import AUTOMATICALLY
from ebidadmin.text import reports as words

if TYPE_CHECKING:
    import pandas as pd

    from ebidadmin.reporting.review_frames import ReviewFrames

_NAMED = 3
"""How many of the oldest are named on the first page."""


def frames(desk: ReportDesk) -> ReviewFrames:
    """What waits, and what was decided since the working day before."""
    from ebidadmin.reporting.review_frames import decided_since, review_frames

    first = decided_since(desk.day, desk.calendar)
    facts = desk.reader.review(as_of=desk.as_of, decided_after=before(first), decided_until=before(desk.day))
    desk.fact(words.COVERS, words.covers(first, desk.day - timedelta(days=1)))
    desk.fact(words.TARGET, words.target(desk.target_days))
    return review_frames(facts, as_of=desk.as_of, calendar=desk.calendar, target_days=desk.target_days)


def actions(desk: ReportDesk, frames: ReviewFrames) -> Shown:
    """What needs action today."""
    overdue = frames.overdue
    desk.figures(
        (
            (words.WAITING, len(frames.waiting)),
            (words.OVERDUE, len(overdue)),
            (words.DECIDED, len(frames.judged)),
            (words.OF_THEM_AUTOMATIC, int((frames.decided["state"] == AUTOMATICALLY).sum())),
            (words.MAILS, len(frames.mails)),
            (words.PERMITS, len(frames.permits)),
            (words.IDS, len(frames.ids)),
        )
    )
    return desk.actions(
        words.review_actions(
            overdue=len(overdue),
            due_today=len(frames.due_today),
            mails=len(frames.mails),
            ids=len(frames.ids),
            oldest=list(overdue["number"][:_NAMED]),
        )
    )


def waiting(desk: ReportDesk, frames: ReviewFrames) -> Shown:
    """What waits, the most urgent first, with the chart of ages."""
    from ebidadmin.reporting.charts import stacked_bars

    ages = frames.ages
    names = [words.ages(first, last) for first, last in _spans(ages)]
    chart = stacked_bars(
        names,
        list(ages["in_time"]),
        list(ages["overdue"]),
        names=(words.IN_TIME, words.OVERDUE),
        x_title=words.AGE_TITLE,
        y_title=words.COUNT_TITLE,
    )
    rows = rows_of(
        frames.waiting,
        number=str,
        supplier_number=str,
        trade_name=str,
        state=words.state,
        applied_on=words.day,
        days=int,
        paused_days=int,
        due=words.day,
    )
    said = words.ages_said(names, list(ages["in_time"] + ages["overdue"]))
    return desk.table(words.WAITING, words.OPEN_COLUMNS, rows, chart=chart, chart_said=said)


def decided(desk: ReportDesk, frames: ReviewFrames) -> tuple[Shown, Shown]:
    """What was decided or taken back since the working day before, and how long decisions took."""
    times = rows_of(frames.times, state=words.state, count=int, median_days=float, longest_days=int)
    rows = rows_of(
        frames.decided,
        number=str,
        supplier_number=str,
        trade_name=str,
        state=words.state,
        decided_at=words.minute,
        decided_by=str,
        days=int,
    )
    return (
        desk.table(words.TIMES, words.TIME_COLUMNS, times, note=words.TIMES_NOTE),
        desk.table(words.ENDED, words.DECIDED_COLUMNS, rows),
    )


def mails(desk: ReportDesk, frames: ReviewFrames) -> Shown:
    """Mails that were given up."""
    rows = rows_of(
        frames.mails, id=str, kind=words.mail_kind, about=str, written_at=words.minute, error=words.mail_error
    )
    return desk.table(words.MAILS, words.MAIL_COLUMNS, rows)


def unmatched(desk: ReportDesk, frames: ReviewFrames) -> tuple[Shown, Shown]:
    """IDs without a permit, and permits without an ID."""
    ids = rows_of(frames.ids, supplier_number=str, trade_name=str, number=str, registered_on=words.day)
    permits = rows_of(
        frames.permits,
        supplier_number=str,
        trade_name=str,
        valid_from=words.day,
        valid_to=words.end,
        applied=words.applied,
    )
    return (
        desk.table(words.IDS, words.ID_COLUMNS, ids),
        desk.table(words.PERMITS, words.PERMIT_COLUMNS, permits),
    )


def _spans(ages: pd.DataFrame) -> list[tuple[int, int | None]]:
    """A missing end is no number in a frame."""
    ends = [
        None if missing else int(end)
        for end, missing in zip(ages["to_days"], ages["to_days"].isna(), strict=True)
    ]
    return list(zip(map(int, ages["from_days"]), ends, strict=True))
