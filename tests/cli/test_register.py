"""Undoing, correcting and comparing from the command line."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from ebidadmin.clock import SystemClock, jst
from tests.acceptance.conftest import Ebid
from tests.cli.test_commands import REGISTER, SUPPLIER

TODAY = jst(SystemClock().now()).date()
YESTERDAY = TODAY - timedelta(days=1)


def bring_in(desk: Path, ebid: Ebid, text: str = REGISTER) -> None:
    register = desk / "inbox" / "register.csv"
    register.write_text(text, encoding="utf-8")
    answer = ebid("qualification", "import", register, "--layout", "ebidadmin", "--yes", "--desk", desk)
    assert answer.code == 0, answer.err


def test_undo_correct_and_diff(desk: Path, ebid: Ebid) -> None:
    bring_in(desk, ebid)
    at = ("--desk", desk, "--json")
    dry = ebid("qualification", "undo", "--dry-run", *at)
    assert (dry.code, dry.value["vanished"]) == (0, 1)
    corrected = ebid("qualification", "correct", SUPPLIER, "住所=新しい所", "--why", "届出", *at)
    assert corrected.code == 0, corrected.err
    assert corrected.value["changes"] == [
        {"field": "address", "old": "山口県下関市南部町1-1", "new": "新しい所"}
    ]
    assert ebid("qualification", "show", SUPPLIER, *at).value["address"] == "新しい所"
    # The day on which it was brought in and the one before, also where the run began on another day.
    today = jst(SystemClock().now()).date()
    found = ebid("qualification", "diff", "--from", today - timedelta(days=2), "--to", today, *at)
    assert (found.code, found.value["added"], found.value["from_version"]) == (0, 1, None)
    assert [change["supplier_number"] for change in found.value["changes"]] == [SUPPLIER]
    same = ebid("qualification", "diff", "--from", today, "--to", today, *at)
    assert same.value["changes"] == []
    undone = ebid("qualification", "undo", "2", *at)
    assert (undone.code, undone.value["undoes"], undone.value["corrects"]) == (0, 2, SUPPLIER)
    assert ebid("qualification", "show", SUPPLIER, *at).value["address"] == "山口県下関市南部町1-1"


def test_refusals_are_one_sentence(desk: Path, ebid: Ebid) -> None:
    bring_in(desk, ebid)
    for arguments, code in (
        (("undo", "7"), 1),
        (("correct", SUPPLIER, "nonsense=1", "--why", "x"), 1),
        (("correct", SUPPLIER, "address=1", "--why", " "), 1),
        (("correct", SUPPLIER, "address=1"), 2),
        (("correct", SUPPLIER, "address", "--why", "x"), 2),
        (("correct", SUPPLIER, "address=1", "address=2", "--why", "x"), 1),
        (("diff", "--from", TODAY, "--to", YESTERDAY), 1),
    ):
        answer = ebid("qualification", *arguments, "--desk", desk)
        assert answer.code == code, (arguments, answer)
        assert answer.err
        assert "Traceback" not in answer.err
    assert ebid("qualification", "diff", "--from", YESTERDAY, "--to", TODAY, "--desk", desk).code == 0


def test_a_file_with_problems_is_written_for_its_sender(desk: Path, ebid: Ebid) -> None:
    register, back = desk / "inbox" / "register.csv", desk / "inbox" / "back.csv"
    register.write_text(REGISTER.replace(SUPPLIER, "12345"), encoding="cp932")
    command = (
        "qualification",
        "import",
        register,
        "--layout",
        "ebidadmin",
        "--problems-to",
        back,
        "--desk",
        desk,
    )
    assert ebid(*command, "--dry-run").code == 0
    assert not back.exists()
    answer = ebid(*command)
    assert answer.code == 1
    assert "1 row(s) with problems" in answer.err
    assert "半角英数字9文字ではありません" in back.read_text("cp932")
    repaired = back.read_text("cp932").replace("12345", SUPPLIER)
    bring_in(desk, ebid, repaired)
