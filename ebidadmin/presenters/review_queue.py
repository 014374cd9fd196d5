"""State of the review queue: the list with its filters, and which case is open beside it.

A row is known by its application number. What is decided is decided by the case presenter, with the number and version that the
confirmation named; this presenter only opens cases and finds the next one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ebidadmin.domain.applications import OPEN_STATES, ApplicationState
from ebidadmin.domain.desk_requests import DeskAct
from ebidadmin.domain.findings import FindingCode, Severity
from ebidadmin.domain.ids import ApplicationNumber
from ebidadmin.domain.staff import Staff
from ebidadmin.errors import EbidError
from ebidadmin.presenters.bulk_approval import BulkApproval
from ebidadmin.presenters.case import CasePresenter
from ebidadmin.presenters.case_view import SEVERITY_TONES, STATE_TONES
from ebidadmin.presenters.desk_requests import DeskRequests
from ebidadmin.presenters.notices import Notice, Tone, Undo, refusal
from ebidadmin.services import queue
from ebidadmin.services.auto_approval import ACTOR
from ebidadmin.services.ports import Office
from ebidadmin.services.queue import PermitStanding, QueueQuery, QueueReader, QueueRow, QueueSort
from ebidadmin.text import formats, messages
from ebidadmin.text import queue as words
from ebidadmin.text import undo as undo_words
from ebidadmin.text import ways as way_words

OPEN = "open"
OVERDUE = "overdue"
AGES = (1, 3, 5, 10)
"""Ages in working days that the filter offers."""

SORTS: Mapping[str, QueueSort] = {
    "number": QueueSort.NUMBER,
    "applied": QueueSort.APPLIED_AT,
    "supplier": QueueSort.SUPPLIER_NUMBER,
    "name": QueueSort.TRADE_NAME,
    "state": QueueSort.STATE,
}
"""Columns by which the list can be sorted."""

LOOK_AHEAD = 20
"""Rows looked at when the next waiting case is searched; those that another person holds are passed over."""

PERMIT_TONES: Mapping[PermitStanding, Tone] = {
    PermitStanding.IN_FORCE: "success",
    PermitStanding.EXPIRED: "error",
    PermitStanding.REQUESTED: "warning",
    PermitStanding.NONE: "error",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRequest:
    """Which page of the list is wanted; ``backward`` with a cursor is the page before it, without one the last."""

    sort: str = "applied"
    descending: bool = False
    cursor: str | None = None
    backward: bool = False
    search: str = ""
    filters: Mapping[str, str] = field(default_factory=lambda: {"state": OPEN})
    size: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A row as shown. ``badges`` are (text, tone) by column; ``standing_out`` is the word of an overdue one, else empty."""

    number: ApplicationNumber
    cells: Mapping[str, str]
    badges: Mapping[str, tuple[tuple[str, Tone], ...]]
    standing_out: str = ""
    cursor: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListView:
    """A page as shown."""

    lines: tuple[Line, ...] = ()
    next_cursor: str | None = None
    previous_cursor: str | None = None
    total: int | None = 0


@dataclass(frozen=True, slots=True)
class StateCount:
    """How many applications are in a state; ``key`` is the value of the state filter."""

    key: str
    label: str
    count: int
    automatic: int = 0
    """How many of them the automatic approval decided."""


FILTERS: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...] = (
    (
        "state",
        words.FILTER_STATE,
        ((OPEN, words.STATE_OPEN), *((state.value, words.STATES[state]) for state in ApplicationState)),
    ),
    (
        "finding",
        words.FILTER_FINDING,
        tuple((code.value, messages.finding_label(code)) for code in FindingCode),
    ),
    (
        "permit",
        words.FILTER_PERMIT,
        tuple((value.value, words.PERMIT_STANDINGS[value]) for value in PermitStanding),
    ),
    (
        "age",
        words.FILTER_AGE,
        (*((str(days), words.at_least(days)) for days in AGES), (OVERDUE, words.OVERDUE)),
    ),
    ("mine", words.FILTER_MINE, (("mine", words.MINE),)),
)
"""Filters of the list: key, label, options (value, label)."""


class ReviewQueue:
    """The screen's state. ``notice`` is what the list has to say, ``case`` the case beside it."""

    def __init__(
        self,
        office: Office,
        *,
        staff: Staff,
        reader: QueueReader,
        on_opened: Callable[[str], None] = lambda _number: None,
    ) -> None:
        """``on_opened`` is told the number of each application whose case was opened."""
        self._office, self._staff, self._reader, self._on_opened = office, staff, reader, on_opened
        self._request = ListRequest()
        self._cursors: dict[ApplicationNumber, str] = {}
        self.case = CasePresenter(office, staff=staff)
        self.bulk = BulkApproval(office, staff=staff, reader=reader)
        self.requests = DeskRequests(office, staff=staff, act=DeskAct.BULK_APPROVE)
        self.notice: Notice | None = None

    @property
    def selected(self) -> ApplicationNumber | None:
        """The number of the open case."""
        return self.case.number

    def fetch(self, request: ListRequest) -> ListView:
        """The page asked for; a refusal leaves an empty page and a notice."""
        self.notice = None
        try:
            page = queue.page(
                self._office, staff=self._staff, query=self._query_of(request), reader=self._reader
            )
        except EbidError as error:
            self.notice = refusal(error)
            return ListView()
        if (request.sort, request.descending) != (self._request.sort, self._request.descending):
            self._cursors.clear()
        self._request = request
        self._cursors |= {row.number: row.cursor for row in page.rows}
        return ListView(
            lines=tuple(self._line(row) for row in page.rows),
            next_cursor=page.next_cursor,
            previous_cursor=page.previous_cursor,
            total=page.total,
        )

    def counts(self) -> tuple[StateCount, ...]:
        """Applications by state, in the order of the life cycle."""
        try:
            found = queue.counts(self._office, staff=self._staff, reader=self._reader)
            automatic = {ApplicationState.APPROVED: self._reader.approved_by(ACTOR.login)}
        except EbidError as error:
            self.notice = refusal(error)
            return ()
        return tuple(
            StateCount(state.value, words.STATES[state], found[state], automatic.get(state, 0))
            for state in ApplicationState
        )

    def open(self, number: str) -> None:
        """Open the case of that application; a confirmation that stands open is closed, that of a bulk approval as well."""
        self.bulk.cancel()
        self._open(ApplicationNumber(number))

    @property
    def busy(self) -> bool:
        """Whether something was begun that opening another case would drop."""
        return (
            self.case.pending is not None or self.bulk.listed is not None or self.requests.chosen is not None
        )

    def visit(self, number: str) -> None:
        """Open the case that a link names. One that there is not leaves the open case as it is; which case was given back is told."""
        before = self.case.number if self.case.held_by_me else None
        if not self.case.there_is(ApplicationNumber(number)):
            return
        self.open(number)
        if before is not None and before != number and self.case.notice is None:
            back = Undo("return", before, undo_words.RETURN.format(number=before))
            self.case.say(Notice("info", way_words.GIVEN_BACK.format(number=before), undo=back))

    def close(self) -> None:
        """Close the case and give it back."""
        self.case.close()

    def begin_bulk(self) -> None:
        """Put the open case away, so that one question stands open at a time, and list what can be approved of the list as filtered."""
        self.case.close()
        self.bulk.begin(self._query_of(self._request))

    def decide(self, asked: str) -> bool:
        """Do what the open confirmation says, where the yes is its own (``Pending.asked``); when it was a decision, the next waiting case
        opens.

        Returns whether it was done.
        """
        before = self.case.number
        if not self.case.answers(asked):
            return False
        finished = self.case.confirm()
        if finished is None:
            return False
        if finished.ends_work and before is not None:
            self._open_after(before, finished.notice)
        return True

    def go_on(self) -> None:
        """Leave the open case and open the next waiting one."""
        self.bulk.cancel()
        self._open_after(self.case.number, None)

    def _open_after(self, number: ApplicationNumber | None, said: Notice | None) -> None:
        try:
            following = self._next_waiting(number)
        except EbidError as error:
            self.case.say(said or refusal(error))
            return
        if following is None:
            self.case.close()
            self.case.say(said or Notice("info", words.NO_NEXT))
            return
        self._open(following)
        if said is not None:
            self.case.say(said)

    def _next_waiting(self, number: ApplicationNumber | None) -> ApplicationNumber | None:
        """The waiting case after ``number`` in the order of the list; from its beginning when there is none further on."""
        cursor = None if number is None else self._cursors.get(number)
        for start in (cursor, None) if cursor is not None else (None,):
            request = self._request
            waiting = {**request.filters, "state": ApplicationState.PENDING.value}
            ahead = ListRequest(
                sort=request.sort,
                descending=request.descending,
                cursor=start,
                search=request.search,
                filters=waiting,
                size=LOOK_AHEAD,
            )
            page = queue.page(
                self._office, staff=self._staff, query=self._query_of(ahead), reader=self._reader
            )
            for row in page.rows:
                if row.number != number and row.holder in (None, self._staff.login):
                    self._cursors[row.number] = row.cursor
                    return row.number
        return None

    def _open(self, number: ApplicationNumber) -> None:
        self.case.open(number)
        if self.case.number == number:
            self._on_opened(number)

    def _query_of(self, request: ListRequest) -> QueueQuery:
        return query_of(request, target_days=self._office.settings.target_days)

    def _line(self, row: QueueRow) -> Line:
        findings = tuple(
            (f"{messages.severity_label(severity)} {row.count(severity)}", SEVERITY_TONES[severity])
            for severity in Severity
            if row.count(severity)
        )
        holder = (
            "" if row.holder is None else words.HELD_BY_ME if row.holder == self._staff.login else row.holder
        )
        cells = {
            "number": row.number,
            "applied": formats.moment(row.applied_at),
            "supplier": row.supplier_number,
            "name": row.trade_name,
            "kind": words.KIND_AGAIN if row.reapplication else words.KIND_NEW,
            "elapsed": words.working_days(row.elapsed_days) if row.state in OPEN_STATES else formats.ABSENT,
            "due": formats.day(row.due) if row.state in OPEN_STATES else formats.ABSENT,
            "holder": holder,
        }
        badges: dict[str, tuple[tuple[str, Tone], ...]] = {
            "state": ((words.STATES[row.state], STATE_TONES[row.state]),),
            "permit": ((words.PERMIT_STANDINGS[row.permit], PERMIT_TONES[row.permit]),),
            "findings": findings,
        }
        return Line(
            number=row.number,
            cells=cells,
            badges=badges,
            standing_out=words.OVERDUE if row.overdue else "",
            cursor=row.cursor,
        )


def query_of(request: ListRequest, *, target_days: int) -> QueueQuery:
    """The services' query for a request of the screen; what has waited longer than ``target_days`` working days is overdue."""
    filters = request.filters
    age = filters.get("age")
    return QueueQuery(
        states=_states(filters.get("state", "")),
        search=request.search,
        finding=FindingCode(filters["finding"]) if filters.get("finding") else None,
        permit=PermitStanding(filters["permit"]) if filters.get("permit") else None,
        age_days=target_days + 1 if age == OVERDUE else int(age) if age else None,
        mine=filters.get("mine") == "mine",
        sort=SORTS[request.sort],
        descending=request.descending,
        cursor=request.cursor,
        backward=request.backward,
        size=request.size,
    )


def _states(value: str) -> frozenset[ApplicationState]:
    if value == OPEN:
        return OPEN_STATES
    return frozenset({ApplicationState(value)}) if value else frozenset()
