"""Members of staff: rows to aggregates and back, and the database's roles that go with them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Protocol, cast

from sqlalchemy import Connection, Engine, delete, insert, select, text
from sqlalchemy.orm import Session

from ebidadmin.domain.staff import Role
from ebidadmin.domain.staff_members import StaffMember
from ebidadmin.errors import RuleError
from ebidadmin.persistence.engine import reading
from ebidadmin.persistence.role_setup import GIVE_ROLES, set_up_roles
from ebidadmin.persistence.savers import save_plain
from ebidadmin.persistence.schema import DeskMetaRow
from ebidadmin.persistence.schema_staff import StaffRow
from ebidadmin.persistence.staff_roles import OWNER, is_staffed
from ebidadmin.services.ports import UnitOfWork
from ebidadmin.services.staff_ports import HeldAct

HELD: Mapping[HeldAct, str] = {
    HeldAct.PERMITS: "second-person:permits",
    HeldAct.CANCELLING: "second-person:cancelling",
}
"""The values of the desk that triggers of permits and registrations ask for (``migrations.own_hand``)."""

_GIVE = text(f"SELECT {GIVE_ROLES}(:login, :roles)")
_STANDING = text(
    "SELECT o.rolname = session_user AS is_owner, o.rolsuper OR o.rolcreaterole AS makes_roles,"  # noqa: S608 - texts of ours
    " o.rolname AS owner, EXISTS (SELECT 1 FROM pg_database WHERE datname = current_database() AND datdba = o.oid) AS owns_database"
    f" FROM pg_roles AS o WHERE o.oid = {OWNER}"
)
_UNFIT = text(
    "SELECT 1 FROM pg_roles WHERE rolname = :login AND (rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls"  # noqa: S608 - as above
    f" OR NOT rolcanlogin OR pg_has_role(oid, {OWNER}, 'MEMBER'))"
)


class SqlStaffBook:
    """``staff_ports.StaffBook``."""

    def __init__(self, engine: Engine) -> None:
        self._engine = reading(engine)

    def keeps_roles(self) -> bool:
        return self._engine.dialect.name == "postgresql"

    def all(self) -> tuple[StaffMember, ...]:
        with Session(self._engine) as session:
            return tuple(map(_from, session.scalars(select(StaffRow).order_by(StaffRow.login))))

    def find(self, login: str) -> StaffMember | None:
        with Session(self._engine) as session:
            row = session.get(StaffRow, login)
            return None if row is None else _from(row)

    def hold_second_person(self, uow: UnitOfWork, asked: Collection[HeldAct]) -> None:
        session = cast("_HasSession", uow).session
        session.execute(delete(DeskMetaRow).where(DeskMetaRow.name.in_(HELD.values())))
        for act in sorted(asked):
            session.execute(insert(DeskMetaRow).values(name=HELD[act], value="asked"))


class _HasSession(Protocol):
    session: Session


def save_staff_member(session: Session, after: StaffMember) -> bool:
    """Keep the row and let the database's roles be as it says. Raises ``RuleError`` (``staff-first-by-owner``, ``staff-needs-createrole``,
    ``staff-login-unfit``)."""
    values = {
        "login": after.login,
        "name": after.name,
        "roles": [role.value for role in sorted(after.roles)],
        "state": after.state,
        "version": after.version,
    }
    if not save_plain(session, StaffRow, StaffRow.login.key, values):
        return False
    _give(session.connection(), after)
    return True


def settle_roles(connection: Connection) -> None:
    """After an upgrade or a restore: groups, grants and the roles of everybody as they ought to be. Nothing where there is no staff, and
    where whoever upgrades may not make roles."""
    if connection.dialect.name != "postgresql":
        return
    with Session(connection) as session:
        members = tuple(map(_from, session.scalars(select(StaffRow))))
    if not members or not connection.execute(_STANDING).one().makes_roles:
        return
    set_up_roles(connection)
    for member in members:
        connection.execute(_GIVE, {"login": member.login, "roles": _names(member)})


def _give(connection: Connection, after: StaffMember) -> None:
    standing = connection.execute(_STANDING).one()
    if not standing.makes_roles:
        raise RuleError("staff-needs-createrole", owner=standing.owner)
    if not is_staffed(connection):
        if not (standing.is_owner and standing.owns_database):
            raise RuleError("staff-first-by-owner", owner=standing.owner)
        set_up_roles(connection)
    if connection.scalar(_UNFIT, {"login": after.login}) is not None:
        raise RuleError("staff-login-unfit", login=after.login)
    connection.execute(_GIVE, {"login": after.login, "roles": _names(after)})


def _names(member: StaffMember) -> list[str]:
    return [role.value.replace("-", "_") for role in sorted(member.roles)]


def _from(row: StaffRow) -> StaffMember:
    names = cast("Iterable[str]", row.roles)
    return StaffMember(
        login=row.login,
        name=row.name,
        roles=frozenset(map(Role, names)),
        state=row.state,
        version=row.version,
    )
