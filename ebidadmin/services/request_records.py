"""The stores of requests for a second person, but those about permits, as protocols of the unit of work."""

from __future__ import annotations

from typing import Protocol

from ebidadmin.domain.desk_requests import DeskRequest
from ebidadmin.domain.ids import ApplicationNumber, DeskRequestId, RequestId
from ebidadmin.domain.import_requests import ImportRequest


class ImportRequests(Protocol):
    """Requests for a second person's confirmation of a large import."""

    def get(self, number: RequestId) -> ImportRequest:
        """Raises ``NotFoundError``."""
        ...

    def open(self) -> tuple[ImportRequest, ...]:
        """Those that wait and those that are confirmed but not yet applied, newest first; also those of which nothing can come any more."""
        ...

    def all(self) -> tuple[ImportRequest, ...]:
        """Newest first."""
        ...


class DeskRequests(Protocol):
    """Requests of the review desk: bulk approvals and cancellings."""

    def get(self, number: DeskRequestId) -> DeskRequest:
        """Raises ``NotFoundError``."""
        ...

    def open_of(self, application: ApplicationNumber) -> DeskRequest | None:
        """The open request to cancel the ID of that application; also one of which nothing can come any more."""
        ...

    def open(self) -> tuple[DeskRequest, ...]:
        """Those that wait and those that are confirmed but not yet carried out, newest first; also those of which nothing can come any
        more."""
        ...

    def all(self) -> tuple[DeskRequest, ...]:
        """Newest first."""
        ...
