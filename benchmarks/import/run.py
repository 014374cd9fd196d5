"""Imports of the qualification register beside a bare floor and beside other libraries, with what they take of time and memory.

Every case is a process of its own. Each round runs all of them one after the other, so that a busy moment of the machine meets all; the
medians and their ratio to the floor of the same engine are told. Libraries that are not installed are named and left out
(``make bench-import`` installs them into an environment of their own).
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import machine
import report
from places import ROOT, installed, places
from rounds import Figures, Series, run

OUTPUT = ROOT / "build" / "benchmarks"
DJANGO = ("django", "django-bulk")
STEPS = ("first", "same", "changed")


def tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def arguments(given: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000, help="size of the comparison (default: 100000)")
    parser.add_argument("--rounds", type=int, default=5, help="how often each case is run (default: 5)")
    parser.add_argument(
        "--engines", default="sqlite,postgresql", help="sqlite, postgresql or both (default: both)"
    )
    parser.add_argument(
        "--peers", default=",".join(machine.PEERS), help="of these, or none (default: all that are installed)"
    )
    parser.add_argument(
        "--django-rows", type=int, help="another size for django-import-export, which takes minutes"
    )
    parser.add_argument("--django-rounds", type=int, default=1, help="how often it is run (default: 1)")
    parser.add_argument(
        "--growth", default="", help="further sizes for imports of ours alone, as 10000,1000000"
    )
    parser.add_argument("--growth-rounds", type=int, default=1, help="how often each is run (default: 1)")
    parser.add_argument("--search", type=int, help="search names in a register of that size")
    parser.add_argument(
        "--limit", type=float, default=3600, help="seconds that a case may take (default: 3600)"
    )
    parser.add_argument(
        "--output",
        type=Path,
        default=OUTPUT,
        help="folder for import.md and import.json (default: build/benchmarks)",
    )
    return parser.parse_args(given)


def plan(asked: argparse.Namespace, peers: Sequence[str]) -> dict[int, dict[str, int]]:
    """Size → case → how often."""
    ours = [f"ours.{step}" for step in STEPS]
    sizes: dict[int, dict[str, int]] = {asked.rows: dict.fromkeys(["floor", *ours], asked.rounds)}
    sizes[asked.rows] |= {peer: asked.rounds for peer in peers if peer != "django"}
    if "django" in peers:
        at = sizes.setdefault(
            asked.django_rows or asked.rows, dict.fromkeys(["floor", *ours], asked.django_rounds)
        )
        at |= {f"{way}.{step}": asked.django_rounds for way in DJANGO for step in STEPS}
    for rows in further(asked):
        at = sizes.setdefault(rows, {})
        for case in ("floor", *ours):
            at.setdefault(case, asked.growth_rounds)
    if asked.search:
        at = sizes.setdefault(asked.search, {"ours.first": 1})
        at["ours.search"] = 1
    return sizes


def further(asked: argparse.Namespace) -> list[int]:
    return [int(rows) for rows in asked.growth.split(",") if rows]


def chosen(asked: argparse.Namespace) -> tuple[list[str], list[str]]:
    """Engines and peers that are asked for and there; what is not there is told."""
    engines = [engine for engine in asked.engines.split(",") if installed(engine)]
    wanted = [peer for peer in asked.peers.split(",") if peer not in ("", "none")]
    peers = [peer for peer in wanted if machine.installed(machine.PEERS[peer])]
    absent = {*asked.engines.split(","), *wanted} - {*engines, *peers}
    if absent:
        tell(f"Not installed here and not measured: {', '.join(sorted(absent))}.")
    return engines, peers


def document(figures: Figures, facts: dict[str, str], asked: argparse.Namespace) -> str:
    sizes = sorted(
        {key.rows for key in figures.runs if key.case == "floor"} - {*further(asked)} | {asked.rows}
    )
    parts = ["".join(f"- {name}: {value}\n" for name, value in facts.items())]
    for rows in sizes:
        parts += [
            f"### {rows:,} rows\n",
            report.comparison(figures, rows),
            report.against_peers(figures, rows),
        ]
    if asked.growth:
        grown = sorted({*further(asked), asked.rows})
        parts += ["### Growth\n", report.growth(figures, grown, asked.rows)]
    if asked.search:
        parts += ["### Search of names\n", report.searches(figures)]
    if figures.failed:
        parts += ["### Failed\n", report.failures(figures)]
    return "\n".join(parts)


def stop(_signal: int, _frame: object) -> None:
    """Ended from outside, leave neither a case running nor a server nor files behind."""
    sys.exit(1)


def main(given: Sequence[str] | None = None) -> int:
    signal.signal(signal.SIGTERM, stop)
    asked = arguments(given)
    engines, peers = chosen(asked)
    asked.output.mkdir(parents=True, exist_ok=True)
    figures = Figures()
    with tempfile.TemporaryDirectory(prefix="ebid-bench-") as folder, places(Path(folder), engines) as found:
        facts = machine.facts(found.server_version)
        facts["command"] = " ".join(["run.py", *(given if given is not None else sys.argv[1:])])
        busy = machine.busy()

        def note(line: str) -> None:
            # Written after each case: a run of hours that is ended early has not been in vain.
            tell(line)
            save(figures, facts, asked)

        for rows, cases in sorted(plan(asked, peers).items()):
            run(Series(rows, cases), engines, found, limit=asked.limit, figures=figures, tell=note)
    facts["busy"] = (
        f"{busy:.1f} processes wanted a core before, {machine.busy():.1f} at the end (the benchmark itself wants one or two)"
    )
    print(save(figures, facts, asked))
    tell(f"Written to {asked.output}/import.md and import.json.")
    return 1 if figures.failed else 0


def save(figures: Figures, facts: dict[str, str], asked: argparse.Namespace) -> str:
    """Write what there is so far, and return the tables."""
    written = document(figures, facts, asked)
    (asked.output / "import.md").write_text(written, encoding="utf-8")
    found = json.dumps(report.as_json(figures, facts), indent=1)
    (asked.output / "import.json").write_text(found, encoding="utf-8")
    return written


if __name__ == "__main__":
    sys.exit(main())
