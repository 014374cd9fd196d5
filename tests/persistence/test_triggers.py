"""What the database itself refuses, whoever asks and however: raw statements on a migrated SQLite file."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ebidadmin.persistence.migrate import upgrade

AUDIT = (
    "INTO audit_events (seq, at, by, tag, subject_kind, subject_id, facts, software) "
    "VALUES (1, '2026-10-07 03:00:00.000000', ?, 'application:noted', 'application', 'A1', '{}', 'test')"
)


@pytest.fixture
def raw(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    path = tmp_path / "office.sqlite"
    upgrade(f"sqlite:///{path}")
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(f"INSERT {AUDIT}", ("tanaka",))
        yield connection


def insert(raw: sqlite3.Connection, table: str, state: str) -> None:
    """A row with something in every column that wants something."""
    columns = raw.execute(f"PRAGMA table_info({table})").fetchall()
    needed = {name: kind for _, name, kind, notnull, default, _ in columns if notnull and default is None}
    values = {name: 1 if "INT" in kind.upper() else "x" for name, kind in needed.items()}
    raw.execute("PRAGMA ignore_check_constraints = ON")
    raw.execute("PRAGMA foreign_keys = OFF")
    values["state"] = state
    marks = ", ".join("?" for _ in values)
    quoted = ", ".join(f'"{name}"' for name in values)
    raw.execute(f"INSERT INTO {table} ({quoted}) VALUES ({marks})", tuple(values.values()))


@pytest.mark.parametrize(
    "statement",
    [
        f"INSERT OR REPLACE {AUDIT}",
        f"REPLACE {AUDIT}",
        "UPDATE audit_events SET by = ?",
        "DELETE FROM audit_events WHERE by <> ?",
    ],
)
def test_the_trail_cannot_be_rewritten(raw: sqlite3.Connection, statement: str) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        raw.execute(statement, ("forged",))
    assert raw.execute("SELECT by FROM audit_events").fetchall() == [("tanaka",)]


@pytest.mark.parametrize(
    ("table", "old", "new"),
    [
        ("id_applications", "rejected", "approved"),
        ("id_applications", "approved", "pending"),
        ("id_applications", "withdrawn", "pending"),
        ("permits", "refused", "granted"),
        ("permits", "withdrawn", "granted"),
        ("permits", "withdrawn", "voided"),
        ("permits", "voided", "granted"),
        ("permits", "voided", "requested"),
        ("registrations", "cancelled", "active"),
        ("mail_outbox", "sent", "waiting"),
        ("card_registrations", "cancelled", "active"),
        ("card_registrations", "replaced", "active"),
        ("card_registrations", "suspended", "replaced"),
        ("card_sessions", "done", "open"),
        ("card_sessions", "abandoned", "done"),
        ("follow_ups", "done", "open"),
        ("follow_ups", "settled", "done"),
        ("import_requests", "requested", "applied"),
        ("import_requests", "declined", "confirmed"),
        ("import_requests", "expired", "requested"),
        ("permit_proposals", "declined", "confirmed"),
        ("permit_proposals", "confirmed", "requested"),
        ("desk_requests", "requested", "applied"),
        ("desk_requests", "declined", "confirmed"),
    ],
)
def test_a_state_that_the_life_cycle_forbids_is_refused(
    raw: sqlite3.Connection, table: str, old: str, new: str
) -> None:
    insert(raw, table, old)
    with pytest.raises(sqlite3.IntegrityError, match=table):
        raw.execute(f"UPDATE {table} SET state = ?", (new,))
    assert raw.execute(f"SELECT state FROM {table}").fetchall() == [(old,)]


@pytest.mark.parametrize(
    ("table", "state", "column"),
    [
        ("id_applications", "approved", "supplier_number"),
        ("id_applications", "rejected", "trade_name"),
        ("permits", "withdrawn", "supplier_number"),
        ("permits", "voided", "void_reason"),
        ("mail_outbox", "sent", "body"),
        ("import_requests", "applied", "confirmed_by"),
        ("permit_proposals", "confirmed", "confirmed_by"),
        ("desk_requests", "applied", "confirmed_by"),
    ],
)
def test_what_is_final_keeps_its_values(raw: sqlite3.Connection, table: str, state: str, column: str) -> None:
    insert(raw, table, state)
    with pytest.raises(sqlite3.IntegrityError, match="final"):
        raw.execute(f"UPDATE {table} SET {column} = 'forged'")


@pytest.mark.parametrize(
    ("table", "old", "new"),
    [
        ("id_applications", "pending", "approved"),
        ("permits", "granted", "withdrawn"),
        ("permits", "granted", "voided"),
        ("permits", "refused", "voided"),
        ("permits", "requested", "voided"),
        ("registrations", "locked", "active"),
        ("mail_outbox", "gave-up", "waiting"),
        ("import_requests", "confirmed", "applied"),
        ("permit_proposals", "requested", "confirmed"),
        ("desk_requests", "confirmed", "applied"),
    ],
)
def test_legal_steps_are_let_through(raw: sqlite3.Connection, table: str, old: str, new: str) -> None:
    insert(raw, table, old)
    raw.execute(f"UPDATE {table} SET state = ?", (new,))
    assert raw.execute(f"SELECT state FROM {table}").fetchall() == [(new,)]


@pytest.mark.parametrize("column", ["act", "permit_digest", "valid_to", "requested_by", "expires_at"])
def test_what_a_second_person_is_asked_stays_what_it_was(raw: sqlite3.Connection, column: str) -> None:
    insert(raw, "permit_proposals", "requested")
    with pytest.raises(sqlite3.IntegrityError, match="keeps that value"):
        raw.execute(f"UPDATE permit_proposals SET {column} = 'forged'")


@pytest.mark.parametrize("state", ["requested", "confirmed"])
@pytest.mark.parametrize("column", ["application", "registration_version", "cases", "requested_by"])
def test_what_is_asked_at_the_desk_stays_what_it_was(
    raw: sqlite3.Connection, state: str, column: str
) -> None:
    insert(raw, "desk_requests", state)
    with pytest.raises(sqlite3.IntegrityError, match="keeps that value"):
        raw.execute(f"UPDATE desk_requests SET {column} = 'forged'")


def test_who_confirmed_it_stays_who_did(raw: sqlite3.Connection) -> None:
    insert(raw, "desk_requests", "confirmed")
    with pytest.raises(sqlite3.IntegrityError, match="keeps that value"):
        raw.execute("UPDATE desk_requests SET state = 'applied', confirmed_by = 'forged'")
