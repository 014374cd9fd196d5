"""The list of paper permits: pages in a wanted order, by key and never by offset; each row has the register's name and the dispatch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol

from ebidadmin.clock import jst_date
from ebidadmin.domain.dispatches import Dispatch
from ebidadmin.domain.events import Subject, SubjectKind
from ebidadmin.domain.permits import PaperChannel, Permit, PermitState
from ebidadmin.domain.staff import Permission, Staff
from ebidadmin.services.pages import check_size
from ebidadmin.services.ports import Office
from ebidadmin.services.refusals import refusals_logged


class PermitSort(StrEnum):
    """Orders of the list; the permit's own number always breaks ties. Where there is no document number a row comes before all others."""

    NUMBER = "number"
    RECEIVED = "received"
    SUPPLIER_NUMBER = "supplier-number"
    DOCUMENT = "document"


class PermitValidity(StrEnum):
    """How the days of a granted permit stand to a day."""

    IN_FORCE = "in-force"
    UPCOMING = "upcoming"
    OVER = "over"


class DispatchStanding(StrEnum):
    """Whether the letter of a decision that stands has still to go out, or has gone."""

    WAITING = "waiting"
    SENT = "sent"


@dataclass(frozen=True, slots=True, kw_only=True)
class PermitQuery:
    """What is to be shown.

    ``states``: empty for all. ``channel``: how the paper came in. ``search``: part of the permit's or the supplier's number, or of the
    applicant's or the register's name (tolerant of notation). ``document``: the number (year, if told, and number) that the search may mean
    as well. ``fiscal_year``: only numbers of that year's series. ``proposed``: only where a proposal waits for a second
    person. ``cursor``: the row after which the page begins, or before which it ends with ``backward``; without a cursor the first page,
    with ``backward`` the last. ``size``: rows of a page, 1 to 500.
    """

    states: frozenset[PermitState] = frozenset()
    search: str = ""
    document: tuple[int | None, int] | None = None
    channel: PaperChannel | None = None
    fiscal_year: int | None = None
    validity: PermitValidity | None = None
    dispatch: DispatchStanding | None = None
    proposed: bool = False
    sort: PermitSort = PermitSort.NUMBER
    descending: bool = True
    cursor: str | None = None
    backward: bool = False
    size: int = 50

    def __post_init__(self) -> None:
        check_size(self.size)


@dataclass(frozen=True, slots=True, kw_only=True)
class PermitRecord:
    """A row. ``trade_name`` is the name that the register has now (empty: none); ``sent`` the latest entry of the dispatch register that
    stands; ``proposed`` whether a proposal is open; ``cursor`` names the row's place in the order asked for."""

    permit: Permit
    trade_name: str
    sent: Dispatch | None
    proposed: bool
    cursor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PermitPage:
    """Rows in order. ``next_cursor`` goes on with ``backward=False``, ``previous_cursor`` with ``backward=True``; ``None`` where there is
    nothing more."""

    rows: tuple[PermitRecord, ...]
    next_cursor: str | None
    previous_cursor: str | None
    total: int


class PermitListReader(Protocol):
    """The database's side of the list; read only."""

    def records(self, query: PermitQuery, *, day: date, limit: int) -> tuple[PermitRecord, ...]:
        """At most ``limit`` rows in display order: the next ones after ``query.cursor``, or with ``query.backward`` the last ones before
        it; ``validity`` as of ``day``. Raises ``InputError`` (``cursor-invalid``) for a cursor that it did not make for this order."""
        ...

    def count(self, query: PermitQuery, *, day: date) -> int:
        """How many rows there are in all, whatever the cursor."""
        ...

    def counts(self) -> Mapping[PermitState, int]:
        """Permits by state; a state without any is there with 0."""
        ...

    def fiscal_years(self) -> tuple[int, ...]:
        """The years that have a series of document numbers, newest first."""
        ...


def page(office: Office, *, staff: Staff, query: PermitQuery, reader: PermitListReader) -> PermitPage:
    """One page of the list.

    Raises ``NotPermittedError`` without the permission to read personal data, ``InputError`` for a foreign cursor.
    """
    with refusals_logged(office, staff=staff, subject=Subject(SubjectKind.DESK, "permits"), verb="list"):
        staff.require(Permission.READ_PERSONAL)
    day = jst_date(office.clock.now())
    found = reader.records(query, day=day, limit=query.size + 1)
    more = len(found) > query.size
    rows = found[-query.size :] if query.backward else found[: query.size]
    came_from = bool(rows) and query.cursor is not None
    before = more if query.backward else came_from
    after = came_from if query.backward else more
    return PermitPage(
        rows=rows,
        next_cursor=rows[-1].cursor if after else None,
        previous_cursor=rows[0].cursor if before else None,
        total=reader.count(query, day=day),
    )


def counts(office: Office, *, staff: Staff, reader: PermitListReader) -> Mapping[PermitState, int]:
    """Permits by state. Anyone on the staff may see numbers; ``office`` and ``staff`` are taken as by every service."""
    del office, staff
    return reader.counts()


def validity(permit: Permit, day: date) -> PermitValidity | None:
    """How a granted permit's days stand to ``day``; ``None`` for what never counted."""
    if permit.in_force(day):
        return PermitValidity.IN_FORCE
    if permit.state not in (PermitState.GRANTED, PermitState.WITHDRAWN) or permit.valid_from is None:
        return None
    taken_back = permit.state is PermitState.WITHDRAWN and (
        permit.withdrawn_from is None or permit.withdrawn_from <= permit.valid_from
    )
    if day < permit.valid_from and not taken_back:
        return PermitValidity.UPCOMING
    return PermitValidity.OVER
