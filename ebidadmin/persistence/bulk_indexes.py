"""Filling an empty register: its indexes are built once at the end instead of growing row by row."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, exists, select

from ebidadmin.persistence.bulk_sets import REGISTER_TABLE
from ebidadmin.persistence.loading import know_sizes, owns
from ebidadmin.persistence.register import Executor


@contextmanager
def built_afterwards(executor: Executor) -> Iterator[bool]:
    """Within the block an empty register has no indexes, where they may be dropped; says whether it is empty. Both databases take them back
    when the transaction fails."""
    connection = executor if isinstance(executor, Connection) else executor.connection()
    filled = connection.execute(select(exists().select_from(REGISTER_TABLE))).scalar_one()
    indexes = (
        []
        if filled or not owns(connection, REGISTER_TABLE)
        else sorted(REGISTER_TABLE.indexes, key=lambda index: str(index.name))
    )
    for index in indexes:
        index.drop(connection)
    yield not filled
    for index in indexes:
        index.create(connection)
    if indexes:
        know_sizes(connection, REGISTER_TABLE)
