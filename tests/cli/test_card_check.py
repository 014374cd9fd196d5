"""``card check`` and ``card crl`` as somebody at a terminal uses them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ebidadmin.demo.pki import SAMPLE_SERIAL, make_crl
from tests.smartcard.pki import AT, WEEK, authority, card, good_list

ON_ITS_DAY = ("--at", "2014-08-20 10:00")


def run(*arguments: str | Path, language: str = "C.UTF-8") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ebidadmin", *map(str, arguments)],
        capture_output=True,
        text=True,
        env={**os.environ, "LC_ALL": language, "EBIDADMIN_DESK": ""},
        check=False,
    )


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "trust").mkdir()
    (tmp_path / "trust" / "ca.cer").write_bytes(authority().certificate)
    (tmp_path / "card.cer").write_bytes(card())
    (tmp_path / "good.crl").write_bytes(good_list())
    revoking = make_crl(
        authority(), [(SAMPLE_SERIAL, AT - WEEK)], this_update=AT - WEEK, next_update=AT + WEEK
    )
    (tmp_path / "revoking.crl").write_bytes(revoking)
    (tmp_path / "page.html").write_bytes(b"<html>")
    return tmp_path


def checked(files: Path, *arguments: str | Path, name: str = "card.cer") -> tuple[int, dict[str, Any]]:
    done = run("card", "check", files / name, "--trust", files / "trust", *arguments)
    return done.returncode, json.loads(done.stdout)


def test_good_and_only_good_is_zero(files: Path) -> None:
    code, told = checked(files, "--crl", files / "good.crl", *ON_ITS_DAY)
    assert (code, told["outcome"], told["reason"], told["crl_age_seconds"]) == (0, "good", "good", 7200)
    assert told["chain"][-1] == "OU=NDN Test CA2,O=Nippon Denshi Ninsho Co.Ltd.,C=JP"


@pytest.mark.parametrize(
    ("arguments", "outcome"),
    [
        (ON_ITS_DAY, "unchecked"),
        (("--at", "2026-01-01T00:00:00Z"), "expired"),
        (("--at", "2013-01-01"), "not-yet-valid"),
        (("--crl", "revoking.crl", *ON_ITS_DAY), "revoked"),
        (("--crl", "page.html", *ON_ITS_DAY), "unchecked"),
    ],
)
def test_other_outcomes_are_one(files: Path, arguments: tuple[str, ...], outcome: str) -> None:
    given = [files / word if word.endswith((".crl", ".html")) else word for word in arguments]
    code, told = checked(files, *given)
    assert (code, told["outcome"]) == (1, outcome)


def test_what_is_no_certificate_is_invalid(files: Path) -> None:
    assert checked(files, name="page.html")[1]["reason"] == "unreadable"


def test_misuse_is_two(files: Path) -> None:
    assert run("card", "check", files / "nothing.cer", "--trust", files / "trust").returncode == 2
    assert (
        run("card", "check", files / "card.cer", "--trust", files / "trust", "--at", "noon").returncode == 2
    )


def test_a_person_gets_a_sentence(files: Path) -> None:
    done = run(
        "card", "check", files / "card.cer", "--trust", files / "trust", *ON_ITS_DAY, language="ja_JP.UTF-8"
    )
    assert "未確認" in done.stderr


def test_a_desk_without_lists_or_addresses(tmp_path: Path) -> None:
    desk = tmp_path / "desk"
    assert run("init", desk).returncode == 0
    assert run("card", "crl", "list", "--desk", desk, "--json").stdout.strip() == "[]"
    assert run("card", "crl", "update", "--desk", desk).returncode == 1
    (desk / "data" / "reference" / "trust" / "ca.cer").write_bytes(authority().certificate)
    old = tmp_path / "old.crl"
    old.write_bytes(good_list())
    done = run("card", "crl", "update", old, "--desk", desk, "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout)[0]["error"] == "crl-out-of-date"
