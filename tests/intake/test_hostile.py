"""Files made to hurt: each is refused with one reason or read, within bounded memory and seconds."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.intake.workbooks import SHEET, patched, sheet, workbook
from tests.needs import ROOT

MEGABYTE = 1 << 20
BOUND = 500
SECONDS = 60

READER = """
import json, resource, sys, time
from pathlib import Path
from ebidadmin.domain.qualification_rows import check_row
from ebidadmin.errors import InputError
from ebidadmin.intake.layouts import load_layouts
from ebidadmin.intake.sources import open_source
layout = load_layouts(Path("data/reference/layouts"))["ebidadmin"]
at_rest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
started, problems, code = time.monotonic(), 0, ""
try:
    source = open_source(Path(sys.argv[1]), layout)
    problems = len(source.heading_problems())
    problems += len([p for row in source.rows() for p in check_row(row, layout, mail_ok=bool).problems])
except InputError as error:
    code = error.code
own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - at_rest
other = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss - at_rest
print(json.dumps([code, problems, max(own, 0) // 1024 + max(other, 0) // 1024, time.monotonic() - started]))
"""


def read(path: Path) -> tuple[str, int]:
    """The code it is refused with and the problems it has, read by a process of its own so that its memory can be measured."""
    done = subprocess.run(
        [sys.executable, "-c", READER, str(path)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    code, problems, megabytes, seconds = json.loads(done.stdout)
    assert megabytes < BOUND, f"{megabytes} MB over the interpreter"
    assert seconds < SECONDS
    return code, problems


def rows_of(*cells: tuple[str, str]) -> bytes:
    return b"".join(
        f'<row><c r="{place}" t="inlineStr"><is><t>{text}</t></is></c></row>'.encode()
        for place, text in cells
    )


def test_a_small_archive_that_unpacks_into_much(tmp_path: Path) -> None:
    blank = sheet(rows_of(("A1", "x")) + b" " * (300 * MEGABYTE))
    path = patched(tmp_path / "f.xlsx", {SHEET: blank})
    assert path.stat().st_size < 2 * MEGABYTE
    del blank
    assert read(path) == ("excel-too-large", 0)


def test_two_cells_as_far_apart_as_a_sheet_goes(tmp_path: Path) -> None:
    assert read(patched(tmp_path / "f.xlsx", {SHEET: sheet(rows_of(("A1", "x"), ("XFD1048576", "y")))})) == (
        "excel-too-large",
        0,
    )


def test_a_long_text_shared_by_every_row(tmp_path: Path) -> None:
    cells = b"".join(b'<row><c r="A%d" t="s"><v>0</v></c></row>' % n for n in range(1, 100_001))
    shared = b"<si><t>" + b"x" * 32_000 + b"</t></si>"
    assert read(patched(tmp_path / "f.xlsx", {SHEET: sheet(cells)}, shared=shared)) == ("excel-too-large", 0)


def test_ten_thousand_columns(tmp_path: Path) -> None:
    headings = ["業者番号", "商号又は名称", *(f"c{n}" for n in range(10_000))]
    assert read(workbook(tmp_path / "f.xlsx", [headings, ["1"]])) == ("too-many-columns", 0)
    (tmp_path / "f.csv").write_text(",".join(headings) + "\n", encoding="utf-8")
    assert read(tmp_path / "f.csv") == ("too-many-columns", 0)


@pytest.mark.parametrize("start", [b"x", b"\0", b'"'])
def test_one_line_of_two_hundred_megabytes(tmp_path: Path, start: bytes) -> None:
    path = tmp_path / "f.csv"
    with path.open("wb") as stream:
        stream.write(start)
        stream.truncate(200 * MEGABYTE)
    assert read(path) == ("line-too-long", 0)


def test_fifty_thousand_problems(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_text("業者番号,商号又は名称\n" + "1,\0\n" * 25_000, encoding="utf-8")
    assert read(path) == ("", 50_000)
