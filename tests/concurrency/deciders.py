"""What the processes do that decide paper permits against each other."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier

from ebidadmin.clock import Clock
from ebidadmin.domain.ids import PermitId
from ebidadmin.domain.permits import Permit
from ebidadmin.domain.staff import Role, Staff
from ebidadmin.errors import InputError, StorageError
from ebidadmin.services import permits
from ebidadmin.services.ports import Office
from tests.builders import TODAY
from tests.fakes import office
from tests.sql_store import SqlStore

BARRIER_SECONDS = 120


def decide(told: Connection, url: str, clock: Clock, ids: list[str], barrier: Barrier) -> None:
    """Grant and refuse in turn, each grant after one that fails when its number is drawn already; send fiscal year and number of each."""
    desk = office(SqlStore(url, clock))
    barrier.wait(BARRIER_SECONDS)
    for place, one in enumerate(ids):
        permit = PermitId(one)
        if place % 2:
            decided = _patiently(partial(_refuse, desk, permit))
        else:
            _patiently(partial(_grant_the_wrong_way, desk, permit))
            decided = _patiently(partial(_grant, desk, permit))
        assert decided is not None
        assert decided.document is not None
        told.send((one, decided.document.fiscal_year, decided.document.number))
    told.close()


_CLERK = Staff("clerk", frozenset({Role.REVIEWER}))


def _grant(desk: Office, permit: PermitId) -> Permit:
    return permits.grant(desk, staff=_CLERK, permit_id=permit, valid_to=TODAY + timedelta(days=900))


def _refuse(desk: Office, permit: PermitId) -> Permit:
    return permits.refuse(desk, staff=_CLERK, permit_id=permit, reasons=("other",))


def _grant_the_wrong_way(desk: Office, permit: PermitId) -> None:
    try:
        permits.grant(desk, staff=_CLERK, permit_id=permit, valid_to=TODAY - timedelta(days=900))
    except InputError:
        return
    raise RuntimeError("dates out of order were taken")


def _patiently(act: Callable[[], Permit | None]) -> Permit | None:
    """As a person does who is told that the database is busy and nothing was done: again."""
    while True:
        try:
            return act()
        except StorageError as error:
            if error.code != "database-locked":
                raise
