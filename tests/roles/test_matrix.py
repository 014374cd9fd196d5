"""Every role and everything that people do: through the services as the table of roles says, and around their question for a role, from
that person's own log-in, as any kernel can."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from ebidadmin.bootstrap import Desk
from ebidadmin.domain.staff import GRANTS, Permission, Role
from ebidadmin.errors import NotPermittedError, StorageError
from tests.roles.acts import CASES, Case
from tests.roles.bench import PERSONAL, Bench, login, pretending

NAMED = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)

READS_ALL = GRANTS[Permission.READ_PERSONAL] | {Role.ADMINISTRATOR}
"""Log-ins that can read everything: of the administrator, who verifies and backs up, docs/security.md says so."""


@pytest.fixture(scope="module", params=list(Role), ids=str)
def desk(bench: Bench, request: pytest.FixtureRequest) -> Iterator[Desk]:
    with bench.desk(login(request.param)) as opened:
        yield opened


@pytest.fixture(scope="module")
def personal(bench: Bench) -> frozenset[str]:
    """Values that only who may read personal data sees."""
    columns = {
        "id_applications": ("user_id", "applicant_contact::json->>'email'"),
        "registrations": ("user_id", "main_contact::json->>'person'", "password_hash"),
    }
    found = {PERSONAL}
    with bench.raw("ebidadmin") as engine, engine.connect() as connection:
        for table, names in columns.items():
            for name in names:
                found |= set(connection.scalars(text(f"SELECT {name} FROM {table}")))
    return frozenset(value for value in found if len(value) > 4)


def may(desk: Desk, case: Case) -> bool:
    return not GRANTS[case.permission].isdisjoint(desk.staff.roles)


@NAMED
def test_the_services_let_do_what_the_role_says_and_its_log_in_is_enough(
    desk: Desk, bench: Bench, case: Case
) -> None:
    if may(desk, case):
        case.act(desk, bench.found)
    else:
        with pytest.raises(NotPermittedError):
            case.act(desk, bench.found)


@NAMED
def test_around_the_services_the_database_refuses_what_the_role_does_not_say(
    desk: Desk, bench: Bench, case: Case, personal: frozenset[str]
) -> None:
    if may(desk, case):
        return
    code, seen = "", ""
    try:
        seen = repr(case.act(pretending(desk), bench.found))
    except StorageError as error:
        code = error.code
    if not case.only_reads:
        assert code == "database-not-allowed"
    elif READS_ALL.isdisjoint(desk.staff.roles):
        assert code in ("", "database-not-allowed")
        assert not [value for value in personal if value in seen]
