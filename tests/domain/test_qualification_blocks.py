"""Checking by columns says of every row what checking it alone says; and most honest rows are never in doubt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import compress
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ebidadmin.domain.layouts import Layout, bind, fuse
from ebidadmin.domain.qualification_blocks import RECORD, ColumnCheck, RecordColumns, RowFacts, columns_of
from ebidadmin.domain.qualification_rows import CheckedRow, check_row
from ebidadmin.reference.names import load_name_rules
from tests.imports.office import LAYOUTS
from tests.needs import ROOT
from tests.registers.generator import corporate_number

NAMES = load_name_rules(Path(ROOT / "data"))
OWN, CONSTRUCTION = LAYOUTS["ebidadmin"], LAYOUTS["mlit-construction"]
JOINED = replace(
    OWN,
    fields={
        **{name: rule for name, rule in OWN.fields.items() if name not in {"address", "valid_to"}},
        "address": replace(OWN.fields["address"], headings=("都道府県", "町名"), joiner="・"),
    },
    constants={"valid_to": "R10.3.31", "remarks": "一行\n二行"},
)
FACTS = RowFacts(
    mail_ok=lambda address: address.count("@") == 1,
    postcode_ok=lambda code: code.replace("-", "").endswith("0"),
    names=NAMES,
)

CELLS = {
    "supplier_number": ["190000092", "19000009A", " 190000092", "19000009", "１９００００００２", ""],
    "trade_name": ["(株)テスト商会01", "（株）髙﨑\u3000建設", "'=SUM(1)", 'サンプル"商事\\', "㈱\ue000", "\u3000", "あ" * 129],
    "corporate_number": ["", corporate_number(1), corporate_number(2), f"9{corporate_number(1)[1:]}", "12", "0", "JV"],
    "kana": ["", "テスト ｶﾌﾞｼｷｶﾞｲｼｬ", "てすと", "ﾊﾟ\n"],
    "postcode": ["", "530-0000", "5300000", "530-0001", "53", " 530-0000 "],
    "address": ["大阪市見本区１－１", "あ" * 40, "あ" * 201, "住所\ufffd"],
    "representative_name": ["試験\u3000太郎", "", "\x1f"],
    "phone": ["06-0000-0000", "0600000000", "6-1", ""],
    "email": ["", "a@example.jp", "a.example.jp"],
    "grade_sale": ["", "A", "Ｂ", "○", "無し", "E", " c "],
    "valid_from": ["", "2026/4/1", "R8.4.1", "令和8年4月31日", " ", "2026-04-01"],
    "valid_to": ["", "R10.3.31", "2026/3/31", "x"],
    "suspended_from": ["", "2026/5/1"],
    "suspended_to": ["", "2026/4/30", "2026/5/1"],
    "remarks": ["", "一行\n二行", "100%", "\t"],
}  # fmt: skip
FURTHER = ("規模", 'a"b%', "備考2")
HONEST = st.sampled_from(["", "大", "12 %", "'+1"])
ANY = st.text(st.characters(codec="utf-8"), max_size=4) | HONEST


def headings(layout: Layout) -> list[str]:
    known = [heading for rule in layout.fields.values() for heading in rule.headings]
    return [*known, *FURTHER]


@st.composite
def blocks(draw: st.DrawFn, layout: Layout) -> list[list[str]]:
    columns = [
        st.sampled_from(CELLS.get(name, ["", "値"])) | ANY
        for name, rule in layout.fields.items()
        for _heading in rule.headings
    ]
    row = st.tuples(*columns, *(HONEST for _ in FURTHER)).map(list)
    return draw(st.lists(row, min_size=1, max_size=6))


def singly(rows: Sequence[Sequence[str]], layout: Layout) -> list[CheckedRow]:
    binding, _problems = bind(headings(layout), layout, line=1)
    assert binding
    checked = []
    for line, row in enumerate(rows):
        cells = [fuse(cell) for cell in row] if layout.defused else row
        mapped = binding.row(line, cells, layout)
        checked.append(check_row(mapped, layout, mail_ok=FACTS.mail_ok, postcode_ok=FACTS.postcode_ok))
    return checked


def by_columns(rows: Sequence[Sequence[str]], layout: Layout) -> tuple[RecordColumns, frozenset[int]]:
    binding, _problems = bind(headings(layout), layout, line=1)
    assert binding
    return ColumnCheck(binding, layout, FACTS).records(rows)


@pytest.mark.parametrize("layout", [OWN, CONSTRUCTION, JOINED], ids=["own", "construction", "joined"])
def test_columns_say_what_rows_say(layout: Layout) -> None:
    @settings(max_examples=150, deadline=None)
    @given(rows=blocks(layout))
    def compare(rows: list[list[str]]) -> None:
        checked = singly(rows, layout)
        found, doubtful = by_columns(rows, layout)
        assert doubtful >= {row.line for row in checked if row.problems}
        sure = list(compress(checked, [row.line not in doubtful for row in checked]))
        assert set(found) == set(RECORD)
        assert found == columns_of(sure, NAMES)

    compare()


def honest(number: int) -> list[str]:
    values = {
        "supplier_number": f"19{number:07}",
        "trade_name": f"株式会社サンプル{number}（大阪）",
        "corporate_number": corporate_number(number),
        "kana": "カブシキガイシャ\u3000サンプル",
        "postcode": "530-0000",
        "address": "大阪府大阪市見本区１－２－３\u3000テストビル２階",
        "representative_name": "試験\u3000太郎",
        "phone": "06-0000-0000",
        "email": f"a{number}@example.jp",
        "grade_sale": "Ａ",
        "valid_from": "令和8年4月1日",
        "valid_to": "2028/3/31",
    }
    return [*(values.get(name, "") for name in OWN.fields), "大", "12 %", ""]


def test_honest_rows_are_not_in_doubt() -> None:
    found, doubtful = by_columns([honest(number) for number in range(50)], OWN)
    assert doubtful == frozenset()
    assert len(found["digest"]) == len(set(found["digest"])) == 50


@pytest.mark.parametrize("alike_first", [True, False])
def test_a_fault_is_found_wherever_a_long_column_begins_to_repeat_itself(*, alike_first: bool) -> None:
    """Whether a column repeats itself is taken from its beginning."""
    rows = [honest(number) for number in range(600)]
    for row in rows[:300] if alike_first else rows[300:]:
        row[:] = [*honest(1)]
    rows[10][3] += "\ue000"
    rows[500][3] += "\ue000"
    assert by_columns(rows, OWN)[1] == {10, 500}


@settings(max_examples=20, deadline=None)
@given(place=st.integers(0, 9), cell=st.sampled_from(["\ue000", "\x00", "\ufffd"]))
@example(place=0, cell="\n")
def test_one_bad_row_does_not_draw_others_into_doubt(place: int, cell: str) -> None:
    rows = [honest(number) for number in range(10)]
    rows[place][3] += cell
    assert by_columns(rows, OWN)[1] == {place}
