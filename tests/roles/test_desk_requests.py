"""Cancelling an ID and approving a list by people with log-ins of their own, while the database asks for two: each does their part."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError

from ebidadmin.clock import SystemClock
from ebidadmin.domain.applications import ApplicationState
from ebidadmin.domain.ids import DeskRequestId
from ebidadmin.domain.registrations import RegistrationState
from ebidadmin.domain.second_person import RequestState
from ebidadmin.domain.staff import ALL_ROLES, Role, Staff
from ebidadmin.errors import NotPermittedError, StorageError
from ebidadmin.persistence.audit_tree import SqlTrailTree
from ebidadmin.persistence.engine import make_engine
from ebidadmin.persistence.staff_engine import staff_engine
from ebidadmin.persistence.staff_members import SqlStaffBook
from ebidadmin.persistence.unit_of_work import uow_factory
from ebidadmin.services import audit_tree, desk_requests, id_desk, staff_members
from ebidadmin.services.ports import Office
from ebidadmin.services.staff_ports import HeldAct
from tests.fakes import office as made_office
from tests.memory_parts import RULES
from tests.postgres import PostgresServer
from tests.roles.bench import as_log_in
from tests.services.desk_helpers import (
    ID,
    ONE,
    SECOND,
    TWO,
    ask_cancel,
    cases,
    fill,
    refused,
    state_of_id,
    states,
)
from tests.sql_store import SqlStore

PEOPLE = {
    "tanaka": Role.REVIEWER,
    "suzuki": Role.REVIEWER,
    "kacho": Role.APPROVER,
    "kanri": Role.ADMINISTRATOR,
}


class Offices:
    """The same office as each log-in reaches it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._engines: list[Engine] = []

    def kept(self, engine: Engine) -> Engine:
        """To be closed at the end."""
        self._engines.append(engine)
        return engine

    def raw(self, login: str) -> Engine:
        return self.kept(make_engine(as_log_in(self.url, login)))

    def of(self, login: str) -> Office:
        engine, clock = self.kept(staff_engine(as_log_in(self.url, login))[0]), SystemClock()
        uow = uow_factory(engine, clock=clock, names=RULES)
        store = SqlStore(self.url, clock)
        self.kept(store.engine)
        return replace(made_office(store, settings=TWO), clock=clock, uow=uow)

    def seat(self, login: str) -> tuple[Office, Staff]:
        """Where that person sits, with the roles that the database gives."""
        return self.of(login), Staff(login, frozenset({PEOPLE[login]}))

    def close(self) -> None:
        for engine in self._engines:
            engine.dispose()


@pytest.fixture
def offices(postgres_server: PostgresServer) -> Iterator[Offices]:
    """An ID and three applications, and a person for each part; the database asks for two people."""
    made = Offices(postgres_server.create())
    fill(filled := SqlStore(made.url))
    made.kept(filled.engine)
    owner, book = Staff("ebidadmin", ALL_ROLES), SqlStaffBook(made.raw("ebidadmin"))
    office = made.of("ebidadmin")
    for login, role in PEOPLE.items():
        staff_members.add(office, staff=owner, book=book, login=login, roles=[role])
    theirs, kanri = made.seat("kanri")
    assert staff_members.hold_second_person(theirs, staff=kanri, book=book) == {HeldAct.CANCELLING}
    yield made
    made.close()
    postgres_server.discard(made.url)


def test_an_approver_confirms_and_a_reviewer_carries_out(offices: Offices) -> None:
    (mine, tanaka), (theirs, kacho) = offices.seat("tanaka"), offices.seat("kacho")
    ask_cancel(mine, tanaka)
    store = SqlStore(offices.url, SystemClock())
    offices.kept(store.engine)
    listed = cases(store, mine)
    asked = desk_requests.request_bulk(mine, staff=tanaka, cases=listed)
    assert desk_requests.waiting(theirs) == 2
    shown = desk_requests.shown(theirs, staff=kacho, number=asked.id)
    assert [one.as_asked for one in shown.cases] == [True] * 3
    of_id = desk_requests.shown(theirs, staff=kacho, number=ONE)
    assert of_id.registration is not None
    assert (of_id.registration.password_hash, of_id.mailed) == ("(hidden)", True)
    for number in (ONE, SECOND):
        assert desk_requests.confirm(theirs, staff=kacho, number=number).confirmed_by == "kacho"
        with pytest.raises(NotPermittedError):
            desk_requests.carry_out(theirs, staff=kacho, number=number)
    # The same, if the program let them: their log-in writes no registration.
    able = replace(kacho, roles=ALL_ROLES)
    refused("database-not-allowed", lambda: desk_requests.carry_out(theirs, staff=able, number=ONE))
    other, suzuki = offices.seat("suzuki")
    done = [desk_requests.carry_out(other, staff=suzuki, number=number) for number in (ONE, SECOND)]
    assert [one.request.state for one in done] == [RequestState.APPLIED] * 2
    assert [one.refused for one in done[1].outcomes] == [None] * 3
    assert (state_of_id(mine), set(states(mine))) == (
        RegistrationState.CANCELLED,
        {ApplicationState.APPROVED},
    )
    tree = SqlTrailTree(offices.raw("tanaka"))
    # The register was put in past the import, which is told.
    found = {one.what for one in audit_tree.verify(mine, staff=tanaka, tree=tree, signer=None).findings}
    assert not any(one.startswith(("desk_requests", "id_app", "registrations", "mail")) for one in found)


def test_a_reviewer_alone_gets_nowhere_whatever_their_settings_say(
    offices: Offices,
) -> None:
    mine, tanaka = offices.seat("tanaka")
    alone = replace(mine, settings=replace(TWO, cancel_second_person=False))
    refused(
        "database-not-allowed",
        lambda: id_desk.cancel(alone, staff=tanaka, application=ID, version=1, reason="廃業"),
    )
    ask_cancel(mine, tanaka)
    engine = offices.raw("tanaka")
    for statement in (
        "UPDATE desk_requests SET state = 'confirmed', version = 2, confirmed_by = 'tanaka', confirmed_at = now()",
        "UPDATE desk_requests SET state = 'confirmed', version = 2, confirmed_by = 'kacho', confirmed_at = now()",
        "UPDATE desk_requests SET requested_by = 'suzuki'",
        "DELETE FROM desk_meta",
        "UPDATE registrations SET state = 'cancelled'",
    ):
        with engine.connect() as connection, pytest.raises((StorageError, IntegrityError)):
            connection.execute(text(statement))
    assert state_of_id(mine) is RegistrationState.ACTIVE
    with mine.uow() as uow:
        assert uow.desk_requests.get(DeskRequestId("C000001")).state is RequestState.REQUESTED
