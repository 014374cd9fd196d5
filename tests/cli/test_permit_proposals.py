"""The second person for permits by command: two people at one desk, each by the log-in that their hub gives them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ebidadmin.config import CONFIG_NAME
from tests.acceptance.conftest import Ebid
from tests.desks import several_work_at

As = Callable[[str], None]


@pytest.fixture
def acting(monkeypatch: pytest.MonkeyPatch) -> As:
    """Lets somebody else sit down."""
    return lambda login: monkeypatch.setenv("JUPYTERHUB_USER", login)


@pytest.fixture
def guarded(desk: Path, acting: As) -> Path:
    """A desk of several people whose office wants a second person for permits."""
    acting("tanaka")
    wanting(desk)
    several_work_at(desk)
    return desk


def wanting(desk: Path) -> None:
    """Let the office want a second person for permits."""
    settings = desk / CONFIG_NAME
    before, section, after = settings.read_text(encoding="utf-8").partition("[permit]\n")
    assert "second_person = false" in after
    changed = after.replace("second_person = false", "second_person = true", 1)
    settings.write_text(before + section + changed, encoding="utf-8")


@pytest.fixture
def permit(guarded: Path, ebid: Ebid) -> Any:
    """Run ``permit`` with these words and give the JSON back."""

    def run(*words: object) -> Any:
        answer = ebid("permit", *words, "--json", "--desk", guarded)
        assert answer.code == 0, answer.err
        return answer.value

    run("record", "190000092", "--received", "2026-04-01", "--channel", "fax", "--applicant", "テスト")
    return run


def test_a_grant_becomes_a_proposal_and_its_confirmation_the_grant(
    permit: Any, guarded: Path, ebid: Ebid, acting: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = permit("grant", "P000001", "--valid-to", "2099-03-31")
    assert (made["number"], made["state"], made["act"], made["permit"], made["valid_to"]) == (
        *("Q000001", "requested", "grant", "P000001", "2099-03-31"),
    )
    assert permit("list")[0]["document"] is None
    own = ebid("permit", "confirm", "Q000001", "--desk", guarded)
    assert (own.code, "Nobody confirms" in own.err, "permit take-back" in own.err) == (1, True, True)
    acting("suzuki")
    (listed,) = permit("proposals")
    assert (listed["number"], listed["own"], listed["over"]) == ("Q000001", False, None)
    shown = ebid("permit", "proposals", "--desk", guarded).out
    assert "grant P000001\tthe day of the confirmation to 2099-03-31\tasked by tanaka" in shown
    dry = ebid("permit", "confirm", "Q000001", "--dry-run", "--desk", guarded, "--json")
    assert (dry.code, dry.value["permit"]["state"]) == (0, "granted")
    assert permit("list")[0]["state"] == "requested"
    done = permit("confirm", "Q000001")
    assert (done["proposal"]["confirmed_by"], done["permit"]["state"]) == ("suzuki", "granted")
    assert (done["permit"]["document"]["number"], done["permit"]["decided_by"]) == (1, "suzuki")
    monkeypatch.setenv("LC_ALL", "ja_JP.UTF-8")
    late = ebid("permit", "confirm", "Q000001", "--desk", guarded)
    assert (late.code, "suzukiさんが" in late.err, "操作は行われていません" in late.err) == (1, True, True)
    told = ebid("permit", "proposals", "--all", "--desk", guarded).out
    assert "決裁済み\t190000092\tP000001の許可(決裁の日～2099/03/31)\t依頼 tanaka、決裁 suzuki" in told
    assert ebid("permit", "proposals", "--desk", guarded).out == "決裁を待つ依頼はありません\n"


def test_the_other_decisions_their_ends_and_their_words(
    permit: Any, guarded: Path, ebid: Ebid, acting: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    permit("refuse", "P000001", "--reason", "form-incomplete", "--note", "押印がない")
    again = ebid("permit", "refuse", "P000001", "--reason", "other", "--desk", guarded)
    assert (again.code, "permit proposals" in again.err) == (1, True)
    monkeypatch.setenv("LC_ALL", "ja_JP.UTF-8")
    again = ebid("permit", "grant", "P000001", "--valid-to", "2099-03-31", "--desk", guarded)
    assert "P000001には決裁を待つ依頼Q000001(tanakaさん)がすでにあります" in again.err
    listed = ebid("permit", "proposals", "--desk", guarded).out
    assert "P000001の不許可(" in listed
    assert "押印がない)" in listed
    assert listed.rstrip().endswith("あなたの依頼")
    acting("suzuki")
    assert ebid("permit", "decline", "Q000001", "--desk", guarded).code == 2
    declined = permit("decline", "Q000001", "--why", "書類は揃っている")
    assert (declined["state"], declined["reason"]) == ("declined", "書類は揃っている")
    made = ebid("permit", "grant", "P000001", "--valid-to", "2099-03-31", "--desk", guarded)
    assert "ほかの職員が ebidadmin permit confirm Q000002 で決裁します" in made.out
    assert permit("take-back", "Q000002")["state"] == "withdrawn"
    permit("grant", "P000001", "--valid-to", "2099-03-31")
    acting("tanaka")
    permit("confirm", "Q000003")
    assert permit("withdraw", "P000001", "--reason", "申出")["act"] == "withdraw"
    acting("suzuki")
    assert permit("confirm", "Q000004")["permit"]["state"] == "withdrawn"
    permit("record", "190000092", "--received", "2026-04-01", "--channel", "fax")
    # Not decided yet: voided at once.
    assert permit("void", "P000002", "--reason", "二重に記録した")["state"] == "voided"
    states = [one["state"] for one in permit("proposals", "--all")]
    assert states == ["confirmed", "confirmed", "withdrawn", "declined"]


def test_in_english_it_says_what_comes_next(permit: Any, guarded: Path, ebid: Ebid) -> None:
    made = ebid("permit", "grant", "P000001", "--valid-to", "2099-03-31", "--desk", guarded)
    assert made.out.endswith("another person decides by: ebidadmin permit confirm Q000001\n")
    trail = ebid("audit", "list", "--subject", "permit-proposal:Q000001", "--desk", guarded).out
    assert "permit-proposal:made" in trail


def test_a_desk_without_the_setting_decides_at_once(desk: Path, ebid: Ebid) -> None:
    ebid("permit", "record", "190000092", "--received", "2026-04-01", "--channel", "fax", "--desk", desk)
    done = ebid("permit", "grant", "P000001", "--valid-to", "2099-03-31", "--desk", desk, "--json")
    assert done.value["state"] == "granted"
    assert ebid("permit", "proposals", "--desk", desk).out == "no proposals\n"


def alone(desk: Path, acting: As, ebid: Ebid) -> tuple[object, ...]:
    """One person who works alone at a desk that wants a second one, with a request; what a grant of it begins with."""
    acting("tanaka")
    wanting(desk)
    ebid("permit", "record", "190000092", "--received", "2026-04-01", "--channel", "fax", "--desk", desk)
    return ("permit", "grant", "P000001", "--valid-to", "2099-03-31", "--desk", desk)


@pytest.mark.sqlite_only(reason="one person works alone on SQLite only")
def test_whoever_works_alone_types_the_number_again(desk: Path, ebid: Ebid, acting: As) -> None:
    grant = alone(desk, acting, ebid)
    missing = ebid(*grant)
    assert (missing.code, "--typed" in missing.err, "190000092" in missing.err) == (1, True, True)
    wrong = ebid(*grant, "--typed", "190000093")
    assert (wrong.code, "what was typed is not" in wrong.err, "190000093" in wrong.err) == (1, True, False)
    assert ebid("permit", "list", "--desk", desk, "--json").value[0]["state"] == "requested"
    tried = ebid(*grant, "--typed", "190000092", "--dry-run", "--json")
    assert tried.value["state"] == "granted"
    done = ebid(*grant, "--typed", "190000092", "--json")
    assert (done.value["state"], done.value["document"]["number"]) == ("granted", 1)
    event = ebid("audit", "list", "--subject", "permit:P000001", "--desk", desk, "--json").value[-1]
    assert event["facts"] == {"manner": "typed-confirmation", "typed": "190000092"}
    assert ebid("audit", "verify", "--desk", desk).code == 0


@pytest.mark.sqlite_only(reason="one person works alone on SQLite only")
@pytest.mark.parametrize(
    ("before", "words"),
    [
        ((), ("refuse", "P000001", "--reason", "other")),
        (("grant", "P000001", "--valid-to", "2099-03-31"), ("withdraw", "P000001", "--reason", "申出")),
        (("grant", "P000001", "--valid-to", "2099-03-31"), ("void", "P000001", "--reason", "誤り")),
    ],
)
def test_no_other_decision_goes_without_it_either(
    desk: Path, ebid: Ebid, acting: As, monkeypatch: pytest.MonkeyPatch, before: Any, words: Any
) -> None:
    alone(desk, acting, ebid)
    monkeypatch.setenv("LC_ALL", "ja_JP.UTF-8")
    at = ("--desk", desk, "--json")
    if before:
        assert ebid("permit", *before, "--typed", "190000092", *at).code == 0
    refused = ebid("permit", *words, *at)
    assert (refused.code, "(コマンドでは --typed)に「190000092」と入力してください。" in refused.err) == (
        1,
        True,
    )
    assert ebid("permit", *words, "--typed", "１９００００092", *at).code == 0
    told = ebid("audit", "list", "--subject", "permit:P000001", "--desk", desk, "--json").value[-1]["facts"]
    assert told["manner"] == "typed-confirmation"
    assert ebid("audit", "verify", "--desk", desk).code == 0
