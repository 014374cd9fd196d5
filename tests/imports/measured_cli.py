"""``ebidadmin …`` in a process of its own that writes down how much memory it took: ``python measured_cli.py RESULT ARGUMENTS``.

RESULT gets JSON, megabytes: ``own`` at most over the bare interpreter, ``started`` at most of a process that it started in turn.
"""

import json
import resource
import sys
from pathlib import Path

CEILING = 4 << 30
"""Bytes of address space: a defect must not take the machine down."""


def peak() -> int:
    """Megabytes of this process alone: what the system counts as used at most would begin with the parent's."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) >> 10


at_rest = peak()

if __name__ == "__main__":
    result, *sys.argv[1:] = sys.argv[1:]
    resource.setrlimit(resource.RLIMIT_AS, (CEILING, CEILING))
    from ebidadmin.cli import main

    try:
        main()
    finally:
        # A child begins with its parent's size at that moment: this is rather too much than too little.
        started = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10
        told = {"own": peak() - at_rest, "started": max(0, started - at_rest)}
        Path(result).write_text(json.dumps(told), encoding="ascii")
