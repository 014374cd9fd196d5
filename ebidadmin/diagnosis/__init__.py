"""Looks at an installation, its desk and its cards, for ``ebidadmin doctor`` and for the staff's screen; changes nothing.

Everything is told one by one as it is found, because card software can take its time.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ebidadmin.clock import Clock, SystemClock
from ebidadmin.diagnosis.cards import look_at_cards
from ebidadmin.diagnosis.installation import look_at_office
from ebidadmin.domain.diagnosis import Found

__all__ = ["examine", "look_at_cards", "look_at_office"]


def examine(folder: Path, *, clock: Clock | None = None) -> Iterator[Found]:
    """Everything that can be looked at, in the order of ``Item``. Asks for no PIN; raises nothing of what it meets."""
    present = clock or SystemClock()
    yield from look_at_office(folder, clock=present)
    yield from look_at_cards(folder, clock=present)
