"""A workbook goes back as a workbook: what was in it stays byte for byte, two columns say what is wrong, and it is read again."""

from __future__ import annotations

import io
import tempfile
import warnings
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.comments import Comment
from openpyxl.styles import Font

from ebidadmin.domain.imports import ImportPlan, ProblemSeverity, RowProblem
from ebidadmin.errors import InputError
from ebidadmin.intake.excel import ExcelSource
from ebidadmin.intake.returned import returned_file, write_returned
from ebidadmin.intake.returned_sheet import write_with_cells
from ebidadmin.intake.sources import open_source
from ebidadmin.services import qualification_import
from tests.conftest import FreshDatabase
from tests.desks import KIND
from tests.imports.office import IMPORTER, LAYOUTS, ImportDesk, open_import_desk
from tests.intake.workbooks import SHEET, old_workbook, patched, sheet, workbook

OWN = LAYOUTS["ebidadmin"]
HEADINGS = ["業者番号", "商号又は名称", "備考", "有効期間終了日"]
ROWS: Sequence[Sequence[Any]] = [
    HEADINGS,
    [1, "(株)テスト,商会01", "0001", "2028/3/31"],
    [2, 'テスト"工務"店 <髙﨑> & 𠮷', "一行\n二行", "いつか"],
    ["00000000３", None, 0.5, None],
    [],
    ["190000004", "=1+1", None, None],
]


@pytest.fixture
def desk(fresh_database: FreshDatabase) -> ImportDesk:
    return open_import_desk(fresh_database(KIND))


def formatted(sheet: Any) -> None:
    for row in (2, 3):
        sheet.cell(row, 1).number_format = "000000000"
    sheet["B2"].font = Font(bold=True)
    sheet["B3"].comment = Comment("覚え", "x")
    sheet.column_dimensions["B"].width = 40


def previewed(desk: ImportDesk, path: Path) -> tuple[ExcelSource, ImportPlan]:
    source = open_source(path, OWN)
    assert isinstance(source, ExcelSource)
    plan = qualification_import.preview(
        desk.office, staff=IMPORTER, store=desk.store, source=source, layout=OWN
    )
    return source, plan


def cells(path: Path) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in openpyxl.load_workbook(path).active.iter_rows()]


def test_values_formats_and_everything_else_stay_and_two_columns_come(
    desk: ImportDesk, tmp_path: Path
) -> None:
    path = workbook(tmp_path / "名簿.xlsx", ROWS, formatted)
    source, plan = previewed(desk, path)
    back = tmp_path / "戻し.xlsx"
    rows = write_returned(back, source, plan.problems)
    assert rows == len({problem.line for problem in plan.problems}) == 3
    was, now = openpyxl.load_workbook(path).active, openpyxl.load_workbook(back).active
    for old_row, new_row in zip(was.iter_rows(), now.iter_rows(max_col=4), strict=True):
        for old, new in zip(old_row, new_row, strict=True):
            assert (new.value, new.number_format, new.data_type) == (
                old.value,
                old.number_format,
                old.data_type,
            )
            assert new.font.b == old.font.b
    assert now["B3"].comment.text == "覚え"
    assert now.column_dimensions["B"].width == 40
    assert [now["E1"].value, now["F1"].value] == ["問題", "理由"]
    assert [now["E2"].value, now["F2"].value] == [None, None]
    assert now["E3"].value == "エラー 有効期間終了日"
    assert "日付として読み取れません" in now["F3"].value
    assert "エラー 業者番号" in now["E4"].value
    with zipfile.ZipFile(path) as before, zipfile.ZipFile(back) as after:
        assert after.namelist() == before.namelist()
        for name in before.namelist():
            if name != SHEET:
                assert after.read(name) == before.read(name), name
    assert returned_file(source, plan.problems)[0] == ".xlsx"


def test_what_nobody_repaired_is_refused_as_before_and_what_was_repaired_imports(
    desk: ImportDesk, tmp_path: Path
) -> None:
    path = workbook(tmp_path / "名簿.xlsx", ROWS, formatted)
    back, twice = tmp_path / "戻し.xlsx", tmp_path / "二度目.xlsx"
    source, plan = previewed(desk, path)
    write_returned(back, source, plan.problems)
    again_source, again = previewed(desk, back)
    assert [(one.line, one.column, one.code) for one in again.problems] == [
        (one.line, one.column, one.code) for one in plan.problems
    ]
    assert again_source.headings() == source.headings()
    assert again_source.was_returned
    write_returned(twice, again_source, again.problems)
    assert cells(twice) == cells(back)
    book = openpyxl.load_workbook(twice)
    page = book.active
    page["D3"], page["A4"], page["B4"] = "2028/3/31", "000000003", "丙"
    page["B6"] = "丁"
    book.save(twice)
    repaired_source, repaired = previewed(desk, twice)
    assert repaired.problems == ()
    qualification_import.apply(
        desk.office, staff=IMPORTER, store=desk.store, source=repaired_source, layout=OWN, plan=repaired,
        confirmed_scale=True,
    )  # fmt: skip
    register = desk.register()
    assert sorted(register) == ["000000001", "000000002", "000000003", "190000004"]
    assert all(record.extra == {} for record in register.values())
    assert register["000000002"].trade_name == 'テスト"工務"店 <髙﨑> & 𠮷'
    clean = tmp_path / "直した後.xlsx"
    write_returned(clean, repaired_source, repaired.problems)
    assert [row[4:] for row in cells(clean)][1:] == [[None, None]] * 5


def test_an_old_workbook_goes_back_as_a_new_one_of_texts(desk: ImportDesk, tmp_path: Path) -> None:
    rows = [["題"], [], HEADINGS[:3], ["190000001", "甲", "=0012"], ["190000002", "", "x"]]
    path = old_workbook(tmp_path / "名簿.xls", rows)
    source, plan = previewed(desk, path)
    back = tmp_path / "戻し.xlsx"
    assert write_returned(back, source, plan.problems) == 1
    found = openpyxl.load_workbook(back).active
    assert [found.cell(3, column).value for column in range(1, 6)] == [*HEADINGS[:3], "問題", "理由"]
    assert found.cell(4, 3).value == "=0012"
    assert found.cell(4, 1).value == "190000001"
    assert found.cell(5, 4).value == "エラー 商号又は名称"
    again, plan_again = previewed(desk, back)
    assert again.was_returned
    assert [one.line for one in plan_again.problems if one.severity is ProblemSeverity.ERROR] == [5]


def test_a_name_that_promises_another_form_is_refused_and_text_can_be_asked_for(
    desk: ImportDesk, tmp_path: Path
) -> None:
    path = workbook(tmp_path / "名簿.xlsx", ROWS, formatted)
    source, plan = previewed(desk, path)
    for name in ("a.xls", "a.txt", "a"):
        with pytest.raises(InputError, match="returned-other-form"):
            write_returned(tmp_path / name, source, plan.problems)
    write_returned(tmp_path / "a.csv", source, plan.problems)
    assert (tmp_path / "a.csv").read_text("utf-8-sig").startswith("業者番号,")
    with pytest.raises(InputError, match="returned-onto-itself"):
        write_returned(path, source, plan.problems)
    text = tmp_path / "b.tsv"
    text.write_text("業者番号\t商号又は名称\n190000001\t\n", encoding="utf-8")
    text_source = open_source(text, OWN)
    problem = RowProblem(2, "商号又は名称", "required", ProblemSeverity.ERROR, "", {})
    with pytest.raises(InputError, match="returned-other-form"):
        write_returned(tmp_path / "b.xlsx", text_source, [problem])
    assert returned_file(text_source, [problem])[0] == ".tsv"
    assert not list(tmp_path.glob(".*part"))


def raw_row(number: int, *texts: str, extra: bytes = b"") -> bytes:
    made = b"".join(
        b'<c r="%s%d" t="inlineStr"><is><t>%s</t></is></c>' % (chr(65 + at).encode(), number, text.encode())
        for at, text in enumerate(texts)
    )
    return b'<row r="%d" spans="1:2">%s%s</row>' % (number, made, extra)


@pytest.mark.parametrize(
    "broken",
    [
        b"<!-- <row r='9'/> -->",
        b"",
    ],
)
def test_cells_without_text_in_the_way_give_room_and_odd_sheets_are_written_anew(
    desk: ImportDesk, tmp_path: Path, broken: bytes
) -> None:
    styled = b'<c r="C3" s="0"/><c r="D3" s="0"/><c r="XFD3" s="0"/>'
    rows = raw_row(2, "業者番号", "商号又は名称") + raw_row(3, "190000001", "", extra=styled) + broken
    path = patched(tmp_path / "a.xlsx", {SHEET: sheet(rows)})
    source, plan = previewed(desk, path)
    back = tmp_path / "b.xlsx"
    write_returned(back, source, plan.problems)
    page = openpyxl.load_workbook(back).active
    assert [page.cell(2, column).value for column in (1, 2, 3, 4)] == [
        "業者番号",
        "商号又は名称",
        "問題",
        "理由",
    ]
    assert page.cell(3, 3).value == "エラー 商号又は名称"
    with zipfile.ZipFile(back) as archive:
        content = archive.read(SHEET)
    assert (b"XFD3" in content) is (broken == b"")
    assert content.count(b'r="C3"') == 1


texts = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=6)


@given(st.lists(st.lists(texts, min_size=2, max_size=4), min_size=1, max_size=5), st.integers(0, 3))
@settings(max_examples=20, deadline=None)
def test_any_cells_stay_as_they_were(rows: list[list[str]], at: int) -> None:
    stream = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = openpyxl.Workbook()
        for row in [HEADINGS, *rows]:
            book.active.append(row)
        for cell in (cell for row in book.active.iter_rows() for cell in row):
            cell.data_type = "s" if cell.value is not None else cell.data_type
        book.save(stream)
    out = io.BytesIO()
    with tempfile.NamedTemporaryFile(suffix=".xlsx") as file:
        file.write(stream.getvalue())
        file.flush()
        line = 2 + at % len(rows)
        write_with_cells(
            out, Path(file.name), part=SHEET, columns=(4, 5), cells={line: ("<&>", "理由\n二行")}, clear=False
        )
    was = openpyxl.load_workbook(stream).active
    now = openpyxl.load_workbook(out).active
    for row in was.iter_rows():
        for cell in row:
            assert now.cell(cell.row, cell.column).value == cell.value
    assert (now.cell(line, 5).value, now.cell(line, 6).value) == ("<&>", "理由\n二行")
