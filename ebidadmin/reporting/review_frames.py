"""The numbers of the daily report on reviews, as pandas frames with typed columns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import pandas as pd

from ebidadmin.clock import Calendar, jst, jst_date
from ebidadmin.domain.applications import ApplicationState
from ebidadmin.services.report_facts import ReportedApplication, ReviewFacts

AGES = ((0, 0), (1, 1), (2, 2), (3, 3), (4, 4), (5, 5), (6, 10), (11, None))
"""Working days waited, from and to: each day up to the usual target by itself, then in steps."""

_OPEN = (
    "number",
    "supplier_number",
    "trade_name",
    "state",
    "applied_on",
    "days",
    "paused_days",
    "days_left",
    "due",
)
_DECIDED = ("number", "supplier_number", "trade_name", "state", "decided_at", "decided_by", "days")


@dataclass(frozen=True, slots=True)
class ReviewFrames:
    """``waiting``, ``decided``, ``mails``, ``permits`` and ``ids`` have a row for each; ``ages`` one for each stretch of working days;
    ``times`` one for each kind of decision, automatic approvals apart, with count, median and longest time in
    working days. ``decided`` also has what suppliers took back, which is no decision of the office. Numbers of suppliers are text."""

    waiting: pd.DataFrame
    ages: pd.DataFrame
    decided: pd.DataFrame
    times: pd.DataFrame
    mails: pd.DataFrame
    permits: pd.DataFrame
    ids: pd.DataFrame

    @property
    def judged(self) -> pd.DataFrame:
        """Those of ``decided`` that the office decided."""
        return _judged(self.decided)

    @property
    def overdue(self) -> pd.DataFrame:
        """Those that wait longer than the target."""
        return self.waiting[self.waiting["days_left"] < 0].reset_index(drop=True)

    @property
    def due_today(self) -> pd.DataFrame:
        """Those whose last day is this one."""
        return self.waiting[self.waiting["days_left"] == 0].reset_index(drop=True)


def decided_since(day: date, calendar: Calendar) -> date:
    """The first day of what "yesterday" means on a working day: the working day before, with the days off after it."""
    before = day
    while True:
        before = date.fromordinal(before.toordinal() - 1)
        if calendar.is_working_day(before):
            return before


def review_frames(
    facts: ReviewFacts, *, as_of: datetime, calendar: Calendar, target_days: int
) -> ReviewFrames:
    """Frames of the facts as of that moment. Days are working days; those in which an inquiry waits for an answer do not count."""
    day = jst_date(as_of)
    waiting = pd.DataFrame(
        [_open_row(one, day, calendar, target_days) for one in facts.open], columns=list(_OPEN)
    ).astype({"days": "int64", "paused_days": "int64", "days_left": "int64"})
    decided = pd.DataFrame(
        [_decided_row(one, calendar) for one in facts.decided], columns=list(_DECIDED)
    ).astype({"days": "int64"})
    return ReviewFrames(
        waiting=waiting.sort_values(["days_left", "applied_on", "number"], ignore_index=True),
        ages=_ages(waiting),
        decided=decided.sort_values(["decided_at", "number"], ignore_index=True),
        times=_times(decided),
        mails=pd.DataFrame(
            [(one.id, one.kind, one.about, jst(one.written_at), one.error) for one in facts.mails],
            columns=["id", "kind", "about", "written_at", "error"],
        ),
        permits=pd.DataFrame(
            [
                (one.supplier_number, one.trade_name, one.valid_from, one.valid_to, one.applied)
                for one in facts.permits
            ],
            columns=["supplier_number", "trade_name", "valid_from", "valid_to", "applied"],
        ),
        ids=pd.DataFrame(
            [
                (one.supplier_number, one.trade_name, one.application, jst_date(one.created_at))
                for one in facts.ids
            ],
            columns=["supplier_number", "trade_name", "number", "registered_on"],
        ),
    )


def _open_row(
    one: ReportedApplication, day: date, calendar: Calendar, target_days: int
) -> tuple[object, ...]:
    days, paused = one.wait.days(calendar.working_days_between, day)
    applied = jst_date(one.wait.applied_at)
    return (
        one.number,
        one.supplier_number,
        one.trade_name,
        one.state.value,
        applied,
        days,
        paused,
        target_days - days,
        calendar.add_working_days(applied, target_days + paused),
    )


def _decided_row(one: ReportedApplication, calendar: Calendar) -> tuple[object, ...]:
    if one.decided_at is None:
        raise ValueError(f"{one.number} is not decided")
    days, _ = one.wait.days(calendar.working_days_between, jst_date(one.decided_at))
    return (
        one.number,
        one.supplier_number,
        one.trade_name,
        one.outcome,
        jst(one.decided_at),
        one.decided_by,
        days,
    )


def _ages(waiting: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for first, last in AGES:
        days = waiting["days"]
        inside = (days >= first) if last is None else days.between(first, last)
        late = inside & (waiting["days_left"] < 0)
        rows.append((first, last, int(inside.sum() - late.sum()), int(late.sum())))
    return pd.DataFrame(rows, columns=["from_days", "to_days", "in_time", "overdue"])


def _judged(decided: pd.DataFrame) -> pd.DataFrame:
    return decided[decided["state"] != ApplicationState.WITHDRAWN.value].reset_index(drop=True)


def _times(decided: pd.DataFrame) -> pd.DataFrame:
    grouped = _judged(decided).groupby("state")["days"]
    made = grouped.agg(["count", "median", "max"]).reset_index()
    return made.rename(columns={"median": "median_days", "max": "longest_days"})
