"""Moments and days of PostgreSQL that Python has not (without end, before the year 1) read as the words that the server has for them.

Apart, because the driver is not there in every installation.
"""

from __future__ import annotations

from typing import Any

from psycopg import Connection, DataError
from psycopg.abc import Buffer
from psycopg.types.datetime import DateLoader, TimestamptzLoader


class _AnyMoment(TimestamptzLoader):
    def load(self, data: Buffer) -> Any:
        return _loaded(super().load, data)


class _AnyDay(DateLoader):
    def load(self, data: Buffer) -> Any:
        return _loaded(super().load, data)


def read_any_moment(driver: Connection[Any]) -> None:
    """From now on that connection reads them so."""
    driver.adapters.register_loader("timestamptz", _AnyMoment)
    driver.adapters.register_loader("date", _AnyDay)


def _loaded(load: Any, data: Buffer) -> Any:
    try:
        return load(data)
    except DataError:
        return bytes(data).decode()
