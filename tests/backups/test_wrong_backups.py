"""What is no backup, or no place for one, is refused in one sentence, and nothing is left of the attempt."""

from __future__ import annotations

import errno
import json
import random
import sqlite3
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from ebidadmin.backups import package as packages
from ebidadmin.backups.package import MANIFEST, opened
from ebidadmin.errors import EbidError, StorageError
from ebidadmin.persistence import migrate, sqlite_copies
from ebidadmin.persistence.engine import make_engine
from tests.acceptance.conftest import Answer, Ebid
from tests.backups.killer import KILLED
from tests.backups.places import litter


@pytest.fixture
def backup(demo: Path, ebid: Ebid, tmp_path: Path) -> Path:
    assert ebid("db", "backup", tmp_path / "b.zip", "--desk", demo).code == 0
    return tmp_path / "b.zip"


def refused(answer: Answer, says: str) -> None:
    assert (answer.code, answer.out) == (1, ""), answer
    assert len(answer.err.splitlines()) == 1
    assert says in answer.err


def half(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def last_byte(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-1])


def other_package(file: Path) -> None:
    with zipfile.ZipFile(file, "w") as made:
        made.writestr("a.txt", "a")


def told(file: Path, **changed: Any) -> None:
    """Another manifest for what is in the package."""
    with zipfile.ZipFile(file) as made:
        parts = {name: made.read(name) for name in made.namelist()}
    manifest = {**json.loads(parts[MANIFEST]), **changed}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in {**parts, MANIFEST: json.dumps(manifest).encode()}.items():
            made.writestr(name, content)


CHANGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "nothing": (lambda file: file.unlink(), "File unreadable"),
    "text": (lambda file: file.write_text("x"), "no backup"),
    "half": (half, "no backup"),
    "last byte": (last_byte, "no backup"),
    "another package": (other_package, "no backup"),
    "no map": (lambda file: told(file, digests=[]), "no backup"),
    "another form": (lambda file: told(file, format="ebidadmin-backup-2"), "no backup"),
    "another engine": (lambda file: told(file, engine="oracle"), "no backup"),
    "newer": (lambda file: told(file, schema="9999"), "later version"),
    "never upgraded": (lambda file: told(file, schema=None), "later version"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_is_no_backup_is_not_restored(backup: Path, ebid: Ebid, tmp_path: Path, change: str) -> None:
    do, says = CHANGES[change]
    do(backup)
    for more in ((), ("--dry-run",)):
        refused(ebid("db", "restore", backup, *more, "--desk", tmp_path / "new"), says)
    assert not (tmp_path / "new").exists()
    assert litter(tmp_path) == []


def test_a_changed_byte_is_found_in_every_part(backup: Path, ebid: Ebid, tmp_path: Path) -> None:
    whole = backup.read_bytes()
    with zipfile.ZipFile(backup) as made:
        members = [one for one in made.infolist() if one.compress_size > 200]
    assert {MANIFEST, "database.sqlite"} < {one.filename for one in members}
    for member in members:
        header = whole[member.header_offset : member.header_offset + 30]
        start = member.header_offset + 30 + int.from_bytes(header[26:28], "little")
        at = start + int.from_bytes(header[28:30], "little") + member.compress_size // 2
        backup.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        refused(ebid("db", "restore", backup, "--desk", tmp_path / "new"), "backup")
        assert not (tmp_path / "new").exists()


def test_a_changed_byte_anywhere_is_refused_or_changes_nothing(backup: Path, tmp_path: Path) -> None:
    """Bytes that the form of the package does not use may be anything."""
    whole, pick = backup.read_bytes(), random.Random(7)
    found: Counter[str] = Counter()
    for _ in range(60):
        at = pick.randrange(len(whole)) if pick.random() < 0.5 else len(whole) - pick.randrange(1, 6_000)
        (tmp_path / "c.zip").write_bytes(
            whole[:at] + bytes([whole[at] ^ (1 << pick.randrange(8))]) + whole[at + 1 :]
        )
        found[looked_at(tmp_path / "c.zip")] += 1
    assert set(found) <= {"", "backup-unreadable", "backup-damaged", "file-unreadable"}
    assert found[""] < 30


def looked_at(file: Path) -> str:
    """Why it is refused, or nothing."""
    try:
        with opened(file, revisions=migrate.revisions()) as package:
            package.check()
    except EbidError as error:
        return error.code
    return ""


@pytest.mark.parametrize("name", ["desk/../../evil", "/evil", "desk//evil", "evil", "desk/a\\b"])
def test_a_part_that_would_lie_elsewhere_is_refused(
    backup: Path, ebid: Ebid, tmp_path: Path, name: str
) -> None:
    with zipfile.ZipFile(backup) as made:
        digests = json.loads(made.read(MANIFEST))["digests"]
    with zipfile.ZipFile(backup, "a") as made:
        made.writestr(name, "a")
    told(
        backup, digests={**digests, name: "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"}
    )
    refused(ebid("db", "restore", backup, "--desk", tmp_path / "new"), "not what was put in")
    assert list(tmp_path.rglob("*evil*")) == []


def test_an_office_is_never_restored_over(backup: Path, demo: Path, ebid: Ebid, tmp_path: Path) -> None:
    refused(ebid("db", "restore", backup, "--desk", demo), "a desk already")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "a.txt").write_text("a")
    refused(ebid("db", "restore", backup, "--desk", tmp_path / "full"), "Folder not empty")
    refused(ebid("db", "restore", backup, "--desk", tmp_path / "full" / "a.txt"), "Not a folder")
    other = tmp_path / "other.sqlite"
    other.write_bytes(b"")
    given = ("--url", f"sqlite:///{other}")
    refused(ebid("db", "restore", backup, *given, "--desk", tmp_path / "new"), "something in that database")
    assert (other.read_bytes(), (tmp_path / "new").exists()) == (b"", False)


def test_a_database_elsewhere_is_filled_and_taken_back_when_it_fails(
    backup: Path, ebid: Ebid, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "elsewhere" / "office.sqlite"
    given = ("db", "restore", backup, "--url", f"sqlite:///{place}", "--desk", tmp_path / "new")
    with monkeypatch.context() as patched:
        patched.setattr(migrate, "upgrade", _fails)
        refused(ebid(*given), "Disk full")
    assert not place.exists()
    assert not (tmp_path / "new").exists()
    assert ebid(*given).code == 0
    assert place.is_file()
    assert ebid("audit", "verify", "--desk", tmp_path / "new").code == 0


def _fails(*_given: object) -> None:
    raise StorageError("disk-full")


def test_what_differs_from_the_manifest_is_not_taken_for_restored(
    backup: Path, ebid: Ebid, tmp_path: Path
) -> None:
    """Should the parts be right and what became of them wrong, as with a disk that lies."""
    with zipfile.ZipFile(backup) as made:
        manifest = json.loads(made.read(MANIFEST))
    for changed in (
        {"tables": {**manifest["tables"], "permits": 1}},
        {"head": {**manifest["head"], "root": "00" * 32}},
    ):
        told(backup, **{**manifest, **changed})
        refused(ebid("db", "restore", backup, "--desk", tmp_path / "new"), "not what was backed up")
        assert not (tmp_path / "new").exists()


def test_places_where_no_backup_can_be_made(demo: Path, ebid: Ebid, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("a")
    for more in ((), ("--dry-run",)):
        refused(ebid("db", "backup", tmp_path / "file", *more, "--desk", demo), "something of that name")
        for place in (tmp_path / "missing" / "b.zip", tmp_path / "file" / "b.zip"):
            refused(ebid("db", "backup", place, *more, "--desk", demo), "File unwritable")
    assert (tmp_path / "file").read_text() == "a"


def test_a_full_disk_is_told_and_nothing_is_left(
    demo: Path, ebid: Ebid, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup = tmp_path / "b.zip"

    def full(*_given: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(packages.Packing, "add", full)
        refused(ebid("db", "backup", backup, "--desk", demo), "Disk full")
    assert list(tmp_path.glob("*b.zip*")) == []
    assert ebid("db", "backup", backup, "--desk", demo).code == 0
    with monkeypatch.context() as patched:
        patched.setattr(packages.Package, "take_out", full)
        refused(ebid("db", "restore", backup, "--desk", tmp_path / "new"), "Disk full")
    assert litter(tmp_path) == []


def test_a_file_that_cannot_be_read_is_named(
    demo: Path, ebid: Ebid, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = demo / "inbox" / "closed.csv"
    closed.write_text("a")
    real = Path.open

    def opening(path: Path, *given: Any, **options: Any) -> Any:
        if path == closed:
            raise PermissionError(errno.EACCES, "no")
        return real(path, *given, **options)

    monkeypatch.setattr(Path, "open", opening)
    refused(ebid("db", "backup", tmp_path / "b.zip", "--desk", demo), str(closed))
    assert list(tmp_path.glob("*b.zip*")) == []


def test_a_database_that_is_held_is_waited_for_and_told(
    demo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_copies, "BUSY_SECONDS", 0.2)
    monkeypatch.setattr(sqlite_copies, "PAGES", 50)
    file = demo / "ebidadmin.sqlite"
    engine = make_engine(f"sqlite:///{file}")
    with closing(sqlite3.connect(file, isolation_level=None)) as other:

        def step(_left: int, _all: int) -> None:
            if not other.in_transaction:
                other.execute("BEGIN EXCLUSIVE")

        with pytest.raises(StorageError) as caught:
            sqlite_copies.copy_database(engine, tmp_path / "copy.sqlite", step=step)
    assert caught.value.code == "database-locked"


def test_a_damaged_database_is_not_backed_up_as_if_it_were_good(
    demo: Path, ebid: Ebid, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(demo / "ebidadmin.sqlite")) as opened_:
        page_size = opened_.execute("PRAGMA page_size").fetchone()[0]
        root = opened_.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'ix_mail_outbox_state_not_before'"
        ).fetchone()
    with (demo / "ebidadmin.sqlite").open("r+b") as stream:
        stream.seek((root[0] - 1) * page_size + 8)
        stream.write(b"\xff" * 64)
    refused(ebid("db", "backup", tmp_path / "b.zip", "--desk", demo), "damaged")
    assert list(tmp_path.glob("*b.zip*")) == []


KILLS = {
    "before": (
        "ebidadmin.persistence.sqlite_copies:copy_database",
        "ebidadmin.backups.package:Packing.tell",
        "ebidadmin.backups.making:MadeBackup.keep",
    ),
    "after": ("ebidadmin.persistence.sqlite_copies:copy_database",),
}


@pytest.mark.parametrize(("when", "place"), [(when, place) for when in KILLS for place in KILLS[when]])
def test_a_killed_backup_is_none(demo: Path, ebid: Ebid, tmp_path: Path, when: str, place: str) -> None:
    assert kill(when, place, "db", "backup", tmp_path / "b.zip", "--desk", demo) == KILLED
    assert not (tmp_path / "b.zip").exists()
    assert ebid("db", "backup", tmp_path / "b.zip", "--desk", demo).code == 0
    assert litter(tmp_path) == []
    assert ebid("audit", "verify", "--desk", demo).code == 0


@pytest.mark.parametrize(
    ("when", "name"), [("before", "_put_database"), ("after", "_put_database"), ("after", "_verified")]
)
def test_a_killed_restore_is_none(backup: Path, ebid: Ebid, tmp_path: Path, when: str, name: str) -> None:
    again = ("db", "restore", backup, "--desk", tmp_path / "new")
    assert kill(when, f"ebidadmin.backups.restoring:{name}", *again) == KILLED
    assert not (tmp_path / "new").exists()
    assert ebid(*again).code == 0
    assert litter(tmp_path) == []


def kill(when: str, place: str, *words: object) -> int:
    given = [sys.executable, "-m", "tests.backups.killer", when, place, *map(str, words)]
    return subprocess.run(given, capture_output=True, check=False).returncode
