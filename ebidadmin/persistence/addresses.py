"""Addresses of databases: their kind, and whether a password stands in them."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from ebidadmin.errors import ConfigurationError
from ebidadmin.persistence.engine import POSTGRESQL, SQLITE

_SECRET = "password"  # noqa: S105 - the name of a part of an address


def kind_of(url: str) -> str:
    """``sqlite`` or ``postgresql``. Raises ``ConfigurationError`` (``setting-invalid``, ``database-kind``)."""
    parsed = _parsed(url)
    if parsed.drivername.lower() in SQLITE:
        return "sqlite"
    if parsed.get_backend_name().lower() in POSTGRESQL:
        return "postgresql"
    raise ConfigurationError("database-kind", setting="database.url", kind=parsed.drivername)


def has_password(url: str) -> bool:
    """Raises as ``kind_of`` does."""
    parsed = _parsed(url)
    return parsed.password is not None or _SECRET in parsed.query


def without_password(url: str) -> str:
    """Raises as ``kind_of`` does."""
    parsed = _parsed(url).difference_update_query((_SECRET,))
    return parsed._replace(password=None).render_as_string(hide_password=False)


def sqlite_file(url: str) -> Path | None:
    """The file of an SQLite database; ``None`` for another kind."""
    parsed = _parsed(url)
    return Path(parsed.database) if kind_of(url) == "sqlite" and parsed.database else None


def _parsed(url: str) -> URL:
    try:
        return make_url(url)
    except (ArgumentError, ValueError):
        # Not even as its cause: that may repeat a piece of the password.
        raise ConfigurationError("setting-invalid", setting="database.url", value="*****") from None
