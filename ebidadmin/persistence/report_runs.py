"""Runs of reports: rows to aggregates and back, and the port that reads them."""

from __future__ import annotations

import re
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from ebidadmin.domain.ids import ReportRunId
from ebidadmin.domain.report_periods import Period, ReportName, import_period
from ebidadmin.domain.report_runs import SCHEDULED, Failure, ReportRun, RunState
from ebidadmin.errors import NotFoundError
from ebidadmin.persistence.mapping import Values
from ebidadmin.persistence.repositories import fetch, fetch_one
from ebidadmin.persistence.schema_register import BatchRow
from ebidadmin.persistence.schema_reports import ReportRunRow as _Row

_NAMES = tuple(name.value for name in ReportName)
_NUMBER = re.compile("[1-9][0-9]{0,17}")
"""Of an import."""


class SqlReportRuns:
    """``report_ports.ReportRuns``."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, number: ReportRunId) -> ReportRun:
        row = fetch_one(self._session, select(_Row).where(_Row.id == number))
        if row is None:
            raise NotFoundError("not-found", kind="report", id=number)
        return _from(row)

    def last_scheduled(self, report: ReportName) -> ReportRun | None:
        scheduled = select(_Row).where(_Row.report == report.value, _Row.attempt == SCHEDULED)
        row = fetch_one(self._session, scheduled.order_by(_Row.due.desc()).limit(1))
        return None if row is None else _from(row)

    def scheduled_keys(self, report: ReportName, *, since: datetime) -> frozenset[str]:
        keys = select(_Row.period).where(
            _Row.report == report.value, _Row.attempt == SCHEDULED, _Row.due >= since
        )
        return frozenset(self._session.scalars(keys))

    def last_attempt(self, period: Period) -> int | None:
        of_period = (_Row.report == period.report.value, _Row.period == period.key)
        return self._session.scalar(select(func.max(_Row.attempt)).where(*of_period))

    def imports(self, *, since: datetime, until: datetime) -> tuple[Period, ...]:
        applied = select(BatchRow.id, BatchRow.applied_at).where(
            BatchRow.applied_at >= since, BatchRow.applied_at <= until
        )
        rows = self._session.execute(applied.order_by(BatchRow.id))
        return tuple(import_period(str(number), applied_at=at) for number, at in rows)

    def made(self, period: Period) -> bool:
        of_period = (_Row.report == period.report.value, _Row.period == period.key)
        found = select(_Row.id).where(*of_period, _Row.state == RunState.DONE).limit(1)
        return self._session.scalar(found) is not None

    def made_before(self, period: Period) -> ReportRun | None:
        earlier = select(_Row).where(
            _Row.report == period.report.value,
            _Row.state == RunState.DONE,
            _Row.period != period.key,
            _Row.due < period.due,
        )
        row = fetch_one(self._session, earlier.order_by(_Row.due.desc(), _Row.attempt.desc()).limit(1))
        return None if row is None else _from(row)

    def kept(self, *, ended_before: datetime) -> tuple[ReportRun, ...]:
        old = select(_Row).where(_Row.folder != "", _Row.ended_at < ended_before)
        return self._load(old.order_by(_Row.ended_at, _Row.id))

    def nothing_kept(self) -> tuple[ReportRun, ...]:
        dead = select(_Row).where(_Row.failure == Failure.DEAD, _Row.folder == "")
        return self._load(dead.order_by(_Row.ended_at, _Row.id))

    def period(self, report: ReportName, key: str) -> Period | None:
        if report is ReportName.IMPORT_REPORT:
            return self._import(key)
        ran = select(_Row.due).where(_Row.report == report.value, _Row.period == key)
        due = self._session.scalar(ran.order_by(_Row.attempt).limit(1))
        return None if due is None else Period(report=report, key=key, due=due)

    def _import(self, key: str) -> Period | None:
        if not _NUMBER.fullmatch(key):
            return None
        at = self._session.scalar(select(BatchRow.applied_at).where(BatchRow.id == int(key)))
        return None if at is None else import_period(key, applied_at=at)

    def dead(self, at: datetime) -> tuple[ReportRun, ...]:
        over = select(_Row).where(_Row.state == RunState.RUNNING, _Row.lease_until < at)
        return self._load(over.order_by(_Row.at, _Row.id))

    def list(self, *, report: ReportName | None = None, limit: int = 100) -> tuple[ReportRun, ...]:
        wanted = select(_Row) if report is None else select(_Row).where(_Row.report == report.value)
        return self._load(wanted.order_by(_Row.at.desc(), _Row.id.desc()).limit(limit))

    def _load(self, statement: Select[_Row]) -> tuple[ReportRun, ...]:
        # A later version may have run reports that this one does not know.
        known = statement.where(_Row.report.in_(_NAMES))
        return tuple(_from(row) for row in fetch(self._session, known))


def run_values(run: ReportRun) -> Values:
    return {
        "id": run.id,
        "report": run.period.report.value,
        "period": run.period.key,
        "attempt": run.attempt,
        "due": run.period.due,
        "state": run.state,
        "by": run.by,
        "at": run.at,
        "as_of": run.as_of,
        "lease_until": run.lease_until,
        "ended_at": run.ended_at,
        "folder": run.folder,
        "failure": run.failure,
        "detail": run.detail,
        "place": run.place or None,
        "parameters": dict(run.parameters) or None,
        "version": run.version,
    }


def _from(row: _Row) -> ReportRun:
    return ReportRun(
        period=Period(report=ReportName(row.report), key=row.period, due=row.due),
        attempt=row.attempt,
        state=row.state,
        by=row.by,
        at=row.at,
        as_of=row.as_of,
        lease_until=row.lease_until,
        ended_at=row.ended_at,
        folder=row.folder,
        failure=row.failure,
        detail=row.detail,
        place=row.place or "",
        parameters=tuple(sorted(row.parameters.items())) if isinstance(row.parameters, dict) else (),
        version=row.version,
    )
