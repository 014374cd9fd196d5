"""Two people confirm the same proposal at once: one decision, one number, and the other is told who and when."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import pytest

from ebidadmin.clock import SettableClock
from ebidadmin.domain.ids import ProposalId
from ebidadmin.domain.permit_proposals import PermitAct
from ebidadmin.domain.permits import DocumentNumber, PaperChannel
from ebidadmin.domain.staff import Role, Staff
from ebidadmin.errors import ConcurrentEditError
from ebidadmin.persistence.engine import make_engine
from ebidadmin.persistence.repositories import SqlPermits
from ebidadmin.persistence.unit_of_work import SqlUnitOfWork
from ebidadmin.services import permit_proposals, permits
from ebidadmin.services.ports import Office, SequenceName
from ebidadmin.services.settings import Settings
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


class Overtaken(SqlUnitOfWork):
    """Lets something happen just before the permit is read for the ``before``-th time."""

    reads = 0
    before = 0
    overtake: Callable[[], object] = staticmethod(lambda: None)

    @property
    def permits(self) -> SqlPermits:
        Overtaken.reads += 1
        if Overtaken.reads == Overtaken.before:
            Overtaken.overtake()
        return super().permits


@pytest.mark.parametrize("before", [1, 2])
@pytest.mark.parametrize(
    ("faster", "kind", "state"), [("confirm", "permit-proposal", "confirmed"), ("void", "permit", "voided")]
)
def test_whoever_is_overtaken_between_two_looks_is_told_so(
    fresh_database: FreshDatabase,
    monkeypatch: pytest.MonkeyPatch,
    before: int,
    faster: str,
    kind: str,
    state: str,
) -> None:
    """PostgreSQL lets others commit between two reads of a unit; SQLite does not."""
    url = fresh_database("postgresql")
    SqlStore(url).import_register(qualification(94))
    desk = desk_on(url)
    number = proposed(desk)
    with desk.uow() as uow:
        permit = uow.permit_proposals.get(number).binding.permit
    first = Staff("suzuki", frozenset({Role.REVIEWER}))
    work: dict[str, Callable[[], object]] = {
        "confirm": partial(permit_proposals.confirm, desk, staff=first, number=number),
        "void": partial(permits.void, desk, staff=first, permit_id=permit, reason="x"),
    }
    for name, value in {"reads": 0, "before": before, "overtake": staticmethod(work[faster])}.items():
        monkeypatch.setattr(Overtaken, name, value)
    engine, clock = make_engine(url), SettableClock(NOON)
    slow = replace(desk, uow=lambda: Overtaken(engine, clock=clock))
    with pytest.raises(ConcurrentEditError) as caught:
        permit_proposals.confirm(slow, staff=Staff("kacho", frozenset({Role.APPROVER})), number=number)
    assert Overtaken.reads >= before
    told = {name: caught.value.facts[name] for name in ("kind", "by", "at", "state")}
    assert told == {"kind": kind, "by": "suzuki", "at": NOON.isoformat(), "state": state}
    with desk.uow() as uow:
        assert uow.permits.get(permit).decided_by == ("suzuki" if faster == "confirm" else None)
