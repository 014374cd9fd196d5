"""Where rows and reports go that nobody keeps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ebidadmin.domain.report_periods import ReportName
from ebidadmin.domain.report_runs import ReportRun
from ebidadmin.services.registration_export import Written
from ebidadmin.services.report_ports import Made, ParameterValue
from tests.makers import NothingLeft


class Rows:
    """``registration_export.Target`` that keeps the rows in memory."""

    form = "csv"

    def __init__(self) -> None:
        self.rows: list[object] = []

    def write(self, rows: Iterator[Any]) -> Written:
        self.rows = list(rows)
        return Written(len(self.rows), "")

    def keep(self) -> None:
        """They are kept already."""

    def discard(self) -> None:
        """There is no file."""


class Maker(NothingLeft):
    """Makes one report out of nothing."""

    def names(self) -> tuple[ReportName, ...]:
        return (ReportName.DAILY_REVIEW,)

    def make(self, run: ReportRun, parameters: Mapping[str, ParameterValue]) -> Made:
        return Made(folder="made")
