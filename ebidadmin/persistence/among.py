"""Rows of many keys with one statement, however many they are.

A list of keys that is bound key by key makes another statement for every length, and a database takes no more than some ten thousand
bound values. Here the keys are one value: an array on PostgreSQL, a JSON array on SQLite.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from sqlalchemy import ARRAY, Boolean, ColumnElement, Dialect, Text, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine


def among(
    column: ColumnElement[str] | InstrumentedAttribute[str], values: Collection[str]
) -> ColumnElement[bool]:
    """Whether the column of texts holds one of ``values``; nothing is among none."""
    return _Among(column, bindparam(None, sorted(set(values)), type_=_Texts()))


def is_among(
    column: ColumnElement[Any], keys: Collection[str], *, numbered: bool = False
) -> ColumnElement[bool]:
    """Whether a column holds one of ``keys``; of a column of numbers they are numbers. Raises ``ValueError`` for what is none."""
    if numbered:
        return column.in_([number for number in map(int, keys) if is_kept(number)])
    return column.in_(sorted(keys)) if len(keys) == 1 else among(column, keys)


def is_kept(number: int) -> bool:
    """Whether a column of numbers can hold it: a database refuses to be asked for another."""
    return -(1 << 63) <= number < 1 << 63


class _Texts(TypeDecorator[list[str]]):
    """Texts as a single bound value."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(ARRAY(Text()) if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: list[str] | None, dialect: Dialect) -> Any:
        return value if dialect.name == "postgresql" else json.dumps(value, ensure_ascii=False)


class _Among(FunctionElement[bool]):
    """``among`` before a database is known."""

    type = Boolean()
    inherit_cache = True


@compiles(_Among, "sqlite")
def _on_sqlite(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    column, values = element.clauses
    listed = f"SELECT value FROM json_each({compiler.process(values, **options)})"  # noqa: S608 - a place for a bound value
    return f"{compiler.process(column, **options)} IN ({listed})"


@compiles(_Among, "postgresql")
def _on_postgresql(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    column, values = element.clauses
    return f"{compiler.process(column, **options)} = ANY ({compiler.process(values, **options)})"
