"""A PostgreSQL server of the tests' own: made in a temporary folder, reached by a socket in it, gone when the tests end.

It listens on no network. It sorts text as Japanese does unless a column says otherwise, so that an order which the program forgot to
ask for shows.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import URL, make_url

from ebidadmin.persistence.migrate import upgrade
from tests.mail_watch import WATCH
from tests.waiting import wait_until
from tools.components import POSTGRESQL

ENGINES = ("sqlite", "postgresql")
"""The kinds of databases that ebidadmin works with."""

USER = "ebidadmin"
ACCOUNTS = ("postgres", "nobody")
"""Whose account the server runs under where the tests run as root, which PostgreSQL refuses to do."""

TEMPLATE = "template_office"
COPIED = "STRATEGY FILE_COPY"
"""File by file takes half the time of PostgreSQL's own choice, block by block; and the first to connect finds the catalogue prepared."""

SETTINGS = """
listen_addresses = ''
unix_socket_directories = '{folder}'
max_connections = 200
shared_buffers = 32MB
log_min_messages = fatal
# Nothing here outlives the test run: the disk need not be waited for.
fsync = off
full_page_writes = off
"""

ROOM = 8 << 30
"""Bytes that must be free for servers to be kept in memory: each takes one or two, with what it has still to write."""

KEEPER = (
    'trap "" INT TERM HUP; read -r _; "$1" -D "$2/data" -m immediate -w stop >/dev/null; cd / && rm -rf "$2"'
)
"""Ends the server and clears its folder when the pipe to it closes: also when the tests are killed."""


class PostgresServer:
    """A running server, with the newest schema in a template from which databases are copied."""

    def __init__(self, folder: Path, account: pwd.struct_passwd | None) -> None:
        self._folder, self._account = folder, account
        self._numbers = count(1)
        self._runs = False
        self._kept: psycopg.Connection[tuple[object, ...]] | None = None

    def url(self, database: str) -> str:
        made = URL.create(
            "postgresql+psycopg", username=USER, database=database, query={"host": str(self._folder)}
        )
        return made.render_as_string(hide_password=False)

    def create(self, *, migrated: bool = True, encoding: str = "UTF8") -> str:
        """The address of a new database, empty or with the newest schema."""
        name = f"office_{next(self._numbers)}"
        template = (
            "template0"
            if encoding == "UTF8"
            else f"template0 ENCODING '{encoding}' LOCALE_PROVIDER libc LOCALE 'C'"
        )
        self._run(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE if migrated else template} {COPIED}")
        return self.url(name)

    def copy(self, url: str) -> str:
        """The address of a new database with the content of another, to which nobody may be connected."""
        name = f"office_{next(self._numbers)}"
        self._run(f"CREATE DATABASE {name} TEMPLATE {_database(url)} {COPIED}")
        return self.url(name)

    def drop(self, url: str) -> None:
        """Drop it; what still works on it is ended, and the mails in it are looked at first."""
        self.end_sessions(url)
        WATCH.look_at_server(url)
        self._run(f"DROP DATABASE IF EXISTS {_database(url)} WITH (FORCE)")

    def discard(self, url: str) -> None:
        """Drop a copy that was damaged on purpose: nobody can look at what is in it."""
        self._run(f"DROP DATABASE IF EXISTS {_database(url)} WITH (FORCE)")

    def end_sessions(self, url: str) -> int:
        """End whatever still works on that database, as for a client that died, and wait until it has; how many there were."""
        ended = "SELECT count(pg_terminate_backend(pid, 10000)) FROM pg_stat_activity WHERE datname = %s"
        found = self._connection().execute(ended, (_database(url),)).fetchone()
        assert found is not None
        return int(str(found[0]))

    def start(self) -> None:
        """Start it; after ``crash`` it first finds out what was committed."""
        self._pg_ctl("-l", str(self._folder / "server.log"), "-w", "start")
        self._runs = True

    def stop(self) -> None:
        """Harmless where it does not run."""
        self._let_go()
        if self._runs:
            self._pg_ctl("-m", "immediate", "-w", "stop")
            self._runs = False

    def crash(self) -> None:
        """End all its processes at once with SIGKILL, and wait until none is left."""
        self._let_go()
        lock = self._folder / "data" / "postmaster.pid"
        first = int(lock.read_text().split()[0])
        # Whoever is killed first is the one that would start new ones.
        processes = [first, *_children_of(first)]
        for process in processes:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        wait_until(lambda: not any(map(_is_running, processes)), what="the server's processes are gone")
        # Where nobody fetches what is left of a process, it would pass for a server.
        for path in (lock, *self._folder.glob(".s.PGSQL.*.lock")):
            path.unlink()
        self._runs = False

    @contextmanager
    def standby(self) -> Iterator[PostgresServer]:
        """Another server that follows this one, which commits nothing that has not arrived there."""
        folder = Path(tempfile.mkdtemp(prefix="ebid-pg-", dir=self._folder.parent))
        if self._account is not None:
            shutil.chown(folder, self._account.pw_uid, self._account.pw_gid)
        place = ("-D", str(folder / "data"))
        _run_as(
            self._account,
            _program("pg_basebackup"),
            *("-h", str(self._folder), "-U", USER, "-c", "fast", "-R", "--no-sync", *place),
        )
        with (folder / "data" / "postgresql.conf").open("a", encoding="utf-8") as conf:
            conf.write(f"\nunix_socket_directories = '{folder}'\n")
        follower = PostgresServer(folder, self._account)
        try:
            follower.start()
            self._run("ALTER SYSTEM SET synchronous_standby_names = '*'")
            self._run("SELECT pg_reload_conf()")
            yield follower
        finally:
            follower.stop()
            shutil.rmtree(folder, ignore_errors=True)

    def promote(self) -> None:
        """Let it take over."""
        self._pg_ctl("-w", "promote")

    def _pg_ctl(self, *asked: str) -> None:
        _run_as(self._account, _program("pg_ctl"), "-D", str(self._folder / "data"), *asked)

    def ask_peers(self, *also: str) -> None:
        """From now on people of this machine come in under the name of their account alone; these tests as the owner of their databases, as
        before, and as ``also``."""
        me = pwd.getpwuid(os.geteuid()).pw_name
        known = "".join(f"tests {me} {name}\n" for name in (USER, *also))
        data = self._folder / "data"
        data.joinpath("pg_hba.conf").write_text("local all all peer map=tests\n", encoding="ascii")
        data.joinpath("pg_ident.conf").write_text(known + "tests /^(.*)$ \\1\n", encoding="ascii")
        # Whoever may come in must reach the socket.
        self._folder.chmod(0o755)
        self._run("SELECT pg_reload_conf()")

    def psql(self) -> str:
        """The command of a shell that asks this server as the owner of its databases."""
        return f"{_program('psql')} -h {self._folder} -U {USER}"

    def peer_url(self, database: str, account: str | None = None) -> str:
        """The address of a database as ``account`` reaches it; without one, as whoever asks."""
        made = URL.create(
            "postgresql+psycopg", username=account, database=database, query={"host": str(self._folder)}
        )
        return made.render_as_string(hide_password=False)

    def make_template(self) -> None:
        self._run(f"CREATE DATABASE {TEMPLATE} TEMPLATE template0")
        upgrade(self.url(TEMPLATE))

    def _run(self, statement: str) -> None:
        self._connection().execute(statement.encode())

    def _connection(self) -> psycopg.Connection[tuple[object, ...]]:
        """The one that makes and drops databases: kept, because connecting takes as long as either."""
        if self._kept is None or self._kept.closed:
            self._kept = psycopg.connect(
                host=str(self._folder), user=USER, dbname="postgres", autocommit=True
            )
        return self._kept

    def _let_go(self) -> None:
        if self._kept is not None:
            self._kept.close()
            self._kept = None


@contextmanager
def running_server(settings: str = SETTINGS, *, in_memory: bool = False) -> Iterator[PostgresServer]:
    """Make a server with those settings, start it, and take it down with everything in it. ``in_memory``: its files are in memory where
    there is plenty; a database has hundreds of them, and to make and remove those takes three times as long on a disk."""
    account = _account()
    # Not below pytest's own folder, which is closed to the server's account; and the path of a socket must be short.
    folder = Path(tempfile.mkdtemp(prefix="ebid-pg-", dir=_memory() if in_memory else None))
    if account is not None:
        shutil.chown(folder, account.pw_uid, account.pw_gid)
    locale = ("--encoding=UTF8", "--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=ja-JP")
    data = ("-D", str(folder / "data"))
    _run_as(
        account,
        _program("initdb"),
        *data,
        "--no-sync",
        "--auth=trust",
        "--no-instructions",
        "-U",
        USER,
        *locale,
    )
    with (folder / "data" / "postgresql.conf").open("a", encoding="utf-8") as conf:
        conf.write(settings.format(folder=folder))
    server = PostgresServer(folder, account)
    keeper = subprocess.Popen(
        ["sh", "-c", KEEPER, "sh", _program("pg_ctl"), str(folder)],
        stdin=subprocess.PIPE,
        cwd="/",
        **_identity(account),
    )
    try:
        server.start()
        server.make_template()
        yield server
    finally:
        server.stop()
        keeper.kill()
        keeper.communicate()
        shutil.rmtree(folder, ignore_errors=True)


def _children_of(process: int) -> list[int]:
    return [
        int(entry.name)
        for entry in Path("/proc").iterdir()
        if entry.name.isdecimal() and _status(int(entry.name))[1:2] == [str(process)]
    ]


def _is_running(process: int) -> bool:
    return _status(process)[:1] not in ([], ["Z"])


def _status(process: int) -> list[str]:
    """The state and the parent of a process; nothing where there is none."""
    try:
        told = Path(f"/proc/{process}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return []
    # The name, in brackets, may hold anything.
    return told.rpartition(")")[2].split()[:2]


def _memory() -> Path | None:
    """A folder that is kept in memory, where that has room for several servers beside everything else."""
    place, told = Path("/dev/shm"), Path("/proc/meminfo")  # noqa: S108 - a folder of the kernel's, in which a new one is made
    if not (place.is_dir() and os.access(place, os.W_OK) and told.is_file()):
        return None
    available = next(line for line in told.read_text().splitlines() if line.startswith("MemAvailable:"))
    least = min(shutil.disk_usage(place).free, int(available.split()[1]) * 1024)
    return place if least > ROOM else None


def _program(name: str) -> str:
    """A program of the server; of several versions, the newest."""
    found = shutil.which(name) if shutil.which("initdb") else None
    if found is not None:
        return found
    installed = sorted(POSTGRESQL.glob(f"*/bin/{name}"), key=lambda path: float(path.parent.parent.name))
    return str(installed[-1])


def _account() -> pwd.struct_passwd | None:
    """The account to run the server under, ``None`` for one's own."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    return next(known[name] for name in ACCOUNTS if name in known)


def _identity(account: pwd.struct_passwd | None) -> dict[str, Any]:
    if account is None:
        return {}
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def _run_as(account: pwd.struct_passwd | None, *command: str) -> None:
    # Into a file, not a pipe: the server inherits it and would keep a pipe open for ever.
    with tempfile.TemporaryFile() as told:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=told,
            stderr=told,
            cwd="/",
            timeout=120,
            check=False,
            **_identity(account),
        )
        told.seek(0)
        assert done.returncode == 0, told.read().decode(errors="replace")


def _database(url: str) -> str:
    name = make_url(url).database
    assert name is not None
    return name
