"""What a person keeps of the queue: theirs alone, on both databases, and no more than is of use."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ebidadmin.clock import SettableClock
from ebidadmin.domain.events import EventTag
from ebidadmin.errors import InputError, NotPermittedError, RuleError
from ebidadmin.persistence.queue_views import SqlViewStore
from ebidadmin.services import application_review as review
from ebidadmin.services import queue_views
from ebidadmin.services.queue_views import MOST_VIEWS, QueueView
from tests.builders import HELPER, NOON, SUZUKI, TANAKA
from tests.conftest import FreshDatabase
from tests.fakes import office
from tests.services.helpers import put
from tests.sql_store import SqlStore

VIEW = QueueView(
    sort="number", descending=True, search="髙", filters={"state": "open"}, cursor="c", opened="A1"
)
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=30)
VIEWS = st.builds(
    QueueView,
    sort=TEXTS,
    descending=st.booleans(),
    search=TEXTS,
    filters=st.dictionaries(TEXTS, TEXTS, max_size=3),
    cursor=st.none() | TEXTS,
    backward=st.booleans(),
    opened=TEXTS,
)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["keep", "drop"]), st.sampled_from("ab"), st.sampled_from(["", "x", "y"]), VIEWS
    ),
    max_size=12,
)


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, clock: SettableClock, fresh_database: FreshDatabase) -> SqlStore:
    return SqlStore(fresh_database(request.param), clock)


@pytest.fixture
def views(store: SqlStore) -> SqlViewStore:
    return SqlViewStore(store.engine)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_the_last_that_was_kept_counts_for_each_person_and_name(
    views: SqlViewStore, steps: list[tuple[str, str, str, QueueView]]
) -> None:
    for person in "ab":
        for name in ("", "x", "y"):
            views.drop(person, name)
    model: dict[str, dict[str, QueueView]] = {"a": {}, "b": {}}
    for verb, person, name, view in steps:
        if verb == "keep":
            views.keep(person, name, view, at=NOON)
            model[person][name] = view
        else:
            views.drop(person, name)
            model[person].pop(name, None)
    for person, kept in model.items():
        assert dict(views.all(person)) == kept
        assert list(views.all(person)) == sorted(kept)


def test_the_open_case_comes_back_only_while_it_is_held(
    store: SqlStore, views: SqlViewStore, clock: SettableClock
) -> None:
    desk = office(store)
    assert queue_views.place(desk, staff=TANAKA, store=views) is None
    number = put(store, 1).number
    review.claim(desk, staff=TANAKA, number=number)
    stood = QueueView(sort="applied", cursor="c", opened=number)
    for person in (TANAKA, SUZUKI):
        queue_views.remember(desk, staff=person, store=views, view=stood)
    assert queue_views.place(desk, staff=TANAKA, store=views) == stood
    elsewhere = queue_views.place(desk, staff=SUZUKI, store=views)
    assert elsewhere is not None
    assert (elsewhere.opened, elsewhere.cursor) == ("", "c")
    clock.advance(desk.settings.lease + timedelta(seconds=1))
    later = queue_views.place(desk, staff=TANAKA, store=views)
    assert later is not None
    assert later.opened == ""


def test_a_view_is_kept_without_the_place(store: SqlStore, views: SqlViewStore) -> None:
    desk = office(store)
    queue_views.remember(desk, staff=TANAKA, store=views, view=VIEW)
    assert queue_views.save(desk, staff=TANAKA, store=views, name=" 期限  超過 ", view=VIEW) == "期限 超過"
    (kept,) = queue_views.saved(desk, staff=TANAKA, store=views).items()
    assert kept == (
        "期限 超過",
        QueueView(sort="number", descending=True, search="髙", filters={"state": "open"}),
    )
    assert queue_views.saved(desk, staff=SUZUKI, store=views) == {}
    queue_views.drop(desk, staff=TANAKA, store=views, name="")
    assert queue_views.place(desk, staff=TANAKA, store=views) is not None, "the place is no view"
    queue_views.drop(desk, staff=TANAKA, store=views, name="期限 超過")
    assert queue_views.saved(desk, staff=TANAKA, store=views) == {}


@pytest.mark.parametrize(("name", "problem"), [(" ", "required"), ("x" * 41, "too-long")])
def test_a_view_needs_a_name(store: SqlStore, views: SqlViewStore, name: str, problem: str) -> None:
    with pytest.raises(InputError) as told:
        queue_views.save(office(store), staff=TANAKA, store=views, name=name, view=VIEW)
    assert [(one.where, one.code) for one in told.value.problems] == [("view_name", problem)]


def test_there_is_an_end_of_views_but_not_of_replacing_them(store: SqlStore, views: SqlViewStore) -> None:
    desk = office(store)
    for n in range(MOST_VIEWS):
        queue_views.save(desk, staff=TANAKA, store=views, name=f"{n}", view=VIEW)
    with pytest.raises(RuleError) as told:
        queue_views.save(desk, staff=TANAKA, store=views, name="one more", view=VIEW)
    assert (told.value.code, told.value.facts["limit"]) == ("views-full", MOST_VIEWS)
    queue_views.save(desk, staff=TANAKA, store=views, name="0", view=VIEW)
    assert len(queue_views.saved(desk, staff=TANAKA, store=views)) == MOST_VIEWS


def test_who_may_not_read_the_queue_keeps_no_view_of_it(store: SqlStore, views: SqlViewStore) -> None:
    desk = office(store)
    with pytest.raises(NotPermittedError):
        queue_views.save(desk, staff=HELPER, store=views, name="x", view=VIEW)
    with desk.uow() as uow:
        last = uow.audit.last()
    assert last is not None
    assert last.event.tag is EventTag.REFUSED_NOT_PERMITTED
