"""Comparing what each version of a register record says with its digest, which the batch that opened it answers for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, select

from ebidadmin.domain.qualification_rows import record_digest
from ebidadmin.domain.tree_findings import Fault, Finding
from ebidadmin.persistence.bulk_sets import HELD, REGISTER_TABLE
from ebidadmin.persistence.register import record_from

_AT_ONCE = 2_000


def version_findings(connection: Connection) -> Iterator[Finding]:
    """Versions that say something else than they did."""
    after = 0
    while keys := connection.scalars(
        select(HELD.id).where(HELD.id > after).order_by(HELD.id).limit(_AT_ONCE)
    ).all():
        for number in _changed(connection, keys):
            which = select(HELD.supplier_number, HELD.from_batch).where(HELD.id == number)
            supplier, batch = connection.execute(which).one()
            yield Finding(fault=Fault.RECORD_CHANGED, what=f"qualifications/{supplier}/{batch}")
        after = keys[-1]


def _changed(connection: Connection, keys: Sequence[int]) -> list[int]:
    """The row keys of those among consecutive ones that do not say what their digest stands for."""
    wanted = select(REGISTER_TABLE).where(HELD.id >= keys[0], HELD.id <= keys[-1]).order_by(HELD.id)
    try:
        return [row.id for row in connection.execute(wanted) if record_digest(record_from(row)) != row.digest]
    except (ValueError, TypeError, LookupError):
        # Somebody wrote what no field holds: which version it is shows by reading them one by one.
        if len(keys) == 1:
            return list(keys)
        middle = len(keys) // 2
        return _changed(connection, keys[:middle]) + _changed(connection, keys[middle:])
