"""Makes reports from notebooks: each runs in a process of its own with a time limit; what came of it appears whole or not at all."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ebidadmin.bootstrap import DESK_VARIABLE, Desk
from ebidadmin.bundled import bundled
from ebidadmin.clock import jst
from ebidadmin.documents.report_page import report_pdf
from ebidadmin.domain.report_periods import ReportName
from ebidadmin.domain.report_runs import Failure, ReportRun
from ebidadmin.errors import ConfigurationError, EbidError
from ebidadmin.report_making.outputs import (
    FAILED,
    FIGURES,
    NOTEBOOK,
    OutputFolder,
    folder_name,
    free,
    give_to_group,
    only_notebook,
    unfinished,
)
from ebidadmin.report_making.writing import FOLDER_VARIABLE
from ebidadmin.reporting import parameters as typed_parameters
from ebidadmin.reporting.page import html_page
from ebidadmin.reporting.runner import LISTENS_VARIABLE
from ebidadmin.reporting.sheet import FILE, Part, breadth, read_sheet
from ebidadmin.reporting.workbook import workbook
from ebidadmin.services.report_ports import Made, ParameterField, ParameterValue

RUNNER = "ebidadmin.reporting.runner"
CELL_RAISED = 3
"""The exit code of the runner for a cell that raised."""

_NOT_FOR_REPORTS = ("EBIDADMIN_SMTP_USER", "EBIDADMIN_SMTP_PASSWORD")
_NEEDED = ("papermill", "matplotlib")
_NARROW, _BROADEST, _SMALL = 22, 90, 80
"""Columns up to so many letters take what they need; broader ones share the rest of the page, none more than for so many. In a table
that is no broader than so many, about half a page, each takes what it needs."""


class _FailedError(Exception):
    def __init__(self, failure: Failure, detail: str) -> None:
        super().__init__(failure.value, detail)
        self.failure, self.detail = failure, detail


@dataclass(frozen=True, slots=True)
class NotebookMaker:
    """``report_ports.ReportMaker`` on the notebooks of a desk; those that the desk lacks come with the program."""

    desk: Desk
    limit: timedelta | None = None
    """In place of that of the settings."""
    notebooks: Path | None = None
    """The folder of the notebooks, in place of the desk's own."""

    @property
    def time_limit(self) -> timedelta:
        return self.limit or timedelta(minutes=self.desk.config.reports.time_limit_minutes)

    @property
    def folder(self) -> Path:
        """Where the outputs are, one folder for each run."""
        return self.desk.folder / self.desk.config.reports.folder

    def names(self) -> tuple[ReportName, ...]:
        """Those that have a notebook."""
        return tuple(name for name in ReportName if self._notebook(name).is_file())

    def check(self, report: ReportName, parameters: Mapping[str, str]) -> Mapping[str, ParameterValue]:
        self.check_parts()
        return typed_parameters.typed(typed_parameters.read_parameters(self._notebook(report)), parameters)

    def fields(self, report: ReportName) -> tuple[ParameterField, ...]:
        found = typed_parameters.read_parameters(self._notebook(report))
        return tuple(
            ParameterField(
                name=one.name,
                kind=one.kind.__name__,
                default=""
                if one.default is None
                else str(one.default).lower()
                if one.kind is bool
                else str(one.default),
                required=one.default is None,
            )
            for one in found
            if one.name not in typed_parameters.RESERVED
        )

    def check_parts(self) -> None:
        """Raises ``ConfigurationError`` ``report-parts-missing`` where the installation cannot run notebooks."""
        missing = [name for name in _NEEDED if find_spec(name) is None]
        if missing:
            raise ConfigurationError("report-parts-missing", package=missing[0])

    def place(self) -> str:
        return self._outputs.place()

    def is_here(self, run: ReportRun) -> bool:
        return self._outputs.is_here(run)

    def keep_notebook(self, run: ReportRun) -> str:
        return self._outputs.keep_notebook(run)

    def remove(self, folder: str) -> bool:
        return self._outputs.remove(folder)

    def files(self, run: ReportRun) -> tuple[str, ...]:
        return self._outputs.files(run)

    def read(self, run: ReportRun, name: str) -> bytes:
        return self._outputs.read(run, name)

    def figures(self, run: ReportRun) -> Mapping[str, float]:
        return self._outputs.figures(run)

    @property
    def _outputs(self) -> OutputFolder:
        return OutputFolder(self.folder)

    def make(self, run: ReportRun, parameters: Mapping[str, ParameterValue]) -> Made:
        name, aside = folder_name(run), unfinished(self.folder, run)
        try:
            shutil.rmtree(aside, ignore_errors=True)
            # Names of suppliers will lie below: for this user's eyes alone.
            aside.mkdir(mode=0o700, parents=True)
            failed = self._tried(run, parameters, aside)
            aside.joinpath(FILE).unlink(missing_ok=True)
            if failed is not None:
                name += FAILED
            give_to_group(aside, self.folder)
            aside.rename(target := free(self.folder / name))
        except OSError as error:
            return Made(folder="", failure=Failure.OUTPUT, detail=type(error).__name__)
        if failed is not None:
            return Made(folder=target.name, failure=failed.failure, detail=failed.detail)
        return Made(folder=target.name)

    def _tried(
        self, run: ReportRun, parameters: Mapping[str, ParameterValue], aside: Path
    ) -> _FailedError | None:
        try:
            self._execute(run, parameters, aside)
            _or_failed(lambda: self._write_outputs(run, aside))
        except _FailedError as failed:
            only_notebook(aside)
            return failed
        return None

    def _execute(self, run: ReportRun, parameters: Mapping[str, ParameterValue], aside: Path) -> None:
        notebook = self._notebook(run.period.report)
        try:
            self.check_parts()
            typed_parameters.read_parameters(notebook)
        except EbidError as error:
            raise _FailedError(Failure.CELL, error.code) from error
        job = {
            "source": str(notebook),
            "target": str(aside / NOTEBOOK),
            "folder": str(self.desk.folder),
            "parameters": {
                **parameters,
                "as_of": jst(run.as_of).isoformat(),
                "period": run.period.key,
            },
        }
        code, told = _answer(
            [sys.executable, "-m", RUNNER],
            json.dumps(job),
            environment=self._environment(aside),
            limit=self.time_limit.total_seconds(),
        )
        if code == CELL_RAISED:
            raise _FailedError(Failure.CELL, f"cell {told.get('cell')}: {told.get('error')}")
        if code:
            raise _FailedError(Failure.CELL, f"exit code {code}")

    def _environment(self, aside: Path) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name not in _NOT_FOR_REPORTS}
        cache = self.desk.folder / "var" / "reports"
        return {
            **kept,
            DESK_VARIABLE: str(self.desk.folder),
            FOLDER_VARIABLE: str(aside),
            # Not the person's own: a report looks the same whoever runs it, and a service has no home.
            "MPLCONFIGDIR": str(cache / "matplotlib"),
            "IPYTHONDIR": str(cache / "ipython"),
            "JUPYTER_CONFIG_DIR": str(cache / "jupyter"),
        }

    def _write_outputs(self, run: ReportRun, aside: Path) -> None:
        stem = f"{run.period.report.value}_{run.period.key}"
        made: dict[str, Callable[[Any], bytes]] = {
            ".html": lambda sheet: html_page(sheet).encode(),
            ".xlsx": workbook,
            ".pdf": lambda sheet: report_pdf(sheet_data(sheet), made_at=run.as_of, folder=self.desk.folder),
        }
        sheet = read_sheet(aside)
        figures = json.dumps(dict(sheet.figures), ensure_ascii=False)
        aside.joinpath(FIGURES).write_text(figures, encoding="utf-8")
        for ending, make in made.items():
            aside.joinpath(f"{stem}{ending}").write_bytes(make(sheet))

    def _notebook(self, report: ReportName) -> Path:
        own = (self.notebooks or self.desk.folder / "reports") / f"{report.value}.ipynb"
        return own if own.is_file() else bundled("reports") / own.name


def sheet_data(sheet: Any) -> dict[str, Any]:
    """A sheet as a page template reads it: every cell is text, numbers are marked."""

    def cell(value: Any) -> dict[str, Any]:
        number = isinstance(value, int | float)
        return {"said": f"{value:,}" if number else "" if value is None else value, "number": number}

    return {
        "title": sheet.title,
        "subtitle": sheet.subtitle,
        "facts": [{"label": label, "value": value} for label, value in sheet.facts],
        "actions_title": sheet.actions_title,
        "actions": list(sheet.actions),
        "all_well": sheet.all_well,
        "empty": sheet.empty,
        "foot": [{"label": label, "value": value} for label, value in sheet.foot],
        "parts": [
            {
                "title": part.title,
                "note": part.note,
                "columns": list(part.columns),
                "widths": _widths(part),
                "rows": [[cell(value) for value in row] for row in part.rows],
                "more": sheet.more_rows.format(count=part.hidden) if part.hidden else "",
                "chart": part.chart,
                "chart_said": part.chart_said,
            }
            for part in sheet.parts
        ],
    }


def _or_failed(write: Callable[[], None]) -> None:
    """Whatever a library could not write is a failure of the run: one that ended with an exception would seem to be under way until its
    lease is over, and would end the pass."""
    try:
        write()
    except EbidError as error:
        raise _FailedError(Failure.OUTPUT, error.code) from error
    except Exception as error:
        raise _FailedError(Failure.OUTPUT, type(error).__name__) from error


def _widths(part: Part) -> list[int]:
    """For each column the share of what is left of the page, or 0 for one that takes what it needs."""
    widest = [
        max(map(breadth, (name, *("" if row[place] is None else str(row[place]) for row in part.rows))))
        for place, name in enumerate(part.columns)
    ]
    if sum(widest) <= _SMALL:
        return [0] * len(widest)
    # Numbers take what they need, whatever stands above them.
    said = [any(isinstance(row[place], str) for row in part.rows) for place in range(len(part.columns))]
    return [
        min(one, _BROADEST) if text and one > _NARROW else 0 for one, text in zip(widest, said, strict=True)
    ]


def _answer(
    command: list[str], job: str, *, environment: Mapping[str, str], limit: float
) -> tuple[int, dict[str, Any]]:
    """Exit code and the last line; after the limit the process and all that it started is killed. It ends by itself where this one is
    killed: nobody would stop it any more."""
    listens, holds = os.pipe()
    with (
        os.fdopen(holds, "wb"),
        os.fdopen(listens, "rb"),
        subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**environment, LISTENS_VARIABLE: str(listens)},
            pass_fds=(listens,),
            start_new_session=True,
        ) as process,
    ):
        try:
            out, _ = process.communicate(job, timeout=limit)
        except subprocess.TimeoutExpired as error:
            raise _FailedError(Failure.TIME_LIMIT, f"after {limit:.0f} s") from error
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
    lines = [line for line in out.splitlines() if line.startswith("{")]
    told = json.loads(lines[-1]) if lines else {}
    return process.returncode, told if isinstance(told, dict) else {}
