"""On one machine nothing is held: whatever a role must not write can be written into the file. What was written is told by a verification,
or it is one of the tables that docs/security.md says are not compared."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import BigInteger, Column, DateTime, Engine, Integer, LargeBinary

from ebidadmin.bootstrap import AUDIT_KEY, open_desk
from ebidadmin.cli.foundation import create_desk
from ebidadmin.cli.furnish import furnish
from ebidadmin.clock import SystemClock
from ebidadmin.config import CONFIG_NAME
from ebidadmin.credentials.tree_key import load_key, make_key
from ebidadmin.domain.tree_findings import Finding
from ebidadmin.errors import EbidError
from ebidadmin.persistence.audit_tree import SqlTrailTree
from ebidadmin.persistence.engine import make_engine
from ebidadmin.persistence.tables import all_tables
from ebidadmin.persistence.types import UtcDateTime
from ebidadmin.services import audit_tree
from tests.lives.mutations import UNBOUND, NoSuchChangeError, Run, another, key_names, past_the_program
from tests.lives.rows import Key, Row, bound_tables, refs_of, snapshot
from tests.needs import ROOT
from tests.roles.acts import CASES
from tests.roles.bench import with_work
from tests.roles.test_attacks import ANYBODY, CLERKS

TRAIL = ("audit_events", "audit_leaves", "audit_nodes", "audit_heads", "audit_rows", "audit_erased")

NOT_COMPARED = frozenset(
    {
        *("import_runs", "import_stage", "import_recognised", "checked_rows", "name_blocks", "name_pairs"),
        *("queue_views", "screen_places", "desk_meta"),
    }
)

NOBODY_DID = frozenset({"card_expiry_notices", "case_records", "follow_ups", "source_keys", "staff_members"})
"""Tables of which the office has no row, into which one can only be put."""

UNTOLD = {
    "another's place": "screen_places is not compared",
    "change the revision": "the program then no longer opens the database, and says so",
}

CHANGES_NOTHING = frozenset({"change the desk", "change the staff", "take an approval back"})
"""There is no such row on one machine; or a rule of the tables is against it."""


@dataclass(frozen=True)
class Copies:
    """Copies of an office's file."""

    file: Path
    place: Path

    def engine(self) -> Engine:
        copy = self.place / "copy.sqlite"
        for path in self.place.glob("copy.sqlite*"):
            path.unlink()
        shutil.copy(self.file, copy)
        return make_engine(f"sqlite:///{copy}")


@pytest.fixture(scope="module")
def copies(tmp_path_factory: pytest.TempPathFactory) -> Copies:
    """An office in which everybody did something of everything."""
    folder = tmp_path_factory.mktemp("alone") / "desk"
    create_desk(folder, demo=False, progress=lambda _step: None)
    settings = folder / CONFIG_NAME
    plain = settings.read_text(encoding="utf-8").replace("always = false", "always = true")
    settings.write_text(plain, encoding="utf-8")
    furnish(folder)
    with closing(open_desk(folder)) as desk:
        found, key = with_work(desk), make_key(folder / AUDIT_KEY)
        for case in CASES:
            # What one does another cannot do any more.
            with suppress(EbidError):
                case.act(desk, found)
        audit_tree.verify(desk.office, staff=desk.staff, tree=SqlTrailTree(desk.engine), signer=key)
    return Copies(folder / "ebidadmin.sqlite", tmp_path_factory.mktemp("copies"))


def verified(copies: Copies, engine: Engine) -> tuple[Finding, ...]:
    signer = load_key(copies.file.with_name(AUDIT_KEY))
    found = audit_tree.examine(SqlTrailTree(engine), signer, SystemClock().now).findings
    engine.dispose()
    return found


def test_what_is_not_compared_is_written_down(copies: Copies) -> None:
    assert set(bound_tables()) == set(all_tables().tables) - NOT_COMPARED - set(TRAIL)
    told = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    assert [name for name in NOT_COMPARED if f"`{name}`" not in told] == []
    engine = copies.engine()
    assert verified(copies, engine) == ()
    assert set(bound_tables()) - {table for table, _ in snapshot(engine)} == NOBODY_DID


def changed(engine: Engine, number: int) -> Iterator[tuple[Key, Row, str]]:
    """Change a row of each table in one column, in each round another one."""
    rows = snapshot(engine)
    with past_the_program(engine) as run:
        for table in bound_tables():
            # From the last one on: a number after it is free.
            keys = sorted((key for key in rows if key[0] == table), reverse=True)
            columns = [
                one.name for one in all_tables().tables[table].columns if (table, one.name) not in UNBOUND
            ]
            if keys and number < len(columns):
                key = changed_in(engine, run, keys, columns[number])
                yield key, rows[key], columns[number]


def changed_in(engine: Engine, run: Run, keys: Sequence[Key], column: str) -> Key:
    """The first of the rows that takes another value there: some may not have the same twice."""
    for table, values in keys:
        where = " AND ".join(f'"{name}" = ?' for name in key_names((table, values)))
        with suppress(sqlite3.IntegrityError):
            run(f'UPDATE "{table}" SET "{column}" = {another(engine, table, column)} WHERE {where}', values)
            return table, values
    pytest.fail(f"no row takes another {column}")


MOST = max(len(all_tables().tables[table].columns) for table in bound_tables())
AT_ONCE = 8
"""Rounds of an ordinary run: few tables have more columns."""

ROUNDS = [pytest.param(one, marks=[pytest.mark.slow] if one >= AT_ONCE else []) for one in range(MOST)]


@pytest.mark.parametrize("number", ROUNDS)
def test_each_column_of_each_table_that_is_changed_is_told(copies: Copies, number: int) -> None:
    engine = copies.engine()
    wanted = list(changed(engine, number))
    after = snapshot(engine)
    told = {one.what for one in verified(copies, engine)}
    untold = [
        (key, column)
        for key, old, column in wanted
        if told.isdisjoint(f"{kind}/{of}" for kind, of in refs_of(key[0], old, after.get(key)))
        and not any(what.startswith(f"{key[0]}/") for what in told)
    ]
    assert untold == []


def test_rows_that_are_taken_out_are_told(copies: Copies) -> None:
    engine = copies.engine()
    rows = snapshot(engine)
    with past_the_program(engine) as run:
        for table in set(bound_tables()) - NOBODY_DID:
            run(f'DELETE FROM "{table}" WHERE rowid = (SELECT max(rowid) FROM "{table}")', ())
    after = snapshot(engine)
    gone = {key: row for key, row in rows.items() if key not in after}
    assert {table for table, _ in gone} == set(bound_tables()) - NOBODY_DID
    told = {one.what for one in verified(copies, engine)}
    assert [key for key, row in gone.items() if not is_told(key[0], row, told)] == []


def test_rows_that_are_put_in_are_told(copies: Copies) -> None:
    engine = copies.engine()
    with past_the_program(engine) as run:
        for table in bound_tables():
            put_in(run, table)
    told = {one.what for one in verified(copies, engine)}
    rows = {
        table: {one.name: made_up(one) for one in all_tables().tables[table].columns}
        for table in bound_tables()
    }
    assert [table for table, row in rows.items() if not is_told(table, row, told)] == []


def is_told(table: str, row: Row, told: set[str]) -> bool:
    named = {f"{kind}/{of}" for kind, of in refs_of(table, row, None)}
    return not told.isdisjoint(named) or any(what.startswith(f"{table}/") for what in told)


@pytest.mark.parametrize("table", sorted(set(TRAIL) - {"audit_erased"}))
def test_a_row_that_is_taken_out_of_the_trail_is_told(copies: Copies, table: str) -> None:
    engine = copies.engine()
    with past_the_program(engine) as run:
        run(f'DELETE FROM "{table}" WHERE rowid = (SELECT max(rowid) FROM "{table}")', ())
    assert verified(copies, engine)


@pytest.mark.parametrize("table", TRAIL)
def test_a_row_that_is_put_into_the_trail_is_told(copies: Copies, table: str) -> None:
    engine = copies.engine()
    with past_the_program(engine) as run:
        put_in(run, table)
    assert verified(copies, engine)


def put_in(run: Run, table: str) -> None:
    columns = {one.name: made_up(one) for one in all_tables().tables[table].columns}
    listed, marks = ", ".join(f'"{name}"' for name in columns), ", ".join("?" for _ in columns)
    run(f'INSERT INTO "{table}" ({listed}) VALUES ({marks})', tuple(columns.values()))


def made_up(column: Column[Any]) -> object:
    """Something of the column's kind that stands in no row."""
    if isinstance(column.type, Integer | BigInteger):
        return 999_999
    if isinstance(column.type, LargeBinary):
        return b"x"
    return "2026-04-01 00:00:00.000000" if isinstance(column.type, DateTime | UtcDateTime) else "x"


def test_what_is_not_compared_is_not_told(copies: Copies) -> None:
    """Should it come to be, the security page is to say so."""
    engine = copies.engine()
    with past_the_program(engine) as run:
        for table in NOT_COMPARED:
            put_in(run, table)
    assert verified(copies, engine) == ()


WRITES = {
    name: statement
    for name, statement in {**ANYBODY, **CLERKS}.items()
    if statement.split()[0] in ("INSERT", "UPDATE", "DELETE", "TRUNCATE")
}
"""Attacks that a single file could suffer; what is left out is about log-ins, rights and the server."""


def spoken(statement: str) -> str:
    """As SQLite says it."""
    later = statement.replace("now() + interval '1 day'", "'2099-01-01 00:00:00.000000'")
    return later.replace("now()", "'2026-04-01 00:00:00.000000'").replace("TRUNCATE", "DELETE FROM")


@pytest.mark.parametrize("name", WRITES)
def test_whatever_the_database_of_staff_refuses_is_told(copies: Copies, name: str) -> None:
    engine = copies.engine()
    if name in CHANGES_NOTHING:
        with pytest.raises(NoSuchChangeError), past_the_program(engine) as run:
            run(spoken(WRITES[name]), ())
        engine.dispose()
        return
    with past_the_program(engine) as run:
        run(spoken(WRITES[name]), ())
    assert bool(verified(copies, engine)) is (name not in UNTOLD)
