"""Column types that mean the same on SQLite and on PostgreSQL."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from enum import StrEnum
from typing import Generic, TypeVar

from sqlalchemy import CheckConstraint, DateTime, Dialect, Text
from sqlalchemy.types import TypeDecorator

from ebidadmin.clock import as_utc

E = TypeVar("E", bound=StrEnum)

TEXT = Text().with_variant(Text(collation="C"), "postgresql")
"""Text that sorts by code point, as SQLite's does: an order, a page and a range mean the same on every database."""


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment in UTC. SQLite keeps it as text of fixed width, so that text order is the order of time."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Raises ``ValueError`` for a naive value."""
        if value is None:
            return None
        moment = as_utc(value)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class EnumText(TypeDecorator[E], Generic[E]):
    """A closed set as text, by value. The set itself is held by ``closed_set`` on the table."""

    impl = TEXT
    cache_ok = True

    def __init__(self, members: type[E]) -> None:
        super().__init__()
        self.members = members

    def process_bind_param(self, value: E | None, dialect: Dialect) -> str | None:
        return None if value is None else self.members(value).value

    def process_result_value(self, value: str | None, dialect: Dialect) -> E | None:
        return None if value is None else self.members(value)


class JsonText(TypeDecorator[object]):
    """A JSON value as canonical text, the same bytes on every dialect: the audit trail is compared by its text."""

    impl = TEXT
    cache_ok = True

    def process_bind_param(self, value: object | None, dialect: Dialect) -> str | None:
        return None if value is None else canonical_json(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> object | None:
        return None if value is None else json.loads(value)


def canonical_json(value: object) -> str:
    """One spelling per value: sorted keys, no spaces, characters as they are.

    Raises ``TypeError`` for what JSON cannot hold and ``ValueError`` for NaN and infinities.
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def closed_set(column: str, members: type[StrEnum]) -> CheckConstraint:
    """The CHECK that holds a column to the values of ``members``; named after the column."""
    values = ", ".join(f"'{member.value}'" for member in members)
    return CheckConstraint(f"{column} IN ({values})", name=column)


def second_person_checks() -> tuple[CheckConstraint, ...]:
    """The CHECKs on a request for a second person, whatever is asked: whoever asked never confirms, and its end has a time and a person."""
    return (
        CheckConstraint("requested_at < expires_at", name="lifetime"),
        CheckConstraint("(confirmed_by IS NULL) = (confirmed_at IS NULL)", name="confirmed_by_whom"),
        CheckConstraint(
            "confirmed_by IS NULL OR lower(confirmed_by) <> lower(requested_by)", name="second_person"
        ),
        CheckConstraint("(state IN ('requested', 'confirmed')) = (ended_at IS NULL)", name="ended"),
        CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name="ended_by_whom"),
    )
