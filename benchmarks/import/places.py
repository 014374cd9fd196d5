"""Desks and databases for the cases: fresh ones for every round, on SQLite and on a PostgreSQL server of the benchmark's own."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from itertools import count
from pathlib import Path

from sqlalchemy import create_engine, text
from work import Place

from ebidadmin.cli.foundation import create_desk
from ebidadmin.config import CONFIG_NAME

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
from tests.postgres import PostgresServer, running_server  # noqa: E402 - found only now: a script has no root of its own
from tools.components import COMPONENTS  # noqa: E402 - as above

SERVER = """
listen_addresses = ''
unix_socket_directories = '{folder}'
"""
"""Everything else is as PostgreSQL ships it: commits wait for the disk."""


class Places:
    """Makes places below ``folder``; ``server`` is there when PostgreSQL is measured."""

    def __init__(self, folder: Path, server: PostgresServer | None) -> None:
        self._folder = folder
        self._server = server
        self._numbers = count(1)
        self._template = folder / "template"
        create_desk(self._template, demo=False, progress=lambda step: None)

    @property
    def server_version(self) -> str:
        """The version of PostgreSQL; empty without one."""
        return self._ask("SHOW server_version") if self._server else ""

    @contextmanager
    def fresh(self, engine: str) -> Iterator[Place]:
        """An empty desk and an empty database, gone afterwards."""
        folder = self._folder / f"{engine}-{next(self._numbers)}"
        shutil.copytree(self._template, folder / "desk")
        if engine == "sqlite":
            yield Place(engine, folder, folder / "desk", f"sqlite:///{folder / 'plain.sqlite'}")
        else:
            yield from self._on_server(engine, folder)
        shutil.rmtree(folder)

    def settle(self, engine: str) -> None:
        """Let the server write what earlier cases left to it."""
        if engine != "sqlite":
            self._ask("CHECKPOINT")

    def _on_server(self, engine: str, folder: Path) -> Iterator[Place]:
        assert self._server is not None
        office, plain = self._server.create(), self._server.create(migrated=False)
        settings = folder / "desk" / CONFIG_NAME
        written = settings.read_text(encoding="utf-8")
        settings.write_text(
            re.sub(r'^url = ".*"$', f'url = "{office}"', written, flags=re.MULTILINE), "utf-8"
        )
        yield Place(engine, folder, folder / "desk", plain)
        for address in (office, plain):
            self._server.drop(address)

    def _ask(self, statement: str) -> str:
        assert self._server is not None
        engine = create_engine(self._server.url("postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            result = connection.execute(text(statement))
            found = str(result.scalar_one()) if result.returns_rows else ""
        engine.dispose()
        return found


def installed(engine: str) -> bool:
    """Whether that kind of database can be measured here."""
    return engine == "sqlite" or COMPONENTS["postgres"].present()


@contextmanager
def places(folder: Path, engines: list[str]) -> Iterator[Places]:
    server = running_server(SERVER) if "postgresql" in engines else nullcontext()
    with server as running:
        yield Places(folder, running)
