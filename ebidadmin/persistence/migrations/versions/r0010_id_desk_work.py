"""Registrations by ID: wrong passwords in a row, the reason of a suspension or cancellation, a one-time code; a cancelled one is final."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from ebidadmin.persistence.migrations.columns import BIG, TEXT, moments, texts
from ebidadmin.persistence.migrations.triggers import final

revision = "0010"
down_revision = "0009"

_TABLE = "registrations"


def upgrade() -> None:
    added: tuple[sa.Column[Any], ...] = (
        sa.Column("failures", BIG, nullable=False, server_default="0"),
        sa.Column("reason", TEXT, nullable=False, server_default=sa.text("''")),
        *texts("code_hash", nullable=True),
        *moments("code_expires_at", nullable=True),
        sa.Column("code_failures", BIG, nullable=False, server_default="0"),
    )
    for column in added:
        op.add_column(_TABLE, column)
    for statement in final(op.get_bind().dialect.name, _TABLE, ("cancelled",)):
        op.execute(statement)
