"""Requests of the review desk, in memory."""

from __future__ import annotations

from ebidadmin.domain.desk_requests import CancelBinding, DeskRequest
from ebidadmin.domain.ids import ApplicationNumber, DeskRequestId
from ebidadmin.errors import NotFoundError, RuleError
from tests.memory_parts import Part


class MemoryDeskRequests(Part):
    def get(self, number: DeskRequestId) -> DeskRequest:
        found = self.tables.desk_requests.get(number)
        if found is None:
            raise NotFoundError("not-found", kind="desk-request", id=number)
        return found

    def open_of(self, application: ApplicationNumber) -> DeskRequest | None:
        return next((one for one in self.open() if _about(one) == application), None)

    def open(self) -> tuple[DeskRequest, ...]:
        return tuple(one for one in self.all() if one.is_open)

    def all(self) -> tuple[DeskRequest, ...]:
        found = self.tables.desk_requests.values()
        return tuple(sorted(found, key=lambda one: (one.requested_at, one.id), reverse=True))

    def one_open(self, after: DeskRequest) -> None:
        about = _about(after)
        if about is not None and sum(_about(one) == about for one in self.open()) > 1:
            raise RuleError("desk-request-open", id=after.id)


def _about(one: DeskRequest) -> ApplicationNumber | None:
    return one.binding.application if isinstance(one.binding, CancelBinding) else None
