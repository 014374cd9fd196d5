"""Events of the trail as files for people: CSV or an Excel workbook, written as they are read; whole or not there at all.

CSV: UTF-8 with BOM, CRLF, cells that could be taken for formulas with a quote in front. Excel: every cell is text, so that no number loses
a digit and nothing is computed.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import tempfile
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import IO

from ebidadmin.domain.events import JsonMap
from ebidadmin.domain.layouts import defuse
from ebidadmin.errors import InputError
from ebidadmin.intake.text_workbook import write_text_workbook
from ebidadmin.intake.whole_files import Part
from ebidadmin.services.audit_export import Written
from ebidadmin.services.ports import AuditEntry
from ebidadmin.text import audit as words
from ebidadmin.text import formats, labels
from ebidadmin.text.audit_fields import lines, pairs

FORMS = {".csv": "csv", ".xlsx": "xlsx"}
"""By the end of a file's name."""

_AT_ONCE = 1 << 16
"""Bytes."""


def cells(entry: AuditEntry) -> tuple[str, ...]:
    """An event under ``text.audit.FILE_HEADINGS``: for people first, as the trail has it last."""
    event = entry.event
    changed = (
        words.FILE_CHANGE.format(label=line.label, before=line.before, after=line.after)
        for line in lines(event)
        if line.differs
    )
    facts = (
        words.FILE_FACT.format(label=label, value=value)
        for label, value in pairs(event.subject.kind, event.facts)
    )
    return (
        str(entry.seq),
        formats.exact_moment(event.at),
        event.by,
        labels.EVENTS[event.tag],
        words.kind_label(event.subject.kind),
        event.subject.id,
        event.supplier_number or "",
        "\n".join(changed),
        "\n".join(facts),
        entry.software,
        event.tag.value,
        _json(event.before),
        _json(event.after),
        _json(event.facts),
    )


class AuditFile:
    """``audit_export.AuditTarget`` at a place on the disk. Raises ``InputError``: ``export-form`` for another name, ``file-unwritable``,
    ``excel-too-many-rows``."""

    def __init__(self, path: Path) -> None:
        form = FORMS.get(path.suffix.lower())
        if form is None:
            raise InputError("export-form", file=path.name)
        self._path, self._form = path, form
        self._part: Part | None = None

    @property
    def form(self) -> str:
        return self._form

    def write(self, entries: Iterator[AuditEntry]) -> Written:
        try:
            self._part = Part(self._path, personal=True)
            with os.fdopen(self._part.take_handle(), "wb") as stream:
                digesting = _Digesting(stream)
                count = _written(self._form, digesting, entries, self._path.name)
                stream.flush()
                os.fsync(stream.fileno())
        except OSError as error:
            raise self._unwritable() from error
        return Written(count, digesting.digest)

    def keep(self) -> None:
        if self._part is None:
            raise RuntimeError("nothing was written")
        try:
            self._part.keep()
        except OSError as error:
            raise self._unwritable() from error
        self._part = None

    def discard(self) -> None:
        if self._part is not None:
            self._part.discard()
            self._part = None

    def _unwritable(self) -> InputError:
        return InputError("file-unwritable", file=self._path.name)


class AuditBytes:
    """``audit_export.AuditTarget`` for a file that goes to a browser: held in memory, ``content`` once it may leave."""

    def __init__(self, form: str) -> None:
        self._form = form
        self._buffer = io.BytesIO()
        self.content = b""

    @property
    def form(self) -> str:
        return self._form

    def write(self, entries: Iterator[AuditEntry]) -> Written:
        digesting = _Digesting(self._buffer)
        count = _written(self._form, digesting, entries, f"audit.{self._form}")
        return Written(count, digesting.digest)

    def keep(self) -> None:
        self.content = self._buffer.getvalue()

    def discard(self) -> None:
        self._buffer = io.BytesIO()


class Counted:
    """The same for a dry run: counts and digests, and keeps nothing. Raises as ``AuditFile``."""

    def __init__(self, path: Path) -> None:
        self._file = AuditFile(path)

    @property
    def form(self) -> str:
        return self._file.form

    def write(self, entries: Iterator[AuditEntry]) -> Written:
        digesting = _Digesting(None)
        count = _written(self.form, digesting, entries, f"audit.{self.form}")
        return Written(count, digesting.digest)

    def keep(self) -> None:
        """There is nothing to keep."""

    def discard(self) -> None:
        """There is nothing to leave behind."""


class _Digesting:
    """Digests the bytes on their way to a stream, or to nowhere."""

    def __init__(self, stream: IO[bytes] | None) -> None:
        self._stream, self._hash = stream, hashlib.sha256()

    def write(self, content: bytes) -> None:
        self._hash.update(content)
        if self._stream is not None:
            self._stream.write(content)

    def write_text(self, text: str) -> None:
        self.write(text.encode("utf-8"))

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()


class _Lines:
    """What the csv module writes to."""

    def __init__(self, target: _Digesting) -> None:
        self.write = target.write_text


def _written(form: str, target: _Digesting, entries: Iterable[AuditEntry], name: str) -> int:
    rows = (cells(entry) for entry in entries)
    return _csv(target, rows) if form == "csv" else _workbook(target, rows, name)


def _csv(target: _Digesting, rows: Iterable[tuple[str, ...]]) -> int:
    target.write_text("\ufeff")
    writer = csv.writer(_Lines(target), lineterminator="\r\n")
    writer.writerow(words.FILE_HEADINGS)
    count = 0
    for row in rows:
        writer.writerow([defuse(cell) for cell in row])
        count += 1
    return count


def _workbook(target: _Digesting, rows: Iterable[tuple[str, ...]], name: str) -> int:
    # Its writer goes back to fill sizes in, so that it can be digested only when it is whole.
    with tempfile.TemporaryFile() as made:
        numbered = enumerate(chain((words.FILE_HEADINGS,), rows), start=1)
        count = write_text_workbook(made, numbered, sheet=words.FILE_SHEET, file=name)
        made.seek(0)
        while content := made.read(_AT_ONCE):
            target.write(content)
    return count - 1


def _json(values: JsonMap | None) -> str:
    return "" if values is None else json.dumps(dict(values), ensure_ascii=False, sort_keys=True)
