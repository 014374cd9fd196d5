"""A backup as one file: a ZIP package with the database, the files of the desk, and ``manifest.json``, which says what is in it.

The package is made beside its place and renamed when it is whole. Whoever reads one compares every part with its digest first.
"""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import IO, Any

from ebidadmin.errors import InputError, SchemaError
from ebidadmin.persistence.open_tree import Holding

FORMAT = "ebidadmin-backup-1"
MANIFEST = "manifest.json"
DATABASES: Mapping[str, str] = {"sqlite": "database.sqlite", "postgresql": "database.pgdump"}
"""Under which name the database of each kind is in the package."""

KEY = "audit-key.pem"
FILES = "desk/"
"""Before the names of the files of the desk folder."""

PART = 1 << 20
"""Bytes that are in memory at a time."""

LARGEST_MANIFEST = 64 << 20

# A dump is packed already, by pg_dump.
_STORED = frozenset({DATABASES["postgresql"]})
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a backup holds. ``at`` is the moment of the database; ``digests`` are SHA-256 (hex) by the name of the part; ``key`` is the name
    of the key that signs heads, where the desk has one; ``roles`` those that rights in the database name (PostgreSQL); ``left_out`` what of
    the office is not in it; ``password_left_out``: the address of the database was kept without its password."""

    program: str
    at: datetime
    engine: str
    held: Holding
    digests: Mapping[str, str]
    key: str | None
    roles: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    password_left_out: bool = False

    def as_text(self) -> str:
        held = self.held
        told = {
            "format": FORMAT,
            "program": self.program,
            "at": self.at.isoformat(),
            "engine": self.engine,
            "schema": held.schema,
            "tables": dict(held.tables),
            "head": {"size": held.size, "root": held.root, "last": held.last},
            "digests": dict(self.digests),
            "key": self.key,
            "roles": list(self.roles),
            "left_out": list(self.left_out),
            "password_left_out": self.password_left_out,
        }
        return json.dumps(told, ensure_ascii=False, indent=1)


def read_manifest(text: bytes) -> Manifest:
    """Raises ``ValueError``, ``KeyError`` and ``TypeError`` for what is no manifest."""
    told: dict[str, Any] = json.loads(text)
    if told["format"] != FORMAT:
        raise ValueError("another format")
    head = told["head"]
    held = Holding(
        schema=told["schema"],
        tables={str(name): int(count) for name, count in told["tables"].items()},
        size=int(head["size"]),
        root=str(head["root"]),
        last=int(head["last"]),
    )
    return Manifest(
        program=str(told["program"]),
        at=datetime.fromisoformat(told["at"]),
        engine=str(told["engine"]),
        held=held,
        digests={str(name): str(digest) for name, digest in told["digests"].items()},
        key=told["key"],
        roles=tuple(told["roles"]),
        left_out=tuple(told["left_out"]),
        password_left_out=bool(told["password_left_out"]),
    )


class Packing:
    """A package that is being written to ``stream``; ``digests`` are those of what is in it so far. Raises ``OSError``."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._package = zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1)
        self.digests: dict[str, str] = {}

    def add(self, name: str, source: Path) -> None:
        """Put a file in under that name, as it is while it is read."""
        with source.open("rb") as stream:
            self._add(name, iter(lambda: stream.read(PART), b""))

    def add_bytes(self, name: str, content: bytes) -> None:
        self._add(name, (content,))

    def tell(self, manifest: Manifest) -> None:
        """The manifest comes last: a package without one is not whole."""
        self._package.writestr(MANIFEST, manifest.as_text())

    def close(self) -> None:
        """Nothing more is put in, whole or not."""
        self._package.close()

    def _add(self, name: str, parts: Iterable[bytes]) -> None:
        member = zipfile.ZipInfo(name)
        member.compress_type = zipfile.ZIP_STORED if name in _STORED else zipfile.ZIP_DEFLATED
        member.external_attr = 0o600 << 16
        digest = hashlib.sha256()
        with self._package.open(member, "w", force_zip64=True) as written:
            for part in parts:
                digest.update(part)
                written.write(part)
        self.digests[name] = digest.hexdigest()


class Package:
    """A package that is read; ``file`` is how it is called in errors."""

    def __init__(self, package: zipfile.ZipFile, file: str) -> None:
        self._package, self._file = package, file
        try:
            if package.getinfo(MANIFEST).file_size > LARGEST_MANIFEST:
                raise ValueError("no manifest is that long")
            self.manifest = read_manifest(package.read(MANIFEST))
        except (*_BROKEN, KeyError, ValueError, TypeError, AttributeError) as error:
            raise InputError("backup-unreadable", file=file) from error

    def check(self) -> None:
        """Compare every part with its digest. Raises ``InputError`` ``backup-damaged``."""
        wanted = self.manifest.digests
        there = set(self._package.namelist()) - {MANIFEST}
        for name in sorted(there ^ wanted.keys()):
            raise self._damaged(name)
        for name, digest in wanted.items():
            if not _is_known(name):
                raise self._damaged(name)
            found = hashlib.sha256()
            for part in self._parts(name):
                found.update(part)
            if found.hexdigest() != digest:
                raise self._damaged(name)

    def take_out(self, name: str, target: Path) -> None:
        """Write a part to ``target``, for its owner alone. Raises ``InputError`` ``backup-damaged``, ``OSError``."""
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        target.touch(mode=0o600, exist_ok=False)
        with target.open("wb") as stream:
            for part in self._parts(name):
                stream.write(part)
            stream.flush()
            os.fsync(stream.fileno())

    def files(self) -> Iterator[str]:
        """The files of the desk, by their names in the package."""
        return (name for name in self.manifest.digests if name.startswith(FILES))

    def _parts(self, name: str) -> Iterator[bytes]:
        try:
            with self._package.open(name) as stream:
                yield from iter(lambda: stream.read(PART), b"")
        except (*_BROKEN, KeyError) as error:
            raise self._damaged(name) from error

    def _damaged(self, name: str) -> InputError:
        return InputError("backup-damaged", file=self._file, part=name if name.isprintable() else ascii(name))


@contextmanager
def opened(path: Path, *, revisions: frozenset[str]) -> Iterator[Package]:
    """A backup, to be read; nothing of it is compared yet. ``revisions`` are those that this program knows.

    Raises ``InputError`` (``file-unreadable``; ``backup-unreadable`` for what is no backup, or half of one), ``SchemaError``
    ``backup-newer``.
    """
    try:
        package = zipfile.ZipFile(path)
    except OSError as error:
        raise InputError("file-unreadable", file=str(path)) from error
    except (*_BROKEN, ValueError) as error:
        raise InputError("backup-unreadable", file=str(path)) from error
    with package:
        found = Package(package, str(path))
        if (
            found.manifest.engine not in DATABASES
            or DATABASES[found.manifest.engine] not in found.manifest.digests
        ):
            raise InputError("backup-unreadable", file=str(path))
        schema = found.manifest.held.schema
        if schema not in revisions:
            raise SchemaError("backup-newer", file=str(path), found=schema)
        yield found


def _is_known(name: str) -> bool:
    """Whether it can be a part: nothing that would come to lie elsewhere."""
    path = PurePosixPath(name)
    inside = name.startswith(FILES) and ".." not in path.parts and "\\" not in name and "\0" not in name
    return name in DATABASES.values() or name == KEY or (inside and str(path) == name)
