"""Many clerks at once on one database: how long a page of the queue, a case and a decision take them, and for how long one keeps the others
from writing.

Every clerk is a process with a connection pool of its own. In turn they think, look at the first page of the queue, open a case of their
own, think, and decide it (approved or rejected, with its mail), all through the services. The floor is one clerk alone who thinks
as long, in the same run. The turn to write is held from the moment when the database grants it until the transaction has ended.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from random import Random
from statistics import quantiles
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks" / "import")]

import machine  # noqa: E402 - found only now: a script has no root of its own
from places import SERVER  # noqa: E402 - as above
from sqlalchemy import Engine, event  # noqa: E402 - as above

from ebidadmin.domain.staff import Role, Staff  # noqa: E402 - as above
from ebidadmin.persistence.migrate import upgrade  # noqa: E402 - as above
from ebidadmin.persistence.readmodels import SqlQueueReader  # noqa: E402 - as above
from ebidadmin.services import application_review as review  # noqa: E402 - as above
from ebidadmin.services import queue  # noqa: E402 - as above
from ebidadmin.services.queue import QueueQuery  # noqa: E402 - as above
from tests.builders import application_number  # noqa: E402 - as above
from tests.concurrency.workers import prepare  # noqa: E402 - as above
from tests.fakes import office as made_office  # noqa: E402 - as above
from tests.postgres import running_server  # noqa: E402 - as above
from tests.sql_store import SqlStore  # noqa: E402 - as above

SEED = 20261130
WHAT = ("page", "case", "decision", "turn")
Times = dict[str, list[float]]


def turns(engine: Engine, told: list[float]) -> None:
    """Note how long each turn to write is held."""
    since: list[float] = []

    def asked(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if "pg_advisory_xact_lock" in statement or statement == "BEGIN IMMEDIATE":
            since.append(time.perf_counter())

    def over(_connection: Any) -> None:
        if since:
            told.append(time.perf_counter() - since.pop())

    event.listen(engine, "after_cursor_execute", asked)
    # The driver's own word comes later: the commit is in the time.
    for name in ("commit", "rollback"):
        event.listen(engine, name, over)


def clerk(url: str, place: int, numbers: Sequence[int], seconds: float, think: float) -> None:
    """A clerk: says that it is ready, waits for a line, works for so long, tells the seconds of everything."""
    store = SqlStore(url)
    office, reader = made_office(store), SqlQueueReader(store.engine, names=store.names)
    staff, random = Staff(f"clerk{place:02d}", frozenset({Role.REVIEWER})), Random(SEED + place)
    found: Times = {name: [] for name in WHAT}

    def timed(name: str, act: Callable[[], object]) -> None:
        start = time.perf_counter()
        act()
        found[name].append(time.perf_counter() - start)

    def decide(n: int) -> None:
        number = application_number(n)
        if n % 3:
            review.reject(office, staff=staff, number=number, version=1, reasons=("other",))
        else:
            review.approve(office, staff=staff, number=number, version=1)

    def case(n: int, pause: Callable[[], None]) -> None:
        pause()
        timed("page", lambda: queue.page(office, staff=staff, query=QueueQuery(), reader=reader))
        timed("case", lambda: review.dossier(office, staff=staff, number=application_number(n)))
        pause()
        timed("decision", lambda: decide(n))

    left = iter(numbers)
    case(next(left), lambda: None)
    found = {name: [] for name in WHAT}
    turns(store.engine, found["turn"])
    print("ready", flush=True)
    sys.stdin.readline()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        case(next(left), lambda: time.sleep(random.expovariate(1 / think)))
    print(json.dumps(found), flush=True)


def work(url: str, first: int, clerks: int, *, each: int, seconds: float, think: float) -> Times:
    """What so many clerks at once were told by their watches."""
    running = []
    for place in range(clerks):
        numbers = list(range(first + place * each, first + (place + 1) * each))
        job = {"url": url, "place": place, "numbers": numbers, "seconds": seconds, "think": think}
        command = [sys.executable, __file__, "--job", json.dumps(job)]
        running.append(subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True))
    for one in running:
        if one.stdout is None or one.stdout.readline() != "ready\n":
            raise SystemExit("a clerk failed")
    for one in running:
        if one.stdin is not None:
            one.stdin.write("go\n")
            one.stdin.flush()
    found: Times = {name: [] for name in WHAT}
    for one in running:
        told, _ = one.communicate()
        if one.returncode:
            raise SystemExit("a clerk failed")
        for name, times in json.loads(told).items():
            found[name] += times
    return found


def lines(alone: Times, together: Times, clerks: int) -> Iterator[str]:
    yield f"| what | one clerk p50 | p95 | {clerks} clerks p50 | p95 | most | p95 to one clerk's |"
    yield "|---|---|---|---|---|---|---|"
    for name in WHAT:
        one, many = quantiles(alone[name], n=20), quantiles(together[name], n=20)
        figures = (one[9], one[18], many[9], many[18], max(together[name]))
        told = " | ".join(f"{1000 * value:.0f}" for value in figures)
        yield f"| {name} ({len(together[name])}) | {told} | {many[18] / one[18]:.1f} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clerks", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--think", type=float, default=2.0, help="mean seconds, twice for each case")
    parser.add_argument("--cases", type=int, default=60, help="for each clerk to take")
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), action="append")
    parser.add_argument("--job", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.job:
        clerk(**json.loads(asked.job))
        return
    for engine in asked.engine or ("postgresql",):
        with ExitStack() as stack:
            if engine == "sqlite":
                url = f"sqlite:///{stack.enter_context(tempfile.TemporaryDirectory())}/office.db"
                upgrade(url)
            else:
                url = stack.enter_context(running_server(SERVER)).create()
            store = SqlStore(url)
            prepare(store, range(1, (asked.clerks + 1) * asked.cases + 1))
            store.engine.dispose()
            how: dict[str, Any] = {"each": asked.cases, "seconds": asked.seconds, "think": asked.think}
            before = machine.busy()
            alone = work(url, 1, 1, **how)
            together = work(url, asked.cases + 1, asked.clerks, **how)
            print(
                f"{engine}, {asked.seconds:.0f} s, {asked.think:.1f} s of thought twice for each case,"
                f" load before {before:.1f} and after {machine.busy():.1f}; milliseconds"
            )
            print("\n".join(lines(alone, together, asked.clerks)), flush=True)


if __name__ == "__main__":
    main()
