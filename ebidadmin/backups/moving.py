"""Moves an office to another, empty database: copied, compared, verified, and only then the settings name the new one.

Whoever is killed before that leaves the office where it was. An SQLite database that was left gets another name, so that nobody who has it
open still writes into it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from ebidadmin import __version__
from ebidadmin.backups.settings_text import with_address
from ebidadmin.backups.unfinished import unfinished
from ebidadmin.bootstrap import Desk, audit_key
from ebidadmin.clock import jst
from ebidadmin.config import CONFIG_NAME, Config, check_people
from ebidadmin.domain.events import Event, EventTag, JsonValue
from ebidadmin.errors import ConfigurationError, InputError, RuleError, StorageError
from ebidadmin.mailing.folder import sync_folder
from ebidadmin.office_files import SETTINGS, write_bytes_whole
from ebidadmin.persistence import addresses
from ebidadmin.persistence.engine import Connection, Engine, make_engine
from ebidadmin.persistence.ledger import Ledger
from ebidadmin.persistence.moving import Copied, copy_all, filling, held_still
from ebidadmin.persistence.moving import Progress as Rows
from ebidadmin.persistence.open_tree import TreeWithin, is_empty
from ebidadmin.services import audit_tree, office_backups
from ebidadmin.services.office_files import changed_event, digest_of
from ebidadmin.services.tree_check import Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """What was moved; ``left`` is the file of before under its new name, where there is one."""

    copied: Copied
    left: Path | None


class _RehearsedError(Exception):
    """Everything was done and nothing is to be kept."""

    def __init__(self, copied: Copied) -> None:
        super().__init__()
        self.copied = copied


def move(
    desk: Desk,
    url: str,
    *,
    dry_run: bool = False,
    copying: Rows = lambda _done, _all: None,
    verifying: Progress = lambda _done, _all: None,
) -> Moved:
    """Move the office of ``desk``; with ``dry_run`` everything is done and nothing kept.

    Raises ``NotPermittedError``, ``ConfigurationError`` (``address-password``, ``database-kind``, ``setting-url-form``,
    ``one-person-on-server``),
    ``StorageError`` (``database-not-empty``, ``database-locked``), ``RuleError`` (``move-same``; ``move-differs``; ``move-findings``
    where the trail or the records do not fit together: then nothing is moved).
    """
    office_backups.require(desk.office, staff=desk.staff, verb="move")
    config = desk.config
    if addresses.has_password(url):
        raise ConfigurationError("address-password")
    section = replace(config.database, url=url)
    wanted = replace(config, database=section).database_url
    if wanted == config.database_url:
        raise RuleError("move-same")
    check_people(section)
    settings = config.folder / CONFIG_NAME
    before = settings.read_bytes()
    after = with_address(before.decode(), url).encode()
    with _owned(config) as owner, held_still(owner) as source:
        with _target(wanted, keep=not dry_run) as engine:
            copied = _filled(
                desk,
                source,
                engine,
                copying=copying,
                verifying=verifying,
                told=(before, after),
                keep=not dry_run,
            )
        if dry_run:
            return Moved(copied=copied, left=None)
        # The office is complete at its new place, and nobody has written at the old one since it was read.
        write_bytes_whole(settings, after)
        return Moved(copied=copied, left=_left(config, desk.office.clock.now()))


def _filled(
    desk: Desk,
    source: Connection,
    engine: Engine,
    *,
    copying: Rows,
    verifying: Progress,
    told: tuple[bytes, bytes],
    keep: bool,
) -> Copied:
    """Everything that happens in the new database, in one transaction."""
    try:
        with filling(engine) as target:
            copied = copy_all(source, target, progress=copying)
            now = desk.office.clock.now
            found = audit_tree.examine(TreeWithin(target), audit_key(desk), now, progress=verifying)
            if not found.good:
                raise RuleError("move-findings", count=len(found.findings))
            _tell(desk, Ledger(target, software=f"ebidadmin {__version__}"), copied, engine, *told)
            if not keep:
                raise _RehearsedError(copied)
    except _RehearsedError as rehearsed:
        return rehearsed.copied
    return copied


def _tell(desk: Desk, ledger: Ledger, copied: Copied, engine: Engine, before: bytes, after: bytes) -> None:
    held, at = copied.held, desk.office.clock.now()
    facts: dict[str, JsonValue] = {
        "moved_from": desk.engine.dialect.name,
        "moved_to": engine.dialect.name,
        "size": held.size,
        "root": held.root,
        "rows": sum(held.tables.values()),
    }
    settings = changed_event(SETTINGS, digest_of(before), after, desk.staff, at)
    moved = Event(
        tag=EventTag.DESK_MOVED, subject=office_backups.DESK, by=desk.staff.login, at=at, facts=facts
    )
    ledger.tell((settings, moved))
    ledger.close()


@contextmanager
def _owned(config: Config) -> Iterator[Engine]:
    """The present database as it is: the engine of a desk may show a member of staff views of it."""
    engine = make_engine(config.database_url)
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def _target(url: str, *, keep: bool) -> Iterator[Engine]:
    """The new database, empty. An SQLite file is made beside its place and gets its name at the end of the block."""
    file = addresses.sqlite_file(url)
    if file is None:
        engine = make_engine(url)
        try:
            if not is_empty(engine):
                raise StorageError("database-not-empty")
            yield engine
        finally:
            engine.dispose()
        return
    if file.exists():
        raise StorageError("database-not-empty")
    try:
        with unfinished(file) as place:
            part = place / file.name
            engine = make_engine(f"sqlite:///{part}", create=True)
            try:
                yield engine
            finally:
                engine.dispose()
            if keep:
                part.chmod(0o600)
                part.rename(file)
                sync_folder(file.parent)
    except OSError as error:
        raise InputError("file-unwritable", file=str(file)) from error


def _left(config: Config, at: datetime) -> Path | None:
    """The SQLite database that was left, under another name: whoever has it open gets an error instead of writing where nobody looks."""
    file = addresses.sqlite_file(config.database_url)
    if file is None:
        return None
    left = file.with_name(f"{file.name}.moved-{jst(at):%Y%m%d-%H%M%S}")
    try:
        file.rename(left)
    except OSError as error:
        raise InputError("file-unwritable", file=str(file)) from error
    return left
