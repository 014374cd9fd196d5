"""The name index: every name that the register holds or held, packed in blocks. The pairs of what is packed here are counted when the
program next looks (``name_index.settle``)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import sqlalchemy as sa
from alembic import op

from ebidadmin.domain.names import fold
from ebidadmin.persistence.migrations.columns import BIG, texts

revision = "0007"
down_revision = "0006"

_BLOCK = 64
_READ = 8192


def upgrade() -> None:
    op.create_table(
        "name_blocks",
        sa.Column("segment", BIG, autoincrement=False, nullable=False),
        sa.Column("position", BIG, autoincrement=False, nullable=False),
        *texts("last_number", "numbers", "texts"),
        sa.CheckConstraint("segment >= 0 AND position >= 0", name=op.f("ck_name_blocks_place")),
        sa.PrimaryKeyConstraint("segment", "position", name=op.f("pk_name_blocks")),
    )
    op.create_index("ix_name_blocks_segment_last_number", "name_blocks", ["segment", "last_number"])
    op.create_table(
        "name_pairs",
        sa.Column("bucket", BIG, autoincrement=False, nullable=False),
        sa.Column("segment", BIG, autoincrement=False, nullable=False),
        sa.Column("blocks", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("bucket >= 0 AND segment >= 1", name=op.f("ck_name_pairs_place")),
        sa.PrimaryKeyConstraint("bucket", "segment", name=op.f("pk_name_pairs")),
    )
    if op.get_bind().dialect.name == "postgresql":
        # A block is looked through far more often than it is written: it is kept whole and plain in its row.
        op.execute("ALTER TABLE name_blocks SET (toast_tuple_target = 8160)")
    _pack(op.get_bind())


def _pack(connection: sa.Connection) -> None:
    blocks = sa.table(
        "name_blocks", *map(sa.column, ("segment", "position", "last_number", "numbers", "texts"))
    )
    for position, names in enumerate(_names(connection)):
        connection.execute(
            blocks.insert().values(
                segment=0,
                position=position,
                last_number=max(number for number, _ in names),
                numbers="".join(number for number, _ in names),
                texts="\n".join(text for _, text in names),
            )
        )


def _names(connection: sa.Connection) -> Iterator[Sequence[tuple[str, str]]]:
    """Each name that a supplier has or had with its reading, once, in the order of the suppliers' numbers."""
    columns: list[sa.ColumnClause[str]] = [
        sa.column(name) for name in ("supplier_number", "name_folded", "kana")
    ]
    every = sa.select(*columns).distinct().select_from(sa.table("qualifications")).order_by(*columns)
    names: list[tuple[str, str]] = []
    found = connection.execute(every, execution_options={"stream_results": True})
    for rows in found.partitions(_READ):
        names += [(row[0], _line(row[1], row[2])) for row in rows]
        while len(names) >= _BLOCK:
            yield names[:_BLOCK]
            names = names[_BLOCK:]
    if names:
        yield names


def _line(name: str, kana: str) -> str:
    plain = "".join(name.split())
    return f"{plain}\t{fold(kana)}" if kana else plain


def downgrade() -> None:
    """There is no way back but a backup: a step down would throw records away."""
    raise NotImplementedError
