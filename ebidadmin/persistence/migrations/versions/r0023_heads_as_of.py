"""Signed heads are kept as of the moment that each says, so that a verification can hold one against the other."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from ebidadmin.persistence.migrations.triggers import append_only, dropped
from ebidadmin.persistence.types import UtcDateTime

revision = "0023"
down_revision = "0022"

_HEADS = sa.table("audit_heads", sa.column("size"), sa.column("note"), sa.column("kept_at", UtcDateTime()))
_FIELDS = 4


def upgrade() -> None:
    bind = op.get_bind()
    dialect = bind.dialect.name
    for statement in dropped(dialect, "audit_heads", "no_update"):
        op.execute(statement)
    for size, note in bind.execute(sa.select(_HEADS.c.size, _HEADS.c.note)).all():
        at = _moment(note)
        if at is not None:
            bind.execute(sa.update(_HEADS).where(_HEADS.c.size == size).values(kept_at=at))
    for statement in append_only(dialect, "audit_heads"):
        if "audit_heads_no_update" in statement:
            op.execute(statement)


def _moment(note: str) -> datetime | None:
    """The fourth line of a head; ``None`` of a text that is none, which a verification tells of."""
    lines = note.split("\n")
    if len(lines) < _FIELDS:
        return None
    try:
        return datetime.strptime(lines[_FIELDS - 1], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None


def downgrade() -> None:
    """There is no way back but a backup."""
    raise NotImplementedError
