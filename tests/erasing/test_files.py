"""Which files go with a supplier and which stay to be looked at, and what becomes of them when an erasing is cut short."""

from __future__ import annotations

import gzip
import os
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from ebidadmin.clock import SettableClock
from ebidadmin.config import CONFIG_NAME
from ebidadmin.errors import StorageError
from ebidadmin.intake.backups import is_backup
from ebidadmin.persistence import erasure_scrub, erasure_store
from tests.acceptance.conftest import Ebid
from tests.erasing import life
from tests.erasing.finding import everywhere
from tests.erasing.test_rules_of_erasing import run, small
from tests.erasing.test_unfinished import ready
from tests.imports.test_apply import record

NAME = record(life.N).trade_name
ERASE = ("supplier", "erase", life.GONE)


@pytest.fixture
def office(desk: Path, clock: SettableClock) -> Path:
    """Files are the same whatever the database."""
    return desk


def database(path: Path) -> Path:
    with closing(sqlite3.connect(path)) as made:
        made.execute("CREATE TABLE kept (name TEXT)")
        made.execute("INSERT INTO kept VALUES (?)", (NAME,))
        made.commit()
    return path


def backups(folder: Path) -> list[Path]:
    """A copy of a database with what lies beside it, a package with one, and dumps: each says the supplier's name."""
    copy = database(folder / "copy.sqlite")
    beside = [folder / f"copy.sqlite{end}" for end in ("-wal", "-journal")]
    for path in beside:
        path.write_bytes(NAME.encode())
    with zipfile.ZipFile(folder / "backup.zip", "w", zipfile.ZIP_DEFLATED) as package:
        package.write(copy, "inside/office.sqlite")
        package.writestr("inside/readme.txt", NAME)
    dumps = {
        "custom.dump": b"PGDMP" + NAME.encode(),
        "plain.sql": b"--\n-- PostgreSQL database dump\n--\n" + NAME.encode(),
        "lite.sql": b"PRAGMA foreign_keys=OFF;\r\nBEGIN TRANSACTION;\r\n" + NAME.encode(),
    }
    for name, content in dumps.items():
        (folder / name).write_bytes(content)
    return [copy, *beside, folder / "backup.zip", *(folder / name for name in dumps)]


def test_backups_of_everybody_stay_and_are_told(office: Path, ebid: Ebid, clock: SettableClock) -> None:
    small(ebid, office)
    (office / "kept").mkdir()
    kept = backups(office / "kept")
    alone = office / "kept" / "other.sqlite-wal"
    alone.write_bytes(NAME.encode())
    clock.set(life.DUE)
    shown = run(ebid, office, *ERASE, "--json").value
    assert shown["left"] == sorted(map(str, kept))
    assert str(alone) in shown["files"]
    done = run(ebid, office, *ERASE, "--confirm", shown["token"], "--json", code=1).value
    assert done["left"] == shown["left"]
    assert all(path.exists() for path in kept)
    assert not alone.exists()


def test_backups_that_were_written_elsewhere_are_told(
    office: Path, ebid: Ebid, clock: SettableClock, tmp_path: Path
) -> None:
    """The trail says where; what is not there any more is not told."""
    small(ebid, office)
    places = [tmp_path / "a.zip", tmp_path / "b.zip", office / "c.zip"]
    for place in places:
        run(ebid, office, "db", "backup", place)
    places[1].unlink()
    (office / "packed.dump").write_bytes(b"PGDMP, and then what nobody can look into")
    clock.set(life.DUE)
    shown = run(ebid, office, *ERASE, "--json").value
    assert shown["left"] == sorted(map(str, [places[0], places[2], office / "packed.dump"]))
    assert not {*map(str, places)} & set(shown["files"])


def test_a_package_without_a_database_is_no_backup(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as package:
        package.writestr("a.csv", NAME)
    (tmp_path / "b.txt").write_bytes(b"P.K. broken")
    assert not is_backup(tmp_path / "a.zip")
    assert not is_backup(tmp_path / "b.txt")


def test_a_package_that_cannot_be_unpacked_may_be_a_backup(
    office: Path, ebid: Ebid, clock: SettableClock
) -> None:
    """Half of one, broken in the middle of a member, and one that a password locks: named after the supplier, they stay and are told."""
    small(ebid, office)
    kept = office / "kept"
    kept.mkdir()
    backups(kept)
    whole = (kept / "backup.zip").read_bytes()
    for path in kept.iterdir():
        path.unlink()
    member = whole.index(b"office.sqlite") + len(b"office.sqlite")
    damaged = (
        whole[:member] + bytes(byte ^ 0x55 for byte in whole[member : member + 40]) + whole[member + 40 :]
    )
    flag = whole.index(b"PK\1\2") + 8
    locked = whole[:6] + b"\1" + whole[7:flag] + b"\1" + whole[flag + 1 :]
    made = {"half": whole[: len(whole) // 2], "damaged": damaged, "locked": locked}
    for name, content in made.items():
        (kept / f"{NAME} {name}.zip").write_bytes(content)
    clock.set(life.DUE)
    shown = run(ebid, office, *ERASE, "--json").value
    assert set(map(str, kept.iterdir())) <= set(shown["left"])
    run(ebid, office, *ERASE, "--confirm", shown["token"], "--json", code=1)
    assert len(list(kept.iterdir())) == len(made)


@pytest.mark.parametrize("folder", [".", "shared"])
def test_only_the_folder_of_a_report_goes_whole(
    desk: Path, ebid: Ebid, clock: SettableClock, folder: str
) -> None:
    settings = desk / CONFIG_NAME
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace('"report-outputs"', f'"{folder}"'), encoding="utf-8")
    small(ebid, desk)
    outputs = desk / folder
    for place in ("契約/写し", "daily_review_2026-10-07", ".weekly_follow_up_2026-W40.unfinished"):
        (outputs / place).mkdir(parents=True)
        (outputs / place / "a.txt").write_text(NAME, encoding="utf-8")
        (outputs / place / "b.txt").write_text("nobody", encoding="utf-8")
    clock.set(life.DUE)
    shown = run(ebid, desk, *ERASE, "--json").value
    run(ebid, desk, *ERASE, "--confirm", shown["token"])
    left = sorted(path.name for path in outputs.rglob("?.txt"))
    assert left == ["b.txt"]
    assert (outputs / "契約" / "写し" / "b.txt").is_file()
    assert everywhere(desk) == {}


def test_a_folder_that_bears_the_name(office: Path, ebid: Ebid, clock: SettableClock) -> None:
    """A picture says nothing; how its folder is called does."""
    small(ebid, office)
    place = office / "letters" / NAME
    place.mkdir(parents=True)
    (place / "scan.jpg").write_bytes(b"\xff\xd8 a picture")
    clock.set(life.DUE)
    assert str(place / "scan.jpg") in run(ebid, office, *ERASE, "--json").value["files"]


def test_what_cannot_be_looked_into_is_told(
    office: Path, ebid: Ebid, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    confirmed = ready(ebid, office, clock)
    closed = office / "closed"
    closed.mkdir()
    (office / "old.csv.gz").write_bytes(gzip.compress(NAME.encode() * 50))
    listed = os.scandir

    def scandir(path: Any) -> Any:
        if str(path) == str(closed):
            raise PermissionError(13, "no", str(path))
        return listed(path)

    monkeypatch.setattr(os, "scandir", scandir)
    done = run(ebid, office, *confirmed, "--json", code=1).value
    assert done["left"] == [str(closed), str(office / "old.csv.gz")]


def test_a_file_that_is_another_by_then_stays(
    office: Path, ebid: Ebid, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next import came under the name of an old one, while the rest of an erasing waited."""
    confirmed = ready(ebid, office, clock)
    (office / "data" / "memo.txt").write_text(NAME, encoding="utf-8")
    shown = run(ebid, office, *ERASE, "--json").value
    confirmed = (*confirmed[:-1], shown["token"])

    def refuse(*_arguments: object, **_named: object) -> None:
        raise PermissionError

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", refuse)
        assert "cannot be removed" in run(ebid, office, *confirmed, code=1).err
    (office / "inbox" / "first.csv").write_bytes(b"what came next")
    done = run(ebid, office, *confirmed, "--json", code=1).value
    assert done["left"] == [str(office / "data" / "memo.txt"), str(office / "inbox" / "first.csv")]
    assert (office / "inbox" / "first.csv").read_bytes() == b"what came next"
    assert run(ebid, office, "supplier", "due", "--json").value["unfinished"] == []


def test_one_file_that_stays_keeps_no_other_and_no_byte(
    office: Path, ebid: Ebid, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    confirmed = ready(ebid, office, clock)
    for name in ("a.txt", "z.txt"):
        (office / name).write_text(NAME, encoding="utf-8")
    shown = run(ebid, office, *ERASE, "--json").value
    removed = Path.unlink

    def unlink(path: Path, *arguments: Any, **named: Any) -> None:
        if path.name == "a.txt":
            raise PermissionError
        removed(path, *arguments, **named)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", unlink)
        told = run(ebid, office, *confirmed[:-1], shown["token"], code=1).err
    assert str(office / "a.txt") in told
    assert set(everywhere(office)) == {"a.txt"}
    run(ebid, office, *confirmed)
    assert everywhere(office) == {}


def test_what_is_written_meanwhile_is_told(
    office: Path, ebid: Ebid, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A report or an export that was under way: afterwards nobody could find it any more."""
    confirmed = ready(ebid, office, clock)
    scrub = erasure_scrub.scrub

    def slow(*arguments: Any) -> None:
        (office / "late.csv").write_text(NAME, encoding="utf-8")
        scrub(*arguments)

    monkeypatch.setattr(erasure_store, "scrub", slow)
    assert run(ebid, office, *confirmed, "--json", code=1).value["left"] == [str(office / "late.csv")]


def checked(office: Path, ebid: Ebid) -> str:
    """What the check of the installation says of erasings."""
    (code,) = (
        one["code"] for one in ebid("doctor", "--desk", office, "--json").value if one["name"] == "erasings"
    )
    return str(code)


def test_an_unfinished_one_is_ended_although_the_supplier_is_back(
    office: Path, ebid: Ebid, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    confirmed = ready(ebid, office, clock)

    def locked(*_arguments: object) -> None:
        raise StorageError("database-locked")

    with monkeypatch.context() as patch:
        patch.setattr(erasure_store, "scrub", locked)
        run(ebid, office, *confirmed, code=1)
    life.import_file(
        office,
        lambda *words: run(ebid, office, *words),
        "back.csv",
        [record(life.N, trade_name="新会社92"), *life.records()],
    )
    assert run(ebid, office, "supplier", "due", "--json").value["unfinished"] == [life.GONE]
    assert checked(office, ebid) == "erasings-unfinished"
    assert "cut short" in run(ebid, office, *ERASE, code=1).err
    assert "is finished" in run(ebid, office, *confirmed).out
    assert checked(office, ebid) == "erasings-good"
    assert run(ebid, office, "supplier", "due", "--json").value["unfinished"] == []
    assert "kept register" in run(ebid, office, *ERASE, code=1).err
    assert run(ebid, office, "audit", "verify", "--json").value["good"]
