"""What the processes do that take batches in."""

from __future__ import annotations

from collections.abc import Iterator
from multiprocessing.connection import Connection

from ebidadmin.clock import SettableClock
from ebidadmin.services import intake_chunks, intake_rows
from ebidadmin.services.intake_rows import IntakeReport
from tests.builders import NOON, TANAKA, intake_row
from tests.fakes import office
from tests.sql_store import SqlStore

ROWS = 200
CHUNK = 10


def take_in(url: str, *, pipe: Connection | None = None) -> IntakeReport:
    """Take the batch in; before each part say over the pipe that it begins."""
    store = SqlStore(url, SettableClock(NOON))
    desk = office(store)

    def rows() -> Iterator[intake_chunks.Read]:
        for n in range(1, ROWS + 1):
            if pipe is not None and n % CHUNK == 1:
                pipe.send(n)
            yield intake_rows.read(n, intake_row(n, number=f"B{n}"), office=desk)

    try:
        return intake_chunks.take(desk, staff=TANAKA, rows=rows(), chunk=CHUNK).report()
    finally:
        store.engine.dispose()


def until_killed(pipe: Connection, url: str) -> None:
    """Take the batch in, telling each part."""
    take_in(url, pipe=pipe)
    pipe.send(None)


def against_others(pipe: Connection, url: str) -> None:
    """Wait for the word, take the batch in, and tell what was new and what was there."""
    pipe.send("ready")
    pipe.recv()
    report = take_in(url)
    pipe.send((report.accepted, report.already_there, report.problems))
