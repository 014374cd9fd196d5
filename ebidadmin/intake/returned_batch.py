"""The refused rows of a batch as they go back to its sender: in the form in which they came, with what is wrong beside each.

Only refused rows: the others have come in. The hash of the password is left out, and so is whatever stood in a field that is not known, or
in a row whose cells do not fit the headings, because a password may have been put there by mistake; the sender adds it again.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO

from ebidadmin.errors import InputError, Problem
from ebidadmin.intake.batches import SECRET, BatchFile, ColumnsBatch, without_secrets
from ebidadmin.intake.tabular import RETURNED
from ebidadmin.intake.whole_files import check_place, whole_file
from ebidadmin.text.batches import refused_reason, refused_where

Refused = Mapping[int, Sequence[Problem]]
"""By line what is wrong with the row that begins there."""


def write_refused(path: Path, batch: BatchFile, refused: Refused) -> int:
    """Write the refused rows to ``path``, whole or not at all; how many they are.

    Raises ``InputError``: ``file-unwritable``, ``returned-onto-itself`` where ``path`` is the batch itself.
    """
    _refuse_itself(path, batch)
    with whole_file(path, personal=True) as stream:
        if isinstance(batch, ColumnsBatch):
            _write_columns(stream, batch, refused)
        else:
            _write_json(stream, batch, refused)
    return len(refused)


def check_returned(path: Path, batch: BatchFile) -> None:
    """Whether refused rows could be written to ``path``, to be asked before any row is taken in. Raises as ``write_refused`` does."""
    _refuse_itself(path, batch)
    check_place(path)


def _refuse_itself(path: Path, batch: BatchFile) -> None:
    if path.exists() and path.samefile(batch.path):
        raise InputError("returned-onto-itself", file=path.name)


def _write_json(stream: IO[bytes], batch: BatchFile, refused: Refused) -> None:
    for line in batch.lines():
        if line.line in refused:
            row = {**without_secrets(line.value or {}), **_said(line.line, refused)}
            stream.write(json.dumps(row, ensure_ascii=False).encode() + b"\n")


def _write_columns(stream: IO[bytes], batch: ColumnsBatch, refused: Refused) -> None:
    source = batch.source
    # Every cell of the file fits its encoding; our own words may not.
    text = io.TextIOWrapper(stream, encoding=source.codec, errors="replace", newline="")
    writer = csv.writer(text, delimiter=source.delimiter, lineterminator="\r\n")
    writer.writerow([*source.headings(), *RETURNED])
    writer.writerows(_rows(batch, refused))
    text.flush()
    text.detach()


def _rows(batch: ColumnsBatch, refused: Refused) -> Iterator[list[str]]:
    headings = batch.source.headings()
    width = len(headings) + (len(RETURNED) if batch.source.was_returned else 0)
    for row in batch.source.numbered():
        if row.line in refused:
            fits = len(row.cells) == width
            cells = row.cells if fits else [""] * width
            kept = [
                "" if name in SECRET else cell
                for name, cell in zip(headings, cells[: len(headings)], strict=True)
            ]
            yield [*kept, *_said(row.line, refused).values()]


def _said(line: int, refused: Refused) -> dict[str, str]:
    problems = refused[line]
    return dict(zip(RETURNED, (refused_where(line, problems), refused_reason(problems)), strict=True))
