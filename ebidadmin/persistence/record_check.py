"""Comparing the records with what the trail says that they became."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import BigInteger, Connection, cast, exists, func, select
from sqlalchemy.orm import aliased

from ebidadmin.domain.erasures import ErasedPart
from ebidadmin.domain.tree_findings import Fault, Finding
from ebidadmin.persistence.binding import AT_ONCE
from ebidadmin.persistence.bound_units import UNITS, digests, is_among, keys_of, orphans, salted
from ebidadmin.persistence.register_check import version_findings
from ebidadmin.persistence.schema import AuditRow
from ebidadmin.persistence.schema_tree import BoundRowRow, ErasedRow


@dataclass(frozen=True, slots=True)
class _Newest:
    """What a record became with the last event that changed it."""

    seq: int
    salt: bytes
    digest: bytes | None


def record_findings(connection: Connection, *, after: int) -> Iterator[Finding]:
    """What does not fit: of every record with ``after`` 0, else of those that events after that number changed."""
    yield from _untold(connection, after)
    if after:
        yield from _of_changed(connection, after)
        return
    for kind in UNITS:
        yield from _of_kind(connection, kind)
        yield from _gone(connection, kind)
        for lone in orphans(connection, kind):
            yield Finding(fault=Fault.RECORD_ADDED, what=lone)
    yield from _unknown(connection)
    yield from version_findings(connection)


def _of_changed(connection: Connection, after: int) -> Iterator[Finding]:
    changed = select(BoundRowRow.kind, BoundRowRow.key).where(BoundRowRow.seq > after).distinct()
    of: dict[str, list[str]] = {}
    for kind, key in connection.execute(changed):
        of.setdefault(kind, []).append(key)
    for kind, keys in of.items():
        if kind in UNITS:
            for start in range(0, len(keys), AT_ONCE):
                yield from _compared(connection, kind, keys[start : start + AT_ONCE])
    yield from _unknown(connection)


def _of_kind(connection: Connection, kind: str) -> Iterator[Finding]:
    after: str | int | None = None
    while keys := keys_of(connection, kind, after=after, limit=AT_ONCE):
        yield from _compared(connection, kind, [str(key) for key in keys])
        after = keys[-1]


def _compared(connection: Connection, kind: str, keys: Sequence[str]) -> Iterator[Finding]:
    newest = _newest(connection, kind, keys)
    there = _readable(connection, kind, keys)
    for key in keys:
        told, found = newest.get(key), there.get(key)
        if told is None:
            yield Finding(fault=Fault.RECORD_ADDED, what=f"{kind}/{key}")
        elif found is None:
            if told.digest is not None:
                yield Finding(fault=Fault.RECORD_MISSING, seq=told.seq, what=f"{kind}/{key}")
        elif told.digest is None:
            yield Finding(fault=Fault.RECORD_ADDED, seq=told.seq, what=f"{kind}/{key}")
        elif salted(found, told.salt) != told.digest:
            yield Finding(fault=Fault.RECORD_CHANGED, seq=told.seq, what=f"{kind}/{key}")


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
        select(BoundRowRow.key, BoundRowRow.seq, BoundRowRow.salt, BoundRowRow.digest)
        .where(BoundRowRow.kind == kind, is_among(BoundRowRow.key.expression, keys))
        .order_by(BoundRowRow.key, BoundRowRow.seq)
    )
    return {key: _Newest(seq, salt, digest) for key, seq, salt, digest in connection.execute(wanted)}


def _gone(connection: Connection, kind: str) -> Iterator[Finding]:
    """Records that the trail knows to be there and that are not."""
    later, main = aliased(BoundRowRow), UNITS[kind].main
    key = cast(BoundRowRow.key, BigInteger) if main.numbered else BoundRowRow.key
    wanted = select(BoundRowRow.key, BoundRowRow.seq).where(
        BoundRowRow.kind == kind,
        BoundRowRow.digest.is_not(None),
        ~exists().where(later.kind == kind, later.key == BoundRowRow.key, later.seq > BoundRowRow.seq),
        ~exists().where(main.column == key),
    )
    for lost, seq in connection.execute(wanted):
        yield Finding(fault=Fault.RECORD_MISSING, seq=seq, what=f"{kind}/{lost}")


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


def _unknown(connection: Connection) -> Iterator[Finding]:
    """What is bound to no event, or to a kind of record that there is not."""
    lone = (
        select(BoundRowRow.kind, BoundRowRow.key, BoundRowRow.seq)
        .outerjoin(AuditRow, AuditRow.seq == BoundRowRow.seq)
        .where(AuditRow.seq.is_(None) | BoundRowRow.kind.not_in(tuple(UNITS)))
    )
    for kind, key, seq in islice(connection.execute(lone), 100):
        yield Finding(fault=Fault.RECORD_ADDED, seq=seq, what=f"{kind}/{key}")
