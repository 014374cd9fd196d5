"""Batches by command: in both forms, told in the person's language, refused rows back to their sender, nothing twice."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from ebidadmin.cli.english_problems import PROBLEM_SAID
from ebidadmin.intake.batches import HEADINGS
from ebidadmin.text.problem_sentences import PROBLEMS
from tests.acceptance.conftest import Ebid
from tests.cli.test_commands import application, everything

SECRET = "Himitsu99"


def in_columns(path: Path, *rows: dict[str, Any]) -> Path:
    """Nested rows as a file in columns, as a Japanese office's system writes it."""
    with path.open("w", encoding="cp932", newline="") as stream:
        writer = csv.DictWriter(stream, HEADINGS)
        writer.writeheader()
        for row in rows:
            contacts = {
                f"{group}.{name}": value
                for group in ("main_contact", "applicant_contact")
                for name, value in row[group].items()
            }
            writer.writerow({key: row[key] for key in HEADINGS if key in row} | contacts)
    return path


def three(**changes: Any) -> list[dict[str, Any]]:
    """A good row, one whose user id is in use by the office's first application, one that breaks a form rule."""
    return [
        application("A2", supplier_number="190000093", user_id="other123"),
        application("A3", supplier_number="190000094"),
        application("A4", supplier_number="190000095", user_id="third123", branch="", **changes),
    ]


def test_a_batch_in_columns_comes_in_and_again_changes_nothing(office: Path, ebid: Ebid) -> None:
    batch, back = in_columns(office / "batch.csv", *three(password_hash=SECRET)), office / "back.csv"
    answer = ebid("application", "intake", batch, "--problems-to", back, "--json", "--desk", office)
    assert (answer.code, answer.value["accepted"], answer.value["refused"]) == (1, 1, 2), answer.err
    assert [(one["line"], one["field"], one["code"]) for one in answer.value["problems"]] == [
        (3, "user_id", "user-id-taken"),
        (4, "branch", "required"),
        (4, "password_hash", "password-hash"),
    ]
    with back.open(encoding="cp932", newline="") as stream:
        refused = list(csv.DictReader(stream))
    assert [(row["application_number"], row["password_hash"]) for row in refused] == [("A3", ""), ("A4", "")]
    assert SECRET not in answer.out + answer.err + back.read_text(encoding="cp932")
    before = everything(office, ebid)
    same = ebid("application", "intake", batch, "--json", "--desk", office)
    assert (same.value["accepted"], same.value["already_there"], same.value["refused"]) == (0, 1, 2)
    assert everything(office, ebid)[:2] == before[:2]


def test_repaired_rows_come_in_from_the_returned_file(office: Path, ebid: Ebid) -> None:
    rows = three()
    batch, back = office / "batch.jsonl", office / "back.jsonl"
    batch.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    ebid("application", "intake", batch, "--problems-to", back, "--desk", office)
    returned = [json.loads(line) for line in back.read_text(encoding="utf-8").splitlines()]
    repaired = [
        {**row, "password_hash": rows[0]["password_hash"], "user_id": f"fresh{n}", "branch": "本店"}
        for n, row in enumerate(returned)
    ]
    back.write_text("\n".join(map(json.dumps, repaired)), encoding="utf-8")
    answer = ebid("application", "intake", back, "--json", "--desk", office)
    assert (answer.code, answer.value["accepted"], answer.value["problems"]) == (0, 2, [])


@pytest.mark.parametrize(
    ("locale", "told"),
    [
        (
            "ja_JP.UTF-8",
            [
                "受付 1件、受付済み 0件、受け付けない行 3件です。",
                "2行目: 「少額物品用ユーザーID」はほかの業者が使っています。別のIDにしてください。",
                "3行目: 「支店名等」が入力されていません。入力してください。",
                "4行目の1文字目からJSONとして読めません。書き方を直してください。",
            ],
        ),
        (
            "C.UTF-8",
            [
                "accepted 1, already there 0, refused 3",
                "line 2: user_id: Another supplier uses it; choose another.",
                "line 3: branch: Nothing was entered; enter it.",
                "line 4: Not JSON from this column on; correct it (column 1).",
            ],
        ),
    ],
)
def test_problems_are_told_in_the_language_of_the_person(
    office: Path, ebid: Ebid, monkeypatch: pytest.MonkeyPatch, locale: str, told: list[str]
) -> None:
    monkeypatch.setenv("LC_ALL", locale)
    batch = office / "batch.jsonl"
    batch.write_text("\n".join([*map(json.dumps, three()), "x"]), encoding="utf-8")
    answer = ebid("application", "intake", batch, "--desk", office)
    assert answer.out.splitlines() == told


def test_a_dry_run_tells_what_would_happen_and_keeps_nothing(office: Path, ebid: Ebid) -> None:
    before = everything(office, ebid)
    rows = [*three()[:1], application("A9", supplier_number="190000099", user_id="OTHER123")]
    batch = in_columns(office / "batch.csv", *rows)
    rehearsed = ebid("application", "intake", batch, "--dry-run", "--json", "--desk", office).value
    assert everything(office, ebid) == before
    assert rehearsed == ebid("application", "intake", batch, "--json", "--desk", office).value
    assert (rehearsed["accepted"], rehearsed["refused"]) == (1, 1)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"a,b\r\n1,2\r\n", "heading"),
        (",".join(HEADINGS).encode() + b"\r\n", "no rows"),
        (b"PK\x03\x04", "workbook"),
        (b"a,\x81\xff", "ndecodable"),
    ],
)
def test_a_file_that_is_no_batch_is_told_in_one_sentence(
    office: Path, ebid: Ebid, content: bytes, said: str
) -> None:
    batch = office / "batch.csv"
    batch.write_bytes(content)
    answer = ebid("application", "intake", batch, "--desk", office)
    assert (answer.code, answer.out) == (1, "")
    assert said in answer.err.splitlines()[0]
    assert "batch.csv" in answer.err


def test_nothing_goes_back_where_nothing_was_refused(office: Path, ebid: Ebid) -> None:
    batch, back = in_columns(office / "batch.csv", three()[0]), office / "back.csv"
    answer = ebid("application", "intake", batch, "--problems-to", back, "--desk", office)
    assert (answer.code, back.exists()) == (0, False)
    assert "nothing to send back" in answer.err


def test_every_problem_has_an_english_sentence_that_says_what_to_do() -> None:
    assert set(PROBLEM_SAID) == set(PROBLEMS)
    assert all("; " in said and not said.endswith(".") for said in PROBLEM_SAID.values())
