"""Desks that are made once and then copied, on the kind of database that the run asks for.

``EBIDADMIN_TEST_DATABASE=postgresql`` (``make test-postgresql``) puts every desk that a test makes on a server, also those that are made
by commands in the same process. Tests that are about SQLite itself say so and are left out then, and counted.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import pytest
from sqlalchemy import text

from ebidadmin.bundled import bundled
from ebidadmin.cli import foundation
from ebidadmin.config import CONFIG_NAME, load_config
from ebidadmin.persistence.engine import make_engine
from ebidadmin.persistence.migrate import upgrade
from tests.postgres import ENGINES, PostgresServer

KIND = os.environ.get("EBIDADMIN_TEST_DATABASE") or "sqlite"
"""The kind of database of desks."""
if KIND not in ENGINES:
    raise ValueError(f"EBIDADMIN_TEST_DATABASE is one of {', '.join(ENGINES)}, not {KIND}")

THEMSELVES = ("tests/backups/", "tests/roles/")
"""Folders whose tests say themselves on which kind of database a desk is."""

ON_SQLITE = "sqlite_only"
"""The marker of tests that are about SQLite itself."""

FILE = "ebidadmin.sqlite"
_URL = re.compile(r'^url = "(.*)"$', re.MULTILINE)


def several_work_at(folder: Path) -> None:
    """Say of a desk that several people work there, so that a second person is asked whatever the kind of database."""
    settings = folder / CONFIG_NAME
    text = settings.read_text(encoding="utf-8")
    assert "\n[database]\n" in text
    settings.write_text(
        text.replace("\n[database]\n", "\n[database]\none_person = false\n"), encoding="utf-8"
    )


class ServedDesks:
    """Databases of desks on the server of this process."""

    def __init__(self, server: PostgresServer) -> None:
        self._server = server
        self.made: list[str] = []

    def new(self) -> str:
        """The address of an empty office's database."""
        self.made.append(self._server.create())
        return self.made[-1]

    def copy(self, url: str) -> str:
        """The address of one with the content of another, from which everybody is sent away."""
        self._server.end_sessions(url)
        self.made.append(self._server.copy(url))
        return self.made[-1]

    def drop_from(self, first: int) -> None:
        """Drop those that were made since there were so many."""
        while len(self.made) > first:
            self._server.drop(self.made.pop())


_served: list[ServedDesks] = []
"""None in an ordinary run."""


@contextmanager
def desks_on(server: PostgresServer) -> Iterator[ServedDesks]:
    """Within it every new desk is on that server."""
    desks = ServedDesks(server)
    with tempfile.TemporaryDirectory() as place, pytest.MonkeyPatch.context() as patch:
        patch.setattr(foundation, "bundled", _on_new_database(desks, Path(place)))
        _served.append(desks)
        yield desks
        _served.pop()


def _on_new_database(
    desks: ServedDesks, place: Path
) -> Callable[[Literal["notebooks", "reports", "data"]], Path]:
    """What comes with the program, with a database of its own in the settings each time."""

    def found(name: Literal["notebooks", "reports", "data"]) -> Path:
        shipped = bundled(name)
        if name != "data" or os.environ["PYTEST_CURRENT_TEST"].startswith(THEMSELVES):
            return shipped
        changed = Path(tempfile.mkdtemp(dir=place))
        for entry in shipped.iterdir():
            (changed / entry.name).symlink_to(entry)
        (changed / "desk").unlink()
        shutil.copytree(shipped / "desk", changed / "desk")
        set_database(changed / "desk", desks.new())
        return changed

    return found


def set_database(desk: Path, url: str) -> None:
    """Let the settings of a desk name that database."""
    settings = desk / CONFIG_NAME
    written, times = _URL.subn(lambda _: f'url = "{url}"', settings.read_text(encoding="utf-8"))
    assert times == 1
    settings.write_text(written, encoding="utf-8")


def copied_desk(template: Path, to: Path) -> Path:
    """A desk with the content of another, which nobody works at."""
    made = Path(shutil.copytree(template, to, symlinks=True, dirs_exist_ok=True))
    found = _URL.search((made / CONFIG_NAME).read_text(encoding="utf-8"))
    assert found is not None
    if found[1].startswith("postgresql"):
        set_database(made, _served[-1].copy(found[1]))
    return made


def new_database(folder: Path) -> str:
    """The address of a new database of the run's kind, at the newest revision."""
    if _served:
        return _served[-1].new()
    upgrade(url := f"sqlite:///{folder / FILE}")
    return url


def copied_database(url: str, folder: Path) -> str:
    """The address of one with the content of another, which nobody works with; a file is in that folder."""
    if _served:
        return _served[-1].copy(url)
    return f"sqlite:///{shutil.copy(url.removeprefix('sqlite:///'), folder / FILE)}"


def by_hand(desk: Path, statement: str) -> None:
    """Change what stands in the database of a desk, past the program."""
    engine = make_engine(load_config(desk).database_url)
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


def demo_desks(factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Gives a desk with a made-up office in a folder of its own: making one takes some seconds, copying it none."""
    template = factory.mktemp("demo") / "desk"
    foundation.create_desk(template, demo=True, progress=lambda step: None)
    return lambda name: copied_desk(template, factory.mktemp(name) / "desk")


def give_database(desk: Path) -> None:
    """A new database of the run's kind for a folder that has settings."""
    if _served:
        set_database(desk, _served[-1].new())
    else:
        upgrade(f"sqlite:///{desk / FILE}")
