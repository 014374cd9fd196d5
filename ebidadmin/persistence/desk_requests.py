"""Requests of the review desk: rows to aggregates and back, and the port that reads them."""

from __future__ import annotations

from typing import cast

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from ebidadmin.domain.desk_requests import (
    OPEN_DESK_REQUESTS,
    BoundCase,
    BulkBinding,
    CancelBinding,
    DeskAct,
    DeskRequest,
)
from ebidadmin.domain.ids import ApplicationNumber, DeskRequestId, SupplierNumber
from ebidadmin.errors import NotFoundError
from ebidadmin.persistence.mapping import Values
from ebidadmin.persistence.repositories import fetch, fetch_one
from ebidadmin.persistence.schema_desk_requests import DeskRequestRow
from ebidadmin.persistence.second_person import life_of


class SqlDeskRequests:
    """``request_records.DeskRequests``."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, number: DeskRequestId) -> DeskRequest:
        row = fetch_one(self._session, select(DeskRequestRow).where(DeskRequestRow.id == number))
        if row is None:
            raise NotFoundError("not-found", kind="desk-request", id=number)
        return _from(row)

    def open_of(self, application: ApplicationNumber) -> DeskRequest | None:
        wanted = select(DeskRequestRow).where(
            DeskRequestRow.application == application, DeskRequestRow.state.in_(OPEN_DESK_REQUESTS)
        )
        row = fetch_one(self._session, wanted)
        return None if row is None else _from(row)

    def open(self) -> tuple[DeskRequest, ...]:
        return self._load(select(DeskRequestRow).where(DeskRequestRow.state.in_(OPEN_DESK_REQUESTS)))

    def all(self) -> tuple[DeskRequest, ...]:
        return self._load(select(DeskRequestRow))

    def _load(self, statement: Select[DeskRequestRow]) -> tuple[DeskRequest, ...]:
        newest_first = statement.order_by(DeskRequestRow.requested_at.desc(), DeskRequestRow.id.desc())
        return tuple(_from(row) for row in fetch(self._session, newest_first))


def desk_request_values(one: DeskRequest) -> Values:
    binding = one.binding
    asked: dict[str, object] = {
        **dict.fromkeys(("application", "supplier_number", "registration_version")),
        **dict.fromkeys(("wording", "mails_digest"), ""),
        "cases": [],
    }
    if isinstance(binding, CancelBinding):
        asked |= {
            "application": binding.application,
            "supplier_number": binding.supplier_number,
            "registration_version": binding.registration_version,
            "wording": binding.wording,
            "mails_digest": binding.mails_digest,
        }
    else:
        asked["cases"] = [[case.number, case.version, case.seen, case.mail_digest] for case in binding.cases]
    return {"id": one.id, "act": one.act, **asked, **life_of(one)}


def _from(row: DeskRequestRow) -> DeskRequest:
    return DeskRequest(id=DeskRequestId(row.id), binding=_binding(row), **life_of(row))


def _binding(row: DeskRequestRow) -> CancelBinding | BulkBinding:
    if row.act is DeskAct.BULK_APPROVE:
        return BulkBinding(
            cases=tuple(
                BoundCase(
                    number=ApplicationNumber(number), version=version, seen=seen, mail_digest=mail_digest
                )
                for number, version, seen, mail_digest in cast("list[tuple[str, int, str, str]]", row.cases)
            )
        )
    return CancelBinding(
        application=ApplicationNumber(cast("str", row.application)),
        registration_version=cast("int", row.registration_version),
        supplier_number=SupplierNumber(cast("str", row.supplier_number)),
        wording=row.wording,
        mails_digest=row.mails_digest,
    )
