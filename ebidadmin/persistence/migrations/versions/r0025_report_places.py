"""Runs of reports say where their outputs are, and with which parameters they ran. Neither is known of those that are there."""

from __future__ import annotations

from alembic import op

from ebidadmin.persistence.migrations.columns import texts

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    # Without a value: rows that have none are bound as they were.
    for column in texts("place", "parameters", nullable=True):
        op.add_column("report_runs", column)


def downgrade() -> None:
    """There is no way back but a backup: a step down would throw records away."""
    raise NotImplementedError
