"""Requests for a second person's confirmation of a large import."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from ebidadmin.persistence.migrations.columns import moments, numbers, texts
from ebidadmin.persistence.migrations.triggers import final, life_cycle

revision = "0004"
down_revision = "0003"

_TABLE = "import_requests"
_STEPS = (
    ("requested", "confirmed"),
    ("requested", "declined"),
    ("requested", "withdrawn"),
    ("requested", "expired"),
    ("confirmed", "declined"),
    ("confirmed", "withdrawn"),
    ("confirmed", "expired"),
    ("confirmed", "applied"),
)


def upgrade() -> None:
    op.create_table(
        _TABLE,
        *texts("id", "undertaking", "file_name", "file_hash", "layout", "layout_digest"),
        *numbers("register_version", "added", "changed", "unchanged", "vanished", "refused"),
        *texts("scale_warnings", "requested_by"),
        *moments("requested_at", "expires_at"),
        *texts("note", "state"),
        *numbers("version"),
        *texts("confirmed_by", nullable=True),
        *moments("confirmed_at", nullable=True),
        *texts("ended_by", nullable=True),
        *moments("ended_at", nullable=True),
        *texts("reason"),
        *numbers("batch", nullable=True),
        *_checks(),
        sa.ForeignKeyConstraint(
            ["batch"], ["qualification_batches.id"], name=op.f("fk_import_requests_batch")
        ),
        sa.ForeignKeyConstraint(
            ["register_version"],
            ["qualification_batches.id"],
            name=op.f("fk_import_requests_register_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_requests")),
    )
    _indexes()
    dialect = op.get_context().dialect.name
    for statement in (
        *life_cycle(dialect, _TABLE, _STEPS),
        *final(dialect, _TABLE, ("declined", "withdrawn", "expired", "applied")),
    ):
        op.execute(statement)


def _indexes() -> None:
    open_only = sa.text("state IN ('requested', 'confirmed')")
    op.create_index(
        "uq_import_requests_open",
        _TABLE,
        ["undertaking", "file_hash", "layout", "register_version"],
        unique=True,
        sqlite_where=open_only,
        postgresql_where=open_only,
    )
    op.create_index("ix_import_requests_state", _TABLE, ["state"])
    op.create_index("ix_import_requests_batch", _TABLE, ["batch"], unique=True)


def _checks() -> tuple[sa.CheckConstraint, ...]:
    rules = {
        "state": "state IN ('requested', 'confirmed', 'declined', 'withdrawn', 'expired', 'applied')",
        "undertaking": "undertaking IN ('import', 'undo')",
        "version": "version >= 1",
        "counts": "added >= 0 AND changed >= 0 AND unchanged >= 0 AND vanished >= 0 AND refused >= 0",
        "lifetime": "requested_at < expires_at",
        "confirmed_by_whom": "(confirmed_by IS NULL) = (confirmed_at IS NULL)",
        "second_person": "confirmed_by IS NULL OR lower(confirmed_by) <> lower(requested_by)",
        "confirmed": "state NOT IN ('confirmed', 'applied') OR confirmed_by IS NOT NULL",
        "not_confirmed_yet": "state <> 'requested' OR confirmed_by IS NULL",
        "ended": "(state IN ('requested', 'confirmed')) = (ended_at IS NULL)",
        "ended_by_whom": "(ended_at IS NULL) = (ended_by IS NULL)",
        "applied": "(state = 'applied') = (batch IS NOT NULL)",
    }
    return tuple(
        sa.CheckConstraint(rule, name=op.f(f"ck_import_requests_{name}")) for name, rule in rules.items()
    )


def downgrade() -> None:
    """There is no way back but a backup: a step down would throw records away."""
    raise NotImplementedError
