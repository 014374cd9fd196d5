"""State of the screen of registrations: the follow-up list, the search for suppliers, one supplier's page, and resolving an item.

An item is known by its number and by the version that was on the screen when somebody began to resolve it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from ebidadmin.domain.desk_requests import DeskAct
from ebidadmin.domain.fields import fold_half_width
from ebidadmin.domain.followups import FollowUp, FollowUpState
from ebidadmin.domain.ids import FollowUpId, SupplierNumber
from ebidadmin.domain.qualifications import Qualification
from ebidadmin.domain.registrations import Registration
from ebidadmin.domain.staff import Permission, Staff
from ebidadmin.errors import EbidError, InputError, NotFoundError, StorageError
from ebidadmin.presenters import ways
from ebidadmin.presenters.desk_requests import DeskRequests
from ebidadmin.presenters.eligibility_line import day_asked
from ebidadmin.presenters.id_desk import DESK, IdDesk
from ebidadmin.presenters.notices import Notice, Tone, Undo, done, refusal
from ebidadmin.presenters.supplier_view import SupplierView, view_of
from ebidadmin.presenters.ways import Way
from ebidadmin.services import follow_up, qualification_import, supplier_page
from ebidadmin.services.ports import Office
from ebidadmin.services.qualification_import import RegisterReader
from ebidadmin.services.supplier_page import SupplierPage
from ebidadmin.text import formats
from ebidadmin.text import registrations as words
from ebidadmin.text.follow_up_sentences import follow_up_label
from ebidadmin.text.queue import OTHER_CONFIRMATION

STATE_TONES: Mapping[FollowUpState, Tone] = {
    FollowUpState.OPEN: "warning",
    FollowUpState.DONE: "success",
    FollowUpState.SETTLED: "neutral",
}


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a list as shown: the supplier that it opens, its cells, and its state."""

    key: str
    cells: Mapping[str, str]
    state: str = ""
    tone: Tone = "neutral"


@dataclass(frozen=True, slots=True)
class Rows:
    """A page of a list, and whether there is more before and after it."""

    rows: tuple[Row, ...] = ()
    earlier: bool = False
    later: bool = False


@dataclass(frozen=True, slots=True)
class Pending:
    """An item that somebody is about to resolve, as it was seen."""

    number: FollowUpId
    version: int
    title: str


class Registrations:
    """``notice`` is what there is to say, ``view`` the open page, ``pending`` the item that is being resolved,
    ``desk`` the desk work on the supplier's ID, ``requests`` what of it waits for a second person."""

    def __init__(
        self,
        office: Office,
        *,
        staff: Staff,
        register_reader: RegisterReader,
        desk: IdDesk,
        on_opened: Callable[[str], None] = lambda _number: None,
    ) -> None:
        """``on_opened`` is told the number of each supplier whose page was opened."""
        self._office, self._staff, self._reader, self.desk = office, staff, register_reader, desk
        self.requests = DeskRequests(office, staff=staff, act=DeskAct.CANCEL)
        self._on_opened = on_opened
        self._page: SupplierPage | None = None
        self._day: date | None = None
        self.view: SupplierView | None = None
        self.pending: Pending | None = None
        self.notice: Notice | None = None
        self.errors: Mapping[str, str] = {}

    @property
    def may_resolve(self) -> bool:
        """Whether this person resolves items."""
        return self._staff.may(Permission.REVIEW)

    @property
    def busy(self) -> bool:
        """Whether something was begun that opening another page would drop."""
        return self.pending is not None or self.desk.pending is not None or self.requests.chosen is not None

    @property
    def ways(self) -> tuple[Way, ...]:
        """Links of the open page: to its applications that wait, its permits, and what the trail tells."""
        page, staff = self._page, self._staff
        if page is None:
            return ()
        waiting = (one for one in page.applications if one.is_open)
        return (
            *(way for one in waiting for way in ways.application(staff, one.number)),
            *ways.supplier_permits(staff, page.supplier_number),
            *ways.life(staff, page.supplier_number),
        )

    # Lists

    def follow_ups(self, *, state: str, supplier: str, after: str, before: str, size: int) -> Rows:
        """A page of the follow-up list; a row's key is its number. A refusal leaves an empty page and a notice."""
        try:
            found = follow_up.listed(
                self._office,
                staff=self._staff,
                state=FollowUpState(state) if state else None,
                supplier=fold_half_width(supplier.strip()),
                after=after,
                before=before,
                limit=size + 1,
            )
            with self._office.uow() as uow:
                names = uow.register.names_of({one.supplier_number for one in found})
        except EbidError as error:
            self.notice = refusal(error)
            return Rows()
        more = len(found) > size
        shown = found[-size:] if before else found[:size]
        rows = tuple(_follow_up_row(one, names.get(one.supplier_number, "")) for one in shown)
        return Rows(rows, earlier=more if before else bool(after), later=bool(before) or more)

    def suppliers(self, *, search: str, after: str, size: int) -> Rows:
        """A page of the register; a row's key is the supplier number."""
        try:
            found = qualification_import.list_page(
                self._office,
                staff=self._staff,
                reader=self._reader,
                search=search,
                after=after,
                limit=size + 1,
            )
        except EbidError as error:
            self.notice = refusal(error)
            return Rows()
        rows = tuple(_supplier_row(one) for one in found[:size])
        return Rows(rows, earlier=bool(after), later=len(found) > size)

    # One supplier

    def open(self, number: str) -> None:
        """Open the page of a supplier, as it stands today."""
        self._day = None
        self._open(SupplierNumber(number))
        if self.view is not None:
            self._on_opened(number)

    def open_item(self, number: str) -> None:
        """Open the page of the supplier whom an item concerns."""
        try:
            with self._office.uow() as uow:
                supplier = uow.follow_ups.get(FollowUpId(number)).supplier_number
        except NotFoundError as error:
            self.notice = refusal(error)
            return
        self.open(supplier)

    def reload(self) -> None:
        """Read the open page again, for the same day."""
        if self.view is not None:
            self._open(SupplierNumber(self.view.number))

    def show_day(self, text: str) -> None:
        """Tell who may take part in quotations on the day that somebody chose; nothing chosen is today."""
        try:
            day = day_asked(text)
        except InputError as error:
            self.notice = refusal(error)
            return
        self._day = day
        self.reload()

    def close(self) -> None:
        """Close the page."""
        self._page = self.view = self.pending = self.notice = None
        self.desk.leave()

    # Resolving

    def begin(self, number: str) -> None:
        """Ask for the word with which an item of the open page is resolved."""
        self.notice, self.errors, self.pending = None, {}, None
        self.desk.leave()
        item = self._item(number)
        if item is not None and item.state is FollowUpState.OPEN and self.may_resolve:
            title = words.RESOLVE_TITLE.format(**self._named(item))
            self.pending = Pending(item.id, item.version, title)

    def leave(self) -> None:
        """Resolve nothing."""
        self.pending, self.errors = None, {}

    def resolve(self, note: str) -> None:
        """Resolve the item that the form names, as it was seen. Without a word nothing is done."""
        pending = self.pending
        if pending is None:
            return
        if not note.strip():
            self.errors = {"note": words.NOTE_MISSING}
            return
        item = self._item(pending.number)
        try:
            follow_up.resolve(
                self._office,
                staff=self._staff,
                follow_up=pending.number,
                version=pending.version,
                note=note,
            )
        except StorageError as error:
            # What was entered stays, and the same button is the next try.
            self.notice = refusal(error)
            return
        except EbidError as error:
            said = refusal(error)
        else:
            said = done(words.RESOLVED.format(**self._named(item)) if item is not None else "")
        self.reload()
        self.notice = said

    # Desk work

    def verbs(self, application: str) -> tuple[str, ...]:
        """What can be done with an ID of the open page."""
        found = self._identified(application)
        return () if found is None else self.desk.verbs(found)

    def begin_desk(self, verb: str, application: str) -> None:
        """Ask for what a step of the desk work needs."""
        self.notice, self.pending = None, None
        found = self._identified(application)
        if found is not None and self._page is not None:
            self.desk.begin(verb, found, self._page.qualification)

    def submit_desk(self, values: Mapping[str, str]) -> None:
        """Do the step that the form names, or go on to what it would mail."""
        self._told(self.desk.submit(values))

    def confirm_desk(self, asked: str) -> None:
        """Do the step whose mails are shown, where the yes is its own (``DeskStep.asked``); that it is another's is told."""
        step = self.desk.pending
        if step is not None and step.asked != asked:
            self.notice = Notice("warning", OTHER_CONFIRMATION)
            return
        self._told(self.desk.confirm())

    def _told(self, said: Notice | None) -> None:
        if said is None:
            return
        if self.desk.pending is None:
            self.reload()
        self.notice = said if self._can(said.undo) else replace(said, undo=None)

    def _can(self, undo: Undo | None) -> bool:
        """Whether that way back is open now that the step is done."""
        if undo is None or not undo.action.startswith(DESK):
            return True
        return undo.action.removeprefix(DESK) in self.verbs(undo.value)

    def _identified(self, application: str) -> Registration | None:
        listed = () if self._page is None else self._page.identified
        return next((one for one in listed if one.application == application), None)

    # Inside

    def _open(self, supplier: SupplierNumber) -> None:
        self.notice, self.pending, self.errors = None, None, {}
        self.desk.leave()
        self._load(supplier)

    def _load(self, supplier: SupplierNumber) -> None:
        try:
            self._page = supplier_page.page(self._office, staff=self._staff, supplier=supplier, day=self._day)
            self.view = view_of(self._page, self._office.permit_reasons)
        except EbidError as error:
            self._page, self.view, self.notice = None, None, refusal(error)

    def _item(self, number: str) -> FollowUp | None:
        items = () if self._page is None else self._page.follow_ups
        return next((one for one in items if one.id == number), None)

    def _named(self, item: FollowUp) -> dict[str, str]:
        record = None if self._page is None else self._page.qualification
        return {
            "number": item.id,
            "what": follow_up_label(item.code),
            "supplier": item.supplier_number,
            "name": "" if record is None else record.trade_name,
        }


def _follow_up_row(item: FollowUp, name: str) -> Row:
    cells = {
        "number": item.id,
        "opened": formats.moment(item.opened_at),
        "supplier": item.supplier_number,
        "name": name,
        "kind": words.KINDS[item.about.kind],
        "what": follow_up_label(item.code),
        "state": "",
    }
    return Row(item.id, cells, words.STATES[item.state], STATE_TONES[item.state])


def _supplier_row(record: Qualification) -> Row:
    cells = {
        "supplier": record.supplier_number,
        "name": record.trade_name,
        "period": formats.period(record.valid_from, record.valid_to),
    }
    return Row(record.supplier_number, cells)
