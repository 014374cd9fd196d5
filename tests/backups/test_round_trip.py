"""Backed up, destroyed, restored: nothing is lost, and the trail tells of both."""

from __future__ import annotations

import json
import shutil
import stat
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import func, select

from ebidadmin.backups import making
from ebidadmin.backups.unfinished import END
from ebidadmin.bootstrap import open_desk
from ebidadmin.config import CONFIG_NAME, load_config
from ebidadmin.persistence import postgresql_tools, sqlite_copies
from ebidadmin.persistence.engine import make_engine
from ebidadmin.persistence.schema import AuditRow
from tests.acceptance.conftest import Ebid
from tests.backups.places import content, litter, target, trail
from tests.conftest import FreshDatabase


def test_a_destroyed_office_comes_back_whole(
    office: Path, ebid: Ebid, tmp_path: Path, fresh_database: FreshDatabase
) -> None:
    (office / "mail" / "kept.eml").write_bytes(b"a mail")
    made = ebid("db", "backup", tmp_path / "b.zip", "--json", "--desk", office)
    assert made.code == 0, made.err
    rows, files = content(office)
    told = trail(office)
    options = target(office, fresh_database)
    shutil.rmtree(office)
    back = ebid("db", "restore", tmp_path / "b.zip", *options, "--json", "--desk", office)
    assert (back.code, back.value["findings"]) == (0, []), back.err
    assert content(office) == (rows, files)
    assert back.value["tables"] == made.value["tables"]
    assert back.value["head"] == made.value["head"]
    # The backup does not know of itself; what came after it is that it was restored.
    (new,) = set(trail(office)) - set(told)
    assert "'desk:restored'" in new
    (gone,) = set(told) - set(trail(office))
    assert "'desk:backed-up'" in gone
    assert ebid("audit", "verify", "--desk", office).code == 0
    assert ebid("doctor", "--desk", office).code == 0
    assert litter(tmp_path, office.parent) == []


def test_what_a_backup_tells_of_itself(office: Path, ebid: Ebid, tmp_path: Path) -> None:
    (tmp_path / "to").mkdir()
    made = ebid("db", "backup", tmp_path / "to", "--json", "--desk", office).value
    (file,) = (tmp_path / "to").iterdir()
    assert made["file"] == str(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with zipfile.ZipFile(file) as package:
        manifest = json.loads(package.read("manifest.json"))
        assert set(package.namelist()) == {"manifest.json", *manifest["digests"]}
    assert manifest["head"]["size"] == manifest["tables"]["audit_leaves"]
    newest = json.loads(ebid("audit", "list", "--json", "--desk", office).out)[-1]
    assert newest["tag"] == "desk:backed-up"
    assert (newest["facts"]["file"], newest["facts"]["digest"]) == (str(file), made["digest"])
    assert newest["facts"]["root"] == manifest["head"]["root"]


def test_one_of_which_nobody_says_where_to(demo: Path, ebid: Ebid) -> None:
    """It lies in the desk, for its owner alone, and is not in the next one."""
    first = ebid("db", "backup", "--json", "--desk", demo).value
    place = Path(first["file"])
    assert place.parent == demo / "var" / "backups"
    assert stat.S_IMODE(place.parent.stat().st_mode) == 0o700
    place.rename(place.with_name("first.zip"))
    assert ebid("db", "backup", "--json", "--desk", demo).value["files"] == first["files"]


def test_a_dry_run_makes_nothing(
    office: Path, ebid: Ebid, tmp_path: Path, fresh_database: FreshDatabase
) -> None:
    before = content(office), trail(office)
    answer = ebid("db", "backup", tmp_path / "b.zip", "--dry-run", "--desk", office)
    assert (answer.code, answer.err) == (0, "dry run: nothing was changed\n")
    assert not (tmp_path / "b.zip").exists()
    assert (content(office), trail(office)) == before
    assert ebid("db", "backup", tmp_path / "b.zip", "--desk", office).code == 0
    options = target(office, fresh_database)
    tried = ebid(
        "db", "restore", tmp_path / "b.zip", *options, "--dry-run", "--desk", tmp_path / "new" / "desk"
    )
    assert (tried.code, tried.err) == (0, "dry run: nothing was changed\n")
    assert not (tmp_path / "new").exists()
    assert ebid("db", "restore", tmp_path / "b.zip", *options, "--desk", tmp_path / "new" / "desk").code == 0


def events(desk: Path) -> int:
    engine = make_engine(load_config(desk).database_url)
    with closing(engine.connect()) as connection:
        return connection.scalar(select(func.count()).select_from(AuditRow)) or 0


@pytest.mark.parametrize("times", [1, sqlite_copies.MOST_RESTARTS + 20])
def test_others_write_while_an_sqlite_office_is_backed_up(
    demo: Path, ebid: Ebid, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    """What they write is in it or not, whole. One that writes always does not keep it from ending."""
    monkeypatch.setattr(sqlite_copies, "PAGES", 50)
    written = 0
    real = sqlite_copies.copy_database

    def step(_left: int, _all: int) -> None:
        nonlocal written
        if written < times:
            written += 1
            assert ebid("permit", "record", "190000092", *RECORD, "--desk", demo).code == 0

    monkeypatch.setattr(sqlite_copies, "copy_database", lambda engine, place: real(engine, place, step=step))
    made = ebid("db", "backup", tmp_path / "b.zip", "--json", "--desk", demo)
    assert made.code == 0, made.err
    assert written > 0
    back = ebid("db", "restore", tmp_path / "b.zip", "--json", "--desk", tmp_path / "back")
    assert (back.code, back.value["findings"]) == (0, [])


RECORD = ("--received", "2026-04-01", "--channel", "fax")


def test_others_write_while_an_office_on_a_server_is_backed_up(
    office: Path, ebid: Ebid, tmp_path: Path, fresh_database: FreshDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The dump sees the moment of the counts, whatever comes before it begins."""
    run = postgresql_tools._run

    def late(engine: object, *command: str, place: Path) -> None:
        if "--format=custom" in command:
            assert ebid("permit", "record", "190000092", *RECORD, "--desk", office).code == 0
        run(engine, *command, place=place)  # type: ignore[arg-type]  # an engine, handed through

    monkeypatch.setattr(postgresql_tools, "_run", late)
    before = events(office)
    made = ebid("db", "backup", tmp_path / "b.zip", "--json", "--desk", office)
    assert made.value["tables"]["audit_events"] == before
    options = target(office, fresh_database)
    back = ebid("db", "restore", tmp_path / "b.zip", *options, "--json", "--desk", tmp_path / "back")
    assert (back.code, back.value["tables"]["audit_events"]) == (0, before)


def test_the_key_goes_in_only_when_asked_for(demo: Path, ebid: Ebid, tmp_path: Path) -> None:
    assert ebid("audit", "key", "--make", "--desk", demo).code == 0
    assert ebid("audit", "verify", "--desk", demo).code == 0
    key = (demo / "audit-key.pem").read_bytes()
    without = ebid("db", "backup", tmp_path / "without.zip", "--desk", demo)
    assert "audit-key.pem apart" in without.out
    assert ebid("db", "backup", tmp_path / "with.zip", "--with-key", "--desk", demo).code == 0
    for name, inside in (("without.zip", False), ("with.zip", True)):
        with zipfile.ZipFile(tmp_path / name) as package:
            assert any(package.read(one) == key for one in package.namelist()) is inside
    lone = ebid("db", "restore", tmp_path / "without.zip", "--desk", tmp_path / "lone")
    assert lone.code == 1
    assert "put it back" in lone.out
    given = ("--key", demo / "audit-key.pem")
    assert ebid("db", "restore", tmp_path / "without.zip", *given, "--desk", tmp_path / "a").code == 0
    assert ebid("db", "restore", tmp_path / "with.zip", "--desk", tmp_path / "b").code == 0
    for place in ("a", "b"):
        assert (tmp_path / place / "audit-key.pem").read_bytes() == key
        assert stat.S_IMODE((tmp_path / place / "audit-key.pem").stat().st_mode) == 0o600
        assert ebid("audit", "verify", "--desk", tmp_path / place).code == 0


def test_an_older_backup_tells_what_was_lost(demo: Path, ebid: Ebid, tmp_path: Path) -> None:
    """By anchors from outside: after a loss they know more than there is."""
    anchors = tmp_path / "anchors.txt"
    assert ebid("audit", "key", "--make", "--desk", demo).code == 0
    assert ebid("db", "backup", tmp_path / "b.zip", "--with-key", "--desk", demo).code == 0
    assert ebid("permit", "record", "190000092", *RECORD, "--desk", demo).code == 0
    size = ebid("audit", "anchor", "--to", anchors, "--json", "--desk", demo).value["size"]
    back = ebid(
        "db", "restore", tmp_path / "b.zip", "--anchors", anchors, "--json", "--desk", tmp_path / "back"
    )
    assert back.code == 1
    assert back.value["beyond"] == size
    assert [one["fault"] for one in back.value["findings"]] == ["anchor-beyond"]
    newest = json.loads(ebid("audit", "list", "--json", "--desk", tmp_path / "back").out)[-1]
    assert (newest["tag"], newest["facts"]["beyond"]) == ("desk:restored", size)
    # A new file of anchors fits, the old one never again.
    new = tmp_path / "new.txt"
    assert ebid("audit", "anchor", "--to", new, "--desk", tmp_path / "back").code == 0
    assert ebid("audit", "verify", "--anchors", new, "--desk", tmp_path / "back").code == 0
    for _ in range(5):
        assert ebid("permit", "record", "190000092", *RECORD, "--desk", tmp_path / "back").code == 0
    assert ebid("audit", "verify", "--anchors", anchors, "--desk", tmp_path / "back").code == 1


def test_anchors_that_the_settings_name_are_compared(demo: Path, ebid: Ebid, tmp_path: Path) -> None:
    settings = demo / CONFIG_NAME
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace('anchors = ""', 'anchors = "../anchors.txt"'), encoding="utf-8")
    assert ebid("audit", "key", "--make", "--desk", demo).code == 0
    assert ebid("db", "backup", tmp_path / "b.zip", "--with-key", "--desk", demo).code == 0
    anchors = tmp_path / "anchors.txt"
    size = ebid("audit", "anchor", "--to", anchors, "--json", "--desk", demo).value["size"]
    back = ebid("db", "restore", tmp_path / "b.zip", "--json", "--desk", tmp_path / "back")
    assert (back.code, back.value["beyond"]) == (1, size)
    missing = ("--anchors", tmp_path / "none.txt", "--desk", tmp_path / "other")
    assert "none.txt" in ebid("db", "restore", tmp_path / "b.zip", *missing).err


def test_what_a_kill_left_is_cleared_by_the_next(demo: Path, ebid: Ebid, tmp_path: Path) -> None:
    """It is not called as a backup is, and holds everybody's data."""
    left = tmp_path / f".b.zip.00000000{END}"
    left.mkdir()
    (left / "database.sqlite").write_bytes(b"half")
    assert ebid("db", "backup", tmp_path / "b.zip", "--desk", demo).code == 0
    assert sorted(path.name for path in tmp_path.glob("*b.zip*")) == ["b.zip"]


def test_one_that_is_being_made_is_left_alone(demo: Path, ebid: Ebid, tmp_path: Path) -> None:
    with closing(open_desk(demo)) as desk:
        at = desk.office.clock.now()
        with making.made(desk.config, tmp_path / "a.zip", at=at, with_key=False) as first:
            assert ebid("db", "backup", tmp_path / "b.zip", "--desk", demo).code == 0
            first.keep()
    assert sorted(path.name for path in tmp_path.glob("*.zip*")) == ["a.zip", "b.zip"]
    assert litter(tmp_path) == []


def test_folders_elsewhere_and_links_are_told(
    demo: Path, ebid: Ebid, tmp_path: Path, set_setting: Callable[[str, str], None]
) -> None:
    (tmp_path / "mails").mkdir()
    set_setting('folder = "mail"', f'folder = "{tmp_path / "mails"}"')
    (demo / "linked").symlink_to(tmp_path)
    (demo / "copy.sqlite").write_bytes((demo / "ebidadmin.sqlite").read_bytes())
    made = ebid("db", "backup", tmp_path / "b.zip", "--json", "--desk", demo)
    assert sorted(made.value["left_out"]) == sorted(
        map(str, [tmp_path / "mails", demo / "linked", demo / "copy.sqlite"])
    )


@pytest.fixture
def set_setting(demo: Path) -> Callable[[str, str], None]:
    def changed(old: str, new: str) -> None:
        settings = demo / CONFIG_NAME
        text = settings.read_text(encoding="utf-8")
        assert old in text
        settings.write_text(text.replace(old, new, 1), encoding="utf-8")

    return changed
