"""What the reports of a lived year must say, worked out by other means."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from sqlalchemy import text

from ebidadmin.clock import JST, end_of, jst_date
from ebidadmin.domain.report_periods import ReportName
from ebidadmin.domain.report_runs import ReportRun, RunState
from ebidadmin.persistence.audit_tree import SqlTrailTree
from ebidadmin.persistence.report_facts import SqlReportReader
from ebidadmin.reporting.integrity_frames import integrity_frames
from ebidadmin.reporting.registration_frames import last_moment, months_back
from ebidadmin.reporting.year_frames import fiscal_months
from ebidadmin.services import report_runs
from ebidadmin.services.audit_tree import examine
from ebidadmin.services.report_register_facts import Standing
from ebidadmin.text import report_tables as tables
from ebidadmin.text import reports as words
from tests.builders import ADMINISTRATOR
from tests.report_making.cells import Ran, run_cells
from tests.year.looks import Look, planned, worked_before
from tests.year.office import FIRST_END, NEXT_END, YearOffice, grades_of
from tests.year.past import Past

if TYPE_CHECKING:
    import pandas as pd


@dataclass
class Lived:
    """An office at the end of its time, what it looked like at the first moment of days, and what the schedule ran."""

    office: YearOffice
    looks: dict[date, Look]
    runs: tuple[ReportRun, ...]
    desk: Path
    past: Past
    compared: Counter[str] = field(default_factory=Counter)
    """How many rows and numbers of each kind were compared."""

    def ran(self, run: ReportRun) -> Ran:
        """What the notebook of the report says of the moment of the run, now."""
        period = run.period
        return run_cells(period.report, self.desk, as_of=run.as_of.isoformat(), period=period.key)

    def of(self, report: ReportName) -> list[ReportRun]:
        return [run for run in self.runs if run.period.report is report]


def check_year(done: Lived) -> None:
    """Everything that is to be true of it."""
    _schedule(done)
    for run in done.of(ReportName.DAILY_REVIEW):
        if run.period.day in done.looks:
            _review(done, run)
    _weeks(done)
    for name, check in (
        (ReportName.QUALIFICATION_CLIFF, _cliff),
        (ReportName.MONTHLY_REGISTRATIONS, _month),
        (ReportName.IMPORT_REPORT, _import),
        (ReportName.USAGE_YEAR, _year),
    ):
        for run in done.of(name):
            check(done, run)
    done.compared["events"] += _integrity(done.office)


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


def _review(done: Lived, run: ReportRun) -> None:
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
    judged = [how for how in decided.values() if how != "withdrawn"]
    assert times == Counter(judged), day
    # The page itself, not only what it is made of.
    assert {row[0] for row in ran.rows(words.WAITING)} == seen.waiting
    assert _figures(ran)[words.DECIDED] == len(judged)
    assert {row[0] for row in ran.rows(words.ENDED)} == set(decided)
    done.compared += Counter(
        {
            "waiting": len(seen.waiting),
            "decided": len(decided),
            "mails given up": len(seen.mails),
            "IDs without permit": len(seen.ids - permitted),
            "permits without ID": len(permitted - seen.ids),
        }
    )


def _weeks(done: Lived) -> None:
    """Every change and every item of the time is new in exactly one report: the first one after it."""
    changes, items = done.past.changes(), done.past.items()
    before = datetime.min.replace(tzinfo=UTC)
    for day in sorted(planned(done.office.first, done.office.last)["weekly_follow_up"].values()):
        moment = datetime.combine(day, time(8), JST)
        (run,) = (one for one in done.of(ReportName.WEEKLY_FOLLOW_UP) if one.period.day == day)
        seen, ran = done.looks[day], done.ran(run)
        _follow_up(day, seen, ran, done.compared)
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
        holders = sum(what == "holder" for what, _, _ in wanted)
        done.compared += Counter(
            {
                "holders": holders,
                "persons": len(wanted) - holders,
                "new items": len(new),
                "items": len(seen.items),
            }
        )
        before = moment


def _follow_up(today: date, seen: Look, ran: Ran, compared: Counter[str]) -> None:
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
    compared["cards near their end"] += len(near)
    compared["of them told"] += len(near & seen.told.keys())
    compared["outliving"] += len(frames.outliving)
    compared["underliving"] += len(frames.underliving)


def _cliff(done: Lived, run: ReportRun) -> None:
    today = run.period.day
    seen, ran = done.looks[today], done.ran(run)
    frames = ran.frames
    if not seen.ends:
        # Before the first import.
        assert frames.end is None
        return
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
    done.compared += Counter(
        {
            "lapsing": len(lapsing),
            "renewed": len(renewed),
            "lapsed": len(lapsed),
            "missing": len(seen.live - seen.ends.keys()),
        }
    )


def _month(done: Lived, run: ReportRun) -> None:
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
    done.compared += Counter(
        {
            "registrations": sum(made.values()),
            "days to a decision": len(days),
            "reasons": sum(map(bool, reasons.values())),
        }
    )


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
    rows = {str(row["category"]): row for row in frame.to_dict("records")}
    found = {(name, column): row[column] for name, row in rows.items() for column in columns if row[column]}
    assert found == +wanted, month
    done.compared["categories"] += sum(name != "none" for name, _ in found)
    done.compared["ungraded"] += sum(name == "none" for name, _ in found)


def _import(done: Lived, run: ReportRun) -> None:
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
    done.compared += Counter({"changes": sum(counts), "concerned": len(wanted.concerned)})
    done.compared += Counter(
        f"concerned: {reason}" for reasons in wanted.touched.values() for reason in reasons
    )


def _year(done: Lived, run: ReportRun) -> None:
    year, ran = run.period.day.year - 1, done.ran(run)
    frames, told = ran.frames, done.office.told.done
    months = fiscal_months(year)
    for what in (
        *("applications", "approved", "rejected", "withdrawn", "permits_granted", "cards_registered"),
        *("cards_renewed", "imports"),
    ):
        assert frames.of_months(what) == [told[month, what] for month in months], (year, what)
    standing = done.past.standing(last_moment(months[-1]))
    registered = sum(
        sum(frames.of_months(what)) for what in ("ids_created", "cards_registered", "cards_renewed")
    )
    drawn = [part.title for part in ran.sheet.parts if part.chart]
    assert drawn == ([tables.YEAR_MONTHS] if registered else [])
    assert dict(ran.rows(tables.YEAR_END)) == {
        **dict.fromkeys(tables.STANDINGS.values(), 0),
        tables.STANDINGS[Standing.CARD_USABLE]: standing["cards"],
        tables.STANDINGS[Standing.CARD_EXPIRED]: standing["expired"],
        tables.STANDINGS[Standing.ID_USABLE]: standing["ids"],
        tables.SUPPLIERS: standing["suppliers"],
    }
    done.compared += Counter({f"at the end: {name}": count for name, count in standing.items()})
    done.compared["of the year"] += int(sum(frames.months["total"]))


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
