"""Requests of the review desk that wait for a second person, and an ID that only two people cancel where the office holds to that."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from ebidadmin.persistence.migrations.columns import moments, numbers, texts
from ebidadmin.persistence.migrations.own_hand import cancelled_by_two, own_hand
from ebidadmin.persistence.migrations.triggers import final, kept, life_cycle

revision = "0027"
down_revision = "0026"

_TABLE = "desk_requests"
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
_ASKED = (
    *("act", "application", "supplier_number", "registration_version", "wording", "mails_digest", "cases"),
    *("requested_by", "requested_at", "expires_at"),
)
_LIFE = ("requested_by", "confirmed_by", "ended_by")
_OPEN = "state IN ('requested', 'confirmed')"
_CHECKS = {
    "state": "state IN ('requested', 'confirmed', 'declined', 'withdrawn', 'expired', 'applied')",
    "act": "act IN ('bulk-approve', 'cancel')",
    "version": "version >= 1",
    "about": "(act = 'cancel') = (application IS NOT NULL)",
    "about_whom": "(application IS NULL) = (supplier_number IS NULL)",
    "about_version": "(application IS NULL) = (registration_version IS NULL)",
    "about_cases": "(act = 'bulk-approve') = (cases <> '[]')",
    "lifetime": "requested_at < expires_at",
    "confirmed_by_whom": "(confirmed_by IS NULL) = (confirmed_at IS NULL)",
    "second_person": "confirmed_by IS NULL OR lower(confirmed_by) <> lower(requested_by)",
    "confirmed": "state NOT IN ('confirmed', 'applied') OR confirmed_by IS NOT NULL",
    "not_confirmed_yet": "state <> 'requested' OR confirmed_by IS NULL",
    "ended": "(state IN ('requested', 'confirmed')) = (ended_at IS NULL)",
    "ended_by_whom": "(ended_at IS NULL) = (ended_by IS NULL)",
}


def upgrade() -> None:
    op.create_table(
        _TABLE,
        *texts("id", "act"),
        *texts("application", "supplier_number", nullable=True),
        *numbers("registration_version", nullable=True),
        *texts("wording", "mails_digest", "cases", "requested_by"),
        *moments("requested_at", "expires_at"),
        *texts("state"),
        *numbers("version"),
        *texts("confirmed_by", nullable=True),
        *moments("confirmed_at", nullable=True),
        *texts("ended_by", nullable=True),
        *moments("ended_at", nullable=True),
        *texts("reason"),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_{_TABLE}_{name}")) for name, rule in _CHECKS.items()),
        sa.ForeignKeyConstraint(
            ["application"], ["registrations.application"], name=op.f("fk_desk_requests_application")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_requests")),
    )
    _indexes()
    dialect = op.get_context().dialect.name
    lines = [
        *life_cycle(dialect, _TABLE, _STEPS),
        *final(dialect, _TABLE, ("declined", "withdrawn", "expired", "applied")),
        *kept(dialect, _TABLE, "asked_kept", _ASKED, f"OLD.{_OPEN}"),
        # What was confirmed stays confirmed by the one who did it, whatever becomes of it.
        *kept(dialect, _TABLE, "confirmed_kept", ("confirmed_by", "confirmed_at"), "OLD.state = 'confirmed'"),
    ]
    if dialect == "postgresql":
        lines += [*own_hand(_TABLE, by=_LIFE, begins=("requested",)), *cancelled_by_two("registrations")]
    for line in lines:
        op.execute(line)


def _indexes() -> None:
    open_only = sa.text(_OPEN)
    op.create_index(
        "uq_desk_requests_open",
        _TABLE,
        ["application"],
        unique=True,
        sqlite_where=open_only,
        postgresql_where=open_only,
    )
    op.create_index("ix_desk_requests_state", _TABLE, ["state"])


def downgrade() -> None:
    """There is no way back but a backup: a step down would throw records away."""
    raise NotImplementedError
