"""Which template a mail was made from, by its digest; of earlier mails it is not known."""

from __future__ import annotations

from alembic import op

from ebidadmin.persistence.migrations.columns import texts

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    for column in texts("template", nullable=True):
        op.add_column("mail_outbox", column)


def downgrade() -> None:
    """There is no way back but a backup: a step down would throw records away."""
    raise NotImplementedError
