"""Slices of the trail on SQL: every page is a walk along one index, from a key on, whatever the trail has before and after.

Which index that is, is said and not left to the planner on SQLite, which knows nothing of how the values are spread. PostgreSQL knows.
Several tags are walked side by side, each along its own part of an index, and merged: a list of values would have to be sorted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Engine,
    Row,
    Select,
    asc,
    desc,
    func,
    literal,
    select,
    text,
    tuple_,
    union_all,
)

from ebidadmin.domain.erasures import ErasedPart
from ebidadmin.domain.events import Event, EventTag, JsonMap, Subject, SubjectKind
from ebidadmin.persistence.engine import reading
from ebidadmin.persistence.schema import AuditRow
from ebidadmin.persistence.schema_tree import ErasedRow
from ebidadmin.persistence.types import UtcDateTime
from ebidadmin.services.audit_slices import AuditSlice, Key
from ebidadmin.services.ports import AuditEntry

CHUNK = 1_000
"""Events that an export reads in one transaction: on SQLite nobody can commit while it reads."""

_ROW = AuditRow.__table__.c
_KEY = tuple_(_ROW.at, _ROW.seq)

# From each name to the next greater one: as many steps as there are people, however long the trail is.
_PEOPLE = text(
    'WITH RECURSIVE people(login) AS (SELECT min("by") FROM audit_events UNION ALL '
    'SELECT (SELECT min("by") FROM audit_events WHERE "by" > people.login) FROM people WHERE people.login IS NOT NULL) '
    "SELECT login FROM people WHERE login IS NOT NULL"
)


class SqlAuditReader:
    """``audit_slices.AuditReader``."""

    def __init__(self, engine: Engine) -> None:
        self._engine = reading(engine)

    def records(
        self, wanted: AuditSlice, *, after: Key | None, before: Key | None, descending: bool, limit: int
    ) -> tuple[AuditEntry, ...]:
        walks = _walks(list(_ROW), wanted, after, before, None)
        return self._read(self._ordered(walks, descending=descending, limit=limit))

    def count(self, wanted: AuditSlice, *, most: int) -> int:
        walks = _walks([_ROW.seq], wanted, wanted.after, wanted.before, None)
        listed = _together(walks).limit(most).subquery()
        with self._engine.begin() as connection:
            return connection.execute(select(func.count()).select_from(listed)).scalar_one()

    def people(self) -> tuple[str, ...]:
        with self._engine.begin() as connection:
            return tuple(connection.execute(_PEOPLE).scalars())

    def find(self, seq: int) -> AuditEntry | None:
        found = self._first(select(*_ROW).where(_ROW.seq == seq))
        if found is None:
            return None
        erasing = select(ErasedRow.by_event).where(ErasedRow.seq == seq, ErasedRow.part == ErasedPart.VALUES)
        with self._engine.begin() as connection:
            return replace(found, erased_by=connection.scalar(erasing))

    def stream(self, wanted: AuditSlice) -> Iterator[AuditEntry]:
        with self._engine.begin() as connection:
            newest = connection.execute(select(func.max(_ROW.seq))).scalar_one()
        after = wanted.after
        while newest is not None:
            walks = _walks(list(_ROW), wanted, after, wanted.before, newest)
            found = self._read(self._ordered(walks, descending=False, limit=CHUNK))
            yield from found
            if len(found) < CHUNK:
                return
            after = (found[-1].event.at, found[-1].seq)

    def last_of(self, subject: Subject, *, tags: frozenset[EventTag], until: datetime) -> AuditEntry | None:
        return self._first(_history(subject, tags, _ROW.at <= until).order_by(_ROW.seq.desc()))

    def next_of(self, subject: Subject, *, tags: frozenset[EventTag], beyond: datetime) -> AuditEntry | None:
        return self._first(_history(subject, tags, _ROW.at > beyond).order_by(_ROW.seq.asc()))

    def _ordered(
        self, walks: Sequence[Select[Any]], *, descending: bool, limit: int
    ) -> Select[Any] | CompoundSelect[Any]:
        way = desc if descending else asc
        if len(walks) > 1 and self._engine.dialect.name == "postgresql":
            # It merges only what each walk says of itself that it is in order. SQLite merges by itself and knows no order inside.
            walks = [walk.order_by(way(_ROW.at), way(_ROW.seq)).limit(limit) for walk in walks]
        return _together(walks).order_by(way("at"), way("seq")).limit(limit)

    def _first(self, statement: Select[Any]) -> AuditEntry | None:
        found = self._read(statement.limit(1))
        return found[0] if found else None

    def _read(self, statement: Select[Any] | CompoundSelect[Any]) -> tuple[AuditEntry, ...]:
        with self._engine.begin() as connection:
            return tuple(_entry(row) for row in connection.execute(statement))


def _together(walks: Sequence[Select[Any]]) -> Select[Any] | CompoundSelect[Any]:
    return walks[0] if len(walks) == 1 else union_all(*walks)


def _walks(
    columns: Sequence[ColumnElement[Any]],
    wanted: AuditSlice,
    after: Key | None,
    before: Key | None,
    newest: int | None,
) -> list[Select[Any]]:
    """What is to be walked along; side by side where nothing else than tags leads to the events."""
    chosen, index, split = _chosen(wanted)
    if after is not None:
        chosen.append(_bound(after) < _KEY)
    if before is not None:
        chosen.append(_bound(before) > _KEY)
    if newest is not None:
        chosen.append(_ROW.seq <= newest)
    told = f"INDEXED BY ix_audit_events_{index}_at_seq" if index else "INDEXED BY ix_audit_events_at_seq"
    walk = select(*columns).where(*chosen).with_hint(AuditRow.__table__, told, "sqlite")
    tags = sorted(tag.value for tag in wanted.tags)
    if not tags:
        return [walk]
    return [walk.where(_ROW.tag == tag) for tag in tags] if split else [walk.where(_ROW.tag.in_(tags))]


def _chosen(wanted: AuditSlice) -> tuple[list[ColumnElement[bool]], str, bool]:
    """Conditions besides tags and times, the columns that lead the index, and whether the tag is one of them."""
    conditions: list[ColumnElement[bool]] = []
    index, split = "", False
    if wanted.by:
        conditions.append(_ROW.by == wanted.by)
        index, split = ("by_tag", True) if wanted.tags else ("by", False)
    elif wanted.tags:
        index, split = "tag", True
    if wanted.supplier is not None:
        conditions.append(_ROW.supplier_number == wanted.supplier)
        index, split = "supplier_number", False
    if wanted.subject is not None:
        conditions += [
            _ROW.subject_kind == wanted.subject.kind.value,
            _ROW.subject_id == wanted.subject.id,
        ]
        index, split = "subject_kind_subject_id", False
    return conditions, index, split


def _bound(key: Key) -> ColumnElement[Any]:
    return tuple_(literal(key[0], UtcDateTime()), literal(key[1]))


def _history(subject: Subject, tags: frozenset[EventTag], when: ColumnElement[bool]) -> Select[Any]:
    return select(*_ROW).where(
        _ROW.subject_kind == subject.kind.value,
        _ROW.subject_id == subject.id,
        _ROW.tag.in_(sorted(tag.value for tag in tags)),
        when,
    )


def _entry(row: Row[Any]) -> AuditEntry:
    event = Event(
        tag=EventTag(row.tag),
        subject=Subject(SubjectKind(row.subject_kind), row.subject_id),
        by=row.by,
        at=row.at,
        before=cast("JsonMap | None", row.before),
        after=cast("JsonMap | None", row.after),
        facts=cast("JsonMap", row.facts),
        supplier_number=row.supplier_number,
    )
    return AuditEntry(seq=row.seq, event=event, software=row.software)
