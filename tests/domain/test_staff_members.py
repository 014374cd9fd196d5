"""How log-ins come to have roles: given by another, never by oneself, never none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ebidadmin.domain import staff_members
from ebidadmin.domain.events import EventTag, SubjectKind
from ebidadmin.domain.staff import Role
from ebidadmin.domain.staff_members import StaffMember, StaffState
from ebidadmin.errors import EbidError, IllegalTransitionError, InputError, RuleError
from tests.builders import NOON

ROLES = st.frozensets(st.sampled_from(list(Role)))


def member(*roles: Role, login: str = "sato") -> StaffMember:
    made = staff_members.add(
        login=login, name=" 佐藤 ", roles=roles or (Role.REVIEWER,), known=None, by="shocho", at=NOON
    )
    return made.after


def test_a_new_member_has_what_was_given_and_the_trail_says_so() -> None:
    made = staff_members.add(
        login="sato", name=" 佐藤 ", roles=[Role.REVIEWER, Role.IMPORTER], known=None, by="shocho", at=NOON
    )
    assert made.after == StaffMember(
        login="sato", name="佐藤", roles=frozenset({Role.REVIEWER, Role.IMPORTER})
    )
    (event,) = made.events
    assert (event.tag, event.subject.kind, event.subject.id) == (
        EventTag.STAFF_ADDED,
        SubjectKind.STAFF,
        "sato",
    )
    assert (event.before, event.by) == (None, "shocho")
    assert event.after == {
        "login": "sato",
        "display_name": "佐藤",
        "roles": ["importer", "reviewer"],
        "state": "active",
        "version": 1,
    }


@pytest.mark.parametrize("login", ["", "Sato", "佐藤", "sa to", "pg_read_all_data", "1sato", 'a"b', "a" * 64])
def test_a_log_in_that_two_people_could_share_or_no_server_takes_is_refused(login: str) -> None:
    with pytest.raises(InputError) as caught:
        staff_members.add(login=login, name="", roles=[Role.AUDITOR], known=None, by="shocho", at=NOON)
    assert (caught.value.code, caught.value.facts["login"]) == ("staff-login-form", login)


def test_a_disabled_member_has_no_role_and_can_be_added_again() -> None:
    gone = staff_members.disable(member(), by="shocho", at=NOON).after
    assert (gone.state, gone.roles, gone.version) == (StaffState.DISABLED, frozenset(), 2)
    with pytest.raises(IllegalTransitionError):
        staff_members.disable(gone, by="shocho", at=NOON)
    with pytest.raises(IllegalTransitionError):
        staff_members.change_roles(gone, grant=[Role.AUDITOR], revoke=[], by="shocho", at=NOON)
    back = staff_members.add(login="sato", name="", roles=[Role.AUDITOR], known=gone, by="shocho", at=NOON)
    assert (back.after.state, back.after.version) == (StaffState.ACTIVE, 3)
    with pytest.raises(RuleError, match="staff-known"):
        staff_members.add(login="sato", name="", roles=[Role.AUDITOR], known=back.after, by="shocho", at=NOON)


@given(held=ROLES.filter(bool), grant=ROLES, revoke=ROLES, by=st.sampled_from(["sato", " SATO ", "shocho"]))
def test_nobody_changes_their_own_roles_and_nobody_is_left_without(
    held: frozenset[Role], grant: frozenset[Role], revoke: frozenset[Role], by: str
) -> None:
    before = member(*held)
    wanted = (held | grant) - revoke
    own, refused = by != "shocho", ""
    after = before
    try:
        after = staff_members.change_roles(before, grant=grant, revoke=revoke, by=by, at=NOON).after
    except EbidError as error:
        refused = error.code
    same = "staff-roles-same" if wanted == held else ""
    assert refused == ("staff-own-roles" if own else same if wanted else "staff-roles-missing")
    assert after.roles == (held if refused else wanted)


def test_nobody_adds_or_disables_themselves() -> None:
    with pytest.raises(RuleError, match="staff-own-roles"):
        staff_members.add(login="sato", name="", roles=[Role.ADMINISTRATOR], known=None, by="Sato", at=NOON)
    with pytest.raises(RuleError, match="staff-own-roles"):
        staff_members.disable(member(), by="sato", at=NOON)
