"""Whoever decides on a permit that somebody else has changed since is told who did what and when; nothing of theirs happens."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from ebidadmin.clock import SettableClock
from ebidadmin.domain.events import EventTag
from ebidadmin.domain.permits import PaperChannel, Permit
from ebidadmin.errors import ConcurrentEditError
from ebidadmin.services import permit_dispatch, permits
from ebidadmin.services.ports import Office
from tests.builders import NOON, SUZUKI, TANAKA, TODAY
from tests.conftest import FreshDatabase
from tests.fakes import office
from tests.memory import MemoryStore
from tests.sql_store import SqlStore

LAST = date(2028, 3, 31)
Verb = Callable[[Office, Permit], Permit]

VERBS: dict[str, Verb] = {
    "grant": lambda desk, seen: permits.grant(
        desk, staff=TANAKA, permit_id=seen.id, version=seen.version, valid_to=LAST
    ),
    "refuse": lambda desk, seen: permits.refuse(
        desk, staff=TANAKA, permit_id=seen.id, version=seen.version, reasons=("other",)
    ),
    "withdraw": lambda desk, seen: permits.withdraw(
        desk, staff=TANAKA, permit_id=seen.id, version=seen.version, reason="申出"
    ),
    "void": lambda desk, seen: permits.void(
        desk, staff=TANAKA, permit_id=seen.id, version=seen.version, reason="誤り"
    ),
}


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def desk(request: pytest.FixtureRequest, clock: SettableClock, fresh_database: FreshDatabase) -> Office:
    if request.param == "memory":
        return office(MemoryStore(clock))
    return office(SqlStore(fresh_database(request.param), clock))


def requested(desk: Office) -> Permit:
    return permits.record(
        desk,
        staff=TANAKA,
        supplier_number="190000094",
        received=TODAY,
        channel=PaperChannel.FAX,
        applicant="(株)テスト商会94",
    )


def test_what_was_seen_can_be_decided(desk: Office) -> None:
    for verb in ("grant", "refuse", "void"):
        assert VERBS[verb](desk, requested(desk)).version == 2
    assert VERBS["withdraw"](desk, VERBS["grant"](desk, requested(desk))).version == 3


@pytest.mark.parametrize("verb", VERBS)
def test_what_changed_since_is_not_and_who_did_it_when_is_told(
    desk: Office, clock: SettableClock, verb: str
) -> None:
    seen = requested(desk)
    clock.set(NOON + timedelta(minutes=5))
    faster = permits.grant(desk, staff=SUZUKI, permit_id=seen.id, version=seen.version, valid_to=LAST)
    clock.set(NOON + timedelta(minutes=9))
    permit_dispatch.dispatch(desk, staff=TANAKA, permit_id=seen.id, channel=PaperChannel.POST)
    with pytest.raises(ConcurrentEditError) as told:
        VERBS[verb](desk, seen)
    assert {name: told.value.facts[name] for name in ("by", "at", "state", "expected", "found")} == {
        "by": "suzuki",
        "at": (NOON + timedelta(minutes=5)).isoformat(),
        "state": "granted",
        "expected": 1,
        "found": 2,
    }
    with desk.uow() as uow:
        assert uow.permits.get(seen.id) == faster
        last = uow.audit.last()
    assert last is not None
    assert (last.event.tag, last.event.by) == (EventTag.REFUSED_CONCURRENT, "tanaka")
