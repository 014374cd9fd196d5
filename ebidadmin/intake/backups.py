"""Which files are backups of everybody: copies and dumps of a database, what lies beside them, and packages that hold one."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

SQLITE = b"SQLite format 3\0"
"""How the file of such a database begins."""

BESIDE = ("-wal", "-shm", "-journal")
"""What SQLite puts beside a database."""

_HEAD = 4096
_DUMPS = (
    b"PGDMP",
    b"PRAGMA foreign_keys=OFF;",
    b"-- PostgreSQL database dump",
    b"--\n-- PostgreSQL database dump",
)
"""How dumps begin: of pg_dump (custom, and as text) and of the command line of SQLite."""


def is_backup(path: Path) -> bool:
    """Also a package that cannot be unpacked: nobody knows that there is none in it. Raises ``OSError``."""
    with path.open("rb") as stream:
        return _is_backup(stream) or _beside_one(path)


def _beside_one(path: Path) -> bool:
    for end in BESIDE:
        database = path.with_name(path.name.removesuffix(end))
        if database != path and database.is_file():
            with database.open("rb") as stream:
                return stream.read(len(SQLITE)) == SQLITE
    return False


def _is_backup(stream: BinaryIO) -> bool:
    head = stream.read(_HEAD)
    if _begins_as_one(head):
        return True
    if not head.startswith(b"PK"):
        return False
    try:
        return any(map(_begins_as_one, _heads(stream)))
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError):
        return True


def _begins_as_one(head: bytes) -> bool:
    return head.startswith(SQLITE) or head.replace(b"\r\n", b"\n").startswith(_DUMPS)


def _heads(package: BinaryIO) -> Iterator[bytes]:
    """How the members of a package begin. Raises what its library raises of one that is broken, or locked."""
    with zipfile.ZipFile(package) as opened:
        for name in opened.namelist():
            with opened.open(name) as member:
                yield member.read(_HEAD)
