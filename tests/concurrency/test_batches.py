"""A batch that is killed at any instant is completed by taking it in again; one that several take in at once comes in once."""

from __future__ import annotations

import random
import select

import pytest
from sqlalchemy import text

from ebidadmin.persistence.engine import make_engine
from tests.concurrency import batch_takers
from tests.concurrency.batch_takers import CHUNK, ROWS
from tests.concurrency.conftest import Start
from tests.conftest import FreshDatabase
from tests.postgres import ENGINES, PostgresServer

KILLS = 8
SEED = 20261130
LONGEST_PAUSE = 0.05
"""Seconds: about what a part takes."""

NOT_WHOLE = text(
    """
    SELECT a.number FROM id_applications a WHERE
        (SELECT count(*) FROM audit_events e WHERE e.subject_id = a.number) <> 1
        OR (SELECT count(*) FROM user_id_reservations r WHERE r.application = a.number) <> 1
        OR (SELECT count(*) FROM contact_points p WHERE p.key = a.number) <> 5
    """
)
COUNTS = text(
    """
    SELECT (SELECT count(*) FROM id_applications), (SELECT count(*) FROM audit_events),
        (SELECT count(*) FROM user_id_reservations), (SELECT count(*) FROM contact_points)
    """
)
WHOLE_BATCH = (ROWS, ROWS, ROWS, 5 * ROWS)


@pytest.fixture(params=ENGINES)
def url(request: pytest.FixtureRequest, fresh_database: FreshDatabase) -> str:
    return fresh_database(request.param)


def counts(url: str) -> tuple[int, ...]:
    """Of all tables that a batch fills, after a look at whether each application is there with all that belongs to it."""
    engine = make_engine(url)
    with engine.begin() as connection:
        assert connection.execute(NOT_WHOLE).all() == []
        found = tuple(connection.execute(COUNTS).one())
    engine.dispose()
    return found


def test_a_killed_batch_leaves_whole_parts_and_is_completed(
    request: pytest.FixtureRequest, url: str, start: Start
) -> None:
    chance = random.Random(SEED)
    there = counts(url)
    for _ in range(KILLS):
        process, pipe = start(batch_takers.until_killed, url)
        for _part in range(chance.randint(1, 4)):
            pipe.recv()
        # Waiting for nothing is a pause kept by the operating system.
        select.select([], [], [], chance.uniform(0, LONGEST_PAUSE))
        process.kill()
        process.join(30)
        if url.startswith("postgresql"):
            server: PostgresServer = request.getfixturevalue("postgres_server")
            server.end_sessions(url)
        there = counts(url)
        assert there[0] % CHUNK == 0
    report = batch_takers.take_in(url)
    assert (len(report.accepted), len(report.already_there)) == (ROWS - there[0], there[0])
    assert counts(url) == WHOLE_BATCH
    assert batch_takers.take_in(url).accepted == ()
    assert counts(url) == WHOLE_BATCH


def test_a_batch_that_three_take_in_at_once_comes_in_once(url: str, start: Start) -> None:
    takers = [start(batch_takers.against_others, url) for _ in range(3)]
    for _, pipe in takers:
        assert pipe.recv() == "ready"
    for _, pipe in takers:
        pipe.send("go")
    accepted: list[str] = []
    for _, pipe in takers:
        new, there, problems = pipe.recv()
        assert (len(new) + len(there), problems) == (ROWS, ())
        accepted += new
    assert sorted(accepted) == sorted(f"B{n}" for n in range(1, ROWS + 1))
    assert counts(url) == WHOLE_BATCH
