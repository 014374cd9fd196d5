"""Whatever is pressed in whatever order, however late it comes: a decision is one on the application that the confirmation named."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from ebidadmin.clock import SettableClock
from ebidadmin.domain.staff import Staff
from ebidadmin.persistence.engine import make_engine
from ebidadmin.presenters import case_actions
from ebidadmin.presenters.case import CasePresenter
from ebidadmin.presenters.case_actions import Pending
from ebidadmin.screens import review_queue
from ebidadmin.services import application_review
from ebidadmin.services.ports import Office
from tests import builders
from tests.builders import NOON
from tests.desks import copied_database, new_database
from tests.figures import Figure
from tests.presenters.office import Place
from tests.screens.browser_model import listening, nothing_kept
from tests.screens.clerk_runs import APPLICATIONS, Tally, fill, one_run


@pytest.fixture(scope="module")
def ten(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("ten")
    engine = make_engine(url := new_database(folder))
    fill(Place(engine, folder, SettableClock(NOON)))
    engine.dispose()
    return url


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(review_queue, "PAGE_SIZE", 4)


def run(template: str, seeds: Iterable[int], monkeypatch: pytest.MonkeyPatch) -> Tally:
    tally = Tally()
    with listening(monkeypatch) as every:
        for seed in seeds:
            with nothing_kept(), TemporaryDirectory() as folder:
                engine = make_engine(copied_database(template, Path(folder)))
                try:
                    one_run(Place(engine, Path(folder), SettableClock(NOON)), seed, every, tally)
                except AssertionError as error:
                    raise AssertionError(f"run {seed}") from error
                finally:
                    engine.dispose()
    return tally


def test_some_runs(ten: str, monkeypatch: pytest.MonkeyPatch) -> None:
    tally = run(ten, range(12), monkeypatch)
    assert tally.counts["decisions"] > 10
    assert tally.counts["without"]


@pytest.mark.slow
def test_a_thousand_runs(ten: str, monkeypatch: pytest.MonkeyPatch, figure: Figure) -> None:
    tally = run(ten, range(1_000), monkeypatch)
    assert tally.counts["decisions"] > 1_000
    figure(tally.told(1_000))


# The judge judges


def by_row(place_in_list: int) -> Callable[..., None]:
    """A screen that decides on whatever stands in that row of the waiting cases, as one that goes by positions would."""
    real = case_actions.perform

    def perform(office: Office, *, staff: Staff, pending: Pending) -> None:
        with office.uow() as uow:
            numbers = [builders.application_number(n) for n in range(1, APPLICATIONS + 1)]
            waiting = [one for one in map(uow.applications.get, numbers) if one.is_open]
        other = waiting[place_in_list % len(waiting)]
        seen = application_review.dossier(office, staff=staff, number=other.number).seen
        changed = replace(pending, number=other.number, version=other.version, seen=seen, draft=None)
        real(office, staff=staff, pending=changed)

    return perform


def test_a_screen_that_goes_by_positions_is_found_out(ten: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(case_actions, "perform", by_row(2))
    with pytest.raises(AssertionError, match=r"^run \d+$") as caught:
        run(ten, range(20), monkeypatch)
    assert "decided" in str(caught.value.__cause__)


@pytest.mark.slow
def test_a_screen_whose_yes_names_nothing_is_found_out(
    ten: str, monkeypatch: pytest.MonkeyPatch, figure: Figure
) -> None:
    """As it was before a yes named its confirmation: a tab out of touch answered the question of the other one."""
    monkeypatch.setattr(CasePresenter, "answers", lambda _self, _asked: True)
    with pytest.raises(AssertionError, match=r"^run \d+$") as caught:
        run(ten, range(500), monkeypatch)
    figure(f"found in {caught.value}: {caught.value.__cause__}".splitlines()[0])
