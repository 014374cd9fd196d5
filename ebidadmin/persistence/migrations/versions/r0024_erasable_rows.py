"""Triggers that let rows of final records be deleted where an erasing event says that nothing of the record is left."""

from __future__ import annotations

from alembic import op

from ebidadmin.persistence.migrations.erasable_rows import KEYS, deleted_by_erasing_only
from ebidadmin.persistence.migrations.triggers import dropped

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    dialect = op.get_bind().dialect.name
    for table in KEYS:
        for statement in (*dropped(dialect, table, "no_delete"), *deleted_by_erasing_only(dialect, table)):
            op.execute(statement)


def downgrade() -> None:
    """There is no way back but a backup: what was erased with these triggers could not be told from what was deleted."""
    raise NotImplementedError
