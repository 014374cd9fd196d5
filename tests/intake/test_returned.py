"""A file that goes back to its sender has every cell as it came, and is read again as if the two columns were not there."""

from __future__ import annotations

import csv
import io
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ebidadmin.domain.imports import ImportPlan
from ebidadmin.errors import InputError
from ebidadmin.intake.csv import CsvSource
from ebidadmin.intake.returned import returned_bytes, write_returned
from tests.conftest import FreshDatabase
from tests.desks import KIND
from tests.imports.office import LAYOUTS, ImportDesk, open_import_desk

OWN = LAYOUTS["ebidadmin"]
HEADING = "業者番号,商号又は名称,備考,有効期間終了日\r\n"
ROWS = (
    '190000001,"(株)テスト,商会01",下関市南部町1-1,2028/3/31\r\n'
    '190000002,"テスト""工務""店","一行\r\n二行",いつか\r\n'
    "190000003,,下関市,\r\n"
    "\r\n"
    "190000004,㈱髙﨑,下関市\r\n"
)


@pytest.fixture
def desk(fresh_database: FreshDatabase) -> ImportDesk:
    return open_import_desk(fresh_database(KIND))


def previewed(desk: ImportDesk, path: Path) -> tuple[CsvSource, ImportPlan]:
    return CsvSource(path, OWN), desk.preview(path, OWN)


@pytest.mark.parametrize("encoding", ["cp932", "utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t"])
def test_the_cells_and_the_encoding_are_the_senders(
    desk: ImportDesk, tmp_path: Path, encoding: str, delimiter: str
) -> None:
    text = (
        (HEADING + ROWS)
        if delimiter == ","
        else (HEADING + ROWS.replace('"(株)テスト,商会01"', "商会")).replace(",", "\t")
    )
    path, back = tmp_path / "名簿.csv", tmp_path / "戻し.csv"
    path.write_bytes(text.encode(encoding))
    source, plan = previewed(desk, path)
    rows = write_returned(back, source, plan.problems)
    assert rows == len({problem.line for problem in plan.problems}) == 3
    returned = back.read_bytes().decode(encoding)
    before = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    after = list(csv.reader(io.StringIO(returned, newline=""), delimiter=delimiter))
    assert [cells[:-2] if cells else cells for cells in after] == before
    assert after[0][-2:] == ["問題", "理由"]
    assert after[1][-2:] == ["", ""]
    assert after[2][-2].startswith("エラー 有効期間終了日")
    assert "日付として読み取れません" in after[2][-1]
    assert "列の数が少ない" in after[5][-1]
    assert returned.startswith(text.split("\r\n", 1)[0])
    assert returned_bytes(source, plan.problems) == back.read_bytes()


def test_what_nobody_repaired_is_refused_as_before_and_what_was_repaired_imports(
    desk: ImportDesk, tmp_path: Path
) -> None:
    path, back = tmp_path / "名簿.csv", tmp_path / "戻し.csv"
    path.write_bytes((HEADING + ROWS).encode("cp932"))
    source, plan = previewed(desk, path)
    write_returned(back, source, plan.problems)
    again_source, again = previewed(desk, back)
    assert [(one.line, one.column, one.code, one.value) for one in again.problems] == [
        (one.line, one.column, one.code, one.value) for one in plan.problems
    ]
    assert again_source.headings() == source.headings()

    twice = tmp_path / "二度目.csv"
    write_returned(twice, again_source, again.problems)
    assert next(csv.reader(io.StringIO(twice.read_text("cp932"))))[-3:] == ["有効期間終了日", "問題", "理由"]

    text = twice.read_bytes().decode("cp932")
    repaired = text.replace("いつか", "2028/3/31").replace("190000003,,", "190000003,丙,")
    repaired = repaired.replace("㈱髙﨑,下関市,", "㈱髙﨑,下関市,,")
    with twice.open("w", encoding="cp932", newline="") as stream:
        stream.write(repaired)
    done = desk.bring_in(twice, OWN)
    assert (done.added, done.refused, done.problems) == (4, 0, ())
    assert all(record.extra == {} for record in desk.register().values())
    without = tmp_path / "元の形.csv"
    rows = list(csv.reader(io.StringIO(repaired, newline="")))
    with without.open("w", encoding="cp932", newline="") as stream:
        csv.writer(stream).writerows(cells[:-2] for cells in rows if cells)
    plain = desk.preview(without, OWN)
    assert (plan.applicable, plain.changes_nothing, plain.problems) == (False, True, ())


def test_rows_above_the_heading_stay_and_heading_problems_are_told_in_the_first_row(
    desk: ImportDesk, tmp_path: Path
) -> None:
    layout = replace(OWN, heading_row=2)
    path = tmp_path / "名簿.csv"
    path.write_text("名簿 令和8年\n業者番号,商号又は名称,社長\n190000001,甲,乙\n", encoding="utf-8")
    source = CsvSource(path, layout)
    plan = desk.preview(path, layout)
    lines = returned_bytes(source, plan.problems).decode().splitlines()
    assert lines[0] == "名簿 令和8年"
    assert lines[1] == '業者番号,商号又は名称,社長,"問題","理由"'
    assert lines[2].startswith('190000001,甲,乙,"注意 社長","見出し「社長」は')


def test_the_file_itself_is_never_overwritten_and_nothing_half_written_stays(
    desk: ImportDesk, tmp_path: Path
) -> None:
    path = tmp_path / "名簿.csv"
    path.write_bytes((HEADING + ROWS).encode("cp932"))
    source, plan = previewed(desk, path)
    before = path.read_bytes()
    with pytest.raises(InputError, match="returned-onto-itself"):
        write_returned(path, source, plan.problems)
    for place in (tmp_path / "none", path):
        with pytest.raises(InputError, match="file-unwritable"):
            write_returned(place / "x.csv", source, plan.problems)
    assert path.read_bytes() == before
    assert [item.name for item in tmp_path.iterdir() if item.suffix == ".part"] == []


CELLS = st.text(
    st.sampled_from(["甲", "㈱", "髙", "ｱ", "〜", '"', ",", "\n", "\r", "\t", "=", " ", "a", "'"]), max_size=4
)


@settings(max_examples=60)
@given(
    rows=st.lists(st.lists(CELLS, min_size=2, max_size=4), min_size=1, max_size=5),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    quoted=st.booleans(),
    last=st.booleans(),
)
def test_any_cells_come_back(rows: list[list[str]], end: str, quoted: bool, last: bool) -> None:
    quoting: Literal[0, 1] = csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL
    stream = io.StringIO(newline="")
    csv.writer(stream, lineterminator=end, quoting=quoting).writerows([["業者番号", "商号又は名称"], *rows])
    text = stream.getvalue() if last else stream.getvalue().removesuffix(end)
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "r.csv"
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            file.write(text)
        layout = replace(OWN, delimiter=",")
        source = CsvSource(path, layout)
        problems = [layout.problem(row.line, "x", "required") for row in source.numbered()][1:]
        content = returned_bytes(source, problems)
        back = Path(name) / "b.csv"
        back.write_bytes(content)
        twice = returned_bytes(CsvSource(back, layout), problems).decode("utf-8-sig")
    returned = content.decode("utf-8-sig")
    before = [cells for cells in csv.reader(io.StringIO(text, newline="")) if cells]
    after = [cells for cells in csv.reader(io.StringIO(returned, newline="")) if cells]
    assert [cells[:-2] for cells in after] == before
    assert all(cells[-2] == "エラー x" for cells in after[1:])
    again = [cells for cells in csv.reader(io.StringIO(twice, newline="")) if cells]
    assert [cells[:-2] for cells in again] == before
