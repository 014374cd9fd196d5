"""Alembic's way in: a step and the note that it ran share one transaction, on SQLite as well."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection

from ebidadmin.persistence.tables import all_tables


def run_on(connection: Connection) -> None:
    """Run the wanted steps on a connection whose transaction belongs to the caller."""
    context.configure(
        connection=connection, target_metadata=all_tables(), render_as_batch=True, transactional_ddl=True
    )
    with context.begin_transaction():
        context.run_migrations()


run_on(context.config.attributes["connection"])
