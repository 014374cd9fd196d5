"""Erasing what is kept of a supplier once its time of keeping is over: who is due, what would go, and the erasing itself.

It has three parts: the database in one transaction, then the files of the office that hold the supplier's data, then the bytes that
deleted rows leave behind. Which files are to go is on the disk before the transaction ends, so that an erasing that was cut short is ended
by asking for it again. See ``docs/decisions/0026-erasing-a-supplier.md``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import islice

from ebidadmin.clock import jst_date
from ebidadmin.domain.events import Event, EventTag, Subject, SubjectKind
from ebidadmin.domain.ids import SupplierNumber
from ebidadmin.domain.retention import Retention, due_on, require_due
from ebidadmin.domain.second_person import digest
from ebidadmin.domain.staff import Permission, Staff
from ebidadmin.errors import InputError, NotFoundError, RuleError, StalePlanError
from ebidadmin.services.erasing_ports import Copies, ErasureStore, OfficeCopies, Reach, Rest, told
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
    """What an erasing took: ``preview`` is ``None`` where only the rest of an earlier one was done. ``left`` (files) and ``quoted``
    (records of others) may say something of the supplier still: somebody has to look at them."""

    supplier: SupplierNumber
    preview: Preview | None
    left: tuple[str, ...]
    quoted: tuple[str, ...]


def due(
    office: Office, *, staff: Staff, store: ErasureStore, retention: Retention, day: date | None = None
) -> Iterator[Due]:
    """Suppliers of which nothing need be kept on that day (today without one), in the order of their numbers.

    Raises ``NotPermittedError``.
    """
    with refusals_logged(office, staff=staff, subject=DESK, verb="list"):
        staff.require(Permission.READ_ERASABLE)
    return _due(store, retention, day or jst_date(office.clock.now()))


def _due(store: ErasureStore, retention: Retention, today: date) -> Iterator[Due]:
    numbers = iter(store.suppliers())
    while some := list(islice(numbers, _AT_ONCE)):
        kept = store.kept(some, on=today)
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
    """Erase what ``preview`` with that token showed; or end an erasing of that supplier that was cut short, whatever the token.

    Raises as ``preview`` does, ``StalePlanError`` ``erasure-stale`` where it is no longer what was shown, ``RuleError``
    ``audit-tree-broken``; and, with the database erased already and the rest to be done by asking again, ``InputError``
    ``erasure-file-stays`` and ``StorageError``.
    """
    with refusals_logged(office, staff=staff, subject=DESK, verb="erase", supplier=supplier):
        staff.require(Permission.ERASE)
        rest, seen = unfinished(store, copies).get(supplier), None
        if rest is None:
            if supplier in copies.unfinished():
                # Of one that the database never had.
                copies.forget(supplier)
            seen = _preview(office, store, copies, retention, supplier)
            if token != seen.token:
                raise StalePlanError("erasure-stale", supplier_number=supplier)
            rest = _take(office, staff, store, copies, seen)
    staying = copies.remove(rest.files)
    store.scrub()
    if staying.stuck:
        raise InputError("erasure-file-stays", file=staying.stuck[0])
    left = {*rest.left, *staying.changed}
    if seen is not None:
        # What was written while this went on can be found now for the last time.
        again = copies.holding(seen.reach)
        left |= {*again.files, *again.left} - rest.files.keys()
    copies.forget(supplier)
    return Erased(supplier=supplier, preview=seen, left=tuple(sorted(left)), quoted=rest.quoted)


def unfinished(store: ErasureStore, copies: OfficeCopies) -> Mapping[SupplierNumber, Rest]:
    """Erasings that the database has, of which files or bytes may be left."""
    return {number: rest for number, rest in copies.unfinished().items() if store.is_told(number, rest.at)}


def _take(office: Office, staff: Staff, store: ErasureStore, copies: OfficeCopies, seen: Preview) -> Rest:
    event = Event(
        tag=EventTag.AUDIT_ERASED,
        subject=DESK,
        by=staff.login,
        at=office.clock.now(),
        facts=told(seen.reach, seen.copies),
        supplier_number=seen.reach.supplier,
    )
    rest = Rest(at=event.at, files=seen.copies.marks, left=seen.copies.left, quoted=seen.reach.quoted)
    with store.erasing() as uow:
        uow.take_away(seen.reach, event)
        copies.remember(seen.reach.supplier, rest)
        uow.commit()
    return rest


def _preview(
    office: Office, store: ErasureStore, copies: OfficeCopies, retention: Retention, supplier: SupplierNumber
) -> Preview:
    if supplier in unfinished(store, copies):
        raise RuleError("erasure-unfinished", id=supplier)
    reach = store.reach(supplier)
    if reach.is_empty:
        raise NotFoundError("not-found", kind="supplier", id=supplier)
    require_due(reach.kept, retention, today=jst_date(office.clock.now()))
    return Preview(reach=reach, copies=copies.holding(reach))
