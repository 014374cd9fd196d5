"""Rows that belong to a record by their table, and to none by their keys."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, Table, false, func, or_, select, true

from ebidadmin.persistence.bound_units import MANY, UNITS, Part, as_kept


def orphans(connection: Connection, kind: str) -> Iterator[str]:
    """Rows of further parts whose record is not there, as ``table/key``."""
    unit = UNITS[kind]
    main = unit.main.column
    for part in unit.parts[1:]:
        named = part.column if not part.prefix else func.substr(part.column, len(part.prefix) + 1)
        lone = (
            select(as_kept(part.column))
            .where(part.column.is_not(None), ~select(main).where(main == named).exists())
            .distinct()
            .limit(MANY)
        )
        if part.where is not None:
            lone = lone.where(part.where)
        for key in connection.scalars(lone):
            yield f"{part.table.name}/{key}"


def unclaimed(connection: Connection) -> Iterator[str]:
    """Rows that are a part of no record at all, as ``table/key``: their keys are empty, or what else they must have is not there."""
    claims: dict[Table, list[Part]] = {}
    mains = {unit.main.table for unit in UNITS.values()}
    for unit in UNITS.values():
        for part in unit.parts[1:]:
            if part.table not in mains:
                claims.setdefault(part.table, []).append(part)
    for table, parts in claims.items():
        claimed = or_(
            *(
                func.coalesce(
                    part.column.is_not(None) & (true() if part.where is None else part.where), false()
                )
                for part in parts
            )
        )
        for row in connection.execute(
            select(*map(as_kept, table.primary_key.columns)).where(~claimed).limit(MANY)
        ):
            yield f"{table.name}/{'/'.join(map(str, row))}"
