"""A member of staff as the office keeps them: the database login, the name that people know, and the roles.

Who acts, with which roles, is asked of the database each time (``persistence.staff_roles``); this is how they came to have them. No
password is part of it, ever.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from ebidadmin.domain.events import Event, EventTag, JsonMap, Subject, SubjectKind
from ebidadmin.domain.staff import Role
from ebidadmin.domain.transition import Transition
from ebidadmin.errors import IllegalTransitionError, InputError, RuleError

LOGIN = re.compile("(?!pg_)[a-z_][a-z0-9_.@-]{0,62}")
"""Small letters only: no two log-ins are one but for their case, and JupyterHub writes them so. 63 characters is PostgreSQL's limit."""


class StaffState(StrEnum):
    ACTIVE = "active"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffMember:
    """Somebody who was given roles; a disabled one has none."""

    login: str
    name: str
    roles: frozenset[Role]
    state: StaffState = StaffState.ACTIVE
    version: int = 1


def add(
    *,
    login: str,
    name: str,
    roles: Collection[Role],
    known: StaffMember | None,
    by: str,
    at: datetime,
) -> Transition[StaffMember]:
    """Give a new member, or one who was disabled, those roles.

    Raises ``InputError`` ``staff-login-form`` and ``staff-roles-missing``, ``RuleError`` ``staff-known`` for one who works here already,
    and ``staff-own-roles`` for whoever acts.
    """
    if not LOGIN.fullmatch(login):
        raise InputError("staff-login-form", login=login)
    _another(login, by)
    if known is not None and known.state is StaffState.ACTIVE:
        raise RuleError("staff-known", login=login)
    _some(login, roles)
    version = 1 if known is None else known.version + 1
    after = StaffMember(login=login, name=name.strip(), roles=frozenset(roles), version=version)
    return Transition(after, (_event(EventTag.STAFF_ADDED, known, after, by, at),))


def change_roles(
    member: StaffMember, *, grant: Collection[Role], revoke: Collection[Role], by: str, at: datetime
) -> Transition[StaffMember]:
    """Give and take roles. Nobody changes their own, and nobody is left without any: that is to disable.

    Raises ``RuleError`` (``staff-own-roles``, ``staff-roles-same``), ``InputError`` ``staff-roles-missing``, ``IllegalTransitionError``
    for a disabled one.
    """
    _another(member.login, by)
    _active(member, "change-roles")
    roles = (member.roles | frozenset(grant)) - frozenset(revoke)
    _some(member.login, roles)
    if roles == member.roles:
        raise RuleError("staff-roles-same", login=member.login)
    after = replace(member, roles=roles, version=member.version + 1)
    return Transition(after, (_event(EventTag.STAFF_ROLES_CHANGED, member, after, by, at),))


def disable(member: StaffMember, *, by: str, at: datetime) -> Transition[StaffMember]:
    """Take all roles, and with them the way into the database. Raises ``RuleError`` ``staff-own-roles`` and ``IllegalTransitionError``."""
    _another(member.login, by)
    _active(member, "disable")
    after = replace(member, roles=frozenset(), state=StaffState.DISABLED, version=member.version + 1)
    return Transition(after, (_event(EventTag.STAFF_DISABLED, member, after, by, at),))


def _another(login: str, by: str) -> None:
    if login == by.strip().casefold():
        raise RuleError("staff-own-roles", login=login)


def _active(member: StaffMember, verb: str) -> None:
    if member.state is not StaffState.ACTIVE:
        raise IllegalTransitionError(
            "illegal-transition", subject=member.login, state=member.state.value, verb=verb
        )


def _some(login: str, roles: Collection[Role]) -> None:
    if not roles:
        raise InputError("staff-roles-missing", login=login)


def _as_map(one: StaffMember) -> JsonMap:
    return {
        "login": one.login,
        "display_name": one.name,
        "roles": [role.value for role in sorted(one.roles)],
        "state": one.state.value,
        "version": one.version,
    }


def _event(tag: EventTag, before: StaffMember | None, after: StaffMember, by: str, at: datetime) -> Event:
    return Event(
        tag=tag,
        subject=Subject(SubjectKind.STAFF, after.login),
        by=by,
        at=at,
        before=None if before is None else _as_map(before),
        after=_as_map(after),
    )
