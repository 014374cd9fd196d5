"""Where each person stands on a screen, so that a reload comes back there."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from ebidadmin.persistence.migrations.columns import moments, texts

revision = "0015"
down_revision = "0014"

_TABLE = "screen_places"


def upgrade() -> None:
    op.create_table(
        _TABLE,
        *texts("person", "screen", "place"),
        *moments("kept_at"),
        sa.PrimaryKeyConstraint("person", "screen", name=op.f("pk_screen_places")),
    )


def downgrade() -> None:
    """There is no way back but a backup: a step down would throw away what people keep."""
    raise NotImplementedError
