"""Every table of the database, gathered: whoever compares the schema imports this."""

from __future__ import annotations

from sqlalchemy import MetaData

from ebidadmin.persistence import (
    schema,
    schema_cards,
    schema_desk_requests,
    schema_dispatches,
    schema_id_cases,
    schema_names,
    schema_proposals,
    schema_register,
    schema_reports,
    schema_requests,
    schema_staff,
    schema_tree,
    schema_views,
)
from ebidadmin.persistence.schema_base import Base

_MODULES = (
    *(
        schema,
        schema_cards,
        schema_desk_requests,
        schema_dispatches,
        schema_id_cases,
        schema_names,
        schema_proposals,
        schema_register,
        schema_reports,
        schema_requests,
        schema_staff,
        schema_tree,
        schema_views,
    ),
)
"""Importing them is what fills the metadata."""


def all_tables() -> MetaData:
    """The metadata with the tables of every schema module."""
    return Base.metadata
