"""State of the screen of paper permits: the list with its filters, the open permit, and the letters that are to be printed together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from ebidadmin.clock import fiscal_year, jst_date
from ebidadmin.domain.ids import PermitId
from ebidadmin.domain.layouts import DateWords
from ebidadmin.domain.permits import PaperChannel, PermitState
from ebidadmin.domain.staff import Staff
from ebidadmin.errors import EbidError
from ebidadmin.presenters.notices import Notice, Tone, done, refusal
from ebidadmin.presenters.open_permit import OpenPermit, Paper, Press
from ebidadmin.presenters.permit_view import STATE_TONES
from ebidadmin.presenters.review_queue import StateCount
from ebidadmin.services import permit_dispatch, permit_list, permit_proposals
from ebidadmin.services.permit_list import (
    DispatchStanding,
    PermitListReader,
    PermitQuery,
    PermitRecord,
    PermitSort,
    PermitValidity,
)
from ebidadmin.services.ports import Office
from ebidadmin.services.second_person import asks_another
from ebidadmin.text import formats
from ebidadmin.text import permit_screen as words
from ebidadmin.text import queue as queue_words
from ebidadmin.text.permits import fiscal_year_shown, meant_number, number_shown

SORTS: Mapping[str, PermitSort] = {
    "number": PermitSort.NUMBER,
    "received": PermitSort.RECEIVED,
    "supplier": PermitSort.SUPPLIER_NUMBER,
    "document": PermitSort.DOCUMENT,
}
"""Columns by which the list can be sorted."""

MOST_LETTERS = 100
"""Letters that are printed together at most: some seconds of typesetting, and a stack that a person still sorts by hand."""

PROPOSED = "waiting"

Options = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRequest:
    """Which page of the list is wanted; ``backward`` with a cursor is the page before it, without one the last."""

    sort: str = "number"
    descending: bool = True
    cursor: str | None = None
    backward: bool = False
    search: str = ""
    filters: Mapping[str, str] = field(default_factory=dict)
    size: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A row as shown. ``badges`` are (text, tone) by column."""

    number: PermitId
    cells: Mapping[str, str]
    badges: Mapping[str, tuple[tuple[str, Tone], ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListView:
    """A page as shown."""

    lines: tuple[Line, ...] = ()
    next_cursor: str | None = None
    previous_cursor: str | None = None
    total: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Tray:
    """Letters that have not gone out: cells under ``permit_screen.TRAY_HEADINGS`` by permit, and how each answer was wished for; ``more``
    says that there are others."""

    letters: Mapping[PermitId, tuple[str, ...]]
    wished: Mapping[PermitId, PaperChannel | None]
    more: bool


class Permits:
    """``notice`` is what the list has to say, ``one`` the open permit, ``tray`` the letters to be printed together, ``printed`` their PDF,
    ``sending`` whether their dispatch is about to be entered, ``errors`` what is wrong in its form."""

    def __init__(
        self,
        office: Office,
        *,
        staff: Staff,
        reader: PermitListReader,
        press: Press,
        dates: DateWords | None = None,
    ) -> None:
        self._office, self._staff, self._reader = office, staff, reader
        self.one = OpenPermit(office, staff=staff, press=press, dates=dates or DateWords())
        self.notice: Notice | None = None
        self.tray: Tray | None = None
        self.printed: Paper | None = None
        self.sending = False
        self.errors: Mapping[str, str] = {}

    # The list

    def filters(self) -> tuple[tuple[str, str, Options], ...]:
        """Filters of the list: key, label, options (value, label)."""
        present = fiscal_year(jst_date(self._office.clock.now()))
        known = sorted({present, *self._reader.fiscal_years()}, reverse=True)
        years = tuple((str(year), fiscal_year_shown(year)) for year in known)
        proposed = ("proposed", words.FILTER_PROPOSED, ((PROPOSED, words.WAITING),))
        return (
            *((proposed,) if self._asks_another else ()),
            (
                "state",
                words.FILTER_STATE,
                tuple((s.value, queue_words.PERMIT_STATES[s]) for s in PermitState),
            ),
            ("sent", words.FILTER_SENT, tuple((one.value, label) for one, label in words.SENT.items())),
            (
                "validity",
                words.FILTER_VALIDITY,
                tuple((one.value, label) for one, label in words.VALIDITIES.items()),
            ),
            (
                "channel",
                words.FILTER_CHANNEL,
                tuple((one.value, queue_words.PAPER_CHANNELS[one]) for one in PaperChannel),
            ),
            ("year", words.FILTER_YEAR, years),
        )

    def fetch(self, request: ListRequest) -> ListView:
        """The page asked for; a refusal leaves an empty page and a notice."""
        self.notice = None
        try:
            page = permit_list.page(
                self._office, staff=self._staff, query=query_of(request), reader=self._reader
            )
        except EbidError as error:
            self.notice = refusal(error)
            return ListView()
        return ListView(
            lines=tuple(_line(row) for row in page.rows),
            next_cursor=page.next_cursor,
            previous_cursor=page.previous_cursor,
            total=page.total,
        )

    def counts(self) -> tuple[StateCount, ...]:
        """Permits by state, in the order of the life cycle."""
        try:
            found = permit_list.counts(self._office, staff=self._staff, reader=self._reader)
        except EbidError as error:
            self.notice = refusal(error)
            return ()
        return tuple(
            StateCount(state.value, queue_words.PERMIT_STATES[state], found[state]) for state in PermitState
        )

    def waiting(self) -> int | None:
        """How many permits wait for a second person; ``None`` where the office wants none."""
        return permit_proposals.waiting(self._office) if self._asks_another else None

    @property
    def _asks_another(self) -> bool:
        return asks_another(self._office, self._office.settings.permit_second_person)

    @property
    def busy(self) -> bool:
        """Whether something was begun that opening another permit would drop; letters put together are such a thing."""
        return self.one.step is not None or self.tray is not None

    # One permit

    def open(self, number: str) -> None:
        """Open a permit."""
        self.close_tray()
        self.one.open(number)

    def begin_record(self) -> None:
        """Ask for what stands on a paper."""
        self.close_tray()
        self.one.begin_record()

    # Letters together

    def open_tray(self) -> None:
        """Show the letters that have not gone out, the oldest numbers first."""
        self.one.close()
        self.close_tray()
        if not self.one.may_change:
            return
        query = PermitQuery(
            dispatch=DispatchStanding.WAITING,
            sort=PermitSort.DOCUMENT,
            descending=False,
            size=MOST_LETTERS,
        )
        try:
            page = permit_list.page(self._office, staff=self._staff, query=query, reader=self._reader)
        except EbidError as error:
            self.notice = refusal(error)
            return
        self.tray = Tray(
            letters={row.permit.id: _tray_cells(row) for row in page.rows},
            wished={row.permit.id: row.permit.reply_channel for row in page.rows},
            more=page.next_cursor is not None,
        )

    def close_tray(self) -> None:
        """Print nothing."""
        self.tray = self.printed = None
        self.leave_sending()

    def drop(self, number: str) -> None:
        """Leave a letter out of those that are printed together."""
        if self.tray is not None:
            kept = {one: cells for one, cells in self.tray.letters.items() if one != number}
            self.tray, self.printed = replace(self.tray, letters=kept), None
            self.one.notice = None
            if not kept:
                self.leave_sending()

    def print_tray(self) -> None:
        """Make one PDF of the letters in the tray."""
        if self.tray is None or not self.tray.letters:
            return
        self.one.notice = None
        made = self.one.make_letters(list(self.tray.letters))
        if made is not None:
            self.printed = Paper(made.pdf, (), words.TRAY_FILE)
            self.one.notice = done(words.TRAY_DONE.format(count=len(self.tray.letters)))

    def begin_sending(self) -> None:
        """Ask how and when the letters in the tray went out."""
        self.one.notice, self.errors = None, {}
        self.sending = self.tray is not None and bool(self.tray.letters)

    def leave_sending(self) -> None:
        """Enter nothing."""
        self.sending, self.errors = False, {}

    def send(self, values: Mapping[str, str]) -> bool:
        """Enter the dispatch of all letters in the tray, all or none; whether it was done. Without a channel each goes as was wished."""
        tray = self.tray
        if tray is None or not self.sending:
            return False
        one_way = PaperChannel(values["channel"]) if values.get("channel") else None
        ways = {number: one_way or tray.wished[number] for number in tray.letters}
        letters = [(number, way) for number, way in ways.items() if way is not None]
        self.one.notice, self.errors = None, self.one.day_errors(values)
        if len(letters) < len(ways):
            said = words.TRAY_CHANNEL_MISSING.format(count=len(ways) - len(letters))
            self.errors = {**self.errors, "channel": said}
        if self.errors:
            return False
        try:
            permit_dispatch.dispatch_all(
                self._office, staff=self._staff, letters=letters, day=self.one.day_of(values, "day")
            )
        except EbidError as error:
            self.one.notice = refusal(error)
            return False
        self.open_tray()
        self.one.notice = done(words.TRAY_SENT.format(count=len(letters)))
        return True


def query_of(request: ListRequest) -> PermitQuery:
    """The services' query for a request of the screen."""
    chosen = request.filters
    return PermitQuery(
        states=frozenset({PermitState(chosen["state"])}) if chosen.get("state") else frozenset(),
        search=request.search,
        document=meant_number(request.search),
        channel=PaperChannel(chosen["channel"]) if chosen.get("channel") else None,
        fiscal_year=int(chosen["year"]) if chosen.get("year") else None,
        validity=PermitValidity(chosen["validity"]) if chosen.get("validity") else None,
        dispatch=DispatchStanding(chosen["sent"]) if chosen.get("sent") else None,
        proposed=chosen.get("proposed") == PROPOSED,
        sort=SORTS[request.sort],
        descending=request.descending,
        cursor=request.cursor,
        backward=request.backward,
        size=request.size,
    )


def _line(row: PermitRecord) -> Line:
    permit = row.permit
    cells = {
        "number": permit.id,
        "received": formats.day(permit.received),
        "channel": queue_words.PAPER_CHANNELS[permit.channel],
        "supplier": permit.supplier_number,
        "name": _name(row),
        "document": number_shown(permit),
        "period": formats.period(permit.valid_from, permit.valid_to) if permit.valid_from else formats.ABSENT,
        "sent": _sent(row),
    }
    state: tuple[str, Tone] = (queue_words.PERMIT_STATES[permit.state], STATE_TONES[permit.state])
    waits: tuple[tuple[str, Tone], ...] = ((words.WAITING, "warning"),) if row.proposed else ()
    return Line(number=permit.id, cells=cells, badges={"state": (state, *waits)})


def _name(row: PermitRecord) -> str:
    """The register's name; that of the paper is marked as such, because nobody has checked it."""
    if row.trade_name:
        return row.trade_name
    return words.NAME_ONLY_ON_PAPER.format(name=row.permit.applicant or words.NO_NAME)


def _sent(row: PermitRecord) -> str:
    if row.sent is not None:
        return words.sent_shown(formats.day(row.sent.day), queue_words.PAPER_CHANNELS[row.sent.channel])
    waits = row.permit.document is not None and row.permit.state in (PermitState.GRANTED, PermitState.REFUSED)
    return words.NOT_SENT if waits else formats.ABSENT


def _tray_cells(row: PermitRecord) -> tuple[str, ...]:
    permit, wished = row.permit, row.permit.reply_channel
    return (
        permit.id,
        number_shown(permit),
        queue_words.PERMIT_STATES[permit.state],
        permit.supplier_number,
        _name(row),
        formats.ABSENT if wished is None else queue_words.PAPER_CHANNELS[wished],
    )
