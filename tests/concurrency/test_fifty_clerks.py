"""Fifty clerks go for the same permits and applications: each is decided once, under one number; losers hear by whom and when."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from multiprocessing.connection import Connection, wait
from typing import Any

import pytest

from ebidadmin.domain.applications import ApplicationState
from ebidadmin.domain.events import Event, EventTag, Subject, SubjectKind
from ebidadmin.domain.permits import DocumentNumber, PermitState
from ebidadmin.services.ports import AuditEntry, SequenceName
from tests.builders import application_number, permit
from tests.concurrency.clerks import HEADS, clerk, verb, watch, work
from tests.concurrency.conftest import Start
from tests.concurrency.workers import prepare
from tests.conftest import FreshDatabase
from tests.figures import Figure
from tests.postgres import ENGINES
from tests.sql_store import SqlStore

PATIENCE = 600
"""Seconds that all processes may stay silent before the test gives up on them."""

ENDS = {"approve": ApplicationState.APPROVED, "reject": ApplicationState.REJECTED}
DECIDED = {
    EventTag.APPLICATION_APPROVED,
    EventTag.APPLICATION_REJECTED,
    EventTag.PERMIT_GRANTED,
    EventTag.PERMIT_REFUSED,
}

Outcome = tuple[int | None, dict[str, Any]]
Accounts = dict[tuple[str, int], dict[int, Outcome]]
"""By kind and number: how each clerk said that it ended, by desk."""


@pytest.fixture(params=ENGINES)
def url(request: pytest.FixtureRequest, fresh_database: FreshDatabase) -> str:
    return fresh_database(request.param)


def day_of_work(url: str, start: Start, clerks: int, count: int) -> Accounts:
    barrier = multiprocessing.get_context("forkserver").Barrier(clerks)
    pipes = {start(work, url, place, count, barrier)[1]: place for place in range(clerks)}
    missing = dict.fromkeys(pipes, 2 * count)
    accounts: Accounts = {}
    while missing:
        said = wait(list(missing), PATIENCE)
        assert said, "the clerks went silent"
        for pipe in said:
            assert isinstance(pipe, Connection)
            kind, n, got, refused = pipe.recv()
            accounts.setdefault((kind, n), {})[pipes[pipe]] = (got, refused)
            missing[pipe] -= 1
            if not missing[pipe]:
                del missing[pipe]
    return accounts


def winner_of(account: dict[int, Outcome], clerks: int) -> int:
    """The only desk that decided it; every other was told whose decision there is, and from when."""
    assert sorted(account) == list(range(clerks))
    (winner,) = (place for place, (got, _) in account.items() if got is not None)
    heard = {(refused["by"], refused["at"]) for got, refused in account.values() if got is None}
    assert heard == {(clerk(winner).login, watch(winner).now().isoformat())}
    return winner


def trail_of(store: SqlStore) -> dict[Subject, list[Event]]:
    """Decisions and refusals by what they are about."""
    found: dict[Subject, list[Event]] = {}
    with store() as uow:

        def pages() -> Iterator[AuditEntry]:
            seen = 0
            while page := uow.audit.list(after_seq=seen, limit=5_000):
                yield from page
                seen = page[-1].seq

        for entry in pages():
            found.setdefault(entry.event.subject, []).append(entry.event)
    return found


def expect_one_decision(events: list[Event], winner: int, clerks: int) -> None:
    """One in the trail, by the winner; each of the others stands there as refused, whoever had to try again perhaps twice."""
    assert [event.by for event in events if event.tag in DECIDED] == [clerk(winner).login]
    refusals = {EventTag.REFUSED_CONCURRENT, EventTag.REFUSED_BY_RULE}
    refused = {event.by for event in events if event.tag in refusals}
    assert refused == {clerk(place).login for place in range(clerks) if place != winner}


@pytest.mark.parametrize(
    ("clerks", "count"), [(2 * HEADS, 2 * HEADS), pytest.param(50, 200, marks=pytest.mark.slow)]
)
def test_many_clerks_decide_everything_once(
    url: str, start: Start, figure: Figure, clerks: int, count: int
) -> None:
    store = SqlStore(url)
    prepare(store, range(1, count + 1), granted=False)
    accounts = day_of_work(url, start, clerks, count)
    assert len(accounts) == 2 * count
    winners = {
        (kind, n): winner_of(accounts[kind, n], clerks)
        for kind in ("permit", "application")
        for n in range(1, count + 1)
    }
    trail = trail_of(store)
    with store() as uow:
        for n in range(1, count + 1):
            by = winners["permit", n]
            paper = uow.permits.get(permit(n).id)
            assert (paper.state, paper.version) == (PermitState.GRANTED, 2)
            assert (paper.decided_by, paper.decided_at) == (clerk(by).login, watch(by).now())
            assert paper.document == DocumentNumber(2026, accounts["permit", n][by][0] or 0)
            expect_one_decision(trail[Subject(SubjectKind.PERMIT, paper.id)], by, clerks)

            by = winners["application", n]
            one = uow.applications.get(application_number(n))
            assert (one.state, one.version) == (ENDS[verb(by, n)], 2)
            live = uow.registrations.live_of(one.supplier_number)
            assert (live is not None) == (one.state is ApplicationState.APPROVED)
            about = Subject(SubjectKind.APPLICATION, one.number)
            expect_one_decision(trail[about], by, clerks)
            assert len(uow.mails.list(about=about)) == 1
        papers = uow.permits.all()
        assert sorted(one.document.number for one in papers if one.document) == list(range(1, count + 1))
        assert uow.next_number(SequenceName.DOCUMENT, fiscal_year=2026) == count + 1
        ids = [one.enterprise_id for one in uow.registrations.all()]
        assert len(set(ids)) == len(ids)
    figure(
        f"{clerks} clerks after the same {count} permits and {count} applications: {2 * count} decided once, by"
        f" {len(set(winners.values()))} of them; {2 * count * (clerks - 1)} losers told;"
        f" numbers 1 to {count} without hole or double"
    )
