"""Erasing a supplier on SQL: what would go, and taking all of it in one transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import Connection, Engine, func, select

from ebidadmin import __version__
from ebidadmin.clock import Clock, jst_date
from ebidadmin.domain.erasures import Erased, ErasedPart
from ebidadmin.domain.events import Event, EventTag
from ebidadmin.domain.ids import SupplierNumber
from ebidadmin.domain.retention import Kept
from ebidadmin.errors import StalePlanError
from ebidadmin.persistence import erasure_reach
from ebidadmin.persistence.among import among
from ebidadmin.persistence.binding import Ref
from ebidadmin.persistence.engine import reading
from ebidadmin.persistence.erasure_reach import EVENTS, MAILS, Own
from ebidadmin.persistence.erasure_rows import delete_rows
from ebidadmin.persistence.erasure_scrub import scrub
from ebidadmin.persistence.erasure_values import (
    events_saying,
    not_erased,
    records_saying,
    telling,
    walks_saying,
)
from ebidadmin.persistence.rows import begin_writing
from ebidadmin.persistence.schema_tree import BoundRowRow, ErasedRow
from ebidadmin.persistence.unit_of_work import SqlUnitOfWork
from ebidadmin.services.erasing_ports import Reach


class SqlErasing(SqlUnitOfWork):
    """``erasing_ports.ErasingUnit``: a unit of work that takes a supplier away."""

    def take_away(self, seen: Reach, event: Event) -> None:
        begin_writing(self.session)
        connection = self.session.connection()
        # What is not a matter of this supplier alone was looked through before, and takes long: here only what came since.
        found, own = _reach(connection, seen.supplier, jst_date(event.at), seen)
        if found.digest != seen.digest:
            raise StalePlanError("erasure-stale", supplier_number=seen.supplier)
        self.erase(event, erased=_parts(found), touched=found.touched, removed=found.records)
        delete_rows(connection, found.supplier, own, found.values)


class SqlErasureStore:
    """``erasing_ports.ErasureStore`` on a database. With ``dry_run`` everything happens but nothing is kept."""

    def __init__(
        self,
        engine: Engine,
        *,
        clock: Clock,
        software: str = f"ebidadmin {__version__}",
        dry_run: bool = False,
        office_texts: Collection[str] = (),
    ) -> None:
        self._engine, self._clock, self._software, self._dry_run = engine, clock, software, dry_run
        self._office_texts = office_texts

    def suppliers(self) -> Iterator[SupplierNumber]:
        with reading(self._engine).connect() as connection:
            yield from tuple(erasure_reach.suppliers(connection))

    def kept(
        self, suppliers: Sequence[SupplierNumber], *, on: date
    ) -> Mapping[SupplierNumber, Collection[Kept]]:
        with reading(self._engine).connect() as connection:
            return erasure_reach.kept(connection, suppliers, on)

    def reach(self, supplier: SupplierNumber) -> Reach:
        with reading(self._engine).connect() as connection:
            today, values = jst_date(self._clock.now()), telling(connection, supplier, self._office_texts)
            first = Reach.nothing_seen(supplier, values)
            return _reach(connection, supplier, today, first)[0]

    def erasing(self) -> SqlErasing:
        return SqlErasing(self._engine, clock=self._clock, software=self._software, dry_run=self._dry_run)

    def is_told(self, supplier: SupplierNumber, at: datetime) -> bool:
        erasing = (EVENTS.c.tag == EventTag.AUDIT_ERASED.value, EVENTS.c.supplier_number == supplier)
        wanted = select(EVENTS.c.seq).where(*erasing, EVENTS.c.at == at).limit(1)
        with reading(self._engine).connect() as connection:
            return connection.scalar(wanted) is not None

    def scrub(self) -> None:
        if not self._dry_run:
            scrub(self._engine)


def _reach(connection: Connection, supplier: SupplierNumber, today: date, seen: Reach) -> tuple[Reach, Own]:
    """What an erasing would take now. Of ``seen`` are the values to look for, and what of the events up to ``seen.upto`` and of the records
    of others says them."""
    values, walks = seen.values, walks_saying(connection, seen.values)
    own = erasure_reach.own(connection, supplier, walks)
    refs = erasure_reach.records(connection, own, supplier)
    batches = erasure_reach.touched(connection, supplier)
    about = select(EVENTS.c.seq).where(erasure_reach.told_about(supplier, own), not_erased())
    events = frozenset(connection.scalars(about))
    upto = connection.scalar(select(func.max(EVENTS.c.seq))) or 0
    mentions = {*seen.mentions, *events_saying(connection, values, after=seen.upto)} - events
    kept = erasure_reach.kept(connection, [supplier], today)[supplier]
    found = Reach(
        supplier=supplier,
        kept=(*kept, *erasure_reach.walks_kept(connection, walks)),
        records=refs,
        touched=batches,
        versions=len(own.versions),
        events=tuple(sorted(events)),
        mentions=tuple(sorted(mentions)),
        outlived=_outlived(connection, (*refs, *batches)),
        values=values,
        letters=_letters(connection, own.mails),
        quoted=records_saying(connection, values, refs, supplier) if not seen.upto else seen.quoted,
        upto=upto,
    )
    return found, own


def _parts(found: Reach) -> tuple[Erased, ...]:
    values = (Erased(seq, ErasedPart.VALUES) for seq in sorted({*found.events, *found.mentions}))
    return (*values, *(Erased(seq, ErasedPart.RECORDS) for seq in found.outlived))


def _outlived(connection: Connection, refs: Sequence[Ref]) -> tuple[int, ...]:
    """The events with which these records became what they will no longer be, of which salts have not gone yet."""
    of: dict[str, list[str]] = {}
    for kind, key in refs:
        of.setdefault(kind, []).append(key)
    named = select(ErasedRow.seq).where(ErasedRow.part == ErasedPart.RECORDS)
    found: set[int] = set()
    for kind, keys in of.items():
        bound = select(BoundRowRow.seq).where(BoundRowRow.kind == kind, among(BoundRowRow.key, keys))
        found.update(connection.scalars(bound.where(BoundRowRow.seq.not_in(named))))
    return tuple(sorted(found))


def _letters(connection: Connection, mails: Collection[int]) -> tuple[str, ...]:
    if not mails:
        return ()
    return tuple(sorted(connection.scalars(select(MAILS.c.message_id).where(MAILS.c.id.in_(mails)))))
