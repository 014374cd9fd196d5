"""How rows are spelled, so that a digest can be made of them: as canonical JSON, each value in the one way that the program writes it.

What it never writes is spelled as well, and never as something that it writes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from json.encoder import encode_basestring
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Date, Integer

from ebidadmin.persistence.types import UtcDateTime

_MOMENT = len("2026-11-30 12:34:56.789012")

Spelling = Callable[[Any], str]


def spelled_row(columns: Sequence[ColumnElement[Any]], values: Sequence[Any]) -> str:
    """The values that a row has, by name, as one line of canonical JSON; ``columns`` are in the order of their names, ``values`` those of
    the driver."""
    return line(named(columns), values)


def named(columns: Sequence[ColumnElement[Any]]) -> list[tuple[str, Spelling]]:
    return [(f'"{column.key}":', _spelling(column)) for column in columns]


def line(columns: Sequence[tuple[str, Spelling]], values: Sequence[Any]) -> str:
    both = zip(columns, values, strict=True)
    try:
        told = [name + spelled(value) for (name, spelled), value in both if value is not None]
    except TypeError:
        # No value of its column, which the program never writes: it is spelled as what it is.
        both = zip(columns, values, strict=True)
        told = [name + _any(spelled, value) for (name, spelled), value in both if value is not None]
    return f"{{{','.join(told)}}}\n"


def _spelling(column: ColumnElement[Any]) -> Spelling:
    """How a value of that column is spelled; raises ``TypeError`` for what is none."""
    if isinstance(column.type, UtcDateTime):
        return _moment
    if isinstance(column.type, Date):
        return _other
    return int.__repr__ if isinstance(column.type, Integer | BigInteger) else encode_basestring


def _any(spelled: Spelling, value: object) -> str:
    try:
        return spelled(value)
    except TypeError:
        return _other(value)


def _moment(value: object) -> str:
    """As ``datetime.isoformat`` has it in UTC, also of the text that SQLite keeps; text that the program does not write, also where it
    means the same moment, as itself with a word before it."""
    if isinstance(value, datetime):
        return encode_basestring(value.astimezone(UTC).isoformat())
    if not isinstance(value, str):
        return _other(value)
    if len(value) == _MOMENT and value[10] == " " and value[19] == ".":
        time = value[11:] if value[20:] != "000000" else value[11:19]
        return encode_basestring(f"{value[:10]}T{time}+00:00")
    return encode_basestring(f"text:{value}")


def _other(value: object) -> str:
    if isinstance(value, str):
        return encode_basestring(value)
    if isinstance(value, date):
        return encode_basestring(value.isoformat())
    if isinstance(value, bytes):
        # No text is spelled so.
        return f'{{"bytes":"{value.hex()}"}}'
    return json.dumps(value, ensure_ascii=False)
