"""A slice of the trail as a file, for whoever looks at it elsewhere: the trail tells of it before the file is in its place."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Protocol

from ebidadmin.domain.events import Event, EventTag, JsonValue
from ebidadmin.domain.staff import Permission, Staff
from ebidadmin.services import audit_slices
from ebidadmin.services.audit_slices import AuditReader, AuditSlice
from ebidadmin.services.audit_tree import TRAIL
from ebidadmin.services.ports import AuditEntry, Office


@dataclass(frozen=True, slots=True)
class Written:
    """How many events were written, and the SHA-256 (hex) of the file's bytes."""

    rows: int
    digest: str


class AuditTarget(Protocol):
    """Where an export goes: written beside its place first, and put there once the trail tells of it."""

    @property
    def form(self) -> str: ...

    def write(self, entries: Iterator[AuditEntry]) -> Written: ...

    def keep(self) -> None:
        """Put what was written in its place, whole."""
        ...

    def discard(self) -> None:
        """Leave nothing of what was not kept."""
        ...


def export(
    office: Office, *, staff: Staff, reader: AuditReader, target: AuditTarget, wanted: AuditSlice
) -> Written:
    """Write a slice, the earliest event first, and tell the trail how much, which and with which digest. Personal data are hidden from
    whoever may not read them.

    Raises ``NotPermittedError``, and what ``target`` raises.
    """
    entries = audit_slices.stream(office, staff=staff, wanted=wanted, reader=reader)
    try:
        with closing(_closable(entries)) as rows:
            written = target.write(rows)
        with office.uow() as uow:
            uow.log(_told(office, staff, target.form, wanted, written))
            uow.commit()
        target.keep()
    finally:
        target.discard()
    return written


def _closable(entries: Iterator[AuditEntry]) -> Generator[AuditEntry]:
    """The same, to be closed whatever happens to who reads it."""
    yield from entries


def _told(office: Office, staff: Staff, form: str, wanted: AuditSlice, written: Written) -> Event:
    facts: dict[str, JsonValue] = {
        "rows": written.rows,
        "digest": written.digest,
        "form": form,
        "personal": staff.may(Permission.READ_PERSONAL),
        "first": None if wanted.first is None else wanted.first.isoformat(),
        "last": None if wanted.last is None else wanted.last.isoformat(),
        "person": wanted.by or None,
        "tags": [*sorted(tag.value for tag in wanted.tags)],
        "about_kind": None if wanted.subject is None else wanted.subject.kind.value,
        "about": None if wanted.subject is None else wanted.subject.id,
    }
    return Event(
        tag=EventTag.AUDIT_EXPORTED,
        subject=TRAIL,
        by=staff.login,
        at=office.clock.now(),
        facts=facts,
        supplier_number=wanted.supplier,
    )
