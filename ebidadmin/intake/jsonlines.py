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
    ``json-key-doubled`` (fact ``key``), ``json-number-invalid`` (NaN, infinities and numbers of thousands of digits),
    ``json-character-invalid`` (half a surrogate pair).
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
        return BatchLine(number, _object(_decoded(raw)))
    except _RefusedError as error:
        return _bad(number, error.problem_code, **error.facts)


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode("utf-8").rstrip("\r\n")
    except UnicodeDecodeError as error:
        shown = raw[error.start : error.start + 8].hex(" ").upper()
        raise _RefusedError("undecodable", bytes=shown) from error


def _object(text: str) -> dict[str, object]:
    try:
        value = json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant)
        # Half of a surrogate pair, written as an escape, is no character and could not be stored.
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        sign = f"U+{ord(error.object[error.start]):04X}"
        raise _RefusedError("json-character-invalid", value=sign) from error
    except (json.JSONDecodeError, RecursionError) as error:
        raise _RefusedError("json-invalid", column=str(getattr(error, "colno", 1))) from error
    except _RefusedError:
        raise
    except ValueError as error:
        # The interpreter's limit for whole numbers of thousands of digits.
        raise _RefusedError("json-number-invalid", value="") from error
    if not isinstance(value, dict):
        raise _RefusedError("json-not-object")
    return value


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
