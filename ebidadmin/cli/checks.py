"""What ``ebidadmin doctor`` looks at, each with what is wrong and what to do."""

from __future__ import annotations

import importlib.metadata
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path

from ebidadmin import __version__
from ebidadmin.cli.common import sentence
from ebidadmin.errors import EbidError

OLDEST_PYTHON = (3, 11)
SCREEN_PACKAGES = ("jupyterlab", "ipywidgets", "anywidget", "typst")


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at. ``detail`` tells what was found, or what is wrong and what to do."""

    name: str
    good: bool
    detail: str

    def as_map(self) -> dict[str, object]:
        return asdict(self)


def examine(folder: Path) -> list[Check]:
    """All checks on the installation and the desk in ``folder``."""
    return [*_installation(), *_desk(folder)]


def _installation() -> Iterator[Check]:
    yield Check("program", True, f"ebidadmin {__version__}")
    version = ".".join(str(part) for part in sys.version_info[:3])
    yield Check("python", sys.version_info >= OLDEST_PYTHON, f"{version} (needs 3.11 or newer)")
    from ebidadmin.persistence.engine import journal_mode, library_version

    sqlite = library_version()
    numbers = ".".join(str(part) for part in sqlite)
    yield Check("sqlite", True, f"library {numbers}, journal {journal_mode(sqlite)}")
    missing = [name for name in SCREEN_PACKAGES if not _installed(name)]
    found = "installed" if not missing else f"missing {', '.join(missing)}: install ebidadmin[lab]"
    yield Check("screens", not missing, found)


def _installed(name: str) -> bool:
    try:
        importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def _desk(folder: Path) -> Iterator[Check]:
    from ebidadmin.config import load_config

    yield _tried("settings", lambda: f"{load_config(folder).folder}")
    yield _tried("desk", lambda: _look_inside(folder))


def _look_inside(folder: Path) -> str:
    from ebidadmin.bootstrap import open_desk

    with closing(open_desk(folder)) as desk, desk.office.uow() as unit:
        version = unit.register.version()
        return f"database and reference data good; register version {version if version is not None else 'none yet'}"


def _tried(name: str, look: Callable[[], str]) -> Check:
    try:
        return Check(name, True, look())
    except EbidError as error:
        return Check(name, False, " ".join(sentence(error)))
