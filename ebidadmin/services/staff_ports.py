"""What the administrator's work on staff needs of the database."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum
from typing import Protocol

from ebidadmin.domain.staff_members import StaffMember
from ebidadmin.services.ports import UnitOfWork


class HeldAct(StrEnum):
    """Acts for which the database itself can ask for a second person."""

    PERMITS = "permits"
    CANCELLING = "cancelling"


class StaffBook(Protocol):
    """The members of staff as they are kept; ``uow.record`` changes them, and with them the database's roles."""

    def keeps_roles(self) -> bool:
        """Whether this kind of database has log-ins and roles of its own."""
        ...

    def all(self) -> tuple[StaffMember, ...]:
        """By login, disabled ones too."""
        ...

    def find(self, login: str) -> StaffMember | None: ...

    def hold_second_person(self, uow: UnitOfWork, asked: Collection[HeldAct]) -> None:
        """Let the database ask for a second person at these acts, and no longer at others; part of that unit."""
        ...
