"""An office that was lived moves, is destroyed and comes back: rows, digests and the head of the tree stay the same."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from ebidadmin.bootstrap import open_desk
from ebidadmin.config import CONFIG_NAME
from ebidadmin.persistence.open_tree import Holding, held_by
from tests.acceptance.conftest import Ebid
from tests.backups.places import content
from tests.conftest import FreshDatabase
from tests.year.office import Size, YearOffice

FILLED = (
    "permits",
    "id_applications",
    "registrations",
    "card_registrations",
    "mail_outbox",
    "qualifications",
    "follow_ups",
)


def lived(url: str, folder: Path, first: date, last: date, size: Size) -> None:
    office = YearOffice(url, folder, first, last, size)
    for _ in office.live():
        """Nobody looks."""
    office.engine.dispose()


def held(desk: Path) -> Holding:
    with closing(open_desk(desk)) as opened:
        return held_by(opened.engine)


def moves_and_comes_back(ebid: Ebid, tmp_path: Path, url: str, fresh_database: FreshDatabase) -> int:
    """From SQLite to a server, destroyed there and restored; how many rows there were."""
    desk = tmp_path / "desk"
    assert ebid("init", desk).code == 0
    settings = desk / CONFIG_NAME
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("sqlite:///ebidadmin.sqlite", url), encoding="utf-8")
    before, rows = held(desk), content(desk)[0]
    assert all(before.tables[name] for name in FILLED)
    moved = ebid("db", "move", fresh_database("postgresql", migrated=False), "--json", "--desk", desk)
    assert moved.code == 0, moved.err
    assert moved.value["tables"] == before.tables
    assert moved.value["head"] == {"size": before.size, "root": before.root}
    assert content(desk)[0] == rows
    assert ebid("audit", "verify", "--desk", desk).code == 0
    made = ebid("db", "backup", tmp_path / "b.zip", "--json", "--desk", desk)
    shutil.rmtree(desk)
    options = ("--url", fresh_database("postgresql", migrated=False))
    back = ebid("db", "restore", tmp_path / "b.zip", *options, "--json", "--desk", desk)
    assert (back.code, back.value["findings"]) == (0, [])
    assert (back.value["tables"], back.value["head"]) == (made.value["tables"], made.value["head"])
    assert content(desk)[0] == rows
    # And to an embedded database again.
    again = ebid("db", "move", f"sqlite:///{tmp_path / 'o.sqlite'}", "--json", "--desk", desk)
    assert again.code == 0, again.err
    assert {name: moved.value["digests"][name] for name in rows} == {
        name: again.value["digests"][name] for name in rows
    }
    return sum(before.tables.values())


def test_some_weeks(ebid: Ebid, tmp_path: Path, fresh_database: FreshDatabase) -> None:
    url = fresh_database("sqlite")
    lived(url, tmp_path, date(2028, 2, 21), date(2028, 3, 17), Size(60, 20, 10))
    assert moves_and_comes_back(ebid, tmp_path, url, fresh_database) > 1_000


@pytest.mark.slow
def test_the_whole_demo_year(
    ebid: Ebid, tmp_path: Path, fresh_database: FreshDatabase, figure: Callable[[str], None]
) -> None:
    url = fresh_database("sqlite")
    lived(url, tmp_path, date(2027, 4, 1), date(2028, 3, 31), Size(3_000, 1_200, 400))
    rows = moves_and_comes_back(ebid, tmp_path, url, fresh_database)
    figure(f"a lived year moved, destroyed and restored: {rows} rows, 0 lost")
