"""Runs one case in this process: prepares it, warms it up on a tiny file, times it, proves it, and writes down what it took.

``case.py JOB RESULT``: both are JSON files. Started by ``run.py`` only.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import sys
import time
from importlib import import_module
from pathlib import Path
from typing import Any

import corpus
from work import Case, Place, Work

KILO = 1024

CASES = {
    "floor": "floors:floor",
    "ours.first": "ours:first",
    "ours.same": "ours:same",
    "ours.changed": "ours:changed",
    "ours.search": "name_search:search",
    "pandas": "peer_pandas:load",
    "pandera": "peer_pandera:validate",
    "frictionless": "peer_frictionless:validate",
    "django.first": "peer_django:first",
    "django.same": "peer_django:same",
    "django.changed": "peer_django:changed",
    "django-bulk.first": "peer_django:bulk_first",
    "django-bulk.same": "peer_django:bulk_same",
    "django-bulk.changed": "peer_django:bulk_changed",
}

COLD = "django"
"""Not warmed up: it is set up for one database in a process, and takes minutes anyway."""


def find(name: str) -> Case:
    module, _, function = CASES[name].partition(":")
    found: Case = getattr(import_module(module), function)
    return found


def peak() -> int:
    """The most memory that this process held so far, in bytes. Linux counts what was there before the program was started into
    ``ru_maxrss``, so that a small case would show its parent: the high-water mark of the program itself is asked for first."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
        return int(status.partition("VmHWM:")[2].split()[0]) * KILO
    except (OSError, IndexError, ValueError):
        unit = 1 if sys.platform == "darwin" else KILO
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def measure(work: Work) -> dict[str, Any]:
    gc.collect()
    os.sync()  # what earlier cases left to be written is their cost
    idle, before = peak(), resource.getrusage(resource.RUSAGE_SELF)
    start = time.perf_counter()
    done = work.action()
    seconds = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_SELF)
    user, system = after.ru_utime - before.ru_utime, after.ru_stime - before.ru_stime
    return {
        "seconds": seconds,
        "user": user,
        "system": system,
        "cpu": user + system,
        "peak": peak(),
        "idle": idle,
        "facts": work.check(done),
    }


def main() -> None:
    job = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    case = find(job["case"])
    place, scratch = (
        Place(job["engine"], Path(found["folder"]), Path(found["desk"]), found["database"])
        for found in (job["place"], job["scratch"])
    )
    if not job["case"].startswith(COLD):
        # So that loading libraries, which happens once in a session, is in nobody's figure.
        warm = case(scratch, corpus.files(corpus.TINY))
        warm.check(warm.action())
    result = measure(case(place, corpus.files(job["rows"])))
    Path(sys.argv[2]).write_text(json.dumps(result), encoding="utf-8")


if __name__ == "__main__":
    main()
