"""The report on the trail tells what a verification found, whatever somebody did to the trail."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from ebidadmin.bootstrap import audit_key_file, open_desk
from ebidadmin.cli.foundation import create_desk
from ebidadmin.clock import JST, SettableClock, as_utc
from ebidadmin.config import CONFIG_NAME
from ebidadmin.credentials.tree_key import make_key
from ebidadmin.domain.events import Event, EventTag, Subject, SubjectKind
from ebidadmin.domain.report_periods import ReportName
from ebidadmin.persistence.audit_tree import SqlTrailTree
from ebidadmin.report_making import integrity
from ebidadmin.report_making.writing import FOLDER_VARIABLE, ReportDesk
from ebidadmin.reporting.sheet import Sheet, read_sheet
from ebidadmin.services import audit_tree, report_runs
from ebidadmin.text import audit_tree as findings_text
from ebidadmin.text import report_tables as words
from tests.builders import ADMINISTRATOR
from tests.services.test_report_runs import INTEGRITY, ScriptedMaker

NOON = as_utc(datetime(2026, 10, 7, 12, tzinfo=JST))
"""A Wednesday."""

MORNING = NOON + timedelta(hours=18)
pytestmark = pytest.mark.sqlite_only("the file is changed by hand; tests/persistence does so on both")

Tamper = Callable[[sqlite3.Connection], object]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A desk without anything in it."""
    made = tmp_path_factory.mktemp("integrity") / "desk"
    create_desk(made, demo=False, progress=lambda step: None)
    return made


@pytest.fixture
def told(folder: Path, tmp_path: Path) -> Path:
    """A copy of the desk with a trail of a day in it: a hundred and twenty events of noon, and the schedule's of the morning."""
    copy = tmp_path / "desk"
    copy.mkdir()
    for file in folder.iterdir():
        copy.joinpath(file.name).symlink_to(file)
    database = copy / "ebidadmin.sqlite"
    real = database.resolve()
    database.unlink()
    database.write_bytes(real.read_bytes())
    clock = SettableClock(NOON)
    with closing(open_desk(copy, clock=clock)) as desk:
        with desk.office.uow() as uow:
            for number in range(120):
                subject = Subject(SubjectKind.DESK, f"audit{number}")
                uow.log(Event(tag=EventTag.AUDIT_VERIFIED, subject=subject, by="sato", at=NOON, facts={}))
            uow.commit()
        for hours in (-6, 18):
            clock.set(NOON + timedelta(hours=hours))
            report_runs.run_due(desk.office, staff=ADMINISTRATOR, maker=ScriptedMaker((INTEGRITY,)))
    return copy


def report(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Sheet:
    """The report of the day after, without a kernel."""
    monkeypatch.setenv(FOLDER_VARIABLE, str(folder.parent))
    desk = ReportDesk(ReportName.AUDIT_INTEGRITY, folder=folder, as_of=MORNING, period="", rows=60)
    frames = integrity.frames(desk)
    integrity.actions(desk, frames)
    integrity.findings(desk, frames)
    integrity.unusual(desk, frames)
    integrity.counts(desk, frames)
    desk.write()
    return read_sheet(Path(os.environ[FOLDER_VARIABLE]))


def tamper(folder: Path, *statements: str) -> None:
    """As somebody with the file in their hands would."""
    with closing(sqlite3.connect(folder / "ebidadmin.sqlite", isolation_level=None)) as file:
        guards = file.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in guards:
            file.execute(f'DROP TRIGGER "{name}"')
        for statement in statements:
            assert file.execute(statement).rowcount
        for _, text in guards:
            file.execute(text)


def test_a_day_on_which_all_was_well_asks_for_nothing(told: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The schedule's own run at six in the morning is nobody's work outside the hours."""
    sheet = report(told, monkeypatch)
    assert sheet.actions == ()
    assert dict(sheet.facts)[words.COVERED] == "令和8年10月7日"
    assert words.VERIFIED_AT in dict(sheet.facts)
    assert dict(sheet.figures) == {words.FINDINGS: 0, words.UNUSUAL: 0, words.EVENTS: 123}


def with_anchors(folder: Path, name: str) -> Path:
    """The settings of the desk name that file for its anchors."""
    settings = folder / CONFIG_NAME
    text = settings.read_text(encoding="utf-8")
    settings.unlink()
    settings.write_text(text.replace('anchors = ""', f'anchors = "{name}"'), encoding="utf-8")
    return folder / name


def more(folder: Path, anchors: Path) -> None:
    """Three events more, anchored in the file."""
    with closing(open_desk(folder, clock=SettableClock(NOON + timedelta(hours=1)))) as desk:
        with desk.office.uow() as uow:
            for number in range(3):
                subject = Subject(SubjectKind.DESK, f"later{number}")
                uow.log(Event(tag=EventTag.AUDIT_VERIFIED, subject=subject, by="sato", at=NOON, facts={}))
            uow.commit()
        tree, signer = SqlTrailTree(desk.engine), make_key(audit_key_file(desk))
        head = audit_tree.anchor(desk.office, staff=ADMINISTRATOR, tree=tree, signer=signer)
    anchors.write_text(head.note, encoding="utf-8")


def test_an_older_database_is_found_by_the_anchors_that_the_settings_name(
    told: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing in the database itself gives it away."""
    anchors = with_anchors(told, "outside.txt")
    database = told / "ebidadmin.sqlite"
    shutil.copy(database, told / "older.sqlite")
    more(told, anchors)
    good = report(told, monkeypatch)
    assert good.actions == ()
    assert dict(good.facts)[findings_text.ANCHORS].startswith(
        "1件と比べました(最後の控え: 2026/10/07 13:00:00"
    )
    shutil.copy(told / "older.sqlite", database)
    sheet = report(told, monkeypatch)
    assert sheet.actions[0].startswith("監査記録の検証で1件の異常")
    (found,) = [part for part in sheet.parts if part.title == words.FINDINGS]
    assert "古いデータベースに戻された疑い" in str(found.rows[0][1])
    anchors.unlink()
    settings = told / CONFIG_NAME
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace('anchors = "outside.txt"', 'anchors = ""'), encoding="utf-8")
    unnamed = report(told, monkeypatch)
    assert unnamed.actions == ()
    assert dict(unnamed.facts)[findings_text.ANCHORS] == findings_text.NO_ANCHORS_NAMED


def test_a_tail_that_was_cut_without_a_trace_is_found_by_the_anchors(
    told: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the tree, the kept heads and the next number as they were before."""
    anchors = with_anchors(told, "outside.txt")
    with closing(sqlite3.connect(told / "ebidadmin.sqlite")) as file:
        last, size = file.execute("SELECT max(seq), max(position) + 1 FROM audit_leaves").fetchone()
    more(told, anchors)
    tamper(
        told,
        f"DELETE FROM audit_events WHERE seq > {last}",
        f"DELETE FROM audit_leaves WHERE seq > {last}",
        f"DELETE FROM audit_nodes WHERE ends_at > {size}",
        f"DELETE FROM audit_heads WHERE size > {size}",
        f"UPDATE sqlite_sequence SET seq = {last} WHERE name = 'audit_events'",
    )
    sheet = report(told, monkeypatch)
    assert sheet.actions[0].startswith("監査記録の検証で1件の異常")
    (found,) = [part for part in sheet.parts if part.title == words.FINDINGS]
    assert f"外部に保管した控えには{size + 3}件の記録がありますが" in str(found.rows[0][1])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "を読み取れません"),
        ("memo\n", "監査記録の控えのファイルではありません"),
        ("", "監査記録の控えのファイルではありません"),
    ],
    ids=["missing", "no anchors at all", "empty"],
)
def test_anchors_that_cannot_be_compared_are_told_first_of_all_with_the_rest(
    told: Path, monkeypatch: pytest.MonkeyPatch, content: str | None, said: str
) -> None:
    anchors = with_anchors(told, "outside.txt")
    if content is not None:
        anchors.write_text(content, encoding="utf-8")
    sheet = report(told, monkeypatch)
    (line,) = sheet.actions
    assert line.startswith("監査記録を外部の控えと比べられませんでした。")
    assert said in line
    assert dict(sheet.facts)[findings_text.ANCHORS] == findings_text.ANCHORS_UNREAD
    assert dict(sheet.figures)[words.EVENTS] == 123


def test_a_stamp_that_nothing_checks_is_told(told: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    anchors = with_anchors(told, "outside.txt")
    more(told, anchors)
    anchors.with_name("outside.txt.123-0a1b2c3d.tsr").write_bytes(b"stamp")
    (line,) = report(told, monkeypatch).actions
    assert line.startswith("監査記録を外部の控えと比べられませんでした。")
    assert "audit.tsa_trust" in line


def test_what_cannot_be_read_does_not_keep_the_findings_back(
    told: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tamper(told, "UPDATE audit_events SET at = substr(at, 1, 14) || 'noon' WHERE seq = 5")
    sheet = report(told, monkeypatch)
    assert sheet.actions[0].startswith("監査記録の検証で")
    assert dict(sheet.facts)[words.COVERED] == words.UNCOUNTED
    (found,) = [part for part in sheet.parts if part.title == words.FINDINGS]
    assert "5" in [row[0] for row in found.rows]
    assert [name for name, _ in sheet.figures] == [words.FINDINGS]


def test_more_findings_than_are_told_are_said_to_be_more(told: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tamper(told, "UPDATE audit_events SET by = 'suzuki' WHERE by = 'sato'")
    sheet = report(told, monkeypatch)
    assert sheet.actions[0].startswith("監査記録の検証で100件以上の異常")
    assert sheet.actions[1].startswith("うち100件は")
    assert "(100件以上)" in dict(sheet.facts)[words.VERIFIED]
