"""Requests for a second person are kept as they are, on a database or in memory; of one change there is one open request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from ebidadmin.domain import import_requests as requests
from ebidadmin.domain.events import Subject, SubjectKind
from ebidadmin.domain.ids import BatchId, RequestId
from ebidadmin.domain.import_requests import ImportRequest, Undertaking
from ebidadmin.domain.transition import Transition
from ebidadmin.errors import ConcurrentEditError, NotFoundError, RuleError
from ebidadmin.services.ports import UnitOfWork
from tests.builders import NOON, qualification
from tests.conftest import FreshDatabase
from tests.domain.test_import_requests import BINDING, asked
from tests.memory import MemoryStore
from tests.sql_store import SqlStore

OpenUow = Callable[[], UnitOfWork]
FIRST = replace(BINDING, register_version=BatchId(1))
NUMBER = RequestId("R000001")


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def uow(request: pytest.FixtureRequest, fresh_database: FreshDatabase) -> OpenUow:
    """With a first and a second batch, to be asked about and to be applied as."""
    if request.param == "memory":
        memory = MemoryStore()
        memory.import_register(qualification(1))
        memory.import_register(qualification(1), qualification(2))
        return memory
    store = SqlStore(fresh_database(request.param))
    store.import_register(qualification(1))
    store.import_register(qualification(1), qualification(2))
    return store


def save(uow: OpenUow, transition: Transition[ImportRequest]) -> ImportRequest:
    with uow() as unit:
        unit.record(transition)
        unit.commit()
    return transition.after


def confirmed(one: ImportRequest, by: str = "suzuki") -> Transition[ImportRequest]:
    return requests.confirm(one, register_version=BatchId(1), by=by, at=NOON + timedelta(hours=1))


def test_it_comes_back_as_it_was_at_every_step(uow: OpenUow) -> None:
    steps: list[Callable[[ImportRequest], Transition[ImportRequest]]] = [
        confirmed,
        lambda one: requests.apply(one, binding=FIRST, batch=BatchId(2), by="tanaka", at=NOON),
    ]
    one = save(uow, asked(binding=FIRST))
    for step in steps:
        with uow() as unit:
            assert unit.import_requests.get(NUMBER) == one
            assert unit.import_requests.open() == (one,)
        one = save(uow, step(one))
    with uow() as unit:
        assert unit.import_requests.get(NUMBER) == one
        assert unit.import_requests.open() == ()
        assert unit.import_requests.all() == (one,)
        trail = unit.audit.list(subject=Subject(SubjectKind.IMPORT_REQUEST, NUMBER))
    assert [entry.event.after["state"] for entry in trail if entry.event.after is not None] == [
        "requested",
        "confirmed",
        "applied",
    ]


def test_ends_come_back_with_whom_when_and_why(uow: OpenUow) -> None:
    one = save(uow, asked(binding=FIRST))
    ended = save(uow, requests.decline(one, reason="件数が違う", by="suzuki", at=NOON))
    again = save(uow, asked(binding=FIRST, number=RequestId("R000002")))
    with uow() as unit:
        assert unit.import_requests.get(NUMBER) == ended
        assert unit.import_requests.all() == (again, ended)


def test_there_is_no_such_request(uow: OpenUow) -> None:
    with uow() as unit, pytest.raises(NotFoundError) as caught:
        unit.import_requests.get(NUMBER)
    assert dict(caught.value.facts) == {"kind": "import-request", "id": NUMBER}


def test_of_one_change_there_is_one_open_request(uow: OpenUow) -> None:
    save(uow, asked(binding=FIRST))
    second = asked("suzuki", binding=replace(FIRST, added=7), number=RequestId("R000002"))
    with uow() as unit, pytest.raises(RuleError, match="request-open"):
        unit.record(second)
    undoing = replace(FIRST, undertaking=Undertaking.UNDO)
    save(uow, asked(binding=undoing, number=RequestId("R000003")))


def test_the_second_of_two_confirmations_learns_who_was_faster(uow: OpenUow) -> None:
    one = save(uow, asked(binding=FIRST))
    save(uow, confirmed(one))
    with uow() as unit, pytest.raises(ConcurrentEditError) as caught:
        unit.record(confirmed(one, "sato"))
    assert (caught.value.facts["by"], caught.value.facts["state"]) == ("suzuki", "confirmed")
