"""An index for the list of permits by the day of receipt."""

from __future__ import annotations

from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.create_index(op.f("ix_permits_received_id"), "permits", ["received", "id"])


def downgrade() -> None:
    """There is no way back but a backup, as with every step."""
    raise NotImplementedError
