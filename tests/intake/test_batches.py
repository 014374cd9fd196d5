"""Batches in columns and as JSON Lines say the same; what is refused goes back in the form in which it came, without any secret."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ebidadmin.errors import InputError, Problem
from ebidadmin.intake.batches import HEADINGS, BatchFile, ColumnsBatch, JsonLinesBatch, open_batch
from ebidadmin.intake.returned_batch import write_refused
from ebidadmin.services.intake_rows import KEYS
from tests.builders import SAMPLE_HASH, flat, form, intake_row

SECRET = "Himitsu99"
BAD = [Problem("user_id", "user-id-taken")]


def columns_row(n: int, **changes: str) -> dict[str, str]:
    row = flat(form(n))
    row |= {"application_number": f"B{n}", "password_hash": SAMPLE_HASH}
    row |= {"applied_at": "2026-10-06T10:00:00+09:00"}
    return {**row, **changes}


def in_columns(rows: Sequence[Mapping[str, str]], headings: Sequence[str] = HEADINGS, sign: str = ",") -> str:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=sign, lineterminator="\r\n")
    writer.writerow(headings)
    writer.writerows([row.get(heading, "") for heading in headings] for row in rows)
    return stream.getvalue()


def written(folder: Path, text: str, encoding: str = "utf-8", name: str = "batch.csv") -> BatchFile:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return open_batch(path)


def values(batch: BatchFile) -> list[Mapping[str, object] | None]:
    return [line.value for line in batch.lines()]


def refused_headings(batch: BatchFile) -> list[tuple[str, str]]:
    with pytest.raises(InputError, match="batch-headings") as refused:
        list(batch.lines())
    return [(problem.where, problem.code) for problem in refused.value.problems]


def test_every_field_has_its_column() -> None:
    assert len(HEADINGS) == len(set(HEADINGS))
    assert set(HEADINGS) == KEYS


@pytest.mark.parametrize("encoding", ["cp932", "utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("sign", [",", "\t"])
def test_columns_in_any_order_say_what_the_objects_say(tmp_path: Path, encoding: str, sign: str) -> None:
    rows = [columns_row(1), columns_row(2, trade_name="㈱髙﨑,\t商会")]
    batch = written(tmp_path, in_columns(rows, HEADINGS[::-1], sign), encoding)
    assert isinstance(batch, ColumnsBatch)
    assert values(batch) == rows
    assert [line.line for line in batch.lines()] == [2, 3]
    assert batch.total == 3


CELLS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=6)


@given(rows=st.lists(st.fixed_dictionaries(dict.fromkeys(HEADINGS, CELLS)), min_size=1, max_size=3))
def test_any_text_comes_through_in_columns_as_in_objects(rows: list[dict[str, str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        cells = written(Path(folder), in_columns(rows), "utf-8-sig")
        objects = written(Path(folder), "\n".join(map(json.dumps, rows)), name="batch.jsonl")
        assert values(cells) == values(objects) == rows


@pytest.mark.parametrize(
    ("text", "name", "kind"),
    [
        ('{"a": 1}', "batch.csv", JsonLinesBatch),
        ('\ufeff \n{"a": 1}', "batch", JsonLinesBatch),
        ("[1]", "batch.txt", JsonLinesBatch),
        ("not json", "batch.JSONL", JsonLinesBatch),
        ("a,b", "batch", ColumnsBatch),
        ("", "batch.csv", ColumnsBatch),
    ],
)
def test_the_content_says_which_form_it_is_else_the_name(
    tmp_path: Path, text: str, name: str, kind: type[BatchFile]
) -> None:
    assert type(written(tmp_path, text, name=name)) is kind


def test_what_is_no_batch_is_refused(tmp_path: Path) -> None:
    book = tmp_path / "batch.csv"
    book.write_bytes(b"PK\x03\x04 and so on")
    with pytest.raises(InputError, match="batch-form"):
        open_batch(book)
    with pytest.raises(InputError, match="file-not-a-file"):
        open_batch(tmp_path)
    with pytest.raises(InputError, match="file-missing"):
        open_batch(tmp_path / "none.csv")


@pytest.mark.parametrize(
    ("headings", "problems"),
    [
        ([*HEADINGS[1:]], [("application_number", "column-missing")]),
        ([*HEADINGS, "user_id"], [("user_id", "given-twice")]),
        ([*HEADINGS, "password"], [("password", "unknown-field")]),
        ([*HEADINGS[1:], "受付番号"], [("application_number", "column-missing")]),
    ],
)
def test_headings_are_all_there_once_and_none_besides(
    tmp_path: Path, headings: list[str], problems: list[tuple[str, str]]
) -> None:
    batch = written(tmp_path, in_columns([columns_row(1)], headings))
    assert refused_headings(batch) == problems


def test_a_file_without_headings_does_not_give_its_first_row_away(tmp_path: Path) -> None:
    rows = [columns_row(1, password_hash=SECRET), columns_row(2)]
    batch = written(tmp_path, in_columns(rows).split("\r\n", 1)[1])
    assert refused_headings(batch) == [(heading, "column-missing") for heading in HEADINGS]


def test_broken_quoting_at_the_end_is_found_before_the_first_row_is_given_out(tmp_path: Path) -> None:
    text = in_columns([columns_row(n) for n in range(1, 5)]) + '"x"y,'
    lines = written(tmp_path, text).lines()
    with pytest.raises(InputError, match="quoting-broken"):
        next(lines)


def test_a_row_whose_cells_do_not_fit_is_told_and_the_others_are_read(tmp_path: Path) -> None:
    text = (
        in_columns([columns_row(1)]) + "B2,190000002\r\n" + in_columns([columns_row(3)]).split("\r\n", 1)[1]
    )
    first, short, last = written(tmp_path, text).lines()
    assert (first.value, last.value) == (columns_row(1), columns_row(3))
    assert short.problem == Problem("line 3", "too-few-cells", {"cells": "2", "columns": str(len(HEADINGS))})


@pytest.mark.parametrize("encoding", ["cp932", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("sign", [",", "\t"])
def test_refused_rows_go_back_in_columns_as_they_came(tmp_path: Path, encoding: str, sign: str) -> None:
    rows = [columns_row(n, trade_name=f'"㈱髙﨑",商会{n}') for n in (1, 2, 3)]
    batch = written(tmp_path, in_columns(rows, HEADINGS[::-1], sign), encoding)
    back = tmp_path / "back.csv"
    assert write_refused(back, batch, {3: BAD, 4: [*BAD, Problem("branch", "required")]}) == 2
    text = back.read_bytes().decode(encoding)
    head, *found = csv.reader(io.StringIO(text, newline=""), delimiter=sign)
    assert head == [*HEADINGS[::-1], "問題", "理由"]
    assert [dict(zip(HEADINGS[::-1], cells, strict=False)) for cells in found] == [
        {**row, "password_hash": ""} for row in rows[1:]
    ]
    assert found[1][-2:] == [
        "4行目 「少額物品用ユーザーID」 / 「支店名等」",
        "「少額物品用ユーザーID」はほかの業者が使っています。別のIDにしてください。 / 「支店名等」が入力されていません。入力してください。",
    ]


def test_refused_rows_go_back_as_objects(tmp_path: Path) -> None:
    rows = [
        intake_row(1, number="B1"),
        intake_row(2, number="B2", password=SECRET, main_contact={"name": "営業部", "pin": SECRET}),
    ]
    batch = written(tmp_path, "\n".join([*(json.dumps(row) for row in rows), f'{{"password": "{SECRET}']))
    back = tmp_path / "back.jsonl"
    broken = Problem("line 3", "json-invalid", {"column": "14"})
    assert write_refused(back, batch, {2: BAD, 3: [broken]}) == 2
    row, line = map(json.loads, back.read_text(encoding="utf-8").splitlines())
    kept = {key: value for key, value in rows[1].items() if key not in ("password", "password_hash")}
    assert row == {
        **kept,
        "main_contact": {"name": "営業部"},
        "問題": "2行目 「少額物品用ユーザーID」",
        "理由": "「少額物品用ユーザーID」はほかの業者が使っています。別のIDにしてください。",
    }
    assert line == {
        "問題": "3行目",
        "理由": "3行目の14文字目からJSONとして読めません。書き方を直してください。",
    }
    assert SECRET not in back.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "text",
    [
        in_columns([columns_row(1, password_hash=SECRET)]),
        in_columns([]) + f"B1,{SECRET}\r\n",
        in_columns([columns_row(1)]).rstrip() + f",{SECRET}\r\n",
        json.dumps(intake_row(1, password_hash=SECRET)),
        json.dumps(intake_row(1, **{"main_contact.password": SECRET})),
        json.dumps(intake_row(1, user_id=[SECRET])),
        json.dumps(intake_row(1, user_id={"password": SECRET})),
        json.dumps(intake_row(1, main_contact={"name": {"password": SECRET}})),
    ],
)
def test_a_password_that_should_not_be_there_does_not_go_back(tmp_path: Path, text: str) -> None:
    batch = written(tmp_path, text)
    (line,) = [one.line for one in batch.lines()]
    write_refused(tmp_path / "back", batch, {line: BAD})
    assert SECRET not in (tmp_path / "back").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["batch.csv", "batch.jsonl"])
def test_a_returned_file_is_read_as_if_the_words_were_not_there_and_can_go_back_again(
    tmp_path: Path, name: str
) -> None:
    rows = [columns_row(n) for n in (1, 2)]
    text = in_columns(rows) if name.endswith("csv") else "\n".join(map(json.dumps, rows))
    batch, back, again = written(tmp_path, text, name=name), tmp_path / f"back-{name}", tmp_path / f"2-{name}"
    places = [line.line for line in batch.lines()]
    write_refused(back, batch, dict.fromkeys(places, BAD))
    expected = [{**row, "password_hash": ""} for row in rows]
    returned = open_batch(back)
    got = [{"password_hash": "", **(value or {})} for value in values(returned)]
    assert got == expected
    write_refused(again, returned, dict.fromkeys(places, BAD))
    assert again.read_bytes() == back.read_bytes()


def test_a_batch_is_not_overwritten_by_what_is_wrong_with_it(tmp_path: Path) -> None:
    batch = written(tmp_path, in_columns([columns_row(1)]))
    before = batch.path.read_bytes()
    with pytest.raises(InputError, match="returned-onto-itself"):
        write_refused(batch.path, batch, {2: BAD})
    for place in (tmp_path / "no", batch.path):
        with pytest.raises(InputError, match="file-unwritable"):
            write_refused(place / "back.csv", batch, {2: BAD})
    assert batch.path.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["batch.csv"]
