"""Ctrl+C while long work runs: a request that the work answers at its next safe point.

Python raises ``KeyboardInterrupt`` between any two instructions: also inside a finalizer, where it is lost and the work goes on, or just
after a transaction began and before anybody knows of it, so that nothing can be cleared up for a locked database (seen with imports).
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def interrupts_asked() -> Iterator[Callable[[], bool]]:
    """Answers whether somebody pressed Ctrl+C since; a second one interrupts at once, as everywhere else."""
    asked = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        # Signals reach the main thread alone, and only it may say what becomes of them.
        yield asked.is_set
        return
    before = signal.getsignal(signal.SIGINT)
    if before in (signal.SIG_IGN, None):
        # Whoever starts a program in the background has it ignored: a Ctrl+C is then meant for another one.
        yield asked.is_set
        return

    def ask(_number: int, _frame: FrameType | None) -> None:
        asked.set()
        signal.signal(signal.SIGINT, before)

    signal.signal(signal.SIGINT, ask)
    try:
        yield asked.is_set
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def stop_requested() -> Iterator[threading.Event]:
    """Set once somebody pressed Ctrl+C, asked the process to end, or closed its terminal or session; a second time ends it at once, as
    everywhere else. For work in the main thread that goes on until then."""
    asked = threading.Event()
    # Windows has no terminals that hang up.
    hung_up = [number for number in (getattr(signal, "SIGHUP", None),) if number is not None]
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, *hung_up)}
    listening = {number: was for number, was in before.items() if was not in (signal.SIG_IGN, None)}

    def ask(number: int, _frame: FrameType | None) -> None:
        asked.set()
        if number not in hung_up:
            # A shell that ends and its terminal may both say so, and mean the same.
            signal.signal(number, listening[signal.Signals(number)])

    for number in listening:
        signal.signal(number, ask)
    try:
        yield asked
    finally:
        for number, was in listening.items():
            signal.signal(number, was)
