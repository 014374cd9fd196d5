"""Runs of reports, each claimed once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from ebidadmin.persistence.migrations.columns import moments, numbers, texts

revision = "0021"
down_revision = "0020"

_TABLE = "report_runs"
_CHECKS = {
    "state": "state IN ('running', 'done', 'failed', 'missed')",
    "failure": "failure IN ('dead', 'time-limit', 'cell', 'output')",
    "attempt": "attempt >= 0",
    "version": "version >= 1",
    "lease": "(state = 'running') = (lease_until IS NOT NULL)",
    "ended": "(state = 'running') = (ended_at IS NULL)",
    "failed": "(state = 'failed') = (failure IS NOT NULL)",
}


def upgrade() -> None:
    op.create_table(
        _TABLE,
        *texts("id", "report", "period"),
        *numbers("attempt"),
        *moments("due"),
        *texts("state", "by"),
        *moments("at", "as_of"),
        *moments("lease_until", "ended_at", nullable=True),
        *texts("folder"),
        *texts("failure", nullable=True),
        *texts("detail"),
        *numbers("version"),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_{_TABLE}_{name}")) for name, rule in _CHECKS.items()),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{_TABLE}")),
        sa.UniqueConstraint("report", "period", "attempt", name=op.f(f"uq_{_TABLE}_report_period_attempt")),
    )
    for columns in (("report", "attempt", "due"), ("state", "lease_until"), ("at", "id")):
        op.create_index(f"ix_{_TABLE}_{'_'.join(columns)}", _TABLE, list(columns))


def downgrade() -> None:
    """There is no way back but a backup: a step down would throw records away."""
    raise NotImplementedError
