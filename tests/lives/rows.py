"""What a database holds outside of trail and tree, row by row, and which record a row is part of: said here a second time, on purpose."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Engine, text

from ebidadmin.persistence.bound_units import FREE_TABLES, UNITS, Part
from ebidadmin.persistence.tables import all_tables

Row = Mapping[str, Any]
Key = tuple[str, tuple[Any, ...]]
"""A row: its table, and the values of its primary key."""

Ref = tuple[str, str]
"""A record: its kind and its key."""

PARTS = tuple((kind, part) for kind, unit in UNITS.items() for part in unit.parts)
UNDECIDED = ("mail_outbox",)
"""Tables of which rows change without a decision: the lease of a mail."""


def bound_tables() -> list[str]:
    return sorted(set(all_tables().tables) - FREE_TABLES)


def snapshot(engine: Engine) -> dict[Key, Row]:
    """Every row of every table of records."""
    found: dict[Key, Row] = {}
    with engine.connect() as connection:
        for name in bound_tables():
            keys = [column.name for column in all_tables().tables[name].primary_key]
            for row in connection.execute(text(f'SELECT * FROM "{name}"')).mappings():
                found[name, tuple(row[key] for key in keys)] = dict(row)
    return found


def differences(
    before: Mapping[Key, Row], after: Mapping[Key, Row]
) -> dict[Key, tuple[Row | None, Row | None]]:
    """Rows that are not what they were: as they were, and as they are."""
    return {
        key: (before.get(key), after.get(key))
        for key in before.keys() | after.keys()
        if before.get(key) != after.get(key)
    }


def refs_of(table: str, old: Row | None, new: Row | None) -> set[Ref]:
    """The records that such a change of a row is a change of."""
    found: set[Ref] = set()
    for kind, part in PARTS:
        if part.table.name == table:
            was, now = _told(kind, part, old), _told(kind, part, new)
            if was != now:
                found |= {(kind, key) for key, _ in filter(None, (was, now))}
    return found


def _told(kind: str, part: Part, row: Row | None) -> tuple[str, tuple[Any, ...]] | None:
    """The key of the record of that kind that a row is part of, and what of it counts."""
    if row is None or row[part.key] is None:
        return None
    key = str(row[part.key])
    if part.table.name == "contact_points":
        owner, key = _owner(row)
        if owner != kind:
            return None
    names = part.only or [one.name for one in part.table.columns if one.name not in part.without]
    return key, tuple(row[name] for name in names)


def _owner(row: Row) -> tuple[str, str]:
    key = str(row["key"])
    if row["source"] == "application":
        return "id_applications", key
    for prefix, kind in (("cards:", "card_main_contacts"), ("card:", "card_registrations")):
        if key.startswith(prefix):
            return kind, key.removeprefix(prefix)
    return "registrations", key


def last_seq(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.execute(text("SELECT coalesce(max(seq), 0) FROM audit_events")).scalar_one())


def tags_after(engine: Engine, seq: int) -> list[str]:
    with engine.connect() as connection:
        return list(
            connection.execute(
                text("SELECT tag FROM audit_events WHERE seq > :seq ORDER BY seq"), {"seq": seq}
            ).scalars()
        )


def events_after(engine: Engine, seq: int) -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Tag, state before and facts of each event since that one."""
    wanted = text("SELECT tag, before, facts FROM audit_events WHERE seq > :seq ORDER BY seq")
    with engine.connect() as connection:
        found = connection.execute(wanted, {"seq": seq}).all()
    return [(tag, _values(before), _values(facts)) for tag, before, facts in found]


def _values(kept: Any) -> dict[str, Any]:
    """As either database gives a JSON value to SQL of one's own."""
    return dict(json.loads(kept) or {}) if isinstance(kept, str) else dict(kept or {})


def bound_after(engine: Engine, seq: int) -> Iterator[tuple[Ref, str]]:
    """What was bound since that event, with the tag of the event that it was bound to."""
    wanted = text(
        "SELECT r.kind, r.key, e.tag FROM audit_rows AS r JOIN audit_events AS e ON e.seq = r.seq WHERE r.seq > :seq"
    )
    with engine.connect() as connection:
        for kind, key, tag in connection.execute(wanted, {"seq": seq}):
            yield (kind, key), tag
