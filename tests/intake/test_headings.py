"""Where the heading row is, and what becomes of headings that the layout does not know."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ebidadmin.domain.layouts import HEADING_SEARCH, FieldRule, Layout, told_apart
from ebidadmin.errors import InputError
from ebidadmin.intake.csv import CsvSource
from ebidadmin.intake.excel import ExcelSource
from tests.imports.office import LAYOUTS
from tests.intake.workbooks import workbook

OWN = LAYOUTS["ebidadmin"]
HEAD = "業者番号,商号又は名称,備考\n"
ROW = "190000092,(株)テスト商会01,業者番号\n"


def opened(folder: Path, text: str, layout: Layout = OWN) -> CsvSource:
    path = folder / "f.csv"
    path.write_text(text, encoding="utf-8", newline="")
    return CsvSource(path, layout)


@pytest.mark.parametrize("before", [0, 1, 5, HEADING_SEARCH - 1])
@pytest.mark.parametrize("sign", [",", "\t"])
def test_the_heading_row_is_found_under_titles_and_blank_lines(
    tmp_path: Path, before: int, sign: str
) -> None:
    titles = "".join(f"有資格者名簿{n},商号又は名称,業者\n\n" for n in range(before))
    source = opened(tmp_path, (titles + HEAD + ROW).replace(",", sign))
    assert source.headings() == ("業者番号", "商号又は名称", "備考")
    assert [(row.line, row.values["supplier_number"]) for row in source.rows()] == [
        (2 * before + 2, "190000092")
    ]
    assert source.first_rows()[0][0] == "業者番号"


def test_too_far_down_it_is_not_found_and_what_is_missing_is_told(tmp_path: Path) -> None:
    source = opened(tmp_path, "有資格者名簿\n" * HEADING_SEARCH + HEAD + ROW)
    assert {(p.code, p.column) for p in source.heading_problems()} >= {
        ("heading-missing", "業者番号"),
        ("heading-missing", "商号又は名称"),
    }
    assert list(source.rows()) == []


def test_when_a_required_heading_is_missing_the_best_row_is_told(tmp_path: Path) -> None:
    source = opened(tmp_path, "名簿,備考,\n業者番号,名称,備考\n" + ROW)
    assert [(p.code, p.column, p.line) for p in source.heading_problems()] == [
        ("heading-missing", "商号又は名称", 2)
    ]


def test_headings_broken_into_lines_are_one_word(tmp_path: Path) -> None:
    source = opened(
        tmp_path, '業者\r\n番号,"商号又は\n名称",備考\n'.replace("業者\r\n番号", '"業者\r\n番号"') + ROW
    )
    assert [row.values["trade_name"] for row in source.rows()] == ["(株)テスト商会01"]


def test_appended_columns_are_kept_and_listed_doubled_ones_refused(tmp_path: Path) -> None:
    source = opened(tmp_path, "表題\n" + HEAD.replace("\n", ",等級,規模\n") + ROW.replace("\n", ",A,大\n"))
    assert [(p.code, p.column, p.line) for p in source.heading_problems()] == [
        ("heading-unknown", "等級", 2),
        ("heading-unknown", "規模", 2),
    ]
    assert [dict(row.extra) for row in source.rows()] == [{"等級": "A", "規模": "大"}]
    doubled = opened(tmp_path, HEAD.replace("\n", ",等級,等級\n") + ROW.replace("\n", ",A,B\n"))
    assert next((p.code, p.column) for p in doubled.heading_problems()) == ("heading-doubled", "等級")
    assert list(doubled.rows()) == []


def test_a_separator_that_breaks_the_other_reading_is_not_the_files_fault(tmp_path: Path) -> None:
    text = 'メモ\tA,"B"C\n業者番号\t商号又は名称\n190000092\tA,"B"C\n'
    assert [row.values["trade_name"] for row in opened(tmp_path, text).rows()] == ['A,"B"C']


def test_a_file_without_headings_has_the_columns_of_its_layout(tmp_path: Path) -> None:
    bare = replace(OWN, heading_row=0, columns=("業者番号", "商号又は名称", "備考"))
    for text in (ROW, ROW.replace(",", "\t")):
        source = opened(tmp_path, text + "1,2\n".replace(",", text[9]), bare)
        found = list(source.rows())
        assert found[0].values["trade_name"] == "(株)テスト商会01"
        assert [(row.line, [p.code for p in row.problems]) for row in found] == [
            (1, []),
            (2, ["too-few-cells"]),
        ]
        assert source.headings() == bare.columns
    with pytest.raises(InputError, match="file-has-no-rows"):
        list(opened(tmp_path, "\n\n", bare).rows())


@given(st.lists(st.sampled_from(["氏名", "氏名(2)", "役職", ""]), max_size=8))
def test_headings_told_apart_are_each_there_once_and_stay_so(names: list[str]) -> None:
    apart = told_apart(names)
    named = [name for name in apart if name]
    assert len(set(named)) == len(named)
    assert told_apart(apart) == apart
    assert [name for name, own in zip(names, apart, strict=True) if name == own][:1] == names[:1]
    assert all(own.startswith(name) for name, own in zip(names, apart, strict=True))


def test_a_layout_may_number_headings_that_stand_twice(tmp_path: Path) -> None:
    rules = {
        "trade_name": FieldRule(headings=("名称",), required=True, heading_required=True),
        "representative_name": FieldRule(headings=("氏名",)),
        "delegate_name": FieldRule(headings=("氏名(2)",), heading_required=True),
        "phone": FieldRule(headings=("電話(2)",)),
    }
    layout = replace(LAYOUTS["ebidadmin"], fields=rules, numbered=True)
    path = tmp_path / "a.csv"
    path.write_text("題\n名称,氏名,氏名,電話,電話\n甲,乙,丙,1,2\n", encoding="cp932")
    source = CsvSource(path, layout)
    assert source.headings() == ("名称", "氏名", "氏名(2)", "電話", "電話(2)")
    [row] = source.rows()
    assert row.values["delegate_name"] == "丙"
    assert row.values["phone"] == "2"
    book = workbook(tmp_path / "a.xlsx", [["名称", "氏名", "氏名", "電話", "電話"], ["甲", "乙", "丙", 3, 2]])
    [row] = ExcelSource(book, layout).rows()
    assert (row.values["delegate_name"], row.values["phone"]) == ("丙", "2")
