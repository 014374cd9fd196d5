"""The text of a letter as a clerk writes it: lines with marks and fields, checked when they are read."""

from __future__ import annotations

import string
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ebidadmin.documents.glyphs import PageValue
from ebidadmin.errors import ConfigurationError
from ebidadmin.text.letters import MARKS, ROW_SEPARATOR

COMMENT = "#"
GAP = {"kind": "gap"}
ROW, TEXT = "row", "text"


@dataclass(frozen=True, slots=True)
class TemplateLine:
    """A line that is printed: what kind of block it makes, its text with fields in braces, and which they are."""

    kind: str
    text: str
    fields: frozenset[str]


def load_letter(path: Path, fields: frozenset[str]) -> tuple[TemplateLine, ...]:
    """Read a template that may name ``fields``. Raises as ``read_letter`` and ``letter_lines`` do."""
    return letter_lines(path, read_letter(path), fields)


def read_letter(path: Path) -> bytes:
    """The bytes of a template. Raises ``ConfigurationError``: ``data-file-missing``, ``data-file-unreadable``."""
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise ConfigurationError("data-file-missing", file=str(path)) from error
    except OSError as error:
        reason = type(error).__name__
        raise ConfigurationError("data-file-unreadable", file=str(path), reason=reason) from error


def letter_lines(path: Path, content: bytes, fields: frozenset[str]) -> tuple[TemplateLine, ...]:
    """The lines of what was read from a template that may name ``fields``.

    Raises ``ConfigurationError``: ``data-file-unreadable``, ``letter-empty``, and with the line ``letter-field-unknown``,
    ``letter-mark-unknown``, ``letter-braces``, ``letter-row``.
    """
    try:
        source = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        reason = type(error).__name__
        raise ConfigurationError("data-file-unreadable", file=str(path), reason=reason) from error
    lines = tuple(
        _line(path, number, line.rstrip(), fields)
        for number, line in enumerate(source.splitlines(), start=1)
        if not line.startswith(COMMENT)
    )
    if not any(line.text for line in lines):
        raise ConfigurationError("letter-empty", file=str(path))
    return lines


def blocks(lines: tuple[TemplateLine, ...], values: Mapping[str, str]) -> list[PageValue]:
    """The blocks of a letter. A line whose fields are all empty is left out; rows that follow each other make one table."""
    made: list[PageValue] = []
    rows: list[PageValue] = []
    for line in lines:
        if line.fields and not any(values[name] for name in line.fields):
            continue
        if line.kind != ROW:
            rows = []
            made.append({"kind": line.kind, "text": line.text.format_map(values)} if line.text else GAP)
            continue
        label, _, value = line.text.partition(ROW_SEPARATOR)
        if not rows:
            made.append({"kind": "rows", "rows": rows})
        rows.append({"label": label.format_map(values), "value": value.format_map(values)})
    return made


def _line(path: Path, number: int, line: str, fields: frozenset[str]) -> TemplateLine:
    kind, text = TEXT, line
    if line.startswith("["):
        mark, bracket, rest = line.partition("]")
        if mark + bracket not in MARKS:
            raise ConfigurationError("letter-mark-unknown", file=str(path), line=number, mark=mark + bracket)
        kind, text = MARKS[mark + bracket], rest.strip(" ")
    named = frozenset(_fields(path, number, text))
    for name in sorted(named - fields):
        raise ConfigurationError("letter-field-unknown", file=str(path), line=number, field=name)
    if kind == ROW and text.count(ROW_SEPARATOR) != 1:
        raise ConfigurationError("letter-row", file=str(path), line=number)
    return TemplateLine(kind, text, named)


def _fields(path: Path, number: int, text: str) -> Iterator[str]:
    try:
        parts = list(string.Formatter().parse(text))
    except ValueError as error:
        raise ConfigurationError("letter-braces", file=str(path), line=number) from error
    for _, name, layout, conversion in parts:
        if name is not None:
            # Whatever else may stand in the braces makes a name that no field has.
            yield name + (f":{layout}" if layout else "") + (f"!{conversion}" if conversion else "")
