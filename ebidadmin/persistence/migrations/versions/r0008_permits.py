"""Permits: document number, decision, reasons of a refusal, wished channel of the answer, the day of a withdrawal, and voiding.

What was decided before stays without a number. When and by whom it was decided, and from which day on it was withdrawn, is taken from
the trail where the trail has it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

from ebidadmin.clock import jst_date
from ebidadmin.persistence.migrations.columns import days, moments, numbers, texts
from ebidadmin.persistence.migrations.triggers import dropped, final, kept, life_cycle, undeletable

revision = "0008"
down_revision = "0007"

_TABLE = "permits"
_STEPS = (
    ("requested", "granted"),
    ("requested", "refused"),
    ("requested", "voided"),
    ("granted", "withdrawn"),
    ("granted", "voided"),
    ("refused", "voided"),
)
_OF_THE_DECISION = (
    *("supplier_number", "received", "channel", "applicant", "note", "reply_channel"),
    *(
        "valid_from",
        "valid_to",
        "document_year",
        "document_number",
        "decided_at",
        "decided_by",
        "refusal_reasons",
    ),
)
_BEFORE = "id, supplier_number, received, channel, applicant, note, state, version, valid_from, valid_to, reason, applicant_folded"
_CHANNELS = "('counter', 'fax', 'mail', 'post')"
_CHECKS = {
    "state": "state IN ('requested', 'granted', 'refused', 'withdrawn', 'voided')",
    "channel": f"channel IN {_CHANNELS}",
    "reply_channel": f"reply_channel IN {_CHANNELS}",
    "version": "version >= 1",
    "granted_from": "state NOT IN ('granted', 'withdrawn') OR valid_from IS NOT NULL",
    "dates_in_order": "valid_to IS NULL OR valid_from <= valid_to",
    "document_whole": "(document_year IS NULL) = (document_number IS NULL)",
    "document_counted": "document_number >= 1",
    "document_of_decision": "document_number IS NULL OR decided_at IS NOT NULL",
    "decided_by_whom": "(decided_at IS NULL) = (decided_by IS NULL)",
    "decided": "decided_at IS NULL OR state <> 'requested'",
    "withdrawn": "withdrawn_from IS NULL OR state = 'withdrawn'",
    "voided": "(state = 'voided') = (voided_at IS NOT NULL)",
    "voided_by_whom": "(voided_at IS NULL) = (voided_by IS NULL)",
    "voided_why": "(voided_at IS NULL) = (void_reason IS NULL)",
}
_UNCHANGED = ("channel", "version", "dates_in_order")


def upgrade() -> None:
    dialect = op.get_context().dialect.name
    if dialect == "sqlite":
        _anew()
    else:
        _extended(dialect)
    _fill_from_trail(op.get_bind())
    for statement in (
        *life_cycle(dialect, _TABLE, _STEPS),
        *final(dialect, _TABLE, ("withdrawn", "voided")),
        *kept(dialect, _TABLE, "decision_kept", _OF_THE_DECISION, "OLD.state IN ('granted', 'refused')"),
        *kept(dialect, _TABLE, "reason_kept", ("reason",), "OLD.state = 'refused'"),
        *undeletable(dialect, _TABLE, "OLD.document_number IS NOT NULL"),
    ):
        op.execute(statement)


def _new_columns() -> Iterator[sa.Column[Any]]:
    yield from texts("reply_channel", nullable=True)
    yield from numbers("document_year", "document_number", nullable=True)
    yield from moments("decided_at", nullable=True)
    yield from texts("decided_by", "refusal_reasons", nullable=True)
    yield from days("withdrawn_from", nullable=True)
    yield from moments("voided_at", nullable=True)
    yield from texts("voided_by", "void_reason", nullable=True)


def _extended(dialect: str) -> None:
    for statement in dropped(dialect, _TABLE, "life_cycle", "final"):
        op.execute(statement)
    for column in _new_columns():
        op.add_column(_TABLE, column)
    for name in ("state", "granted_from"):
        op.drop_constraint(f"ck_permits_{name}", _TABLE)
    for name, rule in _CHECKS.items():
        if name not in _UNCHANGED:
            op.create_check_constraint(op.f(f"ck_permits_{name}"), _TABLE, rule)
    op.create_unique_constraint(
        op.f("uq_permits_document_year_document_number"), _TABLE, ["document_year", "document_number"]
    )


def _anew() -> None:
    """SQLite cannot change a CHECK of a table: the permits move into one with the new ones."""
    op.create_table(
        "permits_anew",
        *texts("id", "supplier_number"),
        *days("received"),
        *texts("channel", "applicant", "note", "state"),
        *numbers("version"),
        *days("valid_from", "valid_to", nullable=True),
        *texts("reason", "applicant_folded"),
        *_new_columns(),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_permits_{name}")) for name, rule in _CHECKS.items()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_permits")),
        sa.UniqueConstraint(
            "document_year", "document_number", name=op.f("uq_permits_document_year_document_number")
        ),
    )
    op.execute(f"INSERT INTO permits_anew ({_BEFORE}) SELECT {_BEFORE} FROM permits")  # noqa: S608 - columns are our own
    op.drop_table(_TABLE)
    op.rename_table("permits_anew", _TABLE)
    op.create_index("ix_permits_applicant_folded", _TABLE, ["applicant_folded"])
    op.create_index("ix_permits_supplier_number", _TABLE, ["supplier_number"])


def _fill_from_trail(connection: sa.Connection) -> None:
    """When, by whom and from which day on, as far as the trail tells of permits that are in that state."""
    at: sa.ColumnClause[datetime] = sa.column("at", sa.DateTime(timezone=True))
    trail = sa.table("audit_events", *map(sa.column, ("seq", "tag", "subject_kind", "subject_id", "by")), at)
    permits = sa.table(
        _TABLE,
        *map(sa.column, ("id", "state", "decided_by")),
        sa.column("decided_at", sa.DateTime(timezone=True)),
        sa.column("withdrawn_from", sa.Date()),
    )
    wanted = sa.select(trail.c.tag, trail.c.subject_id, trail.c.by, at).where(
        trail.c.subject_kind == "permit",
        trail.c.tag.in_(("permit:granted", "permit:refused", "permit:withdrawn")),
    )
    for tag, permit, by, moment in connection.execute(wanted.order_by(trail.c.seq)).all():
        decided = tag != "permit:withdrawn"
        state = permits.c.state != "requested" if decided else permits.c.state == "withdrawn"
        aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
        values = {"decided_at": moment, "decided_by": by} if decided else {"withdrawn_from": jst_date(aware)}
        connection.execute(permits.update().where(permits.c.id == permit, state).values(values))


def downgrade() -> None:
    """There is no way back but a backup: a step down would throw records away."""
    raise NotImplementedError
