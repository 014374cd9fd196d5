"""The screen of registrations: the follow-up list, the search for suppliers, and one supplier's page with what there is to resolve."""

from __future__ import annotations

from dataclasses import replace

from ipywidgets import Layout, VBox, Widget

from ebidadmin.domain.followups import FollowUpState
from ebidadmin.presenters import registrations as state
from ebidadmin.presenters.id_desk import DESK
from ebidadmin.presenters.registrations import Registrations
from ebidadmin.presenters.request_list import Step as RequestStep
from ebidadmin.presenters.ways import Arrivals, Kind
from ebidadmin.screens import eligibility_part, supplier_body
from ebidadmin.screens.components import look
from ebidadmin.screens.components.download import Download
from ebidadmin.screens.components.form import FieldForm, FormButton, FormRow, Submission
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
from ebidadmin.screens.desk_requests import DeskRequestsSection
from ebidadmin.screens.id_desk import desk_form, desk_question
from ebidadmin.text import id_desk as desk_words
from ebidadmin.text import notebooks
from ebidadmin.text import registrations as words
from ebidadmin.text.components import TABLE

PAGE_SIZE = 20
MAIL_BODY = '[data-testid="mail-body"]'
PDF = "application/pdf"
START = "after "
"""Before the number that a page comes after, so that the first page has a cursor too."""

LAST_NUMBER = "F99999999"
"""After every item's number."""
FOLLOW_UP_COLUMNS = (
    Column("number", words.COLUMN_NUMBER, "6em"),
    Column("opened", words.COLUMN_OPENED, "9em"),
    Column("supplier", words.COLUMN_SUPPLIER, "6em"),
    Column("name", words.COLUMN_NAME),
    Column("kind", words.COLUMN_KIND, "5em"),
    Column("what", words.COLUMN_WHAT),
    Column("state", words.COLUMN_STATE, "6em"),
)
SUPPLIER_COLUMNS = (
    Column("supplier", words.COLUMN_SUPPLIER, "6em"),
    Column("name", words.COLUMN_NAME),
    Column("period", words.COLUMN_PERIOD, "14em"),
)
STATE_OPTIONS = tuple((one.value, words.STATES[one]) for one in FollowUpState)


class RegistrationsScreen:
    """The widgets; ``widget`` is what a notebook shows."""

    def __init__(self, registrations: Registrations) -> None:
        self._state = registrations
        self.follow_ups = ServerTable(
            FOLLOW_UP_COLUMNS,
            self._follow_ups,
            self._open_item,
            sort="number",
            size=PAGE_SIZE,
            filters=[Filter("state", words.FILTER_STATE, STATE_OPTIONS)],
            initial_filters={"state": FollowUpState.OPEN.value},
            caption=words.LIST_CAPTION,
            labels=replace(TABLE, search_hint=words.LIST_SEARCH),
            testid="follow-ups",
        )
        self.suppliers = ServerTable(
            SUPPLIER_COLUMNS,
            self._suppliers,
            self._open,
            sort="supplier",
            size=PAGE_SIZE,
            caption=words.SUPPLIERS_CAPTION,
            labels=replace(TABLE, search_hint=words.SUPPLIERS_SEARCH),
            testid="suppliers",
        )
        self.suppliers.to_end = 0
        self._starts: dict[str, str] = {}
        self.page = Panel(on_action=self._act, testid="supplier-page")
        self.question = Panel(on_action=self._answer, testid="desk-question")
        self.download = Download(testid="code-letter")
        self.form: FieldForm | None = None
        self._asked: object = None
        self.requests = DeskRequestsSection(registrations.requests, on_change=self._decided)
        self.arrivals = self._entrances()
        self._waiting = VBox(layout=Layout(width="100%"))
        self._body = VBox(layout=Layout(width="100%"))
        self.widget = VBox(self._sections(), layout=Layout(width="100%"))
        self._show()

    def _sections(self) -> list[Widget]:
        header = Panel(look.page_header(words.TITLE, words.LEAD, guide=notebooks.REGISTRATIONS.guide))
        follow_ups, suppliers = (
            Panel(look.section(text)) for text in (words.LIST_CAPTION, words.SUPPLIERS_CAPTION)
        )
        return [header, self._waiting, follow_ups, self.follow_ups, suppliers, self.suppliers, self._body]

    # Lists

    def _follow_ups(self, request: PageRequest) -> PageReply:
        last = LAST_NUMBER if request.direction == "last" else request.cursor or ""
        found = self._state.follow_ups(
            state=request.filters.get("state", ""),
            supplier=request.search,
            after="" if request.backward else request.cursor or "",
            before=last if request.backward else "",
            size=request.size,
        )
        return _reply(found)

    def _suppliers(self, request: PageRequest) -> PageReply:
        """Pages are known by what they come after; the way back is the way that was come."""
        after = "" if request.cursor is None else request.cursor.removeprefix(START)
        found = self._state.suppliers(search=request.search, after=after, size=request.size)
        reply = _reply(found)
        if reply.next_cursor is None:
            forward = None
        else:
            forward = f"{START}{reply.next_cursor}"
            self._starts[reply.next_cursor] = after
        back = f"{START}{self._starts.get(after, '')}" if after else None
        return replace(reply, next_cursor=forward, prev_cursor=back)

    # What the person does

    def _open_item(self, number: str) -> None:
        self._state.open_item(number)
        self._show(focus=True)

    def _open(self, number: str) -> None:
        self._state.open(number)
        self._show(focus=True)

    def _entrances(self) -> Arrivals:
        """What links can ask this screen to open."""
        return Arrivals(
            {Kind.SUPPLIER: self._open, Kind.FOLLOW_UP: self._open_item},
            {"follow-ups": self._to_list, "requests": self._to_requests},
            busy=lambda: self._state.busy,
        )

    def _to_list(self) -> None:
        """Where a link to the open items leads."""
        self.follow_ups.start(PageRequest("number", False, filters={"state": FollowUpState.OPEN.value}))
        self.follow_ups.focus()

    def _to_requests(self) -> None:
        self._show()
        self.requests.focus()

    def _act(self, action: str, value: str) -> None:
        if action == "resolve":
            self._state.begin(value)
        elif action == RequestStep.WITHDRAW:
            self.requests.withdraw(value)
            return
        elif action.startswith(DESK):
            self._state.begin_desk(action.removeprefix(DESK), value)
            self.download.withdraw()
        elif action == eligibility_part.SHOW_DAY:
            self._state.show_day(value)
        elif action == "reload":
            self._state.reload()
        elif action == "close":
            self._state.close()
        self._show()

    def _answer(self, action: str, value: str) -> None:
        """What somebody says to the mails that are shown."""
        steps = {
            "desk-yes": lambda: self._state.confirm_desk(value),
            "desk-back": self._state.desk.back,
            "desk-leave": self._state.desk.leave,
        }
        steps[action]()
        self._show()

    def _submitted(self, given: Submission) -> None:
        if given.button == "leave":
            self._state.leave()
        else:
            self._state.resolve(given.values["note"])
            self.follow_ups.refresh()
        self._show()

    def _decided(self) -> None:
        """Somebody decided on a request, or carried it out: the open page may be of that supplier."""
        self._state.reload()
        self._show()

    # What is shown

    def _show(self, *, focus: bool = False) -> None:
        self._waiting.children = self.requests.widgets()
        self.page.show(supplier_body.content(self._state))
        self._show_form()
        step = self._state.desk.pending
        self.question.show(EMPTY if step is None else desk_question(step))
        asked = [
            one for one in (self.form, self.question if step and step.mails else None) if one is not None
        ]
        self._body.children = (*asked, self.download, self.page)
        if step and step.mails:
            self.question.focus(MAIL_BODY)
        if focus:
            self.page.focus("h2")

    def _show_form(self) -> None:
        """The form of what somebody is about to do; none where nobody is."""
        pending, step = self._state.pending, self._state.desk.pending
        previewed = step is not None and step.mails is not None
        asked: object = None if previewed else step or pending
        if asked != self._asked:
            self._drop_form()
            self._asked = asked
            if asked is not None and step is not None:
                self.form = desk_form(step, self._desk_submitted, mailed=self._state.desk.mails(step.verb))
                self.form.focus("reason" if step.asks_reason else "means")
            elif asked is not None and pending is not None:
                self.form = self._made(pending)
                self.form.focus("note")
        if self.form is not None:
            self.form.set_errors(self._state.desk.errors if step is not None else self._state.errors)

    def _desk_submitted(self, given: Submission) -> None:
        if given.button == "leave":
            self._state.desk.leave()
        else:
            self._state.submit_desk(given.values)
            letter = self._state.desk.take_letter()
            if letter is not None:
                self.download.offer(letter, name=desk_words.LETTER_FILE, mime=PDF)
        self._show()

    def _made(self, pending: state.Pending) -> FieldForm:
        rows = (
            FormRow("note", words.FIELD_NOTE, "textarea", required=True, hint=words.FIELD_NOTE_HINT, rows=3),
        )
        buttons = (
            FormButton("resolve", words.BUTTON_RESOLVE, primary=True),
            FormButton("leave", words.BUTTON_LEAVE),
        )
        return FieldForm(
            rows,
            buttons,
            self._submitted,
            title=words.BUTTON_RESOLVE,
            about=pending.title,
            testid="resolve-form",
        )

    def _drop_form(self) -> None:
        if self.form is not None:
            self.form.close()
        self.form = None


def _reply(found: state.Rows) -> PageReply:
    rows = [
        Row(one.key, one.cells, {"state": (Badge(one.state, one.tone),)} if one.state else {})
        for one in found.rows
    ]
    return PageReply(
        rows,
        next_cursor=rows[-1].id if rows and found.later else None,
        prev_cursor=rows[0].id if rows and found.earlier else None,
    )
