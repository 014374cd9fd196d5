"""Runs of reports in memory."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from ebidadmin.domain.ids import ReportRunId
from ebidadmin.domain.report_periods import Period, ReportName, import_period
from ebidadmin.domain.report_runs import SCHEDULED, Failure, ReportRun, RunState
from ebidadmin.errors import NotFoundError
from tests.memory_parts import Part


class MemoryReportRuns(Part):
    def get(self, number: ReportRunId) -> ReportRun:
        found = self.tables.report_runs.get(number)
        if found is None:
            raise NotFoundError("not-found", kind="report", id=number)
        return found

    def last_scheduled(self, report: ReportName) -> ReportRun | None:
        return max(self._scheduled(report), key=lambda one: one.period.due, default=None)

    def scheduled_keys(self, report: ReportName, *, since: datetime) -> frozenset[str]:
        return frozenset(one.period.key for one in self._scheduled(report) if one.period.due >= since)

    def last_attempt(self, period: Period) -> int | None:
        runs = self.tables.report_runs.values()
        same = (period.report, period.key)
        return max((one.attempt for one in runs if (one.period.report, one.period.key) == same), default=None)

    def imports(self, *, since: datetime, until: datetime) -> tuple[Period, ...]:
        batches = [batch for batch, _ in self.tables.register if since <= batch.applied_at <= until]
        return tuple(import_period(str(one.id), applied_at=one.applied_at) for one in batches)

    def made(self, period: Period) -> bool:
        same = (period.report, period.key)
        runs = self.tables.report_runs.values()
        return any((one.period.report, one.period.key) == same and one.state is RunState.DONE for one in runs)

    def made_before(self, period: Period) -> ReportRun | None:
        earlier = [
            one
            for one in self.tables.report_runs.values()
            if one.period.report is period.report
            and one.state is RunState.DONE
            and one.period.key != period.key
            and one.period.due < period.due
        ]
        return max(earlier, key=lambda one: (one.period.due, one.attempt), default=None)

    def kept(self, *, ended_before: datetime) -> tuple[ReportRun, ...]:
        old = [
            (one.ended_at, one.id, one)
            for one in self.tables.report_runs.values()
            if one.folder and one.ended_at is not None and one.ended_at < ended_before
        ]
        return tuple(one for *_, one in sorted(old, key=lambda found: found[:2]))

    def nothing_kept(self) -> tuple[ReportRun, ...]:
        dead = [
            (one.ended_at, one.id, one)
            for one in self.tables.report_runs.values()
            if one.failure is Failure.DEAD and not one.folder and one.ended_at is not None
        ]
        return tuple(one for *_, one in sorted(dead, key=lambda found: found[:2]))

    def period(self, report: ReportName, key: str) -> Period | None:
        if report is ReportName.IMPORT_REPORT:
            batches = [batch for batch, _ in self.tables.register if str(batch.id) == key]
            return import_period(key, applied_at=batches[0].applied_at) if batches else None
        same = [
            one
            for one in self.tables.report_runs.values()
            if (one.period.report, one.period.key) == (report, key)
        ]
        return min(same, key=lambda one: one.attempt).period if same else None

    def dead(self, at: datetime) -> tuple[ReportRun, ...]:
        runs = self.tables.report_runs.values()
        return tuple(sorted((one for one in runs if one.is_dead(at)), key=lambda one: (one.at, one.id)))

    def list(self, *, report: ReportName | None = None, limit: int = 100) -> tuple[ReportRun, ...]:
        runs = [one for one in self.tables.report_runs.values() if report in (None, one.period.report)]
        return tuple(sorted(runs, key=lambda one: (one.at, one.id), reverse=True)[:limit])

    def _scheduled(self, report: ReportName) -> Sequence[ReportRun]:
        runs = self.tables.report_runs.values()
        return [one for one in runs if one.period.report is report and one.attempt == SCHEDULED]
