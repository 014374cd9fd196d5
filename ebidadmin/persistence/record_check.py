"""Comparing the records with what the trail says that they became."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, Connection, case, cast, exists, func, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from ebidadmin.domain.erasures import ErasedPart
from ebidadmin.domain.tree_findings import Fault, Finding
from ebidadmin.persistence.among import is_among
from ebidadmin.persistence.binding import AT_ONCE
from ebidadmin.persistence.bound_units import (
    MANY,
    UNITS,
    as_kept,
    digests,
    digests_up_to,
    keys_of,
    salted,
    streamed,
)
from ebidadmin.persistence.lone_rows import orphans, unclaimed
from ebidadmin.persistence.odd_values import as_asked, is_storable
from ebidadmin.persistence.register_check import version_findings
from ebidadmin.persistence.schema import AuditRow
from ebidadmin.persistence.schema_tree import BoundRowRow, ErasedRow
from ebidadmin.persistence.spans import Span


class _Newest(NamedTuple):
    """What a record became with the last event that changed it."""

    seq: int
    salt: bytes
    digest: bytes | None


def record_findings(connection: Connection, *, after: int, told: Span | None) -> Iterator[Finding]:
    """What does not fit: of every record with ``after`` 0, else of those that events after that number changed. ``told`` are the numbers of
    all events, where none between them is missing."""
    yield from _untold(connection, after)
    if after:
        yield from _of_changed(connection, after, told)
        return
    for kind in UNITS:
        yield from _of_kind(connection, kind)
    for what in unclaimed(connection):
        yield Finding(fault=Fault.RECORD_ADDED, what=what)
    yield from _unknown(connection, told)
    yield from version_findings(connection)


def _of_changed(connection: Connection, after: int, told: Span | None) -> Iterator[Finding]:
    changed = select(as_kept(BoundRowRow.kind), as_kept(BoundRowRow.key)).where(BoundRowRow.seq > after)
    of: dict[str, dict[str, None]] = {}
    # Not asked for as different ones: SQLite would walk through all that there are.
    for kind, key in connection.execute(changed):
        of.setdefault(kind, {})[key] = None
    for kind, found in of.items():
        # What is no text answers for no record, and is not what its event was sealed with.
        keys = [key for key in found if is_storable(key)]
        if kind in UNITS:
            for start in range(0, len(keys), AT_ONCE):
                part = keys[start : start + AT_ONCE]
                yield from _compared(connection, kind, part, _readable(connection, kind, part))
    yield from _unknown(connection, told)


def _of_kind(connection: Connection, kind: str) -> Iterator[Finding]:
    """All records of a kind, those that are gone, and what belongs to none."""
    after: str | int | None = None
    lone: list[str] | None = []
    keys = keys_of(connection, kind, after=None, limit=AT_ONCE)
    while keys:
        following = keys_of(connection, kind, after=keys[-1], limit=AT_ONCE)
        named = [str(key) for key in keys]
        try:
            read = digests_up_to(connection, kind, keys, after=after, last=not following)
        except (ValueError, TypeError, LookupError):
            lone = None
            yield from _compared(connection, kind, named, _readable(connection, kind, named))
        else:
            lone = lone if lone is None else lone + read.lone
            yield from _compared(connection, kind, named, read.digests)
        after, keys = keys[-1], following
    yield from _gone(connection, kind)
    # Whether something lies among no records, or among unreadable ones, is asked by itself.
    for what in orphans(connection, kind) if after is None or lone is None else lone[:MANY]:
        yield Finding(fault=Fault.RECORD_ADDED, what=what)


def _compared(
    connection: Connection, kind: str, keys: Sequence[str], there: Mapping[str, bytes]
) -> Iterator[Finding]:
    newest = _newest(connection, kind, keys)
    for key in keys:
        told, found = newest.get(key), there.get(key)
        if told is None:
            yield Finding(fault=Fault.RECORD_ADDED, what=f"{kind}/{key}")
        elif found is None:
            if told.digest is not None:
                yield Finding(fault=Fault.RECORD_MISSING, seq=told.seq, what=f"{kind}/{key}")
        elif told.digest is None:
            yield Finding(fault=Fault.RECORD_ADDED, seq=told.seq, what=f"{kind}/{key}")
        elif not _is(found, told):
            yield Finding(fault=Fault.RECORD_CHANGED, seq=told.seq, what=f"{kind}/{key}")


def _is(found: bytes, told: _Newest) -> bool:
    try:
        return salted(found, told.salt) == told.digest
    except TypeError:
        return False  # text where bytes belong


def _readable(connection: Connection, kind: str, keys: Sequence[str]) -> Mapping[str, bytes]:
    """The digests; of a record with a value that is no value of its column, one that nothing has."""
    try:
        return digests(connection, kind, keys)
    except (ValueError, TypeError, LookupError):
        # Somebody wrote what the program never writes: which record it is shows by reading them one by one.
        if len(keys) == 1:
            return {keys[0]: b""}
        middle = len(keys) // 2
        return {**_readable(connection, kind, keys[:middle]), **_readable(connection, kind, keys[middle:])}


def _newest(connection: Connection, kind: str, keys: Sequence[str]) -> Mapping[str, _Newest]:
    wanted = (
        select(*map(as_kept, (BoundRowRow.key, BoundRowRow.seq, BoundRowRow.salt, BoundRowRow.digest)))
        .where(
            BoundRowRow.kind == kind, is_among(BoundRowRow.key.expression, list(filter(is_storable, keys)))
        )
        .order_by(BoundRowRow.key, BoundRowRow.seq)
    )
    # Of each key the last row stays.
    newest = {row[0]: row for row in streamed(connection, wanted)}
    return {key: _Newest(seq, salt, digest) for key, seq, salt, digest in newest.values()}


def _gone(connection: Connection, kind: str) -> Iterator[Finding]:
    """Records that the trail knows to be there and that are not."""
    later, main = aliased(BoundRowRow), UNITS[kind].main
    key = _as_number(connection, BoundRowRow.key) if main.numbered else BoundRowRow.key
    wanted = select(BoundRowRow.key, BoundRowRow.seq).where(
        BoundRowRow.kind == kind,
        BoundRowRow.digest.is_not(None),
        ~exists().where(main.column == key),
        ~exists().where(later.kind == kind, later.key == BoundRowRow.key, later.seq > BoundRowRow.seq),
    )
    for lost, seq in connection.execute(wanted):
        yield Finding(fault=Fault.RECORD_MISSING, seq=seq, what=f"{kind}/{lost}")


def _as_number(connection: Connection, key: InstrumentedAttribute[str]) -> ColumnElement[Any]:
    """The key of a record with a number. PostgreSQL refuses to make one of what is none."""
    number = cast(key, BigInteger)
    if connection.dialect.name == "sqlite":
        return number
    return case((key.regexp_match("^[0-9]{1,18}$"), number))


def _untold(connection: Connection, after: int) -> Iterator[Finding]:
    """Salts that are gone without an erasing that names their event."""
    named = exists().where(ErasedRow.seq == BoundRowRow.seq, ErasedRow.part == ErasedPart.RECORDS)
    lone = (
        select(BoundRowRow.kind, BoundRowRow.key, BoundRowRow.seq)
        .where(BoundRowRow.seq > after, func.length(BoundRowRow.salt) == 0, ~named)
        .order_by(BoundRowRow.seq)
    )
    for kind, key, seq in islice(connection.execute(lone), 100):
        yield Finding(fault=Fault.ERASED_UNTOLD, seq=seq, what=f"{kind}/{key}")


def _unknown(connection: Connection, told: Span | None) -> Iterator[Finding]:
    """What is bound to no event, or to a kind of record that there is not."""
    bound = select(BoundRowRow.kind, BoundRowRow.key, BoundRowRow.seq)
    strange = BoundRowRow.kind.in_([as_asked(kind) for kind in _kinds(connection) if kind not in UNITS])
    if told is not None:
        outside = (BoundRowRow.seq < told.first) | (BoundRowRow.seq > told.last)
        lone = bound.where(outside | strange)
    else:
        of_event = bound.outerjoin(AuditRow, AuditRow.seq == BoundRowRow.seq)
        lone = of_event.where(AuditRow.seq.is_(None) | strange)
    for kind, key, seq in islice(connection.execute(lone), MANY):
        yield Finding(fault=Fault.RECORD_ADDED, seq=seq, what=f"{kind}/{key}")


def _kinds(connection: Connection) -> Iterator[str]:
    """The kinds of bound records: one after the other, because there are few among many rows."""
    kind = connection.scalar(select(func.min(BoundRowRow.kind)))
    while kind is not None:
        yield kind
        kind = connection.scalar(select(func.min(BoundRowRow.kind)).where(BoundRowRow.kind > as_asked(kind)))
