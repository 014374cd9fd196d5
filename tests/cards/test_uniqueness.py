"""One certificate, many who want it: threads and processes register the same card at the same moment, and one of them does."""

from __future__ import annotations

import threading

import pytest

from ebidadmin.clock import SettableClock
from ebidadmin.domain.card_sessions import CardSession
from ebidadmin.errors import RuleError
from tests.builders import NOON, qualification
from tests.cards.office import Bench
from tests.cards.racers import ROUNDS, one_race, prepared
from tests.concurrency.conftest import Start, start
from tests.conftest import FreshDatabase
from tests.fakes import office
from tests.postgres import ENGINES
from tests.sql_store import SqlStore

__all__ = ["start"]


@pytest.fixture(params=ENGINES)
def url(request: pytest.FixtureRequest, fresh_database: FreshDatabase) -> str:
    made = fresh_database(request.param)
    SqlStore(made, SettableClock(NOON)).import_register(*(qualification(n) for n in (92, 93)))
    return made


def cards_of(url: str) -> dict[str, list[str]]:
    """Supplier numbers by certificate."""
    found: dict[str, list[str]] = {}
    with SqlStore(url)() as uow:
        for card in uow.cards.all():
            found.setdefault(card.certificate.fingerprint, []).append(card.supplier_number)
    return found


def at_once(benches: list[Bench], walks: list[CardSession]) -> list[str]:
    """How it ended for each, in alphabetical order."""
    barrier = threading.Barrier(len(benches))
    outcomes: list[str] = []

    def press(bench: Bench, walk: CardSession) -> None:
        barrier.wait(30)
        try:
            bench.register(walk)
        except RuleError as error:
            outcomes.append(error.code)
        else:
            outcomes.append("registered")

    threads = [threading.Thread(target=press, args=pair) for pair in zip(benches, walks, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcomes)


def test_two_threads_one_certificate(url: str) -> None:
    """Both have walked up to the confirmation, each for its own supplier, and press at the same moment."""
    for n in range(1, 4):
        benches = [Bench(office(SqlStore(url, SettableClock(NOON)))) for _ in range(2)]
        walks = [
            bench.to_confirmation(supplier, card=n) for bench, supplier in zip(benches, (92, 93), strict=True)
        ]
        assert at_once(benches, walks) == ["certificate-registered", "registered"]
    assert [len(suppliers) for suppliers in cards_of(url).values()] == [1] * 3


def test_two_processes_one_certificate(url: str, start: Start) -> None:
    prepared(url)
    runners = [start(one_race, url, supplier) for supplier in (92, 93)]
    told: list[list[str]] = [[], []]
    for _ in range(ROUNDS):
        for _, pipe in runners:
            assert pipe.recv() == "ready"
        for _, pipe in runners:
            pipe.send("go")
        for place, (_, pipe) in enumerate(runners):
            told[place].append(pipe.recv())
    for first, second in zip(*told, strict=True):
        assert sorted((first, second)) == ["certificate-registered", "registered"]
    found = cards_of(url)
    assert len(found) == ROUNDS
    assert all(len(suppliers) == 1 for suppliers in found.values())
    with SqlStore(url)() as uow:
        issued = {card.enterprise_id for card in uow.cards.all()}
        mails = len(uow.mails.list())
    assert mails == ROUNDS
    assert len(issued) <= 2
