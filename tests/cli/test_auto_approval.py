"""``application auto-approve``: off unless the office turns it on, and then only what has no finding."""

from __future__ import annotations

from pathlib import Path

import pytest

from ebidadmin.config import CONFIG_NAME
from ebidadmin.domain.ids import ApplicationNumber
from ebidadmin.errors import HeldByOtherError
from ebidadmin.services import auto_approval
from ebidadmin.services.bulk_approval import BulkOutcome
from tests.acceptance.conftest import Ebid


def test_it_is_off_and_says_how_to_turn_it_on(office: Path, ebid: Ebid) -> None:
    refused = ebid("application", "auto-approve", "--desk", office)
    assert refused.code == 1
    assert "review.auto_approve" in refused.err


def test_it_approves_what_has_no_finding_and_a_dry_run_keeps_nothing(office: Path, ebid: Ebid) -> None:
    path = office / CONFIG_NAME
    text = path.read_text(encoding="utf-8")
    assert "auto_approve = false" in text
    path.write_text(text.replace("auto_approve = false", "auto_approve = true"), encoding="utf-8")
    listed = ebid("application", "list", "--state", "pending", "--json", "--desk", office).value
    plain = [row["application_number"] for row in listed if not row["findings"]]
    assert plain
    approved = []
    for arguments in (("--dry-run",), (), ()):
        answer = ebid("application", "auto-approve", "--json", *arguments, "--desk", office)
        assert (answer.code, answer.value["left"]) == (0, [])
        states = {
            row["application_number"]: row["state"]
            for row in ebid("application", "list", "--json", "--desk", office).value
        }
        assert {states[number] for number in plain} <= {"pending" if arguments else "approved"}
        approved.append(answer.value["approved"])
    assert approved == [plain, plain, []]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en_GB.UTF-8", ("A000092", "Another person holds this case")),
        ("ja_JP.UTF-8", ("A000092", "承認していません")),
    ],
)
def test_why_a_case_was_left_is_told_in_words(
    office: Path, ebid: Ebid, monkeypatch: pytest.MonkeyPatch, language: str, words: tuple[str, ...]
) -> None:
    held = HeldByOtherError("held-by-other", id="A000092", holder="suzuki", until="2026-10-15T04:00:00+00:00")
    left = BulkOutcome(number=ApplicationNumber("A000092"), trade_name="(株)テスト商会92", refused=held)
    monkeypatch.setattr(auto_approval, "approve_plain", lambda *_given, **_named: (left,))
    monkeypatch.setenv("LC_ALL", language)
    answer = ebid("application", "auto-approve", "--desk", office)
    assert answer.code == 1
    assert all(word in answer.out for word in (*words, "suzuki"))
    assert "held-by-other" not in answer.out
