"""What each role's log-in can read and write, relation by relation and column by column, asked of the server and tried: exactly what the
table of roles says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

import psycopg
import pytest
from sqlalchemy import make_url

from ebidadmin.domain.staff import Role
from tests.roles.bench import Bench, login
from tests.roles.commands import LETTERS
from tests.roles.relations import FUNCTIONS, HASHES, OWN, PERSONAL, PUBLIC, VIEWS, Rights

LETTER = {role: letter for letter, role in LETTERS.items()}

OFFICE = (
    "n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND n.nspname NOT LIKE 'pg\\_temp%'"
)

COLUMNS = (
    "SELECT n.nspname, c.relname, a.attname FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid"
    " JOIN pg_namespace AS n ON n.oid = c.relnamespace"
    f" WHERE {OFFICE} AND c.relkind IN ('r', 'v', 'm', 'p', 'f') AND a.attnum > 0 AND NOT a.attisdropped"
)


@dataclass(frozen=True)
class Person:
    """A raw connection of one role's log-in."""

    role: Role
    connection: psycopg.Connection[Any]

    @property
    def letter(self) -> str:
        return LETTER[self.role]

    def asks(self, statement: str) -> list[tuple[Any, ...]]:
        with self.connection.transaction(force_rollback=True):
            return self.connection.execute(statement.encode()).fetchall()

    def may(self, statement: str) -> bool:
        """Whether the server lets it be done; nothing of it stays."""
        try:
            with self.connection.transaction(force_rollback=True):
                self.connection.execute(statement.encode())
        except (psycopg.errors.InsufficientPrivilege, psycopg.errors.FeatureNotSupported):
            # The latter is said of columns of views that are no columns of tables, before any right is asked for.
            return False
        return True


def connected(url: str) -> psycopg.Connection[Any]:
    parsed = make_url(url)
    return psycopg.connect(
        host=str(parsed.query["host"]), user=parsed.username, dbname=parsed.database, autocommit=True
    )


@pytest.fixture(scope="module")
def owner(bench: Bench) -> Iterator[psycopg.Connection[Any]]:
    with connected(bench.address("ebidadmin")) as connection:
        connection.execute("ANALYZE")
        yield connection


@pytest.fixture(scope="module", params=list(Role), ids=str)
def person(bench: Bench, owner: psycopg.Connection[Any], request: pytest.FixtureRequest) -> Iterator[Person]:
    with connected(bench.address(login(request.param))) as connection:
        yield Person(request.param, connection)


@pytest.fixture(scope="module")
def columns(owner: psycopg.Connection[Any]) -> list[tuple[str, str, str]]:
    return [(str(a), str(b), str(c)) for a, b, c in owner.execute(COLUMNS.encode())]


def reads(letter: str, schema: str, relation: str, column: str) -> bool:
    if schema == "public":
        rights = PUBLIC[relation]
        return letter in rights.read or column in rights.columns
    return letter in VIEWS[schema, relation]


def test_every_relation_is_in_the_table(columns: list[tuple[str, str, str]]) -> None:
    told = {("public", name) for name in PUBLIC} | set(VIEWS)
    assert {(schema, relation) for schema, relation, _ in columns} == told


def test_each_column_is_read_by_whom_the_table_says(
    person: Person, columns: list[tuple[str, str, str]]
) -> None:
    wrong = [
        (schema, relation, column)
        for schema, relation, column in columns
        if person.may(f'SELECT "{column}" FROM "{schema}"."{relation}" LIMIT 1')
        is not reads(person.letter, schema, relation, column)
    ]
    assert wrong == []


def test_each_table_is_written_by_whom_the_table_says(
    person: Person, columns: list[tuple[str, str, str]]
) -> None:
    wrong = [
        (verb, schema, relation, column)
        for schema, relation, column in columns
        for verb, statement, roles in tries(schema, relation, column)
        if person.may(statement) is not (person.letter in roles)
    ]
    assert wrong == []


def tries(schema: str, relation: str, column: str) -> Iterator[tuple[str, str, str]]:
    """Statements that write no row, which the server refuses for want of a right all the same, and who has it."""
    where, rights = f'"{schema}"."{relation}"', PUBLIC[relation] if schema == "public" else Rights("")
    yield "add", f'INSERT INTO {where} ("{column}") SELECT NULL WHERE false', rights.add
    yield "change", f'UPDATE {where} SET "{column}" = NULL WHERE false', rights.change
    yield "remove", f"DELETE FROM {where} WHERE false", rights.remove
    if schema == "public":
        yield "empty", f"TRUNCATE {where} CASCADE", ""


@pytest.mark.parametrize("view", VIEWS, ids=".".join)
def test_views_show_nothing_that_is_hidden_and_everything_else(
    person: Person, owner: psycopg.Connection[Any], columns: list[tuple[str, str, str]], view: tuple[str, str]
) -> None:
    schema, relation = view
    if person.letter not in VIEWS[view]:
        return
    names = [column for where, name, column in columns if (where, name) == view]
    compared = relation.startswith("card_") and person.role is Role.IMPORTER
    hidden = {*HASHES.get(relation, ())}
    if schema == "office_masked" and not compared:
        hidden |= {*PERSONAL.get(relation, ())}
    seen_any = False
    for column in names:
        plain = {one for (one,) in owner.execute(f'SELECT "{column}"::text FROM "{relation}"'.encode())}
        seen = {one for (one,) in person.asks(f'SELECT "{column}"::text FROM {schema}."{relation}"')}
        if column in hidden:
            assert not (seen & plain) - {None, "", "[]", "\\x"}, column
            seen_any = seen_any or bool(plain - {None, ""})
        else:
            assert seen == plain, column
    assert seen_any or not hidden, "there is nothing to hide: nothing is tried"


def test_statistics_of_the_server_tell_nothing_of_what_is_not_read(
    person: Person, owner: psycopg.Connection[Any]
) -> None:
    kept = {tuple(one) for one in owner.execute("SELECT schemaname, tablename, attname FROM pg_stats")}
    assert ("public", "registrations", "password_hash") in kept, "nothing was counted"
    told = person.asks(
        "SELECT schemaname, tablename, attname FROM pg_stats WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
    )
    assert [one for one in told if one[1] not in PUBLIC or not reads(person.letter, *one)] == []
    assert person.asks("SELECT * FROM pg_stats_ext") == []
    assert not person.may("SELECT stavalues1 FROM pg_statistic")
    # What others ask at this moment holds their values.
    others = "SELECT query FROM pg_stat_activity WHERE usename IS DISTINCT FROM session_user"
    assert {one for (one,) in person.asks(others)} <= {"<insufficient privilege>", "", None}


@pytest.mark.parametrize("table", OWN)
def test_rows_of_others_are_not_seen(person: Person, owner: psycopg.Connection[Any], table: str) -> None:
    column, whose = OWN[table]
    if person.letter not in PUBLIC[table].read:
        return
    asked = f'SELECT count(*) FROM "{table}" WHERE "{column}" <> session_user'
    others = owner.execute(asked.encode()).fetchall()
    assert others[0][0] > 0, "there is nothing to hide"
    assert (person.asks(asked)[0][0] == 0) is (person.letter in whose)


def test_functions_of_the_office_are_called_by_whom_the_table_says(
    person: Person, owner: psycopg.Connection[Any]
) -> None:
    found = owner.execute(
        "SELECT p.oid, p.proname, p.prosecdef, p.proconfig, p.prorettype = 'trigger'::regtype FROM pg_proc AS p"
        f" JOIN pg_namespace AS n ON n.oid = p.pronamespace WHERE {OFFICE}".encode()
    ).fetchall()
    called = set()
    for oid, name, definer, config, trigger in found:
        # A function that does more than who calls it looks up names where nobody can put others before them.
        assert not definer or config == ["search_path=pg_catalog, pg_temp"], name
        if person.asks(f"SELECT has_function_privilege(session_user, {oid}, 'EXECUTE')") == [(True,)]:
            assert not trigger, name
            called.add(name)
    assert called == {name for name, roles in FUNCTIONS.items() if person.letter in roles}


def test_nobody_makes_anything_in_any_schema(person: Person) -> None:
    schemas = person.asks("SELECT nspname FROM pg_namespace")
    assert [
        one
        for (one,) in schemas
        if person.asks(f"SELECT has_schema_privilege('{one}', 'CREATE')") == [(True,)]
    ] == []
    rights = product(("current_database()",), ("CREATE", "TEMPORARY"))
    assert [
        one for name, one in rights if person.asks(f"SELECT has_database_privilege({name}, '{one}')")[0][0]
    ] == []
