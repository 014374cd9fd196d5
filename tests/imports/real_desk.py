"""A desk as an office has it, made by ``init`` and opened by the program's own way in: real facts about postcodes, mail and names."""

from __future__ import annotations

from pathlib import Path

from ebidadmin.bootstrap import Desk, open_desk
from ebidadmin.cli.foundation import create_desk
from ebidadmin.clock import SettableClock
from tests.builders import NOON
from tests.desks import set_database


def make_desk(folder: Path, url: str | None = None) -> Path:
    """The folder of a new desk, on a migrated database where ``url`` names one."""
    create_desk(folder, demo=False, progress=lambda step: None)
    if url is not None:
        set_database(folder, url)
    return folder


def open_made_desk(folder: Path, url: str | None = None) -> Desk:
    return open_desk(make_desk(folder, url), clock=SettableClock(NOON))
