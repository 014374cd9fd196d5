"""Indexes for slices of the trail in order of time: one for each way to take one."""

from __future__ import annotations

from alembic import op

revision = "0019"
down_revision = "0018"

_INDEXED = (
    ("at", "seq"),
    ("by", "at", "seq"),
    ("by", "tag", "at", "seq"),
    ("tag", "at", "seq"),
    ("supplier_number", "at", "seq"),
    ("subject_kind", "subject_id", "at", "seq"),
)


def upgrade() -> None:
    for columns in _INDEXED:
        op.create_index(f"ix_audit_events_{'_'.join(columns)}", "audit_events", list(columns))


def downgrade() -> None:
    """There is no way back but a backup, as for every step."""
    raise NotImplementedError
