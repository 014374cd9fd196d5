"""The administrator's work on staff: who may log in to the database, and with which roles."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime

from ebidadmin.domain import staff_members
from ebidadmin.domain.events import Event, EventTag, Subject, SubjectKind
from ebidadmin.domain.staff import Permission, Role, Staff
from ebidadmin.domain.staff_members import StaffMember
from ebidadmin.domain.transition import Transition
from ebidadmin.errors import NotFoundError, RuleError
from ebidadmin.services.ports import Office
from ebidadmin.services.refusals import refusals_logged
from ebidadmin.services.second_person import asks_another
from ebidadmin.services.staff_ports import HeldAct, StaffBook

BOOK = Subject(SubjectKind.DESK, "staff")


def add(
    office: Office, *, staff: Staff, book: StaffBook, login: str, name: str = "", roles: Collection[Role]
) -> StaffMember:
    """Let ``login`` work here with those roles; with the first member the owner of the database keeps the administrator's role only.

    Raises ``NotPermittedError``, ``RuleError`` (``staff-needs-server``, ``staff-first-by-owner``, ``staff-needs-createrole``,
    ``staff-login-unfit``), and as ``domain.staff_members.add``.
    """

    def step(known: StaffMember | None, at: datetime) -> Transition[StaffMember]:
        return staff_members.add(login=login, name=name, roles=roles, known=known, by=staff.login, at=at)

    return _changed(office, staff, book, login, "add", step)


def change_roles(
    office: Office,
    *,
    staff: Staff,
    book: StaffBook,
    login: str,
    grant: Collection[Role] = (),
    revoke: Collection[Role] = (),
) -> StaffMember:
    """Give and take roles. Raises ``NotPermittedError``, ``NotFoundError``, and as ``domain.staff_members.change_roles``."""

    def step(known: StaffMember | None, at: datetime) -> Transition[StaffMember]:
        member = _there(known, login)
        return staff_members.change_roles(member, grant=grant, revoke=revoke, by=staff.login, at=at)

    return _changed(office, staff, book, login, "change-roles", step)


def disable(office: Office, *, staff: Staff, book: StaffBook, login: str) -> StaffMember:
    """Take all roles. Raises ``NotPermittedError``, ``NotFoundError``, and as ``domain.staff_members.disable``."""

    def step(known: StaffMember | None, at: datetime) -> Transition[StaffMember]:
        return staff_members.disable(_there(known, login), by=staff.login, at=at)

    return _changed(office, staff, book, login, "disable", step)


def hold_second_person(office: Office, *, staff: Staff, book: StaffBook) -> frozenset[HeldAct]:
    """Let the database itself hold what the settings say of a second person for permits and for cancelling IDs; at what they ask for one.
    To be done again whenever they change: the database knows nothing of settings.

    Raises ``NotPermittedError`` and ``RuleError`` ``staff-needs-server``.
    """
    wanted = {
        HeldAct.PERMITS: office.settings.permit_second_person,
        HeldAct.CANCELLING: office.settings.cancel_second_person,
    }
    asked = frozenset(act for act, setting in wanted.items() if asks_another(office, setting))
    with refusals_logged(office, staff=staff, subject=BOOK, verb="hold"):
        staff.require(Permission.SET_UP)
        if not book.keeps_roles():
            raise RuleError("staff-needs-server")
        with office.uow() as uow:
            uow.log(
                Event(
                    tag=EventTag.STAFF_SECOND_PERSON_HELD,
                    subject=BOOK,
                    by=staff.login,
                    at=office.clock.now(),
                    facts={
                        "second_person": HeldAct.PERMITS in asked,
                        "cancel_second_person": HeldAct.CANCELLING in asked,
                    },
                )
            )
            book.hold_second_person(uow, asked)
            uow.commit()
    return asked


def list_members(office: Office, *, staff: Staff, book: StaffBook) -> tuple[StaffMember, ...]:
    """Everybody who was given roles, by login. Raises ``NotPermittedError``."""
    with refusals_logged(office, staff=staff, subject=BOOK, verb="list"):
        staff.require(Permission.READ_AUDIT)
    return book.all()


def _changed(
    office: Office,
    staff: Staff,
    book: StaffBook,
    login: str,
    verb: str,
    step: Callable[[StaffMember | None, datetime], Transition[StaffMember]],
) -> StaffMember:
    with refusals_logged(office, staff=staff, subject=Subject(SubjectKind.STAFF, login), verb=verb):
        staff.require(Permission.SET_UP)
        if not book.keeps_roles():
            raise RuleError("staff-needs-server")
        with office.uow() as uow:
            made = step(book.find(login), office.clock.now())
            uow.record(made)
            uow.commit()
    return made.after


def _there(known: StaffMember | None, login: str) -> StaffMember:
    if known is None:
        raise NotFoundError("not-found", kind=SubjectKind.STAFF.value, id=login)
    return known
