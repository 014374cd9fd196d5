"""Which cards were told of the end of their certificate, and within which period."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from ebidadmin.persistence.migrations.columns import moments, numbers, texts
from ebidadmin.persistence.migrations.triggers import append_only

revision = "0012"
down_revision = "0011"

_TABLE = "card_expiry_notices"


def upgrade() -> None:
    op.create_table(
        _TABLE,
        *texts("card"),
        *numbers("days"),
        *texts("supplier_number"),
        *moments("not_after", "written_at"),
        *texts("written_by"),
        sa.CheckConstraint("days >= 0", name=op.f("ck_card_expiry_notices_days")),
        sa.ForeignKeyConstraint(
            ["card"], ["card_registrations.id"], name=op.f("fk_card_expiry_notices_card")
        ),
        sa.PrimaryKeyConstraint("card", "days", name=op.f("pk_card_expiry_notices")),
    )
    for statement in append_only(op.get_context().dialect.name, _TABLE):
        op.execute(statement)


def downgrade() -> None:
    """There is no way back but a backup: a step down would throw records away."""
    raise NotImplementedError
