"""A year of an office, day by day: every report came once and on its day, and says what was so at its moment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from ebidadmin.clock import JST, end_of, jst_date
from ebidadmin.config import CONFIG_NAME
from ebidadmin.domain.report_periods import ReportName
from ebidadmin.domain.report_runs import ReportRun, RunState
from ebidadmin.persistence.audit_tree import SqlTrailTree
from ebidadmin.persistence.report_facts import SqlReportReader
from ebidadmin.reporting.integrity_frames import integrity_frames
from ebidadmin.reporting.registration_frames import last_moment, months_back
from ebidadmin.reporting.year_frames import fiscal_months
from ebidadmin.services import report_runs
from ebidadmin.services.audit_tree import examine
from ebidadmin.services.report_ports import Made, ParameterValue
from ebidadmin.services.report_register_facts import Standing
from ebidadmin.text import report_tables as tables
from ebidadmin.text import reports as words
from tests.builders import ADMINISTRATOR
from tests.conftest import FreshDatabase
from tests.makers import NothingLeft
from tests.needs import ROOT
from tests.postgres import ENGINES
from tests.report_making.cells import Ran, run_cells
from tests.year.looks import Look, look, planned, worked_before
from tests.year.office import FIRST_END, NEXT_END, Size, YearOffice, grades_of
from tests.year.past import Past

if TYPE_CHECKING:
    import pandas as pd


@dataclass
class Noted(NothingLeft):
    """A maker that only notes what is to be made: which notebooks there are, and what they say, is tested elsewhere."""

    asked: list[ReportRun] = field(default_factory=list)

    def names(self) -> tuple[ReportName, ...]:
        return tuple(ReportName)

    def make(self, run: ReportRun, parameters: Mapping[str, ParameterValue]) -> Made:
        self.asked.append(run)
        return Made(folder=run.id)


@dataclass
class Lived:
    """An office at the end of its time, what it looked like at the first moment of days, and what the schedule ran."""

    office: YearOffice
    looks: dict[date, Look]
    runs: tuple[ReportRun, ...]
    desk: Path
    past: Past

    def ran(self, run: ReportRun) -> Ran:
        """What the notebook of the report says of the moment of the run, now."""
        period = run.period
        return run_cells(period.report, self.desk, as_of=run.as_of.isoformat(), period=period.key)

    def of(self, report: ReportName) -> list[ReportRun]:
        return [run for run in self.runs if run.period.report is report]


def lived(office: YearOffice, *, every: int) -> Lived:
    """Live it to the end, with a pass at each moment and a look at the first of every so many days, and of those of some reports."""
    maker, looks = Noted(), {}
    wanted = planned(office.first, office.last)
    days = {*wanted["weekly_follow_up"].values(), *wanted["qualification_cliff"].values()}
    for moment in office.live():
        report_runs.run_due(office.office, staff=ADMINISTRATOR, maker=maker)
        day = jst_date(moment)
        if day not in looks and ((day - office.first).days % every == 0 or day in days):
            looks[day] = look(office.engine)
    return Lived(office, looks, tuple(maker.asked), desk_on(office), Past(office.engine))


def desk_on(office: YearOffice) -> Path:
    """A desk with the settings that come with the program, on the office's database."""
    folder = office.folder / "desk"
    folder.mkdir()
    settings = (ROOT / "data" / "desk" / CONFIG_NAME).read_text(encoding="utf-8")
    place = 'url = "sqlite:///ebidadmin.sqlite"'
    assert place in settings
    folder.joinpath(CONFIG_NAME).write_text(
        settings.replace(place, f'url = "{office.url}"'), encoding="utf-8"
    )
    return folder


def check_year(done: Lived) -> Counter[str]:
    """Everything that is to be true of it; how many figures of each report were compared."""
    compared: Counter[str] = Counter()
    _schedule(done)
    for run in done.of(ReportName.DAILY_REVIEW):
        if run.period.day in done.looks:
            compared["daily_review"] += _review(done, run)
    compared["weekly_follow_up"] = _weeks(done)
    for name, check in (
        (ReportName.QUALIFICATION_CLIFF, _cliff),
        (ReportName.MONTHLY_REGISTRATIONS, _month),
        (ReportName.IMPORT_REPORT, _import),
        (ReportName.USAGE_YEAR, _year),
    ):
        compared[name.value] = sum(check(done, run) for run in done.of(name))
    compared["audit_integrity"] += _integrity(done.office)
    return compared


def _schedule(done: Lived) -> None:
    office = done.office
    wanted = planned(office.first, office.last)
    for name, periods in wanted.items():
        ran = [run for run in done.runs if run.period.report.value == name]
        assert Counter(run.period.key for run in ran) == Counter(periods.keys()), name
        assert {run.period.key: run.period.day for run in ran} == periods, name
        assert all(run.attempt == 0 and run.as_of == run.period.due for run in ran), name
    imports = [run.period.key for run in done.runs if run.period.report is ReportName.IMPORT_REPORT]
    assert imports == [str(number) for number in office.told.imports]
    listed = report_runs.list_runs(office.office, staff=ADMINISTRATOR, limit=10_000)
    assert len(listed) == len(done.runs)
    assert {run.state for run in listed} == {RunState.DONE}


def _figures(ran: Ran) -> dict[str, float]:
    return dict(ran.sheet.figures)


def _review(done: Lived, run: ReportRun) -> int:
    day = run.period.day
    seen, ran = done.looks[day], done.ran(run)
    frames = ran.frames
    assert set(frames.waiting["number"]) == seen.waiting, day
    permitted = seen.permitted(day)
    assert set(frames.ids["supplier_number"]) == seen.ids - permitted, day
    assert set(frames.permits["supplier_number"]) == permitted - seen.ids, day
    assert set(frames.mails["id"]) == seen.mails, day
    since = worked_before(day)
    decided = {number: how for number, (when, how) in done.office.told.decided.items() if since <= when < day}
    assert dict(zip(frames.decided["number"], frames.decided["state"], strict=True)) == decided, day
    times = dict(zip(frames.times["state"], frames.times["count"], strict=True))
    assert times == Counter(decided.values()), day
    # The page itself, not only what it is made of.
    assert {row[0] for row in ran.rows(words.WAITING)} == seen.waiting
    assert _figures(ran)[words.DECIDED] == len(decided)
    return len(seen.waiting) + len(decided) + len(seen.mails) + len(permitted)


def _weeks(done: Lived) -> int:
    """Every change and every item of the time is new in exactly one report: the first one after it."""
    changes, items = done.past.changes(), done.past.items()
    before = datetime.min.replace(tzinfo=UTC)
    counted = 0
    for day in sorted(planned(done.office.first, done.office.last)["weekly_follow_up"].values()):
        moment = datetime.combine(day, time(8), JST)
        (run,) = (one for one in done.of(ReportName.WEEKLY_FOLLOW_UP) if one.period.day == day)
        seen, ran = done.looks[day], done.ran(run)
        _follow_up(day, seen, ran)
        wanted = {
            (one.what, one.supplier, one.source)
            for one in changes
            if before < one.at <= moment and (one.what == "holder" or one.supplier in seen.live)
        }
        told = ran.frames.holders
        assert len(told) == len(wanted), day
        assert set(zip(told["what"], told["supplier_number"], told["source"], strict=True)) == wanted, day
        new = [
            one
            for one in items
            if before < one.opened_at <= moment and (one.closed_at is None or one.closed_at > moment)
        ]
        assert ran.frames.counts["new"].sum() == len(new) == _figures(ran)[tables.NEW], day
        counted += len(wanted) + len(new) + len(seen.items) + len(seen.cards)
        before = moment
    assert any(before >= one.at for one in changes)
    return counted


def _follow_up(today: date, seen: Look, ran: Ran) -> None:
    frames = ran.frames
    assert dict(zip(frames.items["id"], frames.items["code"], strict=True)) == seen.items, today
    counted = dict(zip(frames.counts["code"], frames.counts["new"] + frames.counts["older"], strict=True))
    assert counted == Counter(seen.items.values())
    near = {number for number, (_, end) in seen.cards.items() if end <= today + timedelta(days=60)}
    told = dict(zip(frames.expiring["card"], frames.expiring["told_on"], strict=True))
    assert told == {number: seen.told.get(number) for number in near}, today
    held = {
        number: (end, seen.ends[supplier])
        for number, (supplier, end) in seen.cards.items()
        if seen.ends.get(supplier) is not None
    }
    assert set(frames.outliving["card"]) == {one for one, (end, last) in held.items() if last and end > last}
    assert set(frames.underliving["card"]) == {
        one for one, (end, last) in held.items() if last and end < last
    }
    assert len(ran.rows(tables.ITEMS)) == len(seen.items)


def _cliff(done: Lived, run: ReportRun) -> int:
    today = run.period.day
    seen, ran = done.looks[today], done.ran(run)
    frames = ran.frames
    if not seen.ends:
        # Before the first import.
        assert frames.end is None
        return 0
    # However many have renewed by then.
    assert frames.end == (FIRST_END if today <= FIRST_END else NEXT_END), today
    lapsing = {one for one, end in seen.ends.items() if end is not None and today <= end <= frames.end}
    assert set(frames.lapsing["supplier_number"]) == lapsing, today
    assert set(frames.registered["supplier_number"]) == lapsing & seen.live
    over = {one for one, end in seen.ends.items() if end is not None and end < today}
    lapsed = (over | (seen.live - seen.ends.keys())) & seen.live
    assert set(frames.lapsed["supplier_number"]) == lapsed, today
    assert (
        set(frames.lapsed["supplier_number"][~frames.lapsed["in_register"]]) == seen.live - seen.ends.keys()
    )
    renewed = {one for one, end in seen.ends.items() if end == NEXT_END and today <= FIRST_END}
    assert set(frames.renewed["supplier_number"]) == renewed, today
    assert set(frames.renewed["before"]) <= {FIRST_END}
    assert _figures(ran)[tables.LAPSED] == len(lapsed)
    return len(lapsing) + len(lapsed) + len(renewed)


def _month(done: Lived, run: ReportRun) -> int:
    month, told = months_back(run.period.day.replace(day=1), 1), done.office.told
    ran = done.ran(run)
    frames = ran.frames
    made = dict(zip(frames.registrations["measure"], frames.registrations["month"], strict=True))
    assert made == {
        "card": told.done[month, "cards_registered"],
        "renewal": told.done[month, "cards_renewed"],
        "id": told.done[month, "approved"],
    }
    before = dict(zip(frames.decisions["measure"], frames.decisions["before"], strict=True))
    assert before == {
        "approved-automatically": 0,
        **{what: told.done[months_back(month, 1), what] for what in ("approved", "rejected", "withdrawn")},
    }
    reasons = dict(zip(frames.reasons["measure"], frames.reasons["month"], strict=True))
    assert {one: count for one, count in reasons.items() if count} == {
        reason: count for (when, reason), count in told.reasons.items() if when == month
    }
    days = sorted(told.days.get(month, []))
    times = dict(zip(frames.times["measure"], frames.times["month"], strict=True))
    assert times["count"] == len(days)
    if days:
        assert times["median_days"] == median(days)
        assert times["longest_days"] == days[-1]
        within = sum(one <= times["days_90"] for one in days)
        below = sum(one < times["days_90"] for one in days)
        assert below < 0.9 * len(days) <= within
    series = dict(zip(frames.series["month"], frames.series["ids"] + frames.series["cards"], strict=True))
    assert series[month] == sum(made.values())
    _categories(done, frames.categories, month)
    assert [row[1] for row in ran.rows(tables.REGISTRATIONS)] == list(made.values())
    return len(days) + sum(made.values())


def _categories(done: Lived, frame: pd.DataFrame, month: date) -> None:
    """By what the register had of each supplier at the end of the month."""
    told = done.office.told
    wanted: Counter[tuple[str, str]] = Counter()
    for column, when in (("month", month), ("before", months_back(month, 1))):
        for day, method, n in told.registered:
            if day.replace(day=1) == when:
                gone = n in told.vanished and told.vanished[n] <= jst_date(last_moment(when))
                for name in () if gone else grades_of(n):
                    wanted[name, column] += 1
                    wanted[name, method] += column == "month"
                if gone or not grades_of(n):
                    wanted["none", column] += 1
                    wanted["none", method] += column == "month"
    columns = ("month", "before", "card", "renewal", "id")
    found = {
        (row.category, column): count
        for row in frame.itertuples(index=False)
        for column in columns
        if (count := getattr(row, column))
    }
    assert found == +wanted, month


def _import(done: Lived, run: ReportRun) -> int:
    number, ran = int(run.period.key), done.ran(run)
    counts, frames = done.office.told.imports[number], ran.frames
    said = dict(zip(frames.counts["measure"], frames.counts["count"], strict=True))
    assert (said["added"], said["changed"], said["vanished"]) == counts
    kinds = Counter(zip(frames.changes["kind"], frames.changes["supplier_number"], strict=True))
    listed = Counter(kind for kind, _ in kinds)
    assert (listed["added"], listed["changed"], listed["vanished"]) == counts
    wanted = done.past.imported(number)
    assert set(frames.concerned["supplier_number"]) == wanted.concerned, number
    touched = zip(frames.touched["supplier_number"], map(frozenset, frames.touched["reasons"]), strict=True)
    assert dict(touched) == wanted.touched, number
    # As many as the import itself said before it was applied.
    assert len(frames.touched) == done.office.told.touched[number], number
    assert len(ran.rows(tables.IMPORT_CONCERNED)) == len(wanted.concerned)
    return sum(counts) + len(wanted.concerned)


def _year(done: Lived, run: ReportRun) -> int:
    year, ran = run.period.day.year - 1, done.ran(run)
    frames, told = ran.frames, done.office.told.done
    months = fiscal_months(year)
    for what in (
        *("applications", "approved", "rejected", "withdrawn", "permits_granted", "cards_registered"),
        *("cards_renewed", "imports"),
    ):
        assert frames.of_months(what) == [told[month, what] for month in months], (year, what)
    standing = done.past.standing(last_moment(months[-1]))
    assert dict(ran.rows(tables.YEAR_END)) == {
        **dict.fromkeys(tables.STANDINGS.values(), 0),
        tables.STANDINGS[Standing.CARD_USABLE]: standing["cards"],
        tables.STANDINGS[Standing.CARD_EXPIRED]: standing["expired"],
        tables.STANDINGS[Standing.ID_USABLE]: standing["ids"],
        tables.SUPPLIERS: standing["suppliers"],
    }
    return int(sum(frames.months["total"])) + sum(standing.values())


def _integrity(office: YearOffice) -> int:
    verified = examine(SqlTrailTree(office.engine, dry_run=True), None, office.clock.now)
    assert verified.good, verified.findings
    day = office.working[-20]
    after, until = end_of(day - timedelta(days=1)), end_of(day)
    frames = integrity_frames(
        verified, SqlReportReader(office.engine).trail(after=after, until=until), calendar=office.calendar
    )
    with office.engine.connect() as connection:
        wanted = text(
            "SELECT tag, count(*) FROM audit_events WHERE at > :after AND at <= :until GROUP BY tag"
        )
        plain = {
            name: moment.replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds")
            for name, moment in (("after", after), ("until", until))
        }
        bound = plain if office.engine.dialect.name == "sqlite" else {"after": after, "until": until}
        counts = dict(map(tuple, connection.execute(wanted, bound).all()))
    assert dict(zip(frames.tags["tag"], frames.tags["count"], strict=True)) == counts
    # The schedule's own passes before seven o'clock are nobody's work.
    assert list(frames.unusual["by"]) == []
    return verified.size


def test_the_last_weeks_of_a_fiscal_year(fresh_database: FreshDatabase, tmp_path: Path) -> None:
    """With the 29 February, a turn of months and of the fiscal year."""
    office = YearOffice(
        fresh_database("sqlite"), tmp_path, date(2028, 2, 21), date(2028, 4, 5), Size(60, 30, 16)
    )
    compared = check_year(lived(office, every=5))
    assert all(compared[name.value] for name in ReportName), compared


@pytest.mark.slow
@pytest.mark.parametrize("size", [Size(60, 40, 24), Size(3_000, 1_200, 400)], ids=["small", "large"])
@pytest.mark.parametrize("kind", ENGINES)
def test_a_whole_year(
    kind: str, size: Size, fresh_database: FreshDatabase, tmp_path: Path, figure: Callable[[str], None]
) -> None:
    office = YearOffice(fresh_database(kind), tmp_path, date(2027, 4, 1), date(2028, 4, 5), size)
    done = lived(office, every=7)
    compared = check_year(done)
    ran = Counter(run.period.report.value for run in done.runs)
    assert office.told.done.total() > 2 * size.applications
    figure(
        f"{kind}: {len(done.runs)} reports of {(office.last - office.first).days + 1} days, each once and on its day"
        f" ({', '.join(f'{name} {count}' for name, count in sorted(ran.items()))});"
        f" figures compared: {', '.join(f'{name} {count}' for name, count in sorted(compared.items()))}"
    )
