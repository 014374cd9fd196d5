"""Rows that are deleted only by an erasing: the trail must say already, with an erasing event, that nothing of their record is left."""

from __future__ import annotations

from collections.abc import Iterator

KEYS = {
    "application_notes": "application",
    "card_expiry_notices": "card",
    "case_records": "session",
    "id_case_records": "id",
    "permit_dispatches": "id",
    "permits": "id",
}
"""Tables of which rows stay, with the column that holds the record's key; the kind of the record is the table's name."""

_WHEN = {"permits": "OLD.document_number IS NOT NULL"}
"""Of which rows that is so, where it is not of all."""

_MESSAGES = {"permits": "permits keeps that row"}

_LET_GO = (
    "EXISTS (SELECT 1 FROM audit_rows AS gone JOIN audit_events AS told ON told.seq = gone.seq"
    ' WHERE gone.kind = \'{table}\' AND gone."key" = OLD."{key}" AND gone.digest IS NULL'
    " AND told.tag = 'audit:erased' AND NOT EXISTS (SELECT 1 FROM audit_rows AS later"
    ' WHERE later.kind = gone.kind AND later."key" = gone."key" AND later.seq > gone.seq))'
)


def deleted_by_erasing_only(dialect: str, table: str) -> Iterator[str]:
    """Statements that refuse to delete rows of ``table`` but those that an erasing lets go, and to empty it at one stroke."""
    let_go = _LET_GO.format(table=table, key=KEYS[table])
    when, message = _WHEN.get(table, ""), _MESSAGES.get(table, f"{table} is append-only")
    trigger = f"{table}_no_delete"
    if dialect == "sqlite":
        condition = f"{when} AND NOT {let_go}" if when else f"NOT {let_go}"
        yield (
            f"CREATE TRIGGER {trigger} BEFORE DELETE ON {table} FOR EACH ROW WHEN {condition} "
            f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
        )
        return
    # A condition of a trigger takes no other rows into account on PostgreSQL, and there is no old row where a table is emptied.
    yield (
        f"CREATE FUNCTION {trigger}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF TG_OP = 'DELETE' THEN IF {let_go} THEN RETURN OLD; END IF; END IF; "
        f"RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', MESSAGE = '{message}'; END $$"
    )
    condition = f"WHEN ({when}) " if when else ""
    yield (
        f"CREATE TRIGGER {trigger} BEFORE DELETE ON {table} FOR EACH ROW {condition}EXECUTE FUNCTION {trigger}()"
    )
    yield (
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT "
        f"EXECUTE FUNCTION {trigger}()"
    )
