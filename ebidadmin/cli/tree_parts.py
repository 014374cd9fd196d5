"""What the commands of the audit trail's hash tree share: the tree of the desk, and its key."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ebidadmin.errors import RuleError

if TYPE_CHECKING:
    from ebidadmin.bootstrap import Desk
    from ebidadmin.cli.common import Run
    from ebidadmin.credentials.tree_key import TreeKey
    from ebidadmin.services.tree_ports import TrailTree

FILE = click.Path(dir_okay=False, path_type=Path)


def trail_tree(run: Run) -> TrailTree:
    """The tree of the desk; a rehearsal changes nothing of it."""
    from ebidadmin.persistence.audit_tree import SqlTrailTree

    return SqlTrailTree(run.desk.engine, dry_run=run.dry_run)


def needed_key(desk: Desk) -> TreeKey:
    """Raises ``RuleError`` ``audit-key-missing``, and as ``bootstrap.audit_key`` does."""
    from ebidadmin.bootstrap import audit_key

    found = audit_key(desk)
    if found is None:
        raise RuleError("audit-key-missing")
    return found
