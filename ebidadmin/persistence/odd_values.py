"""Values that the program never writes, and that somebody wrote into the database all the same: reading them without failing."""

from __future__ import annotations

from operator import methodcaller
from typing import Any

from sqlalchemy import Connection, LargeBinary, Text, cast, literal

_ANY_TEXT = methodcaller("decode", "utf-8", "surrogateescape")


def read_anything(connection: Connection) -> None:
    """From now on values of ``connection`` that its driver can make nothing of are read as text: bytes that are no UTF-8 as lone
    surrogates, days without end as their words. What the program writes is read as ever, a little slower."""
    # Nobody else is given the connection afterwards, so nobody else meets such text.
    connection.detach()
    driver: Any = connection.connection.dbapi_connection
    if connection.dialect.name == "sqlite":
        driver.text_factory = _ANY_TEXT
        return
    from ebidadmin.persistence.odd_moments import read_any_moment

    read_any_moment(driver)


def as_asked(value: Any) -> Any:
    """A value that was read, to be asked for: text of broken bytes has to be made by the database."""
    if isinstance(value, str) and not is_storable(value):
        return cast(literal(value.encode("utf-8", "surrogateescape"), LargeBinary), Text)
    return value


def is_storable(value: object) -> bool:
    """Whether it is text that a database can be asked for."""
    if not isinstance(value, str):
        return False
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
