"""Anchors with stamps of a time-stamping authority, as an administrator makes and an auditor checks them."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.conftest import Ebid
from tests.cli.test_audit_tree import recorded
from tests.documents.test_anchor_sheet import drawn, read_back
from tests.needs import require_component
from tests.tsa import Authority, served


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    require_component("openssl")
    return Authority(tmp_path / "authority")


@pytest.fixture
def anchors(desk: Path, ebid: Ebid, tmp_path: Path) -> Path:
    """Where anchors go; the desk has events and a key."""
    recorded(ebid, desk)
    assert ebid("audit", "key", "--make", "--desk", desk).code == 0
    folder = tmp_path / "outside"
    folder.mkdir()
    return folder / "anchors.txt"


def stamps(anchors: Path) -> list[Path]:
    return sorted(anchors.parent.glob("*.tsr"))


def anchored(ebid: Ebid, desk: Path, anchors: Path, authority: Authority, times: int = 1) -> Any:
    with served(authority) as url:
        given = ("--to", anchors, "--tsa", url, "--tsa-trust", authority.trust, "--desk", desk)
        answers = [ebid("audit", "anchor", *given, "--json") for _ in range(times)]
    assert [answer.code for answer in answers] == [0] * times, answers[-1].err
    return answers[-1].value


def found(ebid: Ebid, desk: Path, anchors: Path, trust: Path) -> tuple[int, int, list[str]]:
    given = ("--anchors", anchors, "--tsa-trust", trust)
    answer = ebid("audit", "verify", *given, "--desk", desk, "--json")
    assert answer.out, answer.err
    return answer.code, answer.value["stamps"], [one["fault"] for one in answer.value["findings"]]


def test_a_token_lies_beside_its_anchor_and_holds(
    desk: Path, ebid: Ebid, anchors: Path, authority: Authority
) -> None:
    value = anchored(ebid, desk, anchors, authority, times=2)
    assert len(stamps(anchors)) == 2
    assert Path(value["stamp"]) in stamps(anchors)
    assert found(ebid, desk, anchors, authority.trust) == (0, 2, [])
    told = ebid("audit", "list", "--tag", "audit:anchored", "--desk", desk, "--json").value
    assert told[-1]["facts"]["stamped_at"].replace("T", " ") == value["stamped"]
    # Another program agrees: the text under the stamp is the head, line by line.
    head = anchors.with_name("head.txt")
    head.write_text("".join(anchors.read_text(encoding="utf-8").splitlines(True)[-6:]), encoding="utf-8")
    assert hashlib.sha256(head.read_bytes()).hexdigest()[:8] in value["stamp"]
    command = ["openssl", "ts", "-verify", "-data", head, "-in", value["stamp"], "-CAfile", authority.trust]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "Verification: OK" in checked.stdout + checked.stderr


def test_wrong_tokens_are_found_out(
    desk: Path, ebid: Ebid, anchors: Path, authority: Authority, tmp_path: Path
) -> None:
    anchored(ebid, desk, anchors, authority, times=2)
    one, other = stamps(anchors)
    good = one.read_bytes()
    shutil.copy(other, one)
    assert found(ebid, desk, anchors, authority.trust) == (1, 2, ["stamp-differs"])
    one.write_bytes(good[: len(good) // 2])
    assert found(ebid, desk, anchors, authority.trust) == (1, 2, ["stamp-unreadable"])
    one.write_bytes(good)
    assert found(ebid, desk, anchors, authority.trust) == (0, 2, [])
    forger = Authority(tmp_path / "forger")
    assert found(ebid, desk, anchors, forger.trust) == (1, 2, ["stamp-forged", "stamp-forged"])
    lines = anchors.read_text(encoding="utf-8").splitlines(True)
    anchors.write_text("".join(lines[6:]), encoding="utf-8")
    assert found(ebid, desk, anchors, authority.trust) == (1, 2, ["stamp-alone"])
    assert (
        "stamp-alone (anchors.txt."
        in ebid("audit", "verify", "--anchors", anchors, "--tsa-trust", authority.trust, "--desk", desk).out
    )
    last = ebid("audit", "list", "--tag", "audit:verified", "--desk", desk, "--json").value[-1]
    assert last["facts"]["findings"] == 1


def test_where_nobody_answers_nothing_is_done(
    desk: Path, ebid: Ebid, anchors: Path, authority: Authority
) -> None:
    with served(authority) as url:
        pass
    given = ("audit", "anchor", "--to", anchors, "--tsa", url, "--tsa-trust", authority.trust, "--desk", desk)
    refused = ebid(*given)
    assert (refused.code, refused.out) == (1, "")
    assert "cannot be reached" in refused.err
    assert len(refused.err.strip().splitlines()) == 1
    assert list(anchors.parent.iterdir()) == []
    assert ebid("audit", "list", "--tag", "audit:anchored", "--desk", desk, "--json").value == []
    assert ebid(*given, "--dry-run").code == 0
    assert ebid(*given, "--no-tsa").code == 0
    assert [path.name for path in anchors.parent.iterdir()] == ["anchors.txt"]


def test_the_settings_name_an_authority(desk: Path, ebid: Ebid, anchors: Path, authority: Authority) -> None:
    settings = desk / "ebidadmin.toml"
    shutil.copy(authority.trust, desk / "tsa.pem")
    before = settings.read_text(encoding="utf-8")
    with served(authority) as url:
        after = before.replace('tsa = ""', f'tsa = "{url}"')
        settings.write_text(after, encoding="utf-8")
        refused = ebid("audit", "anchor", "--to", anchors, "--desk", desk)
        assert refused.code == 1
        assert "audit.tsa_trust" in refused.err
        settings.write_text(after.replace('tsa_trust = ""', 'tsa_trust = "tsa.pem"'), encoding="utf-8")
        assert ebid("audit", "anchor", "--to", anchors, "--desk", desk).code == 0
        # Printed only: there is no file that a stamp could lie beside.
        assert ebid("audit", "anchor", "--desk", desk).code == 0
    assert len(stamps(anchors)) == 1
    answer = ebid("audit", "verify", "--anchors", anchors, "--desk", desk, "--json")
    assert (answer.code, answer.value["stamps"]) == (0, 1)


def test_what_is_missing_is_told(desk: Path, ebid: Ebid, anchors: Path, authority: Authority) -> None:
    anchored(ebid, desk, anchors, authority)
    unchecked = ebid("audit", "verify", "--anchors", anchors, "--desk", desk)
    assert unchecked.code == 1
    assert "--tsa-trust" in unchecked.err
    with served(authority) as url:
        for given, said in (
            (("--tsa", url, "--tsa-trust", authority.trust), "--to"),
            (("--tsa", url, "--to", anchors), "--tsa-trust"),
            (("--tsa", url, "--to", anchors, "--tsa-trust", anchors), "PEM"),
        ):
            refused = ebid("audit", "anchor", *given, "--desk", desk)
            assert refused.code == 1
            assert said in refused.err
    assert len(stamps(anchors)) == 1


def test_the_sheet_of_an_anchor_is_verified_like_the_file(
    desk: Path, ebid: Ebid, anchors: Path, authority: Authority
) -> None:
    sheet, read = anchors.with_name("sheet.pdf"), anchors.with_name("read.txt")
    assert ebid("audit", "verify", "--desk", desk).code == 0
    with served(authority) as url:
        given = ("--to", anchors, "--tsa", url, "--tsa-trust", authority.trust, "--sheet", sheet)
        assert ebid("audit", "anchor", *given, "--dry-run", "--desk", desk).code == 0
        assert list(anchors.parent.iterdir()) == []
        answer = ebid("audit", "anchor", *given, "--desk", desk, "--json")
    assert (answer.code, answer.value["sheet"]) == (0, str(sheet)), answer.err
    read.write_text(read_back(drawn(sheet.read_bytes())), encoding="utf-8")
    assert read.read_bytes() == anchors.read_bytes()
    assert ebid("audit", "verify", "--anchors", read, "--desk", desk, "--json").value["anchors"] == 1
    alone = ebid("audit", "anchor", "--sheet", sheet, "--desk", desk, "--json")
    assert (alone.code, alone.value["stamp"]) == (0, None)
    assert read_back(drawn(sheet.read_bytes())) == alone.value["note"]


def test_a_sheet_that_cannot_be_set_leaves_no_anchor(desk: Path, ebid: Ebid, anchors: Path) -> None:
    (desk / "data" / "reference" / "pages" / "anchor_sheet.typ").write_text("#nothing", encoding="utf-8")
    sheet = anchors.with_name("sheet.pdf")
    refused = ebid("audit", "anchor", "--to", anchors, "--sheet", sheet, "--desk", desk)
    assert (refused.code, refused.out) == (1, "")
    assert "anchor_sheet.typ" in refused.err
    assert list(anchors.parent.iterdir()) == []
    assert ebid("audit", "list", "--tag", "audit:anchored", "--desk", desk, "--json").value == []
