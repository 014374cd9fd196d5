"""Where a person stands on a screen: theirs alone, of today, and only the last; on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ebidadmin.clock import SettableClock
from ebidadmin.persistence.screen_places import SqlPlaceStore
from ebidadmin.services import screen_places
from ebidadmin.services.screen_places import KeptPlace
from tests.builders import NOON, SUZUKI, TANAKA
from tests.conftest import FreshDatabase
from tests.fakes import office
from tests.postgres import ENGINES
from tests.sql_store import SqlStore

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=20)
STEPS = st.lists(
    st.tuples(st.sampled_from("ab"), st.sampled_from(["x", "y"]), st.just("") | TEXTS), max_size=12
)


@pytest.fixture(params=ENGINES)
def store(request: pytest.FixtureRequest, clock: SettableClock, fresh_database: FreshDatabase) -> SqlStore:
    return SqlStore(fresh_database(str(request.param)), clock)


@pytest.fixture
def places(store: SqlStore) -> SqlPlaceStore:
    return SqlPlaceStore(store.engine)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_the_last_place_counts_for_each_person_and_screen(
    places: SqlPlaceStore, steps: list[tuple[str, str, str]]
) -> None:
    keys = [(person, screen) for person in "ab" for screen in ("x", "y")]
    for person, screen in keys:
        places.drop(person, screen)
    model: dict[tuple[str, str], KeptPlace | None] = dict.fromkeys(keys)
    for n, (person, screen, place) in enumerate(steps):
        if place:
            model[person, screen] = kept = KeptPlace(place, NOON + timedelta(seconds=n))
            places.keep(person, screen, kept)
        else:
            model[person, screen] = None
            places.drop(person, screen)
    assert {key: places.get(*key) for key in keys} == model


def test_a_place_is_of_its_day(store: SqlStore, places: SqlPlaceStore, clock: SettableClock) -> None:
    desk = office(store)

    def stood() -> str:
        return screen_places.place(desk, staff=TANAKA, store=places, screen="import")

    assert stood() == ""
    screen_places.stand(desk, staff=TANAKA, store=places, screen="import", place="undo 2")
    assert stood() == "undo 2"
    assert screen_places.place(desk, staff=SUZUKI, store=places, screen="import") == ""
    assert screen_places.place(desk, staff=TANAKA, store=places, screen="other") == ""
    clock.advance(timedelta(days=1))
    assert stood() == ""
    clock.advance(timedelta(days=-1))
    screen_places.stand(desk, staff=TANAKA, store=places, screen="import", place="")
    assert stood() == ""
