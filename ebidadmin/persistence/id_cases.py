"""Records of rehearsed ID applications: rows to aggregates and back, and the port that reads them."""

from __future__ import annotations

from typing import cast

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from ebidadmin.domain.events import JsonMap
from ebidadmin.domain.id_case_records import IdCaseRecord
from ebidadmin.domain.ids import IdCaseId, SupplierNumber
from ebidadmin.errors import NotFoundError
from ebidadmin.persistence.repositories import fetch, fetch_one
from ebidadmin.persistence.schema_id_cases import IdCaseRow


def save_id_case(session: Session, after: IdCaseRecord) -> bool:
    values = {
        "id": after.id,
        "supplier_number": after.supplier_number,
        "written_at": after.written_at,
        "written_by": after.written_by,
        "content": dict(after.content),
        "advice": after.advice,
        "version": after.version,
    }
    session.execute(insert(IdCaseRow).values(values))
    return True


class SqlIdCases:
    """``id_case_records.IdCases``."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, case_id: IdCaseId) -> IdCaseRecord:
        row = fetch_one(self._session, select(IdCaseRow).where(IdCaseRow.id == case_id))
        if row is None:
            raise NotFoundError("not-found", kind="id-case", id=case_id)
        return _from(row)

    def latest(self, *, limit: int = 100) -> tuple[IdCaseRecord, ...]:
        newest_first = select(IdCaseRow).order_by(IdCaseRow.written_at.desc(), IdCaseRow.id.desc())
        return tuple(_from(row) for row in fetch(self._session, newest_first.limit(limit)))


def _from(row: IdCaseRow) -> IdCaseRecord:
    return IdCaseRecord(
        id=IdCaseId(row.id),
        supplier_number=SupplierNumber(row.supplier_number),
        written_at=row.written_at,
        written_by=row.written_by,
        content=cast("JsonMap", row.content),
        advice=row.advice,
        version=row.version,
    )
