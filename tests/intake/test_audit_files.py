"""Files of the trail: formulas inert, numbers of 16 digits and Japanese intact, memory that does not grow with the slice."""

from __future__ import annotations

import csv
import io
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ebidadmin.domain.events import Event, EventTag, Subject, SubjectKind
from ebidadmin.domain.layouts import fuse
from ebidadmin.errors import InputError
from ebidadmin.intake.audit_files import AuditBytes, AuditFile, cells
from ebidadmin.services.ports import AuditEntry
from ebidadmin.text.audit import FILE_HEADINGS
from tests.builders import NOON

NUMBER = "1352100000000003"
FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0", "\t=1", "\r=1", "'=1")


def entry(
    seq: int = 1, *, by: str = "tanaka", name: str = "(株)テスト商会01", subject: str = NUMBER
) -> AuditEntry:
    event = Event(
        tag=EventTag.REGISTRATION_CHANGED,
        subject=Subject(SubjectKind.REGISTRATION, subject),
        by=by,
        at=NOON,
        before={"trade_name": "(株)旧商会", "enterprise_id": NUMBER},
        after={"trade_name": name, "enterprise_id": NUMBER},
        facts={"reason": name},
        supplier_number="019000001",
    )
    return AuditEntry(seq, event, "ebidadmin test")


def read_csv(content: bytes) -> list[list[str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def made(form: str, *entries: AuditEntry) -> bytes:
    target = AuditBytes(form)
    target.write(iter(entries))
    target.keep()
    return target.content


@pytest.mark.parametrize("word", FORMULAS)
def test_no_cell_of_a_csv_can_be_taken_for_a_formula(word: str) -> None:
    rows = read_csv(made("csv", entry(by=word, name=word, subject=word)))
    assert not any(cell[:1] in "=+-@\t\r" and cell for row in rows for cell in row)
    assert fuse(rows[1][2]) == word
    assert fuse(rows[1][5]) == word


@pytest.mark.parametrize("word", FORMULAS)
def test_every_cell_of_a_workbook_is_text(word: str) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(made("xlsx", entry(by=word, subject=word)))).worksheets[0]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None} <= {
        "s",
        "inlineStr",
    }
    assert sheet.cell(2, 3).value == word.replace("\r", "\n") or sheet.cell(2, 3).value == word


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_numbers_of_sixteen_digits_leading_zeros_and_japanese_stay(form: str) -> None:
    content = made(form, entry(name="髙橋商店 𠮷"))
    if form == "csv":
        row = read_csv(content)[1]
    else:
        sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
        row = [str(cell.value or "") for cell in sheet[2]]
    assert row[1] == "2026/10/07 12:00:00"
    assert (row[5], row[6]) == (NUMBER, "019000001")
    assert row[7] == "商号又は名称: (株)旧商会 → 髙橋商店 𠮷"
    assert NUMBER in row[12]


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
def test_any_text_comes_back_from_a_csv(word: str) -> None:
    rows = read_csv(made("csv", entry(by=word)))
    assert [fuse(cell) for cell in rows[1]] == list(cells(entry(by=word)))
    assert tuple(rows[0]) == FILE_HEADINGS


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_memory_does_not_grow_with_the_slice(tmp_path: Path, form: str) -> None:
    def peak(count: int) -> int:
        target = AuditFile(tmp_path / f"trail.{form}")
        many: Iterator[AuditEntry] = (entry(seq) for seq in range(1, count + 1))
        tracemalloc.start()
        try:
            assert target.write(many).rows == count
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
            target.discard()

    peak(50)
    assert peak(6_000) < peak(600) + 300_000


def test_a_name_that_promises_something_else_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="export-form"):
        AuditFile(tmp_path / "trail.pdf")


def test_what_is_not_kept_leaves_nothing(tmp_path: Path) -> None:
    target = AuditFile(tmp_path / "trail.csv")
    target.write(iter([entry()]))
    target.discard()
    assert list(tmp_path.iterdir()) == []
    target.write(iter([entry()]))
    target.keep()
    assert (tmp_path / "trail.csv").stat().st_mode & 0o077 == 0
