"""What stands in an office, and an empty place for it on the same kind of database."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from ebidadmin.bootstrap import open_desk
from ebidadmin.config import load_config
from tests.cli.office_life import state
from tests.conftest import FreshDatabase


def kind(desk: Path) -> str:
    with closing(open_desk(desk)) as opened:
        return opened.engine.dialect.name


def target(desk: Path, fresh_database: FreshDatabase) -> Sequence[str]:
    """The options by which a backup of that desk is restored into an empty database."""
    if load_config(desk).database.url.startswith("sqlite"):
        return ()
    return ("--url", fresh_database("postgresql", migrated=False))


TRAIL = ("audit_events", "audit_leaves", "audit_nodes", "audit_rows", "audit_heads", "alembic_version")


def content(desk: Path) -> tuple[dict[str, Any], dict[str, bytes]]:
    """All rows but those of the trail's end, and all files but settings and backups."""
    rows, files = state(desk)
    return (
        {name: values for name, values in rows.items() if name not in TRAIL},
        {
            name: value
            for name, value in files.items()
            if name != "ebidadmin.toml" and not name.startswith("var/") and ".sqlite" not in name
        },
    )


def trail(desk: Path) -> list[str]:
    return list(state(desk)[0]["audit_events"])


def litter(*folders: Path) -> list[Path]:
    """What an attempt left behind."""
    return [path for folder in folders for path in folder.rglob("*") if "ebidadmin-part" in path.name]
