"""The parts of the monthly report on registrations, as its notebook adds them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from ebidadmin.persistence.report_registrations import RegistrationReportReader
from ebidadmin.report_making.writing import ReportDesk, Shown, before, rows_of
from ebidadmin.text import report_tables as words

if TYPE_CHECKING:
    from ebidadmin.reporting.registration_frames import MonthlyFrames


def frames(desk: ReportDesk) -> MonthlyFrames:
    """The month before the one that the report's day lies in."""
    from ebidadmin.reporting.registration_frames import (
        MONTHS,
        last_moment,
        month_before,
        monthly_frames,
        months_back,
    )

    month = month_before(desk.day)
    facts = RegistrationReportReader(desk.engine).monthly(
        after=before(months_back(month, MONTHS - 1)), until=last_moment(month)
    )
    desk.fact(words.COVERED, words.months(month))
    return monthly_frames(facts, month=month, calendar=desk.calendar)


def actions(desk: ReportDesk, frames: MonthlyFrames) -> Shown:
    """What was decided too late."""
    made = rows_of(frames.registrations, measure=words.method, month=int)
    ended = rows_of(frames.decisions, measure=words.outcome, month=int)
    desk.figures((str(name), float(count or 0)) for name, count in (*made, *ended))
    late = int((frames.decided["days"] > desk.target_days).sum())
    return desk.actions(words.registration_actions(late=late, target=desk.target_days))


def registrations(desk: ReportDesk, frames: MonthlyFrames) -> Shown:
    """How many registered, with the chart of thirteen months."""
    series = frames.series
    chart, said = drawn(list(series["month"]), list(series["ids"]), list(series["cards"]))
    rows = rows_of(frames.registrations, measure=words.method, month=int, before=int, year_before=int)
    return desk.table(words.REGISTRATIONS, words.BY_METHOD, rows, chart=chart, chart_said=said)


def drawn(months: Sequence[date], ids: Sequence[int], cards: Sequence[int]) -> tuple[str, str]:
    """Registrations by month as a chart, and in words."""
    names = [words.short_month(month) for month in months]
    chart = _bars(names, ids, cards, x_title=words.MONTH_AXIS)
    return chart, words.series_said(names, ids, cards)


def decisions(desk: ReportDesk, frames: MonthlyFrames) -> tuple[Shown, Shown, Shown]:
    """How applications ended, why they were rejected, and how long it took."""
    outcomes = rows_of(frames.decisions, measure=words.outcome, month=int, before=int, year_before=int)
    catalogue = desk.reasons()
    reasons = rows_of(
        frames.reasons,
        measure=lambda code: catalogue.get(code, code),
        month=int,
        before=int,
        year_before=int,
    )
    times = rows_of(
        frames.times,
        measure=words.measure,
        month=words.count_or,
        before=words.count_or,
        year_before=words.count_or,
    )
    return (
        desk.table(words.DECISIONS, words.BY_OUTCOME, outcomes),
        desk.table(words.REASONS, words.BY_REASON, reasons),
        desk.table(words.TIMES, words.BY_MEASURE, times, note=words.TIMES_NOTE),
    )


def categories(desk: ReportDesk, frames: MonthlyFrames) -> Shown:
    """Registrations by what suppliers are graded for, with the chart of the month."""
    found = frames.categories
    rows = rows_of(
        found, category=words.category, card=int, renewal=int, id=int, month=int, before=int, year_before=int
    )
    names = [words.category(one) for one in found["category"]]
    ids, cards = list(found["id"]), list(found["card"] + found["renewal"])
    chart = _bars(names, ids, cards, x_title=words.CATEGORY_AXIS) if names else ""
    return desk.table(
        words.CATEGORIES,
        words.BY_CATEGORY,
        rows,
        note=words.CATEGORY_NOTE,
        chart=chart,
        chart_said=words.series_said(names, ids, cards),
    )


def _bars(names: Sequence[str], ids: Sequence[int], cards: Sequence[int], *, x_title: str) -> str:
    from ebidadmin.reporting.charts import stacked_bars

    return stacked_bars(
        names,
        ids,
        cards,
        names=(words.IDS_DRAWN, words.CARDS_DRAWN),
        x_title=x_title,
        y_title=words.COUNT_AXIS,
    )
