"""Batches of applications as JSON Lines: one object a line, strict UTF-8; a bad line is reported and the others go on."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ebidadmin.errors import InputError, Problem

MAX_LINE_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class BatchLine:
    """One line of a batch, counted from 1: its object, or what is wrong with the line.

    Codes: ``line-too-long``, ``undecodable`` (fact ``bytes``, hex), ``json-invalid`` (fact ``column``, from 1), ``json-not-object``,
    ``json-key-doubled`` (fact ``key``), ``json-number-invalid`` (NaN and infinities, which JSON does not know).
    """

    line: int
    value: Mapping[str, object] | None
    problem: Problem | None = None


class _RefusedError(ValueError):
    def __init__(self, code: str, **facts: str) -> None:
        super().__init__(code)
        self.problem_code = code
        self.facts = facts


def read_batch(path: Path) -> Iterator[BatchLine]:
    """The lines of a batch, streamed; blank ones are passed over.

    Raises ``InputError``: ``file-missing``, ``file-unreadable``, ``file-empty``.
    """
    try:
        stream = path.open("rb")
    except FileNotFoundError as error:
        raise InputError("file-missing", file=path.name) from error
    except OSError as error:
        raise InputError("file-unreadable", file=path.name) from error
    with stream:
        empty = True
        for number, raw in _lines(stream):
            empty = False
            if raw is None:
                yield _bad(number, "line-too-long", limit=str(MAX_LINE_BYTES))
            elif raw.strip():
                yield _line(number, raw)
        if empty:
            raise InputError("file-empty", file=path.name)


def _lines(stream: BinaryIO) -> Iterator[tuple[int, bytes | None]]:
    """Lines with their number; ``None`` for one that is too long to be taken in."""
    number = 0
    while raw := stream.readline(MAX_LINE_BYTES + 1):
        number += 1
        if len(raw) <= MAX_LINE_BYTES:
            yield number, raw.removeprefix(b"\xef\xbb\xbf") if number == 1 else raw
            continue
        while raw and not raw.endswith(b"\n"):
            raw = stream.readline(MAX_LINE_BYTES)
        yield number, None


def _line(number: int, raw: bytes) -> BatchLine:
    try:
        value = json.loads(raw.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_no_constant)
    except UnicodeDecodeError as error:
        return _bad(number, "undecodable", bytes=raw[error.start : error.start + 8].hex(" ").upper())
    except json.JSONDecodeError as error:
        return _bad(number, "json-invalid", column=str(error.colno))
    except _RefusedError as error:
        return _bad(number, error.problem_code, **error.facts)
    except RecursionError:
        return _bad(number, "json-invalid", column="1")
    if not isinstance(value, dict):
        return _bad(number, "json-not-object")
    return BatchLine(number, value)


def _bad(number: int, code: str, **facts: str) -> BatchLine:
    return BatchLine(number, None, Problem(f"line {number}", code, facts))


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            raise _RefusedError("json-key-doubled", key=key)
        found[key] = value
    return found


def _no_constant(word: str) -> object:
    raise _RefusedError("json-number-invalid", value=word)
