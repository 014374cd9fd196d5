"""Which parts of the trail were erased by which event, and triggers that let exactly that be emptied."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from ebidadmin.persistence.migrations.columns import BIG, numbers, texts
from ebidadmin.persistence.migrations.erasing_triggers import ERASABLE, erasing_only
from ebidadmin.persistence.migrations.triggers import append_only, dropped

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    op.create_table(
        "audit_erased",
        sa.Column("seq", BIG, autoincrement=False, nullable=False),
        *texts("part"),
        *numbers("by_event"),
        sa.CheckConstraint("part IN ('values', 'records')", name=op.f("ck_audit_erased_part")),
        sa.CheckConstraint("seq < by_event", name=op.f("ck_audit_erased_order")),
        sa.PrimaryKeyConstraint("seq", "part", name=op.f("pk_audit_erased")),
    )
    op.create_index(op.f("ix_audit_erased_by_event"), "audit_erased", ["by_event"])
    dialect = op.get_bind().dialect.name
    for table in ERASABLE:
        for statement in (*dropped(dialect, table, "no_update"), *erasing_only(dialect, table)):
            op.execute(statement)
    for statement in append_only(dialect, "audit_erased"):
        op.execute(statement)


def downgrade() -> None:
    """There is no way back but a backup: a step down would throw the account of what was erased away."""
    raise NotImplementedError
