"""The help desk's records of rehearsed ID applications."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from ebidadmin.persistence.migrations.columns import moments, numbers, texts
from ebidadmin.persistence.migrations.triggers import append_only

revision = "0018"
down_revision = "0017"

_TABLE = "id_case_records"


def upgrade() -> None:
    op.create_table(
        _TABLE,
        *texts("id", "supplier_number"),
        *moments("written_at"),
        *texts("written_by", "content", "advice"),
        *numbers("version"),
        sa.CheckConstraint("version = 1", name=op.f("ck_id_case_records_version")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_id_case_records")),
    )
    op.create_index("ix_id_case_records_supplier_number", _TABLE, ["supplier_number"])
    op.create_index("ix_id_case_records_written_at_id", _TABLE, ["written_at", "id"])
    for statement in append_only(op.get_context().dialect.name, _TABLE):
        op.execute(statement)


def downgrade() -> None:
    """There is no way back but a backup: a step down would throw records away."""
    raise NotImplementedError
