"""The report on the trail tells what a verification found, whatever somebody did to the trail."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from ebidadmin.bootstrap import open_desk
from ebidadmin.cli.foundation import create_desk
from ebidadmin.clock import JST, SettableClock, as_utc
from ebidadmin.domain.events import Event, EventTag, Subject, SubjectKind
from ebidadmin.domain.report_periods import ReportName
from ebidadmin.report_making import integrity
from ebidadmin.report_making.writing import FOLDER_VARIABLE, ReportDesk
from ebidadmin.reporting.sheet import Sheet, read_sheet
from ebidadmin.services import report_runs
from ebidadmin.text import report_tables as words
from tests.builders import ADMINISTRATOR
from tests.services.test_report_runs import INTEGRITY, ScriptedMaker

NOON = as_utc(datetime(2026, 10, 7, 12, tzinfo=JST))
"""A Wednesday."""

MORNING = NOON + timedelta(hours=18)
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
