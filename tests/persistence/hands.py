"""Somebody with a copy of an office's database in their hands, a file or a database of a server: past the program, its rules off."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, Protocol

import psycopg
from psycopg.conninfo import make_conninfo
from sqlalchemy import Engine, make_url

from ebidadmin.credentials.tree_key import TreeKey
from ebidadmin.domain.tree_heads import SignedHead
from ebidadmin.persistence.engine import make_engine
from tests.lives.mutations import NoSuchChangeError
from tests.lives.rows import Key, Ref, Row, snapshot
from tests.postgres import PostgresServer

Statement = str | tuple[str, Sequence[Any]]

_SQLITE_GUARDS = "SELECT name, '', sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name"
_POSTGRESQL_GUARDS = (
    "SELECT t.tgname, c.relname, pg_get_triggerdef(t.oid) FROM pg_trigger AS t JOIN pg_class AS c ON c.oid = t.tgrelid"
    " WHERE NOT t.tgisinternal ORDER BY t.tgname"
)


class Copies(Protocol):
    """Where copies of a database are made, and thrown away."""

    def copy(self, url: str) -> str: ...

    def discard(self, url: str) -> None: ...


class CopiedFiles:
    def __init__(self, folder: Path) -> None:
        self._folder, self._numbers = folder, count(1)

    def copy(self, url: str) -> str:
        # No name of a database: nobody looks for mails in what was damaged.
        target = self._folder / f"copy{next(self._numbers)}"
        shutil.copy(str(make_url(url).database), target)
        return f"sqlite:///{target}"

    def discard(self, url: str) -> None:
        Path(str(make_url(url).database)).unlink()


class CopiedDatabases:
    def __init__(self, server: PostgresServer) -> None:
        self._server = server

    def copy(self, url: str) -> str:
        # Engines keep connections open.
        self._server.end_sessions(url)
        return self._server.copy(url)

    def discard(self, url: str) -> None:
        self._server.discard(url)


@dataclass(frozen=True)
class Sealed:
    """An office's database, an older copy of it, the key, the anchors that were kept elsewhere, and what its records were before."""

    url: str
    older: str
    key: TreeKey
    anchors: tuple[SignedHead, ...]
    sealed: int
    copies: Copies
    earlier: tuple[Mapping[Key, Row], ...]
    content: dict[str, list[str]] = field(default_factory=dict)


@dataclass
class Hands:
    """``first`` is the smallest event number that is concerned, if one is; ``refs`` are records, each with its last event; ``object`` is
    what else has to be named."""

    url: str
    of: Sealed
    pick: random.Random
    first: int | None = None
    refs: dict[Ref, int] = field(default_factory=dict)
    object: str = ""

    @property
    def sqlite(self) -> bool:
        return self.url.startswith("sqlite")

    @contextmanager
    def raw(self) -> Iterator[Callable[..., Any]]:
        """Runs statements with places marked by ``?``; what the database itself refuses is a ``NoSuchChangeError``."""
        try:
            if self.sqlite:
                with closing(sqlite3.connect(str(make_url(self.url).database))) as file:
                    file.isolation_level = None
                    file.text_factory = lambda kept: kept.decode("utf-8", "surrogateescape")
                    file.execute("PRAGMA ignore_check_constraints = ON")
                    file.execute("PRAGMA synchronous = OFF")
                    file.execute("BEGIN IMMEDIATE")
                    yield file.execute
                    file.execute("COMMIT")
                return
            address = make_url(self.url)
            told = make_conninfo(
                dbname=address.database, user=address.username, host=str(address.query["host"])
            )
            with psycopg.connect(told) as server:
                server.execute("SET session_replication_role = replica")
                yield lambda line, values=(): server.execute(
                    line.replace("?", "%s") if values else line, values or None
                )
        except (sqlite3.Error, psycopg.Error) as error:
            raise NoSuchChangeError(str(error)) from error

    def run(self, *statements: Statement, each: bool = True) -> None:
        """With the guards taken off before and put back afterwards as they were; ``each`` has to change something."""
        with self.raw() as execute:
            guards = execute(_SQLITE_GUARDS if self.sqlite else _POSTGRESQL_GUARDS).fetchall()
            for name, table, _ in guards:
                execute(self._drop(name, table))
            for one in statements:
                line, values = (one, ()) if isinstance(one, str) else one
                if execute(line, values).rowcount == 0 and each:
                    raise NoSuchChangeError(line)
            for *_, line in guards:
                execute(line)

    def guards(self) -> list[tuple[str, str, str]]:
        """Name, table and text of each."""
        return [
            (str(name), str(table), str(line))
            for name, table, line in self.ask(_SQLITE_GUARDS if self.sqlite else _POSTGRESQL_GUARDS)
        ]

    def leave_out(self) -> None:
        name, table, _ = self.pick.choice(self.guards())
        self.object = name
        with self.raw() as execute:
            execute(self._drop(name, table))

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        with self.raw() as execute:
            return [tuple(row) for row in execute(query).fetchall()]

    def content(self) -> dict[str, list[str]]:
        """All rows of all tables, each as it is kept, and the guards."""
        with self.raw() as execute:
            if self.sqlite:
                names = execute(
                    "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
                ).fetchall()
                found = {
                    name: [repr(row) for row in execute(f'SELECT * FROM "{name}"').fetchall()]
                    for (name,) in names
                }
            else:
                names = execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
                found = {
                    name: sorted(row[0] for row in execute(f'SELECT t::text FROM "{name}" AS t').fetchall())
                    for (name,) in names
                }
        more: list[tuple[Any, ...]] = []
        if not self.sqlite:
            more += self.ask("SELECT proname, prosrc FROM pg_proc WHERE prolang <> 12 ORDER BY 1, 2")
            more += self.ask("SELECT tgname, tgenabled FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1")
        return found | {"guards": [f"{one}" for one in (*self.guards(), *more)]}

    def some(self, *, has: str = "seq") -> int:
        """A sealed event with a value in that column, which is concerned from now on."""
        there = self.ask(
            f"SELECT seq FROM audit_events WHERE seq <= {self.of.sealed} AND {has} IS NOT NULL ORDER BY seq"
        )
        chosen = int(self.pick.choice(there)[0])
        self.first = chosen if self.first is None else min(self.first, chosen)
        return chosen

    def two(self) -> tuple[int, int]:
        one, other = sorted(self.pick.sample(range(1, self.of.sealed + 1), 2))
        self.first = one
        return one, other

    def bytes(self, length: int) -> str:
        """Some bytes, as the database spells them."""
        told = self.pick.randbytes(length).hex()
        return f"x'{told}'" if self.sqlite else rf"'\x{told}'::bytea"

    def last_events(self) -> dict[Ref, int]:
        """The last event that each record was bound to."""
        return {
            (kind, key): seq
            for kind, key, seq in self.ask("SELECT kind, key, max(seq) FROM audit_rows GROUP BY kind, key")
        }

    def engine(self) -> Engine:
        return make_engine(self.url)

    def rows(self) -> dict[Key, Row]:
        """Every row of every table of records."""
        engine = self.engine()
        found = snapshot(engine)
        engine.dispose()
        return found

    def _drop(self, name: str, table: str) -> str:
        return f'DROP TRIGGER "{name}"' if self.sqlite else f'DROP TRIGGER "{name}" ON "{table}"'


def changed(change: Callable[[Hands], None], sealed: Sealed, seed: str) -> Hands:
    """A copy that is another in at least one byte: what the database itself refuses, and what changes nothing, is tried in another way."""
    url = sealed.copies.copy(sealed.url)
    for attempt in range(200):
        hands = Hands(url, sealed, random.Random(f"{seed}/{attempt}"))
        with suppress(NoSuchChangeError):
            change(hands)
        if hands.content() != sealed.content:
            return hands
    raise AssertionError(f"{change.__name__} changed nothing")
