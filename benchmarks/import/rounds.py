"""Rounds: every case in a process of its own, one after the other, so that a busy moment of the machine meets all of them."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from places import Places
from work import Place

HERE = Path(__file__).resolve().parent
NEITHER = "sqlite"
"""Cases that store nothing are run in the SQLite rounds."""

STORES_NOTHING = ("pandera", "frictionless")

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Key:
    """One line of the figures."""

    rows: int
    engine: str
    case: str


@dataclass(frozen=True)
class Series:
    """Cases at one size. ``rounds`` says for each how often; those of a round share a desk, in the order in which they stand."""

    rows: int
    rounds: Mapping[str, int]


@dataclass
class Figures:
    """What was measured, in the order in which it was; and what went wrong."""

    runs: dict[Key, list[dict[str, Any]]] = field(default_factory=dict)
    failed: dict[Key, str] = field(default_factory=dict)


class CaseFailedError(Exception):
    """Its last words."""


def run(
    series: Series, engines: Sequence[str], found: Places, *, limit: float, figures: Figures, tell: Tell
) -> None:
    """All rounds of ``series``, into ``figures``. A case that fails or takes longer than ``limit`` seconds is not tried again, nor is what
    builds on it."""
    subprocess.run([sys.executable, HERE / "corpus.py", str(series.rows)], check=True)
    for number in range(max(series.rounds.values(), default=0)):
        for engine in engines:
            cases = [
                name for name, times in series.rounds.items() if times > number and _belongs(name, engine)
            ]
            if cases:
                _round(series.rows, engine, cases, found, limit=limit, figures=figures, tell=tell)


def _belongs(case: str, engine: str) -> bool:
    if case.startswith("django"):
        return engine == "sqlite" or case.endswith("@postgresql")
    return engine == NEITHER or case not in STORES_NOTHING


def _round(
    rows: int, engine: str, cases: Sequence[str], found: Places, *, limit: float, figures: Figures, tell: Tell
) -> None:
    for family in _families(cases):
        with found.fresh(engine) as place:
            for case in family:
                key = Key(rows, engine, case)
                if any(
                    failed.rows == rows and failed.engine == engine and failed.case in family
                    for failed in figures.failed
                ):
                    break
                found.settle(engine)
                with found.fresh(engine) as scratch:
                    started = time.monotonic()
                    try:
                        result = _start(key, place, scratch, limit)
                    except CaseFailedError as failure:
                        figures.failed[key] = str(failure)
                        tell(f"{_name(key)} FAILED: {failure}")
                        break
                figures.runs.setdefault(key, []).append(result)
                tell(f"{_name(key)} {result['seconds']:.2f} s ({time.monotonic() - started:.0f} s in all)")


def _families(cases: Sequence[str]) -> Iterator[list[str]]:
    """Cases of the same name before the dot build on each other."""
    names = dict.fromkeys(case.partition(".")[0] for case in cases)
    for name in names:
        yield [case for case in cases if case.partition(".")[0] == name]


def _name(key: Key) -> str:
    return f"{key.rows:>9,} rows  {key.engine:10}  {key.case:18}"


def _start(key: Key, place: Place, scratch: Place, limit: float) -> dict[str, Any]:
    job, result = place.folder / "job.json", place.folder / "result.json"
    result.unlink(missing_ok=True)
    job.write_text(
        json.dumps(
            {
                "case": key.case,
                "engine": key.engine,
                "rows": key.rows,
                "place": _as_json(place),
                "scratch": _as_json(scratch),
            }
        ),
        encoding="utf-8",
    )
    command = [sys.executable, str(HERE / "case.py"), str(job), str(result)]
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=limit, check=False
        )
    except subprocess.TimeoutExpired as expired:
        raise CaseFailedError(f"not done after {limit:.0f} s") from expired
    if done.returncode != 0:
        raise CaseFailedError(_last_line(done.stderr.splitlines()))
    measured: dict[str, Any] = json.loads(result.read_text(encoding="utf-8"))
    return measured


def _as_json(place: Place) -> dict[str, str]:
    return {"folder": str(place.folder), "desk": str(place.desk), "database": place.database}


def _last_line(lines: Iterable[str]) -> str:
    return next((line.strip() for line in reversed([*lines]) if line.strip()), "no word")
