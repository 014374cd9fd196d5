"""A register file as it goes back to its sender: every cell as it came, and two columns more that say what is wrong with each row.

A text file is copied as it stands, quoting, line ends and encoding included; only the two cells are added to each row. Nothing is
filled up: a row with too few cells still has too few, so that a file that nobody repaired is refused as before. A workbook goes back as
a workbook; one in the form of Excel 97 as a new one of text cells, because nothing here writes that form.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO

from ebidadmin.domain.imports import RowProblem
from ebidadmin.errors import InputError
from ebidadmin.intake.csv import CsvSource
from ebidadmin.intake.excel import ExcelSource
from ebidadmin.intake.returned_sheet import UnfitSheetError, write_with_cells
from ebidadmin.intake.tabular import RETURNED, Numbered, TabularSource
from ebidadmin.intake.text_workbook import write_text_workbook
from ebidadmin.intake.whole_files import whole_file
from ebidadmin.text.imports import RETURNED_PROBLEM, SEVERITIES
from ebidadmin.text.messages import row_problem_sentence

_END = re.compile("(?:\r\n|\r|\n)?\\Z")
_BETWEEN = " / "
TEXT, WORKBOOK = ".csv", ".xlsx"
_WORKBOOKS = frozenset({WORKBOOK, ".xlsm", ".xls"})


def write_returned(path: Path, source: TabularSource, problems: Iterable[RowProblem]) -> int:
    """Write the file of ``source`` with its problems to ``path``, whole or not at all; how many rows have one.

    A workbook is written as text where ``path`` ends with ``.csv``. Raises ``InputError``: ``file-unwritable``, ``returned-onto-itself``
    where ``path`` is the file itself, ``returned-other-form`` where its name promises what is not written.
    """
    if path.exists() and path.samefile(source.path):
        raise InputError("returned-onto-itself", file=path.name)
    suffix = path.suffix.lower()
    as_workbook = isinstance(source, ExcelSource) and suffix != TEXT
    if (suffix == WORKBOOK) is not as_workbook and (as_workbook or suffix in _WORKBOOKS):
        raise InputError("returned-other-form", file=path.name, suffix=returned_suffix(source))
    said = _said(problems)
    with whole_file(path) as stream:
        _write(stream, source, said, as_workbook=as_workbook)
    return len(said)


def returned_suffix(source: TabularSource) -> str:
    """How the name of the file ends that goes back: a workbook for a workbook, else text as it came."""
    if isinstance(source, ExcelSource):
        return WORKBOOK
    suffix = source.path.suffix.lower()
    return suffix if suffix in (".tsv", ".txt") else TEXT


def returned_file(source: TabularSource, problems: Iterable[RowProblem]) -> tuple[str, bytes]:
    """The end of its name and its content, to be handed to a browser."""
    stream = io.BytesIO()
    _write(stream, source, _said(problems), as_workbook=isinstance(source, ExcelSource))
    return returned_suffix(source), stream.getvalue()


def returned_bytes(source: TabularSource, problems: Iterable[RowProblem]) -> bytes:
    """The same as text, also for a workbook."""
    stream = io.BytesIO()
    _write(stream, source, _said(problems), as_workbook=False)
    return stream.getvalue()


def _write(
    stream: IO[bytes], source: TabularSource, said: dict[int, tuple[str, str]], *, as_workbook: bool
) -> None:
    if as_workbook and isinstance(source, ExcelSource):
        _write_workbook(stream, source, said)
        return
    text = io.TextIOWrapper(stream, encoding=_encoding(source), newline="")
    text.writelines(_pieces(source, said))
    text.flush()
    text.detach()


def _write_workbook(stream: IO[bytes], source: ExcelSource, said: dict[int, tuple[str, str]]) -> None:
    again = source.was_returned
    added = {row.line: cells for row, _, cells in _with_added(source, said) if cells is not None}
    try:
        if not source.part:
            raise UnfitSheetError
        write_with_cells(
            stream,
            source.path,
            part=source.part,
            columns=source.returned_columns,
            cells=added,
            clear=again,
        )
    except UnfitSheetError:
        stream.seek(0)
        stream.truncate()
        write_text_workbook(
            stream, _anew(source, added), sheet=RETURNED_PROBLEM, headings=source.heading_line
        )


def _anew(source: ExcelSource, added: dict[int, tuple[str, str]]) -> Iterator[tuple[int, list[str]]]:
    first = source.first_column
    columns = source.returned_columns
    for row in source.numbered():
        cells = [*[""] * first, *row.cells]
        cells += [""] * (max(columns) + 1 - len(cells))
        for column, text in zip(columns, added.get(row.line, ("", "")), strict=True):
            if row.line in added:
                cells[column] = text
        yield row.line, cells


def _said(problems: Iterable[RowProblem]) -> dict[int, tuple[str, str]]:
    """What the two cells say, by the line where the row begins."""
    lines: dict[int, list[RowProblem]] = {}
    for problem in problems:
        lines.setdefault(problem.line, []).append(problem)
    return {
        line: (_BETWEEN.join(_labels(found)), _BETWEEN.join(_reasons(found))) for line, found in lines.items()
    }


def _labels(problems: Sequence[RowProblem]) -> Iterable[str]:
    return dict.fromkeys(f"{SEVERITIES[one.severity.value]} {one.column}".strip() for one in problems)


def _reasons(problems: Sequence[RowProblem]) -> Iterable[str]:
    return dict.fromkeys(row_problem_sentence(one) for one in problems)


def _with_added(
    source: TabularSource, said: dict[int, tuple[str, str]]
) -> Iterator[tuple[Numbered, str, tuple[str, str] | None]]:
    """Every row with its text and its two cells; ``None`` for rows above the table and blank ones, which stay as they are."""
    heading = source.heading_line
    # What is wrong with the headings has no row of its own: the first row says it as well.
    waiting = said.get(heading) if heading else None
    for row, raw in _raw(source):
        if not row.cells or row.line < heading:
            yield row, raw, None
            continue
        added = said.get(row.line, ("", ""))
        if row.line == heading:
            added = RETURNED
        elif waiting is not None:
            added = (_joined(waiting[0], added[0]), _joined(waiting[1], added[1]))
            waiting = None
        yield row, raw, added


def _pieces(source: TabularSource, said: dict[int, tuple[str, str]]) -> Iterator[str]:
    again = source.was_returned
    delimiter, encoding = _delimiter(source), _encoding(source)
    for row, raw, added in _with_added(source, said):
        if added is None:
            yield raw
        else:
            yield from _extended(row, raw, added, delimiter=delimiter, encoding=encoding, again=again)


def _extended(
    row: Numbered, raw: str, added: Sequence[str], *, delimiter: str, encoding: str, again: bool
) -> Iterator[str]:
    end = _END.search(raw)
    place = len(raw) if end is None else end.start()
    # Every character of the file fits its encoding; our own words may not.
    fitting = [text.encode(encoding, "replace").decode(encoding) for text in added]
    body = _written(row.cells[:-2], delimiter) if again else raw[:place]
    yield delimiter.join([body, *(_quoted(text) for text in fitting)]) + raw[place:]


def _joined(*texts: str) -> str:
    return _BETWEEN.join(text for text in texts if text)


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _written(cells: Sequence[str], delimiter: str) -> str:
    stream = io.StringIO(newline="")
    # The writer quotes a cell for the signs of its line end: without one, line breaks in cells would stay bare.
    csv.writer(stream, delimiter=delimiter, lineterminator="\r\n").writerow(cells)
    return stream.getvalue().removesuffix("\r\n")


def _encoding(source: TabularSource) -> str:
    return source.codec if isinstance(source, CsvSource) else "utf-8-sig"


def _delimiter(source: TabularSource) -> str:
    return source.delimiter if isinstance(source, CsvSource) else ","


def _raw(source: TabularSource) -> Iterator[tuple[Numbered, str]]:
    if isinstance(source, CsvSource):
        return source.raw_rows()
    # A workbook has no text of its own: its cells are written as comma separated text.
    return ((row, _written(row.cells, ",") + "\r\n") for row in source.numbered())
