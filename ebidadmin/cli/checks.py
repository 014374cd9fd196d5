"""What ``ebidadmin doctor`` looks at, each with what is wrong and what to do."""

from __future__ import annotations

import importlib.metadata
import os
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ebidadmin import __version__
from ebidadmin.cli.common import sentence
from ebidadmin.errors import CardError, EbidError

if TYPE_CHECKING:
    from ebidadmin.config import Config

OLDEST_PYTHON = (3, 11)
CARD_PACKAGES = ("asn1crypto", "cryptography", "pyhanko-certvalidator")
PCSCD_SOCKET = "/run/pcscd/pcscd.comm"
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
    yield from _cards(folder)


def _cards(folder: Path) -> Iterator[Check]:
    """Card software, the service between it and the readers, and the readers."""
    from ebidadmin.config import load_config

    try:
        config = load_config(folder)
    except EbidError:
        # Said already.
        return
    needed = CARD_PACKAGES if config.card_module is None else (*CARD_PACKAGES, "PyKCS11")
    missing = [name for name in needed if not _installed(name)]
    if missing:
        yield Check("card software", False, f"missing {', '.join(missing)}: install ebidadmin[card]")
        return
    module = config.card_module
    if module is None:
        yield Check("card software", True, "simulated cards only (setting card.module)")
    else:
        found = module.is_file()
        yield Check(
            "card software", found, str(module) if found else f"{module} is not there: see card.module"
        )
        if not found:
            return
        yield _card_service()
    yield _tried("card readers", lambda: _readers(config))


def _card_service() -> Check:
    """pcscd, which real readers need. A card in software needs none, so that its absence alone is no fault."""
    address = os.environ.get("PCSCLITE_CSOCK_NAME", PCSCD_SOCKET)
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(address)
    except OSError:
        return Check(
            "card service", True, f"pcscd does not answer at {address}; real readers need it: start pcscd"
        )
    return Check("card service", True, f"pcscd answers at {address}")


def _readers(config: Config) -> str:
    from ebidadmin.bootstrap import card_reader

    states = card_reader(config).readers()
    if not states and config.card_module is not None:
        raise CardError("card-reader-missing", step="find")
    holding = [state.name for state in states if state.token is not None]
    return f"{len(states)} readers, a card in {', '.join(holding) if holding else 'none of them'}"


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
