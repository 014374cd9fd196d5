"""The second person by command: two people at one desk, each by the log-in that their hub gives them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ebidadmin.config import CONFIG_NAME
from ebidadmin.intake.csv import write_register
from tests.acceptance.conftest import Answer, Ebid
from tests.desks import several_work_at
from tests.imports.test_apply import OWN, hundred

As = Callable[[str], None]


@pytest.fixture
def acting(monkeypatch: pytest.MonkeyPatch) -> As:
    """Lets somebody else sit down."""
    return lambda login: monkeypatch.setenv("JUPYTERHUB_USER", login)


def files(desk: Path) -> tuple[Path, Path]:
    """A register of a hundred, and one that half of them are missing from."""
    whole, half = desk / "inbox" / "whole.csv", desk / "inbox" / "half.csv"
    write_register(whole, hundred(), OWN, ())
    write_register(half, hundred()[:50], OWN, ())
    return whole, half


@pytest.fixture
def guarded(desk: Path, ebid: Ebid, acting: As) -> Path:
    """A desk with a register, whose office wants a second person."""
    acting("tanaka")
    whole, _half = files(desk)
    assert bring_in(ebid, desk, whole).code == 0
    settings = desk / CONFIG_NAME
    text = settings.read_text(encoding="utf-8")
    assert "second_person = false" in text
    settings.write_text(text.replace("second_person = false", "second_person = true"), encoding="utf-8")
    several_work_at(desk)
    return desk


def bring_in(ebid: Ebid, desk: Path, path: Path) -> Answer:
    return ebid("qualification", "import", path, "--layout", "ebidadmin", "--yes", "--desk", desk)


def command(ebid: Ebid, desk: Path, *arguments: object) -> Any:
    answer = ebid("qualification", *arguments, "--desk", desk, "--json")
    assert answer.code == 0, answer.err
    return answer.value


def test_two_people_bring_a_large_file_in(
    guarded: Path, ebid: Ebid, acting: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    half = guarded / "inbox" / "half.csv"
    refused = bring_in(ebid, guarded, half)
    assert refused.code == 1
    assert "qualification request FILE" in refused.err
    monkeypatch.setenv("LC_ALL", "ja_JP.UTF-8")
    said = bring_in(ebid, guarded, half)
    assert said.code == 1
    assert "ほかの職員の確認が必要です" in said.err
    assert "ebidadmin qualification request FILE --layout ebidadmin" in said.err
    made = command(ebid, guarded, "request", half, "--layout", "ebidadmin", "--note", "年度替わり")
    assert (made["number"], made["state"], made["vanished"], made["requested_by"]) == (
        "R000001",
        "requested",
        50,
        "tanaka",
    )
    waiting = bring_in(ebid, guarded, half)
    assert (waiting.code, "ebidadmin qualification confirm R000001" in waiting.err) == (1, True)
    acting("Tanaka")
    own = ebid("qualification", "confirm", "R000001", "--desk", guarded)
    assert (own.code, "tanakaさん自身のもの" in own.err) == (1, True)
    acting("suzuki")
    (listed,) = command(ebid, guarded, "requests")
    assert (listed["number"], listed["own"], listed["note"]) == ("R000001", False, "年度替わり")
    dry = ebid("qualification", "confirm", "R000001", "--dry-run", "--desk", guarded, "--json")
    assert (dry.code, dry.value["state"]) == (0, "confirmed")
    assert command(ebid, guarded, "requests")[0]["state"] == "requested"
    assert command(ebid, guarded, "confirm", "R000001")["confirmed_by"] == "suzuki"
    acting("tanaka")
    assert bring_in(ebid, guarded, half).code == 0
    assert command(ebid, guarded, "requests") == []
    (ended,) = command(ebid, guarded, "requests", "--all")
    assert (ended["state"], ended["batch"]) == ("applied", 2)


def test_declining_withdrawing_and_undoing(guarded: Path, ebid: Ebid, acting: As) -> None:
    half = guarded / "inbox" / "half.csv"
    command(ebid, guarded, "request", half, "--layout", "ebidadmin")
    acting("suzuki")
    assert ebid("qualification", "decline", "R000001", "--desk", guarded).code == 2
    assert ebid("qualification", "decline", "R000001", "--why", " ", "--desk", guarded).code == 1
    assert ebid("qualification", "withdraw", "R000001", "--desk", guarded).code == 1
    declined = command(ebid, guarded, "decline", "R000001", "--why", "古いファイル")
    assert (declined["state"], declined["reason"]) == ("declined", "古いファイル")
    # The first import would be undone whole: everybody vanishes.
    refused = ebid("qualification", "undo", "--desk", guarded)
    assert (refused.code, "request-undo" in refused.err) == (1, True)
    asked = command(ebid, guarded, "request-undo", "1")
    assert (asked["undertaking"], asked["vanished"], asked["requested_by"]) == ("undo", 100, "suzuki")
    assert command(ebid, guarded, "withdraw", asked["number"])["state"] == "withdrawn"
    asked = command(ebid, guarded, "request-undo")
    acting("tanaka")
    command(ebid, guarded, "confirm", asked["number"])
    assert command(ebid, guarded, "undo")["vanished"] == 100
    people = ebid("qualification", "requests", "--all", "--desk", guarded)
    assert "undo batch 1" in people.out
    assert "confirmed by tanaka" in people.out


def test_a_desk_without_the_setting_asks_nobody(desk: Path, ebid: Ebid) -> None:
    whole, half = files(desk)
    assert bring_in(ebid, desk, whole).code == 0
    refused = ebid("qualification", "request", half, "--layout", "ebidadmin", "--desk", desk)
    assert (refused.code, "no second person" in refused.err) == (1, True)
    assert bring_in(ebid, desk, half).code == 0
    none = ebid("qualification", "requests", "--desk", desk)
    assert none.out == "no requests\n"


@pytest.mark.sqlite_only(reason="one person works alone on SQLite only")
def test_whoever_works_alone_types_the_rows_again(
    desk: Path, ebid: Ebid, acting: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    acting("tanaka")
    whole, half = files(desk)
    assert bring_in(ebid, desk, whole).code == 0
    settings = desk / CONFIG_NAME
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("second_person = false", "second_person = true"), encoding="utf-8")
    at = ("--desk", desk, "--json")
    import_ = ("qualification", "import", half, "--layout", "ebidadmin", "--yes", *at)
    missing = ebid(*import_)
    assert (missing.code, "word 50" in missing.err, "--typed" in missing.err) == (1, True, True)
    wrong = ebid(*import_, "--typed", "49")
    assert (wrong.code, "what was typed is not" in wrong.err) == (1, True)
    assert len(command(ebid, desk, "list")) == 100
    assert ebid(*import_, "--typed", "50").value["applied"] is True
    assert ebid("qualification", "undo", *at).code == 0, "what only brings records back is not large"
    assert ebid(*import_, "--typed", "50").value["applied"] is True
    assert bring_in(ebid, desk, whole).code == 0
    monkeypatch.setenv("LC_ALL", "ja_JP.UTF-8")
    undo = ("qualification", "undo", *at)
    refused = ebid(*undo)
    assert (refused.code, "(コマンドでは --typed)に「50」と入力してください。" in refused.err) == (1, True)
    assert ebid(*undo, "--typed", "５０").code == 0
    facts = ebid("audit", "list", "--subject", "import:6", *at).value[-1]["facts"]
    assert (facts["manner"], facts["typed"]) == ("typed-confirmation", "50")
    assert ebid("audit", "verify", "--desk", desk).code == 0
