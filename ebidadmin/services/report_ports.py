"""What the schedule of reports needs: the runs as they are kept, and whoever makes a report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from ebidadmin.domain.ids import ReportRunId
from ebidadmin.domain.report_periods import Period, ReportName
from ebidadmin.domain.report_runs import Failure, ReportRun

ParameterValue = str | int | float | bool
"""What a parameter of a report can be."""


class ReportRuns(Protocol):
    def get(self, number: ReportRunId) -> ReportRun:
        """Raises ``NotFoundError``."""
        ...

    def last_scheduled(self, report: ReportName) -> ReportRun | None:
        """The schedule's run of the newest period: run, missed or under way."""
        ...

    def scheduled_keys(self, report: ReportName, *, since: datetime) -> frozenset[str]:
        """The periods due at that moment or later that the schedule has seen to."""
        ...

    def last_attempt(self, period: Period) -> int | None:
        """The highest attempt of that period so far."""
        ...

    def imports(self, *, since: datetime, until: datetime) -> tuple[Period, ...]:
        """The periods of the report on imports: those applied at ``since`` or later, up to and including ``until``, oldest first."""
        ...

    def dead(self, at: datetime) -> tuple[ReportRun, ...]:
        """Running ones whose lease was over before that moment, oldest first."""
        ...

    def list(self, *, report: ReportName | None = None, limit: int = 100) -> tuple[ReportRun, ...]:
        """Newest first."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What came of making a report: ``folder`` is where its outputs are (or what was kept of a failed one); ``failure`` says what went
    wrong, ``detail`` in which words of the program, without any value of the database."""

    folder: str
    failure: Failure | None = None
    detail: str = ""


class ReportMaker(Protocol):
    """Makes reports: what it makes appears whole or not at all."""

    @property
    def time_limit(self) -> timedelta:
        """After that time a report that is not done yet is stopped."""
        ...

    def names(self) -> tuple[ReportName, ...]:
        """The reports that there are."""
        ...

    def check(self, report: ReportName, parameters: Mapping[str, str]) -> Mapping[str, ParameterValue]:
        """The parameters, typed. Raises ``InputError`` ``report-parameters`` for one that is unknown, missing, of another type or a
        secret."""
        ...

    def make(self, run: ReportRun, parameters: Mapping[str, ParameterValue]) -> Made:
        """Make it; a failure is told, not raised."""
        ...
