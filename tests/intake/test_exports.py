"""An exported workbook opens as it was written: zeros, long numbers and signs of formulas are text; read again it changes nothing."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from ebidadmin.domain.qualifications import Grade, Qualification
from ebidadmin.errors import InputError
from ebidadmin.intake import text_workbook
from ebidadmin.intake.exports import export_register
from ebidadmin.intake.layout_drafts import write_whole
from ebidadmin.intake.sources import open_source
from ebidadmin.intake.text_workbook import write_text_workbook
from ebidadmin.services import qualification_import as service
from tests import builders
from tests.conftest import FreshDatabase
from tests.desks import KIND
from tests.imports.office import IMPORTER, LAYOUTS, ImportDesk, open_import_desk

OWN = LAYOUTS["ebidadmin"]
ODD = [
    *("=1+1", "+81-83", "-5", "@SUM(A1)", "'quoted", "'=both", "0001", "1234567890123456", "1E5", "TRUE"),
    *(
        "2026-01-01",
        " leading",
        "<a & b>",
        '"q"',
        "一行\n二行",
        "㈱髙﨑𠮷",
        "_x0041_",
        "3/4",
        "#N/A",
        "\u3000",
    ),
]


@pytest.fixture
def desk(fresh_database: FreshDatabase) -> ImportDesk:
    return open_import_desk(fresh_database(KIND))


def record(n: int, odd: str) -> Qualification:
    plain = builders.qualification(n, corporate_number="")
    return replace(
        plain,
        remarks=odd,
        grade_sale=Grade.B,
        valid_to=date(2028, 3, 31),
        extra={"口座": odd, "=見出し": "x"},
    )


def exported(desk: ImportDesk, path: Path) -> int:
    further = service.extra_headings(desk.office, staff=IMPORTER, reader=desk.reader)
    return export_register(path, desk.reader.every(), OWN, further)


@pytest.mark.parametrize("name", ["register.xlsx", "register.csv"])
def test_an_export_comes_in_again_without_a_change(desk: ImportDesk, tmp_path: Path, name: str) -> None:
    first = tmp_path / "first.xlsx"
    records = [record(n, odd) for n, odd in enumerate(ODD, start=1)]
    assert export_register(first, records, OWN, ["口座", "=見出し"]) == len(ODD)
    source = open_source(first, OWN)
    plan = service.preview(desk.office, staff=IMPORTER, store=desk.store, source=source, layout=OWN)
    assert (plan.added, plan.refused) == (len(ODD), 0), plan.problems
    service.apply(
        desk.office,
        staff=IMPORTER,
        store=desk.store,
        source=source,
        layout=OWN,
        plan=plan,
        confirmed_scale=True,
    )
    assert desk.register() == {one.supplier_number: one for one in records}
    again = tmp_path / name
    assert exported(desk, again) == len(ODD)
    source = open_source(again, OWN)
    plan = service.preview(desk.office, staff=IMPORTER, store=desk.store, source=source, layout=OWN)
    assert plan.changes_nothing
    assert plan.unchanged == len(ODD)


def test_every_cell_is_text_for_two_readers(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    export_register(path, [record(n, odd) for n, odd in enumerate(ODD, start=1)], OWN, ["口座"])
    page = openpyxl.load_workbook(path).active
    headings = [cell.value for cell in page[1]]
    place = headings.index("追加項目:口座") + 1
    assert page.title == "資格審査情報"
    assert page.freeze_panes == "A2"
    for row in page.iter_rows():
        for cell in row:
            assert cell.data_type in ("s", "n")
            assert cell.value is None or cell.data_type == "s"
            assert cell.value is None or cell.number_format == "@"
    assert page.cell(2, 1).value == builders.supplier_number(1)
    sheet = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0)
    shown = [row[place - 1] for row in sheet.to_python()[1:]]
    # A quote at the beginning is doubled, because one is taken off where the file is read again.
    assert shown == [f"'{text}" if text.startswith("'") else text for text in ODD]


writable = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufffe\uffff"), max_size=8)


@given(st.lists(st.lists(writable, min_size=1, max_size=4), min_size=1, max_size=4))
def test_any_texts_are_read_as_they_were_written(rows: list[list[str]]) -> None:
    stream = io.BytesIO()
    write_text_workbook(stream, enumerate([["見出し"] * 4, *rows, ["終"] * 4], start=1), sheet="x")
    stream.seek(0)
    found = CalamineWorkbook.from_filelike(stream).get_sheet_by_index(0).to_python()
    assert found[1:-1] == [[*row, *[""] * (4 - len(row))] for row in rows]


def test_more_rows_than_a_sheet_has_are_refused_and_nothing_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text_workbook, "MAX_ROWS", 2)
    records = [builders.qualification(n, corporate_number="") for n in (1, 2)]
    with pytest.raises(InputError, match="excel-too-many-rows"):
        export_register(tmp_path / "a.xlsx", records, OWN, [])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["a.xls", "a.XLSM", "a.ods"])
def test_a_name_that_promises_another_form_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="export-form"):
        export_register(tmp_path / name, [], OWN, [])


def a_register(place: Path) -> None:
    export_register(place, [builders.qualification()], LAYOUTS["ebidadmin"], ())


def a_layout(place: Path) -> None:
    write_whole(place, "")


@pytest.mark.parametrize(
    ("name", "write"), [("out.csv", a_register), ("out.xlsx", a_register), ("own.toml", a_layout)]
)
@pytest.mark.parametrize("folder", ["none", "file"])
def test_a_place_that_is_no_folder_is_told(
    tmp_path: Path, name: str, write: Callable[[Path], None], folder: str
) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="file-unwritable"):
        write(tmp_path / folder / name)
    assert [one.name for one in tmp_path.iterdir()] == ["file"]
