"""The help desk's records of rehearsed ID applications, as a protocol of the unit of work."""

from __future__ import annotations

from typing import Protocol

from ebidadmin.domain.id_case_records import IdCaseRecord
from ebidadmin.domain.ids import IdCaseId


class IdCases(Protocol):
    def get(self, case_id: IdCaseId) -> IdCaseRecord:
        """Raises ``NotFoundError``."""
        ...

    def latest(self, *, limit: int = 100) -> tuple[IdCaseRecord, ...]:
        """Newest first."""
        ...
