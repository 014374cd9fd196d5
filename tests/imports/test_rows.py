"""Every check of one row, with good, bad and border values; and that all of them speak at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ebidadmin.domain.imports import ProblemSeverity
from ebidadmin.domain.layouts import DateWords, Layout, MappedRow
from ebidadmin.domain.qualification_rows import (
    EXTRA_LIMIT,
    LIMITS,
    CheckedRow,
    check_row,
    corporate_number_valid,
    corporate_numbers_valid,
    record_digest,
    source_key,
)
from ebidadmin.domain.qualifications import Grade
from ebidadmin.domain.written_dates import parse_date
from tests.builders import qualification
from tests.imports.office import HEADINGS, LAYOUTS
from tests.registers.generator import corporate_number

OWN = LAYOUTS["ebidadmin"]
CONSTRUCTION = LAYOUTS["mlit-construction"]
WORDS = OWN.dates
GOOD = {"supplier_number": "190000092", "trade_name": "(株)テスト商会01"}
BUREAU = {
    "trade_name": "（株）テスト建設",
    "representative_name": "試験　太郎",
    "address": "大阪市見本区１－１",
}


def check(layout: Layout = OWN, extra: dict[str, str] | None = None, /, **values: str) -> CheckedRow:
    base = GOOD if layout.supplier_number.value == "given" else BUREAU
    row = MappedRow(7, {**base, **values}, extra or {})
    return check_row(row, layout, mail_ok=lambda address: address.count("@") == 1)


def codes(row: CheckedRow) -> list[str]:
    return [problem.code for problem in row.problems]


def test_a_full_row_becomes_a_record() -> None:
    row = check(
        OWN,
        {"規模": " 大 "},
        corporate_number=corporate_number(1),
        grade_sale="A",
        grade_service="Ｂ",
        grade_purchase="none",
        valid_from="令和8年4月1日",
        valid_to="R10.3.31",
        remarks="一行\n二行",
    )
    assert row.problems == ()
    assert row.record is not None
    assert (row.record.grade_manufacture, row.record.grade_sale, row.record.grade_service) == (
        Grade.NONE,
        Grade.A,
        Grade.B,
    )
    assert (row.record.valid_from, row.record.valid_to) == (date(2026, 4, 1), date(2028, 3, 31))
    assert row.record.extra == {"規模": " 大 "}
    assert row.record.in_force(date(2028, 3, 31))
    assert not row.record.in_force(date(2028, 4, 1))


CASES: list[tuple[str, str, list[str]]] = [
    ("supplier_number", "000000092", []),
    ("supplier_number", "19A00Z092", []),
    ("supplier_number", " 190000092 ", []),
    ("supplier_number", "19000009", ["supplier-number-form"]),
    ("supplier_number", "1900000921", ["supplier-number-form"]),
    ("supplier_number", "１９００００092", ["supplier-number-form"]),
    ("supplier_number", "19-000092", ["supplier-number-form"]),
    ("supplier_number", "", ["required"]),
    ("trade_name", "\u3000 ", ["required"]),
    ("trade_name", "あ" * 128, []),
    ("trade_name", "あ" * 129, ["too-long"]),
    ("trade_name", "㈱髙﨑～－𠮷", []),
    ("trade_name", "\ue000商店", ["private-use-character"]),
    ("trade_name", "\U000f0000商店", ["private-use-character"]),
    ("trade_name", "商\ufffd店", ["replacement-character"]),
    ("trade_name", "商\x00店", ["control-character"]),
    ("trade_name", "商\n店", ["control-character"]),
    (
        "trade_name",
        "商\x85店\ue000\ufffd",
        ["control-character", "private-use-character", "replacement-character"],
    ),
    ("remarks", "一\r\n二\t三", []),
    ("remarks", "一\x07", ["control-character"]),
    ("corporate_number", corporate_number(92), []),
    ("corporate_number", "8000000000092", ["corporate-number-check-digit"]),
    ("corporate_number", "800000000009", ["corporate-number-form"]),
    ("corporate_number", "T000000000092", ["corporate-number-form"]),
    ("postcode", "750-0006", []),
    ("postcode", "7500006", []),
    ("postcode", "750-006", ["postcode-form"]),
    ("postcode", "〒750-0006", ["postcode-form"]),
    ("phone", "083-231-0092", []),
    ("phone", "0800-000-0001", []),
    ("phone", "0832310092", []),
    ("phone", "03(1234)5678", ["phone-form"]),
    ("phone", "1-2", ["phone-form"]),
    ("fax", "なし", ["phone-form"]),
    ("email", "a@example.jp", []),
    ("email", "a.example.jp", ["email-form"]),
    ("kana", "カ）テストショウカイ　イチ", []),
    ("kana", "ｶ)ﾃｽﾄｼﾖｳｶｲ", []),
    ("kana", "てすと商会", ["kana-characters"]),
    ("grade_sale", "D", []),
    ("grade_sale", "E", ["grade-unknown"]),
    ("grade_sale", "a", ["grade-unknown"]),
    ("valid_from", "2026/4/1", []),
    ("valid_from", "2026/2/29", ["date-form"]),
    ("valid_from", "45000", ["date-form"]),
]


@pytest.mark.parametrize(("field", "value", "expected"), CASES)
def test_each_field(field: str, value: str, expected: list[str]) -> None:
    row = check(**{field: value})
    assert codes(row) == expected
    assert all((problem.line, problem.column) == (7, HEADINGS[field]) for problem in row.problems)
    errors = [problem for problem in row.problems if problem.severity is ProblemSeverity.ERROR]
    assert (row.record is None) is bool(errors)


@pytest.mark.parametrize("field", sorted(LIMITS))
def test_lengths(field: str) -> None:
    assert "too-long" not in codes(check(**{field: "ア" * LIMITS[field]}))
    assert "too-long" in codes(check(**{field: "ア" * (LIMITS[field] + 1)}))


def test_further_columns_are_checked_too() -> None:
    row = check(OWN, {"規模": "大\ue000", "長": "x" * (EXTRA_LIMIT + 1), "行": "一\n二"})
    assert [(problem.column, problem.code) for problem in row.problems] == [
        ("規模", "private-use-character"),
        ("長", "too-long"),
    ]
    assert all(len(problem.value) <= 200 for problem in row.problems)


def test_all_problems_of_a_row_speak_at_once() -> None:
    row = check(
        supplier_number="1",
        trade_name="",
        grade_sale="X",
        postcode="1",
        suspended_from="2026/5/1",
        suspended_to="2026/4/1",
    )
    assert sorted(codes(row)) == sorted(
        ["supplier-number-form", "required", "grade-unknown", "postcode-form", "dates-out-of-order"]
    )


def test_a_row_that_could_not_be_mapped_keeps_its_problem() -> None:
    problem = OWN.problem(3, "", "too-few-cells")
    assert check_row(MappedRow(3, problems=(problem,)), OWN, mail_ok=bool) == CheckedRow(3, None, (problem,))


def test_a_name_at_exactly_the_length_where_its_source_cuts() -> None:
    assert codes(check(CONSTRUCTION, address="あ" * 39)) == []
    row = check(CONSTRUCTION, address="あ" * 40)
    assert codes(row) == ["maybe-cut"]
    assert row.record is not None


def test_a_refused_row_still_says_whose_it_was() -> None:
    row = check(trade_name="\ue000")
    assert (row.record, row.supplier_number) == (None, "190000092")
    row = check(CONSTRUCTION, trade_name="\ue000", corporate_number=corporate_number(5))
    assert (row.record, row.source_key) == (None, corporate_number(5))
    row = check(CONSTRUCTION, corporate_number="1234567890123")
    assert (row.record, row.source_key) == (None, "")
    assert check(CONSTRUCTION, trade_name="").source_key == ""


def test_source_keys_are_fixed_for_good() -> None:
    """The literal stands for every key ever issued: if this test must change, suppliers get new numbers."""
    key = source_key(corporate_number="", **BUREAU)
    assert key == "text1:c9f99d869a1600c46499b29b01161752d3563f8fe38bcfaa8e087d44400f6391"
    assert key == source_key(
        corporate_number="",
        trade_name="(株)テスト建設",
        representative_name="試験 太郎",
        address="大阪市見本区1-1",
    )
    assert source_key(corporate_number="8000000000001", **BUREAU) == "8000000000001"
    joined = {"trade_name": "ab", "representative_name": "c", "address": ""}
    shifted = {"trade_name": "a", "representative_name": "bc", "address": ""}
    assert source_key(corporate_number="", **joined) != source_key(corporate_number="", **shifted)


def test_the_check_digit_can_be_made_a_warning() -> None:
    lenient = replace(
        CONSTRUCTION,
        severities={**CONSTRUCTION.severities, "corporate-number-check-digit": ProblemSeverity.WARNING},
    )
    row = check(lenient, corporate_number="1234567890123")
    assert codes(row) == ["corporate-number-check-digit"]
    assert row.record is not None
    assert row.source_key == "1234567890123"


@given(st.integers(0, 10**12 - 1))
def test_exactly_one_check_digit_fits(body: int) -> None:
    fitting = [digit for digit in range(10) if corporate_number_valid(f"{digit}{body:012d}")]
    assert len(fitting) == 1
    assert fitting != [0]


@given(
    st.lists(
        st.integers(0, 10**12 - 1).map(corporate_number)
        | st.from_regex(r"[0-9]{12,14}", fullmatch=True)
        | st.sampled_from(
            ["", "0000000000000", "9999999999999", "１２３４５６７８９０１２３", "²" * 13, "12"]
        ),
        max_size=5,
    )
)
def test_corporate_numbers_are_valid_together_when_each_is(numbers: list[str]) -> None:
    assert corporate_numbers_valid(numbers) == all(map(corporate_number_valid, numbers))


@pytest.mark.parametrize("number", ["7000012050002", "4000020352012"])
def test_public_corporate_numbers_pass(number: str) -> None:
    """Of the National Tax Agency and of a city."""
    assert corporate_number_valid(number)


DATES: list[tuple[str, date | None]] = [
    ("2026/4/1", date(2026, 4, 1)),
    ("2026-04-01", date(2026, 4, 1)),
    ("2026.4.1", date(2026, 4, 1)),
    ("20260401", date(2026, 4, 1)),
    ("2026年4月1日", date(2026, 4, 1)),
    ("２０２６年　４月 １日", date(2026, 4, 1)),
    ("令和8年4月1日", date(2026, 4, 1)),
    ("令和 ８年 ４月 １日", date(2026, 4, 1)),
    ("㋿8年4月1日", date(2026, 4, 1)),
    ("R8.4.1", date(2026, 4, 1)),
    ("r08/04/01", date(2026, 4, 1)),
    ("Ｒ８．４．１", date(2026, 4, 1)),
    ("R8-4-1", date(2026, 4, 1)),
    ("令和元年5月1日", date(2019, 5, 1)),
    ("令和1年5月1日", date(2019, 5, 1)),
    ("平成31年4月30日", date(2019, 4, 30)),
    ("H元.1.8", date(1989, 1, 8)),
    ("S64.1.7", date(1989, 1, 7)),
    ("令和元年4月30日", None),
    ("平成31年5月1日", None),
    ("令和0年5月1日", None),
    ("令和8年2月30日", None),
    ("2026元/4/1", None),
    ("26/4/1", None),
    ("2026/4", None),
    ("2026/4-1", None),
    ("2026/13/1", None),
    ("令和八年四月一日", None),
    ("4/1/2026", None),
    ("2026-04-01T00:00", None),
    ("", None),
    ("R99.1.1", date(2117, 1, 1)),
]


@pytest.mark.parametrize(("text", "day"), DATES)
def test_written_dates(text: str, day: date | None) -> None:
    if day is not None:
        assert parse_date(text, WORDS) == day
        return
    with pytest.raises(ValueError, match=r"."):
        parse_date(text, WORDS)


def test_without_words_only_numbers_are_dates() -> None:
    assert parse_date("2026/4/1", DateWords()) == date(2026, 4, 1)
    with pytest.raises(ValueError, match="not a date"):
        parse_date("R8.4.1", DateWords())


@given(st.dates(date(1926, 12, 25), date(2099, 12, 31)))
def test_every_day_is_read_back_from_its_era(day: date) -> None:
    era = next(era for era in WORDS.eras if era.first <= day)
    year = day.year - era.first.year + 1
    for name in era.names:
        assert parse_date(f"{name}{year}.{day.month}.{day.day}", WORDS) == day
    assert parse_date(f"{era.names[0]}{year}年{day.month}月{day.day}日", WORDS) == day


def test_the_digest_sees_everything_but_the_keys() -> None:
    base = qualification(1)
    assert record_digest(base) == record_digest(
        replace(base, supplier_number=qualification(2).supplier_number)
    )
    assert record_digest(base) == record_digest(replace(base, source_key="x"))
    for changes in (
        {"remarks": "x"},
        {"valid_to": None},
        {"grade_sale": Grade.B},
        {"extra": {"a": "b"}},
        {"fax": ""},
    ):
        assert record_digest(base) != record_digest(replace(base, **changes))
