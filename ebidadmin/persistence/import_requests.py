"""Requests for a second person's confirmation: rows to aggregates and back, and the port that reads them."""

from __future__ import annotations

from typing import cast

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from ebidadmin.domain.ids import BatchId, RequestId
from ebidadmin.domain.import_requests import OPEN_REQUESTS, Binding, ImportRequest
from ebidadmin.errors import NotFoundError
from ebidadmin.persistence.mapping import Values
from ebidadmin.persistence.repositories import fetch, fetch_one
from ebidadmin.persistence.schema_requests import ImportRequestRow
from ebidadmin.persistence.second_person import life_of


def request_values(one: ImportRequest) -> Values:
    binding = one.binding
    return {
        "id": one.id,
        "undertaking": binding.undertaking,
        "file_name": binding.file_name,
        "file_hash": binding.file_hash,
        "layout": binding.layout,
        "layout_digest": binding.layout_digest,
        "register_version": binding.register_version,
        "added": binding.added,
        "changed": binding.changed,
        "unchanged": binding.unchanged,
        "vanished": binding.vanished,
        "refused": binding.refused,
        "scale_warnings": [list(pair) for pair in one.scale_warnings],
        **life_of(one),
        "note": one.note,
        "batch": one.batch,
    }


def request_from(row: ImportRequestRow) -> ImportRequest:
    return ImportRequest(
        id=RequestId(row.id),
        binding=Binding(
            undertaking=row.undertaking,
            file_name=row.file_name,
            file_hash=row.file_hash,
            layout=row.layout,
            layout_digest=row.layout_digest,
            register_version=BatchId(row.register_version),
            added=row.added,
            changed=row.changed,
            unchanged=row.unchanged,
            vanished=row.vanished,
            refused=row.refused,
        ),
        scale_warnings=tuple(
            (code, share) for code, share in cast("list[tuple[str, str]]", row.scale_warnings)
        ),
        **life_of(row),
        note=row.note,
        batch=None if row.batch is None else BatchId(row.batch),
    )


class SqlImportRequests:
    """``ports.ImportRequests``."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, number: RequestId) -> ImportRequest:
        row = fetch_one(self._session, select(ImportRequestRow).where(ImportRequestRow.id == number))
        if row is None:
            raise NotFoundError("not-found", kind="import-request", id=number)
        return request_from(row)

    def open(self) -> tuple[ImportRequest, ...]:
        return self._load(select(ImportRequestRow).where(ImportRequestRow.state.in_(OPEN_REQUESTS)))

    def all(self) -> tuple[ImportRequest, ...]:
        return self._load(select(ImportRequestRow))

    def _load(self, statement: Select[ImportRequestRow]) -> tuple[ImportRequest, ...]:
        newest_first = statement.order_by(ImportRequestRow.requested_at.desc(), ImportRequestRow.id.desc())
        return tuple(request_from(row) for row in fetch(self._session, newest_first))
