"""What the schedule of reports needs: the runs as they are kept, and whoever makes a report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from ebidadmin.domain.ids import ReportRunId
from ebidadmin.domain.report_periods import Period, ReportName
from ebidadmin.domain.report_runs import Failure, ParameterValue, ReportRun

__all__ = [
    "Made",
    "NotebookReports",
    "ParameterField",
    "ParameterValue",
    "ReportMaker",
    "ReportOutputs",
    "ReportRuns",
]


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

    def made(self, period: Period) -> bool:
        """Whether some attempt of that period is done."""
        ...

    def made_before(self, period: Period) -> ReportRun | None:
        """The last run that is done of the newest period before that one."""
        ...

    def kept(self, *, ended_before: datetime) -> tuple[ReportRun, ...]:
        """Those that ended before that moment and have left something, oldest first."""
        ...

    def nothing_kept(self) -> tuple[ReportRun, ...]:
        """Those that were declared dead and of which no folder is known, oldest first."""
        ...

    def period(self, report: ReportName, key: str) -> Period | None:
        """The period of that name, where it ran before; of the report on imports that of any import. ``None``: there is none."""
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


class ReportOutputs(Protocol):
    """What runs left."""

    def is_here(self, run: ReportRun) -> bool:
        """Whether what it left is, or was, in the folder of outputs of this computer: several may share a database."""
        ...

    def files(self, run: ReportRun) -> tuple[str, ...]:
        """Names of the files that it left, those to look at first; none where they are gone."""
        ...

    def read(self, run: ReportRun, name: str) -> bytes:
        """Raises ``NotFoundError`` ``report-output-gone``."""
        ...

    def figures(self, run: ReportRun) -> Mapping[str, float]:
        """Its main figures by what they are called, in order; none where they are gone."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterField:
    """A parameter as a form asks for it: ``kind`` is ``str``, ``int``, ``float`` or ``bool``, ``default`` as text."""

    name: str
    kind: str
    default: str
    required: bool


class ReportMaker(ReportOutputs, Protocol):
    """Makes reports: what it makes appears whole or not at all."""

    def place(self) -> str:
        """The name of the folder of outputs, which no other has: it is given with the first run. Empty where none can be written."""
        ...

    def keep_notebook(self, run: ReportRun) -> str:
        """Put what a dead run had written, but for outputs that are not whole, where failed ones are kept; the name of its folder, empty
        where it had written nothing."""
        ...

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

    def remove(self, folder: str) -> bool:
        """Remove the folder of that name, and answer whether it is gone; it may be gone already."""
        ...

    def make(self, run: ReportRun, parameters: Mapping[str, ParameterValue]) -> Made:
        """Make it; a failure is told, not raised."""
        ...


class NotebookReports(ReportMaker, Protocol):
    """Makes reports, tells what they can be told, and has what runs left."""

    def fields(self, report: ReportName) -> tuple[ParameterField, ...]:
        """What a person can tell it. Raises ``ConfigurationError`` ``report-broken``."""
        ...
