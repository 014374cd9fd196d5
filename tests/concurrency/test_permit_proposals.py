"""Two people confirm the same proposal at once: one decision, one number, and the other is told who and when."""

from __future__ import annotations

import threading

import pytest

from ebidadmin.clock import SettableClock
from ebidadmin.domain.ids import ProposalId
from ebidadmin.domain.permit_proposals import PermitAct
from ebidadmin.domain.permits import DocumentNumber, PaperChannel
from ebidadmin.domain.staff import Role, Staff
from ebidadmin.errors import ConcurrentEditError
from ebidadmin.services import permit_proposals, permits
from ebidadmin.services.ports import Office, SequenceName, Settings
from tests.builders import NOON, TANAKA, TODAY, qualification
from tests.conftest import FreshDatabase
from tests.fakes import office
from tests.postgres import ENGINES
from tests.sql_store import SqlStore

ROUNDS = 10
PEOPLE = ("suzuki", "kacho")


@pytest.fixture(params=ENGINES)
def url(request: pytest.FixtureRequest, fresh_database: FreshDatabase) -> str:
    return fresh_database(request.param)


def desk_on(url: str) -> Office:
    store = SqlStore(url, SettableClock(NOON))
    return office(store, settings=Settings(permit_second_person=True))


def proposed(desk: Office) -> ProposalId:
    one = permits.record(
        desk, staff=TANAKA, supplier_number="190000094", received=TODAY, channel=PaperChannel.FAX
    )
    return permit_proposals.propose(desk, staff=TANAKA, permit_id=one.id, act=PermitAct.GRANT).id


def fight(url: str, number: ProposalId) -> dict[str, dict[str, object] | None]:
    """By person: ``None`` for the winner, the facts of the refusal for the loser."""
    barrier = threading.Barrier(len(PEOPLE))
    results: dict[str, dict[str, object] | None] = {}

    def confirm(person: str) -> None:
        desk = desk_on(url)
        barrier.wait(30)
        try:
            permit_proposals.confirm(desk, staff=Staff(person, frozenset({Role.APPROVER})), number=number)
            results[person] = None
        except ConcurrentEditError as error:
            results[person] = dict(error.facts)

    threads = [threading.Thread(target=confirm, args=(person,)) for person in PEOPLE]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def test_one_wins_the_other_is_told_and_no_number_is_lost(url: str) -> None:
    SqlStore(url).import_register(qualification(94))
    desk = desk_on(url)
    for n in range(1, ROUNDS + 1):
        number = proposed(desk)
        results = fight(url, number)
        (winner,) = (person for person, lost in results.items() if lost is None)
        (lost,) = (lost for lost in results.values() if lost is not None)
        assert (lost["by"], lost["at"]) == (winner, NOON.isoformat())
        with desk.uow() as uow:
            decided = uow.permits.get(uow.permit_proposals.get(number).binding.permit)
        assert (decided.document, decided.decided_by) == (DocumentNumber(2026, n), winner)
    with desk.uow() as uow:
        assert uow.next_number(SequenceName.DOCUMENT, fiscal_year=2026) == ROUNDS + 1
