"""One file is staged at a time, rows of earlier files are recognised, and closed versions alone are indexed by their end.

What was staged is only a preview: it is made again.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from ebidadmin.persistence.migrations.columns import BIG, days, numbers, texts

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    _stage()
    _recognised()
    op.drop_index("ix_qualifications_to_batch", "qualifications")
    closed = sa.text("to_batch IS NOT NULL")
    op.create_index(
        "ix_qualifications_to_batch",
        "qualifications",
        ["to_batch"],
        sqlite_where=closed,
        postgresql_where=closed,
    )


def _stage() -> None:
    op.execute("DELETE FROM import_runs")
    op.drop_table("import_stage")
    op.create_table(
        "import_stage",
        sa.Column("line", BIG, autoincrement=False, nullable=False),
        *texts("supplier_number", nullable=True),
        *numbers("serial", nullable=True),
        sa.Column("refused", sa.Boolean(), nullable=False),
        *texts("source_digest", nullable=True),
        *texts("trade_name", "source_key", "corporate_number", "kana", "postcode", "address"),
        *texts("representative_title", "representative_name", "phone", "fax", "email", "branch"),
        *texts("delegate_title", "delegate_name", "delegate_address", "grade_manufacture"),
        *texts("grade_sale", "grade_service", "grade_purchase"),
        *days("valid_from", "valid_to", "suspended_from", "suspended_to", nullable=True),
        *texts("remarks", "extra", "digest", "name_folded", "phone_folded", "email_folded"),
        sa.PrimaryKeyConstraint("line", name=op.f("pk_import_stage")),
    )
    op.create_index("ix_import_stage_supplier_number", "import_stage", ["supplier_number"])


def _recognised() -> None:
    op.create_table(
        "import_recognised",
        sa.Column("qualification", BIG, autoincrement=False, nullable=False),
        *numbers("line"),
        sa.PrimaryKeyConstraint("qualification", name=op.f("pk_import_recognised")),
    )
    op.create_table(
        "checked_rows",
        *texts("source_digest"),
        *numbers("qualification"),
        sa.ForeignKeyConstraint(
            ["qualification"], ["qualifications.id"], name=op.f("fk_checked_rows_qualification")
        ),
        sa.PrimaryKeyConstraint("source_digest", name=op.f("pk_checked_rows")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """There is no way back but a backup: a step down would throw records away."""
    raise NotImplementedError
