"""A migrated database for fights between threads and processes."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

import pytest

from tests.conftest import FreshDatabase


@pytest.fixture
def url(fresh_database: FreshDatabase) -> str:
    """SQLite, where a module does not ask for more."""
    return fresh_database("sqlite")


Started = tuple[BaseProcess, Connection]
Start = Callable[..., Started]


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts a process that runs ``function(pipe, *arguments)``; the answer is the process and our end of the pipe.

    They are forked from a clean server that has everything imported, so that a fight costs no start-up.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(
        [
            f"tests.concurrency.{name}"
            for name in (
                "batch_takers",
                "carriers",
                "clerks",
                "contender",
                "crash_workers",
                "deciders",
                "schedulers",
                "smtp_senders",
                "workers",
            )
        ]
    )
    running: list[Started] = []

    def started(function: Callable[..., None], *arguments: object) -> Started:
        ours, theirs = context.Pipe()
        process = context.Process(target=function, args=(theirs, *arguments))
        process.start()
        theirs.close()
        running.append((process, ours))
        return process, ours

    yield started
    for process, pipe in running:
        process.kill()
        process.join(30)
        pipe.close()
