"""Who may what: the table of the back office, right by right."""

from __future__ import annotations

import pytest

from ebidadmin.domain.staff import ALL_ROLES, GRANTS, Permission, Role, Staff
from ebidadmin.errors import NotPermittedError

R, A, I, H, U, M = (  # noqa: E741 -- one letter a column keeps the table a table
    Role.REVIEWER,
    Role.APPROVER,
    Role.IMPORTER,
    Role.HELP_DESK,
    Role.AUDITOR,
    Role.ADMINISTRATOR,
)

TABLE: dict[Permission, set[Role]] = {
    Permission.REVIEW: {R},
    Permission.REGISTER: {R},
    Permission.RECORD_PERMIT: {R},
    Permission.INTAKE: {R},
    Permission.IMPORT_REGISTER: {I},
    Permission.CONFIRM_IMPORT: {I, A},
    Permission.READ_REQUESTS: {I, A, U},
    Permission.CONFIRM_PERMIT: {R, A},
    Permission.CONFIRM_DESK: {R, A},
    Permission.SEND_MAIL: {R, M},
    Permission.READ_PERSONAL: {R, A, U},
    Permission.OPEN_SUPPLIER: {H},
    Permission.READ_AUDIT: {R, A, U, M},
    Permission.VERIFY_AUDIT: {R, U, M},
    Permission.REHEARSE: {R, H},
    Permission.SET_UP: {M},
    Permission.RUN_REPORTS: {R, M},
    Permission.ERASE: {M},
    Permission.READ_ERASABLE: {M, U},
    Permission.KEEP_COPIES: {M},
}


def test_every_permission_is_in_the_table() -> None:
    assert set(TABLE) == set(Permission) == set(GRANTS)


@pytest.mark.parametrize("permission", list(Permission))
@pytest.mark.parametrize("role", list(Role))
def test_a_role_grants_what_the_table_says(role: Role, permission: Permission) -> None:
    staff = Staff("someone", frozenset({role}))
    assert staff.may(permission) == (role in TABLE[permission])
    if staff.may(permission):
        staff.require(permission)
    else:
        with pytest.raises(NotPermittedError) as refused:
            staff.require(permission)
        assert dict(refused.value.facts) == {"staff": "someone", "permission": permission.value}


def test_the_auditor_changes_nothing() -> None:
    auditor = Staff("sato", frozenset({Role.AUDITOR}))
    assert {permission for permission in Permission if auditor.may(permission)} == {
        Permission.READ_PERSONAL,
        Permission.READ_AUDIT,
        Permission.READ_REQUESTS,
        Permission.READ_ERASABLE,
        Permission.VERIFY_AUDIT,
    }


def test_nobody_may_nothing_and_one_person_may_all() -> None:
    assert not any(Staff("x", frozenset()).may(permission) for permission in Permission)
    assert all(Staff("x", ALL_ROLES).may(permission) for permission in Permission)
