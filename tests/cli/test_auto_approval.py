"""``application auto-approve``: off unless the office turns it on, and then only what has no finding."""

from __future__ import annotations

from pathlib import Path

from ebidadmin.config import CONFIG_NAME
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
