"""The lock of an idle screen: it holds in the kernel, loses nothing, and opens for the person alone; the clock is the test's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from ebidadmin.domain.staff import ALL_ROLES, Staff
from ebidadmin.errors import StorageError
from ebidadmin.presenters.idle_lock import IdleLock
from ebidadmin.screens.components import base
from ebidadmin.screens.components.cover import Cover
from ebidadmin.screens.frame import Frame
from ebidadmin.screens.review_queue import ReviewQueueScreen
from ebidadmin.text import idle_lock as words
from tests import builders
from tests.presenters.office import Place
from tests.presenters.test_review_queue import waiting
from tests.screens.conftest import sent_by
from tests.screens.test_review_queue import opened as queue
from tests.screens.test_review_queue import select

AFTER = timedelta(minutes=10)


@pytest.fixture(autouse=True)
def nobody_admits() -> Iterator[None]:
    """The next test's screens are not behind this one's lock."""
    yield
    base.admit_by(None)


@pytest.fixture
def office(place: Place) -> Place:
    """Two waiting cases, in an office that locks idle screens."""
    waiting(place, 1, 2)
    place.office = replace(place.office, settings=replace(place.office.settings, idle_lock=AFTER))
    return place


def lock_of(place: Place, staff: Staff | None = None) -> IdleLock:
    return IdleLock(place.office, staff=staff or place.staff, store=place.screen_places)


def screen(place: Place) -> tuple[ReviewQueueScreen, Cover]:
    shown = queue(place)
    frame = Frame(shown, lock=lock_of(place))
    assert frame.cover is not None
    return shown, frame.cover


# The presenter


def locked(lock: IdleLock) -> bool:
    return lock.locked


def test_it_locks_when_the_time_is_over_and_stays_so(office: Place) -> None:
    lock = lock_of(office)
    office.clock.advance(AFTER - timedelta(seconds=1))
    assert not locked(lock)
    lock.touch()
    office.clock.advance(AFTER - timedelta(seconds=1))
    assert not locked(lock)
    office.clock.advance(timedelta(seconds=1))
    assert locked(lock)
    lock.touch()
    assert locked(lock), "a key that is pressed on a locked screen opens nothing"
    lock.unlock()
    assert (locked(lock), lock.left) == (False, AFTER)


def test_a_key_that_comes_too_late_does_not_keep_it_open(office: Place) -> None:
    lock = lock_of(office)
    office.clock.advance(AFTER)
    lock.touch()
    assert locked(lock)


def test_screens_that_are_opened_at_a_locked_desk_are_locked_but_nobody_elses(office: Place) -> None:
    lock = lock_of(office)
    lock.lock()
    office.clock.advance(timedelta(days=3))
    again = lock_of(office)
    assert again.locked
    assert not lock_of(office, Staff("suzuki", ALL_ROLES)).locked
    again.unlock()
    assert not lock_of(office).locked


def test_it_locks_also_where_nothing_can_be_kept(office: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object) -> None:
        raise StorageError("disk-full")

    for verb in ("keep", "drop", "get"):
        monkeypatch.setattr(office.screen_places, verb, broken)
    lock = lock_of(office)
    assert not locked(lock)
    office.clock.advance(AFTER)
    assert locked(lock)
    lock.unlock()
    assert not locked(lock)


def test_an_office_that_does_not_want_it_never_locks(place: Place) -> None:
    lock = lock_of(place)
    lock.lock()
    place.clock.advance(timedelta(days=1))
    assert not locked(lock)
    assert Frame(queue(place), lock=lock).cover is None


# The screen


def test_no_action_goes_through_while_it_is_locked_and_nothing_is_lost(
    office: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown, cover = screen(office)
    select(shown, "A000001")
    shown.case.head.act("begin", "reject")
    form = shown.case.form
    assert form is not None
    told, answered = sent_by(cover, monkeypatch), sent_by(form, monkeypatch)
    office.clock.advance(AFTER)
    form.receive({"type": "submit", "button": "go", "values": {"note": "x"}, "secrets": []}, [])
    assert shown.case.form is form, "the form stands where it stood"
    assert form.values["note"] == "", "what it sent was not looked at"
    assert answered == [{"type": "done"}], "its buttons can be pressed again"
    assert told[-1]["locked"] is True
    assert told[-1]["refused"] == words.REFUSED
    shown.table.receive({"type": "select", "id": "A000002"})
    assert shown._queue.selected == "A000001"
    cover.receive({"type": "unlock"})
    assert (told[-1]["locked"], told[-1]["refused"]) == (False, "")
    shown.case.head.act("next")
    assert shown._queue.selected == "A000002"


def test_a_list_that_was_turned_says_why_it_did_not(office: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    shown, _cover = screen(office)
    sent = sent_by(shown.table, monkeypatch)
    office.clock.advance(AFTER)
    shown.table.receive({"type": "query", "client": "a", "seq": 1})
    assert sent == [{"type": "incident", "text": words.REFUSED}]


def test_a_link_opens_nothing_on_a_locked_screen(office: Place) -> None:
    shown = queue(office)
    frame = Frame(shown, lock=lock_of(office))
    office.clock.advance(AFTER)
    frame.door.receive({"type": "target", "target": "application:A000001"})
    assert shown._queue.selected is None


def test_what_a_reloaded_page_asks_for_is_shown_when_the_person_goes_on(
    office: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock_of(office).lock()
    shown, cover = screen(office)
    sent = sent_by(shown.table, monkeypatch)
    shown.table.receive({"type": "ready"})
    assert sent == []
    cover.receive({"type": "unlock"})
    (page,) = [message for message in sent if message["type"] == "page"]
    assert len(page["rows"]) == 2


def test_whoever_works_keeps_it_open_and_a_reload_by_itself_does_not(
    office: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown, cover = screen(office)
    told = sent_by(cover, monkeypatch)
    step = AFTER - timedelta(minutes=1)
    for _ in range(2):
        office.clock.advance(step)
        cover.receive({"type": "alive"})
        assert told[-1] | {"locked": False, "left": AFTER.total_seconds() * 1000} == told[-1]
    office.clock.advance(step)
    for message in ({"type": "idle"}, {"type": "ready"}):
        cover.receive(message)
        shown.table.receive({"type": "ready"})
        assert told[-1]["left"] == (AFTER - step).total_seconds() * 1000
    office.clock.advance(AFTER - step)
    cover.receive({"type": "idle"})
    assert told[-1]["locked"] is True


def test_it_can_be_locked_at_once(office: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    shown, cover = screen(office)
    told = sent_by(cover, monkeypatch)
    cover.receive({"type": "lock"})
    assert told[-1]["locked"] is True
    select(shown, "A000001")
    assert shown._queue.selected is None
    with office.office.uow() as uow:
        claim = uow.applications.claim(builders.application_number(1))
    assert claim is None, "nothing was done behind the cover"
