"""Excel workbooks: what a cell says, and what cannot be known about it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest

from ebidadmin.domain.layouts import MappedRow
from ebidadmin.domain.qualification_rows import CheckedRow, check_row
from ebidadmin.errors import InputError
from ebidadmin.intake.csv import CsvSource
from ebidadmin.intake.excel import ExcelSource
from ebidadmin.intake.sources import open_source
from ebidadmin.intake.unpack import with_digits
from tests.imports.office import LAYOUTS
from tests.intake.workbooks import SHEET, old_workbook, patched, sheet, workbook
from tests.registers.generator import corporate_number

OWN = LAYOUTS["ebidadmin"]
HEAD = ["業者番号", "商号又は名称", "法人番号", "有効期間開始日", "郵便番号", "備考"]
NAME = "(株)テスト商会01"


def row(number: Any, **values: Any) -> list[Any]:
    given = {"法人番号": None, "有効期間開始日": None, "郵便番号": None, "備考": None} | values
    return [number, NAME, *given.values()]


def read(path: Path) -> list[MappedRow]:
    return list(open_source(path, OWN).rows())


def checked(path: Path) -> list[CheckedRow]:
    return [check_row(one, OWN, mail_ok=bool) for one in read(path)]


def told(rows: Sequence[CheckedRow]) -> list[list[tuple[str, str]]]:
    return [[(problem.code, problem.column) for problem in one.problems] for one in rows]


@pytest.mark.parametrize("write", [workbook, old_workbook])
def test_texts_come_as_they_are(tmp_path: Path, write: Any) -> None:
    text = " ㈱髙﨑𠮷 ﾊﾟ～－\n二行"
    path = write(tmp_path / "f.xlsx", [["名簿"], [], HEAD, row("000000092", 備考=text), [], row("190000093")])
    found = read(path)
    assert [(one.line, one.values["supplier_number"]) for one in found] == [
        (4, "000000092"),
        (6, "190000093"),
    ]
    assert found[0].values["remarks"].replace("\r", "") == text
    assert found[0].notes == ()
    source = open_source(path, OWN)
    assert isinstance(source, ExcelSource)
    assert source.headings() == tuple(HEAD)
    assert source.first_rows()[1][1] == NAME
    assert source.lines == 6


def test_a_number_is_an_identifier_only_when_its_format_shows_its_digits(tmp_path: Path) -> None:
    corporate = int(corporate_number(1))

    def formats(cells: Any) -> None:
        cells["A2"].number_format = cells["A4"].number_format = "000000000"
        cells["A5"].number_format, cells["A6"].number_format = "0000", "@"
        cells["C2"].number_format = "0" * 13
        cells["E2"].number_format = "000-0000"

    rows = [row(92, 法人番号=corporate, 郵便番号=10001), row(92), row(190000092, 法人番号=corporate)]
    path = workbook(tmp_path / "f.xlsx", [HEAD, *rows, row(190000092), row(190000092)], formats)
    found = checked(path)
    unknown = ("number-digits-unknown", "業者番号")
    assert told(found) == [
        [],
        [unknown, ("supplier-number-form", "業者番号")],
        [("number-digits-unknown", "法人番号")],
        [unknown],
        [unknown],
    ]
    first = found[0].record
    assert first is not None
    assert (first.supplier_number, first.corporate_number, first.postcode) == (
        "000000092",
        str(corporate),
        "001-0001",
    )
    assert all(one.record is None for one in found[1:])


def test_the_formats_of_old_workbooks_are_unknown(tmp_path: Path) -> None:
    path = old_workbook(tmp_path / "f.xls", [HEAD, row(190000092), row("190000093")])
    assert told(checked(path)) == [[("number-digits-unknown", "業者番号")], []]


@pytest.mark.parametrize(
    ("digits", "form", "shown"),
    [
        ("92", "000000000", "000000092"),
        ("92", "0", None),
        ("9", "0", None),
        ("92", "General", None),
        ("92", "#,##0", None),
        ("1234567", '000"-"0000', "123-4567"),
        ("1234567", "000\\-0000", "123-4567"),
        ("12", "0000;[Red]-0000", "0012"),
        ("12345", "0000", None),
        ("-12", "0000", None),
        ("92", "", None),
    ],
)
def test_formats_that_show_digits(digits: str, form: str, shown: str | None) -> None:
    assert with_digits(digits, form) == shown


def test_dates_as_cells_and_as_texts(tmp_path: Path) -> None:
    def formats(cells: Any) -> None:
        cells["D3"].number_format = '[$-411]ggge"年"m"月"d"日"'
        cells["D4"].number_format = "m/d/yyyy"

    days = [
        date(2026, 4, 1),
        46113,
        datetime.combine(date(2026, 4, 1), time()),
        "2026/4/1",
        "令和8年4月1日",
        "R8.4.1",
    ]
    rows = [row(f"{n:09d}", 有効期間開始日=day) for n, day in enumerate(days)]
    found = checked(workbook(tmp_path / "f.xlsx", [HEAD, *rows], formats))
    assert [one.record and one.record.valid_from for one in found] == [date(2026, 4, 1)] * 6
    # A day with a time of day, and a number that is not formatted as a date, are no days.
    rows = [
        row("000000001", 有効期間開始日=datetime.combine(date(2026, 4, 1), time(9))),
        row("000000002", 有効期間開始日=46113),
    ]
    assert (
        told(checked(workbook(tmp_path / "g.xlsx", [HEAD, *rows]))) == [[("date-form", "有効期間開始日")]] * 2
    )


def test_formulas_are_taken_by_value_with_a_note_and_errors_are_refused(tmp_path: Path) -> None:
    cells = "".join(
        f'<c r="{column}{at}" t="inlineStr"><is><t>{text}</t></is></c>'
        for at, column, text in ((1, "A", HEAD[0]), (1, "B", HEAD[1]), (1, "C", HEAD[5]))
    )
    body = (
        f'<row r="1">{cells}</row><row r="2"><c r="A2" t="str"><f>"00"&amp;1</f><v>190000092</v></c>'
        '<c r="B2" t="str"><f>X1</f><v>甲</v></c><c r="C2" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>'
        '<row r="3"><c r="A3" t="str"><v>190000093</v></c><c r="B3" t="str"><f>X1</f><v>乙</v></c></row>'
    )
    found = checked(patched(tmp_path / "f.xlsx", {SHEET: sheet(body.encode())}))
    formula = ("formula-cell", "商号又は名称")
    assert told(found) == [
        [("formula-cell", "業者番号"), formula, ("formula-cell", "備考"), ("error-cell", "備考")],
        [formula],
    ]
    assert found[0].problems[-1].value == "#DIV/0!"
    assert found[0].record is None
    assert found[1].record is not None
    assert found[1].record.trade_name == "乙"


def test_furigana_never_leaks(tmp_path: Path) -> None:
    name = '<si><r><t>東</t></r><r><t>京</t></r><rPh sb="0" eb="2"><t>トウキョウ</t></rPh><phoneticPr fontId="1"/></si>'
    texts = "".join(f"<si><t>{text}</t></si>" for text in (*HEAD[:2], "190000092")) + name
    cells = (
        '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>'
        '<row r="2"><c r="A2" t="s"><v>2</v></c><c r="B2" t="s"><v>3</v></c></row>'
    )
    path = patched(tmp_path / "f.xlsx", {SHEET: sheet(cells.encode())}, shared=texts.encode())
    assert [one.values["trade_name"] for one in read(path)] == ["東京"]


def test_numbers_beyond_fifteen_digits_are_told(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "f.xlsx", [HEAD, row("190000092", 備考=1234567890123456), row("190000093", 備考=12.5)]
    )
    found = checked(path)
    assert told(found) == [[("number-imprecise", "備考")], []]
    assert found[1].record is not None
    assert found[1].record.remarks == "12.5"


def test_merged_cells_other_sheets_and_what_stands_beside_the_table(tmp_path: Path) -> None:
    def change(cells: Any) -> None:
        cells.merge_cells("A1:F1")
        cells.merge_cells("F3:F4")
        cells["H3"] = "脇の注"
        cells.parent.create_sheet("追加")["A1"] = "x"
        cells.parent.create_sheet("白紙")
        hidden = cells.parent.create_sheet("隠し")
        hidden["A1"], hidden.sheet_state = "x", "hidden"

    rows = [["名簿"], HEAD, row("000000001", 備考="甲"), row("000000002"), row("000000003")]
    path = workbook(tmp_path / "f.xlsx", rows, change)
    source = open_source(path, OWN)
    assert [(p.code, p.column, p.line) for p in source.heading_problems()] == [
        ("sheet-unread", "追加", 2),
        ("merged-cells", "", 3),
    ]
    assert told(checked(path)) == [[("too-many-cells", "")], [], []]


def test_the_content_decides_not_the_name(tmp_path: Path) -> None:
    text = tmp_path / "f.xlsx"
    text.write_text("業者番号,商号又は名称\n190000092,甲\n", encoding="utf-8")
    book = workbook(tmp_path / "f.csv", [HEAD, row("190000092")])
    for path, kind, form in ((text, CsvSource, "CSV"), (book, ExcelSource, "Excel")):
        source = open_source(path, OWN)
        assert isinstance(source, kind)
        assert [(p.code, dict(p.facts)) for p in source.heading_problems()] == [
            ("name-not-content", {"form": form})
        ]
        assert [one.values["supplier_number"] for one in source.rows()] == ["190000092"]


def test_two_readings_of_one_source_may_take_turns(tmp_path: Path) -> None:
    source = open_source(workbook(tmp_path / "f.xlsx", [HEAD, *(row(f"{n:09d}") for n in range(50))]), OWN)
    pairs = zip(source.rows(), source.rows(), strict=True)
    assert sum(one == other for one, other in pairs) == 50


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"PK\x03\x04 broken", "excel-unreadable"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000, "excel-unreadable"),
    ],
)
def test_what_is_no_workbook_is_refused(tmp_path: Path, data: bytes, code: str) -> None:
    path = tmp_path / "f.xlsx"
    path.write_bytes(data)
    with pytest.raises(InputError, match=code):
        read(path)


def test_an_empty_workbook_and_one_with_headings_only(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="heading-row-missing"):
        read(workbook(tmp_path / "f.xlsx", []))
    with pytest.raises(InputError, match="file-has-no-rows"):
        read(workbook(tmp_path / "g.xlsx", [HEAD]))
