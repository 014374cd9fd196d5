"""What the racing processes do: each opens the shared database by itself, as two desks on one machine would."""

from __future__ import annotations

from multiprocessing.connection import Connection

from ebidadmin.clock import SettableClock
from ebidadmin.errors import RuleError
from tests.builders import NOON
from tests.cards.office import Bench
from tests.fakes import office
from tests.sql_store import SqlStore

ROUNDS = 4


def prepared(url: str) -> None:
    """The database answers."""
    with SqlStore(url)() as uow:
        assert uow.register.version() is not None


def one_race(pipe: Connection, url: str, supplier: int) -> None:
    """Walk with card after card up to the confirmation, wait for the word, register; tell how each ended."""
    bench = Bench(office(SqlStore(url, SettableClock(NOON))))
    for n in range(1, ROUNDS + 1):
        walk = bench.to_confirmation(supplier, card=1000 + n)
        pipe.send("ready")
        pipe.recv()
        try:
            bench.register(walk)
        except RuleError as error:
            pipe.send(error.code)
        else:
            pipe.send("registered")
