"""Files as they come: encodings, separators, line ends, quoting; and one clear reason for each that cannot be read."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace
from pathlib import Path

import pytest

from ebidadmin.domain.layouts import FieldRule, Layout, MappedRow, defuse, fuse
from ebidadmin.errors import InputError
from ebidadmin.intake.csv import MAX_LINE, CsvSource
from ebidadmin.intake.tabular import MAX_COLUMNS
from tests.imports.office import LAYOUTS

LAYOUT = replace(
    LAYOUTS["ebidadmin"],
    fields={
        "supplier_number": FieldRule(headings=("番号",), required=True, heading_required=True),
        "trade_name": FieldRule(headings=("商号",), required=True, heading_required=True),
        "address": FieldRule(headings=("都道府県", "市区町村"), joiner=" "),
        "remarks": FieldRule(headings=("備考",), values={"○": "none"}),
    },
    extra=(),
    extra_prefix="",
    ignore=frozenset({"", "date"}),
)
HEAD = "番号,商号,備考\r\n"
ROW = "190000092,(株)テスト商会01,よし\r\n"


def source(folder: Path, data: bytes, layout: Layout = LAYOUT) -> CsvSource:
    path = folder / "f.csv"
    path.write_bytes(data)
    return CsvSource(path, layout)


def rows(folder: Path, text: str, layout: Layout = LAYOUT, encoding: str = "utf-8") -> list[MappedRow]:
    return list(source(folder, text.encode(encoding), layout).rows())


@pytest.mark.parametrize(
    ("encoding", "found"),
    [
        *(("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("cp932", "cp932")),
        *(("utf-16", "utf-16"), ("utf-16-be-sig", "utf-16")),
    ],
)
def test_each_encoding_gives_the_same_text(tmp_path: Path, encoding: str, found: str) -> None:
    text = HEAD + "190000092,㈱髙﨑①Ⅲ濵德瀨,～－ｱﾞ\r\n"
    data = b"\xfe\xff" + text.encode("utf-16-be") if encoding == "utf-16-be-sig" else text.encode(encoding)
    opened = source(tmp_path, data)
    assert [dict(row.values) for row in opened.rows()] == [
        {"supplier_number": "190000092", "trade_name": "㈱髙﨑①Ⅲ濵德瀨", "remarks": "～－ｱﾞ"}
    ]
    assert opened.encoding == found
    assert opened.first_rows()[0] == ("番号", "商号", "備考")


def test_cp932_is_never_read_as_shift_jis(tmp_path: Path) -> None:
    data = HEAD.encode("cp932") + b"190000092,\x81\x7c\x81\x60,\r\n"
    assert next(iter(source(tmp_path, data).rows())).values["trade_name"] == "\uff0d\uff5e"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("comma", [",", "\t"])
def test_line_ends_and_separators(tmp_path: Path, end: str, comma: str) -> None:
    text = (HEAD + ROW + "190000093,乙,\r\n").replace("\r\n", end).replace(",", comma)
    found = rows(tmp_path, text)
    assert [(row.line, row.values["trade_name"]) for row in found] == [(2, "(株)テスト商会01"), (3, "乙")]
    assert source(tmp_path, text.encode()).lines == 3


def test_quoted_cells_hold_everything_and_lines_are_physical(tmp_path: Path) -> None:
    text = HEAD + '190000092,"甲,""乙""","一\r\n二\r\n三"\r\n\r\n190000093,丙,"一\n二"\r\n190000094,丁,\r\n'
    found = rows(tmp_path, text)
    assert [row.line for row in found] == [2, 6, 8]
    assert found[0].values["trade_name"] == '甲,"乙"'
    assert found[0].values["remarks"] == "一\r\n二\r\n三"


def test_headings_in_any_order_joined_replaced_ignored_and_unknown(tmp_path: Path) -> None:
    text = "市区町村,date,備考,商号, 番号 ,規模,都道府県,\n下関市,1,○,甲,190000092,大,山口県,7\n,2,,乙,190000093,,山口県,8\n"
    opened = source(tmp_path, text.encode())
    found = list(opened.rows())
    assert found[0].values == {
        "supplier_number": "190000092",
        "trade_name": "甲",
        "address": "山口県 下関市",
        "remarks": "none",
    }
    assert found[1].values["address"] == "山口県"
    assert [dict(row.extra) for row in found] == [{"規模": "大"}, {}]
    assert [(p.code, p.column) for p in opened.heading_problems()] == [("heading-unknown", "規模")]


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("番号,備考", [("heading-missing", "商号")]),
        ("番号,商号,番号", [("heading-doubled", "番号")]),
        ("番号,商号,都道府県", [("heading-missing", "市区町村")]),
        ("番号,商号,規模,規模", [("heading-doubled", "規模")]),
        ("商号,備考,備考", [("heading-doubled", "備考"), ("heading-missing", "番号")]),
    ],
)
def test_headings_that_do_not_fit_are_all_told(
    tmp_path: Path, head: str, expected: list[tuple[str, str]]
) -> None:
    opened = source(tmp_path, f"{head}\na,b,c\n".encode())
    assert [(p.code, p.column) for p in opened.heading_problems()] == expected
    assert list(opened.rows()) == []


def test_too_many_and_too_few_cells_are_problems_of_their_row(tmp_path: Path) -> None:
    found = rows(tmp_path, HEAD + "1,2,3,4\n1,2\n" + ROW)
    assert [(row.line, [(p.code, dict(p.facts)) for p in row.problems]) for row in found] == [
        (2, [("too-many-cells", {"cells": "4", "columns": "3"})]),
        (3, [("too-few-cells", {"cells": "2", "columns": "3"})]),
        (4, []),
    ]


def test_a_heading_row_further_down(tmp_path: Path) -> None:
    found = rows(tmp_path, "有資格者名簿,\n令和8年,\n" + HEAD + ROW, replace(LAYOUT, heading_row=3))
    assert [(row.line, row.values["supplier_number"]) for row in found] == [(4, "190000092")]


BAD: list[tuple[str, bytes, str, dict[str, object]]] = [
    ("empty", b"", "file-empty", {}),
    ("heading only", HEAD.encode(), "file-has-no-rows", {}),
    ("blank lines only", b"\r\n\r\n", "heading-row-missing", {"row": 1}),
    ("utf-32", (HEAD + ROW).encode("utf-32"), "encoding-not-supported", {"encoding": "utf-32"}),
    ("NULs", b"\0" * 9000, "heading-not-text", {"line": 1}),
    ("utf-16 without its mark", "N,T\r\n1,2\r\n".encode("utf-16-le"), "heading-not-text", {"line": 1}),
    (
        "half of a utf-16 character",
        (HEAD + "《，\r\n" + ROW).encode("utf-16")[:-1],
        "undecodable",
        {"line": 4, "bytes": "0A", "encoding": "utf-16", "tried": ("utf-16",)},
    ),
    (
        "half of a pair in utf-16",
        (HEAD + "《\ud842,\r\n" + ROW).encode("utf-16", "surrogatepass"),
        "undecodable",
        {"line": 2, "encoding": "utf-16"},
    ),
    ("either encoding", "N,T\r\n1,ﾃｽ\r\n".encode("cp932"), "encoding-ambiguous", {}),
    (
        "neither encoding",
        (HEAD + ROW).encode("cp932") + b"190000093,\xff\xfe\x01,\r\n\x81",
        "undecodable",
        {"line": 4, "bytes": "81", "encoding": "cp932", "tried": ("utf-8", "cp932")},
    ),
    (
        "marked as utf-8",
        b"\xef\xbb\xbf" + (HEAD + ROW).encode() + b"x,\x93\xfa\x96{,\r\n",
        "undecodable",
        {"line": 3, "bytes": "93 FA 96 7B 2C 0D 0A", "encoding": "utf-8", "tried": ("utf-8",)},
    ),
    (
        "mostly utf-8",
        (HEAD + ROW * 3).encode() + b"x,\xe5\x80,\x85\r\n",
        "undecodable",
        {"line": 5, "bytes": "E5 80 2C 85 0D 0A", "encoding": "utf-8", "tried": ("utf-8", "cp932")},
    ),
    ("text after a quote", (HEAD + '1,"甲"乙,\n').encode(), "quoting-broken", {"line": 2}),
    ("open quote", (HEAD + ROW + '1,"甲,\n2,乙,\n').encode(), "quoting-broken", {"line": 3}),
    ("long cell", (HEAD + ROW + "1," + "x" * 200_000 + ",\n").encode(), "cell-too-long", {"line": 3}),
    (
        "open quote in a large file",
        (HEAD + '1,"甲,\n' + ROW * 9000).encode(),
        "cell-too-long",
        {"line": 2, "limit": 131072},
    ),
    ("one line", b"x" * (MAX_LINE + 5), "line-too-long", {"line": 1, "limit": MAX_LINE}),
    (
        "ten thousand columns",
        (",".join(f"c{n}" for n in range(10_000)) + "\n").encode(),
        "too-many-columns",
        {"columns": 10_000, "limit": MAX_COLUMNS},
    ),
]


@pytest.mark.parametrize(("data", "code", "facts"), [case[1:] for case in BAD], ids=[case[0] for case in BAD])
def test_what_is_no_file_of_rows_is_refused_with_one_reason(
    tmp_path: Path, data: bytes, code: str, facts: dict[str, object]
) -> None:
    opened = source(tmp_path, data)
    with pytest.raises(InputError) as caught:
        list(opened.rows())
    assert caught.value.code == code
    assert caught.value.facts["file"] == "f.csv"
    assert {name: caught.value.facts[name] for name in facts} == facts


def test_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="file-missing"):
        list(CsvSource(tmp_path / "none.csv", LAYOUT).rows())
    with pytest.raises(InputError, match="file-unreadable"):
        list(CsvSource(tmp_path, LAYOUT).rows())


def test_undecodable_bytes_are_found_across_chunks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ebidadmin.intake.decoding.CHUNK", 7)
    good = source(tmp_path, (HEAD + ROW * 5).encode())
    assert (good.encoding, good.lines, len(list(good.rows()))) == ("utf-8", 6, 5)
    bad = source(tmp_path, (HEAD + ROW * 5).encode() + "日".encode()[:2])
    with pytest.raises(InputError) as caught:
        list(bad.rows())
    assert (caught.value.facts["line"], caught.value.facts["bytes"]) == (7, "E6 97")


def test_memory_does_not_grow_with_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ebidadmin.intake.decoding.CHUNK", 1 << 14)

    def peak(count: int) -> int:
        opened = source(tmp_path, (HEAD + ROW * count).encode())
        tracemalloc.start()
        assert sum(1 for _ in opened.rows()) == count
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return used

    small, large = peak(5_000), peak(20_000)
    assert large < small * 1.2


@pytest.mark.parametrize("cell", ["=1", "+81", "-", "@a", "\tx", "'", "'=", "''", "'a", "", "甲", "1-2"])
def test_defusing_has_a_way_back(cell: str) -> None:
    assert fuse(defuse(cell)) == cell
    assert defuse(cell)[:1] not in {"=", "+", "-", "@", "\t"}


def test_the_mark_of_further_columns_is_no_part_of_their_name(tmp_path: Path) -> None:
    own = LAYOUTS["ebidadmin"]
    text = "業者番号,商号又は名称,追加項目:規模\n190000092,甲,大\n"
    opened = source(tmp_path, text.encode(), own)
    assert [dict(row.extra) for row in opened.rows()] == [{"規模": "大"}]
    assert opened.heading_problems() == ()
    both = source(tmp_path, "業者番号,商号又は名称,追加項目:規模,規模\n".encode(), own)
    assert [(p.code, p.column) for p in both.heading_problems()] == [("heading-doubled", "規模")]


def test_blocks_with_cells_over_several_lines_know_where_each_row_begins(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    rows = ["190000001,a", '190000002,"a\r\nb"', "190000003,c", '190000004,"d\ne\nf"', "190000005,g"]
    path.write_bytes("\r\n".join(["業者番号,商号又は名称", *rows, ""]).encode("cp932"))
    source = CsvSource(path, LAYOUTS["ebidadmin"])
    blocks = list(source.blocks(2))
    assert [len(block.lines) for block in blocks] == [len(block.rows) for block in blocks]
    assert [line for block in blocks for line in block.lines] == [2, 3, 5, 6, 9]
