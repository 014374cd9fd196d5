"""The list, the next case, and that whatever a person clicks, only the application named in the confirmation is decided."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ebidadmin.clock import SettableClock
from ebidadmin.domain.applications import OPEN_STATES, ApplicationState
from ebidadmin.domain.ids import ApplicationNumber
from ebidadmin.persistence.engine import make_engine
from ebidadmin.presenters.case_actions import Action, Stage
from ebidadmin.presenters.review_queue import OPEN, SORTS, ListRequest, ListView, ReviewQueue
from ebidadmin.services import application_review
from tests import builders
from tests.builders import NOON
from tests.desks import copied_database, new_database
from tests.presenters.office import Place


def waiting(place: Place, *numbers: int) -> ReviewQueue:
    """A queue of approvable applications, the lower number the older."""
    place.register(*numbers)
    place.permit(*numbers)
    for n in numbers:
        place.submit(n, at=NOON - timedelta(hours=100 - n))
    return ReviewQueue(place.office, staff=place.staff, reader=place.queue_reader)


def numbers(view: ListView) -> list[str]:
    return [line.number for line in view.lines]


def test_the_oldest_come_first_and_pages_follow_by_key(place: Place) -> None:
    queue = waiting(place, 1, 2, 3, 4, 5)
    first = queue.fetch(ListRequest(size=2))
    assert numbers(first) == ["A000001", "A000002"]
    assert first.total == 5
    second = queue.fetch(ListRequest(size=2, cursor=first.next_cursor))
    assert numbers(second) == ["A000003", "A000004"]
    assert numbers(queue.fetch(ListRequest(size=2, backward=True))) == ["A000004", "A000005"]
    assert numbers(queue.fetch(ListRequest(size=2, backward=True, cursor=second.previous_cursor))) == numbers(
        first
    )


def test_an_overdue_row_says_so_in_words(place: Place) -> None:
    queue = waiting(place, 1, 2)
    assert [line.standing_out for line in queue.fetch(ListRequest()).lines] == ["", ""]
    place.clock.advance(timedelta(days=14))
    assert [line.standing_out for line in queue.fetch(ListRequest()).lines] == ["期限超過", "期限超過"]


def test_the_search_does_not_mind_notation(place: Place) -> None:
    queue = waiting(place, 1, 2)
    assert numbers(queue.fetch(ListRequest(search="株式会社テスト商会０２"))) == ["A000002"]


def test_filters_choose_state_permit_finding_age_and_mine(place: Place) -> None:
    queue = waiting(place, 1, 2)
    place.submit(3, at=NOON)
    place.clock.advance(timedelta(days=1))
    chosen = {
        "permit": numbers(queue.fetch(ListRequest(filters={"state": OPEN, "permit": "none"}))),
        "finding": numbers(queue.fetch(ListRequest(filters={"finding": "register-missing"}))),
        "state": numbers(queue.fetch(ListRequest(filters={"state": "approved"}))),
        "age": numbers(queue.fetch(ListRequest(filters={"state": OPEN, "age": "3"}))),
    }
    assert chosen["permit"] == ["A000003"]
    assert chosen["finding"] == ["A000003"]
    assert chosen["state"] == []
    assert "A000003" not in chosen["age"]
    assert chosen["age"] == ["A000001", "A000002"]
    queue.open("A000002")
    assert numbers(queue.fetch(ListRequest(filters={"mine": "mine"}))) == ["A000002"]


def test_counts_by_state(place: Place) -> None:
    queue = waiting(place, 1, 2)
    assert {one.key: one.count for one in queue.counts()} == {
        "pending": 2,
        "inquired": 0,
        "approved": 0,
        "rejected": 0,
        "withdrawn": 0,
    }


def decide(queue: ReviewQueue) -> bool:
    """Press the yes of the confirmation that is shown."""
    return queue.decide("" if queue.case.pending is None else queue.case.pending.asked)


def test_after_a_decision_the_next_waiting_case_opens_and_what_happened_is_said(place: Place) -> None:
    queue = waiting(place, 1, 2, 3)
    queue.fetch(ListRequest())
    queue.open("A000002")
    queue.case.begin(Action.APPROVE)
    assert decide(queue)
    assert queue.selected == "A000003"
    assert queue.case.notice is not None
    assert "A000002" in queue.case.notice.text
    queue.case.begin(Action.APPROVE)
    assert decide(queue)
    assert queue.selected == "A000001", "it goes on from the beginning"
    queue.case.begin(Action.APPROVE)
    assert decide(queue)
    assert queue.selected is None


def test_the_next_case_is_one_that_nobody_else_holds(place: Place) -> None:
    queue = waiting(place, 1, 2, 3)
    queue.fetch(ListRequest())
    application_review.claim(place.office, staff=builders.SUZUKI, number=builders.application_number(2))
    queue.open("A000001")
    queue.go_on()
    assert queue.selected == "A000003"


def test_somebody_without_the_right_to_read_gets_a_sentence_and_no_rows(place: Place) -> None:
    waiting(place, 1)
    queue = ReviewQueue(place.office, staff=builders.HELPER, reader=place.queue_reader)
    assert queue.fetch(ListRequest()).lines == ()
    assert queue.notice is not None
    assert queue.notice.tone == "error"


# Whatever is clicked in whatever order

Step = tuple[str, int]

SMALL = st.integers(min_value=0, max_value=11)
DISTURBANCES = ["open", "next", "fetch", "steal", "back", "cancel", "begin", "submit", "decide"]


@st.composite
def clicks(draw: st.DrawFn) -> list[Step]:
    """Cases opened and actions begun on them, disturbed by whatever else can be clicked, each time up to the decision."""
    steps: list[Step] = []
    for _ in range(draw(st.integers(min_value=1, max_value=3))):
        steps += [("open", draw(SMALL)), ("begin", draw(SMALL)), ("submit", 0)]
        steps += draw(st.lists(st.tuples(st.sampled_from(DISTURBANCES), SMALL), max_size=2))
        steps.append(("decide", 0))
    return steps


@contextmanager
def fresh_place(template: str) -> Iterator[Place]:
    with TemporaryDirectory() as folder:
        engine = make_engine(copied_database(template, Path(folder)))
        try:
            yield Place(engine, Path(folder), SettableClock(NOON))
        finally:
            engine.dispose()


@pytest.fixture(scope="session")
def six_waiting(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("six")
    url = new_database(folder)
    engine = make_engine(url)
    waiting(Place(engine, folder, SettableClock(NOON)), *range(1, 5))
    engine.dispose()
    return url


def states(place: Place) -> dict[ApplicationNumber, ApplicationState]:
    with place.office.uow() as uow:
        return {
            builders.application_number(n): uow.applications.get(builders.application_number(n)).state
            for n in range(1, 5)
        }


def perform(queue: ReviewQueue, place: Place, what: str, n: int) -> None:
    """Everything that a person may do but the decision itself."""
    if what == "fetch":
        sort = list(SORTS)[n % len(SORTS)]
        filters = {"state": OPEN} if n % 2 else {}
        queue.fetch(ListRequest(sort=sort, descending=n > 5, size=1 + n % 4, filters=filters))
    elif what == "open":
        queue.open(builders.application_number(1 + n % 4))
    elif what == "begin":
        queue.case.begin(list(Action)[n % 3])
    elif what == "submit":
        queue.case.submit({"reasons": queue.case.reason_choices[0][0], "text": "お尋ねします。", "note": ""})
    elif what == "next":
        queue.go_on()
    elif what == "back":
        queue.case.back()
    elif what == "cancel":
        queue.case.cancel()
    else:
        steal(place, builders.application_number(1 + n % 4))


def steal(place: Place, number: ApplicationNumber) -> None:
    """Another person takes the lease, where there is one to take."""
    if states(place)[number] in OPEN_STATES:
        application_review.claim(place.office, staff=builders.SUZUKI, number=number, take_over=True)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(steps=[("open", 0), ("begin", 0), ("open", 1), ("decide", 0)])
@example(steps=[("open", 0), ("begin", 1), ("submit", 0), ("next", 0), ("decide", 0)])
@example(steps=[("open", 0), ("begin", 0), ("steal", 0), ("decide", 0), ("decide", 0)])
@given(steps=clicks())
def test_only_the_application_named_in_the_confirmation_is_ever_decided(
    six_waiting: str, steps: list[Step]
) -> None:
    with fresh_place(six_waiting) as place:
        queue = ReviewQueue(place.office, staff=place.staff, reader=place.queue_reader)
        queue.fetch(ListRequest())
        for what, n in steps:
            before = states(place)
            if what != "decide":
                perform(queue, place, what, n)
                assert states(place) == before, "nothing changes without a confirmation"
                continue
            pending = queue.case.pending
            named = None if pending is None or pending.stage is not Stage.CONFIRM else pending
            done = decide(queue)
            changed = {number for number, state in states(place).items() if state is not before[number]}
            if done:
                assert named is not None
                assert changed == {named.number}
                assert named.number in named.question
            else:
                assert not changed
