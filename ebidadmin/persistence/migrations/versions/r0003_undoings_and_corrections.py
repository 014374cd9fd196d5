"""Batches that no file brought: what undid what, and what was corrected by hand."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from ebidadmin.persistence.migrations.columns import BIG, numbers, texts

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "qualification_undoings",
        sa.Column("batch", BIG, autoincrement=False, nullable=False),
        *numbers("undoes"),
        sa.CheckConstraint("undoes < batch", name=op.f("ck_qualification_undoings_order")),
        sa.ForeignKeyConstraint(
            ["batch"], ["qualification_batches.id"], name=op.f("fk_qualification_undoings_batch")
        ),
        sa.ForeignKeyConstraint(
            ["undoes"], ["qualification_batches.id"], name=op.f("fk_qualification_undoings_undoes")
        ),
        sa.PrimaryKeyConstraint("batch", name=op.f("pk_qualification_undoings")),
        sa.UniqueConstraint("undoes", name=op.f("uq_qualification_undoings_undoes")),
    )
    op.create_table(
        "qualification_corrections",
        sa.Column("batch", BIG, autoincrement=False, nullable=False),
        *texts("supplier_number", "reason"),
        sa.CheckConstraint("length(reason) > 0", name=op.f("ck_qualification_corrections_reason")),
        sa.ForeignKeyConstraint(
            ["batch"], ["qualification_batches.id"], name=op.f("fk_qualification_corrections_batch")
        ),
        sa.PrimaryKeyConstraint("batch", name=op.f("pk_qualification_corrections")),
    )


def downgrade() -> None:
    """There is no way back but a backup: a step down would throw records away."""
    raise NotImplementedError
