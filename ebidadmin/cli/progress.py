"""How far long work is, on the error stream: one line that is rewritten on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import sys
from datetime import datetime

import click

from ebidadmin.cli.common import word
from ebidadmin.clock import Clock
from ebidadmin.domain.pace import seconds_left

EVERY = 10.0
"""Seconds between two lines where nobody looks on."""


class RowsDone:
    """``qualification_import.Progress``; ``end`` closes the line."""

    def __init__(self, clock: Clock, label: str) -> None:
        self._clock, self._label = clock, label
        self._began = self._told = clock.now()
        self._terminal = sys.stderr.isatty()
        self._width = 0

    def __call__(self, done: int, total: int | None) -> None:
        now = self._clock.now()
        if self._terminal:
            text = self._text(now, done, total)
            # What is left of a longer line before is wiped by blanks: a terminal may know no other way.
            click.echo(f"\r{text.ljust(self._width)}", err=True, nl=False)
            self._width = len(text)
        elif (now - self._told).total_seconds() >= EVERY:
            self._told = now
            click.echo(self._text(now, done, total), err=True)

    def end(self) -> None:
        """Nothing more will be told."""
        if self._width:
            click.echo(err=True)
            self._width = 0

    def _text(self, now: datetime, done: int, total: int | None) -> str:
        left = seconds_left(passed=(now - self._began).total_seconds(), done=done, total=total)
        label, rows = word(self._label), f"{done:,}"
        told = (
            word("rows-of", label=label, done=rows, total=f"{total:,}")
            if total
            else word("rows", label=label, done=rows)
        )
        return told if left is None else told + word("time-left", time=_duration(left))


def _duration(seconds: int) -> str:
    return word("seconds", count=seconds) if seconds < 90 else word("minutes", count=round(seconds / 60))
