"""From the help desk's own log-in the database shows one supplier plain, as long as its own event says that it was opened."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from ebidadmin.domain.ids import SupplierNumber
from ebidadmin.domain.staff import Role
from ebidadmin.errors import RuleError
from ebidadmin.services import supplier_opening
from tests.roles.bench import HELPER, Bench, login
from tests.roles.test_relations import connected

MASK = "*****"
SEEN = "SELECT supplier_number, user_id, main_contact::json->>'person', password_hash FROM office_masked.registrations"
TOLD = (
    'INSERT INTO audit_events (at, "by", tag, subject_kind, subject_id, supplier_number, facts, software)'
    " VALUES ({at}, session_user, 'supplier:opened', 'desk', 'suppliers', %s, '{{}}', 'mine')"
)


@pytest.fixture
def helper(bench: Bench) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    with (
        connected(bench.address(HELPER)) as connection,
        connection.transaction(force_rollback=True),
    ):
        yield connection


def plain(connection: psycopg.Connection[tuple[object, ...]]) -> set[object]:
    """The suppliers of which something is seen; a hash never is."""
    rows = connection.execute(SEEN.encode()).fetchall()
    assert len(rows) > 1
    assert {row[3] for row in rows} <= {"(hidden)", None}
    assert all((row[1] == MASK) is (row[2] == MASK) for row in rows)
    return {row[0] for row in rows if row[1] != MASK}


@pytest.mark.parametrize(
    ("at", "opens"),
    [
        ("now()", True),
        ("now() - interval '14 minutes'", True),
        ("now() - interval '15 minutes'", False),
        ("now() + interval '50 seconds'", True),
        ("now() + interval '2 minutes'", False),
    ],
)
def test_a_supplier_is_seen_for_a_while(
    bench: Bench, helper: psycopg.Connection[tuple[object, ...]], at: str, *, opens: bool
) -> None:
    # Something else of this office may have been opened by another test.
    before = plain(helper) - {bench.found.supplier}
    other = next(row[0] for row in helper.execute(SEEN.encode()).fetchall() if row[0] != bench.found.supplier)
    helper.execute(TOLD.format(at=at).encode(), (other,))
    assert plain(helper) - {bench.found.supplier} == before | ({other} if opens else set())


@pytest.mark.parametrize("role", [Role.IMPORTER])
def test_an_event_of_another_role_opens_nothing(bench: Bench, role: Role) -> None:
    with connected(bench.address(login(role))) as connection, connection.transaction(force_rollback=True):
        connection.execute(TOLD.format(at="now()").encode(), (bench.found.supplier,))
        assert plain(connection) == set()


def test_through_the_service_it_is_the_one_that_was_named(bench: Bench) -> None:
    with bench.desk(HELPER) as desk:
        office, number, name = bench.found.keeping(desk), bench.found.supplier, bench.found.trade_name
        with pytest.raises(RuleError, match="supplier-not-opened"):
            supplier_opening.open_supplier(office, staff=desk.staff, number=number, name="(株)別の商会")
        opened = supplier_opening.open_supplier(office, staff=desk.staff, number=number, name=name)
        (registration,) = opened.identified
        assert registration.user_id == bench.found.user_id
        assert all(one.form.user_id != MASK for one in opened.applications)
        assert opened.applications
        with pytest.raises(RuleError, match="supplier-closed"):
            supplier_opening.look(office, staff=desk.staff, supplier=SupplierNumber("190000092"))
    with connected(bench.address(HELPER)) as connection:
        assert plain(connection) == {number}
