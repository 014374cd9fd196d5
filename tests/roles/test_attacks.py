"""What people could try from a raw connection of their own log-in, and what comes of it: nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from ebidadmin.clock import SystemClock
from ebidadmin.domain.ids import DeskRequestId, ProposalId
from ebidadmin.domain.staff import ALL_ROLES, Role, Staff
from ebidadmin.errors import EbidError, StorageError
from ebidadmin.persistence.engine import make_engine
from ebidadmin.persistence.role_grants import grants
from ebidadmin.persistence.staff_members import SqlStaffBook
from ebidadmin.persistence.staff_roles import EVERYBODY, session_staff
from ebidadmin.persistence.tables import all_tables
from ebidadmin.persistence.unit_of_work import uow_factory
from ebidadmin.services import desk_requests, permit_proposals, staff_members
from tests.fakes import office as made_office
from tests.postgres import PostgresServer
from tests.roles.bench import OTHER, Bench, as_log_in, login
from tests.sql_store import SqlStore

EVERY = list(Role)
EVENT = (
    'INSERT INTO audit_events (at, "by", tag, subject_kind, subject_id, facts, software)'
    " VALUES (now(), {by}, 'application:noted', 'application', 'A1', '{{}}', 'mine')"
)

ANYBODY = {
    "change an event": "UPDATE audit_events SET facts = '{}'",
    "delete an event": "DELETE FROM audit_events",
    "empty the trail": "TRUNCATE audit_events",
    "change a leaf": "UPDATE audit_leaves SET salt = ''",
    "delete a node": "DELETE FROM audit_nodes",
    "claim an erasing": "INSERT INTO audit_erased (by_event, seq, part) VALUES (1, 1, 'values')",
    "write in another's name": EVENT.format(by=f"'{OTHER}'"),
    "write in nobody's name": EVENT.format(by="''"),
    "drop a trigger": "DROP TRIGGER audit_events_no_update ON audit_events",
    "disable triggers": "ALTER TABLE audit_events DISABLE TRIGGER ALL",
    "disable row security": "ALTER TABLE audit_events DISABLE ROW LEVEL SECURITY",
    "replay without triggers": "SET session_replication_role = replica",
    "become the owner": "SET ROLE ebidadmin",
    "become the owner's session": "SET SESSION AUTHORIZATION ebidadmin",
    "raise the own log-in": "ALTER ROLE CURRENT_USER SUPERUSER",
    "make log-ins": "CREATE ROLE mine LOGIN",
    "take a role": "GRANT {reviewers} TO CURRENT_USER",
    "ask for a role": "SELECT ebid_give_roles(session_user::text, ARRAY['reviewer'])",
    "make a table": "CREATE TABLE mine (a int)",
    "make a temporary table": "CREATE TEMPORARY TABLE audit_rows (a int)",
    "make a function": "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "make a schema": "CREATE SCHEMA mine",
    "make a trigger": "CREATE TRIGGER mine BEFORE INSERT ON permits FOR EACH ROW EXECUTE FUNCTION permits_final()",
    "run a program": "COPY (SELECT 1) TO PROGRAM 'true'",
    "write a file of the server": "COPY (SELECT 1) TO '/tmp/mine'",
    "read a file of the server": "SELECT pg_read_file('/etc/passwd')",
    "read the server's hashes": "SELECT rolpassword FROM pg_authid",
    "load a file as a large object": "SELECT lo_import('/etc/passwd')",
    "end another's session": "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'ebidadmin'",
    "move a counter": "UPDATE sequences SET value = value + 7",
    "set a counter back": "UPDATE sequences SET value = 0",
    "change the desk": "UPDATE desk_meta SET value = 'x'",
    "change the revision": "UPDATE alembic_version SET version_num = '0001'",
    "another's place": f"INSERT INTO screen_places (person, screen, place, kept_at) VALUES ('{OTHER}', 'x', '1', now())",
    "delete a supplier": "DELETE FROM qualifications",
    "delete an application": "DELETE FROM id_applications",
    "delete a registration": "DELETE FROM registrations",
    "delete a permit": "DELETE FROM permits",
}
"""From any log-in."""

CLERKS = {
    "approve while an answer is awaited": "UPDATE id_applications SET state = 'approved' WHERE state = 'inquired'",
    "decide in another's name": (
        f"UPDATE id_applications SET state = 'withdrawn', password_hash = NULL, decided_at = now(), decided_by = '{OTHER}'"
        " WHERE state = 'pending'"
    ),
    "grant in another's name": (
        "UPDATE permits SET state = 'granted', valid_from = '2026-04-01', decided_at = now(),"
        f" decided_by = '{OTHER}', document_year = 2030, document_number = 1 WHERE state = 'requested'"
    ),
    "begin with a granted permit": (
        "INSERT INTO permits (id, supplier_number, received, channel, applicant, note, state, version, reason, applicant_folded,"
        " valid_from) VALUES ('PX', '190000092', '2026-04-01', 'counter', '', '', 'granted', 1, '', '', '2026-04-01')"
    ),
    "ask in another's name": (
        "INSERT INTO permit_proposals (id, permit, supplier_number, act, permit_version, permit_digest, reasons, wording,"
        " requested_by, requested_at, expires_at, state, version, reason) SELECT 'X', id, supplier_number, 'grant', 1, '', '[]', '',"
        f" '{OTHER}', now(), now() + interval '1 day', 'requested', 1, '' FROM permits WHERE state = 'requested' LIMIT 1"
    ),
    "confirm as another": (
        "UPDATE permit_proposals SET state = 'confirmed', confirmed_by = 'kacho', confirmed_at = now(),"
        " ended_by = 'kacho', ended_at = now()"
    ),
    "confirm an import as another": "UPDATE import_requests SET state = 'confirmed', confirmed_by = 'kacho', confirmed_at = now()",
    "ask to cancel in another's name": (
        "INSERT INTO desk_requests (id, act, application, supplier_number, registration_version, wording, mails_digest, cases,"
        " requested_by, requested_at, expires_at, state, version, reason) SELECT 'X', 'cancel', application, supplier_number, version,"
        f" 'x', '', '[]', '{OTHER}', now(), now() + interval '1 day', 'requested', 1, '' FROM registrations WHERE state = 'active'"
        " AND application NOT IN (SELECT application FROM desk_requests WHERE application IS NOT NULL) LIMIT 1"
    ),
    "begin with a confirmed request": (
        "INSERT INTO desk_requests (id, act, wording, mails_digest, cases, requested_by, requested_at, expires_at, state, version,"
        f" reason, confirmed_by, confirmed_at) VALUES ('X', 'bulk-approve', '', '', '[1]', '{login(Role.REVIEWER)}', now(),"
        " now() + interval '1 day', 'confirmed', 1, '', 'kacho', now())"
    ),
    "confirm a cancelling as another": "UPDATE desk_requests SET state = 'confirmed', confirmed_by = 'kacho', confirmed_at = now()",
    "ask for another ID": "UPDATE desk_requests SET registration_version = registration_version + 1",
    "ask as another after all": f"UPDATE desk_requests SET requested_by = '{OTHER}' || 'x'",
    "let another file through": "UPDATE import_requests SET file_hash = 'x'",
    "take an approval back": "UPDATE id_applications SET state = 'pending' WHERE state = 'approved'",
    "unsend a mail": "UPDATE mail_outbox SET state = 'waiting', sent_at = NULL WHERE state = 'sent'",
    "begin with a sent mail": (
        'INSERT INTO mail_outbox (message_id, kind, "to", subject, body, about_kind, about_id, written_at, state, attempts, not_before,'
        " sent_at, last_error, version) VALUES ('x', 'x', '[]', '', '', '', '', now(), 'sent', 0, now(), now(), '', 1)"
    ),
    "note in another's name": (
        f"INSERT INTO application_notes (application, text, \"by\", at) SELECT number, 'x', '{OTHER}', now() FROM id_applications LIMIT 1"
    ),
    "give oneself a colleague": "SELECT ebid_give_roles('mine', ARRAY['administrator'])",
    "change the staff": "UPDATE staff_members SET roles = '[\"administrator\"]'",
}
"""From the log-in of a reviewer, who may do most."""


@pytest.fixture(scope="module", params=EVERY, ids=str)
def person(bench: Bench, request: pytest.FixtureRequest) -> Iterator[tuple[Role, Connection]]:
    with bench.raw(login(request.param)) as engine, engine.connect() as connection:
        yield request.param, connection


def attempt(connection: Connection, statement: str) -> int:
    """How many rows it changed or gave; what the database refuses is raised. Nothing of it stays."""
    number = connection.execute(
        text("SELECT oid FROM pg_database WHERE datname = current_database()")
    ).scalar_one()
    try:
        return connection.execute(text(statement.replace("{reviewers}", f"ebid{number}_reviewer"))).rowcount
    finally:
        connection.rollback()


def refused(connection: Connection, statement: str) -> None:
    """The database refuses it: for want of a right, or by a rule that it holds; not because it cannot read it."""
    with pytest.raises((StorageError, IntegrityError)) as caught:
        attempt(connection, statement)
    if isinstance(caught.value, StorageError):
        assert caught.value.code == "database-not-allowed", caught.value.__cause__


@pytest.mark.parametrize("statement", ANYBODY.values(), ids=ANYBODY.keys())
def test_nobody_gets_anywhere(person: tuple[Role, Connection], statement: str) -> None:
    refused(person[1], statement)


@pytest.mark.parametrize("statement", CLERKS.values(), ids=CLERKS.keys())
def test_a_reviewer_gets_nowhere_else(bench: Bench, statement: str) -> None:
    with bench.raw(login(Role.REVIEWER)) as engine, engine.connect() as connection:
        refused(connection, statement)


DECIDE = (
    "UPDATE permits SET state = 'granted', valid_from = '2026-04-01', decided_at = now(), decided_by = session_user,"
    " document_year = 2030, document_number = 1 WHERE id = (SELECT min(id) FROM permits WHERE state = 'requested')"
)


def test_nobody_decides_alone_once_the_database_asks_for_a_second_person(bench: Bench) -> None:
    with bench.raw(login(Role.REVIEWER)) as engine, engine.connect() as connection:
        assert attempt(connection, DECIDE) > 0, "the settings ask for nothing"
        with bench.holding() as desk:
            refused(connection, DECIDE)
            permit_proposals.confirm(desk.office, staff=desk.staff, number=ProposalId(bench.found.proposal))
        assert attempt(connection, DECIDE) > 0


CANCEL = (
    "UPDATE registrations SET state = 'cancelled', version = version + 1"
    " WHERE application = (SELECT application FROM desk_requests WHERE id = '{number}')"
)


def test_nobody_cancels_an_id_alone_once_the_database_asks_for_a_second_person(bench: Bench) -> None:
    number = DeskRequestId(bench.found.desk_request)
    cancel = CANCEL.format(number=number)
    with bench.raw(login(Role.REVIEWER)) as engine, engine.connect() as connection:
        assert attempt(connection, cancel) == 1, "the settings ask for nothing"
        with bench.holding() as desk:
            refused(connection, cancel)
            # Their own confirmation is enough for whoever asked nothing of it, and of that very version alone.
            mine = "UPDATE desk_requests SET state = 'confirmed', version = version + 1, confirmed_by = session_user, confirmed_at = now();"
            assert attempt(connection, mine + cancel) == 1
            refused(connection, f"{mine} UPDATE registrations SET version = version + 1; {cancel}")
            refused(
                connection,
                f"{mine} UPDATE desk_requests SET state = 'declined', ended_by = session_user, ended_at = now(); {cancel}",
            )
            assert attempt(connection, cancel.replace("'cancelled'", "'suspended'")) == 1
            # What is confirmed stays only in the unit that is rolled back here.
            desk_requests.confirm(desk.office, staff=desk.staff, number=number)
        assert attempt(connection, cancel) == 1


VERBS = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")


def test_the_database_grants_what_the_table_of_grants_says(person: tuple[Role, Connection]) -> None:
    role, connection = person
    tables = sorted(all_tables().tables)
    whole = [one for one in grants() if one.group in (role, EVERYBODY) and not one.columns]
    wanted = {(one.table, one.verb) for one in whole if one.table in tables}
    asked = text(
        "SELECT t, v FROM unnest(CAST(:tables AS text[])) AS t, unnest(CAST(:verbs AS text[])) AS v"
        " WHERE has_table_privilege(session_user, 'public.' || t, v)"
    )
    got = {
        (table, verb) for table, verb in connection.execute(asked, {"tables": tables, "verbs": list(VERBS)})
    }
    connection.rollback()
    assert got == wanted


HASHES = ("SELECT password_hash FROM {}.id_applications", "SELECT password_hash FROM {}.registrations")


@pytest.mark.parametrize("role", [Role.APPROVER, Role.IMPORTER, Role.HELP_DESK], ids=str)
@pytest.mark.parametrize("schema", ["public", "office_masked", "office_hashless"])
@pytest.mark.parametrize("statement", HASHES)
def test_hashes_of_passwords_are_read_by_no_role_that_need_not(
    bench: Bench, role: Role, schema: str, statement: str
) -> None:
    with bench.raw(login(role)) as engine, engine.connect() as connection:
        found: set[str | None] = set()
        with suppress(EbidError):
            found = set(connection.scalars(text(statement.format(schema))))
    assert found <= {"(hidden)", None}


def test_the_help_desk_sees_its_own_walks_and_its_own_events_only(bench: Bench) -> None:
    with bench.raw(login(Role.HELP_DESK)) as engine, engine.connect() as connection:
        assert connection.scalar(text('SELECT count(*) FROM audit_events WHERE "by" <> session_user')) == 0
        assert connection.scalar(text("SELECT count(*) FROM card_sessions WHERE person <> session_user")) == 0


def test_another_office_on_the_same_server_gives_nothing_away(
    bench: Bench, postgres_server: PostgresServer
) -> None:
    """Log-ins are the server's; what they may is each office's own."""
    url = postgres_server.create()
    engine = make_engine(url)
    book = SqlStaffBook(engine)
    office = replace(made_office(SqlStore(url, SystemClock())), uow=uow_factory(engine, clock=SystemClock()))
    assert session_staff(engine) is None
    owner = Staff("ebidadmin", ALL_ROLES)
    staff_members.add(office, staff=owner, book=book, login="yoso", roles=[Role.REVIEWER])
    assert session_staff(engine) == Staff("ebidadmin", frozenset({Role.ADMINISTRATOR}))
    for who, where in ((login(Role.ADMINISTRATOR), url), ("yoso", bench.url)):
        outside = make_engine(as_log_in(where, who))
        with pytest.raises(EbidError), outside.connect():
            pytest.fail("came in")
        outside.dispose()
    inside = make_engine(as_log_in(url, "yoso"))
    assert session_staff(inside) == Staff("yoso", frozenset({Role.REVIEWER}))
    staff_members.disable(office, staff=owner, book=book, login="yoso")
    with inside.connect() as connection, pytest.raises(EbidError):
        connection.execute(text("SELECT count(*) FROM permits"))
    inside.dispose()
    with pytest.raises(EbidError), inside.connect():
        pytest.fail("came in again")
    for one in (inside, engine):
        one.dispose()
    postgres_server.drop(url)
