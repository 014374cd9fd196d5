"""A sheet becomes a page, a workbook and a printed sheet: all of it there, nothing of it taken for anything but text."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from ebidadmin.documents.report_page import MISSING, report_pdf
from ebidadmin.report_making.maker import sheet_data
from ebidadmin.reporting.charts import stacked_bars
from ebidadmin.reporting.page import html_page
from ebidadmin.reporting.sheet import Part, Sheet, cut, read_sheet
from ebidadmin.reporting.workbook import workbook
from tests.report_making.looked_at import look_at_chart, look_at_page, look_at_pdf, outside

AT = datetime(2026, 10, 6, 23, tzinfo=UTC)
HOSTILE = '<script src="//x.jp/a.js"></script>'


def sheet(**changes: object) -> Sheet:
    rows = (
        ("190000092", "(株)テスト商会92", 3),
        ("000000001", '=HYPERLINK("http://x.jp")', 1.5),
        ("1", HOSTILE, None),
    )
    part = Part(
        key="part1",
        title="一覧: [試し]",
        columns=("業者番号", "商号又は名称", "日数"),
        rows=rows[:2],
        all_rows=rows,
        hidden=1,
        chart=stacked_bars(
            ["0日", "1日"], [1, 0], [0, 2], names=("内", "超過"), x_title="日数", y_title="件数"
        ),
        chart_said="0日 1件、1日 2件",
    )
    given: dict[str, object] = {
        "title": "審査の日報",
        "subtitle": "令和8年10月7日(水)",
        "facts": (("時点", "令和8年10月7日 08:00"),),
        "actions": (f"期限 {HOSTILE}",),
        "actions_title": "対応が必要なもの",
        "all_well": "対応が必要なものはありません。",
        "foot": (("木の頭:", "12件"),),
        "parts": (part, Part(key="part2", title="なし", columns=("番号",))),
        "more_rows": "ほかに{count}件あります。",
        "empty": "該当するものはありません。",
    }
    return Sheet(**{**given, **changes})  # type: ignore[arg-type]  # each is what its field wants


def test_what_is_written_down_is_read_again(tmp_path: Path) -> None:
    sheet().write(tmp_path)
    assert read_sheet(tmp_path) == sheet()
    (tmp_path / "sheet.json").write_text('{"format": 2}', encoding="utf-8")
    with pytest.raises(ValueError, match="format"):
        read_sheet(tmp_path)


def test_the_page_is_one_file_that_fetches_nothing_and_runs_nothing() -> None:
    page = html_page(sheet())
    assert "<script" not in page
    assert "default-src 'none'" in page
    assert all(
        address not in page.replace("//x.jp", "") for address in ("http://", "https://", "url(", "@import")
    )
    assert "対応が必要なもの" in page
    assert page.index("対応が必要なもの") < page.index("業者番号")
    assert "ほかに1件あります。" in page
    assert "該当するものはありません。" in page
    assert 'alt="0日 1件、1日 2件"' in page
    assert html_page(sheet(actions=())).count("対応が必要なものはありません。") == 1


def test_the_workbook_has_all_rows_as_what_they_are() -> None:
    book = load_workbook(BytesIO(workbook(sheet())))
    assert book.sheetnames == ["対応が必要なもの", "一覧- -試し-", "なし"]
    table = book["一覧- -試し-"]
    assert [cell.value for cell in table[2]] == ["190000092", "(株)テスト商会92", 3]
    assert [cell.value for cell in table[3]] == ["000000001", '=HYPERLINK("http://x.jp")', 1.5]
    assert [cell.data_type for cell in table[3]] == ["s", "s", "n"]
    assert table.max_row == 4


def test_signs_that_no_workbook_can_hold_are_spelled_out() -> None:
    part = Part(key="part1", title="一覧", columns=("商号",), rows=(("(株)\x07テスト\x0b商会\n2行目",),))
    made = load_workbook(BytesIO(workbook(sheet(parts=(part,), actions=("\x00",)))))
    assert made["一覧"]["A2"].value == "(株)\\x07テスト\\x0b商会\n2行目"
    assert "\\x00" in [cell.value for cell in made.worksheets[0]["A"]]


def test_the_printed_sheet_has_its_fonts_and_tells_of_what_they_lack() -> None:
    named = sheet(title="審査\U0001f600日報", actions=(), facts=(("氏名", "辻\U000e01ef"),))
    made = report_pdf(sheet_data(named), made_at=AT)
    reader = PdfReader(BytesIO(made))
    text = "".join(page.extract_text() for page in reader.pages)
    assert f"審査{MISSING}日報" in text
    first = "".join(reader.pages[0].extract_text().split())
    # Nothing else needs action: this does, and stands where that is looked for.
    box = first[first.index("対応が必要なもの") : first.index("一覧:[試し]")]
    assert f"書体にない文字(U+1F600、U+8FBBU+E01EF)を「{MISSING}」としています" in box
    assert "対応が必要なものはありません" not in first
    whole = report_pdf(sheet_data(sheet()), made_at=AT)
    look_at_pdf(whole)
    with pytest.raises(AssertionError):
        look_at_pdf(made)
    assert "テスト商会92" in text


def test_charts_need_no_font_and_are_the_same_each_time() -> None:
    one, two = (
        stacked_bars(["髙"], [1], [2], names=("内", "超過"), x_title="日数", y_title="件数") for _ in range(2)
    )
    assert one == two
    assert "font-family" not in one
    look_at_chart(one)


def test_a_chart_without_any_bar_is_none() -> None:
    assert (
        stacked_bars(["4月", "5月"], [0, 0], [0, 0], names=("内", "超過"), x_title="月", y_title="件数") == ""
    )


def test_what_lies_outside_a_page_is_seen() -> None:
    """By what looks at all reports."""
    for letters, seen in ((100, False), (600, True)):
        part = Part(key="part1", title="長い", columns=("件名", "数"), rows=(("x" * letters, 1),))
        assert bool(outside(report_pdf(sheet_data(sheet(parts=(part,))), made_at=AT))) is seen
    assert not outside(report_pdf(sheet_data(sheet()), made_at=AT))
    with pytest.raises(AssertionError):
        look_at_page('<img src="//x.jp/a.png">')
    with pytest.raises(AssertionError):
        look_at_chart(sheet().parts[0].chart.replace("#d0d0d0", "#d0d0ff"))


def test_rows_are_cut_and_counted() -> None:
    assert cut([(1,), (2,), (3,)], 2) == (((1,), (2,)), 1)
    assert cut([(1,)], 2) == (((1,),), 0)
