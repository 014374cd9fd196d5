"""What each person keeps of the review queue: the place where they stand, and views under a name."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from ebidadmin.persistence.migrations.columns import moments, texts

revision = "0014"
down_revision = "0013"

_TABLE = "queue_views"


def upgrade() -> None:
    op.create_table(
        _TABLE,
        *texts("person", "name", "view"),
        *moments("kept_at"),
        sa.PrimaryKeyConstraint("person", "name", name=op.f("pk_queue_views")),
    )


def downgrade() -> None:
    """There is no way back but a backup: a step down would throw away what people keep."""
    raise NotImplementedError
