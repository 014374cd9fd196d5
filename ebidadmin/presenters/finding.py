"""State of the search on the home screen: suppliers, applications, permits and events by number or name, and what was opened last.

Everything is read by the services of the screens that show it, and only what the person's roles may see is asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from ebidadmin.domain.qualifications import Qualification
from ebidadmin.domain.staff import Permission, Staff
from ebidadmin.errors import EbidError, NotFoundError
from ebidadmin.presenters.audit_event import LONGEST_NUMBER, subject_shown
from ebidadmin.presenters.notices import Notice, refusal
from ebidadmin.presenters.ways import Kind, Target, Way
from ebidadmin.services import audit_slices, permit_list, qualification_import, queue, recent
from ebidadmin.services.audit_slices import AuditReader
from ebidadmin.services.permit_list import PermitListReader, PermitQuery
from ebidadmin.services.ports import Office
from ebidadmin.services.qualification_import import RegisterReader
from ebidadmin.services.queue import QueueQuery, QueueReader
from ebidadmin.services.screen_places import PlaceStore
from ebidadmin.text import finding as words
from ebidadmin.text import formats, labels, notebooks
from ebidadmin.text import queue as queue_words
from ebidadmin.text.permits import meant_number, number_shown

SHOWN = 5
"""Rows of each kind: who finds more types more."""

LONGEST = 100


@dataclass(frozen=True, slots=True)
class Readers:
    """Where the single screens read their lists."""

    queue: QueueReader
    permits: PermitListReader
    register: RegisterReader
    audit: AuditReader
    places: PlaceStore


@dataclass(frozen=True, slots=True)
class Found:
    """One thing: the way to it (``None`` where the person's roles have no page of it), and its cells, the first of which is its number."""

    way: Way | None
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """What was found of one kind; ``more``: there is more than is shown."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[Found, ...]
    more: bool = False


def keeper(
    office: Office, *, staff: Staff, store: PlaceStore, kind: recent.RecentKind
) -> Callable[[str], None]:
    """What a screen tells of each record that it opened."""

    def keep(number: str) -> None:
        # The page stands open already; that it will not be among the last ones is no reason to say anything.
        with suppress(EbidError):
            recent.opened(office, staff=staff, store=store, kind=kind, number=number)

    return keep


class Finding:
    """``text`` is what was looked for, ``groups`` what was found, ``notice`` what there is to say."""

    def __init__(self, office: Office, *, staff: Staff, readers: Readers) -> None:
        self._office, self._staff, self._readers = office, staff, readers
        self.text = ""
        self.groups: tuple[Group, ...] = ()
        self.notice: Notice | None = None

    def find(self, text: str) -> None:
        """Look for a number or a name."""
        self.clear()
        typed = " ".join(text.split())
        if not typed:
            self.notice = Notice("warning", words.EMPTY)
        elif len(typed) > LONGEST:
            self.notice = Notice("warning", words.TOO_LONG.format(most=LONGEST))
        else:
            self.text = typed
            self._look()

    def clear(self) -> None:
        """Show nothing."""
        self.text, self.groups, self.notice = "", (), None

    def recent(self) -> tuple[Found, ...]:
        """What the person opened last, the newest first: kind, number and name."""
        try:
            kept = recent.listed(self._office, staff=self._staff, store=self._readers.places)
        except EbidError as error:
            self.notice = refusal(error)
            return ()
        notebook = {"supplier": notebooks.REGISTRATIONS, "application": notebooks.REVIEW_QUEUE}
        return tuple(
            Found(_way(notebook[one.kind].name, Kind(one.kind), one.number), (one.number, one.name))
            for one in kept
        )

    def _look(self) -> None:
        may = self._staff.may
        reads, imports = may(Permission.READ_PERSONAL), may(Permission.IMPORT_REGISTER)
        looks: list[Callable[[], Group | None]] = []
        if reads or imports:
            looks.append(self._suppliers)
        if reads:
            looks += [self._applications, self._permits]
        if may(Permission.READ_AUDIT):
            looks.append(self._event)
        try:
            found = [look() for look in looks]
        except EbidError as error:
            self.notice = refusal(error)
            return
        self.groups = tuple(group for group in found if group is not None and group.rows)
        if not looks:
            self.notice = Notice("info", words.NOT_ALLOWED)
        elif not self.groups:
            self.notice = Notice("info", words.NOTHING.format(text=self.text))

    def _suppliers(self) -> Group:
        found = qualification_import.list_page(
            self._office,
            staff=self._staff,
            reader=self._readers.register,
            search=self.text,
            limit=SHOWN + 1,
        )
        reads = self._staff.may(Permission.READ_PERSONAL)
        rows = tuple(_supplier(one, linked=reads) for one in found[:SHOWN])
        return Group(words.SUPPLIERS, words.SUPPLIER_HEADINGS, rows, len(found) > SHOWN)

    def _applications(self) -> Group:
        query = QueueQuery(states=frozenset(), search=self.text, descending=True, size=SHOWN)
        page = queue.page(self._office, staff=self._staff, query=query, reader=self._readers.queue)
        rows = tuple(
            Found(
                _way(notebooks.REVIEW_QUEUE.name, Kind.APPLICATION, one.number),
                (one.number, one.trade_name, one.supplier_number, queue_words.STATES[one.state]),
            )
            for one in page.rows
        )
        return Group(words.APPLICATIONS, words.APPLICATION_HEADINGS, rows, page.next_cursor is not None)

    def _permits(self) -> Group:
        query = PermitQuery(search=self.text, document=meant_number(self.text), size=SHOWN)
        page = permit_list.page(self._office, staff=self._staff, query=query, reader=self._readers.permits)
        rows = tuple(
            Found(
                _way(notebooks.PERMITS.name, Kind.PERMIT, one.permit.id),
                (
                    one.permit.id,
                    one.trade_name or one.permit.applicant,
                    one.permit.supplier_number,
                    queue_words.PERMIT_STATES[one.permit.state],
                    number_shown(one.permit),
                ),
            )
            for one in page.rows
        )
        return Group(words.PERMITS, words.PERMIT_HEADINGS, rows, page.next_cursor is not None)

    def _event(self) -> Group | None:
        """An event is known by its number alone."""
        number = self.text
        if not (number.isascii() and number.isdigit() and len(number) <= LONGEST_NUMBER):
            return None
        try:
            entry = audit_slices.event(
                self._office, staff=self._staff, seq=int(number), reader=self._readers.audit
            )
        except NotFoundError:
            return None
        event = entry.event
        cells = (
            str(entry.seq),
            formats.moment(event.at),
            event.by,
            labels.EVENTS[event.tag],
            subject_shown(event.subject),
        )
        way = _way(notebooks.AUDIT.name, Kind.EVENT, str(entry.seq))
        return Group(words.EVENTS, words.EVENT_HEADINGS, (Found(way, cells),))


def _supplier(record: Qualification, *, linked: bool) -> Found:
    number = record.supplier_number
    return Found(
        _way(notebooks.REGISTRATIONS.name, Kind.SUPPLIER, number) if linked else None,
        (number, record.trade_name, formats.period(record.valid_from, record.valid_to)),
    )


def _way(notebook: str, kind: Kind, number: str) -> Way:
    return Way(notebook, number, Target(kind, number))
