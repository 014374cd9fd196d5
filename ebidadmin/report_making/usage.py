"""The parts of the report on a fiscal year, as its notebook adds them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ebidadmin.clock import fiscal_year
from ebidadmin.persistence.report_registrations import RegistrationReportReader
from ebidadmin.report_making.registrations import drawn
from ebidadmin.report_making.writing import ReportDesk, Shown, before
from ebidadmin.reporting.sheet import Cell
from ebidadmin.text import report_tables as words

if TYPE_CHECKING:
    from ebidadmin.reporting.year_frames import YearFrames


def frames(desk: ReportDesk) -> YearFrames:
    """The fiscal year that had ended on the report's day."""
    from ebidadmin.reporting.registration_frames import last_moment
    from ebidadmin.reporting.year_frames import fiscal_months, year_frames

    year = fiscal_year(desk.day) - 1
    months = fiscal_months(year)
    ends = [last_moment(month) for month in months]
    facts = RegistrationReportReader(desk.engine).year([before(months[0]), *ends], until=ends[-1])
    desk.fact(words.COVERED, words.year_name(year))
    return year_frames(facts, year=year)


def actions(desk: ReportDesk, frames: YearFrames) -> Shown:
    """What the year leaves to do."""
    totals = zip(frames.months["measure"], frames.months["total"], strict=True)
    desk.figures((words.year_measure(name), int(total)) for name, total in totals)
    return desk.actions(words.year_actions(given_up=frames.total("mails_given_up")))


def registrations(desk: ReportDesk, frames: YearFrames) -> Shown:
    """What is live at the end of the year."""
    facts = frames.facts
    standing = ((label, facts.standing[name]) for name, label in words.STANDINGS.items())
    rows = (*standing, (words.SUPPLIERS, facts.suppliers))
    return desk.table(words.YEAR_END, words.YEAR_END_COLUMNS, rows)


def months(desk: ReportDesk, frames: YearFrames) -> Shown:
    """Every measure by month, with the chart of the year's registrations."""
    from ebidadmin.reporting.year_frames import fiscal_months

    months = fiscal_months(frames.year)
    ids = frames.of_months("ids_created")
    cards = [
        one + other
        for one, other in zip(
            frames.of_months("cards_registered"), frames.of_months("cards_renewed"), strict=True
        )
    ]
    chart, said = drawn(months, ids, cards)
    columns = [name for name in frames.months.columns if name != "measure"]
    titles = (words.MEASURE, *map(words.short_month, months), words.TOTAL)
    rows: list[tuple[Cell, ...]] = []
    for _, row in frames.months.iterrows():
        rows.append((words.year_measure(str(row["measure"])), *(int(row[name]) for name in columns)))
    note = words.YEAR_NOTE if chart else ""
    return desk.table(words.YEAR_MONTHS, titles, rows, note=note, chart=chart, chart_said=said)
