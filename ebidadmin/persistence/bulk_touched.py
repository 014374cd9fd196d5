"""Which suppliers with a live registration or an open application a staged file touches."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Select, and_, case, func, or_, select

from ebidadmin.domain.applications import OPEN_STATES
from ebidadmin.domain.cards import LIVE_CARD_STATES
from ebidadmin.domain.ids import ApplicationNumber, EnterpriseId, SupplierNumber
from ebidadmin.domain.imports import TOUCHING_FIELDS, TouchedSupplier
from ebidadmin.domain.registrations import LIVE_STATES
from ebidadmin.persistence.bulk_meetings import holds
from ebidadmin.persistence.bulk_sets import HELD, STAGE, paired, vanished
from ebidadmin.persistence.schema import ApplicationRow, EnterpriseIdRow, RegistrationRow
from ebidadmin.persistence.schema_cards import CardRow


def touched_count(connection: Connection, *, full: bool, day: date) -> int:
    """How many there are."""
    if not holds(connection):
        return 0
    changed = _changed(day, func.count())
    gone = vanished(func.count()).where(concerned(HELD.supplier_number))
    return number_of(connection, changed) + (number_of(connection, gone) if full else 0)


def touched_page(
    connection: Connection, *, full: bool, day: date, after: str, limit: int
) -> tuple[TouchedSupplier, ...]:
    """Those after a supplier number, by supplier number."""
    flags = [
        *(case((STAGE[name] != HELD[name], 1), else_=0).label(name) for name in TOUCHING_FIELDS),
        case((_lapses(day), 1), else_=0).label("lapsed"),
    ]
    changed = _changed(day, *who(STAGE.supplier_number, STAGE.trade_name), *flags)
    found = [
        touched_supplier(row, tuple(flag.name for flag in flags if row._mapping[flag.name]))
        for row in connection.execute(paged(changed, STAGE.supplier_number, after, limit))
    ]
    if full:
        gone = vanished(*who(HELD.supplier_number, HELD.trade_name))
        gone = gone.where(concerned(HELD.supplier_number))
        rows = connection.execute(paged(gone, HELD.supplier_number, after, limit))
        found += [touched_supplier(row, ("vanished",)) for row in rows]
    return tuple(sorted(found, key=lambda one: one.supplier_number)[:limit])


def _changed(day: date, *columns: Any) -> Select[Any]:
    differs = or_(*(STAGE[name] != HELD[name] for name in TOUCHING_FIELDS), _lapses(day))
    chosen = paired(*columns).where(STAGE.digest != HELD.digest, differs)
    return chosen.where(concerned(STAGE.supplier_number))


def _lapses(day: date) -> ColumnElement[bool]:
    """Over by that day as the file has it, and not as the register has it."""
    return and_(STAGE.valid_to < day, or_(HELD.valid_to.is_(None), HELD.valid_to >= day))


def _registered(supplier: Column[Any]) -> ColumnElement[bool]:
    live = select(RegistrationRow.application).where(
        RegistrationRow.supplier_number == supplier, RegistrationRow.state.in_(sorted(LIVE_STATES))
    )
    card = select(CardRow.id).where(
        CardRow.supplier_number == supplier, CardRow.state.in_(sorted(LIVE_CARD_STATES))
    )
    return or_(live.exists(), card.exists())


def _enterprise(supplier: Column[Any]) -> Select[Any]:
    # It is kept for ever: only with a live registration does it say that there is one.
    issued = select(EnterpriseIdRow.enterprise_id).where(EnterpriseIdRow.supplier_number == supplier)
    return issued.where(_registered(supplier))


def _applying(supplier: Column[Any]) -> Select[Any]:
    # At most one: a supplier has no two open applications.
    return select(ApplicationRow.number).where(
        ApplicationRow.supplier_number == supplier, ApplicationRow.state.in_(sorted(OPEN_STATES))
    )


def concerned(supplier: Column[Any]) -> ColumnElement[bool]:
    return or_(_registered(supplier), _applying(supplier).exists())


def who(supplier: Column[Any], name: Column[Any]) -> tuple[Any, ...]:
    return (
        supplier.label("supplier"),
        name.label("shown_name"),
        _enterprise(supplier).scalar_subquery().label("enterprise_id"),
        _applying(supplier).scalar_subquery().label("application"),
    )


def paged(statement: Select[Any], supplier: Column[Any], after: str, limit: int) -> Select[Any]:
    return statement.where(supplier > after).order_by(supplier).limit(limit)


def touched_supplier(row: Any, reasons: tuple[str, ...]) -> TouchedSupplier:
    return TouchedSupplier(
        supplier_number=SupplierNumber(row.supplier),
        trade_name=row.shown_name,
        reasons=reasons,
        enterprise_id=None if row.enterprise_id is None else EnterpriseId(row.enterprise_id),
        application=None if row.application is None else ApplicationNumber(row.application),
    )


def number_of(connection: Connection, statement: Select[Any]) -> int:
    return int(connection.execute(statement).scalar_one())
