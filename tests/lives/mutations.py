"""Changes of records past the program, on both databases: each is done, has to be found where it is, and is undone."""

from __future__ import annotations

import random
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from typing import Any

import psycopg
from sqlalchemy import BigInteger, Date, DateTime, Engine, Integer, LargeBinary, UniqueConstraint

from ebidadmin.domain.staff import ALL_ROLES, Staff
from ebidadmin.domain.tree_findings import Fault, Finding
from ebidadmin.persistence.audit_tree import SqlTrailTree
from ebidadmin.persistence.bound_units import UNITS
from ebidadmin.persistence.tables import all_tables
from ebidadmin.services import audit_tree
from ebidadmin.services.ports import Office
from tests.lives.rows import Key, Ref, Row, refs_of, snapshot

AUDITOR = Staff("kansa", ALL_ROLES)
BUSINESS = frozenset({Fault.RECORD_ADDED, Fault.RECORD_CHANGED, Fault.RECORD_MISSING})
UNBOUND = {("mail_outbox", "lease_until"), ("mail_outbox", "version"), ("qualifications", "id")}
"""Columns of records that say nothing of what was decided. A version of a register record is known by its supplier and its batch: only
what is checked again where it is missing (``checked_rows``) refers to the number of its row."""

Run = Callable[[str, tuple[Any, ...]], None]


class NoSuchChangeError(Exception):
    """There is nothing to change so, or the database has a rule against it that even its owner has to keep."""


@contextmanager
def past_the_program(engine: Engine) -> Iterator[Run]:
    """Triggers are taken off, and put back as they were."""
    if engine.dialect.name == "sqlite":
        with closing(sqlite3.connect(str(engine.url.database))) as raw:
            raw.isolation_level = None
            raw.execute("PRAGMA ignore_check_constraints = ON")
            raw.execute("BEGIN IMMEDIATE")
            guards = raw.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
            for name, _ in guards:
                raw.execute(f"DROP TRIGGER {name}")

            def run(statement: str, values: tuple[Any, ...]) -> None:
                if raw.execute(statement, values).rowcount < 1:
                    raise NoSuchChangeError(statement)

            try:
                yield run
            except sqlite3.IntegrityError as error:
                raise NoSuchChangeError(str(error)) from error
            for _, line in guards:
                raw.execute(line)
            raw.commit()
        return
    with engine.begin() as connection:
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        driver = connection.connection.dbapi_connection
        assert driver is not None

        def run_there(statement: str, values: tuple[Any, ...]) -> None:
            if driver.cursor().execute(statement.replace("?", "%s"), values).rowcount < 1:
                raise NoSuchChangeError(statement)

        try:
            yield run_there
        except psycopg.Error as error:
            raise NoSuchChangeError(str(error)) from error


def another(engine: Engine, table: str, column: str) -> str:
    """An expression for another value of a column, of its kind."""
    kind = all_tables().tables[table].c[column].type
    quoted, sqlite = f'"{column}"', engine.dialect.name == "sqlite"
    if isinstance(kind, Integer | BigInteger):
        return f"coalesce({quoted}, 0) + 1"
    if isinstance(kind, LargeBinary):
        return f"coalesce({quoted}, x'') || x'00'" if sqlite else rf"coalesce({quoted}, '') || '\x00'::bytea"
    if not sqlite and isinstance(getattr(kind, "impl_instance", kind), DateTime):
        return f"coalesce({quoted}, now()) + interval '1 hour'"
    if not sqlite and isinstance(kind, Date):
        return f"coalesce({quoted}, current_date) + 1"
    return f"coalesce({quoted}, '') || 'x'"


def key_names(key: Key) -> list[str]:
    """The columns that the row is found by."""
    return [column.name for column in all_tables().tables[key[0]].primary_key]


def _where(engine: Engine, key: Key) -> tuple[str, tuple[Any, ...]]:
    return " AND ".join(f'"{name}" = ?' for name in key_names(key)), key[1]


Change = Callable[[Engine, random.Random, Mapping[Key, Row], Run], Key]


def change_a_value(engine: Engine, pick: random.Random, rows: Mapping[Key, Row], run: Run) -> Key:
    table = pick.choice(sorted({name for name, _ in rows}))
    key = pick.choice(sorted((one for one in rows if one[0] == table), key=repr))
    columns = [one for one in rows[key] if (table, one) not in UNBOUND]
    column = pick.choice(columns)
    where, values = _where(engine, key)
    run(f'UPDATE "{table}" SET "{column}" = {another(engine, table, column)} WHERE {where}', values)
    return key


def delete_a_row(engine: Engine, pick: random.Random, rows: Mapping[Key, Row], run: Run) -> Key:
    table = pick.choice(sorted({name for name, _ in rows}))
    key = pick.choice(sorted((one for one in rows if one[0] == table), key=repr))
    where, values = _where(engine, key)
    run(f'DELETE FROM "{table}" WHERE {where}', values)
    return key


def insert_a_row(engine: Engine, pick: random.Random, rows: Mapping[Key, Row], run: Run) -> Key:
    """One as another, under a key, and with whatever else must not be there twice, of its own."""
    table = pick.choice(sorted({name for name, _ in rows}))
    key = pick.choice(sorted((one for one in rows if one[0] == table), key=repr))
    there = all_tables().tables[table]
    columns = [one.columns for one in there.constraints if isinstance(one, UniqueConstraint)]
    unique = {column.name for some in (*columns, *(one.columns for one in there.indexes)) for column in some}
    own = {column.name for column in there.primary_key} | {one for one in unique if pick.random() < 0.7}
    names = list(rows[key])
    told = [another(engine, table, name) if name in own else f'"{name}"' for name in names]
    where, values = _where(engine, key)
    listed = ", ".join(f'"{name}"' for name in names)
    run(f'INSERT INTO "{table}" ({listed}) SELECT {", ".join(told)} FROM "{table}" WHERE {where}', values)
    return key


def swap_two(engine: Engine, pick: random.Random, rows: Mapping[Key, Row], run: Run) -> Key:
    """Two rows give each other a value."""
    table = pick.choice(sorted({name for name, _ in rows}))
    keys = sorted((one for one in rows if one[0] == table), key=repr)
    if len(keys) < 2:
        raise NoSuchChangeError(table)
    one, other = pick.sample(keys, 2)
    columns = [
        name for name in rows[one] if rows[one][name] != rows[other][name] and (table, name) not in UNBOUND
    ]
    columns = [name for name in columns if not all_tables().tables[table].c[name].primary_key]
    if not columns:
        raise NoSuchChangeError(table)
    column = pick.choice(columns)
    for key, value in ((one, rows[other][column]), (other, rows[one][column])):
        where, values = _where(engine, key)
        run(f'UPDATE "{table}" SET "{column}" = ? WHERE {where}', (value, *values))
    return one


CHANGES: tuple[Change, ...] = (change_a_value, change_a_value, delete_a_row, insert_a_row, swap_two)


def findings(engine: Engine) -> list[Finding]:
    """What a verification says of the records, nothing kept of it."""
    with SqlTrailTree(engine).snapshot() as seen:
        return list(seen.records(after=0))


def run_business_mutations(engine: Engine, office: Office, *, rounds: int, seed: object) -> Counter[str]:
    """How many of each kind were done; every one was found at a record that it changed, with the last event of it."""
    pick, done = random.Random(f"business/{seed}"), Counter[str]()
    rows = snapshot(engine)
    while sum(done.values()) < rounds:
        change = pick.choice(CHANGES)
        try:
            with past_the_program(engine) as run:
                change(engine, pick, rows, run)
        except NoSuchChangeError:
            continue
        now = snapshot(engine)
        _found(engine, rows, now, change.__name__)
        _put_back(engine, rows, now)
        done[change.__name__] += 1
    assert snapshot(engine) == rows
    result = audit_tree.verify(office, staff=AUDITOR, tree=SqlTrailTree(engine), signer=None)
    assert result.findings == (), result.findings
    return done


def _found(engine: Engine, before: Mapping[Key, Row], after: Mapping[Key, Row], how: str) -> None:
    keys = [key for key in before.keys() | after.keys() if before.get(key) != after.get(key)]
    refs = {ref for key in keys for ref in refs_of(key[0], before.get(key), after.get(key))}
    told = findings(engine)
    where = (how, keys, sorted(refs), told)
    assert told, where
    assert all(one.fault in BUSINESS for one in told), where
    known = _last_events(engine, refs)
    for ref in refs & known.keys():
        named = f"{ref[0]}/{ref[1]}"
        assert any(one.what == named and one.seq == known[ref] for one in told), (named, where)


def _last_events(engine: Engine, refs: set[Ref]) -> dict[Ref, int]:
    """The last event that each of those records was bound to, of those that were."""
    with engine.connect() as connection:
        found = connection.exec_driver_sql("SELECT kind, key, max(seq) FROM audit_rows GROUP BY kind, key")
        return {(kind, key): seq for kind, key, seq in found if (kind, key) in refs and kind in UNITS}


def _put_back(engine: Engine, before: Mapping[Key, Row], after: Mapping[Key, Row]) -> None:
    with past_the_program(engine) as run:
        for key in sorted((one for one in after if before.get(one) != after[one]), key=repr):
            where, values = _where(engine, key)
            run(f'DELETE FROM "{key[0]}" WHERE {where}', values)
        for key in sorted((one for one in before if before[one] != after.get(one)), key=repr):
            listed = ", ".join(f'"{name}"' for name in before[key])
            marks = ", ".join("?" for _ in before[key])
            run(f'INSERT INTO "{key[0]}" ({listed}) VALUES ({marks})', tuple(before[key].values()))
