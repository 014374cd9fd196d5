"""``ebidadmin staff add|list|role|disable``: who may work on an office on PostgreSQL, and as what."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import click

from ebidadmin.cli.common import Run, desk_command, japanese, notice, state_word
from ebidadmin.domain.staff import Role
from ebidadmin.domain.staff_members import StaffMember

ROLES = click.Choice([role.value for role in Role])


@click.group()
def staff() -> None:
    """The members of staff and their roles (PostgreSQL)."""


@staff.command("add")
@click.argument("login")
@click.option("--name", default="", help="What people call them.")
@click.option("--role", "roles", type=ROLES, multiple=True, required=True, help="May be given several times.")
@desk_command(changing=True)
def add(run: Run, *, login: str, name: str, roles: tuple[str, ...]) -> None:
    """Let LOGIN log in to the database, without a password of ours, and do what its roles may."""
    from ebidadmin.services import staff_members

    made = staff_members.add(
        run.desk.office,
        staff=run.desk.staff,
        book=run.desk.staff_book,
        login=login,
        name=name,
        roles=_roles(roles),
    )
    run.out(_view(made), [_line(made), notice("staff-added", login=login)])


@staff.command("list")
@desk_command()
def list_staff(run: Run) -> None:
    """List the members of staff with their roles."""
    from ebidadmin.services import staff_members

    found = staff_members.list_members(run.desk.office, staff=run.desk.staff, book=run.desk.staff_book)
    nobody = notice("no-staff", login=run.desk.staff.login, roles=_words(run.desk.staff.roles))
    run.out([_view(one) for one in found], [_line(one) for one in found] or [nobody])


@staff.command("role")
@click.argument("login")
@click.option("--grant", type=ROLES, multiple=True, help="A role to give.")
@click.option("--revoke", type=ROLES, multiple=True, help="A role to take.")
@desk_command(changing=True)
def role(run: Run, *, login: str, grant: tuple[str, ...], revoke: tuple[str, ...]) -> None:
    """Give LOGIN roles and take roles from it; nobody changes their own."""
    from ebidadmin.services import staff_members

    made = staff_members.change_roles(
        run.desk.office,
        staff=run.desk.staff,
        book=run.desk.staff_book,
        login=login,
        grant=_roles(grant),
        revoke=_roles(revoke),
    )
    run.out(_view(made), [_line(made)])


@staff.command("disable")
@click.argument("login")
@desk_command(changing=True)
def disable(run: Run, *, login: str) -> None:
    """Take all roles from LOGIN, and with them the way into the database; what it did stays in the trail."""
    from ebidadmin.services import staff_members

    made = staff_members.disable(run.desk.office, staff=run.desk.staff, book=run.desk.staff_book, login=login)
    run.out(_view(made), [_line(made), notice("staff-disabled", login=login)])


@staff.command("hold")
@desk_command(changing=True)
def hold(run: Run) -> None:
    """Let the database itself ask for a second person at decisions on permits and at cancelling IDs, if the settings do; again after each
    change of theirs."""
    from ebidadmin.services import staff_members
    from ebidadmin.services.staff_ports import HeldAct

    asked = staff_members.hold_second_person(run.desk.office, staff=run.desk.staff, book=run.desk.staff_book)
    told = {
        HeldAct.PERMITS: ("second-person-held", "second-person-not-held"),
        HeldAct.CANCELLING: ("cancelling-held", "cancelling-not-held"),
    }
    lines = [notice(held if act in asked else not_held) for act, (held, not_held) in told.items()]
    run.out({act.value: act in asked for act in HeldAct}, lines)


def _roles(names: Iterable[str]) -> tuple[Role, ...]:
    return tuple(map(Role, names))


def _view(one: StaffMember) -> dict[str, Any]:
    """The JSON of a member."""
    return {
        "login": one.login,
        "name": one.name,
        "roles": [role.value for role in Role if role in one.roles],
        "state": one.state.value,
    }


def _line(one: StaffMember) -> str:
    return f"{one.login}\t{_state(one)}\t{_words(one.roles)}\t{one.name}".rstrip()


def _state(one: StaffMember) -> str:
    if japanese():
        from ebidadmin.text.staff_words import STAFF_STATES

        return STAFF_STATES[one.state.value]
    return state_word(one.state.value)


def _words(roles: Iterable[Role]) -> str:
    held = [role for role in Role if role in set(roles)]
    if japanese():
        from ebidadmin.text.home import roles as in_japanese

        return in_japanese(role.value for role in held)
    return ", ".join(role.value for role in held)
