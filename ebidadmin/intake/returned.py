"""A register file as it goes back to its sender: every cell as it came, and two columns more that say what is wrong with each row.

A text file is copied as it stands, quoting, line ends and encoding included; only the two cells are added to each row. Nothing is
filled up: a row with too few cells still has too few, so that a file that nobody repaired is refused as before.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from ebidadmin.domain.imports import RowProblem
from ebidadmin.errors import InputError
from ebidadmin.intake.csv import CsvSource
from ebidadmin.intake.tabular import RETURNED, Numbered, TabularSource
from ebidadmin.text.imports import SEVERITIES
from ebidadmin.text.messages import row_problem_sentence

_END = re.compile("(?:\r\n|\r|\n)?\\Z")
_BETWEEN = " / "


def write_returned(path: Path, source: TabularSource, problems: Iterable[RowProblem]) -> int:
    """Write the file of ``source`` with its problems to ``path``, whole or not at all; how many rows have one.

    Raises ``InputError``: ``file-unwritable``, ``returned-onto-itself`` where ``path`` is the file itself.
    """
    if path.exists() and path.samefile(source.path):
        raise InputError("returned-onto-itself", file=path.name)
    said = _said(problems)
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("w", encoding=_encoding(source), newline="") as stream:
            stream.writelines(_pieces(source, said))
        part.replace(path)
    except OSError as error:
        raise InputError("file-unwritable", file=path.name) from error
    finally:
        part.unlink(missing_ok=True)
    return len(said)


def returned_bytes(source: TabularSource, problems: Iterable[RowProblem]) -> bytes:
    """The same as bytes, to be handed to a browser."""
    stream = io.BytesIO()
    with io.TextIOWrapper(stream, encoding=_encoding(source), newline="") as text:
        text.writelines(_pieces(source, _said(problems)))
        text.flush()
        return stream.getvalue()


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


def _pieces(source: TabularSource, said: dict[int, tuple[str, str]]) -> Iterator[str]:
    heading = source.heading_line
    again = source.was_returned
    # What is wrong with the headings has no row of its own: the first row says it as well.
    waiting = said.get(heading) if heading else None
    delimiter, encoding = _delimiter(source), _encoding(source)
    for row, raw in _raw(source):
        if not row.cells or row.line < heading:
            yield raw
            continue
        added = said.get(row.line, ("", ""))
        if row.line == heading:
            added = RETURNED
        elif waiting is not None:
            added = (_joined(waiting[0], added[0]), _joined(waiting[1], added[1]))
            waiting = None
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
