"""What stands for whoever makes reports, where nothing is made."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from ebidadmin.domain.report_periods import ReportName
from ebidadmin.domain.report_runs import ReportRun
from ebidadmin.errors import NotFoundError
from ebidadmin.services.report_ports import ParameterValue


class NothingLeft:
    """The part of ``report_ports.ReportMaker`` about what runs left: nothing, on one computer."""

    time_limit = timedelta(minutes=10)
    here = "this computer"

    def check(self, report: ReportName, parameters: Mapping[str, str]) -> Mapping[str, ParameterValue]:
        return dict(parameters)

    def place(self) -> str:
        return self.here

    def is_here(self, run: ReportRun) -> bool:
        return run.place in ("", self.here)

    def keep_notebook(self, run: ReportRun) -> str:
        return ""

    def remove(self, folder: str) -> bool:
        return True

    def files(self, run: ReportRun) -> tuple[str, ...]:
        return ()

    def read(self, run: ReportRun, name: str) -> bytes:
        raise NotFoundError("report-output-gone", id=run.id, name=name)

    def figures(self, run: ReportRun) -> Mapping[str, float]:
        return {}
