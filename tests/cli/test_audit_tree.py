"""``ebidadmin audit verify|key|anchor|prove|check-proof``, as an auditor uses them, and the script without the program."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from ebidadmin import check_proof
from ebidadmin.domain.tree_findings import Fault, Finding
from ebidadmin.text.audit_tree import FAULTS, said
from tests.acceptance.conftest import Ebid


def recorded(ebid: Ebid, desk: Path) -> None:
    for number in ("190000092", "190000093"):
        permit = ("permit", "record", number, "--received", "2026-10-01", "--channel", "fax")
        assert ebid(*permit, "--desk", desk).code == 0


@pytest.mark.sqlite_only("the file is changed by hand; tests/persistence does so on both")
def test_the_trail_is_verified_anchored_and_found_out_when_changed(
    desk: Path, ebid: Ebid, tmp_path: Path
) -> None:
    recorded(ebid, desk)
    refused = ebid("audit", "anchor", "--desk", desk)
    assert refused.code == 1
    assert "audit key --make" in refused.err
    key = ebid("audit", "key", "--make", "--desk", desk, "--json").value["key"]
    assert ebid("audit", "key", "--desk", desk).out.strip() == key
    anchors = tmp_path / "anchors.txt"
    assert ebid("audit", "anchor", "--to", anchors, "--desk", desk).code == 0
    assert ebid("audit", "anchor", "--to", anchors, "--desk", desk).code == 0
    good = ebid("audit", "verify", "--anchors", anchors, "--desk", desk, "--json")
    assert (good.code, good.value["good"], good.value["anchors"]) == (0, True, 2)
    later = ebid("audit", "verify", "--incremental", "--desk", desk, "--json").value
    assert (later["good"], later["since"], later["checked"]) == (True, good.value["size"], 1)
    with closing(sqlite3.connect(desk / "ebidadmin.sqlite")) as raw:
        (guard,) = raw.execute(
            "SELECT sql FROM sqlite_master WHERE name = 'audit_events_no_update'"
        ).fetchone()
        raw.execute("DROP TRIGGER audit_events_no_update")
        raw.execute("UPDATE audit_events SET by = 'somebody' WHERE seq = 2")
        raw.execute(guard)
        raw.commit()
    bad = ebid("audit", "verify", "--desk", desk, "--json")
    assert (bad.code, bad.value["first_bad"]) == (1, 2)
    assert bad.value["findings"] == [{"fault": "event-changed", "seq": 2, "what": ""}]
    assert "event-changed event 2" in ebid("audit", "verify", "--desk", desk).out


@pytest.mark.sqlite_only("the file is changed by hand; tests/persistence does so on both")
def test_the_settings_name_the_anchors(desk: Path, ebid: Ebid, tmp_path: Path) -> None:
    recorded(ebid, desk)
    assert ebid("audit", "key", "--make", "--desk", desk).code == 0
    settings, anchors = desk / "ebidadmin.toml", tmp_path / "anchors.txt"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace('anchors = ""', f'anchors = "{anchors}"'), encoding="utf-8")
    missing = ebid("audit", "verify", "--desk", desk)
    assert (missing.code, str(anchors) in missing.err) == (1, True)
    shutil.copy(desk / "ebidadmin.sqlite", tmp_path / "older.sqlite")
    recorded(ebid, desk)
    assert ebid("audit", "anchor", "--to", anchors, "--desk", desk).code == 0
    good = ebid("audit", "verify", "--desk", desk, "--json")
    assert (good.code, good.value["anchors"]) == (0, 1)
    other = tmp_path / "other.txt"
    other.write_text(anchors.read_text(encoding="utf-8") * 2, encoding="utf-8")
    assert ebid("audit", "verify", "--anchors", other, "--desk", desk, "--json").value["anchors"] == 2
    shutil.copy(tmp_path / "older.sqlite", desk / "ebidadmin.sqlite")
    found = ebid("audit", "verify", "--desk", desk, "--json")
    assert (found.code, [one["fault"] for one in found.value["findings"]]) == (1, ["anchor-beyond"])


def test_a_proof_holds_where_the_program_is_not(desk: Path, ebid: Ebid, tmp_path: Path) -> None:
    recorded(ebid, desk)
    key = ebid("audit", "key", "--make", "--desk", desk, "--json").value["key"]
    proof = tmp_path / "proof.json"
    assert ebid("audit", "prove", 1, "--to", proof, "--desk", desk).code == 0
    shown = ebid("audit", "check-proof", proof, "--key", key)
    assert (shown.code, shown.value["entry"]["seq"]) == (0, 1)
    alone = tmp_path / "elsewhere" / "check_proof.py"
    alone.parent.mkdir()
    shutil.copy(check_proof.__file__, alone)
    assert len(alone.read_text(encoding="utf-8").splitlines()) < 200
    hidden = (
        "import sys; sys.modules['ebidadmin'] = None; sys.argv = sys.argv[1:];"
        " import runpy; runpy.run_path(sys.argv[0], run_name='__main__')"
    )
    command = [sys.executable, "-I", "-c", hidden, alone, proof, key]
    run = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout) == shown.value
    forged = proof.read_text(encoding="utf-8").replace('\\"seq\\":1,', '\\"seq\\":2,')
    assert forged != proof.read_text(encoding="utf-8")
    proof.write_text(forged, encoding="utf-8")
    run = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    assert (run.returncode, run.stdout) == (1, "")
    assert "not in the trail" in run.stderr
    assert ebid("audit", "check-proof", proof, "--key", key).code == 1


@pytest.mark.sqlite_only("looks at the bytes of the file; test_command_tree looks at the rows on both")
def test_a_dry_run_seals_and_keeps_nothing(desk: Path, ebid: Ebid, tmp_path: Path) -> None:
    recorded(ebid, desk)
    ebid("audit", "key", "--make", "--desk", desk)
    ebid("audit", "verify", "--desk", desk)
    before = (desk / "ebidadmin.sqlite").read_bytes()
    anchors = tmp_path / "anchors.txt"
    for arguments in (("verify",), ("anchor", "--to", anchors), ("prove", 1)):
        assert ebid("audit", *arguments, "--dry-run", "--desk", desk).code == 0
    assert (desk / "ebidadmin.sqlite").read_bytes() == before
    assert not anchors.exists()


def test_what_is_no_file_of_anchors_is_told_by_its_line(desk: Path, ebid: Ebid, tmp_path: Path) -> None:
    wrong = tmp_path / "memo.txt"
    wrong.write_text("memo\n", encoding="utf-8")
    answer = ebid("audit", "verify", "--anchors", wrong, "--desk", desk)
    assert answer.code == 1
    assert "line 1" in answer.err
    assert ebid("audit", "verify", "--anchors", tmp_path / "none.txt", "--desk", desk).code == 1
    assert ebid("audit", "prove", 4711, "--desk", desk).code == 1


def test_every_fault_has_its_sentence() -> None:
    assert set(FAULTS) == set(Fault)
    assert all("{" not in said(Finding(fault=one, seq=4, what="x")) for one in Fault)
