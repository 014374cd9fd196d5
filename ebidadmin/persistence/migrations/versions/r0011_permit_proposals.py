"""Proposals about permits that wait for a second person."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from ebidadmin.persistence.migrations.columns import days, moments, numbers, texts
from ebidadmin.persistence.migrations.triggers import final, kept, life_cycle

revision = "0011"
down_revision = "0010"

_TABLE = "permit_proposals"
_ENDS = ("confirmed", "declined", "withdrawn", "expired")
_ASKED = (
    *("permit", "supplier_number", "act", "permit_version", "permit_digest", "valid_from", "valid_to"),
    *("reasons", "wording", "withdrawn_from", "requested_by", "requested_at", "expires_at"),
)
_CHECKS = {
    "state": "state IN ('requested', 'confirmed', 'declined', 'withdrawn', 'expired')",
    "act": "act IN ('grant', 'refuse', 'withdraw', 'void')",
    "version": "version >= 1 AND permit_version >= 1",
    "lifetime": "requested_at < expires_at",
    "confirmed_by_whom": "(confirmed_by IS NULL) = (confirmed_at IS NULL)",
    "second_person": "confirmed_by IS NULL OR lower(confirmed_by) <> lower(requested_by)",
    "confirmed": "(state = 'confirmed') = (confirmed_by IS NOT NULL)",
    "ended": "(state IN ('requested', 'confirmed')) = (ended_at IS NULL)",
    "ended_by_whom": "(ended_at IS NULL) = (ended_by IS NULL)",
}


def upgrade() -> None:
    op.create_table(
        _TABLE,
        *texts("id", "permit", "supplier_number", "act"),
        *numbers("permit_version"),
        *texts("permit_digest"),
        *days("valid_from", "valid_to", nullable=True),
        *texts("reasons", "wording"),
        *days("withdrawn_from", nullable=True),
        *texts("requested_by"),
        *moments("requested_at", "expires_at"),
        *texts("state"),
        *numbers("version"),
        *texts("confirmed_by", nullable=True),
        *moments("confirmed_at", nullable=True),
        *texts("ended_by", nullable=True),
        *moments("ended_at", nullable=True),
        *texts("reason"),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_{_TABLE}_{name}")) for name, rule in _CHECKS.items()),
        sa.ForeignKeyConstraint(["permit"], ["permits.id"], name=op.f("fk_permit_proposals_permit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_permit_proposals")),
    )
    open_only = sa.text("state = 'requested'")
    op.create_index(
        "uq_permit_proposals_open",
        _TABLE,
        ["permit"],
        unique=True,
        sqlite_where=open_only,
        postgresql_where=open_only,
    )
    op.create_index("ix_permit_proposals_state", _TABLE, ["state"])
    dialect = op.get_context().dialect.name
    for statement in (
        *life_cycle(dialect, _TABLE, tuple(("requested", end) for end in _ENDS)),
        *final(dialect, _TABLE, _ENDS),
        *kept(dialect, _TABLE, "asked_kept", _ASKED, "OLD.state = 'requested'"),
    ):
        op.execute(statement)


def downgrade() -> None:
    """There is no way back but a backup: a step down would throw records away."""
    raise NotImplementedError
