"""Two processes decide the same application at once: one wins, the other learns who and when, the trail has one decision each."""

from __future__ import annotations

import multiprocessing

import pytest

from ebidadmin.domain.applications import ApplicationState
from ebidadmin.domain.events import EventTag, Subject, SubjectKind
from tests.builders import NOON, application_number
from tests.concurrency.conftest import Start
from tests.concurrency.workers import prepare, race
from tests.figures import Figure
from tests.sql_store import SqlStore

FEW, MANY = 40, 200
PEOPLE = {"approve": "tanaka", "reject": "suzuki"}
PATIENCE = 60
"""Seconds that a process may stay silent before the test gives up on it."""

Outcome = tuple[bool, dict[str, object]]


def fight(url: str, start: Start, fights: int) -> dict[str, dict[int, Outcome]]:
    """Both processes' accounts of every round."""
    barrier = multiprocessing.get_context("forkserver").Barrier(len(PEOPLE))
    started = {verb: start(race, url, login, verb, fights, barrier) for verb, login in PEOPLE.items()}
    accounts: dict[str, dict[int, Outcome]] = {verb: {} for verb in PEOPLE}
    for _ in range(fights):
        for verb, (_process, pipe) in started.items():
            assert pipe.poll(PATIENCE), f"{verb} went silent"
            n, won, facts = pipe.recv()
            accounts[verb][n] = (won, facts)
    return accounts


@pytest.mark.parametrize("fights", [FEW, pytest.param(MANY, marks=pytest.mark.slow)])
def test_two_processes_decide_at_once(url: str, start: Start, figure: Figure, fights: int) -> None:
    store = SqlStore(url)
    prepare(store, range(1, fights + 1))
    accounts = fight(url, start, fights)
    wins = {verb: sum(won for won, _ in rounds.values()) for verb, rounds in accounts.items()}
    assert sum(wins.values()) == fights
    assert all(wins.values()), f"only one order of winning was seen: {wins}"
    ends = {"approve": ApplicationState.APPROVED, "reject": ApplicationState.REJECTED}
    decisions = {EventTag.APPLICATION_APPROVED, EventTag.APPLICATION_REJECTED}
    with store() as uow:
        for n in range(1, fights + 1):
            winner = next(verb for verb in PEOPLE if accounts[verb][n][0])
            loser = next(verb for verb in PEOPLE if verb != winner)
            lost, facts = accounts[loser][n]
            assert not lost
            assert (facts["by"], facts["at"]) == (PEOPLE[winner], NOON.isoformat())
            assert facts["state"] == ends[winner].value
            one = uow.applications.get(application_number(n))
            assert (one.state, one.version) == (ends[winner], 2)
            assert (uow.registrations.live_of(one.supplier_number) is not None) == (winner == "approve")
            subject = Subject(SubjectKind.APPLICATION, one.number)
            events = [entry.event for entry in uow.audit.list(subject=subject)]
            assert [event.by for event in events if event.tag in decisions] == [PEOPLE[winner]]
            assert [event.by for event in events if event.tag is EventTag.REFUSED_CONCURRENT] == [
                PEOPLE[loser]
            ]
            assert len(uow.mails.list(about=subject)) == 1
    figure(f"{fights} fights, one winner each ({wins['approve']} approved, {wins['reject']} rejected)")
