"""What each record became with which event, so that a record changed behind the program's back is found. ``upgrade`` fills it for the
records that are there (``persistence.binding.bind_everything``)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from ebidadmin.persistence.migrations.columns import BIG, texts
from ebidadmin.persistence.migrations.triggers import append_only

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.create_table(
        "audit_rows",
        *texts("kind", "key"),
        sa.Column("seq", BIG, autoincrement=False, nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("kind", "key", "seq", name=op.f("pk_audit_rows")),
    )
    op.create_index(op.f("ix_audit_rows_seq"), "audit_rows", ["seq"])
    for statement in append_only(op.get_bind().dialect.name, "audit_rows"):
        op.execute(statement)


def downgrade() -> None:
    """There is no way back but a backup: a step down would throw the proofs away."""
    raise NotImplementedError
