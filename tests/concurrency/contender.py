"""What the fighting processes of the tests do."""

from __future__ import annotations

import random
from multiprocessing.connection import Connection

from ebidadmin.clock import SettableClock
from ebidadmin.domain.ids import ApplicationNumber, UserId
from ebidadmin.errors import ConcurrentEditError
from ebidadmin.persistence.engine import make_engine
from ebidadmin.persistence.unit_of_work import SqlUnitOfWork
from tests.builders import NOON
from tests.persistence.office import MAIL, OpenUow, rejection, save, submission

CASES = 10_000
"""More than a process lives to decide; each run has its own suppliers."""


def decide(pipe: Connection, url: str, number: str, person: str) -> None:
    """Read the case, say so, wait for the word, reject it; send ``None``, or the facts of the refusal."""
    uow = _opener(url)
    with uow() as unit:
        seen = unit.applications.get(ApplicationNumber(number))
    pipe.send("ready")
    pipe.recv()
    try:
        save(uow, rejection(seen, by=person), MAIL)
    except ConcurrentEditError as error:
        pipe.send(dict(error.facts))
    else:
        pipe.send(None)


def loop(pipe: Connection, url: str, run: int) -> None:
    """Submit and reject cases without end, at times leaving a decision without commit; send the number of each whose decision is
    committed, so that whoever kills this process knows what must be there."""
    uow = _opener(url)
    chance = random.Random(run)
    for n in range(CASES):
        case = run * CASES + n
        opened = submission(case, number=f"A{case:07d}", user_id=UserId(f"user{case:07d}"))
        save(uow, opened)
        if chance.random() < 0.2:
            with uow() as unit:
                unit.record(rejection(opened.after, by="nobody"), mails=[MAIL])
        else:
            save(uow, rejection(opened.after), MAIL)
            pipe.send(opened.after.number)


def _opener(url: str) -> OpenUow:
    engine, clock = make_engine(url), SettableClock(NOON)
    return lambda: SqlUnitOfWork(engine, clock=clock)
