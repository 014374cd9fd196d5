"""A year of an office, day by day: every report came once and on its day, and says what was so at its moment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from statistics import median

import pytest
from sqlalchemy import text

from ebidadmin.clock import end_of, jst_date
from ebidadmin.domain.report_periods import ReportName
from ebidadmin.domain.report_runs import ReportRun, RunState
from ebidadmin.persistence.audit_tree import SqlTrailTree
from ebidadmin.persistence.report_facts import SqlReportReader
from ebidadmin.persistence.report_follow_up import FollowUpReportReader
from ebidadmin.persistence.report_imports import ImportReportReader
from ebidadmin.persistence.report_registrations import RegistrationReportReader
from ebidadmin.reporting.cliff_frames import cliff_frames
from ebidadmin.reporting.follow_up_frames import follow_up_frames
from ebidadmin.reporting.import_frames import import_frames
from ebidadmin.reporting.integrity_frames import integrity_frames
from ebidadmin.reporting.registration_frames import last_moment, monthly_frames, months_back
from ebidadmin.reporting.review_frames import decided_since, review_frames
from ebidadmin.reporting.year_frames import fiscal_months, year_frames
from ebidadmin.services import report_runs
from ebidadmin.services.audit_tree import examine
from ebidadmin.services.report_ports import Made, ParameterValue
from tests.builders import ADMINISTRATOR
from tests.conftest import FreshDatabase
from tests.postgres import ENGINES
from tests.year.looks import Look, look, planned
from tests.year.office import Size, YearOffice


@dataclass
class Noted:
    """A maker that only notes what is to be made: which notebooks there are, and what they say, is tested elsewhere."""

    asked: list[ReportRun] = field(default_factory=list)
    time_limit: timedelta = timedelta(minutes=10)

    def names(self) -> tuple[ReportName, ...]:
        return tuple(ReportName)

    def check(self, report: ReportName, parameters: Mapping[str, str]) -> Mapping[str, ParameterValue]:
        return dict(parameters)

    def remove(self, folder: str) -> bool:
        return True

    def make(self, run: ReportRun, parameters: Mapping[str, ParameterValue]) -> Made:
        self.asked.append(run)
        return Made(folder=run.id)


@dataclass
class Lived:
    """An office at the end of its time, what it looked like at moments, and what the schedule ran."""

    office: YearOffice
    looks: dict[datetime, Look]
    runs: tuple[ReportRun, ...]


def lived(office: YearOffice, *, every: int) -> Lived:
    """Live it to the end, with a pass at each moment and a look at the first of every so many days."""
    maker, looks = Noted(), {}
    for moment in office.live():
        report_runs.run_due(office.office, staff=ADMINISTRATOR, maker=maker)
        day = jst_date(moment)
        if moment not in looks and (day - office.first).days % every == 0:
            looks[moment] = look(office.engine)
    return Lived(office, looks, tuple(maker.asked))


def check_year(done: Lived) -> Counter[str]:
    """Everything that is to be true of it; how many figures of each report were compared."""
    compared: Counter[str] = Counter()
    _schedule(done)
    for moment, seen in done.looks.items():
        compared["daily_review"] += _review(done.office, moment, seen)
        compared["weekly_follow_up"] += _follow_up(done.office, moment, seen)
        compared["qualification_cliff"] += _cliff(done.office, moment, seen)
    for month in sorted({run.period.day.replace(day=1) for run in done.runs}):
        compared["monthly_registrations"] += _month(done.office, months_back(month, 1))
    for number, counts in done.office.told.imports.items():
        compared["import_report"] += _import(done.office, number, counts)
    for year in sorted({(month.year - (month.month < 4)) for month, _ in done.office.told.done}):
        compared["usage_year"] += _year(done.office, year)
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


def _review(office: YearOffice, moment: datetime, seen: Look) -> int:
    first = decided_since(jst_date(moment), office.calendar)
    facts = SqlReportReader(office.engine).review(
        as_of=moment,
        decided_after=end_of(first - timedelta(days=1)),
        decided_until=end_of(jst_date(moment) - timedelta(days=1)),
    )
    frames = review_frames(facts, as_of=moment, calendar=office.calendar, target_days=5)
    assert set(frames.waiting["number"]) == seen.waiting, moment
    assert set(frames.ids["supplier_number"]) <= seen.ids
    return len(seen.waiting)


def _follow_up(office: YearOffice, moment: datetime, seen: Look) -> int:
    today = jst_date(moment)
    since = end_of(today - timedelta(days=8))
    facts = FollowUpReportReader(office.engine).follow_up(as_of=moment, since=since)
    frames = follow_up_frames(facts, as_of=moment, since=since, notice_days=60)
    assert dict(zip(frames.items["id"], frames.items["code"], strict=True)) == seen.items, moment
    counted = dict(zip(frames.counts["code"], frames.counts["new"] + frames.counts["older"], strict=True))
    assert counted == Counter(seen.items.values())
    near = {number for number, (_, end) in seen.cards.items() if end <= today + timedelta(days=60)}
    assert set(frames.expiring["card"]) == near, moment
    held = {
        number: (end, seen.ends[supplier])
        for number, (supplier, end) in seen.cards.items()
        if seen.ends.get(supplier) is not None
    }
    assert set(frames.outliving["card"]) == {one for one, (end, last) in held.items() if last and end > last}
    assert set(frames.underliving["card"]) == {
        one for one, (end, last) in held.items() if last and end < last
    }
    return len(seen.items) + len(seen.cards)


def _cliff(office: YearOffice, moment: datetime, seen: Look) -> int:
    today = jst_date(moment)
    frames = cliff_frames(ImportReportReader(office.engine).cliff(as_of=moment), day=today)
    ends = {end for end in seen.ends.values() if end is not None and end >= today}
    assert (frames.end is None) is (not ends)
    if frames.end is None:
        return 0
    counts = Counter(seen.ends.values())
    assert all(counts[frames.end] >= counts[end] for end in ends)
    lapsing = {one for one, end in seen.ends.items() if end is not None and today <= end <= frames.end}
    assert set(frames.lapsing["supplier_number"]) == lapsing, moment
    live = {supplier for supplier, _ in seen.cards.values()} | seen.ids
    assert set(frames.registered["supplier_number"]) == lapsing & live
    lapsed = {one for one, end in seen.ends.items() if end is not None and end < today} & live
    assert set(frames.lapsed["supplier_number"]) == lapsed, moment
    later = {one for one, end in seen.ends.items() if end is None or end > frames.end}
    assert set(frames.renewed["supplier_number"]) <= later
    return len(seen.ends)


def _month(office: YearOffice, month: date) -> int:
    reader = RegistrationReportReader(office.engine)
    facts = reader.monthly(after=end_of(months_back(month, 12) - timedelta(days=1)), until=last_moment(month))
    frames = monthly_frames(facts, month=month, calendar=office.calendar)
    told = office.told
    made = dict(zip(frames.registrations["measure"], frames.registrations["month"], strict=True))
    assert made == {
        "card": told.done[month, "cards_registered"],
        "renewal": told.done[month, "cards_renewed"],
        "id": told.done[month, "approved"],
    }
    before = dict(zip(frames.decisions["measure"], frames.decisions["before"], strict=True))
    assert before == {
        what: told.done[months_back(month, 1), what] for what in ("approved", "rejected", "withdrawn")
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
    return len(days) + sum(made.values())


def _import(office: YearOffice, number: int, counts: tuple[int, int, int]) -> int:
    moment = datetime.max.replace(tzinfo=office.clock.now().tzinfo)
    frames = import_frames(ImportReportReader(office.engine).imported(number, as_of=moment))
    said = dict(zip(frames.counts["measure"], frames.counts["count"], strict=True))
    assert (said["added"], said["changed"], said["vanished"]) == counts
    kinds = Counter(zip(frames.changes["kind"], frames.changes["supplier_number"], strict=True))
    listed = Counter(kind for kind, _ in kinds)
    assert (listed["added"], listed["changed"], listed["vanished"]) == counts
    return sum(counts)


def _year(office: YearOffice, year: int) -> int:
    months = fiscal_months(year)
    ends = [last_moment(month) for month in months]
    begin = end_of(months[0] - timedelta(days=1))
    facts = RegistrationReportReader(office.engine).year([begin, *ends], until=ends[-1])
    frames = year_frames(facts, year=year)
    told = office.told.done
    for what in (
        *("applications", "approved", "rejected", "withdrawn", "permits_granted", "cards_registered"),
        *("cards_renewed", "imports"),
    ):
        assert frames.of_months(what) == [told[month, what] for month in months], (year, what)
    return sum(frames.months["total"])


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
    # The schedule's own passes before seven o'clock.
    assert set(frames.unusual["by"]) == {ADMINISTRATOR.login}
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
