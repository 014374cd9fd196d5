"""Settings, reasons and templates at the terminal: shown, checked, changed, and whole after a kill at any point."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ebidadmin.cli.foundation import create_desk
from ebidadmin.config import CONFIG_NAME
from ebidadmin.office_files import LETTERS, MAILS, DeskFiles
from ebidadmin.services.office_files import digest_of
from tests.acceptance.conftest import Ebid
from tests.cli.file_killer import KILLED
from tests.desks import KIND, copied_desk

MAIL = "mails/id-approved"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("office-files") / "desk"
    create_desk(folder, demo=False, progress=lambda step: None)
    return folder


@pytest.fixture
def desk(made: Path, tmp_path: Path) -> Path:
    return copied_desk(made, tmp_path / "desk")


def draft(desk: Path, name: str, old: str, new: str) -> Path:
    """A changed copy beside the desk."""
    text = DeskFiles(desk).read(name).decode()
    assert old in text
    path = desk.parent / "draft.txt"
    path.write_text(text.replace(old, new), encoding="utf-8")
    return path


def digest(desk: Path, name: str) -> str:
    return digest_of(DeskFiles(desk).read(name))


def test_every_file_of_the_administrator_is_listed_and_sound(desk: Path, ebid: Ebid) -> None:
    listed: list[dict[str, Any]] = ebid("template", "list", "--desk", desk, "--json").value
    assert [one["name"] for one in listed] == [*MAILS, *LETTERS]
    files = DeskFiles(desk)
    for name in files.names():
        files.check(name, files.read(name), shown=name)


def test_who_may_read_a_file_stays_as_it_was(desk: Path, ebid: Ebid) -> None:
    path = desk / CONFIG_NAME
    for mode in (0o600, 0o640):
        path.chmod(mode)
        file = draft(desk, "settings", "target_days = ", "target_days = 1")
        assert ebid("config", "set", file, "--seen", digest(desk, "settings"), "--desk", desk).code == 0
        assert path.stat().st_mode & 0o777 == mode


def test_a_template_is_shown_changed_and_on_the_trail(desk: Path, ebid: Ebid) -> None:
    shown = ebid("template", "show", MAIL, "--desk", desk, "--json").value
    assert (shown["digest"], "審査結果 承認" in shown["text"]) == (digest(desk, MAIL), True)
    file = draft(desk, MAIL, "審査結果 承認", "審査の結果 承認")
    assert ebid("template", "check", MAIL, file, "--desk", desk).code == 0
    command = ("template", "set", MAIL, file, "--seen", shown["digest"], "--desk", desk)
    assert ebid(*command, "--dry-run").code == 0
    assert digest(desk, MAIL) == shown["digest"]
    done = ebid(*command, "--json").value
    assert (done["digest"], done["by_hand"]) == (digest(desk, MAIL), False)
    assert "審査の結果 承認" in DeskFiles(desk).read(MAIL).decode()
    (event,) = ebid("audit", "list", "--subject", f"office-file:{MAIL}", "--desk", desk, "--json").value
    assert (event["before"]["digest"], event["after"]["digest"]) == (shown["digest"], done["digest"])
    stale = ebid(*command)
    assert (stale.code, "office-file-changed" in stale.err or MAIL in stale.err) == (1, True)


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        (MAIL, "{application_number}\n受付日", "{user_id}\n受付日", "user_id"),
        (MAIL, "{application_number}\n受付日", "{tradename}\n受付日", "tradename"),
        ("letters/permit_granted", "{", "{no_such_field}{", "no_such_field"),
        ("letters/permit_granted", "{", "\U000e0101\U0001f600{", "permit_granted"),
    ],
    ids=["forbidden", "unknown", "letter", "glyph"],
)
def test_a_wrong_template_is_refused_naming_what_is_wrong(
    desk: Path, ebid: Ebid, name: str, old: str, new: str, said: str
) -> None:
    before = digest(desk, name)
    file = draft(desk, name, old, new)
    for refused in (
        ebid("template", "check", name, file, "--desk", desk),
        ebid("template", "set", name, file, "--seen", before, "--desk", desk),
    ):
        assert (refused.code, said in refused.err, "Traceback" in refused.err) == (1, True, False)
    assert digest(desk, name) == before


def test_a_reason_is_retired_never_removed(desk: Path, ebid: Ebid) -> None:
    name, before = "reasons/rejection", digest(desk, "reasons/rejection")
    gone = draft(desk, name, 'code = "name-differs"', 'code = "name-is-other"')
    command = ("reason", "set", "rejection", gone, "--seen", before, "--desk", desk)
    refused = ebid(*command)
    assert (refused.code, "name-differs" in refused.err, str(gone) in refused.err) == (1, True, True)
    text = DeskFiles(desk).read(name).decode()
    head, found, tail = text.partition('code = "name-differs"')
    gone.write_text(head + found + tail.replace("active = true", "active = false", 1), encoding="utf-8")
    assert ebid(*command).code == 0
    assert ebid("template", "show", name, "--desk", desk).code == 1


OTHER = {"sqlite": ("ebidadmin.sqlite", "other.sqlite"), "postgresql": ("@/office", "@/other")}
"""What stands in the address of the database, and what would name another."""


def test_settings_change_but_for_the_database(desk: Path, ebid: Ebid) -> None:
    shown = ebid("config", "show", "--desk", desk, "--json").value[0]
    assert "text" not in shown
    file = draft(desk, "settings", "target_days = 5", "target_days = 7")
    assert ebid("config", "set", file, "--seen", shown["digest"], "--desk", desk).code == 0
    assert "target_days = 7" in (desk / CONFIG_NAME).read_text(encoding="utf-8")
    now = digest(desk, "settings")
    for old, new, said in (
        ("target_days = 7", "target_days = 0", "target_days"),
        (*OTHER[KIND], "database.url"),
    ):
        refused = ebid("config", "set", draft(desk, "settings", old, new), "--seen", now, "--desk", desk)
        assert (refused.code, said in refused.err) == (1, True)
    assert digest(desk, "settings") == now


def test_a_file_that_the_desk_lacks_gets_its_own_place(desk: Path, ebid: Ebid) -> None:
    own = desk / "data" / "reference" / "mails" / "card-expires.toml"
    own.unlink()
    name = "mails/card-expires"
    file = draft(desk, name, "近づいています", "近くなりました")
    assert ebid("template", "set", name, file, "--seen", digest(desk, name), "--desk", desk).code == 0
    assert own.read_bytes() == file.read_bytes()


def office_files(desk: Path, ebid: Ebid) -> str:
    found = {one["name"]: one["code"] for one in ebid("doctor", "--desk", desk, "--json").value}
    return str(found["office files"])


def test_doctor_notes_a_change_by_hand_once_the_trail_knows_the_file(desk: Path, ebid: Ebid) -> None:
    path = desk / "data" / "reference" / "mails" / "id-approved.toml"
    path.write_text(path.read_text(encoding="utf-8") + "# 一\n", encoding="utf-8")
    assert office_files(desk, ebid) == "office-files-good"
    same = desk.parent / "same.toml"
    shutil.copy(path, same)
    assert ebid("template", "set", MAIL, same, "--seen", digest(desk, MAIL), "--desk", desk).code == 0
    path.write_text(path.read_text(encoding="utf-8") + "# 二\n", encoding="utf-8")
    assert office_files(desk, ebid) == "office-files-by-hand"
    listed = {one["name"]: one["by_hand"] for one in ebid("template", "list", "--desk", desk, "--json").value}
    assert [name for name, by_hand in listed.items() if by_hand] == [MAIL]


@pytest.mark.parametrize(
    ("point", "changed", "verdict"),
    [
        ("before-file", False, "office-files-good"),
        ("before-commit", True, "office-files-by-hand"),
        ("after-commit", True, "office-files-good"),
    ],
)
def test_a_kill_leaves_the_old_or_the_new_file_and_doctor_tells_which_the_trail_lacks(
    desk: Path, ebid: Ebid, point: str, changed: bool, verdict: str
) -> None:
    first = draft(desk, MAIL, "審査結果 承認", "審査の結果 承認")
    assert ebid("template", "set", MAIL, first, "--seen", digest(desk, MAIL), "--desk", desk).code == 0
    old = DeskFiles(desk).read(MAIL)
    file = draft(desk, MAIL, "審査の結果 承認", "結果 承認")
    killed = subprocess.run(
        [sys.executable, "-m", "tests.cli.file_killer", str(desk), point, MAIL, str(file)],
        check=False,
        timeout=120,
    )
    assert killed.returncode == KILLED
    assert DeskFiles(desk).read(MAIL) == (file.read_bytes() if changed else old)
    assert office_files(desk, ebid) == verdict
    if verdict == "office-files-by-hand" or not changed:
        again = ebid("template", "set", MAIL, file, "--seen", digest(desk, MAIL), "--desk", desk)
        assert again.code == 0
    assert (DeskFiles(desk).read(MAIL), office_files(desk, ebid)) == (file.read_bytes(), "office-files-good")
