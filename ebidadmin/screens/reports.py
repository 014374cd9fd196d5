"""The screen of reports: the plan, what was made, one run with its files beside what it was before, and a form to make one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import PurePath

from ipywidgets import Layout, VBox

from ebidadmin.presenters.reports import LISTED, OpenRun, Order, Reports, RunLine
from ebidadmin.presenters.ways import Arrivals, Kind
from ebidadmin.screens.audit_verification import Runner, in_thread
from ebidadmin.screens.components import look
from ebidadmin.screens.components.binding import guard
from ebidadmin.screens.components.download import Download
from ebidadmin.screens.components.form import FieldForm, FormButton, FormRow, Submission
from ebidadmin.screens.components.look import EMPTY, Html
from ebidadmin.screens.components.panel import Panel
from ebidadmin.screens.notices import notice
from ebidadmin.services.report_ports import ParameterField
from ebidadmin.text import notebooks
from ebidadmin.text import report_screen as words

MIMES = {
    ".html": "text/html",
    ".pdf": "application/pdf",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".ipynb": "application/x-ipynb+json",
}
OPENED = '[data-testid="report-open"]'


class ReportsScreen:
    """Making a report takes long: it runs beside the kernel's main thread, so that the rest of the screen goes on."""

    def __init__(self, state: Reports, *, run: Runner = in_thread) -> None:
        self._state, self._run = state, run
        self.head = Panel(on_action=self._act, testid="reports")
        self.opened = Panel(on_action=self._act, testid="reports-opened")
        self.download = Download(testid="report-file")
        self.runs = Panel(on_action=self._act, testid="reports-runs")
        self.arrivals = Arrivals({Kind.RUN: partial(self._act, "visit")})
        self._place = VBox([], layout=Layout(width="100%"))
        self.widget = VBox(
            [self.head, self.opened, self.download, self._place, self.runs], layout=Layout(width="100%")
        )
        self._choose_report()
        state.refresh()
        self._show()

    def _act(self, action: str, value: str) -> None:
        if action == "reload":
            self._state.refresh()
        elif action == "only":
            self._state.choose(value)
        elif action == "open":
            self._state.open_run(value)
            self.download.withdraw()
        elif action == "visit":
            self._state.visit(value)
            self.download.withdraw()
        elif action == "close":
            self._state.close_run()
            self.download.withdraw()
        elif action == "file":
            self._offer(value)
        elif action == "again":
            self._start(self._state.begin_again())
            return
        self._show()
        if action in ("open", "visit"):
            self.opened.focus(OPENED)

    def _offer(self, name: str) -> None:
        content = self._state.file(name)
        if content is None:
            self.download.withdraw()
        else:
            self.download.offer(content, name=name, mime=MIMES[PurePath(name).suffix])

    def _choose_report(self) -> None:
        rows = (
            FormRow("title", words.SECTION_MAKE, "heading", hint=words.MAKE_LEAD),
            FormRow("report", words.FIELD_REPORT, "select", required=True, options=self._state.names()),
            FormRow("day", words.FIELD_DAY, hint=words.FIELD_DAY_HINT),
        )
        self._form(rows, (FormButton("next", words.BUTTON_PARAMETERS),), self._chosen)

    def _chosen(self, submitted: Submission) -> None:
        report, day = submitted.values["report"], submitted.values["day"]
        fields = self._state.fields(report)
        rows = [FormRow("title", dict(self._state.names())[report], "heading")]
        rows += [_row(one) for one in fields]
        buttons = (
            FormButton("make", words.BUTTON_MAKE, primary=True),
            FormButton("back", words.BUTTON_BACK),
        )

        def submit(given: Submission) -> None:
            if given.button == "back":
                self._choose_report()
                return
            named = {one.name: given.values[one.name] for one in fields if given.values[one.name].strip()}
            self._start(self._state.begin(report, day, named))

        self._form(rows, buttons, submit, {one.name: one.default for one in fields})
        self._show()

    def _start(self, order: Order | None) -> None:
        """Make what was allowed, beside everything else."""
        self._show()
        if order is not None:
            self._run(guard(lambda: self._make(order), self.head.show_incident))

    def _make(self, order: Order) -> None:
        try:
            self._state.make(order)
        finally:
            self._choose_report()
            self.download.withdraw()
            self._show()

    def _form(
        self,
        rows: Sequence[FormRow],
        buttons: Sequence[FormButton],
        submit: Callable[[Submission], None],
        values: Mapping[str, str] | None = None,
    ) -> None:
        form = FieldForm(rows, buttons, submit, values=values, title=words.SECTION_MAKE, testid="report-form")
        self._place.children = (form,)

    def _show(self) -> None:
        self.head.show(_head(self._state))
        self.opened.show(EMPTY if self._state.open is None else _opened(self._state.open))
        self.runs.show(look.join(_runs(self._state), _ahead(self._state)))


def _head(state: Reports) -> Html:
    return look.join(
        look.page_header(
            words.TITLE,
            words.LEAD,
            guide=notebooks.REPORTS.guide,
            aside=look.button("reload", words.RELOAD, key="l"),
        ),
        notice(state.notice, "reports-notice"),
        look.section(
            words.SECTION_PLAN, look.data_table(words.PLAN_HEADINGS, state.plan), testid="reports-plan"
        ),
    )


def _runs(state: Reports) -> Html:
    choices = [
        look.button("only", label, value=name, tone="primary" if name == (state.only or "") else "secondary")
        for name, label in (("", words.ALL), *state.names())
    ]
    rows = [_run_row(line) for line in state.lines]
    table = (
        look.data_table((*words.RUN_COLUMNS, words.OPEN), rows) if rows else look.paragraph(words.RUNS_NONE)
    )
    lead = look.paragraph(words.RUNS_LEAD.format(count=LISTED))
    return look.section(words.SECTION_RUNS, lead, look.actions(*choices), table, testid="reports-runs-list")


def _ahead(state: Reports) -> Html:
    coming = (
        look.data_table(words.AHEAD_HEADINGS, state.ahead)
        if state.ahead
        else look.paragraph(words.AHEAD_NONE)
    )
    return look.section(words.SECTION_AHEAD, coming, testid="reports-ahead")


def _run_row(line: RunLine) -> tuple[str, ...]:
    return (
        line.report,
        line.period,
        line.as_of,
        look.badge(line.state, line.tone),
        line.made,
        line.by,
        look.button("open", words.OPEN, value=line.id),
    )


def _opened(run: OpenRun) -> Html:
    line = run.line
    title = look.element("h2", f"{line.report} {line.period}", tabindex="-1", data_testid="report-open")
    files = [look.button("file", label, value=name) for name, label in run.files]
    compared = (
        look.join(
            look.paragraph(run.before), look.data_table(words.COMPARED_HEADINGS, run.compared, words.COMPARED)
        )
        if run.compared
        else look.paragraph(words.COMPARED_NONE)
    )
    facts = (
        *zip(words.RUN_COLUMNS[2:], (line.as_of, line.state, line.made, line.by), strict=True),
        *run.facts,
    )
    return look.section(
        words.SECTION_RUN,
        title,
        look.facts(facts),
        look.actions(*files) if files else look.paragraph(run.no_files),
        compared,
        look.actions(
            look.button("again", words.BUTTON_AGAIN), look.button("close", words.BUTTON_CLOSE, key="c")
        ),
        testid="report-opened",
    )


def _row(one: ParameterField) -> FormRow:
    label = words.parameter(one.name)
    if one.kind == "bool":
        return FormRow(one.name, label, "select", required=one.required, options=words.TRUTHS)
    hint = words.NUMBER_HINT if one.kind in ("int", "float") else ""
    return FormRow(one.name, label, required=one.required, hint=hint)
