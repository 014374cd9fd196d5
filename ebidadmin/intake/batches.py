"""Batches of ID applications as the bidding front end sends them: JSON Lines, or text in columns with a heading for each field.

Which of the two a file is, its content says, and its name where the content leaves it open. A text in columns is decoded, separated and
unquoted as strictly as a register file, and all of it before the first row is given out.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from ebidadmin.domain.contacts import CONTACT_FIELDS
from ebidadmin.domain.imports import ProblemSeverity
from ebidadmin.domain.layouts import FieldRule, Layout
from ebidadmin.domain.problem_codes import PROBLEM_CODES
from ebidadmin.errors import InputError, Problem
from ebidadmin.intake.csv import CsvSource
from ebidadmin.intake.jsonlines import BatchLine, read_batch
from ebidadmin.intake.tabular import RETURNED
from ebidadmin.services.intake_rows import CONTACTS, KEYS, PLAIN_KEYS

HEADINGS: tuple[str, ...] = (
    *PLAIN_KEYS,
    *(f"{contact}.{name}" for contact in CONTACTS for name in CONTACT_FIELDS),
)
"""The columns of a batch, each exactly once, in whatever order; those are the keys of an object of JSON Lines too."""

SECRET = frozenset({"password_hash"})
"""What never goes back to anybody: where a password stands in it by mistake, the row is refused for just that."""

JSON_SUFFIXES = frozenset({".jsonl", ".ndjson", ".json"})
WORKBOOK_STARTS = (b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
_SAID = {"heading-missing": "column-missing", "heading-doubled": "given-twice"}
_LOOKED_AT = 4096

COLUMNS = Layout(
    name="applications",
    title="applications",
    fields={key: FieldRule(headings=(key,), heading_required=True) for key in HEADINGS},
    severities=dict.fromkeys(PROBLEM_CODES, ProblemSeverity.ERROR),
)


class BatchFile(ABC):
    """A batch in a file. Building it reads nothing."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    @abstractmethod
    def total(self) -> int | None:
        """How many lines there are, where that is known before all of them are read."""

    @abstractmethod
    def lines(self) -> Iterator[BatchLine]:
        """The rows with the line where each begins. What a returned file says in its two further columns is no part of a row."""


class JsonLinesBatch(BatchFile):
    """One object a line; see ``jsonlines.read_batch`` for what it raises."""

    @property
    def total(self) -> None:
        return None

    def lines(self) -> Iterator[BatchLine]:
        for line in read_batch(self.path):
            if line.value is None or not any(key in line.value for key in RETURNED):
                yield line
            else:
                own = {key: value for key, value in line.value.items() if key not in RETURNED}
                yield replace(line, value=own)


class ColumnsBatch(BatchFile):
    """Cells under headings.

    ``lines`` raises ``InputError`` before it gives anything out: what reading the file raises (see ``CsvSource``), and ``batch-headings``
    with a problem for every heading that is missing, doubled or unknown.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.source = CsvSource(path, COLUMNS)

    @property
    def total(self) -> int | None:
        return self.source.lines

    def lines(self) -> Iterator[BatchLine]:
        self._refuse_headings()
        for _row in self.source.numbered():
            # Broken quoting is found here, while nothing has come in yet.
            pass
        for row in self.source.rows():
            if row.problems:
                broken = row.problems[0]
                yield BatchLine(row.line, None, Problem(f"line {row.line}", broken.code, dict(broken.facts)))
            else:
                yield BatchLine(row.line, dict(row.values))

    def _refuse_headings(self) -> None:
        found = self.source.heading_problems()
        problems = [Problem(one.column, _SAID[one.code]) for one in found if one.code in _SAID]
        if not problems:
            # Only under headings that are all there is another one a heading too: a file without any begins with a supplier's entries.
            problems = [
                Problem(one.column, "unknown-field") for one in found if one.code == "heading-unknown"
            ]
        if problems:
            known = [one for one in problems if one.code != "given-twice" or one.where in KEYS]
            raise InputError("batch-headings", known or problems[:1], file=self.path.name)


def open_batch(path: Path) -> BatchFile:
    """The batch in a file.

    Raises ``InputError``: ``file-not-a-file``, ``batch-form`` for a workbook, and what cannot be opened at all: ``file-missing``,
    ``file-unreadable``.
    """
    if path.exists() and not path.is_file():
        raise InputError("file-not-a-file", file=path.name)
    try:
        with path.open("rb") as stream:
            start = stream.read(_LOOKED_AT)
    except FileNotFoundError as error:
        raise InputError("file-missing", file=path.name) from error
    except OSError as error:
        raise InputError("file-unreadable", file=path.name) from error
    if start.startswith(WORKBOOK_STARTS):
        raise InputError("batch-form", file=path.name)
    first = start.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if first in (b"{", b"[") or path.suffix.lower() in JSON_SUFFIXES:
        return JsonLinesBatch(path)
    return ColumnsBatch(path)


def without_secrets(row: Mapping[str, object]) -> dict[str, object]:
    """A row as it may go back: the fields that are known, what is secret left out, and so is whatever stands in an unknown field."""
    kept: dict[str, object] = {}
    for key, value in row.items():
        if key in CONTACTS and isinstance(value, Mapping):
            own = {name: one for name, one in value.items() if f"{key}.{name}" in KEYS and _plain(one)}
            kept[key] = own
        elif key in KEYS and key not in SECRET and _plain(value):
            kept[key] = value
    return kept


def _plain(value: object) -> bool:
    return value is None or isinstance(value, str | int | float)
