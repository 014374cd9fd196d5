"""What a backup, putting it back, and moving an office to PostgreSQL take at a million events of the trail.

The office is that of ``benchmarks/audit/verify.py``: events with values, and applications, registrations, enterprise ids and permits that
are bound to them, sealed by the program's own code. It is made on SQLite, backed up and restored there, moved to a PostgreSQL server of the
script's own, backed up and restored there. Each is the command as it is typed, in a process of its own: restoring compares and verifies,
moving compares and verifies. Seconds on the wall; one round.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks" / "import"), str(ROOT / "benchmarks" / "audit")]

import machine  # noqa: E402 - found only now: a script has no root of its own
from places import SERVER  # noqa: E402 - as above
from verify import fill  # noqa: E402 - as above

from ebidadmin.bootstrap import open_desk  # noqa: E402 - as above
from ebidadmin.cli.foundation import create_desk  # noqa: E402 - as above
from tests.postgres import PostgresServer, running_server  # noqa: E402 - as above
from tests.sql_store import SqlStore  # noqa: E402 - as above

MEBIBYTE = 1 << 20


def run(*words: object) -> tuple[Any, float]:
    """The answer of a command, and the seconds that it took."""
    start = time.perf_counter()
    command = [sys.executable, "-m", "ebidadmin", *map(str, words), "--json"]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=False, cwd=ROOT)
    spent = time.perf_counter() - start
    if done.returncode:
        raise SystemExit(f"{' '.join(map(str, words))} ended with {done.returncode}: {done.stdout.decode()}")
    return json.loads(done.stdout), spent


def row(what: str, spent: float, more: str = "") -> str:
    return f"| {what} | {spent:.1f} | {more} |"


def measure(place: Path, server: PostgresServer, count: int) -> Iterator[str]:
    desk = place / "desk"
    create_desk(desk, demo=False, progress=lambda step: None)
    with closing(open_desk(desk)) as opened:
        url = opened.config.database_url
    store = SqlStore(url)
    fill(store, count)
    store.engine.dispose()
    size = (desk / "ebidadmin.sqlite").stat().st_size
    yield f"{count:,} events, {size / MEBIBYTE:.0f} MiB on SQLite"
    yield "| what | seconds | |"
    yield "|---|---|---|"
    yield from both(place, desk, "sqlite", ())
    moved, spent = run("db", "move", server.create(migrated=False), "--desk", desk)
    yield row("move from SQLite to PostgreSQL", spent, f"{sum(moved['tables'].values()):,} rows")
    yield from both(place, desk, "postgresql", ("--url", server.create(migrated=False)))


def both(place: Path, desk: Path, kind: str, options: tuple[str, ...]) -> Iterator[str]:
    _, spent = run("audit", "verify", "--desk", desk)
    yield row(f"{kind}: audit verify", spent)
    file = place / f"{kind}.zip"
    made, spent = run("db", "backup", file, "--desk", desk)
    yield row(f"{kind}: backup", spent, f"{file.stat().st_size / MEBIBYTE:.0f} MiB")
    back, spent = run("db", "restore", file, *options, "--desk", place / f"{kind}-back")
    if back["tables"] != made["tables"] or back["head"] != made["head"]:
        raise SystemExit("what was restored is not what was backed up")
    yield row(f"{kind}: restore, compared and verified", spent, f"{back['checked']:,} events read again")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=1_000_000)
    asked = parser.parse_args()
    with ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        server = stack.enter_context(running_server(SERVER))
        before = machine.busy()
        for line in measure(place, server, asked.events):
            print(line, flush=True)
        print(f"load before {before:.1f} and after {machine.busy():.1f}")


if __name__ == "__main__":
    main()
