"""The one change that rows of the trail take: that what an erasing event names is emptied, and nothing else of them changed."""

from __future__ import annotations

from collections.abc import Iterator

from ebidadmin.persistence.migrations.triggers import append_only

_NAMED = (
    "EXISTS (SELECT 1 FROM audit_erased AS named JOIN audit_events AS told ON told.seq = named.by_event"
    " WHERE named.seq = OLD.seq AND named.part = '{part}' AND told.tag = 'audit:erased')"
)
_SAME = {
    "audit_events": (
        *("seq", "at", "by", "tag", "subject_kind", "subject_id"),
        *("supplier_number", "software"),
    ),
    "audit_leaves": ("position", "seq", "payload", "leaf"),
    "audit_rows": ("kind", "key", "seq", "digest"),
}
_EMPTIED = {
    "audit_events": (
        "NEW.\"before\" IS NULL AND NEW.\"after\" IS NULL AND NEW.facts = '{}' AND OLD.tag <> 'audit:erased'",
        "values",
    ),
    "audit_leaves": (
        (
            "length(NEW.salt) = 0 AND NOT EXISTS"
            " (SELECT 1 FROM audit_events AS own WHERE own.seq = OLD.seq AND own.tag = 'audit:erased')"
        ),
        "values",
    ),
    # What a record is now must stay comparable with it.
    "audit_rows": (
        (
            "length(NEW.salt) = 0 AND (OLD.digest IS NULL OR EXISTS (SELECT 1 FROM audit_rows AS later"
            ' WHERE later.kind = OLD.kind AND later."key" = OLD."key" AND later.seq > OLD.seq))'
        ),
        "records",
    ),
}

ERASABLE = tuple(_SAME)
"""Tables of the trail of which rows can be emptied."""


def trail_guards(dialect: str, table: str) -> Iterator[str]:
    """Statements after which rows of a table of the trail can only be added, and, where personal data may stand, emptied."""
    plain = append_only(dialect, table)
    if table not in ERASABLE:
        yield from plain
        return
    update = f"{table}_no_update"
    yield from erasing_only(dialect, table)
    yield from (line for line in plain if update not in line)


def erasing_only(dialect: str, table: str) -> Iterator[str]:
    """Statements that refuse every change of rows of ``table`` but that they are emptied."""
    equal = "IS" if dialect == "sqlite" else "IS NOT DISTINCT FROM"
    emptied, part = _EMPTIED[table]
    same = " AND ".join(f'NEW."{one}" {equal} OLD."{one}"' for one in _SAME[table])
    allowed = f"{same} AND {emptied} AND {_NAMED.format(part=part)}"
    trigger, message = f"{table}_no_update", f"{table} is append-only"
    if dialect == "sqlite":
        yield (
            f"CREATE TRIGGER {trigger} BEFORE UPDATE ON {table} FOR EACH ROW WHEN COALESCE({allowed}, 0) = 0 "
            f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
        )
        return
    # A condition of a trigger takes no other rows into account on PostgreSQL: the function asks.
    yield (
        f"CREATE FUNCTION {trigger}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF COALESCE({allowed}, FALSE) THEN RETURN NEW; END IF; "
        f"RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = '{message}'; END $$"
    )
    yield f"CREATE TRIGGER {trigger} BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION {trigger}()"
