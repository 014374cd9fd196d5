"""Brings the database of a desk to this program's revision: a backup of before, the steps, a verification of all of it."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from ebidadmin.backups import making
from ebidadmin.bootstrap import audit_key, open_desk
from ebidadmin.clock import SystemClock
from ebidadmin.config import Config, load_config
from ebidadmin.domain.events import EventTag, JsonMap
from ebidadmin.domain.tree_findings import Verification
from ebidadmin.persistence import addresses, migrate
from ebidadmin.persistence.audit_tree import SqlTrailTree
from ebidadmin.persistence.engine import make_engine
from ebidadmin.persistence.open_tree import held_by
from ebidadmin.services import audit_tree, office_backups
from ebidadmin.services.tree_check import Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class Upgraded:
    """What became of it: the revision of before (``None``: there was no schema), the backup and the verification where there was something
    to bring up to date."""

    before: str | None
    backup: Path | None = None
    result: Verification | None = None


def revision(config: Config) -> str | None:
    """The present revision of a desk's database; ``None`` also where there is no file yet."""
    file = addresses.sqlite_file(config.database_url)
    if file is not None and not file.exists():
        return None
    engine = make_engine(config.database_url)
    try:
        return migrate.current(engine)
    finally:
        engine.dispose()


def upgrade(folder: Path, *, backup: bool, progress: Progress = lambda _done, _total: None) -> Upgraded:
    """Raises as ``migrate.upgrade`` and ``making.made`` do; without a ``backup`` that was asked for nothing is changed."""
    config = load_config(folder)
    before = revision(config)
    if before is None or before == migrate.head() or before not in migrate.revisions():
        # Nothing to lose, nothing to do, or not ours to change, which it says.
        migrate.upgrade(config.database_url)
        return Upgraded(before=before)
    kept, facts = _backed_up(config) if backup and _holds_something(config) else (None, None)
    migrate.upgrade(config.database_url)
    with closing(open_desk(folder)) as desk:
        office, staff = desk.office, desk.staff
        if facts is not None:
            office_backups.tell(office, staff=staff, tag=EventTag.DESK_BACKED_UP, facts=facts)
        tree = SqlTrailTree(desk.engine)
        result = audit_tree.examine(tree, audit_key(desk), office.clock.now, progress=progress)
        told: JsonMap = {
            "schema_from": before,
            "schema_to": migrate.head(),
            "findings": len(result.findings),
        }
        office_backups.tell(office, staff=staff, tag=EventTag.DESK_UPGRADED, facts=told)
    return Upgraded(before=before, backup=kept, result=result)


def _holds_something(config: Config) -> bool:
    engine = make_engine(config.database_url)
    try:
        return sum(held_by(engine).tables.values()) > 0
    finally:
        engine.dispose()


def _backed_up(config: Config) -> tuple[Path, JsonMap]:
    """The trail is told afterwards: before the upgrade this program cannot write into it."""
    at = SystemClock().now()
    target = making.place_of(None, config.folder, at)
    with making.made(config, target, at=at, with_key=False, usual=True) as made:
        made.keep()
        return target, made.facts
