"""The front door: each call shows its screen, and a desk that cannot be opened is told in its place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from ipywidgets import Widget

from ebidadmin import desk
from ebidadmin.cli.foundation import create_desk
from ebidadmin.screens.components.panel import Panel
from ebidadmin.screens.frame import Frame
from tests.desks import by_hand

CALLS = [
    desk.home,
    desk.review_queue,
    desk.permits,
    desk.qualification_import,
    desk.layout_maker,
    desk.card_walkthrough,
    desk.id_walkthrough,
    desk.registrations,
    desk.audit,
    desk.reports,
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("front") / "desk"
    create_desk(place, demo=False, progress=lambda step: None)
    return place


def panels(widget: Widget) -> list[Panel]:
    """All panels below a widget, in order."""
    children: tuple[Widget, ...] = getattr(widget, "children", ())
    own = [widget] if isinstance(widget, Panel) else []
    return [*own, *(panel for child in children for panel in panels(child))]


@pytest.mark.parametrize("call", [*CALLS, desk.diagnosis], ids=lambda call: call.__name__)
def test_a_call_shows_the_screen_of_the_desk_that_the_environment_names(
    call: Callable[[], Widget], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EBIDADMIN_DESK", str(folder))
    shown = panels(call())
    assert shown
    assert not any(panel.testid == "refused" for panel in shown)


def test_the_current_folder_is_the_desk_when_none_is_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    (shown,) = (panel for panel in panels(desk.home()) if panel.testid == "home")
    assert str(folder) in shown.content


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.__name__)
def test_a_folder_that_is_no_desk_is_told_in_one_sentence(
    call: Callable[[], Widget], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EBIDADMIN_DESK", str(tmp_path))
    (told,) = panels(call())
    assert told.testid == "refused"
    assert 'data-testid="desk-refused"' in told.content
    assert str(tmp_path) in told.content


@pytest.mark.parametrize("call", [*CALLS, desk.diagnosis], ids=lambda call: call.__name__)
def test_a_screen_that_fails_while_it_is_made_is_a_card_with_a_number(
    call: Callable[[], Widget],
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    expected_failures: list[type[BaseException]],
) -> None:
    expected_failures.append(RuntimeError)

    def broken(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError("himitsu")

    monkeypatch.setenv("EBIDADMIN_DESK", str(folder))
    monkeypatch.setattr(Frame, "__init__", broken)
    (told,) = panels(call())
    assert told.testid == "failed"
    assert 'data-testid="incident"' in told.content
    assert "himitsu" not in told.content


def test_the_diagnosis_opens_where_no_other_screen_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EBIDADMIN_DESK", str(tmp_path))
    (shown,) = (panel for panel in panels(desk.diagnosis()) if panel.testid == "diagnosis")
    assert "異常" in shown.content
    assert str(tmp_path) in shown.content


def test_a_database_of_another_revision_is_told_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "desk"
    create_desk(place, demo=False, progress=lambda step: None)
    by_hand(place, "UPDATE alembic_version SET version_num = 'unknown'")
    monkeypatch.setenv("EBIDADMIN_DESK", str(place))
    (told,) = panels(desk.home())
    assert "データベースの版" in told.content
    assert "してください" in told.content
