"""Makes a backup of an office while others work: database, then files, in one package.

The database comes first: what it refers to is written before it refers to it, and so is among the files.
"""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ebidadmin import __version__
from ebidadmin.backups.package import DATABASES, FILES, KEY, Manifest, Packing
from ebidadmin.backups.settings_text import with_address
from ebidadmin.backups.unfinished import unfinished
from ebidadmin.bootstrap import key_in
from ebidadmin.clock import jst
from ebidadmin.config import CONFIG_NAME, Config
from ebidadmin.domain.events import JsonMap
from ebidadmin.errors import InputError, StorageError
from ebidadmin.intake.backups import BESIDE, is_backup
from ebidadmin.mailing.folder import sync_folder
from ebidadmin.persistence import addresses, postgresql_tools, sqlite_copies
from ebidadmin.persistence.engine import Engine, make_engine
from ebidadmin.persistence.open_tree import Holding, held_by

USUAL_PLACE = Path("var", "backups")
"""Where backups go of which nobody says where to: below the desk folder."""

NOT_KEPT = ("var/jupyter", "var/log", "notebooks/.ipynb_checkpoints")
"""What the next start makes anew, and incidents."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeBackup:
    """A backup that is whole and not in its place yet."""

    target: Path
    part: Path
    manifest: Manifest
    digest: str
    with_key: bool

    @property
    def facts(self) -> JsonMap:
        held = self.manifest.held
        return {
            "file": str(self.target),
            "digest": self.digest,
            "size": held.size,
            "root": held.root,
            "rows": sum(held.tables.values()),
            "with_key": self.with_key,
        }

    def keep(self) -> None:
        """Put it in its place. Raises ``InputError`` ``backup-exists`` where somebody has put something there meanwhile."""
        if self.target.exists():
            raise InputError("backup-exists", file=str(self.target))
        self.part.rename(self.target)
        sync_folder(self.target.parent)


def place_of(given: Path | None, folder: Path, at: datetime) -> Path:
    """Where a backup goes: that file, a file of its own in that folder, or the usual place."""
    name = f"ebidadmin-{jst(at):%Y%m%d-%H%M%S}.zip"
    if given is None:
        return folder.resolve() / USUAL_PLACE / name
    return (given / name if given.is_dir() else given).absolute()


def check(config: Config, target: Path, *, usual: bool) -> None:
    """What stands against a backup before anything is made.

    Raises ``InputError`` (``backup-exists``, ``file-unwritable``), ``StorageError`` ``database-tool-missing``.
    """
    if target.exists():
        raise InputError("backup-exists", file=str(target))
    if addresses.kind_of(config.database_url) == "postgresql":
        postgresql_tools.program("pg_dump")
    if not usual and not (target.parent.is_dir() and os.access(target.parent, os.W_OK)):
        raise InputError("file-unwritable", file=str(target))


@contextmanager
def made(
    config: Config, target: Path, *, at: datetime, with_key: bool, usual: bool = False
) -> Iterator[MadeBackup]:
    """A backup beside its place ``target``, there as long as the block lasts unless it is kept.

    Raises as ``check``, ``StorageError`` of the database and ``disk-full``, ``InputError`` ``file-unreadable`` for a file of the desk.
    """
    check(config, target, usual=usual)
    try:
        if usual:
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with unfinished(target) as place:
            part = place / target.name
            with part.open("xb") as stream:
                part.chmod(0o600)
                with closing(Packing(stream)) as packing:
                    manifest = _packed(config, packing, place, at=at, with_key=with_key)
                stream.flush()
                os.fsync(stream.fileno())
            yield MadeBackup(
                target=target, part=part, manifest=manifest, digest=file_digest(part), with_key=with_key
            )
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StorageError("disk-full") from error
        raise InputError("file-unwritable", file=str(target)) from error


def file_digest(path: Path) -> str:
    """SHA-256 (hex) of a file. Raises ``OSError``."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _packed(config: Config, packing: Packing, place: Path, *, at: datetime, with_key: bool) -> Manifest:
    engine = make_engine(config.database_url)
    try:
        kind = engine.dialect.name
        copy = place / DATABASES[kind]
        held, roles = _database(engine, copy)
    finally:
        engine.dispose()
    packing.add(copy.name, copy)
    copy.unlink()
    left_out = [str(one) for one in _elsewhere(config)]
    password = _settings(config, packing)
    for path in _files(config, left_out):
        _add(packing, path, f"{FILES}{path.relative_to(config.folder).as_posix()}")
    key = key_in(config.folder)
    if with_key and key is not None:
        _add(packing, config.folder / KEY, KEY)
    manifest = Manifest(
        program=__version__,
        at=at,
        engine=kind,
        held=held,
        digests=packing.digests,
        key=None if key is None else key.name,
        roles=roles,
        left_out=tuple(left_out),
        password_left_out=password,
    )
    packing.tell(manifest)
    return manifest


def _database(engine: Engine, copy: Path) -> tuple[Holding, tuple[str, ...]]:
    if engine.dialect.name == "postgresql":
        return postgresql_tools.dump(engine, copy)
    sqlite_copies.copy_database(engine, copy)
    # Of the copy, which nobody changes any more.
    copied = make_engine(f"sqlite:///{copy}", read_only=True)
    try:
        return held_by(copied), ()
    finally:
        copied.dispose()


def _settings(config: Config, packing: Packing) -> bool:
    """Put the settings in; whether a password was left out of them."""
    path, url = config.folder / CONFIG_NAME, config.database.url
    with_password = addresses.has_password(url)
    content = path.read_bytes()
    if with_password:
        content = with_address(content.decode(), addresses.without_password(url)).encode()
    packing.add_bytes(f"{FILES}{CONFIG_NAME}", content)
    return with_password


def _add(packing: Packing, path: Path, name: str) -> None:
    try:
        packing.add(name, path)
    except FileNotFoundError:
        # Somebody removed it meanwhile: then it is not of the office any more.
        return
    except PermissionError as error:
        raise InputError("file-unreadable", file=str(path)) from error


def _files(config: Config, left_out: list[str]) -> Iterator[Path]:
    """The files of the desk folder that belong into a backup; links, copies of databases, and folders that cannot be listed come into
    ``left_out``."""
    top = config.folder
    own = _database_files(config) | {top / CONFIG_NAME, top / KEY}
    skipped = {top / one for one in NOT_KEPT}

    def unlisted(error: OSError) -> None:
        left_out.append(str(error.filename))

    for place, folders, names in os.walk(top, onerror=unlisted):
        here = Path(place)
        left_out.extend(str(here / one) for one in (*folders, *names) if (here / one).is_symlink())
        folders[:] = sorted(one for one in folders if here / one not in skipped and not one.startswith("."))
        for path in (here / name for name in sorted(names)):
            wanted = path.is_file() and not path.is_symlink() and path not in own
            if not wanted or path.name.startswith("."):
                continue
            if not _is_copy(path):
                yield path
            elif path.parent != top / USUAL_PLACE:
                left_out.append(str(path))


def _is_copy(path: Path) -> bool:
    """Whether it is itself a copy of a database, or a backup: backups would grow by each other."""
    try:
        return is_backup(path)
    except FileNotFoundError:
        return False
    except PermissionError as error:
        raise InputError("file-unreadable", file=str(path)) from error


def _database_files(config: Config) -> set[Path]:
    file = addresses.sqlite_file(config.database_url)
    return set() if file is None else {file.with_name(f"{file.name}{end}") for end in ("", *BESIDE)}


def _elsewhere(config: Config) -> Iterator[Path]:
    """Folders of the office that the settings name outside the desk folder."""
    for one in (config.mail_folder, config.inbox, config.folder / config.reports.folder):
        place = one.resolve()
        if not place.is_relative_to(config.folder) and place.is_dir():
            yield place
