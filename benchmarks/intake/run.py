"""Batches of applications beside a bare floor: time and memory, taken in, taken in again, and row by row.

The floor is what no intake can be faster than: the same file read as JSON, and its values written by one ``executemany`` into a table
without keys; no checks, no trail, no search twins, nothing compared. Every case is a process of its own; a round runs all of them one after
the other. Row by row fewer rows are taken, once; its ratios are those of a row. Afterwards it is proved that the work was done, and that a
batch taken in again has changed nothing.
"""

from __future__ import annotations

import argparse
import csv
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks" / "import")]

import machine  # noqa: E402 - found only now: a script has no root of its own
from places import installed, places  # noqa: E402 - as above
from sqlalchemy import create_engine, func, select, text  # noqa: E402 - as above
from work import Place, expect  # noqa: E402 - as above

from ebidadmin.bootstrap import Desk, open_desk  # noqa: E402 - as above
from ebidadmin.intake.batches import HEADINGS, open_batch  # noqa: E402 - as above
from ebidadmin.persistence.schema import ApplicationRow, AuditRow  # noqa: E402 - as above
from ebidadmin.services import intake_chunks, intake_rows  # noqa: E402 - as above
from tests.builders import SAMPLE_HASH, flat, form  # noqa: E402 - as above

CASES = ("floor", "lines.first", "lines.again", "columns.first", "columns.again", "alone.first")
"""Those of the same name before the dot work on the same desk, one after the other."""

TITLES = {
    "floor": "floor",
    "lines.first": "JSON Lines, taken in",
    "lines.again": "JSON Lines, again",
    "columns.first": "CSV, taken in",
    "columns.again": "CSV, again",
    "alone.first": "JSON Lines, each row in a transaction of its own",
}
WARM = 20


@dataclass(frozen=True)
class Files:
    lines: Path
    columns: Path


def batch(n: int) -> dict[str, str]:
    row = flat(form(n))
    row |= {"application_number": f"B{n}", "password_hash": SAMPLE_HASH, "user_id": f"shoukai{n:08d}"}
    return row | {"applied_at": "2026-10-06T10:00:00+09:00"}


def files(folder: Path, rows: int) -> Files:
    folder.mkdir()
    made = Files(folder / "batch.jsonl", folder / "batch.csv")
    with made.lines.open("w", encoding="utf-8") as stream:
        stream.writelines(json.dumps(batch(n), ensure_ascii=False) + "\n" for n in range(1, rows + 1))
    with made.columns.open("w", encoding="cp932", newline="") as stream:
        writer = csv.DictWriter(stream, HEADINGS)
        writer.writeheader()
        writer.writerows(batch(n) for n in range(1, rows + 1))
    return made


def floor(place: Place, found: Files, rows: int) -> Callable[[], None]:
    """Read, and one ``executemany``."""
    engine = create_engine(place.database)
    columns = ", ".join(f"c{number} TEXT" for number in range(len(HEADINGS)))
    statement = text(
        f"INSERT INTO floor VALUES ({', '.join(f':{number}' for number in range(len(HEADINGS)))})"
    )

    def load() -> None:
        with found.lines.open(encoding="utf-8") as stream, engine.begin() as connection:
            connection.execute(text(f"CREATE TABLE floor ({columns})"))
            objects = map(json.loads, stream)
            connection.execute(
                statement, [{str(at): one[name] for at, name in enumerate(HEADINGS)} for one in objects]
            )

    def prove() -> None:
        with engine.begin() as connection:
            expect("rows", connection.scalar(text("SELECT count(*) FROM floor")), rows)

    return _timed(load, prove)


def ours(case: str, place: Place, found: Files, rows: int) -> Callable[[], None]:
    """As the command does it."""
    desk = open_desk(place.desk)
    way, again = case.split(".")
    path = found.columns if way == "columns" else found.lines
    intake_chunks.rehearse(desk.office, staff=desk.staff, rows=list(_read(desk, path))[:WARM])
    before = _counts(desk)
    reports = []

    def take() -> None:
        size = 1 if way == "alone" else intake_chunks.CHUNK
        reports.append(
            intake_chunks.take(desk.office, staff=desk.staff, rows=_read(desk, path), chunk=size).report()
        )

    def prove() -> None:
        (report,) = reports
        wanted = (0, rows, 0) if again == "again" else (rows, 0, 0)
        expect("report", (len(report.accepted), len(report.already_there), len(report.problems)), wanted)
        expect("stored", _counts(desk), before if again == "again" else (rows, rows))

    return _timed(take, prove)


def _read(desk: Desk, path: Path) -> Iterator[intake_chunks.Read]:
    for line in open_batch(path).lines():
        assert line.value is not None
        yield intake_rows.read(line.line, line.value, office=desk.office)


def _counts(desk: Desk) -> tuple[int, int]:
    with desk.engine.begin() as connection:
        return tuple(  # type: ignore[return-value]  # two tables, two numbers
            connection.scalar(select(func.count()).select_from(table)) for table in (ApplicationRow, AuditRow)
        )


def _timed(action: Callable[[], None], prove: Callable[[], None]) -> Callable[[], None]:
    def run() -> None:
        wall, cpu = time.perf_counter(), time.process_time()
        action()
        told = {"seconds": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        prove()
        print(json.dumps({**told, "peak": peak}))

    return run


def child(given: Mapping[str, Any]) -> None:
    place = Place(given["engine"], Path(given["folder"]), Path(given["desk"]), given["database"])
    found = Files(Path(given["lines"]), Path(given["columns"]))
    case, rows = given["case"], given["rows"]
    (floor(place, found, rows) if case == "floor" else ours(case, place, found, rows))()


def start(case: str, place: Place, found: Files, rows: int) -> dict[str, float]:
    job = {"case": case, "rows": rows, "lines": str(found.lines), "columns": str(found.columns)}
    job |= {"engine": place.engine, "folder": str(place.folder), "desk": str(place.desk)}
    command = [sys.executable, __file__, "--job", json.dumps({**job, "database": place.database})]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{case} on {place.engine} failed: {done.stderr.strip().splitlines()[-1]}")
    measured: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    print(f"{place.engine:10} {case:14} {measured['seconds']:7.2f} s", file=sys.stderr, flush=True)
    return measured


def table(figures: Mapping[tuple[str, str], Sequence[Mapping[str, float]]]) -> Iterator[str]:
    """Medians of the rounds; ratios are those of a row."""
    yield "| case | engine | rows | seconds | times the floor | CPU s | times its CPU | rows a second | peak MB |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for (engine, case), runs in figures.items():
        names = ("seconds", "cpu", "peak", "rows")
        told, bare = (
            {name: median(run[name] for run in some) for name in names}
            for some in (runs, figures[engine, "floor"])
        )
        per_row = {
            name: told[name] / told["rows"] / (bare[name] / bare["rows"]) for name in ("seconds", "cpu")
        }
        yield (
            f"| {TITLES[case]} | {engine} | {told['rows']:,.0f} | {told['seconds']:.2f} | {per_row['seconds']:.1f} | {told['cpu']:.2f} |"
            f" {per_row['cpu']:.1f} | {told['rows'] / told['seconds']:,.0f} | {told['peak']:.0f} |"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--alone-rows", type=int, default=1_000, help="of the slow case, row by row")
    parser.add_argument("--engines", default="sqlite,postgresql")
    parser.add_argument("--job", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.job:
        child(json.loads(asked.job))
        return
    engines = [engine for engine in asked.engines.split(",") if installed(engine)]
    figures: dict[tuple[str, str], list[Mapping[str, float]]] = {
        (engine, case): [] for engine in engines for case in CASES
    }
    with tempfile.TemporaryDirectory() as folder, places(Path(folder), engines) as found:
        few = min(asked.alone_rows, asked.rows)
        made, made_few = files(Path(folder) / "all", asked.rows), files(Path(folder) / "few", few)
        facts = machine.facts(found.server_version)
        load = [machine.busy()]
        for number in range(asked.rounds):
            for engine in engines:
                for way in dict.fromkeys(case.partition(".")[0] for case in CASES):
                    if way == "alone" and number:
                        continue
                    count, at = (few, made_few) if way == "alone" else (asked.rows, made)
                    with found.fresh(engine) as place:
                        for case in (case for case in CASES if case.partition(".")[0] == way):
                            found.settle(engine)
                            measured = start(case, place, at, count)
                            figures[engine, case].append({**measured, "rows": count})
        load.append(machine.busy())
    print("\n".join(f"- {name}: {value}" for name, value in facts.items()))
    print(f"- load before and after: {load[0]:.1f}, {load[1]:.1f}\n")
    print("\n".join(table(figures)))


if __name__ == "__main__":
    main()
