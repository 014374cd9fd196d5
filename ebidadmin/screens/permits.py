"""The screen of paper permits: counts, the list, and beside it the open permit, a step, or the letters to be printed together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from ipywidgets import Layout, VBox, Widget

from ebidadmin.domain.permits import PermitState
from ebidadmin.presenters.permit_steps import Step
from ebidadmin.presenters.permits import PROPOSED, SORTS, Line, ListRequest, Permits
from ebidadmin.presenters.ways import Arrivals, Kind
from ebidadmin.screens import eligibility_part, permit_body, permit_forms
from ebidadmin.screens.components import look
from ebidadmin.screens.components.beside import Beside
from ebidadmin.screens.components.download import Download
from ebidadmin.screens.components.form import FieldForm, Submission
from ebidadmin.screens.components.look import EMPTY
from ebidadmin.screens.components.panel import Panel
from ebidadmin.screens.components.table import (
    Badge,
    Column,
    Filter,
    PageReply,
    PageRequest,
    Row,
    ServerTable,
)
from ebidadmin.screens.notices import notice
from ebidadmin.text import notebooks
from ebidadmin.text import permit_screen as words
from ebidadmin.text.components import TABLE

SPARE = frozenset({"received", "channel", "period"})
"""Columns that the open permit shows itself; without them the list fits beside it."""

COLUMNS = tuple(
    Column(key, label, sortable=key in SORTS, spare=key in SPARE)
    for key, label in (
        ("number", words.COLUMN_NUMBER),
        ("received", words.COLUMN_RECEIVED),
        ("channel", words.COLUMN_CHANNEL),
        ("supplier", words.COLUMN_SUPPLIER),
        ("name", words.COLUMN_NAME),
        ("state", words.COLUMN_STATE),
        ("document", words.COLUMN_DOCUMENT),
        ("period", words.COLUMN_PERIOD),
        ("sent", words.COLUMN_SENT),
    )
)
STACK = "stack"
"""Stands for the form about the letters in the tray, where a step stands for a form about one permit."""

PAGE_SIZE = 20
PDF = "application/pdf"


class PermitsScreen:
    """The widgets; ``widget`` is what a notebook shows."""

    def __init__(self, permits: Permits) -> None:
        self._state = permits
        self.counts = Panel(on_action=self._listed, testid="permit-counts")
        self.said = Panel(testid="permits-notice")
        self.table = ServerTable(
            COLUMNS,
            self._fetch,
            self._open,
            sort="number",
            descending=True,
            size=PAGE_SIZE,
            filters=[Filter(key, label, options) for key, label, options in permits.filters()],
            caption=words.TABLE_CAPTION,
            labels=replace(TABLE, search_hint=words.SEARCH_HINT),
            testid="permits",
        )
        self.head = Panel(on_action=self._act, testid="permit-head")
        self.question = Panel(testid="permit-question")
        self.letter = Panel(on_action=self._act, testid="permit-letter")
        self.body = Panel(on_action=self._act, testid="permit-body")
        self.download = Download(testid="permit-download")
        self.form: FieldForm | None = None
        self._asked: Step | str | None = None
        self.arrivals = self._entrances()
        header = Panel(look.page_header(words.TITLE, words.LEAD, guide=notebooks.PERMITS.guide))
        self._beside = Beside(self.table, (self.counts, self.said))
        self.widget = VBox([header, self._beside.widget], layout=Layout(width="100%", overflow="visible"))
        self._count()
        self._show()

    # The list

    def _fetch(self, request: PageRequest) -> PageReply:
        view = self._state.fetch(
            ListRequest(
                sort=request.sort,
                descending=request.descending,
                cursor=request.cursor,
                backward=request.backward,
                search=request.search,
                filters=request.filters,
                size=request.size,
            )
        )
        self.said.show(notice(self._state.notice, "permits-said"))
        return PageReply(
            [_row(line) for line in view.lines], view.next_cursor, view.previous_cursor, view.total
        )

    def _count(self) -> None:
        buttons = [
            look.button(
                "state", words.state_count(one.label, one.count), value=one.key, testid=f"count-{one.key}"
            )
            for one in self._state.counts()
        ]
        waiting = self._state.waiting()
        if waiting is not None:
            buttons.append(look.button("proposed", words.state_count(words.WAITING, waiting), value=PROPOSED))
        work = (
            [
                look.button("record", words.BUTTON_RECORD, tone="primary", key="n"),
                look.button("tray", words.BUTTON_TRAY),
            ]
            if self._state.one.may_change
            else []
        )
        self.counts.show(look.join(look.actions(*buttons), look.actions(*work) if work else EMPTY))

    def _listed(self, action: str, value: str) -> None:
        if action in ("state", "proposed"):
            self.table.set_filters({action: value})
            return
        if action == "record":
            self._state.begin_record()
        else:
            self._state.open_tray()
        self.said.show(notice(self._state.notice, "permits-said"))
        self._show(focus=action == "tray")

    def _open(self, number: str) -> None:
        self._state.open(number)
        self._show(focus=True)

    def _entrances(self) -> Arrivals:
        """What links can ask this screen to open."""
        waits = {"proposed": PROPOSED} if any(key == "proposed" for key, *_ in self._state.filters()) else {}
        return Arrivals(
            {Kind.PERMIT: self._open, Kind.SUPPLIER: lambda number: self._list_of({}, number)},
            {
                **{one.value: partial(self._list_of, {"state": one.value}) for one in PermitState},
                "proposed": lambda: self._list_of(waits),
            },
            busy=lambda: self._state.busy,
        )

    def _list_of(self, filters: Mapping[str, str], search: str = "") -> None:
        """The list as a link asks for it."""
        self.table.start(PageRequest("number", True, search=search, filters=filters))
        self.table.focus()

    # What the person does

    def _act(self, action: str, value: str) -> None:
        one = self._state.one
        if action == "begin" and value == words.LETTER:
            one.letter()
        elif action == "begin":
            one.begin(value)
        elif action in (words.CORRECT, words.CANCEL):
            one.begin(action, value)
        elif action == eligibility_part.SHOW_DAY:
            one.show_day(value)
        elif action == "save":
            self._save()
            return
        else:
            self._move(action, value)
        self._show(focus=action in ("reload", "begin"))

    def _move(self, action: str, value: str) -> None:
        moves = {
            "reload": self._state.one.reload,
            "print": self._state.print_tray,
            "send": self._state.begin_sending,
        }
        if action in moves:
            moves[action]()
        elif action == "drop":
            self._state.drop(value)
        else:
            self._state.close_tray()
            self._state.one.close()
        if action == "reload":
            self._changed()

    def _save(self) -> None:
        paper = self._state.one.paper or self._state.printed
        if paper is not None:
            self.download.offer(paper.pdf, name=paper.name, mime=PDF)

    def _submitted(self, given: Submission) -> None:
        one = self._state.one
        if given.button == "leave":
            one.leave()
            self._show(focus=True)
            return
        one.submit(given.values)
        # Also a refusal may mean that the list shows what is no longer so.
        if one.step is None:
            self._changed()
        self._show(focus=one.step is None)

    def _stack_submitted(self, given: Submission) -> None:
        if given.button == "leave":
            self._state.leave_sending()
        elif self._state.send(given.values):
            self._changed()
        self._show(focus=not self._state.sending)

    def _typed(self, _key: str, values: dict[str, str]) -> None:
        self._state.one.look_up(values.get("supplier_number", ""))
        if self._state.one.step is not None:
            self.question.show(permit_body.question(self._state.one, self._state.one.step))

    def _changed(self) -> None:
        self._count()
        self.table.refresh()

    # What is shown

    def _show(self, *, focus: bool = False) -> None:
        one, tray = self._state.one, self._state.tray
        self.head.show(permit_body.head(one))
        self._show_form()
        paper = one.paper
        self.letter.show(EMPTY if paper is None else permit_body.letter(paper))
        self.body.show(permit_body.body(one) if tray is None else permit_body.tray(tray, self._state.printed))
        asked: tuple[Widget, ...] = () if self.form is None else (self.question, self.form)
        children = (self.head, *asked, self.download, self.letter, self.body)
        if self._beside.place.children != children:
            self._beside.place.children = children
        if one.paper is None and self._state.printed is None:
            self.download.withdraw()
        self.table.select(one.number)
        self._share()
        if focus and self.form is None:
            (self.body if one.view is None else self.head).focus("h2")

    def _share(self) -> None:
        """Without a permit the list has the whole width."""
        one = self._state.one
        opened = one.view is not None or one.step is not None or self._state.tray is not None
        self._beside.share(opened=opened)

    def _show_form(self) -> None:
        """The form of what somebody is about to do: kept while it is corrected, new for another step."""
        one = self._state.one
        step = one.step
        asked: Step | str | None = step or (STACK if self._state.sending else None)
        if asked is not self._asked:
            self._drop_form()
            self._asked = asked
            if step is None and asked is not None:
                self.form = self._stack_form()
            elif step is not None:
                self.form = FieldForm(
                    permit_forms.rows(one, step),
                    permit_forms.buttons(step),
                    self._submitted,
                    on_change=self._typed,
                    values=step.values,
                    title=words.YES[step.verb],
                    testid="permit-form",
                )
                self.form.focus(permit_forms.FIRST.get(step.verb, ""))
        if step is not None and self.form is not None:
            self.question.show(permit_body.question(one, step))
            self.form.set_errors(one.errors)
        elif self.form is not None and self._state.tray is not None:
            self.question.show(permit_body.stack_question(self._state.tray))
            self.form.set_errors(self._state.errors)

    def _stack_form(self) -> FieldForm:
        """How and when the letters in the tray went out."""
        form = FieldForm(
            permit_forms.STACK,
            permit_forms.STACK_BUTTONS,
            self._stack_submitted,
            title=words.TRAY_SEND,
            testid="permit-form",
        )
        form.focus("channel")
        return form

    def _drop_form(self) -> None:
        if self.form is not None:
            self.form.close()
        self.form = None


def _row(line: Line) -> Row:
    badges = {key: tuple(Badge(text, tone) for text, tone in shown) for key, shown in line.badges.items()}
    return Row(line.number, line.cells, badges)
