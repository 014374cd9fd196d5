"""State of the screen of reports: what comes when, what became of each, one of them with its files and what changed since the last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from ebidadmin.clock import jst_date
from ebidadmin.domain.ids import ReportRunId
from ebidadmin.domain.report_periods import PLANS, ReportName
from ebidadmin.domain.report_runs import ReportRun, RunState
from ebidadmin.domain.staff import Staff
from ebidadmin.errors import EbidError
from ebidadmin.presenters.notices import Notice, Tone, done, refusal
from ebidadmin.services import report_outputs, report_runs, report_standing
from ebidadmin.services.ports import Office
from ebidadmin.services.report_ports import NotebookReports, ParameterField
from ebidadmin.text import report_screen as words
from ebidadmin.text.report_words import FAILURES, REPORT_STATES, REPORTS, period_name

LISTED = 200
AHEAD = timedelta(days=14)

TONES: Mapping[RunState, Tone] = {
    RunState.RUNNING: "info",
    RunState.DONE: "success",
    RunState.FAILED: "error",
    RunState.MISSED: "warning",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RunLine:
    """One run in words."""

    id: ReportRunId
    report: str
    period: str
    as_of: str
    state: str
    tone: Tone
    made: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRun:
    """The run that was opened. ``files`` are names with what each is for; ``compared`` has a row for each figure: what, now, before, how
    much more or less; ``before`` says with which one it is compared. ``no_files`` says why there are none, where there are none."""

    line: RunLine
    facts: tuple[tuple[str, str], ...]
    files: tuple[tuple[str, str], ...]
    no_files: str
    before: str
    compared: tuple[tuple[str, str, str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A report that is to be made: for a ``day``, or again for the period of a run (``again``), with its parameters as text."""

    report: ReportName
    parameters: Mapping[str, str]
    day: date | None = None
    again: ReportRun | None = None


class Reports:
    """``refresh`` reads everything anew; ``notice`` says why when it could not, or what was done."""

    def __init__(self, office: Office, *, staff: Staff, maker: NotebookReports) -> None:
        self._office, self._staff, self._maker = office, staff, maker
        self._runs: tuple[ReportRun, ...] = ()
        self.plan: tuple[tuple[str, str, str, str, str], ...] = ()
        self.ahead: tuple[tuple[str, str], ...] = ()
        self.only: ReportName | None = None
        self.open: OpenRun | None = None
        self._opened_run: ReportRun | None = None
        self.notice: Notice | None = None
        self.making: ReportName | None = None
        """What is being made beside everything else."""

    @property
    def lines(self) -> tuple[RunLine, ...]:
        """What was made, newest first."""
        return tuple(_line(run) for run in self._runs)

    def refresh(self) -> None:
        self.notice = None
        self._read()

    def choose(self, report: str) -> None:
        """List that report alone; all for an empty name."""
        self.only = ReportName(report) if report else None
        self.refresh()

    def open_run(self, number: str) -> None:
        """Show a run of the list, with its files and what changed since the last one."""
        run = next((one for one in self._runs if one.id == number), None)
        self.notice = None
        self._show(run)

    def visit(self, number: str) -> None:
        """Open the run that a link names, whatever is listed; ``notice`` says so where there is none."""
        self.choose("")
        if self.notice is None:
            self.open_run(number)
            if self.open is None:
                self.notice = Notice("error", words.NO_RUN)

    def close_run(self) -> None:
        self._show(None)

    def file(self, name: str) -> bytes | None:
        """A file of the open run, which the trail tells of; ``None`` where it is not to be had, which ``notice`` says."""
        run = self._opened_run
        if run is None:
            return None
        try:
            content = report_outputs.take(
                self._office, staff=self._staff, outputs=self._maker, run=run, name=name
            )
        except EbidError as error:
            self.notice = refusal(error)
            return None
        self.notice = done(words.FILE_READY.format(name=name))
        return content

    def names(self) -> tuple[tuple[str, str], ...]:
        """Reports that can be made: name and title."""
        return tuple((name.value, REPORTS[name]) for name in self._maker.names())

    def fields(self, report: str) -> tuple[ParameterField, ...]:
        """What a report can be told; none where its notebook is broken, which ``notice`` says."""
        try:
            return self._maker.fields(ReportName(report))
        except EbidError as error:
            self.notice = refusal(error)
            return ()

    def begin(self, report: str, day: str, parameters: Mapping[str, str]) -> Order | None:
        """Whether it can be made now: what ``make`` is to be given next; ``None`` with the reason in ``notice``."""
        try:
            chosen = date.fromisoformat(day) if day.strip() else jst_date(self._office.clock.now())
        except ValueError:
            self.notice = Notice("error", words.DAY_WRONG)
            return None
        return self._begun(Order(report=ReportName(report), parameters=parameters, day=chosen))

    def begin_again(self) -> Order | None:
        """As ``begin``, for the period of the open run, with the parameters that it had."""
        run = self._opened_run
        if run is None:
            return None
        return self._begun(Order(report=run.period.report, parameters=report_runs.given(run), again=run))

    def _begun(self, order: Order) -> Order | None:
        if self.making is not None:
            self.notice = Notice("warning", words.RUNNING)
            return None
        name, given = order.report, order.parameters
        try:
            report_runs.check(
                self._office, staff=self._staff, maker=self._maker, report=name, parameters=given
            )
        except EbidError as error:
            self.notice = refusal(error)
            return None
        self.making, self.notice = name, Notice("info", words.MAKING.format(report=REPORTS[name]))
        return order

    def make(self, order: Order) -> None:
        """Make what ``begin`` or ``begin_again`` allowed, and open it. Takes as long as it takes."""
        name = self.making
        if name is None:
            raise RuntimeError("nothing was begun")
        try:
            run = self._made(order)
        except EbidError as error:
            self.notice = refusal(error)
            return
        finally:
            self.making = None
        made = run.state is RunState.DONE
        said = (words.MADE if made else words.NOT_MADE).format(report=REPORTS[name])
        self._read()
        self._show(run)
        self.notice = Notice("success" if made else "error", said)

    def _made(self, order: Order) -> ReportRun:
        office, staff, maker = self._office, self._staff, self._maker
        if order.again is not None:
            return report_runs.run_again(
                office,
                staff=staff,
                maker=maker,
                report=order.report,
                period=order.again.period.key,
                parameters=order.parameters,
            )
        return report_runs.run_by_hand(
            office,
            staff=staff,
            maker=maker,
            report=order.report,
            day=order.day or jst_date(office.clock.now()),
            parameters=order.parameters,
        )

    def _read(self) -> None:
        now = self._office.clock.now()
        names = self._maker.names()
        try:
            coming = report_standing.coming(self._office, staff=self._staff, reports=names)
            self._runs = report_runs.list_runs(
                self._office, staff=self._staff, report=self.only, limit=LISTED
            )
        except EbidError as error:
            self.plan, self.ahead, self._runs = (), (), ()
            self._show(None)
            self.notice = refusal(error)
            return
        self.plan = tuple(_planned(one) for one in coming)
        ahead = report_standing.ahead(self._office, reports=names, until=now + AHEAD)
        self.ahead = tuple((words.moment(one.due), REPORTS[one.report]) for one in ahead)

    def _show(self, run: ReportRun | None) -> None:
        """Open that run, whether the list has it or not; none: close what is open."""
        self._opened_run = run
        self.open = None if run is None else self._opened(run)

    def _no_files(self, run: ReportRun) -> str:
        if run.state is RunState.RUNNING:
            return words.FILES_NOT_YET
        if run.folder and not self._maker.is_here(run):
            return words.FILES_ELSEWHERE
        return words.FILES_NONE

    def _opened(self, run: ReportRun) -> OpenRun:
        facts = [(words.parameter(name), value) for name, value in report_runs.given(run).items()]
        if run.failure is not None:
            facts.append((words.FAILURE, FAILURES[run.failure]))
            if run.detail:
                facts.append((words.FAILURE_DETAIL, run.detail))
        before = report_standing.before(self._office, run)
        now = self._maker.figures(run)
        then = {} if before is None else self._maker.figures(before)
        said = ""
        if before is not None and then:
            said = words.COMPARED_WITH.format(
                period=period_name(before.period), as_of=words.moment(before.as_of)
            )
        return OpenRun(
            line=_line(run),
            facts=tuple(facts),
            files=tuple((name, _kind(name)) for name in self._maker.files(run)),
            no_files=self._no_files(run),
            before=said,
            compared=_compared(now, then),
        )


def _line(run: ReportRun) -> RunLine:
    return RunLine(
        id=run.id,
        report=REPORTS[run.period.report],
        period=period_name(run.period),
        as_of=words.moment(run.as_of),
        state=REPORT_STATES[run.state],
        tone=TONES[run.state],
        made=words.moment(run.ended_at),
        by=run.by,
    )


def _planned(one: report_standing.Coming) -> tuple[str, str, str, str, str]:
    last = one.last
    return (
        REPORTS[one.report],
        words.CADENCES[PLANS[one.report].cadence],
        words.moment(None if one.next is None else one.next.due),
        words.NOT_BEGUN if last is None else period_name(last.period),
        "" if last is None else REPORT_STATES[last.state],
    )


def _compared(now: Mapping[str, float], then: Mapping[str, float]) -> tuple[tuple[str, str, str, str], ...]:
    rows: Sequence[str] = [name for name in now if name in then]
    return tuple(
        (name, words.figure(now[name]), words.figure(then[name]), words.difference(now[name], then[name]))
        for name in rows
    )


def _kind(name: str) -> str:
    return next((said for ending, said in words.FILE_KINDS.items() if name.endswith(ending)), name)
