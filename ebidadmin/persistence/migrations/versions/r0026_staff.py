"""Members of staff, and what log-ins of staff are refused whatever they were granted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from ebidadmin.persistence.migrations.columns import numbers, texts
from ebidadmin.persistence.migrations.own_hand import next_number_only, own_hand, second_person
from ebidadmin.persistence.migrations.triggers import kept, life_cycle

revision = "0026"
down_revision = "0025"

_TABLE = "staff_members"
_CHECKS = {
    "state": "state IN ('active', 'disabled')",
    "version": "version >= 1",
    "roles": "(state = 'disabled') = (roles = '[]')",
}

_RUNS = (("running", "done"), ("running", "failed"))
_ASKED = (
    *("undertaking", "file_name", "file_hash", "layout", "layout_digest", "register_version"),
    *("added", "changed", "unchanged", "vanished", "refused", "scale_warnings"),
    *("requested_by", "requested_at", "expires_at"),
)
_LIFE = ("requested_by", "confirmed_by", "ended_by")


def upgrade() -> None:
    op.create_table(
        _TABLE,
        *texts("login", "name", "roles", "state"),
        *numbers("version"),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_{_TABLE}_{name}")) for name, rule in _CHECKS.items()),
        sa.PrimaryKeyConstraint("login", name=op.f(f"pk_{_TABLE}")),
    )
    dialect = op.get_bind().dialect.name
    lines = [
        *life_cycle(dialect, "report_runs", _RUNS),
        *kept(dialect, "import_requests", "asked_kept", _ASKED, "OLD.state IN ('requested', 'confirmed')"),
    ]
    if dialect == "postgresql":
        lines += [
            *own_hand("audit_events", by=("by",), automatic=True),
            *own_hand("id_applications", by=("decided_by",), begins=("pending",), automatic=True),
            *own_hand("application_notes", by=("by",)),
            *own_hand("application_claims", by=("holder",)),
            *own_hand("permits", by=("decided_by", "voided_by"), begins=("requested",)),
            *own_hand("permit_proposals", by=_LIFE, begins=("requested",)),
            *own_hand("import_requests", by=_LIFE, begins=("requested",)),
            *own_hand("permit_dispatches", by=("by",)),
            *own_hand("registrations", begins=("active",)),
            *own_hand("card_registrations", begins=("active",)),
            *own_hand("card_sessions", by=("person",), begins=("open",)),
            *own_hand("case_records", by=("written_by",)),
            *own_hand("id_case_records", by=("written_by",)),
            *own_hand("card_expiry_notices", by=("written_by",)),
            *own_hand("follow_ups", by=("closed_by",), begins=("open",)),
            *own_hand("mail_outbox", begins=("waiting",)),
            *own_hand("qualification_batches", by=("applied_by",)),
            *own_hand("report_runs", by=("by",), begins=("running", "missed")),
            *next_number_only("sequences"),
            *second_person("permits"),
        ]
    for line in lines:
        op.execute(line)


def downgrade() -> None:
    """There is no way back but a backup: a step down would throw records away."""
    raise NotImplementedError
