"""Killed at any instant: whatever was decided has its event and its mail, and nothing else has."""

from __future__ import annotations

import random
import select
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

from sqlalchemy import text

from ebidadmin.persistence.engine import make_engine
from tests.concurrency import contender
from tests.concurrency.conftest import Start

KILLS = 50
SEED = 20261007
LONGEST_PAUSE = 0.05
"""Seconds: several decisions long."""

MISMATCHED = text(
    """
    SELECT a.number, a.state,
        (SELECT count(*) FROM audit_events e WHERE e.subject_id = a.number AND e.tag = 'application:submitted') AS submitted,
        (SELECT count(*) FROM audit_events e WHERE e.subject_id = a.number AND e.tag = 'application:rejected') AS rejected,
        (SELECT count(*) FROM mail_outbox m WHERE m.about_id = a.number) AS mails
    FROM id_applications a
    WHERE submitted <> 1 OR rejected <> (a.state = 'rejected') OR mails <> (a.state = 'rejected')
    """
)
ORPHANS = text(
    """
    SELECT subject_id FROM audit_events WHERE subject_id NOT IN (SELECT number FROM id_applications)
    UNION ALL SELECT about_id FROM mail_outbox WHERE about_id NOT IN (SELECT number FROM id_applications)
    """
)


def test_fifty_kills_lose_nothing_and_leave_nothing_half_done(url: str, start: Start) -> None:
    chance = random.Random(SEED)
    committed: set[str] = set()
    for run in range(0, KILLS, 2):
        # Two at a time: they queue behind each other, so that some are killed while they wait and some while they hold the lock.
        victims = [start(contender.loop, url, run + offset) for offset in range(2)]
        for process, pipe in victims:
            committed |= _killed(process, pipe, chance)
        _check(url, committed)
    assert len(committed) >= KILLS


def _killed(process: BaseProcess, pipe: Connection, chance: random.Random) -> set[str]:
    """Let it decide something, kill it a random while later; the numbers of which it said that they were committed."""
    told = {pipe.recv()}
    # Waiting for nothing is a pause kept by the operating system.
    select.select([], [], [], chance.uniform(0, LONGEST_PAUSE))
    process.kill()
    process.join(30)
    while True:
        try:
            told.add(pipe.recv())
        except (EOFError, OSError):
            return told


def _check(url: str, committed: set[str]) -> None:
    with make_engine(url).begin() as connection:
        assert connection.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"
        assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
        assert connection.execute(MISMATCHED).all() == []
        assert connection.execute(ORPHANS).all() == []
        listed = connection.execute(text("SELECT number FROM id_applications WHERE state = 'rejected'"))
        assert committed <= set(listed.scalars())
