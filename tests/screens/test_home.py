"""The home screen's widgets."""

from __future__ import annotations

from pathlib import Path

import pytest

from ebidadmin.domain.staff import Staff
from ebidadmin.presenters.home import Home
from ebidadmin.screens.home import HomeScreen
from tests.presenters.office import Place
from tests.presenters.test_finding import finder, opened
from tests.screens.conftest import sent_by


def screen(place: Place, staff: Staff | None = None) -> HomeScreen:
    acting = staff or place.staff
    home = Home(
        place.office,
        staff=acting,
        queue_reader=place.queue_reader,
        register_reader=place.register_reader,
        folder=Path("/desk"),
        software="ebidadmin 1",
    )
    return HomeScreen(home, finder(place, acting))


def test_home_shows_links_that_open_the_other_notebooks(place: Place) -> None:
    content = screen(place).panel.content
    assert 'data-ebid-open="10_review_queue.ipynb"' in content
    assert 'data-testid="alarm"' in content


def test_reload_reads_the_office_anew(place: Place) -> None:
    shown = screen(place)
    assert "第1版" not in shown.panel.content
    place.register(1)
    shown.head.act("reload")
    assert "第1版" in shown.panel.content


def test_the_search_shows_links_and_is_cleared(place: Place) -> None:
    place.register(92)
    shown = screen(place)
    shown.finding.panel.act("find", "190000092")
    assert 'data-ebid-target="supplier:190000092"' in shown.finding.panel.content
    shown.finding.panel.act("find", "<b>")
    assert "<b>" not in shown.finding.panel.content
    assert "&lt;b&gt;" in shown.finding.panel.content
    shown.finding.panel.act("clear")
    assert "found-notice" not in shown.finding.panel.content


def test_the_way_to_the_search_takes_the_keyboard_to_its_field(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = screen(place)
    sent = sent_by(shown.finding.panel, monkeypatch)
    shown.arrivals.arrive("view:search")
    assert sent == [{"type": "focus", "selector": '[data-testid="find-field"]'}]


def test_what_was_opened_last_is_read_anew_with_the_rest(place: Place) -> None:
    place.register(92)
    shown = screen(place)
    assert "supplier:190000092" not in shown.panel.content
    opened(place, "supplier", "190000092")
    shown.head.act("reload")
    assert 'data-ebid-target="supplier:190000092"' in shown.panel.content
