"""What changed in the register between two days, from its versions alone: nothing of it depends on when it is asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from ebidadmin.clock import end_of
from ebidadmin.domain.ids import BatchId
from ebidadmin.domain.imports import RecordChange
from ebidadmin.domain.staff import Staff
from ebidadmin.errors import InputError
from ebidadmin.services.ports import Office
from ebidadmin.services.qualification_import import PAGE
from ebidadmin.services.register_admission import admit_reader

KINDS = ("added", "changed", "vanished")

STREAMED = 5000
"""Changes read at once when all are wanted: every page sorts what is left of the difference, so that few large ones are faster."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Two versions of the register (``None``: before the first import) and how many suppliers are in the later one only, in both with
    another record, and in the earlier one only."""

    first: BatchId | None
    last: BatchId | None
    added: int
    changed: int
    vanished: int


class HistoryReader(Protocol):
    """Comparing versions of the register, outside any unit of work."""

    def version_as_of(self, moment: datetime) -> BatchId | None: ...

    def difference(self, first: BatchId | None, last: BatchId | None) -> Difference:
        """``first`` is not later than ``last``."""
        ...

    def changes(
        self, difference: Difference, *, kind: str, after: str, limit: int
    ) -> tuple[RecordChange, ...]:
        """Those of one of ``KINDS`` by supplier number."""
        ...


def difference(office: Office, *, staff: Staff, reader: HistoryReader, first: date, last: date) -> Difference:
    """Compare the register as it was at the end of two days in Japan.

    Raises ``InputError`` ``days-out-of-order`` and ``NotPermittedError``.
    """
    admit_reader(office, staff, "difference")
    if first > last:
        raise InputError("days-out-of-order", first=first.isoformat(), last=last.isoformat())
    return reader.difference(reader.version_as_of(end_of(first)), reader.version_as_of(end_of(last)))


def changes(
    office: Office,
    *,
    staff: Staff,
    reader: HistoryReader,
    difference: Difference,
    kind: str,
    after: str = "",
    limit: int = PAGE,
) -> tuple[RecordChange, ...]:
    """A page of the changes of one ``kind`` (``added``, ``changed`` field by field, ``vanished``), by supplier number."""
    admit_reader(office, staff, "changes")
    return reader.changes(difference, kind=kind, after=after, limit=limit)


def every_change(
    office: Office, *, staff: Staff, reader: HistoryReader, difference: Difference
) -> Iterator[RecordChange]:
    """All changes, kind by kind, ``STREAMED`` at a time: no more is held."""
    for kind in KINDS:
        after = ""
        while page := changes(
            office,
            staff=staff,
            reader=reader,
            difference=difference,
            kind=kind,
            after=after,
            limit=STREAMED,
        ):
            yield from page
            after = page[-1].supplier_number
