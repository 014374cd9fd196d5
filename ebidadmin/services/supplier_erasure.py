"""Erasing what is kept of a supplier once its time of keeping is over: who is due, what would go, and the erasing itself.

It has three parts: the database in one transaction, then the files of the office that hold the supplier's data, then the bytes that
deleted rows leave behind. Which files are to go is on the disk before the transaction ends, so that an erasing that was cut short is ended
by asking for it again. See ``docs/decisions/0026-erasing-a-supplier.md``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice

from ebidadmin.clock import jst_date
from ebidadmin.domain.events import Event, EventTag, Subject, SubjectKind
from ebidadmin.domain.ids import SupplierNumber
from ebidadmin.domain.retention import Retention, due_on, require_due
from ebidadmin.domain.second_person import digest
from ebidadmin.domain.staff import Permission, Staff
from ebidadmin.errors import NotFoundError, RuleError, StalePlanError
from ebidadmin.services.erasing_ports import Copies, ErasureStore, OfficeCopies, Reach, told
from ebidadmin.services.ports import Office
from ebidadmin.services.refusals import refusals_logged

DESK = Subject(SubjectKind.DESK, "erasing")

_AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A supplier of which nothing need be kept any more, and since which day."""

    supplier: SupplierNumber
    since: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What an erasing would take. ``token`` stands for exactly this: whoever erases says it, so that nobody erases unseen."""

    reach: Reach
    copies: Copies

    @property
    def token(self) -> str:
        return digest([self.reach.digest, list(self.copies.files)])[:12]


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What an erasing took: ``preview`` is ``None`` where only the rest of an earlier one was done."""

    supplier: SupplierNumber
    preview: Preview | None


def due(
    office: Office, *, staff: Staff, store: ErasureStore, retention: Retention, day: date | None = None
) -> Iterator[Due]:
    """Suppliers of which nothing need be kept on that day (today without one), in the order of their numbers.

    Raises ``NotPermittedError``.
    """
    with refusals_logged(office, staff=staff, subject=DESK, verb="list"):
        staff.require(Permission.ERASE)
    return _due(store, retention, day or jst_date(office.clock.now()))


def _due(store: ErasureStore, retention: Retention, today: date) -> Iterator[Due]:
    numbers = iter(store.suppliers())
    while some := list(islice(numbers, _AT_ONCE)):
        kept = store.kept(some)
        for one in some:
            since = due_on(kept.get(one, ()), retention)
            if since is not None and since <= today:
                yield Due(supplier=one, since=since)


def preview(
    office: Office,
    *,
    staff: Staff,
    store: ErasureStore,
    copies: OfficeCopies,
    retention: Retention,
    supplier: SupplierNumber,
) -> Preview:
    """What an erasing of that supplier would take now.

    Raises ``NotPermittedError``, ``NotFoundError`` where nothing is kept of it, ``RuleError`` ``erasure-running`` and ``erasure-not-due``.
    """
    with refusals_logged(office, staff=staff, subject=DESK, verb="erase", supplier=supplier):
        staff.require(Permission.ERASE)
        return _preview(office, store, copies, retention, supplier)


def erase(
    office: Office,
    *,
    staff: Staff,
    store: ErasureStore,
    copies: OfficeCopies,
    retention: Retention,
    supplier: SupplierNumber,
    token: str,
) -> Erased:
    """Erase what ``preview`` with that token showed, or end an erasing of that supplier that was cut short.

    Raises as ``preview`` does, ``StalePlanError`` ``erasure-stale`` where it is no longer what was shown, ``RuleError``
    ``audit-tree-broken``; and, with the database erased already and the rest to be done by asking again, ``InputError``
    ``erasure-file-stays`` and ``StorageError``.
    """
    with refusals_logged(office, staff=staff, subject=DESK, verb="erase", supplier=supplier):
        staff.require(Permission.ERASE)
        waiting = copies.unfinished().get(supplier)
        seen = None
        if waiting is None or not store.reach(supplier).is_empty:
            seen = _preview(office, store, copies, retention, supplier)
            if token != seen.token:
                raise StalePlanError("erasure-stale", supplier_number=supplier)
            waiting = sorted({*(waiting or ()), *seen.copies.files})
            _take(office, staff, store, copies, seen, waiting)
    copies.remove(waiting)
    store.scrub()
    copies.forget(supplier)
    return Erased(supplier=supplier, preview=seen)


def _take(
    office: Office, staff: Staff, store: ErasureStore, copies: OfficeCopies, seen: Preview, files: list[str]
) -> None:
    event = Event(
        tag=EventTag.AUDIT_ERASED,
        subject=DESK,
        by=staff.login,
        at=office.clock.now(),
        facts=told(seen.reach, seen.copies),
        supplier_number=seen.reach.supplier,
    )
    with store.erasing() as uow:
        uow.take_away(seen.reach, event)
        copies.remember(seen.reach.supplier, files)
        uow.commit()


def _preview(
    office: Office, store: ErasureStore, copies: OfficeCopies, retention: Retention, supplier: SupplierNumber
) -> Preview:
    reach = store.reach(supplier)
    if reach.is_empty and supplier in copies.unfinished():
        raise RuleError("erasure-unfinished", id=supplier)
    if reach.is_empty:
        raise NotFoundError("not-found", kind="supplier", id=supplier)
    require_due(reach.kept, retention, today=jst_date(office.clock.now()))
    return Preview(reach=reach, copies=copies.holding(reach))
