"""What many clerks do who all go for the same papers and applications at once, each with a watch of their own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from typing import Any

from ebidadmin.clock import SettableClock
from ebidadmin.domain.staff import Role, Staff
from ebidadmin.errors import ConcurrentEditError, IllegalTransitionError, StorageError
from ebidadmin.services import application_review as review
from ebidadmin.services import permits
from ebidadmin.services.ports import Office
from tests.builders import NOON, TODAY, application_number, permit
from tests.fakes import office
from tests.sql_store import SqlStore

BARRIER_SECONDS = 300
HEADS = 5
"""At how many places of the list a day begins: those who begin at the same one fight for every case."""


def clerk(place: int) -> Staff:
    """The clerk at that desk, 0 the first."""
    return Staff(f"clerk{place:02d}", frozenset({Role.REVIEWER}))


def watch(place: int) -> SettableClock:
    """Each clerk decides in a second of their own, so that it can be told whose decision a loser heard of."""
    return SettableClock(NOON + timedelta(seconds=place + 1))


def verb(place: int, n: int) -> str:
    """What that clerk means to do with the ``n``-th application."""
    return "approve" if (place + n) % 2 else "reject"


def work(told: Connection, url: str, place: int, count: int, barrier: Barrier) -> None:
    """Decide every permit and every application, whoever else does; tell of each how it ended."""
    desk = office(SqlStore(url, watch(place)))
    staff = clerk(place)
    start = (place % HEADS) * count // HEADS
    barrier.wait(BARRIER_SECONDS)
    for step in range(count):
        n = (start + step) % count + 1
        told.send(("permit", n, *_ended(partial(_decide_permit, desk, staff, n))))
        told.send(("application", n, *_ended(partial(_decide_application, desk, staff, place, n))))
    told.close()


def _decide_permit(desk: Office, staff: Staff, n: int) -> int:
    """Grant it; the number of its letter within the year."""
    granted = permits.grant(desk, staff=staff, permit_id=permit(n).id, valid_to=TODAY + timedelta(days=900))
    assert granted.document is not None
    return granted.document.number


def _decide_application(desk: Office, staff: Staff, place: int, n: int) -> int:
    """Decide the application as it came in; its version afterwards."""
    number = application_number(n)
    if verb(place, n) == "approve":
        return review.approve(desk, staff=staff, number=number, version=1).version
    return review.reject(desk, staff=staff, number=number, version=1, reasons=("other",)).version


def _ended(decide: Callable[[], int]) -> tuple[int | None, dict[str, Any]]:
    """What was got, or what the refusal said. Whoever is told that the database is busy and nothing was done tries again."""
    while True:
        try:
            return decide(), {}
        except (ConcurrentEditError, IllegalTransitionError) as error:
            return None, {"code": error.code, **error.facts}
        except StorageError as error:
            if error.code != "database-locked":
                raise
