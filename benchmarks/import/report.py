"""The figures as tables for ``docs/benchmarks.md``, and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import ceil
from statistics import median
from typing import Any

from rounds import STORES_NOTHING, Figures, Key

MEGA = 2**20
FLOOR = "floor"
LABELS = {
    FLOOR: "floor: no checks, no comparison, no history",
    "ours.first": "**first import**",
    "ours.same": "**same file again, fully compared**",
    "ours.changed": "**1 % changed**",
    "pandas": "pandas: read_csv, checks, to_sql",
    "pandera": "pandera: validation alone",
    "frictionless": "frictionless: validation alone",
    "django.first": "django-import-export: first import",
    "django.same": "django-import-export: same file again",
    "django.changed": "django-import-export: 1 % changed",
    "django-bulk.first": "django-import-export in bulk: first import",
    "django-bulk.same": "django-import-export in bulk: same file again",
    "django-bulk.changed": "django-import-export in bulk: 1 % changed",
}
GOALS = {"ours.first": 3.0, "ours.same": 1.3, "ours.changed": 0.8}
ENGINES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
OURS = tuple(GOALS)
SEARCH = "ours.search"
BASES: tuple[tuple[str, str, float | None], ...] = (
    ("django.first", "ours.first", 50.0),
    ("django-bulk.first", "ours.first", None),
    *(("pandas", ours, 1.0) for ours in OURS),
)
"""Peer, case of ours, and how many times faster ours is to be."""

Line = Sequence[str]


def table(heading: Line, lines: Iterable[Line]) -> str:
    marks = ["---"] * len(heading)
    return "\n".join(f"| {' | '.join(line)} |" for line in (heading, marks, *lines)) + "\n"


def middle(figures: Figures, key: Key, what: str = "seconds") -> float | None:
    runs = figures.runs.get(key)
    return median(run[what] for run in runs) if runs else None


def comparison(figures: Figures, rows: int) -> str:
    """Every case of a size beside the floor of its engine."""
    heading = (
        "case",
        "engine",
        "seconds",
        "from – to",
        "times the floor",
        "goal",
        "CPU s",
        "times its CPU",
        "peak MB",
    )
    keys = [key for key in (*figures.runs, *figures.failed) if key.rows == rows and key.case != SEARCH]
    order = [*ENGINES]
    keys.sort(
        key=lambda key: (key.case in STORES_NOTHING, order.index(key.engine), [*LABELS].index(key.case))
    )
    return table(heading, (_compared(figures, key) for key in keys))


def _compared(figures: Figures, key: Key) -> Line:
    engine = "–" if key.case in STORES_NOTHING else ENGINES[key.engine]
    if key in figures.failed:
        return LABELS[key.case], engine, "failed", "", "", "", "", "", ""
    runs = figures.runs[key]
    seconds = [run["seconds"] for run in runs]
    return (
        LABELS[key.case],
        engine,
        f"{median(seconds):.2f}",
        f"{min(seconds):.2f} – {max(seconds):.2f}" if len(seconds) > 1 else "one run",
        _beside_the_floor(figures, key, "seconds"),
        f"{GOALS[key.case]}" if key.case in GOALS else "",
        f"{middle(figures, key, 'cpu'):.2f}",
        _beside_the_floor(figures, key, "cpu"),
        f"{max(run['peak'] for run in runs) / MEGA:.0f}",
    )


def _beside_the_floor(figures: Figures, key: Key, what: str) -> str:
    own, base = middle(figures, key, what), middle(figures, Key(key.rows, key.engine, FLOOR), what)
    return f"{own / base:.2f}" if own and base else "–"


def against_peers(figures: Figures, rows: int) -> str:
    heading = ("case", "engine", "peer", "times faster", "goal")
    lines = [*_beaten(figures, rows)]
    return table(heading, lines) if lines else ""


def _beaten(figures: Figures, rows: int) -> Iterator[Line]:
    for engine, label in ENGINES.items():
        for peer, ours, goal in BASES:
            theirs = middle(figures, Key(rows, engine, peer))
            own = middle(figures, Key(rows, engine, ours))
            if theirs and own:
                yield LABELS[ours], label, LABELS[peer], f"{theirs / own:.1f}", f"{goal:.0f}" if goal else ""


def growth(figures: Figures, sizes: Sequence[int], base: int) -> str:
    """Sizes beside ``base``: how the time grows and what memory it takes."""
    heading = ("case", "engine", "rows", "seconds", f"times {base:,} rows", "peak MB")
    return table(heading, _grown(figures, sizes, base))


def _grown(figures: Figures, sizes: Sequence[int], base: int) -> Iterator[Line]:
    for engine, label in ENGINES.items():
        for case in OURS:
            start = middle(figures, Key(base, engine, case))
            for rows in sizes:
                key = Key(rows, engine, case)
                seconds, peak = middle(figures, key), middle(figures, key, "peak")
                if seconds and peak:
                    grown = f"{seconds / start:.1f}" if start else "–"
                    yield LABELS[case], label, f"{rows:,}", f"{seconds:.2f}", grown, f"{peak / MEGA:.0f}"


def searches(figures: Figures) -> str:
    """How long searches took, by how many characters were typed; the goal is one for all."""
    kinds = ("common", "typical", "rare", "absent")
    heading = (
        "rows",
        "engine",
        "characters",
        "searches",
        "p50 ms",
        "p95 ms",
        "worst ms",
        *(f"p95 {kind}" for kind in kinds),
    )
    return table(heading, _searched(figures, kinds))


def _searched(figures: Figures, kinds: Sequence[str]) -> Iterator[Line]:
    for key, runs in figures.runs.items():
        if key.case != SEARCH:
            continue
        asked = [done for run in runs for done in run["facts"]["searches"]]
        for length in (*sorted({done["length"] for done in asked}), None):
            chosen = [done for done in asked if length in (None, done["length"])]
            times = [_milliseconds(chosen, share) for share in (0.5, 0.95, 1)]
            of_kind = [
                _milliseconds([done for done in chosen if done["kind"] == kind], 0.95) for kind in kinds
            ]
            typed = "all" if length is None else str(length)
            yield f"{key.rows:,}", ENGINES[key.engine], typed, str(len(chosen)), *times, *of_kind


def _milliseconds(asked: Sequence[Mapping[str, Any]], share: float) -> str:
    return f"{percentile((done['seconds'] for done in asked), share) * 1000:.1f}" if asked else "–"


def percentile(values: Iterable[float], share: float) -> float:
    """The smallest value that at least that share of them does not exceed."""
    ordered = sorted(values)
    return ordered[max(0, ceil(share * len(ordered)) - 1)]


def failures(figures: Figures) -> str:
    return "".join(
        f"- {key.case}, {ENGINES[key.engine]}, {key.rows:,} rows: {why}\n"
        for key, why in figures.failed.items()
    )


def as_json(figures: Figures, machine: Mapping[str, Any]) -> dict[str, Any]:
    """Every single run."""
    return {
        "machine": dict(machine),
        "runs": [
            {"rows": key.rows, "engine": key.engine, "case": key.case, "runs": runs}
            for key, runs in figures.runs.items()
        ],
        "failed": [
            {"rows": key.rows, "engine": key.engine, "case": key.case, "why": why}
            for key, why in figures.failed.items()
        ],
    }
