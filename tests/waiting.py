"""Waiting in a test for what it expects, never for time to pass."""

from __future__ import annotations

import select
import time
from collections.abc import Callable

LONGEST = 20.0


def wait_until(happened: Callable[[], bool], *, what: str, seconds: float = LONGEST) -> None:
    """Return as soon as it happened. Raises ``AssertionError`` naming ``what`` when it does not."""
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, f"did not happen within {seconds} s: {what}"
        # Gives the processor to whoever is waited for.
        select.select([], [], [], 0.005)
