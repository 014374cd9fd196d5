"""Processes that carry a request out and are killed in the middle of it."""

from __future__ import annotations

from multiprocessing.connection import Connection
from typing import Any

from ebidadmin.clock import SettableClock
from ebidadmin.domain.ids import DeskRequestId
from ebidadmin.domain.staff import Role, Staff
from ebidadmin.services import desk_carrying_out, desk_requests
from tests.builders import NOON
from tests.fakes import office
from tests.services.desk_helpers import TWO
from tests.sql_store import SqlStore


def carry_out(pipe: Connection, url: str, number: str, person: str) -> None:
    """Say so, and then do it."""
    desk = office(SqlStore(url, SettableClock(NOON)), settings=TWO)
    pipe.send("begins")
    staff = Staff(person, frozenset({Role.REVIEWER}))
    done = desk_requests.carry_out(desk, staff=staff, number=DeskRequestId(number))
    pipe.send(done.request.state.value)


def carry_out_in_step(pipe: Connection, url: str, number: str, person: str) -> None:
    """The same, but every case waits until the other side lets it be approved."""
    approve = desk_carrying_out._approve

    def in_step(*given: Any) -> None:
        pipe.send("case")
        pipe.recv()
        approve(*given)

    # This process does nothing else.
    setattr(desk_carrying_out, approve.__name__, in_step)
    carry_out(pipe, url, number, person)
