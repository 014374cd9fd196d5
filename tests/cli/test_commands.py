"""The command line: exit codes, one sentence per refusal, dry runs that keep nothing, and a desk found in three ways."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from ebidadmin.bootstrap import open_desk
from ebidadmin.cli import commands, incidents
from ebidadmin.cli.common import run_command_line
from ebidadmin.clock import SystemClock, jst
from ebidadmin.config import CONFIG_NAME
from ebidadmin.domain.ids import ApplicationNumber
from ebidadmin.services import application_review
from tests.acceptance.conftest import Ebid
from tests.builders import SAMPLE_HASH
from tests.desks import copied_desk

SUPPLIER = "190000092"
REGISTER = (
    f"業者番号,商号又は名称,代表者氏名,住所\n{SUPPLIER},(株)テスト商会01,代表　1太郎,山口県下関市南部町1-1\n"
)


def contact(email: str) -> dict[str, str]:
    return {
        "name": "営業部",
        "postcode": "750-0006",
        "address": "山口県下関市南部町1-1",
        "person": "代表　1太郎",
        "phone": "083-231-3178",
        "fax": "083-231-3178",
        "email": email,
    }


def application(number: str, **changes: Any) -> dict[str, Any]:
    return {
        "application_number": number,
        "supplier_number": SUPPLIER,
        "trade_name": "(株)テスト商会01",
        "company_phone": "083-231-3178",
        "company_fax": "083-231-3178",
        "branch": "本店",
        "main_contact": contact("acceptor1@example.jp"),
        "applicant_contact": contact("acceptor1@example.jp"),
        "user_id": "oi25io14",
        "password_hash": SAMPLE_HASH,
        "applied_at": jst(SystemClock().now()).isoformat(timespec="seconds"),
        **changes,
    }


@pytest.fixture(scope="session")
def small_office(empty_desk: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A desk with one supplier, a permit in force and one waiting application, 「A1」; to be copied, never used."""
    desk = copied_desk(empty_desk, tmp_path_factory.mktemp("office") / "desk")
    register, batch = desk / "inbox" / "register.csv", desk / "inbox" / "batch.jsonl"
    register.write_text(REGISTER, encoding="utf-8")
    batch.write_text(json.dumps(application("A1")), encoding="utf-8")
    for words in (
        ("qualification", "import", str(register), "--layout", "ebidadmin", "--yes"),
        ("permit", "record", SUPPLIER, "--received", "2026-04-01", "--channel", "fax"),
        ("permit", "grant", "P000001", "--valid-to", "2099-03-31"),
        ("application", "intake", str(batch)),
    ):
        assert run_command_line(commands, [*words, "--desk", str(desk)]) == 0, words
    return desk


@pytest.fixture
def office(small_office: Path, tmp_path: Path) -> Path:
    """The same, for one test."""
    return copied_desk(small_office, tmp_path / "desk")


def everything(folder: Path, ebid: Ebid) -> list[Any]:
    return [
        ebid(*words, "--json", "--desk", folder).value
        for words in (("application", "list"), ("permit", "list"), ("audit", "list"), ("mail", "list"))
    ]


def test_a_rejection_by_command_is_decided_audited_and_mailed(office: Path, ebid: Ebid) -> None:
    reason = ebid("application", "show", "A1", "--json", "--desk", office).value
    assert (reason["state"], reason["findings"]) == ("pending", [])
    answer = ebid(
        *(
            "application",
            "reject",
            "A1",
            "--version",
            1,
            "--reason",
            "permit-missing",
            "--note",
            "ご確認ください。",
        ),
        *("--json", "--desk", office),
    )
    assert (answer.code, answer.value["state"], answer.value["version"]) == (0, "rejected", 2), answer.err
    trail = ebid("audit", "list", "--subject", "A1", "--json", "--desk", office).value
    assert [entry["tag"] for entry in trail if entry["tag"].startswith("application:")] == [
        "application:submitted",
        "application:rejected",
    ]
    (mail,) = ebid("mail", "list", "--json", "--desk", office).value
    assert (mail["kind"], mail["state"], mail["to"]) == ("id-rejected", "sent", ["acceptor1@example.jp"])
    assert len(list((office / "mail").glob("*.eml"))) == 1


def test_the_life_of_an_application_by_command(office: Path, ebid: Ebid) -> None:
    at = ("--json", "--desk", office)
    asked = ebid("application", "inquire", "A1", "--version", 1, "--text", "書類をお送りください。", *at)
    assert asked.value["state"] == "inquired"
    refused = ebid("application", "approve", "A1", "--version", 2, *at)
    assert refused.code == 1
    assert "Its life cycle has no such step" in refused.err
    answered = ebid("application", "answer", "A1", "--version", 2, "--text", "送付しました。", *at)
    assert (answered.value["state"], answered.value["version"]) == ("pending", 3)
    assert ebid("application", "note", "A1", "--text", "電話で確認済み", *at).code == 0
    approved = ebid("application", "approve", "A1", "--version", 3, *at)
    assert approved.value["state"] == "approved", approved.err
    assert ebid("application", "list", "--state", "approved", *at).value[0]["application_number"] == "A1"
    assert ebid("application", "list", "--state", "pending", *at).value == []


def test_a_withdrawal_by_command(office: Path, ebid: Ebid) -> None:
    answer = ebid("application", "withdraw", "A1", "--version", 1, "--json", "--desk", office)
    assert (answer.code, answer.value["state"]) == (0, "withdrawn")


def test_a_lost_race_names_who_and_when(office: Path, ebid: Ebid) -> None:
    assert ebid("application", "withdraw", "A1", "--version", 1, "--desk", office).code == 0
    late = ebid("application", "approve", "A1", "--version", 1, "--desk", office)
    assert late.code == 1
    assert "withdrawn" in late.err
    assert "by " in late.err
    assert late.out == ""


@pytest.mark.parametrize(
    "words",
    [
        ("application", "approve", "A1", "--version", 1),
        ("application", "reject", "A1", "--version", 1, "--reason", "permit-missing"),
        ("application", "inquire", "A1", "--version", 1, "--text", "お尋ねします。"),
        ("application", "withdraw", "A1", "--version", 1),
        ("application", "note", "A1", "--text", "メモ"),
        ("permit", "record", SUPPLIER, "--received", "2026-04-01", "--channel", "mail"),
        ("permit", "withdraw", "P000001", "--reason", "申出"),
        ("permit", "void", "P000001", "--reason", "誤り"),
        ("mail", "send"),
    ],
    ids=lambda words: " ".join(str(word) for word in words[:2]),
)
def test_a_dry_run_keeps_nothing(office: Path, ebid: Ebid, words: tuple[object, ...]) -> None:
    before = everything(office, ebid)
    answer = ebid(*words, "--dry-run", "--desk", office)
    assert answer.code == 0, answer.err
    assert everything(office, ebid) == before


def test_a_dry_import_keeps_nothing_and_tells_all(office: Path, ebid: Ebid) -> None:
    register = office / "inbox" / "next.csv"
    register.write_text(REGISTER + "190000093,(株)テスト商会02,,\n", encoding="utf-8")
    before = everything(office, ebid)
    words = ("qualification", "import", register, "--layout", "ebidadmin", "--json", "--desk", office)
    told = ebid(*words, "--dry-run").value
    assert (told["added"], told["unchanged"], told["applied"], told["batch"]) == (1, 1, False, None)
    assert everything(office, ebid) == before
    unconfirmed = ebid(*words)
    assert (unconfirmed.code, unconfirmed.value["applied"]) == (1, False)
    applied = ebid(*words, "--yes")
    assert (applied.code, applied.value["applied"]) == (0, True)
    assert [
        row["supplier_number"] for row in ebid("qualification", "list", "--json", "--desk", office).value
    ] == [
        SUPPLIER,
        "190000093",
    ]


def test_a_refused_file_lists_every_problem_and_leaves_the_register(office: Path, ebid: Ebid) -> None:
    register = office / "inbox" / "bad.csv"
    register.write_text(REGISTER + "19000009,(株)テスト商会02,,\n190000094,,,\n", encoding="utf-8")
    answer = ebid(
        "qualification", "import", register, "--layout", "ebidadmin", "--yes", "--json", "--desk", office
    )
    assert (answer.code, answer.value["applied"], answer.value["refused"]) == (1, False, 2)
    assert {(problem["line"], problem["column"]) for problem in answer.value["problems"]} >= {
        (3, "業者番号"),
        (4, "商号又は名称"),
    }
    assert len(ebid("qualification", "list", "--json", "--desk", office).value) == 1


def test_the_register_is_shown_as_of_a_day_and_exported(office: Path, ebid: Ebid) -> None:
    at = ("--json", "--desk", office)
    assert ebid("qualification", "show", SUPPLIER, *at).value["trade_name"] == "(株)テスト商会01"
    gone = ebid("qualification", "show", SUPPLIER, "--as-of", "2020-01-01", *at)
    assert gone.code == 1
    target = office / "export.csv"
    assert ebid("qualification", "export", target, *at).value["records"] == 1
    again = ebid("qualification", "import", target, "--layout", "ebidadmin", "--yes", *at)
    assert (again.code, again.value["unchanged"], again.value["applied"]) == (0, 1, False)


def test_bad_lines_of_a_batch_are_told_and_the_good_ones_come_in(office: Path, ebid: Ebid) -> None:
    batch = office / "inbox" / "second.jsonl"
    good = application("A2", supplier_number="190000093", user_id="other123")
    bad = application("A3", supplier_number="190000094", user_id="x", password_hash="plain")
    batch.write_text("\n".join([json.dumps(good), "{", json.dumps(bad)]), encoding="utf-8")
    answer = ebid("application", "intake", batch, "--json", "--desk", office)
    assert (answer.code, answer.value["accepted"], answer.value["refused"]) == (1, 1, 2)
    assert {
        (problem["line"], problem["code"]) for problem in answer.value["problems"] if problem["line"] == 2
    }
    fields = {problem["field"] for problem in answer.value["problems"] if problem["line"] == 3}
    assert {"user_id", "password_hash"} <= fields
    assert "plain" not in answer.out + answer.err


def test_the_desk_is_found_by_option_environment_or_folder(
    desk: Path, ebid: Ebid, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert ebid("application", "list", "--json", "--desk", desk).value == []
    assert ebid("--desk", desk, "--json", "application", "list").value == []
    monkeypatch.setenv("EBIDADMIN_DESK", str(desk))
    assert ebid("application", "list", "--json").value == []
    monkeypatch.delenv("EBIDADMIN_DESK")
    monkeypatch.chdir(desk)
    assert ebid("application", "list", "--json").value == []
    monkeypatch.chdir(tmp_path)
    nowhere = ebid("application", "list", "--json")
    assert (nowhere.code, nowhere.out) == (1, "")
    assert "This is no desk folder" in nowhere.err


def test_sentences_are_japanese_where_the_locale_is(
    ebid: Ebid, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "ja_JP.UTF-8")
    answer = ebid("application", "list", "--desk", tmp_path)
    assert answer.code == 1
    assert any("\u3040" <= character <= "\u30ff" for character in answer.err)
    assert str(tmp_path) in answer.err


@pytest.mark.parametrize(
    "words",
    [
        ("application", "approve", "A1"),
        ("application", "approve", "A1", "--version", "one"),
        ("application", "approve", "A1", "--version", "1", "--accept", "word"),
        ("application", "list", "--state", "lost"),
        ("audit", "list", "--subject", "thing:1"),
        ("nonsense",),
    ],
)
def test_misuse_is_exit_code_two(desk: Path, ebid: Ebid, words: tuple[str, ...]) -> None:
    where = ("--desk", desk) if len(words) > 1 else ()
    assert ebid(*words, *where).code == 2


def test_init_refuses_a_place_that_is_taken(desk: Path, ebid: Ebid, tmp_path: Path) -> None:
    again = ebid("init", desk)
    assert again.code == 1
    assert "There is a desk already" in again.err
    taken = tmp_path / "taken"
    taken.mkdir()
    (taken / "letter.txt").write_text("mine", encoding="utf-8")
    assert ebid("init", taken).code == 1
    assert [path.name for path in taken.iterdir()] == ["letter.txt"]
    assert ebid("init", tmp_path / "new", "--dry-run").code == 0
    assert not (tmp_path / "new").exists()


def test_what_a_killed_init_left_is_cleared_by_the_next(ebid: Ebid, tmp_path: Path) -> None:
    rest = tmp_path / ".office.unfinished"
    rest.mkdir()
    (rest / CONFIG_NAME).write_text("half", encoding="utf-8")
    assert ebid("init", tmp_path / "office").code == 0
    assert not rest.exists()
    assert ebid("doctor", "--json", "--desk", tmp_path / "office").code == 0


@pytest.mark.sqlite_only("a file is missing or damaged")
def test_doctor_says_what_is_wrong(desk: Path, ebid: Ebid) -> None:
    good = ebid("doctor", "--json", "--desk", desk)
    assert (good.code, all(check["good"] for check in good.value)) == (0, True)
    (desk / "ebidadmin.sqlite").unlink()
    bad = ebid("doctor", "--json", "--desk", desk)
    assert bad.code == 1
    assert [check["name"] for check in bad.value if not check["good"]] == ["database"]
    assert not (desk / "ebidadmin.sqlite").exists()


@pytest.mark.sqlite_only("a file is missing or damaged")
def test_a_database_of_another_revision_is_upgraded_by_command_alone(desk: Path, ebid: Ebid) -> None:
    (desk / "ebidadmin.sqlite").unlink()
    assert ebid("application", "list", "--desk", desk).code == 1
    assert ebid("db", "upgrade", "--desk", desk).code == 0
    assert ebid("application", "list", "--desk", desk).code == 0
    assert ebid("config", "check", "--json", "--desk", desk).value == {"good": True}


def test_an_incident_keeps_the_places_and_no_values(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EBIDADMIN_DESK", str(desk))
    try:
        raise RuntimeError("what was entered")
    except RuntimeError as error:
        told = incidents.report_incident(error)
    log = (desk / "var" / "log" / "ebidadmin.log").read_text(encoding="utf-8")
    assert "RuntimeError" in told
    assert "test_an_incident" in log
    assert "what was entered" not in told + log


def test_the_console_script_answers(desk: Path) -> None:
    environment = {**os.environ, "EBIDADMIN_DESK": str(desk)}
    done = subprocess.run(
        [sys.executable, "-m", "ebidadmin", "application", "list", "--json"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, json.loads(done.stdout), done.stderr) == (0, [], "")


def test_the_trail_is_listed_whole_and_by_supplier(office: Path, ebid: Ebid) -> None:
    with closing(open_desk(office)) as desk:
        for n in range(1010):
            application_review.note(
                desk.office, staff=desk.staff, number=ApplicationNumber("A1"), text=f"{n}"
            )
    assert ebid("application", "withdraw", "A1", "--version", 1, "--desk", office).code == 0
    trail = ebid("audit", "list", "--subject", "A1", "--json", "--desk", office).value
    assert len(trail) > 1010
    assert "application:withdrawn" in {entry["tag"] for entry in trail}
    of_supplier = ebid("audit", "list", "--supplier", SUPPLIER, "--json", "--desk", office).value
    assert {"permit:granted", "application:withdrawn"} <= {entry["tag"] for entry in of_supplier}
    assert ebid("audit", "list", "--supplier", "190000099", "--json", "--desk", office).value == []


def test_a_decision_stands_when_its_mail_cannot_leave(office: Path, ebid: Ebid) -> None:
    (office / "mail").rmdir()
    (office / "mail").write_text("no folder", encoding="utf-8")
    words = ("application", "reject", "A1", "--version", 1, "--reason", "other", "--json", "--desk", office)
    answer = ebid(*words)
    assert (answer.code, answer.value["state"]) == (0, "rejected")
    assert "could not be sent" in answer.err
    (mail,) = ebid("mail", "list", "--json", "--desk", office).value
    assert (mail["state"], mail["attempts"]) == ("waiting", 1)
    retried = ebid("mail", "retry", mail["id"], "--desk", office)
    assert retried.code == 1


def test_a_desk_is_for_its_owner_alone(office: Path) -> None:
    assert office.stat().st_mode & 0o077 == 0


def test_an_incident_goes_to_the_log_of_the_desk_that_was_named(desk: Path) -> None:
    number = b"A\xff".decode("utf-8", "surrogateescape")
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "ebidadmin",
            "application",
            "note",
            number,
            "--text",
            "x",
            "--desk",
            str(desk),
        ],
        capture_output=True,
        check=False,
    )
    assert done.returncode == 1
    assert b"Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) == 1
