"""A dump of a PostgreSQL database while others work with it, and putting it back: by ``pg_dump`` and ``pg_restore`` of the server's own.

A password is never on a command line, where everybody on the computer could read it, nor in an environment: where the address has one
it goes into a file for this run that its owner alone may read.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, text

from ebidadmin.errors import StorageError
from ebidadmin.persistence.engine import reading
from ebidadmin.persistence.loading import require_owner
from ebidadmin.persistence.open_tree import Holding, holding
from ebidadmin.persistence.staff_roles import GROUP

INSTALLED = Path("/usr/lib/postgresql")
"""Where Debian puts the programs of each version, which need not be found by the search path."""

LONGEST_WORD = 200
"""Signs of what such a program says of a failure that are told."""

_GRANTEES = text(
    "SELECT DISTINCT r.rolname FROM pg_roles AS r JOIN ("
    " SELECT a.grantee AS role FROM pg_class AS c CROSS JOIN LATERAL aclexplode(c.relacl) AS a"
    " WHERE c.relnamespace = 'public'::regnamespace"
    " UNION SELECT a.grantee FROM pg_proc AS p CROSS JOIN LATERAL aclexplode(p.proacl) AS a"
    " WHERE p.pronamespace = 'public'::regnamespace"
    " UNION SELECT unnest(polroles) FROM pg_policy) AS named ON named.role = r.oid ORDER BY 1"
)
"""Roles that rights and rules for rows name."""

_KNOWN = text("SELECT rolname FROM pg_roles")


def program(name: str) -> str:
    """Where that program of PostgreSQL is; of several versions, the newest. Raises ``StorageError`` ``database-tool-missing``."""
    found = shutil.which(name)
    if found is not None:
        return found
    installed = [path for path in INSTALLED.glob(f"*/bin/{name}") if path.parent.parent.name.isdigit()]
    if not installed:
        raise StorageError("database-tool-missing", tool=name)
    return str(max(installed, key=lambda path: int(path.parent.parent.name)))


def dump(engine: Engine, target: Path) -> tuple[Holding, tuple[str, ...]]:
    """Write a dump (custom format) of the database as it is at one moment; what it holds then, and the roles that it names.

    Raises ``StorageError``: ``database-tool-missing``, ``database-tool-failed``, ``database-not-owner`` and others.
    """
    tool = program("pg_dump")
    with reading(engine).connect() as connection:
        require_owner(connection)
        # It waits for the other program, which sees the same moment as long as this transaction is open.
        for name in ("idle_in_transaction_session_timeout", "statement_timeout"):
            connection.execute(text(f"SET LOCAL {name} = 0"))
        moment = connection.scalar(text("SELECT pg_export_snapshot()"))
        _run(
            engine,
            tool,
            "--format=custom",
            "--compress=1",
            f"--snapshot={moment}",
            f"--file={target}",
            place=target,
        )
        return holding(connection), tuple(connection.scalars(_GRANTEES))


def put_back(engine: Engine, dumped: Path, *, roles: tuple[str, ...]) -> None:
    """Make the empty database of ``engine`` what was dumped, all of it or nothing; it belongs to whoever does it.

    Raises ``StorageError``: ``restore-roles-missing`` where the server does not know a role that has rights in it (but for groups of
    staff), and as ``dump`` does.
    """
    tool = program("pg_restore")
    others = [role for role in roles if not GROUP.match(role)]
    with engine.connect() as connection:
        missing = roles_missing(connection, others)
    if missing:
        raise StorageError("restore-roles-missing", roles=", ".join(missing))
    # Groups of staff carry the number of another database, whose staff would be let in here: an upgrade grants anew.
    privileges = ("--no-privileges",) if len(others) < len(roles) else ()
    options = ("--no-owner", *privileges, "--single-transaction", "--exit-on-error")
    _run(engine, tool, *options, str(dumped), place=dumped)


def roles_missing(connection: Connection, roles: Collection[str]) -> list[str]:
    """Those of the roles that the server does not know."""
    return sorted(set(roles) - set(connection.scalars(_KNOWN)))


def _run(engine: Engine, *command: str, place: Path) -> None:
    with _reached(engine, place) as address:
        try:
            done = subprocess.run(  # noqa: S603 - a program of the server, arguments of our own
                (*command, "--no-password", f"--dbname={address}"),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
                errors="replace",
                env={**os.environ, "LC_ALL": "C"},
                check=False,
            )
        except OSError as error:
            raise StorageError(
                "database-tool-failed", tool=Path(command[0]).name, detail=str(error.strerror)
            ) from error
    if done.returncode:
        if "No space left on device" in done.stderr:
            raise StorageError("disk-full")
        raise StorageError(
            "database-tool-failed", tool=Path(command[0]).name, detail=_first_error(done.stderr)
        )


def _first_error(told: str) -> str:
    """What the program says first of what is wrong; further lines may quote values."""
    lines = [line.partition("error: ")[2] for line in told.splitlines() if "error: " in line]
    return (lines[0] if lines else "")[:LONGEST_WORD].strip()


@contextmanager
def _reached(engine: Engine, place: Path) -> Iterator[str]:
    """The address as the programs take it, without a password: that is in a file beside ``place`` for as long."""
    from psycopg.conninfo import make_conninfo

    _, asked = engine.dialect.create_connect_args(engine.url)
    given = {name: str(value) for name, value in asked.items() if isinstance(value, str | int)}
    password = given.pop("password", None)
    if "," in given.get("host", ""):
        # Of several servers the one that takes over: the others only follow.
        given.setdefault("target_session_attrs", "read-write")
    if not password:
        yield make_conninfo("", **given)
        return
    kept = place.with_name(f".{place.name}.pgpass")
    written = password.replace("\\", "\\\\").replace(":", "\\:")
    try:
        with os.fdopen(
            os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
        ) as stream:
            stream.write(f"*:*:*:*:{written}\n")
        yield make_conninfo("", **{**given, "passfile": str(kept)})
    finally:
        kept.unlink(missing_ok=True)
