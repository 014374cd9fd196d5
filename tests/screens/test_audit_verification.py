"""The verification on the auditor's screen: its panels, and what clicks do while it runs."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ebidadmin.persistence.audit_tree import SqlTrailTree
from ebidadmin.presenters.audit_verification import AuditVerification
from ebidadmin.screens.audit import AuditScreen
from ebidadmin.services import tree_check
from ebidadmin.text import audit_tree as words
from tests.builders import AUDITOR
from tests.presenters.office import Place
from tests.presenters.test_audit import office, screen
from tests.presenters.test_audit_verification import verification
from tests.screens.conftest import sent_by

__all__ = ["office"]

Work = Callable[[], None]


@pytest.fixture
def waiting() -> list[Work]:
    """Work that was started and has not run yet."""
    return []


@pytest.fixture
def shown(office: Place, waiting: list[Work]) -> AuditScreen:
    return AuditScreen(screen(office), verification(office), run=waiting.append)


def test_it_is_opened_begun_once_and_tells_what_came_of_it(shown: AuditScreen, waiting: list[Work]) -> None:
    panel = shown.verification.panel
    assert panel.content == ""
    shown.chosen.act("verify")
    assert words.TITLE in panel.content
    panel.act("verify-all")
    panel.act("verify-all")
    panel.act("verify-new")
    assert len(waiting) == 1
    assert words.BUTTON_ALL not in panel.content
    assert "<progress" in shown.verification.bar.content
    # The rest of the screen goes on, and neither closes the section nor ends the work.
    shown.table.receive({"type": "select", "id": "5"}, [])
    assert "連番 5" in shown.head.content
    panel.act("close-verification")
    assert words.GOES_ON in panel.content
    waiting.pop()()
    assert words.GOOD in panel.content
    assert "5件(全5件)" in panel.content
    assert shown.verification.bar.content == ""
    panel.act("close-verification")
    assert panel.content == ""


def test_it_is_stopped(shown: AuditScreen, waiting: list[Work], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tree_check, "CHUNK", 2)
    shown.chosen.act("verify")
    panel = shown.verification.panel
    panel.act("verify-new")
    panel.act("stop")
    waiting.pop()()
    assert words.STOPPED in panel.content
    panel.act("verify-new")
    waiting.pop()()
    assert words.GOOD in panel.content


def test_the_bar_alone_is_drawn_anew_while_it_goes_on(
    office: Place, waiting: list[Work], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tree_check, "CHUNK", 1)
    shown = AuditScreen(screen(office), verification(office), run=waiting.append)
    shown.chosen.act("verify")
    shown.verification.panel.act("verify-all")
    bars = sent_by(shown.verification.bar, monkeypatch)
    panels = sent_by(shown.verification.panel, monkeypatch)
    waiting.pop()()
    assert ["1 / 5" in bars[0]["html"], bars[-1]["html"]] == [True, ""]
    assert len(bars) == 6
    assert len(panels) == 1


@pytest.fixture
def broken(office: Place) -> AuditVerification:
    def signer() -> None:
        raise ZeroDivisionError

    return AuditVerification(office.office, staff=AUDITOR, tree=SqlTrailTree(office.engine), signer=signer)


def test_what_nobody_foresaw_is_an_incident_and_it_can_begin_again(
    office: Place, broken: AuditVerification, expected_failures: list[type[BaseException]]
) -> None:
    expected_failures.append(ZeroDivisionError)
    shown = AuditScreen(screen(office), broken, run=lambda work: work())
    shown.chosen.act("verify")
    shown.verification.panel.act("verify-all")
    assert not broken.running
    assert words.BUTTON_ALL in shown.verification.panel.content
