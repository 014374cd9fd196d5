"""Two people and one large file: one asks on the screen, the other confirms by command, then it goes in; the trail has both."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from ebidadmin.bootstrap import Desk, open_desk
from ebidadmin.config import CONFIG_NAME
from ebidadmin.intake.csv import write_register
from ebidadmin.intake.sources import open_source
from ebidadmin.presenters.import_undoing import UndoingPorts
from ebidadmin.presenters.qualification_import import QualificationImport
from ebidadmin.screens.qualification_import import QualificationImportScreen
from tests.acceptance.conftest import Ebid
from tests.desks import several_work_at
from tests.imports.test_apply import OWN, hundred


def screen(desk: Desk) -> QualificationImportScreen:
    state = QualificationImport(
        desk.office,
        staff=desk.staff,
        store=desk.import_store,
        reader=desk.register_reader,
        undoing=UndoingPorts(
            history=desk.history_reader, reader=desk.undoing_reader, places=desk.screen_places
        ),
        layouts=desk.layouts,
        open_source=open_source,
        inbox=desk.config.inbox,
    )
    return QualificationImportScreen(state, run=lambda work: work())


def look_at(shown: QualificationImportScreen, name: str) -> None:
    values = {"file": name, "path": "", "layout": "ebidadmin"}
    shown.form.receive({"type": "submit", "button": "preview", "values": values, "secrets": []}, [])


def press(shown: QualificationImportScreen, button: str, **values: str) -> None:
    assert shown.confirm is not None
    shown.confirm.receive({"type": "submit", "button": button, "values": values, "secrets": []}, [])


@pytest.fixture
def guarded(desk: Path, ebid: Ebid, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Tanaka has brought a hundred records in; from now on the office wants a second person."""
    monkeypatch.setenv("JUPYTERHUB_USER", "tanaka")
    for name, records in (("whole.csv", hundred()), ("turn.csv", hundred()[:40])):
        write_register(desk / "inbox" / name, records, OWN, ())
    assert ebid(*bring_in(desk, "whole.csv")).value["applied"] is True
    settings = desk / CONFIG_NAME
    text = settings.read_text(encoding="utf-8").replace("second_person = false", "second_person = true")
    settings.write_text(text, encoding="utf-8")
    several_work_at(desk)
    return desk


def bring_in(desk: Path, name: str) -> tuple[object, ...]:
    path = desk / "inbox" / name
    return ("qualification", "import", path, "--layout", "ebidadmin", "--yes", "--desk", desk, "--json")


def test_a_large_file_goes_in_by_two_people(
    guarded: Path, ebid: Ebid, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = ("--desk", guarded, "--json")
    with closing(open_desk(guarded)) as opened:
        shown = screen(opened)
        look_at(shown, "turn.csv")
        assert "ほかの職員の確認が必要です" in shown.summary.content
        press(shown, "request", note="期の切替え")
        assert "依頼R000001を残しました" in shown.top.content
        shown.requests.panel.act("confirm-request", "R000001")
        shown.requests.panel.act("confirm-yes", "confirm-request.R000001")
        assert "確認待ち" in shown.requests.panel.content
    assert ebid("qualification", "confirm", "R000001", *at).code == 1
    assert ebid(*bring_in(guarded, "turn.csv")).code == 1
    assert len(ebid("qualification", "list", *at).value) == 100

    monkeypatch.setenv("JUPYTERHUB_USER", "suzuki")
    (waiting,) = ebid("qualification", "requests", *at).value
    assert (waiting["vanished"], waiting["note"], waiting["requested_by"]) == (60, "期の切替え", "tanaka")
    assert ebid("qualification", "confirm", waiting["number"], *at).code == 0

    monkeypatch.setenv("JUPYTERHUB_USER", "tanaka")
    with closing(open_desk(guarded)) as opened:
        shown = screen(opened)
        look_at(shown, "turn.csv")
        assert "suzukiさんが確認しました" in shown.summary.content
        press(shown, "apply")
        assert "第2版" in shown.top.content
    assert len(ebid("qualification", "list", *at).value) == 40
    (batch,) = ebid("audit", "list", "--subject", "import:2", *at).value
    facts = batch["facts"]
    assert (facts["requested_by"], facts["confirmed_by"], batch["by"]) == ("tanaka", "suzuki", "tanaka")
    trail = ebid("audit", "list", "--subject", "import-request:R000001", *at).value
    assert [(entry["tag"], entry["by"]) for entry in trail] == [
        ("import-request:made", "tanaka"),
        ("refused:by-rule", "tanaka"),
        ("import-request:confirmed", "suzuki"),
        ("import-request:applied", "tanaka"),
    ]
