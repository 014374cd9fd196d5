"""What sealing and binding costs a decision: the same decisions with it and without, by one writer and by four at a time.

A decision is a permit request recorded, one granted, an application rejected with its mail: each a unit of work through the services, in
turn. Writers are processes on one database. Without: ``Ledger.close`` does nothing, which only this benchmark makes it do; events are told
as ever. Rounds alternate between the two; rates are medians.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks" / "import")]

import machine  # noqa: E402 - found only now: a script has no root of its own
from places import SERVER  # noqa: E402 - as above

from ebidadmin.domain.permits import PaperChannel  # noqa: E402 - as above
from ebidadmin.domain.staff import ALL_ROLES, Staff  # noqa: E402 - as above
from ebidadmin.persistence.ledger import Ledger  # noqa: E402 - as above
from ebidadmin.persistence.migrate import upgrade  # noqa: E402 - as above
from ebidadmin.services import application_review, permits  # noqa: E402 - as above
from tests import builders  # noqa: E402 - as above
from tests.fakes import office as made_office  # noqa: E402 - as above
from tests.persistence.office import submission  # noqa: E402 - as above
from tests.postgres import running_server  # noqa: E402 - as above
from tests.sql_store import SqlStore  # noqa: E402 - as above

CLERK = Staff("tanaka", ALL_ROLES)
DAY = date(2026, 10, 1)


def write(url: str, first: int, count: int, *, bare: bool) -> None:
    """A writer: says that it is ready, waits for a line, decides, tells the seconds."""
    store = SqlStore(url)
    office = made_office(store)
    numbers = iter(range(first, first + count))

    def decide() -> None:
        n = next(numbers)
        recorded = permits.record(
            office,
            staff=CLERK,
            supplier_number=builders.supplier_number(n % 1000),
            received=DAY,
            channel=PaperChannel.COUNTER,
        )
        permits.grant(office, staff=CLERK, permit_id=recorded.id, valid_from=DAY, valid_to=date(2027, 3, 31))
        number = submission(n).after.number
        application_review.reject(office, staff=CLERK, number=number, version=1, reasons=("other",))

    decide()
    if bare:
        Ledger.close = lambda self: None  # type: ignore[method-assign]  # what is measured is the program without it
    print("ready", flush=True)
    sys.stdin.readline()
    start = time.perf_counter()
    for _ in range(count - 1):
        decide()
    print(json.dumps(time.perf_counter() - start), flush=True)


def fill(url: str, first: int, count: int) -> None:
    """Applications to reject."""
    store = SqlStore(url)
    with store() as uow:
        uow.record_new([submission(n) for n in range(first, first + count)])
        uow.commit()
    store.engine.dispose()


def rate(url: str, first: int, writers: int, count: int, *, bare: bool) -> float:
    """Decisions per second of that many writers."""
    fill(url, first, writers * count)
    running = []
    for writer in range(writers):
        job = {"url": url, "first": first + writer * count, "count": count, "bare": bare}
        command = [sys.executable, __file__, "--job", json.dumps(job)]
        running.append(subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True))
    for one in running:
        if one.stdout is None or one.stdout.readline() != "ready\n":
            raise SystemExit("a writer failed")
    start = time.perf_counter()
    for one in running:
        if one.stdin is not None:
            one.stdin.write("go\n")
            one.stdin.flush()
    for one in running:
        one.communicate()
        if one.returncode:
            raise SystemExit("a writer failed")
    return 3 * writers * (count - 1) / (time.perf_counter() - start)


def measure(url: str, writers: Sequence[int], rounds: int, count: int) -> Iterator[str]:
    found: dict[tuple[int, bool], list[float]] = {}
    first = 1
    for number in range(rounds):
        for some in writers:
            for bare in (True, False) if number % 2 else (False, True):
                found.setdefault((some, bare), []).append(rate(url, first, some, count, bare=bare))
                first += some * count
    yield "| writers | decisions/s without | with | costs |"
    yield "|---|---|---|---|"
    for some in writers:
        without, sealed = median(found[some, True]), median(found[some, False])
        yield f"| {some} | {without:.0f} | {sealed:.0f} | {100 * (without / sealed - 1):.0f} % |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--cases", type=int, default=100, help="of each writer in a round; three decisions each"
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), action="append")
    parser.add_argument("--job", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.job:
        write(**json.loads(asked.job))
        return
    for engine in asked.engine or ("sqlite", "postgresql"):
        with ExitStack() as stack:
            if engine == "sqlite":
                url = f"sqlite:///{stack.enter_context(tempfile.TemporaryDirectory())}/office.db"
                upgrade(url)
            else:
                url = stack.enter_context(running_server(SERVER)).create()
            before = machine.busy()
            lines = list(measure(url, (1, 4), asked.rounds, asked.cases + 1))
            print(
                f"{engine}, medians of {asked.rounds}, load before {before:.1f} and after {machine.busy():.1f}"
            )
            print("\n".join(lines), flush=True)


if __name__ == "__main__":
    main()
