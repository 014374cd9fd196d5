"""The qualification register: versions of records, imports and their staging."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from ebidadmin.persistence.migrations.columns import BIG, days, moments, numbers, texts

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    _import_runs()
    _qualification_batches()
    _import_stage()
    _qualifications()
    _indexes_of_qualifications()
    _source_keys()


def _import_runs() -> None:
    op.create_table(
        "import_runs",
        *texts("run", "file_name", "file_hash", "layout", "headings"),
        sa.Column("is_full", sa.Boolean(), nullable=False),
        *numbers("register_version", nullable=True),
        *moments("started_at"),
        *numbers("rows", nullable=True),
        sa.PrimaryKeyConstraint("run", name=op.f("pk_import_runs")),
    )


def _qualification_batches() -> None:
    op.create_table(
        "qualification_batches",
        sa.Column("id", BIG, autoincrement=False, nullable=False),
        *texts("file_name", "file_hash", "layout", "headings"),
        *numbers("added", "changed", "unchanged", "vanished", "refused"),
        *texts("applied_by"),
        *moments("applied_at"),
        *numbers("version"),
        sa.CheckConstraint(
            "added >= 0 AND changed >= 0 AND unchanged >= 0 AND vanished >= 0 AND refused >= 0",
            name=op.f("ck_qualification_batches_counts"),
        ),
        sa.CheckConstraint("id >= 1", name=op.f("ck_qualification_batches_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_qualification_batches")),
    )
    op.create_index("ix_qualification_batches_applied_at", "qualification_batches", ["applied_at"])


def _import_stage() -> None:
    op.create_table(
        "import_stage",
        *texts("run"),
        sa.Column("line", BIG, autoincrement=False, nullable=False),
        *texts("supplier_number", nullable=True),
        *numbers("serial", nullable=True),
        sa.Column("refused", sa.Boolean(), nullable=False),
        *texts("trade_name", "source_key", "corporate_number", "kana", "postcode", "address"),
        *texts("representative_title", "representative_name", "phone", "fax", "email", "branch"),
        *texts("delegate_title", "delegate_name", "delegate_address", "grade_manufacture"),
        *texts("grade_sale", "grade_service", "grade_purchase"),
        *days("valid_from", "valid_to", "suspended_from", "suspended_to", nullable=True),
        *texts("remarks", "extra", "digest", "name_folded", "phone_folded", "email_folded"),
        sa.ForeignKeyConstraint(
            ["run"], ["import_runs.run"], name=op.f("fk_import_stage_run"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("run", "line", name=op.f("pk_import_stage")),
    )
    op.create_index("ix_import_stage_run_corporate_number", "import_stage", ["run", "corporate_number"])
    op.create_index("ix_import_stage_run_source_key", "import_stage", ["run", "source_key"])
    op.create_index("ix_import_stage_run_supplier_number", "import_stage", ["run", "supplier_number"])


def _qualifications() -> None:
    op.create_table(
        "qualifications",
        *numbers("id"),
        *texts("supplier_number"),
        *numbers("from_batch"),
        *numbers("to_batch", nullable=True),
        *texts("trade_name", "source_key", "corporate_number", "kana", "postcode", "address"),
        *texts("representative_title", "representative_name", "phone", "fax", "email", "branch"),
        *texts("delegate_title", "delegate_name", "delegate_address", "grade_manufacture"),
        *texts("grade_sale", "grade_service", "grade_purchase"),
        *days("valid_from", "valid_to", "suspended_from", "suspended_to", nullable=True),
        *texts("remarks", "extra", "digest", "name_folded", "phone_folded", "email_folded"),
        sa.CheckConstraint(
            "grade_manufacture IN ('A', 'B', 'C', 'D', 'none')",
            name=op.f("ck_qualifications_grade_manufacture"),
        ),
        sa.CheckConstraint(
            "grade_purchase IN ('A', 'B', 'C', 'D', 'none')", name=op.f("ck_qualifications_grade_purchase")
        ),
        sa.CheckConstraint(
            "grade_sale IN ('A', 'B', 'C', 'D', 'none')", name=op.f("ck_qualifications_grade_sale")
        ),
        sa.CheckConstraint(
            "grade_service IN ('A', 'B', 'C', 'D', 'none')", name=op.f("ck_qualifications_grade_service")
        ),
        sa.CheckConstraint("length(supplier_number) = 9", name=op.f("ck_qualifications_supplier_number")),
        sa.CheckConstraint(
            "to_batch IS NULL OR to_batch > from_batch", name=op.f("ck_qualifications_batches")
        ),
        sa.ForeignKeyConstraint(
            ["from_batch"], ["qualification_batches.id"], name=op.f("fk_qualifications_from_batch")
        ),
        sa.ForeignKeyConstraint(
            ["to_batch"], ["qualification_batches.id"], name=op.f("fk_qualifications_to_batch")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_qualifications")),
    )


def _indexes_of_qualifications() -> None:
    op.create_index("ix_qualifications_corporate_number", "qualifications", ["corporate_number"])
    op.create_index("ix_qualifications_email_folded", "qualifications", ["email_folded"])
    op.create_index("ix_qualifications_from_batch", "qualifications", ["from_batch"])
    op.create_index(
        "ix_qualifications_name_folded_supplier_number", "qualifications", ["name_folded", "supplier_number"]
    )
    op.create_index("ix_qualifications_phone_folded", "qualifications", ["phone_folded"])
    op.create_index(
        "ix_qualifications_supplier_number_from_batch",
        "qualifications",
        ["supplier_number", "from_batch"],
        unique=True,
    )
    op.create_index("ix_qualifications_to_batch", "qualifications", ["to_batch"])
    op.create_index(
        "uq_qualifications_current",
        "qualifications",
        ["supplier_number"],
        unique=True,
        sqlite_where=sa.text("to_batch IS NULL"),
        postgresql_where=sa.text("to_batch IS NULL"),
    )


def _source_keys() -> None:
    op.create_table(
        "source_keys",
        *texts("source_key", "supplier_number"),
        *numbers("serial", nullable=True),
        *numbers("from_batch"),
        sa.ForeignKeyConstraint(
            ["from_batch"], ["qualification_batches.id"], name=op.f("fk_source_keys_from_batch")
        ),
        sa.PrimaryKeyConstraint("source_key", name=op.f("pk_source_keys")),
        sa.UniqueConstraint("serial", name=op.f("uq_source_keys_serial")),
        sa.UniqueConstraint("supplier_number", name=op.f("uq_source_keys_supplier_number")),
    )


def downgrade() -> None:
    """There is no way back but a backup: a step down would throw records away."""
    raise NotImplementedError
