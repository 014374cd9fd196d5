"""What a notebook of a report works with: frames of the office as of a moment, and the sheet that they are written on.

The database is open for reading only; nothing of the desk's settings but names and days comes near the notebook.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ebidadmin import __version__
from ebidadmin.bootstrap import desk_folder, open_desk
from ebidadmin.clock import SystemClock, as_utc, end_of, jst_date
from ebidadmin.config import Config, load_config
from ebidadmin.domain.report_periods import ReportName
from ebidadmin.persistence.audit_tree import SqlTrailTree
from ebidadmin.persistence.report_facts import SqlReportReader
from ebidadmin.persistence.staff_engine import staff_engine
from ebidadmin.reference.calendar import build_calendar
from ebidadmin.reporting.page import actions_html, part_html
from ebidadmin.reporting.sheet import Cell, Part, Sheet, cut
from ebidadmin.services import report_outputs
from ebidadmin.services.report_facts import Seen
from ebidadmin.services.tree_check import root_of
from ebidadmin.text import reports as words

if TYPE_CHECKING:
    import pandas as pd


FOLDER_VARIABLE = "EBIDADMIN_REPORT_FOLDER"
"""Where a notebook that is run as a report leaves its sheet; not set where somebody just looks at it."""


MODULES: Mapping[ReportName, str] = {
    ReportName.DAILY_REVIEW: "review",
    ReportName.WEEKLY_FOLLOW_UP: "follow_up",
    ReportName.MONTHLY_REGISTRATIONS: "registrations",
    ReportName.IMPORT_REPORT: "imported",
    ReportName.QUALIFICATION_CLIFF: "cliff",
    ReportName.AUDIT_INTEGRITY: "integrity",
    ReportName.USAGE_YEAR: "usage",
}
"""Where the frames and the parts of each report are made."""


class Shown:
    """A piece of the sheet, as a notebook shows it."""

    def __init__(self, html: str) -> None:
        self._html = html

    def _repr_html_(self) -> str:
        return self._html


class ReportDesk:
    """One report under way. Parts are added in the order in which they are to stand; ``write`` ends it."""

    def __init__(self, report: ReportName, *, folder: Path, as_of: datetime, period: str, rows: int) -> None:
        self.config: Config = load_config(folder)
        self.name, self.folder, self.period = report, folder, period
        engine, _ = staff_engine(self.config.database_url, read_only=True)
        self.engine = engine
        with closing(_Disposed(engine.dispose)):
            self.reader = SqlReportReader(engine)
            self.tree = SqlTrailTree(engine, dry_run=True)
            self._seen = self._look(as_of)
        self.as_of, self.day = as_of, jst_date(as_of)
        self.calendar = build_calendar(self.config.closures, self.config.extra_closed)
        self.target_days = self.config.review.target_days
        self._rows = rows
        self._sheet = Sheet(
            title=words.title(report),
            subtitle=words.subtitle(self.day),
            facts=((words.OFFICE, self.config.office.name), (words.AS_OF, words.as_of(as_of))),
            actions=(),
            actions_title=words.ACTIONS_TITLE,
            all_well=words.ALL_WELL,
            foot=self._foot(),
            more_rows=words.MORE_ROWS,
            empty=words.EMPTY,
        )

    def frames(self) -> Any:
        """The numbers of this report as pandas frames with typed columns: what its module in ``report_making`` calls its frames. What they
        cover goes into the head of the sheet."""
        return import_module(f"ebidadmin.report_making.{MODULES[self.name]}").frames(self)

    def reasons(self) -> Mapping[str, str]:
        """What the reasons of rejections say, by code."""
        from ebidadmin.bootstrap import rejection_reasons

        return rejection_reasons(self.config)

    def fact(self, label: str, value: str) -> None:
        """A line of the head."""
        self._sheet = replace(self._sheet, facts=(*self._sheet.facts, (label, value)))

    def figures(self, pairs: Iterable[tuple[str, float]]) -> None:
        """The main numbers of the report, to be compared with those of the last period."""
        self._sheet = replace(self._sheet, figures=(*self._sheet.figures, *pairs))

    def actions(self, lines: Sequence[str]) -> Shown:
        """What needs action, first of all."""
        self._sheet = replace(self._sheet, actions=tuple(lines))
        return Shown(actions_html(self._sheet))

    def table(
        self,
        title: str,
        columns: Sequence[str],
        rows: Sequence[Sequence[Cell]],
        *,
        note: str = "",
        chart: str = "",
        chart_said: str = "",
    ) -> Shown:
        """A part with a table; pages have its first rows, the workbook all."""
        all_rows = tuple(tuple(row) for row in rows)
        listed, hidden = cut(all_rows, self._rows)
        part = Part(
            key=f"part{len(self._sheet.parts) + 1}",
            title=title,
            note=note,
            columns=tuple(columns),
            rows=listed,
            all_rows=all_rows if hidden else (),
            hidden=hidden,
            chart=chart,
            chart_said=chart_said,
        )
        self._sheet = replace(self._sheet, parts=(*self._sheet.parts, part))
        return Shown(part_html(part, self._sheet))

    def write(self) -> None:
        """The report is complete."""
        folder = os.environ.get(FOLDER_VARIABLE)
        if folder:
            self._sheet.write(Path(folder))

    def _look(self, as_of: datetime) -> Seen:
        with self.tree.snapshot() as tree:
            size = tree.size()
            root = root_of(tree, size) if size else None
        version = self.reader.register_version(as_of)
        return Seen(events=size, root=(root or b"").hex(), register_version=version)

    def _foot(self) -> tuple[tuple[str, str], ...]:
        seen = self._seen
        version = words.NO_REGISTER if seen.register_version is None else str(seen.register_version)
        return (
            (words.TREE_HEAD, words.tree_head(seen.events, seen.root)),
            (words.REGISTER_VERSION, version),
            (words.PROGRAM, f"ebidadmin {__version__}"),
        )


class _Disposed:
    """Gives connections back at the end of a block."""

    def __init__(self, dispose: Callable[[], None]) -> None:
        self.close = dispose


def open_report(name: str, *, as_of: str, period: str = "", rows: int) -> ReportDesk:
    """The report of that name as of a moment (ISO 8601; empty: now), for a period (empty: by the moment). Whoever calculates with it beside
    the reports needs the permission to read it, and the trail tells of it. Raises ``NotPermittedError``, ``ConfigurationError``,
    ``SchemaError``, ``StorageError`` and ``ValueError`` for what is no moment or report."""
    moment = as_utc(datetime.fromisoformat(as_of)) if as_of else SystemClock().now()
    if FOLDER_VARIABLE not in os.environ:
        # One that is run as a report changes nothing: that it runs is told by whoever runs it.
        with closing(open_desk(desk_folder())) as opened:
            report_outputs.calculate(
                opened.office, staff=opened.staff, report=ReportName(name), as_of=moment, period=period
            )
    return ReportDesk(ReportName(name), folder=desk_folder(), as_of=moment, period=period, rows=rows)


def rows_of(frame: pd.DataFrame, **shown: Callable[[Any], Cell]) -> tuple[tuple[Cell, ...], ...]:
    """The columns of a frame that are named, in that order, each value as it is to be shown."""
    return tuple(tuple(show(getattr(row, name)) for name, show in shown.items()) for row in each(frame))


def each(frame: pd.DataFrame) -> Iterator[Any]:
    """The rows of a frame, columns as attributes."""
    return iter(frame.itertuples(index=False))


def before(day: date) -> datetime:
    """The last moment before a day in Japan."""
    return end_of(day - timedelta(days=1))
