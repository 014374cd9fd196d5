"""Puts a backup back: into a folder where there is no desk and a database where there is nothing, whole or not at all, and verified.

Everything is laid out beside the wished place, as a new desk is. A PostgreSQL database is filled in one transaction. What is there is
compared with the manifest, brought to this program's revision, verified, and only then has the desk its name.
"""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from ebidadmin.backups.making import file_digest
from ebidadmin.backups.package import DATABASES, FILES, KEY, Manifest, Package, opened
from ebidadmin.backups.settings_text import with_address
from ebidadmin.backups.unfinished import unfinished
from ebidadmin.bootstrap import key_in, open_desk
from ebidadmin.config import CONFIG_NAME, Config, load_config
from ebidadmin.domain.events import EventTag, JsonMap
from ebidadmin.domain.tree_findings import Verification
from ebidadmin.errors import ConfigurationError, InputError, RuleError, StorageError
from ebidadmin.kept_anchors import anchors_file, kept_anchors
from ebidadmin.laid_out import check_place
from ebidadmin.mailing.folder import sync_folder
from ebidadmin.persistence import addresses, migrate, postgresql_tools
from ebidadmin.persistence.audit_tree import SqlTrailTree
from ebidadmin.persistence.engine import make_engine
from ebidadmin.persistence.open_tree import Holding, held_by, is_empty
from ebidadmin.services import audit_tree, office_backups
from ebidadmin.services.tree_check import Progress
from ebidadmin.services.tree_ports import KeptAnchors


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is to be restored and where to: ``url`` another address of the database than the settings in the backup say, ``key`` the key
    that signs heads, ``anchors`` the file of heads outside (without one that of the settings, where it is there), ``trust`` by what stamps
    beside it are checked."""

    file: Path
    folder: Path
    url: str | None = None
    key: Path | None = None
    anchors: Path | None = None
    trust: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What was restored; ``beyond`` is how many events the trail had by the newest anchor where that is more than there are now."""

    manifest: Manifest
    result: Verification
    beyond: int | None
    key_missing: bool


def check(asked: Asked) -> Manifest:
    """Look at everything that can be looked at without making anything; what would be restored.

    Raises ``ConfigurationError`` (``desk-exists``, ``folder-not-empty``, ``not-a-folder``, ``backup-other-engine``, ``address-password``),
    ``InputError`` (``backup-unreadable``, ``backup-damaged``), ``SchemaError`` ``backup-newer``, ``StorageError`` (``database-not-empty``,
    ``database-tool-missing``, and those of a database that cannot be reached).
    """
    check_place(asked.folder)
    if asked.url is not None and addresses.has_password(asked.url):
        raise ConfigurationError("address-password")
    with (
        _told(asked.folder.absolute()),
        opened(asked.file, revisions=migrate.revisions()) as package,
        tempfile.TemporaryDirectory() as place,
    ):
        building = Path(place)
        _put_settings(asked, package, building)
        config = load_config(building)
        _check_database(config, package.manifest, building)
        if asked.anchors is not None and not asked.anchors.is_file():
            raise InputError("file-unreadable", file=str(asked.anchors))
        package.check()
        return package.manifest


def restore(asked: Asked, *, progress: Progress = lambda _done, _total: None) -> Restored:
    """Raises as ``check`` does, ``RuleError`` ``restore-differs`` where it is not what was backed up, ``StorageError``."""
    manifest = check(asked)
    with opened(asked.file, revisions=migrate.revisions()) as package, _laid_out(asked, package) as building:
        for name in package.files():
            if name != f"{FILES}{CONFIG_NAME}":
                package.take_out(name, building / name.removeprefix(FILES))
        _put_key(asked, package, building)
        config = load_config(building)
        for place in (config.inbox, config.mail_folder, building / "var"):
            place.mkdir(parents=True, exist_ok=True)
        with ExitStack() as undone:
            _put_database(config, package, building, undone)
            done = _verified(asked, manifest, building, progress)
            asked.folder.absolute().parent.mkdir(parents=True, exist_ok=True)
            building.rename(asked.folder.absolute())
            undone.pop_all()
        sync_folder(asked.folder.absolute().parent)
    return done


@contextmanager
def _laid_out(asked: Asked, package: Package) -> Iterator[Path]:
    """A folder beside the wished one, with the settings."""
    target = asked.folder.absolute()
    with _told(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        with unfinished(target) as place:
            building = place / "desk"
            building.mkdir(mode=0o700)
            _put_settings(asked, package, building)
            yield building


@contextmanager
def _told(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StorageError("disk-full") from error
        raise StorageError("folder-not-writable", folder=str(target), detail=error.strerror) from error


def _put_settings(asked: Asked, package: Package, building: Path) -> None:
    settings = building / CONFIG_NAME
    package.take_out(f"{FILES}{CONFIG_NAME}", settings)
    if asked.url is not None:
        settings.write_bytes(with_address(settings.read_bytes().decode(), asked.url).encode())


def _check_database(config: Config, manifest: Manifest, building: Path) -> None:
    kind = addresses.kind_of(config.database_url)
    if kind != manifest.engine:
        raise ConfigurationError("backup-other-engine", found=manifest.engine, wanted=kind)
    file = addresses.sqlite_file(config.database_url)
    if file is not None:
        if not file.is_relative_to(building.resolve()) and file.exists():
            raise StorageError("database-not-empty")
        return
    postgresql_tools.program("pg_restore")
    engine = make_engine(config.database_url, read_only=True)
    try:
        if not is_empty(engine):
            raise StorageError("database-not-empty")
    finally:
        engine.dispose()


def _put_key(asked: Asked, package: Package, building: Path) -> None:
    if asked.key is not None:
        try:
            content = asked.key.read_bytes()
        except OSError as error:
            raise InputError("file-unreadable", file=str(asked.key)) from error
        (building / KEY).touch(mode=0o600)
        (building / KEY).write_bytes(content)
    elif KEY in package.manifest.digests:
        package.take_out(KEY, building / KEY)


def _put_database(config: Config, package: Package, building: Path, undone: ExitStack) -> None:
    manifest = package.manifest
    file = addresses.sqlite_file(config.database_url)
    if file is not None:
        package.take_out(DATABASES["sqlite"], file)
        if not file.is_relative_to(building.resolve()):
            undone.callback(file.unlink, missing_ok=True)
        return
    dumped = building.parent / DATABASES["postgresql"]
    package.take_out(dumped.name, dumped)
    engine = make_engine(config.database_url)
    try:
        postgresql_tools.put_back(engine, dumped, roles=manifest.roles)
    finally:
        engine.dispose()
        dumped.unlink()


def _verified(asked: Asked, manifest: Manifest, building: Path, progress: Progress) -> Restored:
    """Compare what is there with what was backed up, bring it up to date, read everything again, and tell the trail."""
    config = load_config(building)
    engine = make_engine(config.database_url)
    try:
        require_same(manifest.held, held_by(engine))
    finally:
        engine.dispose()
    migrate.upgrade(config.database_url)
    key, kept = key_in(building), _anchors(asked, config)
    with closing(open_desk(building)) as desk:
        result = audit_tree.examine(
            SqlTrailTree(desk.engine),
            key,
            desk.office.clock.now,
            anchors=kept.heads,
            outside=kept.findings,
            progress=progress,
        )
        beyond = max((one.head.size for one in kept.heads if one.head.size > result.size), default=None)
        facts: JsonMap = {
            "file": asked.file.name,
            "digest": file_digest(asked.file),
            "made_at": manifest.at.isoformat(),
            "size": manifest.held.size,
            "root": manifest.held.root,
            "beyond": beyond,
            "findings": len(result.findings),
        }
        office_backups.tell(desk.office, staff=desk.staff, tag=EventTag.DESK_RESTORED, facts=facts)
    return Restored(
        manifest=manifest,
        result=result,
        beyond=beyond,
        key_missing=manifest.key is not None and (key is None or key.name != manifest.key),
    )


def _anchors(asked: Asked, config: Config) -> KeptAnchors:
    """Raises as ``kept_anchors`` does. The place that the settings name may be one that this computer does not reach yet; it counts from
    where the desk will be."""
    usual = anchors_file(replace(config, folder=asked.folder.absolute()))
    # The folder that a way leads through is not there yet.
    there = None if usual is None else Path(os.path.normpath(usual))
    place = asked.anchors or (there if there is not None and there.exists() else None)
    return KeptAnchors() if place is None else kept_anchors(config, place, trust=asked.trust)


def require_same(wanted: Holding, found: Holding) -> None:
    """Raises ``RuleError`` ``restore-differs``, which names the first table with another number of rows, or the tree."""
    for table in sorted(wanted.tables.keys() | found.tables.keys()):
        if wanted.tables.get(table) != found.tables.get(table):
            raise RuleError("restore-differs", what=table)
    if (wanted.size, wanted.root, wanted.last) != (found.size, found.root, found.last):
        raise RuleError("restore-differs", what="audit_leaves")
