"""The screen of the audit trail: what is chosen, the list, and beside it the event or the life that is open."""

from __future__ import annotations

from ipywidgets import Layout, VBox, Widget

from ebidadmin.domain.events import EventTag, Subject, SubjectKind
from ebidadmin.presenters.audit import Audit, Line, Place, kind_options
from ebidadmin.presenters.audit_verification import AuditVerification
from ebidadmin.presenters.ways import Arrivals, Kind
from ebidadmin.screens import audit_body
from ebidadmin.screens.audit_verification import Runner, VerificationSection, in_thread
from ebidadmin.screens.components import look
from ebidadmin.screens.components.beside import Beside
from ebidadmin.screens.components.download import Download
from ebidadmin.screens.components.form import FieldForm, FormButton, FormRow, Submission
from ebidadmin.screens.components.panel import Panel
from ebidadmin.screens.components.table import (
    Badge,
    Column,
    Direction,
    PageReply,
    PageRequest,
    Row,
    ServerTable,
)
from ebidadmin.screens.notices import notice
from ebidadmin.text import audit as words
from ebidadmin.text import notebooks

PAGE_SIZE = 20
MIMES = {
    "csv": "text/csv;charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
COLUMNS = (
    Column("at", words.COLUMN_AT, "11em", sortable=True),
    Column("by", words.COLUMN_BY, "6em"),
    Column("what", words.COLUMN_WHAT),
    Column("subject", words.COLUMN_SUBJECT, spare=True),
    Column("supplier", words.COLUMN_SUPPLIER, "6em", spare=True),
    Column("seq", words.COLUMN_SEQ, "5em", align="end", spare=True),
)
_ANY = ("", words.ANY)
ROWS = (
    FormRow("first", words.FIELD_FIRST, hint=words.HINT_DAY),
    FormRow("last", words.FIELD_LAST),
    FormRow("by", words.FIELD_BY, hint=words.HINT_BY),
    FormRow("tag", words.FIELD_TAG, kind="select", options=(_ANY, *words.tag_options())),
    FormRow("supplier", words.FIELD_SUPPLIER),
    FormRow("kind", words.FIELD_KIND, kind="select", options=(_ANY, *kind_options())),
    FormRow("id", words.FIELD_ID, hint=words.HINT_ID),
)
BUTTONS = (
    FormButton("filter", words.BUTTON_FILTER, primary=True),
    FormButton("leave", words.BUTTON_LEAVE),
)


class AuditScreen:
    """The widgets; ``widget`` is what a notebook shows."""

    def __init__(self, audit: Audit, verification: AuditVerification, *, run: Runner = in_thread) -> None:
        """``run`` starts long work (tests run it at once)."""
        self._state = audit
        self.chosen = Panel(on_action=self._choose, testid="audit-chosen")
        self.said = Panel(testid="audit-notice")
        self.asked = VBox(layout=Layout(width="100%"))
        self.download = Download(testid="audit-download")
        self.table = ServerTable(
            COLUMNS,
            self._fetch,
            self._open,
            sort="at",
            descending=True,
            size=PAGE_SIZE,
            caption=words.TABLE_CAPTION,
            searchable=False,
            testid="audit",
        )
        self.table.key = "T"
        self.verification = VerificationSection(verification, run=run, on_close=self.table.focus)
        self.head = Panel(on_action=self._act, testid="audit-head")
        self.body = Panel(on_action=self._act, testid="audit-body")
        self.found = Panel(testid="audit-found")
        self.form: FieldForm | None = None
        self.moments: FieldForm | None = None
        self.arrivals = self._entrances()
        header = Panel(
            look.join(
                look.page_header(words.TITLE, words.LEAD, guide=notebooks.AUDIT.guide),
                look.keys(words.LIST_KEYS, words.KEYS),
            ),
            testid="audit-header",
        )
        above = (self.chosen, *self.verification.widgets, self.asked, self.download, self.said)
        self._beside = Beside(self.table, above)
        self.widget = VBox([header, self._beside.widget], layout=Layout(width="100%", overflow="visible"))
        self._start(audit.resume())
        self._show()

    # The list

    def _start(self, place: Place) -> None:
        self._state.stand(place)
        direction: Direction = "last" if place.backward else "first"
        if place.cursor is not None:
            direction = "prev" if place.backward else "next"
        self.table.start(PageRequest("at", place.descending, cursor=place.cursor, direction=direction))

    def _fetch(self, request: PageRequest) -> PageReply:
        place = Place(
            descending=request.descending,
            cursor=request.cursor,
            backward=request.direction in ("prev", "last"),
        )
        view = self._state.fetch(place, size=request.size)
        self._say()
        return PageReply(list(map(_row, view.lines)), view.next_cursor, view.previous_cursor)

    def _say(self) -> None:
        self._state.follow()
        self.said.show(notice(self._state.notice, "audit-said"))

    def _choose(self, action: str, value: str) -> None:
        if action == "ask":
            self._state.ask()
        elif action == "verify":
            self.verification.open()
            return
        elif action == "clear":
            self._state.clear()
            self._first()
        elif action == "jump":
            place = self._state.jump(value, descending=self.table.request.descending)
            if place is None:
                self.said.show(notice(self._state.notice, "audit-said"))
                return
            self._start(place)
        else:
            self._export(action)
        self._choices()

    def _first(self) -> None:
        self._start(Place(descending=self.table.request.descending))

    def _export(self, form: str) -> None:
        leaving = self._state.export(form)
        self.said.show(notice(self._state.notice, "audit-said"))
        if leaving is not None:
            self.download.offer(leaving.content, name=leaving.name, mime=MIMES[form])

    def _submitted(self, given: Submission) -> None:
        if given.button == "leave":
            self._state.leave()
        elif self._state.apply(given.values):
            self.download.withdraw()
            self._first()
        self._choices()
        if not self._state.asking:
            self.table.focus()

    # What is open

    def _open(self, seq: str) -> None:
        self._state.one.open(int(seq))
        self._show(focus=True)

    def _act(self, action: str, value: str) -> None:
        one = self._state.one
        if action == "rest-of":
            if one.view is not None:
                self._state.only(one.view.subject)
                self._first()
                self._choices()
            return
        verbs = {
            "close": one.close,
            "rest": one.toggle_rest,
            "more": one.live_on,
            "state": one.ask,
        }
        if action == "life":
            one.live(value)
        elif action == "open":
            one.open(int(value))
        else:
            verbs[action]()
        self._show(focus=action in ("life", "open", "close"))
        if not one.opened:
            self.table.focus()

    # Where a link leads

    def _entrances(self) -> Arrivals:
        """What links can ask this screen to open."""
        return Arrivals(
            {
                Kind.SUPPLIER: lambda number: self._act("life", number),
                Kind.APPLICATION: lambda number: self._slice_of("application", number),
                Kind.PERMIT: lambda number: self._slice_of("permit", number),
                Kind.EVENT: self._event,
            },
            {"gave-up": self._gave_up},
            busy=lambda: self._state.busy,
        )

    def _slice_of(self, kind: str, number: str) -> None:
        self._state.only(Subject(SubjectKind(kind), number))
        self._at_list()

    def _gave_up(self) -> None:
        self._state.apply({"tag": EventTag.MAIL_GAVE_UP.value})
        self._at_list()

    def _at_list(self) -> None:
        self._state.one.close_all()
        self._first()
        self._show()
        self.table.focus()

    def _event(self, number: str) -> None:
        self._state.one.open_named(number)
        self._show(focus=True)

    def _moment(self, given: Submission) -> None:
        one = self._state.one
        if given.button == "leave":
            one.leave()
        else:
            one.submit(given.values)
        self._show()

    # What is shown

    def _choices(self) -> None:
        """What is chosen, how many there are, and the form while it stands open."""
        state = self._state
        buttons = [look.button("ask", words.ASK, key="s", tone="primary")]
        if state.conditions != words.NO_CONDITION:
            buttons.append(look.button("clear", words.CLEAR))
        buttons += [look.button("csv", words.CSV), look.button("xlsx", words.EXCEL)]
        buttons.append(look.button("verify", words.VERIFY, key="v"))
        self.chosen.show(
            look.join(
                look.element(
                    "p",
                    words.CHOSEN.format(conditions=state.conditions, size=state.size),
                    data_testid="audit-conditions",
                ),
                look.actions(*buttons),
                look.element("p", look.asked_day("jump", words.JUMP_FIELD, "", words.JUMP)),
            )
        )
        if state.asking and self.form is None:
            self.form = FieldForm(
                ROWS,
                BUTTONS,
                self._submitted,
                values=state.values,
                title=words.FILTER_TITLE,
                testid="audit-form",
            )
            self.form.focus("first")
        elif not state.asking and self.form is not None:
            self.form.close()
            self.form = None
        if self.form is not None:
            self.form.set_errors(state.errors)
        self.asked.children = () if self.form is None else (self.form,)

    def _show(self, *, focus: bool = False) -> None:
        one = self._state.one
        self._choices()
        self.head.show(audit_body.head(one))
        self.body.show(audit_body.body(one))
        self.found.show(audit_body.state(one.state))
        self._show_moments()
        asked: tuple[Widget, ...] = () if self.moments is None else (self.moments, self.found)
        children = (self.head, *asked, self.body)
        if self._beside.place.children != children:
            self._beside.place.children = children
        self.table.select(None if one.view is None else str(one.view.seq))
        self._beside.share(opened=one.opened)
        self._state.follow()
        if focus and one.opened:
            self.head.focus("h2")

    def _show_moments(self) -> None:
        one = self._state.one
        if not one.asked:
            if self.moments is not None:
                self.moments.close()
            self.moments = None
            return
        if self.moments is None:
            self.moments = FieldForm(
                audit_body.STATE_ROWS,
                audit_body.STATE_BUTTONS,
                self._moment,
                values={"first": one.suggested()},
                title=words.BUTTON_STATE,
                testid="audit-moments",
            )
            self.moments.focus("first")
        self.moments.set_errors(one.errors)


def _row(line: Line) -> Row:
    if line.tone == "neutral":
        return Row(line.seq, line.cells)
    cells = {**line.cells, "what": ""}
    return Row(line.seq, cells, {"what": (Badge(line.cells["what"], line.tone),)})
