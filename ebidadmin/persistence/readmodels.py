"""The review queue's side of the database: pages by key, counts, and a search that does not mind notation."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Engine,
    Select,
    and_,
    case,
    exists,
    func,
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy.orm import InstrumentedAttribute

from ebidadmin.clock import jst_date
from ebidadmin.domain.applications import OPEN_STATES, ApplicationState
from ebidadmin.domain.ids import ApplicationNumber
from ebidadmin.domain.names import NameRules, fold, fold_name
from ebidadmin.domain.permits import PermitState
from ebidadmin.errors import InputError, Problem
from ebidadmin.persistence.dossiers import dossiers
from ebidadmin.persistence.engine import reading
from ebidadmin.persistence.schema import ApplicationRow, ClaimRow, InquiryRow, PermitRow
from ebidadmin.persistence.twins import LIKE_ESCAPE, containing, digits, lowered, user_id_folded
from ebidadmin.services.case_file import DossierParts, Wait
from ebidadmin.services.queue import PermitStanding, QueueQuery, QueueRecord, QueueSort

_STATE_RANK = {state.value: rank for rank, state in enumerate(ApplicationState)}

_SORTS: Mapping[QueueSort, ColumnElement[Any] | InstrumentedAttribute[Any]] = {
    QueueSort.APPLIED_AT: ApplicationRow.applied_at,
    QueueSort.NUMBER: ApplicationRow.number,
    QueueSort.SUPPLIER_NUMBER: ApplicationRow.supplier_number,
    QueueSort.TRADE_NAME: ApplicationRow.trade_name_folded,
    # The order of the life cycle rather than of the words.
    QueueSort.STATE: case(_STATE_RANK, value=ApplicationRow.state, else_=len(_STATE_RANK)),
}
"""The closed list of columns to sort by; the application number breaks ties."""

_PHONE_SIGNS = frozenset("0123456789-+() ")

_SHORTEST_PHONE = 3
"""Digits that a search needs to be looked for in telephone numbers."""


@dataclass(frozen=True, slots=True)
class _Cursor:
    """A place in an order: which order, and the row there. ``rank`` is the row's place among the states when the cursor was made,
    because a state, unlike the other sort columns, may have changed since."""

    sort: QueueSort
    descending: bool
    number: str
    rank: int = 0

    def __str__(self) -> str:
        return f"{self.sort}:{'desc' if self.descending else 'asc'}:{self.rank}:{self.number}"


class SqlQueueReader:
    """``queue.QueueReader``. ``names`` must be the rules that the units of work write with."""

    def __init__(self, engine: Engine, *, names: NameRules | None = None) -> None:
        self._engine = reading(engine)
        self._names = names or NameRules()

    def records(
        self, query: QueueQuery, *, person: str, at: datetime, applied_before: datetime | None, limit: int
    ) -> tuple[QueueRecord, ...]:
        up = query.descending == query.backward
        statement = self._page(query, person=person, at=at, applied_before=applied_before)
        with self._engine.begin() as connection:
            if query.cursor is not None:
                cursor = _parsed(query.cursor, query)
                place = connection.execute(_place_of(cursor)).one_or_none()
                if place is None:
                    raise _invalid(query.cursor)
                statement = statement.where(_beyond(cursor, place[0], up=up))
            rows = connection.execute(statement.order_by(*_order(query.sort, up=up)).limit(limit)).all()
        records = [_record(query, row) for row in rows]
        return tuple(reversed(records) if query.backward else records)

    def count(self, query: QueueQuery, *, person: str, at: datetime, applied_before: datetime | None) -> int:
        wanted = self._wanted(query, person=person, at=at, applied_before=applied_before)
        statement = select(func.count()).select_from(ApplicationRow).where(*wanted)
        with self._engine.begin() as connection:
            return connection.execute(statement).scalar_one()

    def counts(self) -> Mapping[ApplicationState, int]:
        statement = select(ApplicationRow.state, func.count()).group_by(ApplicationRow.state)
        with self._engine.begin() as connection:
            found = {row[0]: row[1] for row in connection.execute(statement)}
        return {state: found.get(state, 0) for state in ApplicationState}

    def approved_by(self, person: str) -> int:
        approved = and_(
            ApplicationRow.state == ApplicationState.APPROVED, ApplicationRow.decided_by == person
        )
        with self._engine.begin() as connection:
            return connection.execute(
                select(func.count()).select_from(ApplicationRow).where(approved)
            ).scalar_one()

    def waits(self, *, applied_before: datetime | None) -> tuple[Wait, ...]:
        row, wanted = ApplicationRow, [_in_states(OPEN_STATES)]
        if applied_before is not None:
            wanted.append(row.applied_at < applied_before)
        columns = (row.number, row.applied_at, InquiryRow.asked_at, InquiryRow.answered_at)
        asked = select(*columns).outerjoin(InquiryRow, InquiryRow.application == row.number).where(*wanted)
        applied: dict[str, datetime] = {}
        pauses: defaultdict[str, list[tuple[datetime, datetime | None]]] = defaultdict(list)
        with self._engine.begin() as connection:
            for number, applied_at, asked_at, answered_at in connection.execute(asked):
                applied[number] = applied_at
                # An application without an inquiry has a row as well.
                if asked_at is not None:
                    pauses[number].append((asked_at, answered_at))
        return tuple(Wait(since, tuple(pauses.get(number, ()))) for number, since in applied.items())

    def dossiers(self, numbers: Collection[ApplicationNumber]) -> Mapping[ApplicationNumber, DossierParts]:
        """The stored parts of the dossiers of a page, in a number of queries that does not grow with the page."""
        return dossiers(self._engine, numbers, names=self._names)

    def _page(
        self, query: QueueQuery, *, person: str, at: datetime, applied_before: datetime | None
    ) -> Select[str, ApplicationState, str | None]:
        held = and_(ClaimRow.application == ApplicationRow.number, ClaimRow.until > at)
        wanted = self._wanted(query, person=person, at=at, applied_before=applied_before)
        return (
            select(ApplicationRow.number, ApplicationRow.state, ClaimRow.holder)
            .outerjoin(ClaimRow, held)
            .where(*wanted)
        )

    def _wanted(
        self, query: QueueQuery, *, person: str, at: datetime, applied_before: datetime | None
    ) -> list[ColumnElement[bool]]:
        wanted: list[ColumnElement[bool]] = [_in_states(query.states)]
        if query.search.strip():
            wanted.append(self._found_by(query.search.strip()))
        if query.permit is not None:
            wanted.append(_permitted(query.permit, jst_date(at)))
        if query.mine:
            wanted.append(_held_by(person, at))
        if applied_before is not None:
            wanted.append(ApplicationRow.applied_at < applied_before)
        return wanted

    def _found_by(self, search: str) -> ColumnElement[bool]:
        plain = fold(search)
        tries: list[tuple[InstrumentedAttribute[str], str]] = [
            (ApplicationRow.trade_name_folded, fold_name(search, self._names)),
            (ApplicationRow.user_id_folded, user_id_folded(plain)),
            (ApplicationRow.mails_folded, lowered(search)),
        ]
        phone = digits(search)
        if len(phone) >= _SHORTEST_PHONE and _PHONE_SIGNS.issuperset(plain):
            tries.append((ApplicationRow.phones_folded, phone))
        numbers = (ApplicationRow.number, ApplicationRow.supplier_number)
        return or_(
            *(column.ilike(containing(plain), escape=LIKE_ESCAPE) for column in numbers),
            *(column.like(containing(value), escape=LIKE_ESCAPE) for column, value in tries if value),
        )


def _in_states(states: frozenset[ApplicationState]) -> ColumnElement[bool]:
    return ApplicationRow.state.in_(sorted(states)) if states else true()


def _permitted(standing: PermitStanding, day: date) -> ColumnElement[bool]:
    """The same answer as ``queue.permit_standing``: in force beats requested, requested beats expired."""

    def has(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
        return exists().where(PermitRow.supplier_number == ApplicationRow.supplier_number, *conditions)

    granted = PermitRow.state == PermitState.GRANTED
    lasts = or_(PermitRow.valid_to.is_(None), PermitRow.valid_to >= day)
    not_yet = and_(PermitRow.state == PermitState.WITHDRAWN, PermitRow.withdrawn_from > day)
    in_force = has(or_(granted, not_yet), PermitRow.valid_from <= day, lasts)
    requested = has(PermitRow.state == PermitState.REQUESTED)
    return {
        PermitStanding.IN_FORCE: in_force,
        PermitStanding.REQUESTED: and_(~in_force, requested),
        PermitStanding.EXPIRED: and_(~in_force, ~requested, has(granted)),
        PermitStanding.NONE: and_(~in_force, ~requested, ~has(granted)),
    }[standing]


def _held_by(person: str, at: datetime) -> ColumnElement[bool]:
    # Correlated by name: the pages join the claims themselves, and nothing would be left to ask of.
    live = exists().where(
        ClaimRow.application == ApplicationRow.number, ClaimRow.holder == person, ClaimRow.until > at
    )
    return live.correlate(ApplicationRow)


def _order(sort: QueueSort, *, up: bool) -> tuple[ColumnElement[Any], ...]:
    columns = (_SORTS[sort], ApplicationRow.number)
    return tuple(column.asc() if up else column.desc() for column in columns)


def _beyond(cursor: _Cursor, value: object, *, up: bool) -> ColumnElement[bool]:
    """Rows that come after the cursor's when going up (or down) the order."""
    key = tuple_(_SORTS[cursor.sort], ApplicationRow.number)
    place = tuple_(*(_bound(cursor, value), cursor.number))
    return key > place if up else key < place


def _bound(cursor: _Cursor, value: object) -> object:
    return cursor.rank if cursor.sort is QueueSort.STATE else value


def _place_of(cursor: _Cursor) -> Select[Any]:
    return select(_SORTS[cursor.sort]).where(ApplicationRow.number == cursor.number)


def _record(query: QueueQuery, row: Any) -> QueueRecord:
    cursor = _Cursor(query.sort, query.descending, row.number, _STATE_RANK[row.state.value])
    if query.sort is not QueueSort.STATE:
        cursor = replace(cursor, rank=0)
    return QueueRecord(number=ApplicationNumber(row.number), cursor=str(cursor), holder=row.holder)


def _parsed(given: str, query: QueueQuery) -> _Cursor:
    start = f"{query.sort}:{'desc' if query.descending else 'asc'}:"
    rank, _, number = given.removeprefix(start).partition(":")
    if not given.startswith(start) or not rank.isascii() or not rank.isdigit() or not number:
        raise _invalid(given)
    return _Cursor(query.sort, query.descending, number, int(rank))


def _invalid(given: str) -> InputError:
    return InputError("cursor-invalid", [Problem("cursor", "cursor-invalid", {"value": given})])
