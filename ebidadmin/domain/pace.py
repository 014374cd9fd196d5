"""How long work that is under way will still take."""

from __future__ import annotations

SOON = 2.0
"""Seconds of work before a guess is worth anything."""


def seconds_left(*, passed: float, done: int, total: int | None) -> int | None:
    """Seconds at the pace so far; ``None`` while there is too little to tell by, and at the end."""
    if not total or done <= 0 or passed < SOON or total <= done:
        return None
    return max(1, round(passed * (total - done) / done))
