"""Events of the trail as a pandas frame with typed columns."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

import pandas as pd

from ebidadmin.clock import jst
from ebidadmin.domain.events import EventTag, SubjectKind
from ebidadmin.services.audit_export import Written
from ebidadmin.services.ports import AuditEntry

COLUMNS: dict[str, Any] = {
    "seq": "int64",
    "at": pd.DatetimeTZDtype("us", "UTC"),
    "day": "datetime64[us]",
    "by": "string",
    "tag": pd.CategoricalDtype([tag.value for tag in EventTag]),
    "subject_kind": pd.CategoricalDtype([kind.value for kind in SubjectKind]),
    "subject_id": "string",
    "supplier_number": "string",
    "before": "object",
    "after": "object",
    "facts": "object",
    "software": "string",
}
"""By name: the moment in UTC, the day of Japan, numbers of suppliers as text with their zeros, values as dictionaries (or ``None``)."""

_AT_ONCE = 10_000


class FrameTarget:
    """``audit_export.AuditTarget``: ``frame`` is what came, once the trail tells of it. Its digest is that of the rows' text."""

    form = "frame"

    def __init__(self) -> None:
        self._made: pd.DataFrame | None = None
        self.frame = _frame([])

    def write(self, entries: Iterator[AuditEntry]) -> Written:
        digest = hashlib.sha256()

        def seen() -> Iterator[AuditEntry]:
            for entry in entries:
                digest.update(f"{_row(entry)}\n".encode())
                yield entry

        self._made = audit_frame(seen())
        return Written(len(self._made), digest.hexdigest())

    def keep(self) -> None:
        if self._made is None:
            raise RuntimeError("nothing was written")
        self.frame = self._made

    def discard(self) -> None:
        self._made = None


def audit_frame(entries: Iterable[AuditEntry]) -> pd.DataFrame:
    """One row for each event, in the order in which they come. An empty frame has the same types."""
    parts = [_frame(rows) for rows in _batched(iter(entries))]
    return pd.concat(parts, ignore_index=True) if parts else _frame([])


def _batched(entries: Iterator[AuditEntry]) -> Iterator[list[tuple[object, ...]]]:
    """Rows, many at a time: a column of a frame takes less room than the objects that it was made of."""
    while rows := [_row(entry) for entry in islice(entries, _AT_ONCE)]:
        yield rows


def _frame(rows: Sequence[tuple[object, ...]]) -> pd.DataFrame:
    columns = list(zip(*rows, strict=True)) if rows else [() for _ in COLUMNS]
    typed = {
        name: pd.Series(list(values), dtype=dtype)
        for (name, dtype), values in zip(COLUMNS.items(), columns, strict=True)
    }
    return pd.DataFrame(typed)


def _row(entry: AuditEntry) -> tuple[object, ...]:
    event = entry.event
    return (
        entry.seq,
        event.at,
        jst(event.at).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None),
        event.by,
        event.tag.value,
        event.subject.kind.value,
        event.subject.id,
        event.supplier_number,
        None if event.before is None else dict(event.before),
        None if event.after is None else dict(event.after),
        dict(event.facts),
        entry.software,
    )
