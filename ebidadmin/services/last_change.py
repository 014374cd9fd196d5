"""Who made the version of a record that is stored now, as whoever was slower is told."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from ebidadmin.domain.events import JsonValue, Subject
from ebidadmin.errors import ConcurrentEditError
from ebidadmin.services.ports import UnitOfWork


def last_change(uow: UnitOfWork, subject: Subject, version: int) -> tuple[str | None, str | None]:
    """Who made that version of the subject, and when (ISO time, UTC): of its events the last that carries it. Notes, leases, letters and
    dispatches carry none."""
    last = uow.audit.last_of(subject)
    if last is None or not _carries(last.event.after, version):
        seen = 0
        last = None
        while entries := uow.audit.list(subject=subject, after_seq=seen):
            last = next((one for one in reversed(entries) if _carries(one.event.after, version)), last)
            seen = entries[-1].seq
    return (None, None) if last is None else (last.event.by, last.event.at.isoformat())


def _carries(after: Mapping[str, JsonValue] | None, version: int) -> bool:
    return after is not None and after.get("version") == version


def changed_meanwhile(
    uow: UnitOfWork, subject: Subject, *, state: StrEnum, expected: int | None, found: int
) -> ConcurrentEditError:
    """That ``subject`` no longer has the version that was seen: who changed it last, when, and what it has come to."""
    by, at = last_change(uow, subject, found)
    return ConcurrentEditError(
        "changed-meanwhile",
        kind=subject.kind.value,
        id=subject.id,
        by=by,
        at=at,
        state=state.value,
        expected=expected,
        found=found,
    )
