"""Letting Python look seldom for circles of objects, while very many objects are made that form none.

It looks each time some hundred objects more are there than before, and each time at all that are young: with rows by the thousand that took
a third of a verification, and found nothing.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

SELDOM = (100_000, 20, 100)
"""What ``gc.set_threshold`` is given: so many new objects, and so many rounds before older ones are looked at too."""


class _Collecting:
    """Several may ask at once; the last who is done puts back what was before the first."""

    def __init__(self) -> None:
        self._lock, self._asking, self._before = Lock(), 0, SELDOM

    def begin(self) -> None:
        with self._lock:
            if not self._asking:
                self._before = gc.get_threshold()
                gc.set_threshold(*SELDOM)
            self._asking += 1

    def end(self) -> None:
        with self._lock:
            self._asking -= 1
            if not self._asking:
                gc.set_threshold(*self._before)


_COLLECTING = _Collecting()


@contextmanager
def collecting_seldom() -> Iterator[None]:
    """For what happens inside, in the whole process; memory that nothing refers to any more is given back at once as ever."""
    _COLLECTING.begin()
    try:
        yield
    finally:
        _COLLECTING.end()
