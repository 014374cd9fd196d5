"""An office moves to another database, tree and all; where that fails it stays where it was."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from ebidadmin.bootstrap import open_desk
from ebidadmin.config import CONFIG_NAME, load_config
from ebidadmin.errors import StorageError
from ebidadmin.persistence import loading, moving
from ebidadmin.persistence.engine import make_engine
from ebidadmin.persistence.open_tree import Holding, held_by
from tests.acceptance.conftest import Ebid
from tests.backups.killer import KILLED
from tests.backups.places import content, litter
from tests.backups.test_wrong_backups import kill, refused
from tests.cli.office_life import state
from tests.conftest import FreshDatabase
from tests.postgres import ENGINES

RECORD = ("permit", "record", "190000092", "--received", "2026-04-01", "--channel", "fax")


def held(desk: Path) -> Holding:
    with closing(open_desk(desk)) as opened:
        return held_by(opened.engine)


def numbers(desk: Path) -> list[int]:
    with closing(open_desk(desk)) as opened, opened.engine.connect() as connection:
        return [connection.scalar(text(f"SELECT max({key}) FROM {table}")) for table, key in DRAWN]


DRAWN = (
    ("audit_events", "seq"),
    ("mail_outbox", "id"),
    ("application_notes", "id"),
    ("qualifications", "id"),
)


@pytest.fixture(params=ENGINES)
def url(request: pytest.FixtureRequest, tmp_path: Path, fresh_database: FreshDatabase) -> str:
    """An empty database to move to."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'moved' / 'office.sqlite'}"
    return fresh_database("postgresql", migrated=False)


@pytest.fixture(autouse=True)
def _room(tmp_path: Path) -> None:
    (tmp_path / "moved").mkdir()


def test_an_office_moves_with_every_row_and_its_tree(office: Path, ebid: Ebid, url: str) -> None:
    assert ebid("audit", "key", "--make", "--desk", office).code == 0
    assert ebid("audit", "verify", "--desk", office).code == 0
    rows, before = content(office)[0], held(office)
    events = set(state(office)[0]["audit_events"])
    tried = ebid("db", "move", url, "--dry-run", "--json", "--desk", office)
    assert (tried.code, tried.value["moved"]) == (0, False), tried.err
    assert held(office) == before
    done = ebid("db", "move", url, "--json", "--desk", office)
    assert done.code == 0, done.err
    assert load_config(office).database.url == url
    assert done.value["digests"] == tried.value["digests"]
    assert set(done.value["digests"]) == set(before.tables)
    assert done.value["head"] == {"size": before.size, "root": before.root}
    assert content(office)[0] == rows
    new = set(state(office)[0]["audit_events"]) - events
    assert len(new) == 2
    assert any("'desk:moved'" in one for one in new)
    assert ebid("audit", "verify", "--desk", office).code == 0
    assert "changed by hand" not in ebid("doctor", "--desk", office).out


def test_what_the_database_counts_goes_on(office: Path, ebid: Ebid, url: str) -> None:
    """A number that was given out is not given out again."""
    before = numbers(office)
    assert ebid("db", "move", url, "--desk", office).code == 0
    for words in (RECORD, ("application", "note", _open(ebid, office), "--text", "メモ")):
        assert ebid(*words, "--desk", office).code == 0
    after = numbers(office)
    assert after[0] > before[0] + 2
    assert after[2] == (before[2] or 0) + 1
    assert ebid("audit", "verify", "--desk", office).code == 0


def _open(ebid: Ebid, desk: Path) -> str:
    found = json.loads(ebid("application", "list", "--state", "pending", "--json", "--desk", desk).out)
    return str(found[0]["application_number"])


def test_numbers_that_were_drawn_and_are_gone_stay_drawn(demo: Path, ebid: Ebid, tmp_path: Path) -> None:
    with closing(sqlite3.connect(demo / "ebidadmin.sqlite")) as hand, hand:
        hand.execute("UPDATE sqlite_sequence SET seq = 4711 WHERE name = 'mail_outbox'")
    place = tmp_path / "moved" / "o.sqlite"
    assert ebid("db", "move", f"sqlite:///{place}", "--desk", demo).code == 0
    with closing(sqlite3.connect(place)) as hand:
        assert hand.execute("SELECT seq FROM sqlite_sequence WHERE name = 'mail_outbox'").fetchall() == [
            (4711,)
        ]


def test_nobody_writes_meanwhile_or_afterwards_at_the_old_place(
    demo: Path, ebid: Ebid, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = load_config(demo).database_url
    real = loading.load_columns
    tried: list[str] = []

    def slowly(*given: Any) -> None:
        if not tried:
            hasty = make_engine(old, busy_seconds=0.05)
            with pytest.raises(StorageError) as caught, hasty.begin():
                tried.append("written")
            tried.append(caught.value.code)
            hasty.dispose()
        real(*given)

    monkeypatch.setattr(moving, "load_columns", slowly)
    with closing(open_desk(demo)) as still_open:
        done = ebid("db", "move", f"sqlite:///{tmp_path / 'moved' / 'o.sqlite'}", "--json", "--desk", demo)
        assert done.code == 0
        assert tried == ["database-locked"]
        assert Path(done.value["left"]).is_file()
        with pytest.raises(StorageError, match="database-missing"):
            still_open.office.uow().__enter__()


def test_places_to_which_no_office_moves(
    office: Path, ebid: Ebid, tmp_path: Path, fresh_database: FreshDatabase
) -> None:
    before, settings = held(office), (office / CONFIG_NAME).read_bytes()
    (tmp_path / "file").write_text("a")
    places = {
        load_config(office).database.url: "in that database already",
        fresh_database("postgresql"): "something in that database",
        f"sqlite:///{tmp_path / 'file'}": "something in that database",
        f"sqlite:///{tmp_path / 'missing' / 'o.sqlite'}": "File unwritable",
        f"postgresql+psycopg://ebidadmin@/office?host={tmp_path}": "Database missing",
        "postgresql://a:secret@h/o": "no address with a password",
        "oracle://x": "cannot be used",
        "nothing": "Setting invalid",
    }
    for url, says in places.items():
        answer = ebid("db", "move", url, "--desk", office)
        refused(answer, says)
        assert "secret" not in answer.err
    assert held(office).tables == before.tables
    assert (office / CONFIG_NAME).read_bytes() == settings
    assert litter(tmp_path) == []


@pytest.mark.parametrize("table", ["permits", "mail_outbox", "audit_leaves"])
def test_a_copy_that_is_not_the_same_is_not_kept(
    demo: Path, ebid: Ebid, url: str, monkeypatch: pytest.MonkeyPatch, table: str
) -> None:
    """Should something on the way change a value."""
    real = moving._count_on

    def changing(source: Any, target: Any, changed: Any) -> None:
        real(source, target, changed)
        if changed.name == table:
            column = {"permits": "note", "mail_outbox": "last_error", "audit_leaves": "seq"}[table]
            value = "seq + 1000000" if column == "seq" else "'other'"
            if target.dialect.name == "sqlite":
                found = text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :name")
                for name in target.scalars(found, {"name": table}).all():
                    target.execute(text(f"DROP TRIGGER {name}"))
            target.execute(text(f"UPDATE {table} SET {column} = {value}"))

    monkeypatch.setattr(moving, "_count_on", changing)
    settings = (demo / CONFIG_NAME).read_bytes()
    refused(ebid("db", "move", url, "--desk", demo), table)
    assert (demo / CONFIG_NAME).read_bytes() == settings
    monkeypatch.undo()
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    assert ebid("db", "move", url, "--desk", demo).code == 0


def test_an_office_in_which_something_is_wrong_does_not_move(demo: Path, ebid: Ebid, url: str) -> None:
    with closing(sqlite3.connect(demo / "ebidadmin.sqlite")) as hand, hand:
        hand.execute("UPDATE id_applications SET branch = 'x' WHERE state = 'pending'")
    refused(ebid("db", "move", url, "--desk", demo), "do not fit together")
    with closing(sqlite3.connect(demo / "ebidadmin.sqlite")) as hand, hand:
        hand.execute("UPDATE id_applications SET applied_at = 'never' WHERE state = 'pending'")
    answer = ebid("db", "move", url, "--desk", demo)
    assert (answer.code, answer.out) == (1, "")
    assert load_config(demo).database.url == "sqlite:///ebidadmin.sqlite"


@pytest.mark.parametrize(
    ("when", "place"),
    [
        ("before", "ebidadmin.backups.moving:copy_all"),
        ("after", "ebidadmin.backups.moving:copy_all"),
        ("after", "ebidadmin.backups.moving:_tell"),
        ("before", "ebidadmin.backups.moving:write_bytes_whole"),
        ("before", "ebidadmin.backups.moving:_left"),
    ],
)
def test_a_killed_move(demo: Path, ebid: Ebid, url: str, tmp_path: Path, when: str, place: str) -> None:
    """Before the settings name the new database the office is where it was; afterwards it is at the new place."""
    before = content(demo)[0]
    assert kill(when, place, "db", "move", url, "--desk", demo) == KILLED
    assert content(demo)[0] == before
    assert ebid("audit", "verify", "--desk", demo).code == 0
    switched = place.endswith("_left")
    assert (load_config(demo).database.url == url) is switched
    if switched:
        return
    again = ebid("db", "move", url, "--desk", demo)
    if place.endswith("write_bytes_whole"):
        refused(again, "something in that database")
    else:
        assert again.code == 0, again.err
    assert litter(tmp_path) == []


def test_a_desk_that_says_to_be_one_persons_does_not_move_to_a_server(
    demo: Path, ebid: Ebid, fresh_database: FreshDatabase
) -> None:
    settings = demo / CONFIG_NAME
    told = settings.read_text(encoding="utf-8").replace("[database]\n", "[database]\none_person = true\n")
    settings.write_text(told, encoding="utf-8")
    url = fresh_database("postgresql", migrated=False)
    refused(ebid("db", "move", url, "--desk", demo), "only on a database of SQLite")
    assert settings.read_text(encoding="utf-8") == told
    settings.write_text(told.replace("one_person = true\n", ""), encoding="utf-8")
    assert ebid("db", "move", url, "--desk", demo).code == 0
    assert load_config(demo).settings().one_person is False


def test_settings_that_cannot_be_rewritten_are_left(demo: Path, ebid: Ebid, url: str) -> None:
    settings = demo / CONFIG_NAME
    written = settings.read_text(encoding="utf-8").replace('url = "sqlite', '"url" = "sqlite')
    settings.write_text(written, encoding="utf-8")
    refused(ebid("db", "move", url, "--desk", demo), "not found again")
    assert settings.read_text(encoding="utf-8") == written
