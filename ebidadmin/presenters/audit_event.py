"""State of what is opened beside the list of the trail: one event, one supplier's whole life, or a record as of some moment."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from ebidadmin.clock import JST, as_utc, end_of
from ebidadmin.domain.events import EventTag, Subject, SubjectKind
from ebidadmin.domain.ids import SupplierNumber
from ebidadmin.domain.layouts import DateWords
from ebidadmin.domain.staff import Staff
from ebidadmin.domain.written_dates import parse_date
from ebidadmin.errors import EbidError
from ebidadmin.presenters import ways
from ebidadmin.presenters.notices import Notice, Tone, refusal
from ebidadmin.presenters.ways import Way
from ebidadmin.services import audit_slices, audit_states
from ebidadmin.services.audit_masks import HIDDEN
from ebidadmin.services.audit_slices import AuditQuery, AuditReader, AuditSlice
from ebidadmin.services.audit_states import WHOLE, RecordState
from ebidadmin.services.ports import AuditEntry, Office
from ebidadmin.text import audit as words
from ebidadmin.text import formats, labels
from ebidadmin.text.audit_fields import Line, compared, lines, pairs

LONGEST_NUMBER = 15
"""Digits that a number of the trail may have."""

LIFE_PAGE = 200
"""Events of a supplier that are read at a time: a life is rarely longer."""

_OPENED_BY: Mapping[SubjectKind, Callable[[Staff, str], tuple[Way, ...]]] = {
    SubjectKind.APPLICATION: ways.application,
    SubjectKind.PERMIT: ways.permit,
}
"""Records that have a screen of their own."""

_TIMED = re.compile(r"(?P<day>.*\S)\s+(?P<hour>[0-9]{1,2})[:\uff1a](?P<minute>[0-9]{2})")


@dataclass(frozen=True, slots=True, kw_only=True)
class EventView:
    """An event as shown. ``whole``: whether the record can be put together as of any moment; ``masked``: whether something is hidden."""

    seq: int
    subject: Subject
    supplier: str
    title: str
    facts: tuple[tuple[str, str], ...]
    lines: tuple[Line, ...]
    both: bool
    why: tuple[tuple[str, str], ...]
    whole: bool
    masked: bool
    erased: str = ""
    """That what it said was erased, and by which event; empty where it was not."""

    @property
    def changed(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.differs)

    @property
    def rest(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if not line.differs)


@dataclass(frozen=True, slots=True, kw_only=True)
class LifeLine:
    """An event of a supplier's life: its number, and cells under ``LIFE_HEADINGS`` without the last."""

    seq: int
    cells: tuple[str, ...]
    tone: Tone


@dataclass(frozen=True, slots=True, kw_only=True)
class LifeView:
    """One supplier's events of all subjects, the earliest first; ``cursor`` goes on where there is more."""

    supplier: SupplierNumber
    lines: tuple[LifeLine, ...]
    cursor: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StateView:
    """A record at one moment (``pairs``), or what differs between two (``changes``); ``said`` tells so, ``moments`` are they."""

    title: str
    said: str
    pairs: tuple[tuple[str, str], ...] = ()
    changes: tuple[Line, ...] | None = None
    moments: tuple[str, ...] = ()


class AuditEvent:
    """``view`` is the open event, ``life`` the open life, ``asked`` whether a moment is asked for, ``state`` the record as of it, ``rest``
    whether values that did not change are shown too, ``errors`` what is wrong with the moments."""

    def __init__(self, office: Office, *, staff: Staff, reader: AuditReader, dates: DateWords) -> None:
        self._office, self._staff, self._reader, self._dates = office, staff, reader, dates
        self.view: EventView | None = None
        self.life: LifeView | None = None
        self.state: StateView | None = None
        self.notice: Notice | None = None
        self.asked = self.rest = False
        self.errors: Mapping[str, str] = {}

    @property
    def ways(self) -> tuple[Way, ...]:
        """Links of what is open: to the record itself, and to the supplier's page."""
        if self.view is None:
            return () if self.life is None else ways.supplier_page(self._staff, self.life.supplier)
        subject, supplier = self.view.subject, self.view.supplier
        own = _OPENED_BY.get(subject.kind)
        return (
            *(own(self._staff, subject.id) if own is not None else ()),
            *(ways.supplier_page(self._staff, supplier) if supplier else ()),
        )

    @property
    def opened(self) -> bool:
        return self.view is not None or self.life is not None

    def open(self, seq: int) -> None:
        """Open an event; an open life stays behind it."""
        self._leave()
        try:
            entry = audit_slices.event(self._office, staff=self._staff, seq=seq, reader=self._reader)
        except EbidError as error:
            self.view, self.notice = None, refusal(error)
            return
        self.view = view_of(entry)

    def open_named(self, number: str) -> None:
        """Open the event of that number as text; for what is none ``notice`` says so, and what is open stays."""
        if number.isascii() and number.isdigit() and len(number) <= LONGEST_NUMBER:
            self.open(int(number))
        else:
            self.notice = Notice("error", words.NO_NUMBER)

    def close(self) -> None:
        """Close the event, and after it the life behind it."""
        self._leave()
        if self.view is not None:
            self.view = None
        else:
            self.life = None

    def close_all(self) -> None:
        """Close whatever is open."""
        self._leave()
        self.view = self.life = None

    def toggle_rest(self) -> None:
        """Show or hide the values that did not change."""
        self.rest = not self.rest

    # One supplier

    def live(self, supplier: str) -> None:
        """Open a supplier's whole life."""
        self._leave()
        self.view, self.life = None, None
        found = self._life_page(SupplierNumber(supplier), None)
        if found is not None:
            self.life = found

    def live_on(self) -> None:
        """Read the life on."""
        life = self.life
        if life is None or life.cursor is None:
            return
        found = self._life_page(life.supplier, life.cursor)
        if found is not None:
            together = (*life.lines, *found.lines)
            self.life = LifeView(supplier=life.supplier, lines=together, cursor=found.cursor)

    def _life_page(self, supplier: SupplierNumber, cursor: str | None) -> LifeView | None:
        query = AuditQuery(
            wanted=AuditSlice(supplier=supplier), descending=False, cursor=cursor, size=LIFE_PAGE
        )
        try:
            page = audit_slices.page(self._office, staff=self._staff, query=query, reader=self._reader)
        except EbidError as error:
            self.notice = refusal(error)
            return None
        return LifeView(supplier=supplier, lines=tuple(map(_life_line, page.rows)), cursor=page.next_cursor)

    # A moment

    def ask(self) -> None:
        """Ask for the moment as of which the record is to be shown."""
        self.notice, self.errors, self.state = None, {}, None
        self.asked = self.view is not None

    def leave(self) -> None:
        """Ask no longer."""
        self.asked, self.errors = False, {}

    def suggested(self) -> str:
        """The moment that is offered first: that of the open event."""
        return "" if self.view is None else dict(self.view.facts)[words.FACT_AT][:16]

    def submit(self, values: Mapping[str, str]) -> None:
        """Show the record as of the moment, or what differs between two."""
        view = self.view
        if view is None:
            return
        self.notice, self.errors, self.state = None, {}, None
        moments: list[datetime] = []
        for key in ("first", "second"):
            written = values.get(key, "").strip()
            if not written and key == "second":
                continue
            try:
                moments.append(self._moment(written))
            except ValueError:
                self.errors = {**self.errors, key: words.ERROR_MOMENT}
        if self.errors:
            return
        try:
            states = [self._state(view.subject, moment) for moment in sorted(moments)]
        except EbidError as error:
            self.notice = refusal(error)
            return
        self.state = _state_view(view.subject, states)

    def _state(self, subject: Subject, moment: datetime) -> RecordState:
        return audit_states.state(
            self._office, staff=self._staff, reader=self._reader, subject=subject, moment=moment
        )

    def _moment(self, written: str) -> datetime:
        """The end of the day or of the minute. Raises ``ValueError`` for what is neither."""
        timed = _TIMED.fullmatch(written)
        if timed is None:
            return end_of(parse_date(written, self._dates))
        begun = time(int(timed["hour"]), int(timed["minute"]))
        minute = datetime.combine(parse_date(timed["day"], self._dates), begun, JST)
        return as_utc(minute + timedelta(minutes=1) - timedelta(microseconds=1))

    def _leave(self) -> None:
        self.notice, self.errors, self.state = None, {}, None
        self.asked = self.rest = False


def view_of(entry: AuditEntry) -> EventView:
    """An event as shown."""
    event = entry.event
    facts = (
        (words.FACT_AT, formats.exact_moment(event.at)),
        (words.FACT_BY, event.by),
        (words.FACT_WHAT, what_shown(event.tag)),
        (words.FACT_SUBJECT, subject_shown(event.subject)),
        (words.FACT_SUPPLIER, event.supplier_number or formats.ABSENT),
        (words.FACT_SOFTWARE, entry.software),
    )
    why = pairs(event.subject.kind, event.facts)
    found = lines(event)
    texts = [value for line in found for value in (line.before, line.after)]
    return EventView(
        seq=entry.seq,
        subject=event.subject,
        supplier=event.supplier_number or "",
        title=words.EVENT_TITLE.format(seq=entry.seq, what=labels.EVENTS[event.tag]),
        facts=facts,
        lines=found,
        both=event.before is not None,
        why=why,
        whole=event.subject.kind in WHOLE,
        masked=HIDDEN in texts or HIDDEN in dict(why).values(),
        erased="" if entry.erased_by is None else words.ERASED.format(seq=entry.erased_by),
    )


def what_shown(tag: EventTag) -> str:
    """What happened, with the tag that the trail has for it."""
    return f"{labels.EVENTS[tag]} ({tag.value})"


def subject_shown(subject: Subject) -> str:
    """What it was about."""
    return f"{words.kind_label(subject.kind)} {subject.id}"


def tone_of(tag: EventTag) -> Tone:
    """Refusals stand out, and whatever takes data out."""
    if words.group_of(tag) == "refused":
        return "warning"
    return "info" if tag.value.endswith("exported") else "neutral"


def _life_line(entry: AuditEntry) -> LifeLine:
    event = entry.event
    cells = (
        formats.exact_moment(event.at),
        event.by,
        labels.EVENTS[event.tag],
        subject_shown(event.subject),
        str(entry.seq),
    )
    return LifeLine(seq=entry.seq, cells=cells, tone=tone_of(event.tag))


def _state_view(subject: Subject, states: list[RecordState]) -> StateView:
    title = words.STATE_TITLE.format(subject=subject_shown(subject))
    shown = [formats.exact_moment(state.moment) for state in states]
    if len(states) == 1:
        (one,) = states
        if one.values is None:
            return StateView(title=title, said=words.STATE_NONE.format(moment=shown[0]))
        source = 0 if one.source is None else one.source.seq
        said = f"{words.STATE_AT.format(moment=shown[0])} {words.STATE_SOURCE.format(seq=source)}"
        return StateView(title=title, said=said, pairs=pairs(subject.kind, one.values))
    first, second = states
    changes = tuple(line for line in compared(subject.kind, first.values, second.values) if line.differs)
    template = words.STATE_CHANGES if changes else words.STATE_SAME
    return StateView(
        title=title,
        said=template.format(first=shown[0], second=shown[1]),
        changes=changes,
        moments=tuple(shown),
    )
