"""What a case is: something to prepare, something to be timed, and proof that it was done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus import Files

Facts = dict[str, Any]


@dataclass(frozen=True)
class Place:
    """Where a case works: a folder of its own, a desk, and the address of a database that holds no desk."""

    engine: str
    folder: Path
    desk: Path
    database: str


@dataclass(frozen=True)
class Work:
    """``action`` is timed, everything before it is not. ``check`` gets what it returned, raises ``UndoneError`` when that is not the work
    that was asked for, and returns what is worth telling."""

    action: Callable[[], Any]
    check: Callable[[Any], Facts]


class UndoneError(Exception):
    """A case did not do what it is timed for."""


Case = Callable[[Place, Files], Work]


def expect(what: str, found: object, expected: object) -> None:
    """Raises ``UndoneError`` when they differ."""
    if found != expected:
        raise UndoneError(f"{what}: {found}, not {expected}")
