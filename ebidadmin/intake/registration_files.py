"""Registrations as files for the bidding system: CSV or JSON Lines, by the end of the name; whole or not there at all."""

from __future__ import annotations

import csv
import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from ebidadmin.domain.layouts import defuse
from ebidadmin.errors import InputError
from ebidadmin.intake.whole_files import Part, check_place
from ebidadmin.services.registration_export import FIELDS, ExportedRegistration, Written, as_map, flat

FORMS = {".csv": "csv", ".jsonl": "jsonl"}
"""By the end of a file's name."""


class RegistrationFile:
    """``registration_export.Target``. CSV: UTF-8 with BOM, CRLF, cells that could be taken for formulas with a quote in front; JSON Lines:
    UTF-8, one object a line. Raises ``InputError``: ``registration-file-form`` for another name, ``file-unwritable``."""

    def __init__(self, path: Path) -> None:
        form = FORMS.get(path.suffix.lower())
        if form is None:
            raise InputError("registration-file-form", file=path.name)
        self._path, self._form = path, form
        self._part: Part | None = None

    @property
    def form(self) -> str:
        return self._form

    def write(self, rows: Iterator[ExportedRegistration]) -> Written:
        try:
            self._part = Part(self._path, personal=True)
            with os.fdopen(self._part.take_handle(), "wb") as stream:
                digesting = _Digesting(stream)
                count = _csv(digesting, rows) if self._form == "csv" else _json_lines(digesting, rows)
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


class Counted:
    """``registration_export.Target`` for a dry run: counts and digests, and writes nothing, but refuses a place that cannot be written."""

    def __init__(self, path: Path) -> None:
        self._path, self._file = path, RegistrationFile(path)

    @property
    def form(self) -> str:
        return self._file.form

    def write(self, rows: Iterator[ExportedRegistration]) -> Written:
        check_place(self._path)
        digesting = _Digesting(None)
        count = _csv(digesting, rows) if self.form == "csv" else _json_lines(digesting, rows)
        return Written(count, digesting.digest)

    def keep(self) -> None:
        """There is nothing to keep."""

    def discard(self) -> None:
        """There is nothing to leave behind."""


class _Digesting:
    """Writes texts as UTF-8 and digests the bytes on their way."""

    def __init__(self, stream: BinaryIO | None) -> None:
        self._stream, self._hash = stream, hashlib.sha256()

    def write(self, text: str) -> None:
        content = text.encode("utf-8")
        self._hash.update(content)
        if self._stream is not None:
            self._stream.write(content)

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()


def _csv(target: _Digesting, rows: Iterator[ExportedRegistration]) -> int:
    target.write("\ufeff")
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerow(FIELDS)
    count = 0
    for one in rows:
        writer.writerow([defuse(cell) for cell in flat(one)])
        count += 1
    return count


def _json_lines(target: _Digesting, rows: Iterator[ExportedRegistration]) -> int:
    count = 0
    for one in rows:
        target.write(json.dumps(as_map(one), ensure_ascii=False) + "\n")
        count += 1
    return count
