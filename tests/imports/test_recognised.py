"""Rows that the last file had are recognised instead of checked; what an import says and does is the same as without."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from ebidadmin.domain.layouts import RowPolicy
from ebidadmin.services import register_corrections
from tests.conftest import FreshDatabase
from tests.imports.office import IMPORTER, LAYOUTS, ImportDesk, open_import_desk
from tests.postgres import ENGINES
from tests.registers.generator import corporate_number

HEADINGS = ("業者番号", "法人番号", "商号又は名称", "郵便番号", "備考")
FULL = replace(LAYOUTS["ebidadmin"], rows=RowPolicy.TAKE_GOOD)
PARTIAL = replace(FULL, full=False)

SUPPLIERS = st.sampled_from(["190000001", "190000002", "190000003"])
ROW = st.tuples(
    SUPPLIERS,
    st.sampled_from(["", corporate_number(1), corporate_number(1), corporate_number(2), "123"]),
    st.sampled_from(["甲商会", "乙商会", ""]),
    st.sampled_from(["", "5300001", "0000000"]),
    st.sampled_from(["", "", "", "一行\n二行", '"引用"']),
)
FILE = st.tuples(st.lists(ROW, min_size=1, max_size=4), st.booleans())
GOOD = ("190000001", corporate_number(1), "甲商会", "", "")
OTHER = ("190000002", corporate_number(1), "乙商会", "", "")


def write(path: Path, rows: Sequence[Sequence[str]]) -> Path:
    with path.open("w", encoding="cp932", newline="") as stream:
        csv.writer(stream).writerows([HEADINGS, *rows])
    return path


def recognised(desk: ImportDesk) -> int:
    with desk.engine.begin() as connection:
        return int(connection.execute(text("SELECT count(*) FROM import_recognised")).scalar_one())


def forget(desk: ImportDesk) -> None:
    with desk.engine.begin() as connection:
        connection.execute(text("DELETE FROM checked_rows"))


@pytest.mark.parametrize("tries", [8, pytest.param(100, marks=pytest.mark.slow)])
@pytest.mark.parametrize("kind", ENGINES)
def test_recognising_rows_changes_nothing_but_the_time(
    kind: str, tries: int, fresh_database: FreshDatabase, tmp_path: Path
) -> None:
    # What is recognised is decided before the database is asked: on one of them the most are tried.
    @settings(
        max_examples=tries if kind == "sqlite" else tries // 2,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.lists(FILE, min_size=2, max_size=4))
    @example([([GOOD], False), ([OTHER], False), ([GOOD, OTHER], False)])
    @example([([GOOD], True), ([GOOD, GOOD], True), ([GOOD, OTHER], True), ([GOOD, OTHER], True)])
    def compare(files: list[tuple[list[tuple[str, ...]], bool]]) -> None:
        knowing, forgetting = (open_import_desk(fresh_database(kind)) for _ in range(2))
        for number, (rows, full) in enumerate(files):
            path, layout = write(tmp_path / f"{number}.csv", rows), FULL if full else PARTIAL
            forget(forgetting)
            plans = [desk.preview(path, layout) for desk in (knowing, forgetting)]
            assert plans[0] == plans[1]
            if plans[0].applicable and not plans[0].changes_nothing:
                for desk, plan in zip((knowing, forgetting), plans, strict=True):
                    desk.apply(path, plan, layout)
            assert knowing.register() == forgetting.register()

    compare()


@pytest.fixture(params=ENGINES)
def filled(request: pytest.FixtureRequest, fresh_database: FreshDatabase, tmp_path: Path) -> ImportDesk:
    desk = open_import_desk(fresh_database(str(request.param)))
    desk.bring_in(write(tmp_path / "first.csv", honest(50)), FULL)
    return desk


def honest(count: int) -> list[tuple[str, ...]]:
    return [
        (f"19{n:07}", corporate_number(n), f"サンプル商会{n}", "5300001", "") for n in range(1, count + 1)
    ]


def test_every_row_of_the_same_file_is_recognised(filled: ImportDesk, tmp_path: Path) -> None:
    plan = filled.preview(tmp_path / "first.csv", FULL)
    assert (plan.unchanged, recognised(filled)) == (50, 50)
    shuffled = write(tmp_path / "shuffled.csv", [*reversed(honest(50))])
    assert (filled.preview(shuffled, FULL).unchanged, recognised(filled)) == (50, 50)


def test_a_row_with_a_warning_is_told_every_time(filled: ImportDesk, tmp_path: Path) -> None:
    rows = [*honest(50), ("190000051", "", "警告商会", "0000000", "")]
    path = write(tmp_path / "warned.csv", rows)
    first = filled.bring_in(path, FULL)
    again = filled.preview(path, FULL)
    assert [problem.code for problem in first.problems] == ["postcode-unknown"]
    assert again.problems == first.problems
    assert (again.unchanged, recognised(filled)) == (51, 50)


def test_other_rules_check_every_row_again(filled: ImportDesk, tmp_path: Path) -> None:
    other = replace(FULL, severities={**FULL.severities, "postcode-unknown": FULL.severities["required"]})
    assert (filled.preview(tmp_path / "first.csv", other).unchanged, recognised(filled)) == (50, 0)
    assert filled.preview(tmp_path / "first.csv", other).unchanged == 50
    assert recognised(filled) == 50, "what the first preview found clean is known to the second"
    filled.office = replace(filled.office, facts_version="other postcodes")
    assert (filled.preview(tmp_path / "first.csv", other).unchanged, recognised(filled)) == (50, 0)


def test_a_corrected_record_is_not_taken_for_the_old_row(filled: ImportDesk, tmp_path: Path) -> None:
    register_corrections.correct(
        filled.office,
        staff=IMPORTER,
        number=next(iter(filled.register().values())).supplier_number,
        changes={"trade_name": "訂正商会"},
        reason="登記簿で確認",
        layout=LAYOUTS["ebidadmin"],
    )
    plan = filled.preview(tmp_path / "first.csv", FULL)
    assert (plan.changed, plan.unchanged, recognised(filled)) == (1, 49, 49)


def test_cells_over_several_lines_are_read_as_before(filled: ImportDesk, tmp_path: Path) -> None:
    rows = honest(50)
    rows[3] = (*rows[3][:4], "一行\n二行\n三行")
    path = write(tmp_path / "lines.csv", rows)
    plan = filled.bring_in(path, FULL)
    assert (plan.changed, plan.unchanged) == (1, 49)
    assert filled.register()["190000004"].remarks == "一行\n二行\n三行"
    again = filled.preview(path, FULL)
    assert (again.unchanged, again.problems) == (50, ())


def test_a_quote_within_a_cell_does_not_open_one(filled: ImportDesk, tmp_path: Path) -> None:
    """Two quotes on a line, of which only the second opens a cell: seen line by line the row looks whole, and is not."""
    path = tmp_path / "quote.csv"
    lines = [",".join(row) for row in honest(50)]
    lines[1] = '190000002,,ab"c,,"二行'
    lines.insert(2, '目"')
    path.write_bytes("\r\n".join([",".join(HEADINGS), *lines, ""]).encode("cp932"))
    plan = filled.preview(path, FULL)
    assert (plan.changed, plan.unchanged, plan.problems) == (1, 49, ())
    filled.apply(path, plan, FULL)
    assert filled.register()["190000002"].remarks == "二行\r\n目"
