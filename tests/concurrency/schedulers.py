"""A scheduler as a process: one pass over what is due, on the shared database."""

from __future__ import annotations

from collections.abc import Mapping
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier

from ebidadmin.clock import SettableClock
from ebidadmin.domain.report_periods import ReportName
from ebidadmin.domain.report_runs import ReportRun
from ebidadmin.reference.calendar import build_calendar
from ebidadmin.services import report_runs
from ebidadmin.services.report_ports import Made, ParameterValue
from tests.builders import ADMINISTRATOR
from tests.concurrency.workers import BARRIER_SECONDS
from tests.fakes import office
from tests.makers import NothingLeft
from tests.sql_store import SqlStore


class Counting(NothingLeft):
    """Makes nothing, and counts."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def names(self) -> tuple[ReportName, ...]:
        return tuple(name for name in ReportName if name is not ReportName.IMPORT_REPORT)

    def make(self, run: ReportRun, parameters: Mapping[str, ParameterValue]) -> Made:
        self.asked.append(run.id)
        return Made(folder="made")


def scheduler(pipe: Connection, url: str, clocks: list[SettableClock], barrier: Barrier) -> None:
    """A pass at each of the moments, started together with the others'; what it made goes through the pipe."""
    maker = Counting()
    for clock in clocks:
        made = office(SqlStore(url, clock), calendar=build_calendar())
        barrier.wait(BARRIER_SECONDS)
        report_runs.run_due(made, staff=ADMINISTRATOR, maker=maker)
    pipe.send(maker.asked)
