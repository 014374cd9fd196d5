"""Two people decide the same case: exactly one decision happens, and the loser is told whose and when."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from sqlalchemy import text

from ebidadmin.clock import SettableClock
from ebidadmin.domain.events import EventTag, Subject, SubjectKind
from ebidadmin.domain.ids import ApplicationNumber
from ebidadmin.errors import ConcurrentEditError
from ebidadmin.persistence.engine import make_engine, one_writer
from ebidadmin.persistence.unit_of_work import SqlUnitOfWork
from tests.builders import NOON
from tests.concurrency import contender
from tests.concurrency.conftest import Start
from tests.conftest import FreshDatabase
from tests.persistence.office import MAIL, rejection, submission
from tests.postgres import ENGINES

ROUNDS = 20
PEOPLE = ("tanaka", "suzuki")


@pytest.fixture(params=ENGINES)
def url(request: pytest.FixtureRequest, fresh_database: FreshDatabase) -> str:
    return fresh_database(request.param)


def submitted(url: str, n: int) -> ApplicationNumber:
    with SqlUnitOfWork(make_engine(url), clock=SettableClock(NOON)) as unit:
        unit.record(submission(n))
        unit.commit()
    return submission(n).after.number


def decisions(url: str, number: ApplicationNumber) -> tuple[list[str], int]:
    """Who rejected the case, by the trail, and how many mails went into the outbox."""
    with SqlUnitOfWork(make_engine(url), clock=SettableClock(NOON)) as unit:
        about = Subject(SubjectKind.APPLICATION, number)
        entries = unit.audit.list(subject=about)
        mails = unit.mails.list(about=about)
    by = [entry.event.by for entry in entries if entry.event.tag is EventTag.APPLICATION_REJECTED]
    return by, len(mails)


def told(loser: dict[str, Any], winner: str, number: str) -> bool:
    expected = {
        "kind": "application",
        "id": number,
        "by": winner,
        "at": NOON.isoformat(),
        "state": "rejected",
    }
    return bool(loser == expected)


def test_two_threads_one_decision(url: str) -> None:
    for n in range(1, ROUNDS + 1):
        number = submitted(url, n)
        results = _fight_of_threads(url, number)
        winners = [person for person, lost in results.items() if lost is None]
        assert len(winners) == 1
        (loser,) = (lost for lost in results.values() if lost is not None)
        assert told(loser, winners[0], number)
        assert decisions(url, number) == (winners, 1)


def _fight_of_threads(url: str, number: ApplicationNumber) -> dict[str, dict[str, Any] | None]:
    """By person: ``None`` for the winner, the facts of the refusal for the loser."""
    barrier = threading.Barrier(len(PEOPLE))
    results: dict[str, dict[str, Any] | None] = {}

    def decide(person: str) -> None:
        engine = make_engine(url)
        with SqlUnitOfWork(engine, clock=SettableClock(NOON)) as unit:
            seen = unit.applications.get(number)
        barrier.wait(30)
        try:
            with SqlUnitOfWork(engine, clock=SettableClock(NOON)) as unit:
                unit.record(rejection(seen, by=person), mails=[MAIL])
                unit.commit()
            results[person] = None
        except ConcurrentEditError as error:
            results[person] = dict(error.facts)

    threads = [threading.Thread(target=decide, args=(person,)) for person in PEOPLE]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def test_two_processes_one_decision(url: str, start: Start) -> None:
    for n in range(1, ROUNDS + 1):
        number = submitted(url, n)
        fighters = {person: start(contender.decide, url, number, person)[1] for person in PEOPLE}
        assert [pipe.recv() for pipe in fighters.values()] == ["ready", "ready"]
        for pipe in fighters.values():
            pipe.send("go")
        results = {person: pipe.recv() for person, pipe in fighters.items()}
        winners = [person for person, lost in results.items() if lost is None]
        assert len(winners) == 1
        (loser,) = (lost for lost in results.values() if lost is not None)
        assert told(loser, winners[0], number)
        assert decisions(url, number) == (winners, 1)


def test_nothing_is_left_locked_after_a_fight(url: str) -> None:
    number = submitted(url, 1)
    _fight_of_threads(url, number)
    engine = make_engine(url, busy_seconds=0.1)
    with engine.begin() as connection:
        one_writer(connection)
        if engine.dialect.name == "sqlite":
            assert connection.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"
        connection.execute(text("UPDATE sequences SET value = value"))
