"""Slices of the audit trail: what a person, a tag, a subject or a supplier has in it between two days, page by page.

A slice is in order of time; events of one moment are in the order in which they were recorded. Why not in the order of recording alone:
``docs/decisions/0022-slices-of-the-trail-go-by-time.md``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from ebidadmin.clock import as_utc, end_of
from ebidadmin.domain.events import EventTag, Subject
from ebidadmin.domain.ids import SupplierNumber
from ebidadmin.domain.staff import Permission, Staff
from ebidadmin.errors import InputError, NotFoundError, Problem
from ebidadmin.services.audit_masks import shown
from ebidadmin.services.audit_tree import TRAIL
from ebidadmin.services.pages import check_size
from ebidadmin.services.ports import AuditEntry, Office
from ebidadmin.services.refusals import refusals_logged

_TICK = timedelta(microseconds=1)

Key = tuple[datetime, int]
"""Where an event stands in a slice: its moment and its sequence number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditSlice:
    """Which events: from the beginning of the day ``first`` to the end of the day ``last`` (days of Japan, absent: open), by ``by`` (a
    login, empty: anyone), of one of ``tags`` (empty: any), about ``subject``, concerning ``supplier``."""

    first: date | None = None
    last: date | None = None
    by: str = ""
    tags: frozenset[EventTag] = frozenset()
    subject: Subject | None = None
    supplier: SupplierNumber | None = None

    @property
    def after(self) -> Key | None:
        """The key that all of its events are beyond."""
        return None if self.first is None else start_of(self.first)

    @property
    def before(self) -> Key | None:
        """The key that none of its events reaches."""
        return None if self.last is None else (end_of(self.last) + _TICK, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditQuery:
    """A page of a slice. ``cursor``: the event after which the page begins, or before which it ends with ``backward``; without a cursor the
    first page, with ``backward`` the last. ``size``: events of a page, 1 to 500."""

    wanted: AuditSlice = AuditSlice()
    descending: bool = True
    cursor: str | None = None
    backward: bool = False
    size: int = 50

    def __post_init__(self) -> None:
        check_size(self.size)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditPage:
    """Events in the order asked for. ``next_cursor`` goes on with ``backward=False``, ``previous_cursor`` with ``backward=True``; ``None``
    where there is nothing more."""

    rows: tuple[AuditEntry, ...]
    next_cursor: str | None
    previous_cursor: str | None


class AuditReader(Protocol):
    """The database's side of the slices; read only. What a call reads does not grow with the trail."""

    def records(
        self, wanted: AuditSlice, *, after: Key | None, before: Key | None, descending: bool, limit: int
    ) -> tuple[AuditEntry, ...]:
        """At most ``limit`` events of the slice beyond ``after`` and short of ``before``, from the latest one with ``descending``, else
        from the earliest."""
        ...

    def count(self, wanted: AuditSlice, *, most: int) -> int:
        """How many events the slice has, counted up to ``most``."""
        ...

    def people(self) -> tuple[str, ...]:
        """Everyone who ever did anything, by name."""
        ...

    def find(self, seq: int) -> AuditEntry | None:
        """The event of that number."""
        ...

    def stream(self, wanted: AuditSlice) -> Iterator[AuditEntry]:
        """All events of the slice that the trail has now, the earliest first; a few at a time are held, and nobody waits meanwhile."""
        ...

    def last_of(self, subject: Subject, *, tags: frozenset[EventTag], until: datetime) -> AuditEntry | None:
        """Of the subject's events of these tags up to that moment (inclusive) the one that was recorded last."""
        ...

    def next_of(self, subject: Subject, *, tags: frozenset[EventTag], beyond: datetime) -> AuditEntry | None:
        """Of the subject's events of these tags after that moment the one that was recorded first."""
        ...


def page(office: Office, *, staff: Staff, query: AuditQuery, reader: AuditReader) -> AuditPage:
    """One page of a slice, personal data hidden from whoever may not read it.

    Raises ``NotPermittedError``, and ``InputError`` (``cursor-invalid``) for a cursor that no page gave.
    """
    require_reading(office, staff)
    cursor = None if query.cursor is None else _parsed(query.cursor)
    down = query.descending != query.backward
    bounds = _bounds(query.wanted, cursor, down=down)
    found = reader.records(query.wanted, **bounds, descending=down, limit=query.size + 1)
    more = len(found) > query.size
    kept = found[: query.size]
    rows = tuple(reversed(kept)) if query.backward else kept
    came_from = (
        cursor is not None and bool(rows) and _any_beyond(reader, query.wanted, kept[0], down=not down)
    )
    after, before = (came_from, more) if query.backward else (more, came_from)
    return AuditPage(
        rows=tuple(shown(entry, staff) for entry in rows),
        next_cursor=cursor_of(rows[-1]) if after else None,
        previous_cursor=cursor_of(rows[0]) if before else None,
    )


def count(office: Office, *, staff: Staff, wanted: AuditSlice, reader: AuditReader, most: int) -> int:
    """How many events the slice has, counted up to ``most``. Raises ``NotPermittedError``."""
    require_reading(office, staff)
    return reader.count(wanted, most=most)


def people(office: Office, *, staff: Staff, reader: AuditReader) -> tuple[str, ...]:
    """Everyone who ever did anything. Raises ``NotPermittedError``."""
    require_reading(office, staff)
    return reader.people()


def event(office: Office, *, staff: Staff, seq: int, reader: AuditReader) -> AuditEntry:
    """One event. Raises ``NotPermittedError``, and ``NotFoundError`` for a number that the trail does not have."""
    require_reading(office, staff)
    found = reader.find(seq)
    if found is None:
        raise NotFoundError("not-found", kind="event", id=str(seq))
    return shown(found, staff)


def stream(office: Office, *, staff: Staff, wanted: AuditSlice, reader: AuditReader) -> Iterator[AuditEntry]:
    """All events of a slice, the earliest first. Raises ``NotPermittedError`` at once."""
    require_reading(office, staff)
    return (shown(entry, staff) for entry in reader.stream(wanted))


def require_reading(office: Office, staff: Staff) -> None:
    """Raises ``NotPermittedError``, which the trail is told of, for whoever may not read the trail."""
    with refusals_logged(office, staff=staff, subject=TRAIL, verb="list"):
        staff.require(Permission.READ_AUDIT)


def start_of(day: date) -> Key:
    """The key that comes before every event of that day and of later ones."""
    return (end_of(day - timedelta(days=1)) + _TICK, 0)


def jump(day: date, *, descending: bool) -> str:
    """The cursor after which a page begins with that day's events: its first ones, or with ``descending`` its last ones."""
    return _written(start_of(day + timedelta(days=1) if descending else day))


def cursor_of(entry: AuditEntry) -> str:
    """The cursor of an event."""
    return _written((entry.event.at, entry.seq))


def _bounds(wanted: AuditSlice, cursor: Key | None, *, down: bool) -> dict[str, Key | None]:
    """The cursor narrows the slice's own bounds: each end has one key, so that an index has one place to begin and one to end."""
    after, before = wanted.after, wanted.before
    if cursor is not None and down:
        before = cursor if before is None else min(before, cursor)
    elif cursor is not None:
        after = cursor if after is None else max(after, cursor)
    return {"after": after, "before": before}


def _any_beyond(reader: AuditReader, wanted: AuditSlice, entry: AuditEntry, *, down: bool) -> bool:
    bounds = _bounds(wanted, (entry.event.at, entry.seq), down=down)
    return bool(reader.records(wanted, **bounds, descending=down, limit=1))


def _written(key: Key) -> str:
    return f"{key[0].isoformat()} {key[1]}"


def _parsed(cursor: str) -> Key:
    moment, _, seq = cursor.partition(" ")
    try:
        if not seq.isascii() or not seq.isdigit():
            raise ValueError("no sequence number")
        return as_utc(datetime.fromisoformat(moment)), int(seq)
    except (ValueError, OverflowError) as error:
        raise InputError(
            "cursor-invalid", [Problem("cursor", "cursor-invalid", {"value": cursor})]
        ) from error
