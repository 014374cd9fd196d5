"""The home screen's widgets."""

from __future__ import annotations

from pathlib import Path

from ebidadmin.presenters.home import Home
from ebidadmin.screens.home import HomeScreen
from tests.presenters.office import Place


def screen(place: Place) -> HomeScreen:
    return HomeScreen(
        Home(
            place.office,
            staff=place.staff,
            queue_reader=place.queue_reader,
            register_reader=place.register_reader,
            folder=Path("/desk"),
            software="ebidadmin 1",
        )
    )


def test_home_shows_links_that_open_the_other_notebooks(place: Place) -> None:
    content = screen(place).panel.content
    assert 'data-ebid-open="10_review_queue.ipynb"' in content
    assert 'data-testid="alarm"' in content


def test_reload_reads_the_office_anew(place: Place) -> None:
    shown = screen(place)
    assert "第1版" not in shown.panel.content
    place.register(1)
    shown.panel.act("reload")
    assert "第1版" in shown.panel.content
