"""A view of the file system in which other accounts of the machine reach the program.

The tests may run as root from a folder that is root's alone; a deployed program lies where everybody can read it.
"""

from __future__ import annotations

import stat
from collections.abc import Sequence
from pathlib import Path

SCRIPT = """
set -eu
aside=$1; shift
while [ "$1" != -- ]; do
  closed=$1 needed=$2; shift 2
  mount --bind "$needed" "$aside"
  mount -t tmpfs -o mode=0755 tmpfs "$closed"
  mkdir -p "$needed"
  mount --bind "$aside" "$needed"
  umount "$aside"
done
shift
exec "$@"
"""


def closed_above(path: Path) -> Path | None:
    """The uppermost folder on the way to ``path`` that other accounts cannot pass."""
    ways = (one for one in reversed(path.parents) if not one.stat().st_mode & stat.S_IXOTH)
    return next(ways, None)


def opened(command: Sequence[str], needed: Sequence[Path], *, aside: Path) -> list[str]:
    """The command, in such a view of its own where it needs one. ``aside`` is an empty folder. Two needed folders below the same closed one
    are not provided for, and raise ``ValueError``."""
    ways = {closed: path for path in needed if (closed := closed_above(path.resolve())) is not None}
    if len(ways) != sum(closed_above(path.resolve()) is not None for path in needed):
        raise ValueError(f"several of {list(needed)} lie below one closed folder")
    if not ways:
        return list(command)
    pairs = [str(one) for closed, path in ways.items() for one in (closed, path.resolve())]
    private = ["unshare", "--mount", "--propagation", "private", "sh", "-c", SCRIPT, "sh"]
    return [*private, str(aside), *pairs, "--", *command]
