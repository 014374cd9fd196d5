"""The dispatch register of the letters of permits."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from ebidadmin.persistence.migrations.columns import days, moments, numbers, texts
from ebidadmin.persistence.migrations.triggers import append_only

revision = "0009"
down_revision = "0008"

_TABLE = "permit_dispatches"
_CHECKS = {
    "channel": "channel IN ('counter', 'fax', 'mail', 'post')",
    "kind": "kind IN ('sent', 'correction', 'cancellation')",
    "corrects": "(kind = 'sent') = (corrects IS NULL)",
    "corrects_why": "kind = 'sent' OR note <> ''",
    "recipient": "recipient <> ''",
    "document_counted": "document_number >= 1",
}


def upgrade() -> None:
    op.create_table(
        _TABLE,
        *texts("id", "permit", "supplier_number"),
        *numbers("document_year", "document_number"),
        *days("day"),
        *texts("channel", "recipient", "by"),
        *moments("at"),
        *texts("kind"),
        *texts("corrects", nullable=True),
        *texts("note"),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_{_TABLE}_{name}")) for name, rule in _CHECKS.items()),
        sa.ForeignKeyConstraint(["permit"], ["permits.id"], name=op.f("fk_permit_dispatches_permit")),
        sa.ForeignKeyConstraint(
            ["corrects"], ["permit_dispatches.id"], name=op.f("fk_permit_dispatches_corrects")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_permit_dispatches")),
        sa.UniqueConstraint("corrects", name=op.f("uq_permit_dispatches_corrects")),
    )
    op.create_index("ix_permit_dispatches_permit", _TABLE, ["permit"])
    op.create_index("ix_permit_dispatches_day_id", _TABLE, ["day", "id"])
    for statement in append_only(op.get_context().dialect.name, _TABLE):
        op.execute(statement)


def downgrade() -> None:
    """There is no way back but a backup: a step down would throw records away."""
    raise NotImplementedError
