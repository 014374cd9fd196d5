"""Comparing what each version of a register record says with its digest, which the batch that opened it answers for."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Date, select

from ebidadmin.domain.qualification_rows import SAID
from ebidadmin.domain.tree_findings import Fault, Finding
from ebidadmin.persistence.bound_units import as_kept
from ebidadmin.persistence.bulk_sets import HELD, REGISTER_TABLE
from ebidadmin.persistence.types import canonical_json

_AT_ONCE = 2_000
_COLUMNS = [REGISTER_TABLE.c[name] for name in (*SAID, "extra", "digest", "id")]
_DAYS = [place for place, column in enumerate(_COLUMNS) if isinstance(column.type, Date)]
_TEXTS = itemgetter(*(place for place, _ in enumerate(_COLUMNS[:-1]) if place not in _DAYS))
_DAY = len("2026-11-30")
_NO_EXTRA: Mapping[str, str] = {}


def version_findings(connection: Connection) -> Iterator[Finding]:
    """Versions that say something else than they did, or the same in another spelling."""
    after: int | None = None
    while keys := _keys(connection, after):
        for number in _changed(connection, keys):
            which = select(as_kept(HELD.supplier_number), as_kept(HELD.from_batch)).where(HELD.id == number)
            supplier, batch = connection.execute(which).one()
            yield Finding(fault=Fault.RECORD_CHANGED, what=f"qualifications/{supplier}/{batch}")
        after = keys[-1]


def _keys(connection: Connection, after: int | None) -> Sequence[int]:
    wanted = select(HELD.id).order_by(HELD.id).limit(_AT_ONCE)
    return connection.scalars(wanted if after is None else wanted.where(HELD.id > after)).all()


def _changed(connection: Connection, keys: Sequence[int]) -> list[int]:
    """The row keys of those among consecutive ones that do not say what their digest stands for."""
    wanted = select(*map(as_kept, _COLUMNS)).where(HELD.id >= keys[0], HELD.id <= keys[-1]).order_by(HELD.id)
    return [row[-1] for row in connection.execute(wanted) if not _says_the_same(row)]


def _says_the_same(row: Sequence[Any]) -> bool:
    """Whether the row is spelled as the program spells it, and says what its digest stands for
    (``domain.qualification_rows.record_digest``)."""
    try:
        texts = [*row[: len(SAID)]]
        for place in _DAYS:
            texts[place] = _day(row[place])
        if not all(type(one) is str for one in _TEXTS(row)):
            return False
        extra = _extra(row[-3])
        said = json.dumps([dict(zip(SAID, texts, strict=True)), extra], sort_keys=True, ensure_ascii=False)
        return bool(hashlib.sha256(said.encode()).hexdigest() == row[-2])
    except (ValueError, TypeError, RecursionError):
        return False


def _day(value: object) -> str:
    """A day as the driver has it, as text. Raises ``ValueError`` for what is none."""
    if value is None:
        return ""
    text = value.isoformat() if isinstance(value, date) else value
    if not isinstance(text, str) or len(text) != _DAY:
        raise ValueError("no day")
    return text


def _extra(kept: str) -> Mapping[str, Any]:
    """Further columns. Raises ``ValueError`` where they are spelled in another way than the program's."""
    if kept == "{}":
        return _NO_EXTRA
    extra: Mapping[str, Any] = json.loads(kept)
    if not isinstance(extra, dict) or canonical_json(extra) != kept:
        raise ValueError("spelled in another way")
    return extra
