"""The hash tree over the trail: leaves, inner nodes and signed heads. Events that are there get their leaves when it is next sealed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from ebidadmin.persistence.migrations.columns import BIG, moments, numbers, texts
from ebidadmin.persistence.migrations.triggers import append_only

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.create_table(
        "audit_leaves",
        _own_key("position"),
        *numbers("seq"),
        *_hashes("salt", "payload", "leaf"),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_audit_leaves")),
        sa.UniqueConstraint("seq", name=op.f("uq_audit_leaves_seq")),
    )
    op.create_table(
        "audit_nodes",
        *numbers("level", "place", "ends_at"),
        *_hashes("hash"),
        sa.PrimaryKeyConstraint("level", "place", name=op.f("pk_audit_nodes")),
    )
    op.create_index(op.f("ix_audit_nodes_ends_at"), "audit_nodes", ["ends_at"])
    op.create_table(
        "audit_heads",
        _own_key("size"),
        *texts("note"),
        *moments("kept_at"),
        sa.PrimaryKeyConstraint("size", name=op.f("pk_audit_heads")),
    )
    dialect = op.get_bind().dialect.name
    for table in ("audit_leaves", "audit_nodes", "audit_heads"):
        for statement in append_only(dialect, table):
            op.execute(statement)


def downgrade() -> None:
    """There is no way back but a backup: a step down would throw the proofs away."""
    raise NotImplementedError


def _own_key(name: str) -> sa.Column[int]:
    """A key that the program gives, not the database."""
    return sa.Column(name, BIG, autoincrement=False, nullable=False)


def _hashes(*names: str) -> tuple[sa.Column[bytes], ...]:
    return tuple(sa.Column(name, sa.LargeBinary(), nullable=False) for name in names)
