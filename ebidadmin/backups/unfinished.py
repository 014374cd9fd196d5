"""A folder beside the place of something large while that is made: for its owner alone, and gone afterwards whatever happens.

Whoever makes it holds a lock on it. One without its maker was left by a kill; the next one that makes something there clears it away.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

END = ".ebidadmin-part"


@contextmanager
def unfinished(place: Path) -> Iterator[Path]:
    """A new folder beside ``place``. Raises ``OSError`` where none can be made."""
    _clear(place.parent)
    made, handle = _held(place)
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)
        os.close(handle)


def _held(place: Path) -> tuple[Path, int]:
    """A new folder with a lock on it."""
    while True:
        made = place.with_name(f".{place.name}.{secrets.token_hex(4)}{END}")
        made.mkdir(mode=0o700)
        handle = os.open(made, os.O_RDONLY)
        fcntl.flock(handle, fcntl.LOCK_EX)
        if made.exists():
            return made, handle
        # Between the two somebody took it for left over.
        os.close(handle)


def _clear(folder: Path) -> None:
    for left in folder.glob(f".*{END}"):
        # What is held is being made; what cannot be opened or removed belongs to somebody else.
        with suppress(OSError):
            handle = os.open(left, os.O_RDONLY)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(left)
            finally:
                os.close(handle)
