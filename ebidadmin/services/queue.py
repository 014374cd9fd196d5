"""The review queue: pages of applications in a wanted order, by key and never by offset, with what a reviewer looks at first.

What the database can answer comes through ``QueueReader``; findings, working days and the filters on them are computed here, with
the same functions as for a single case.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Protocol

from ebidadmin.clock import jst_date, midnight_after
from ebidadmin.domain.applications import OPEN_STATES, ApplicationState, Channel
from ebidadmin.domain.events import Subject, SubjectKind
from ebidadmin.domain.findings import Finding, FindingCode, Severity, find
from ebidadmin.domain.ids import ApplicationNumber, SupplierNumber
from ebidadmin.domain.permits import Permit, PermitState
from ebidadmin.domain.staff import Permission, Staff
from ebidadmin.services import case_file
from ebidadmin.services.case_file import DossierParts, Wait
from ebidadmin.services.pages import check_size
from ebidadmin.services.ports import Office
from ebidadmin.services.refusals import refusals_logged


class PermitStanding(StrEnum):
    """What the paper permits of a supplier number amount to on a day."""

    IN_FORCE = "in-force"
    EXPIRED = "expired"
    REQUESTED = "requested"
    NONE = "none"


class QueueSort(StrEnum):
    """Orders of the queue; the application number always breaks ties."""

    APPLIED_AT = "applied-at"
    NUMBER = "number"
    SUPPLIER_NUMBER = "supplier-number"
    TRADE_NAME = "trade-name"
    STATE = "state"


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueQuery:
    """What is to be shown.

    ``states``: empty for all. ``search``: part of a number, name (tolerant of notation), user id, phone or mail address.
    ``finding`` / ``permit``: only rows with that finding / that standing. ``age_days``: only rows that have waited at least so many
    working days. ``mine``: only what the asking person holds just now. ``cursor``: the row (by its cursor) after which the page
    begins, or before which it ends with ``backward``; without a cursor the first page, with ``backward`` the last.
    ``size``: rows of a page, 1 to 500.
    """

    states: frozenset[ApplicationState] = OPEN_STATES
    search: str = ""
    finding: FindingCode | None = None
    permit: PermitStanding | None = None
    age_days: int | None = None
    mine: bool = False
    sort: QueueSort = QueueSort.APPLIED_AT
    descending: bool = False
    cursor: str | None = None
    backward: bool = False
    size: int = 50

    def __post_init__(self) -> None:
        check_size(self.size)


AT_FIRST = 500
"""Rows whose dossiers are read before it is known whether more are needed."""

WHOLE = 10_000
"""Rows whose dossiers are held at once where a whole queue is gone through: some 140 megabytes."""

NO_LIMIT = 2**31 - 1

SCAN_LIMIT = 5_000
"""Rows looked at in one call while a filter on findings or age skips them; a longer search goes on with the next page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRecord:
    """A row as the reader finds it. ``cursor`` names its place in the order asked for; ``holder`` has a live lease at that moment."""

    number: ApplicationNumber
    cursor: str
    holder: str | None = None


class QueueReader(Protocol):
    """The database's side of the queue; read only."""

    def records(
        self, query: QueueQuery, *, person: str, at: datetime, applied_before: datetime | None, limit: int
    ) -> tuple[QueueRecord, ...]:
        """At most ``limit`` rows in display order: the next ones after ``query.cursor``, or with ``query.backward`` the last ones
        before it. Heeds states, search, permit (as of the day of ``at`` in Japan), mine (``person``, live at ``at``), sort and
        order; ``finding``, ``age_days`` and ``size`` are not its business, but rows applied for at or after ``applied_before`` are
        left out. Raises ``InputError`` (``cursor-invalid``) for a cursor that it did not make for this order."""
        ...

    def count(self, query: QueueQuery, *, person: str, at: datetime, applied_before: datetime | None) -> int:
        """How many rows there are in all, whatever the cursor."""
        ...

    def counts(self) -> Mapping[ApplicationState, int]:
        """Applications by state; a state without any is there with 0."""
        ...

    def approved_by(self, person: str) -> int:
        """How many applications that login approved."""
        ...

    def waits(self, *, applied_before: datetime | None) -> tuple[Wait, ...]:
        """How long each open application has waited; those applied for at or after ``applied_before`` are left out. One statement."""
        ...

    def dossiers(self, numbers: Collection[ApplicationNumber]) -> Mapping[ApplicationNumber, DossierParts]:
        """What the findings of these applications depend on, in a number of statements that does not grow with theirs."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRow:
    """One line of the queue. ``findings`` are those of today, for open applications only; days are working days."""

    number: ApplicationNumber
    version: int
    state: ApplicationState
    applied_at: datetime
    channel: Channel
    supplier_number: SupplierNumber
    trade_name: str
    reapplication: bool
    permit: PermitStanding
    findings: tuple[Finding, ...]
    elapsed_days: int
    due: date
    overdue: bool
    holder: str | None
    cursor: str

    def count(self, severity: Severity) -> int:
        """How many findings of that severity it has."""
        return sum(finding.severity is severity for finding in self.findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuePage:
    """Rows in order. ``next_cursor`` goes on with ``backward=False``, ``previous_cursor`` with ``backward=True``; ``None`` where
    there is nothing more. ``total`` is ``None`` where a filter on findings or age forbids counting without reading everything."""

    rows: tuple[QueueRow, ...]
    next_cursor: str | None
    previous_cursor: str | None
    total: int | None


def page(office: Office, *, staff: Staff, query: QueueQuery, reader: QueueReader) -> QueuePage:
    """One page of the queue.

    Raises ``NotPermittedError`` without the permission to read personal data, ``InputError`` for a foreign cursor.
    """
    with refusals_logged(office, staff=staff, subject=Subject(SubjectKind.DESK, "queue"), verb="list"):
        staff.require(Permission.READ_PERSONAL)
    search = _Search(office, query, reader, person=staff.login)
    rows, place = search.collect()
    near = query.cursor if rows else None
    far = place if search.more else None
    edges = (rows[0].cursor, rows[-1].cursor) if rows else (None, None)
    if query.backward:
        return QueuePage(
            rows=rows, next_cursor=edges[1] if near else None, previous_cursor=far, total=search.total()
        )
    return QueuePage(
        rows=rows, next_cursor=far, previous_cursor=edges[0] if near else None, total=search.total()
    )


def every(office: Office, *, staff: Staff, query: QueueQuery, reader: QueueReader) -> Iterator[QueueRow]:
    """All rows of the queue in order, whatever cursor and size the query has, for whoever stops once there are enough.

    What findings depend on is read for the first ``AT_FIRST`` and then for ``WHOLE`` at a time: in few statements where all are looked
    at, and little is read in vain where the first ones are enough. Raises ``NotPermittedError`` as ``page`` does.
    """
    with refusals_logged(office, staff=staff, subject=Subject(SubjectKind.DESK, "queue"), verb="list"):
        staff.require(Permission.READ_PERSONAL)
    return _Search(office, replace(query, cursor=None, backward=False), reader, person=staff.login).every()


def counts(office: Office, *, staff: Staff, reader: QueueReader) -> Mapping[ApplicationState, int]:
    """Applications by state. Anyone on the staff may see numbers; ``office`` and ``staff`` are taken as by every service."""
    del office, staff
    return reader.counts()


def permit_standing(permits: Sequence[Permit], day: date) -> PermitStanding:
    """What the permits of one supplier number amount to on that day: the best of them counts."""
    if any(permit.in_force(day) for permit in permits):
        return PermitStanding.IN_FORCE
    if any(permit.state is PermitState.REQUESTED for permit in permits):
        return PermitStanding.REQUESTED
    if any(permit.state is PermitState.GRANTED for permit in permits):
        return PermitStanding.EXPIRED
    return PermitStanding.NONE


class _Search:
    """One call's way through the reader's rows."""

    def __init__(self, office: Office, query: QueueQuery, reader: QueueReader, *, person: str) -> None:
        self._office = office
        self._query = query
        self._reader = reader
        self._person = person
        self._now = office.clock.now()
        self._before = applied_before_moment(office, query.age_days, self._now)
        self.more = False
        """Whether rows were left beyond the page, once it is collected."""

    def total(self) -> int | None:
        """All rows of the query, or ``None`` where only reading every one would tell."""
        if self._query.finding is not None or self._query.age_days is not None:
            return None
        return self._reader.count(self._query, person=self._person, at=self._now, applied_before=self._before)

    def collect(self) -> tuple[tuple[QueueRow, ...], str | None]:
        """The page's rows in display order, and the cursor of the last row looked at."""
        wanted: list[QueueRow] = []
        place = self._query.cursor
        looked_at = 0
        while True:
            chunk = self._chunk(place)
            for row in self._enriched(chunk, room=self._query.size - len(wanted)):
                place = row.cursor
                looked_at += 1
                if self._wanted(row):
                    wanted.append(row)
            full = len(wanted) == self._query.size
            self.more = bool(chunk) and (chunk[-1].cursor != place or len(chunk) > self._query.size)
            if full or not self.more or looked_at >= SCAN_LIMIT:
                break
        return tuple(reversed(wanted) if self._query.backward else wanted), place

    def every(self) -> Iterator[QueueRow]:
        """All wanted rows in order."""
        records = self._records(None, limit=NO_LIMIT)
        edges = [0, *range(AT_FIRST, len(records), WHOLE), len(records)]
        for start, end in pairwise(edges):
            for row in self._enriched(records[start:end], room=end - start):
                if self._wanted(row):
                    yield row

    def _chunk(self, place: str | None) -> list[QueueRecord]:
        """The next rows away from the cursor, one more than a page holds."""
        records = self._records(place, limit=self._query.size + 1)
        return list(reversed(records) if self._query.backward else records)

    def _records(self, place: str | None, *, limit: int) -> tuple[QueueRecord, ...]:
        return self._reader.records(
            replace(self._query, cursor=place),
            person=self._person,
            at=self._now,
            applied_before=self._before,
            limit=limit,
        )

    def _enriched(self, chunk: Sequence[QueueRecord], *, room: int) -> Iterator[QueueRow]:
        """Rows with findings and days, until ``room`` wanted ones were given out."""
        parts = self._reader.dossiers([record.number for record in chunk])
        for record in chunk:
            if not room:
                return
            row = _row(self._office, parts[record.number], record, self._now)
            room -= self._wanted(row)
            yield row

    def _wanted(self, row: QueueRow) -> bool:
        query = self._query
        if query.finding is not None and all(finding.code is not query.finding for finding in row.findings):
            return False
        return query.age_days is None or row.elapsed_days >= query.age_days


def _row(office: Office, parts: DossierParts, record: QueueRecord, now: datetime) -> QueueRow:
    application = parts.application
    day = jst_date(now)
    findings: tuple[Finding, ...] = ()
    if application.is_open:
        dossier = case_file.dossier_of(office, parts, day=day)
        findings = find(dossier, names=office.names, policy=office.settings.findings)
    timing = case_file.timing(office, application, now=now)
    return QueueRow(
        number=application.number,
        version=application.version,
        state=application.state,
        applied_at=application.applied_at,
        channel=application.channel,
        supplier_number=application.supplier_number,
        trade_name=application.form.trade_name,
        reapplication=application.previous is not None,
        permit=permit_standing(parts.permits, day),
        findings=findings,
        elapsed_days=timing.elapsed_days,
        due=timing.due,
        overdue=timing.overdue,
        holder=record.holder,
        cursor=record.cursor,
    )


def applied_before_moment(office: Office, age_days: int | None, now: datetime) -> datetime | None:
    """Nothing applied for at or after this moment can have waited so many working days; pauses only make it less."""
    if age_days is None or age_days < 1:
        return None
    day, missing = jst_date(now), age_days
    while missing and day > office.calendar.first:
        missing -= office.calendar.is_working_day(day)
        day -= timedelta(days=1)
    return midnight_after(day)
