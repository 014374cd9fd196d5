"""The list of permits on SQL: pages by key, counts, and a search that does not mind notation."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Engine, Select, and_, exists, func, or_, select, true, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from ebidadmin.domain.dispatches import Dispatch, DispatchKind, standing
from ebidadmin.domain.names import NameRules, fold, fold_name
from ebidadmin.domain.permits import PermitState
from ebidadmin.domain.second_person import RequestState
from ebidadmin.errors import InputError, Problem
from ebidadmin.persistence import mapping
from ebidadmin.persistence.dispatches import SqlDispatches
from ebidadmin.persistence.engine import reading
from ebidadmin.persistence.schema import PermitRow
from ebidadmin.persistence.schema_dispatches import DispatchRow
from ebidadmin.persistence.schema_proposals import ProposalRow
from ebidadmin.persistence.schema_register import QualificationRow
from ebidadmin.persistence.twins import LIKE_ESCAPE, containing
from ebidadmin.services.permit_list import (
    DispatchStanding,
    PermitQuery,
    PermitRecord,
    PermitSort,
    PermitValidity,
)

_IN_YEAR = 10_000_000
"""More numbers than a fiscal year has: year and number become one key."""

_SORTS: Mapping[PermitSort, ColumnElement[Any] | InstrumentedAttribute[Any]] = {
    PermitSort.NUMBER: PermitRow.id,
    PermitSort.RECEIVED: PermitRow.received,
    PermitSort.SUPPLIER_NUMBER: PermitRow.supplier_number,
    PermitSort.DOCUMENT: func.coalesce(PermitRow.document_year * _IN_YEAR + PermitRow.document_number, 0),
}
"""The closed list of orders; the permit's own number breaks ties."""

_NOW = QualificationRow.to_batch.is_(None)


class SqlPermitListReader:
    """``permit_list.PermitListReader``. ``names`` must be the rules that the units of work write with."""

    def __init__(self, engine: Engine, *, names: NameRules | None = None) -> None:
        self._engine = reading(engine)
        self._names = names or NameRules()

    def records(self, query: PermitQuery, *, day: date, limit: int) -> tuple[PermitRecord, ...]:
        up = query.descending == query.backward
        statement = self._selected(query, day)
        if query.cursor is not None:
            key = tuple_(_SORTS[query.sort], PermitRow.id)
            place = tuple_(*_place(query))
            statement = statement.where(key > place if up else key < place)
        order = (_SORTS[query.sort], PermitRow.id)
        statement = statement.order_by(*(column.asc() if up else column.desc() for column in order))
        with Session(self._engine, autoflush=False) as session:
            rows = session.execute(statement.limit(limit)).all()
            sent = _sent(session, [row[0].id for row in rows])
            found = [_record(query, row, sent.get(row[0].id)) for row in rows]
        return tuple(reversed(found) if query.backward else found)

    def count(self, query: PermitQuery, *, day: date) -> int:
        # Without a search nothing of the register is needed to count.
        chosen = select(func.count()).select_from(PermitRow)
        if query.search.strip():
            chosen = chosen.outerjoin(QualificationRow, _registered())
        with self._engine.begin() as connection:
            return connection.execute(chosen.where(*self._wanted(query, day))).scalar_one()

    def counts(self) -> Mapping[PermitState, int]:
        statement = select(PermitRow.state, func.count()).group_by(PermitRow.state)
        with self._engine.begin() as connection:
            found = {row[0]: row[1] for row in connection.execute(statement)}
        return {state: found.get(state, 0) for state in PermitState}

    def fiscal_years(self) -> tuple[int, ...]:
        year = PermitRow.document_year
        statement = select(year).where(year.is_not(None)).distinct().order_by(year.desc())
        with self._engine.begin() as connection:
            return tuple(found for (found,) in connection.execute(statement) if found is not None)

    def _selected(self, query: PermitQuery, day: date) -> Select[Any]:
        return (
            select(
                PermitRow,
                QualificationRow.trade_name,
                _SORTS[query.sort].label("sort_key"),
                _proposed().label("proposed"),
            )
            .outerjoin(QualificationRow, _registered())
            .where(*self._wanted(query, day))
        )

    def _wanted(self, query: PermitQuery, day: date) -> list[ColumnElement[bool]]:
        wanted: list[ColumnElement[bool]] = [
            PermitRow.state.in_(sorted(query.states)) if query.states else true()
        ]
        if query.channel is not None:
            wanted.append(PermitRow.channel == query.channel)
        if query.fiscal_year is not None:
            wanted.append(PermitRow.document_year == query.fiscal_year)
        if query.validity is not None:
            wanted.append(_standing(query.validity, day))
        if query.dispatch is not None:
            wanted.append(_dispatched(query.dispatch))
        if query.proposed:
            wanted.append(_proposed())
        if query.search.strip():
            wanted.append(self._found_by(query))
        return wanted

    def _found_by(self, query: PermitQuery) -> ColumnElement[bool]:
        search = query.search.strip()
        plain, name = containing(fold(search)), fold_name(search, self._names)
        numbers = (PermitRow.id, PermitRow.supplier_number)
        ways: list[ColumnElement[bool]] = [column.ilike(plain, escape=LIKE_ESCAPE) for column in numbers]
        if name:
            names = (PermitRow.applicant_folded, QualificationRow.name_folded)
            ways += [column.like(containing(name), escape=LIKE_ESCAPE) for column in names]
        if query.document is not None:
            year, number = query.document
            numbered = PermitRow.document_number == number
            ways.append(numbered if year is None else and_(numbered, PermitRow.document_year == year))
        return or_(*ways)


def _registered() -> ColumnElement[bool]:
    return and_(QualificationRow.supplier_number == PermitRow.supplier_number, _NOW)


def _standing(wanted: PermitValidity, day: date) -> ColumnElement[bool]:
    """The same answer as ``permit_list.validity``."""
    granted = PermitRow.state == PermitState.GRANTED
    withdrawn = PermitRow.state == PermitState.WITHDRAWN
    lasts = or_(PermitRow.valid_to.is_(None), PermitRow.valid_to >= day)
    not_yet = and_(withdrawn, PermitRow.withdrawn_from > day)
    in_force = and_(or_(granted, not_yet), PermitRow.valid_from <= day, lasts)
    later = or_(granted, and_(withdrawn, PermitRow.withdrawn_from > PermitRow.valid_from))
    upcoming = and_(later, PermitRow.valid_from > day)
    if wanted is PermitValidity.IN_FORCE:
        return in_force
    if wanted is PermitValidity.UPCOMING:
        return upcoming
    counted = and_(or_(granted, withdrawn), PermitRow.valid_from.is_not(None))
    # Days that are not recorded make a comparison unknown rather than false.
    return and_(counted, func.coalesce(~in_force, true()), func.coalesce(~upcoming, true()))


def _dispatched(wanted: DispatchStanding) -> ColumnElement[bool]:
    against = aliased(DispatchRow)
    stands = exists().where(
        DispatchRow.permit == PermitRow.id,
        DispatchRow.kind != DispatchKind.CANCELLATION,
        ~exists().where(against.corrects == DispatchRow.id),
    )
    if wanted is DispatchStanding.SENT:
        return stands
    decided = PermitRow.state.in_((PermitState.GRANTED, PermitState.REFUSED))
    return and_(decided, PermitRow.document_number.is_not(None), ~stands)


def _proposed() -> ColumnElement[bool]:
    return exists().where(ProposalRow.permit == PermitRow.id, ProposalRow.state == RequestState.REQUESTED)


def _sent(session: Session, permits: Collection[str]) -> Mapping[str, Dispatch]:
    """By permit the latest entry that stands."""
    rows: defaultdict[str, list[Dispatch]] = defaultdict(list)
    for row in SqlDispatches(session).of_permits(permits):
        rows[row.permit].append(row)
    standing_rows = {permit: standing(found) for permit, found in rows.items()}
    return {permit: found[-1] for permit, found in standing_rows.items() if found}


def _record(query: PermitQuery, row: Any, sent: Dispatch | None) -> PermitRecord:
    permit = mapping.permit_from(row[0])
    key = row.sort_key.isoformat() if isinstance(row.sort_key, date) else row.sort_key
    return PermitRecord(
        permit=permit,
        trade_name=row.trade_name or "",
        sent=sent,
        proposed=bool(row.proposed),
        cursor=f"{_order(query)}:{key}:{permit.id}",
    )


def _order(query: PermitQuery) -> str:
    return f"{query.sort}:{'desc' if query.descending else 'asc'}"


def _place(query: PermitQuery) -> tuple[object, str]:
    """The key and number in a cursor. It holds the key itself: a document number may have been drawn since."""
    given = query.cursor or ""
    start = f"{_order(query)}:"
    key, _, number = given.removeprefix(start).partition(":")
    if not given.startswith(start) or not key or not number:
        raise _invalid(given)
    try:
        if query.sort is PermitSort.RECEIVED:
            return date.fromisoformat(key), number
        return (int(key) if query.sort is PermitSort.DOCUMENT else key), number
    except ValueError as error:
        raise _invalid(given) from error


def _invalid(given: str) -> InputError:
    return InputError("cursor-invalid", [Problem("cursor", "cursor-invalid", {"value": given})])
