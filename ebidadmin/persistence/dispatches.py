"""The dispatch register on SQL: rows come in and are read, nothing else."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date

from sqlalchemy import Select, insert, select
from sqlalchemy.orm import Session

from ebidadmin.domain.dispatches import Dispatch
from ebidadmin.domain.ids import DispatchId, PermitId, SupplierNumber
from ebidadmin.domain.permits import DocumentNumber
from ebidadmin.errors import NotFoundError
from ebidadmin.persistence.repositories import fetch, fetch_one
from ebidadmin.persistence.schema_dispatches import DispatchRow


class SqlDispatches:
    """``permit_records.Dispatches``."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, dispatch_id: DispatchId) -> Dispatch:
        row = fetch_one(self._session, select(DispatchRow).where(DispatchRow.id == dispatch_id))
        if row is None:
            raise NotFoundError("not-found", kind="dispatch", id=dispatch_id)
        return _from(row)

    def of_permit(self, permit: PermitId) -> tuple[Dispatch, ...]:
        return self._load(select(DispatchRow).where(DispatchRow.permit == permit).order_by(DispatchRow.id))

    def of_permits(self, permits: Collection[str]) -> tuple[Dispatch, ...]:
        """Those of all these permits, in the order in which they were entered."""
        wanted = select(DispatchRow).where(DispatchRow.permit.in_(permits))
        return self._load(wanted.order_by(DispatchRow.id))

    def between(self, first: date | None, last: date | None) -> tuple[Dispatch, ...]:
        wanted = select(DispatchRow).order_by(DispatchRow.day, DispatchRow.id)
        if first is not None:
            wanted = wanted.where(DispatchRow.day >= first)
        if last is not None:
            wanted = wanted.where(DispatchRow.day <= last)
        return self._load(wanted)

    def corrections_of(self, rows: Iterable[DispatchId]) -> Mapping[DispatchId, DispatchId]:
        # All corrections, not those of the rows by their keys: they are few, and a long list of keys is more than a statement takes.
        wanted = frozenset(rows)
        found = self._session.execute(
            select(DispatchRow.corrects, DispatchRow.id).where(DispatchRow.corrects.is_not(None))
        )
        return {DispatchId(wrong): DispatchId(right) for wrong, right in found if wrong in wanted}

    def _load(self, statement: Select[DispatchRow]) -> tuple[Dispatch, ...]:
        return tuple(_from(row) for row in fetch(self._session, statement))


def save_dispatch(session: Session, after: Dispatch) -> bool:
    """A row comes in; there is no other change."""
    session.execute(
        insert(DispatchRow).values(
            id=after.id,
            permit=after.permit,
            supplier_number=after.supplier_number,
            document_year=after.document.fiscal_year,
            document_number=after.document.number,
            day=after.day,
            channel=after.channel,
            recipient=after.recipient,
            by=after.by,
            at=after.at,
            kind=after.kind,
            corrects=after.corrects,
            note=after.note,
        )
    )
    return True


def _from(row: DispatchRow) -> Dispatch:
    return Dispatch(
        id=DispatchId(row.id),
        permit=PermitId(row.permit),
        supplier_number=SupplierNumber(row.supplier_number),
        document=DocumentNumber(row.document_year, row.document_number),
        day=row.day,
        channel=row.channel,
        recipient=row.recipient,
        by=row.by,
        at=row.at,
        kind=row.kind,
        corrects=None if row.corrects is None else DispatchId(row.corrects),
        note=row.note,
    )
