"""Registrations as a file for the bidding system, by command."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from tests.acceptance.conftest import Ebid
from tests.builders import NOON, SAMPLE_HASH
from tests.cli.test_registration import furnish


def test_a_file_of_each_form_with_filters(desk: Path, ebid: Ebid) -> None:
    furnish(desk)
    target = desk / "out.jsonl"
    dry = ebid("registration", "export", target, "--dry-run", "--desk", desk, "--json")
    assert (dry.code, dry.value["rows"], target.exists()) == (0, 4, False)
    answer = ebid("registration", "export", target, "--desk", desk, "--json")
    assert answer.code == 0, answer.err
    assert answer.value["digest"] == dry.value["digest"] == hashlib.sha256(target.read_bytes()).hexdigest()
    lines = [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines()]
    assert [(one["kind"], one["state"]) for one in lines] == [
        ("id", "active"),
        ("card", "active"),
        ("card", "replaced"),
        ("card", "active"),
    ]
    assert SAMPLE_HASH not in target.read_text(encoding="utf-8")
    table = desk / "out.csv"
    words = ("registration", "export", table, "--state", "active", "--state", "locked", "--desk", desk)
    assert ebid(*words, "--json").value["rows"] == 3
    assert table.read_bytes().startswith(b"\xef\xbb\xbfkind,number,supplier_number,")
    trail = ebid("audit", "list", "--desk", desk, "--json").value
    told = [one["facts"] for one in trail if one["tag"] == "registration:exported"]
    assert [(one["rows"], one["form"], one["states"]) for one in told] == [
        (4, "jsonl", []),
        (3, "csv", ["active", "locked"]),
    ]


@pytest.mark.parametrize(
    ("since", "rows"),
    [
        ("2026-10-07", 4),
        ("2026-10-08", 0),
        (NOON.isoformat(), 4),
        ("2026-10-07T12:00:00+09:00", 4),
        ("2026-10-07T12:00:00.000001+09:00", 0),
    ],
)
def test_only_what_changed_since(desk: Path, ebid: Ebid, since: str, rows: int) -> None:
    furnish(desk)
    answer = ebid(
        "registration", "export", desk / "out.csv", "--changed-since", since, "--desk", desk, "--json"
    )
    assert (answer.code, answer.value["rows"]) == (0, rows)


def test_what_was_told_as_read_is_taken_for_the_next_time(desk: Path, ebid: Ebid) -> None:
    first = ebid("registration", "export", desk / "a.csv", "--desk", desk, "--json").value
    again = ebid(
        "registration",
        "export",
        desk / "a.csv",
        "--changed-since",
        first["read_at"],
        "--desk",
        desk,
        "--json",
    )
    assert (again.code, again.value["changed_since"]) == (0, first["read_at"])


def test_refusals_and_sentences(desk: Path, ebid: Ebid, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = ebid("registration", "export", desk / "out.xlsx", "--desk", desk)
    assert (wrong.code, "ends with .csv or .jsonl" in wrong.err) == (1, True)
    assert ebid("registration", "export", desk / "a.csv", "--state", "odd", "--desk", desk).code == 2
    assert ebid("registration", "export", desk / "a.csv", "--changed-since", "soon", "--desk", desk).code == 2
    done = ebid("registration", "export", desk / "a.csv", "--desk", desk)
    assert done.out.startswith("0 registrations in ")
    monkeypatch.setenv("LC_ALL", "ja_JP.UTF-8")
    assert (
        "利用者登録0件を書き出しました" in ebid("registration", "export", desk / "a.csv", "--desk", desk).out
    )
    wrong = ebid("registration", "export", desk / "out.xlsx", "--desk", desk)
    assert "名前の終わりを .csv か .jsonl にしてください" in wrong.err
    missing = ebid("registration", "export", desk / "none" / "a.csv", "--desk", desk)
    assert (missing.code, "書き込めません" in missing.err) == (1, True)
