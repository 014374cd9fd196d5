"""What goes through the whole queue reads it at once: in no more statements for more cases, with the outcome of page after page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from ebidadmin.clock import SettableClock
from ebidadmin.domain import applications, claims
from ebidadmin.domain.applications import OPEN_STATES, ApplicationState, IdApplication
from ebidadmin.domain.findings import FindingCode
from ebidadmin.domain.ids import ApplicationNumber
from ebidadmin.domain.transition import Transition
from ebidadmin.errors import NotPermittedError
from ebidadmin.persistence.readmodels import SqlQueueReader
from ebidadmin.services import bulk_approval, overview, queue
from ebidadmin.services.bulk_approval import PLAIN
from ebidadmin.services.ports import Office
from ebidadmin.services.queue import PermitStanding, QueueQuery, QueueSort
from ebidadmin.services.settings import Settings
from tests import builders
from tests.builders import HELPER, NOON, SUZUKI, TANAKA
from tests.conftest import FilledDatabase
from tests.fakes import office
from tests.persistence.office import RULES, approval, registration, rejection, stored_permit, submission
from tests.postgres import ENGINES
from tests.sql_store import SqlStore
from tests.statements import statements

FEW, MANY = 4, 620
DAY = timedelta(days=1)


@pytest.fixture
def store(url: str, clock: SettableClock) -> SqlStore:
    return SqlStore(url, clock, RULES)


def desk_of(store: SqlStore, **settings: Any) -> Office:
    return replace(office(store, settings=Settings(**settings)), clock=store.clock)


def reader_of(store: SqlStore) -> SqlQueueReader:
    return SqlQueueReader(store.engine, names=RULES)


def wait(store: SqlStore, numbers: Iterable[int]) -> None:
    """Applications without permit, which nobody approves without a word."""
    with store() as unit:
        unit.record_new([submission(n, at=NOON - (10 + n % 9) * DAY) for n in numbers])
        unit.commit()


def fill(url: str) -> None:
    """70 applications of all states and ages, some asked about, some answered; a third without anything against it."""
    store = SqlStore(url, names=RULES)
    seen = store.import_register(*(builders.qualification(n) for n in range(1, 71) if n % 9))
    with store() as unit:
        for n in range(1, 71):
            changes: dict[str, Any] = {"trade_name": "(株)別の名前"} if n % 5 == 0 else {}
            if n % 4 == 1:
                changes["main_contact"] = builders.contact(n, person="別人")
            made = submission(n, at=NOON - (n % 23) * DAY, **changes)
            one = replace(made.after, register_seen=seen)
            unit.record(Transition(one, made.events))
            if n % 7:
                unit.record(stored_permit(builders.permit(n)))
            for step in steps(n, one):
                unit.record(step)
        unit.commit()
    store.engine.dispose()


@pytest.fixture(params=ENGINES)
def busy(request: pytest.FixtureRequest, filled_database: FilledDatabase, clock: SettableClock) -> SqlStore:
    return SqlStore(filled_database(request.param, fill)[0], clock, RULES)


def steps(n: int, one: IdApplication) -> Iterator[Transition[Any]]:
    """What became of it."""
    after = one.applied_at + timedelta(hours=5)
    if n % 10 == 3:
        asked = applications.inquire(one, text="?", by="tanaka", at=after)
        yield asked
        if n % 20 == 3:
            answered = applications.answer(
                asked.after, text="!", by="tanaka", at=max(after, min(NOON, after + 6 * DAY))
            )
            yield answered
            if n % 40 == 3:
                yield applications.inquire(answered.after, text="?", by="tanaka", at=answered.events[0].at)
    elif n % 10 == 4:
        yield rejection(one)
    elif n % 10 == 6:
        yield approval(one)
        yield registration(one, serial=n)
    elif n % 10 == 8:
        by = "suzuki" if n % 20 == 8 else "tanaka"
        yield claims.claim(None, application=one.number, by=by, at=NOON)


def counted_by_pages(desk: Office, reader: SqlQueueReader) -> int:
    """The overdue ones as the queue itself shows them, page after page."""
    found, query = 0, QueueQuery(states=OPEN_STATES, size=7)
    while True:
        page = queue.page(desk, staff=TANAKA, query=query, reader=reader)
        found += sum(row.overdue for row in page.rows)
        if page.next_cursor is None:
            return found
        query = replace(query, cursor=page.next_cursor)


def test_the_overdue_are_those_that_the_queue_shows_as_such(busy: SqlStore, clock: SettableClock) -> None:
    reader, told = reader_of(busy), []
    for target in (1, 5, 12):
        desk = desk_of(busy, target_days=target)
        for days in (0, 4, 30):
            clock.set(NOON + days * DAY)
            told.append(overview.overdue(desk, staff=TANAKA, reader=reader))
            assert told[-1] == counted_by_pages(desk, reader)
    assert len(set(told)) > 4


def test_whoever_may_not_read_applications_counts_no_overdue_ones(store: SqlStore) -> None:
    with pytest.raises(NotPermittedError):
        overview.overdue(desk_of(store), staff=HELPER, reader=reader_of(store))


def listed_by_pages(desk: Office, query: QueueQuery, reader: SqlQueueReader) -> list[ApplicationNumber]:
    """What nothing stands against and nobody else holds, of all pages."""
    asked = replace(query, states=frozenset({ApplicationState.PENDING}), cursor=None, backward=False, size=6)
    numbers: list[ApplicationNumber] = []
    while True:
        page = queue.page(desk, staff=TANAKA, query=asked, reader=reader)
        numbers += [
            row.number
            for row in page.rows
            if all(one.severity in PLAIN for one in row.findings) and row.holder in (None, "tanaka")
        ]
        if page.next_cursor is None:
            return numbers
        asked = replace(asked, cursor=page.next_cursor)


QUERIES: dict[str, QueueQuery] = {
    "everything": QueueQuery(),
    "newest": QueueQuery(descending=True, size=3),
    "by-name": QueueQuery(sort=QueueSort.TRADE_NAME),
    "with-a-note": QueueQuery(finding=FindingCode.REPRESENTATIVE_DIFFERS),
    "waited": QueueQuery(age_days=5),
    "found": QueueQuery(search="00001"),
    "permitted": QueueQuery(permit=PermitStanding.IN_FORCE, backward=True),
    "mine": QueueQuery(mine=True),
}


def test_a_list_has_the_first_cases_of_all_pages(busy: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "AT_FIRST", 4)
    monkeypatch.setattr(queue, "WHOLE", 9)
    desk, reader = desk_of(busy), reader_of(busy)
    for name, query in QUERIES.items():
        expected = listed_by_pages(desk, query, reader)
        assert expected, name
        for most in (1, 5, 50):
            monkeypatch.setattr(bulk_approval, "MOST_CASES", most)
            listed = bulk_approval.ready(desk, staff=TANAKA, query=query, reader=reader)
            assert [case.number for case in listed.cases] == expected[:most], name
            assert listed.more == (len(expected) > most)


def test_the_first_cases_are_listed_without_reading_the_rest(
    busy: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_approval, "MOST_CASES", 2)
    monkeypatch.setattr(queue, "AT_FIRST", 30)
    asked: list[int] = []

    class Counting(SqlQueueReader):
        def dossiers(self, numbers: Any) -> Any:
            asked.append(len(numbers))
            return super().dossiers(numbers)

    listed = bulk_approval.ready(
        desk_of(busy), staff=SUZUKI, query=QueueQuery(), reader=Counting(busy.engine, names=RULES)
    )
    assert len(listed.cases) == 2
    assert asked == [30, 2]


def test_a_longer_queue_costs_no_more_statements(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "AT_FIRST", 2)
    desk, reader = desk_of(store), reader_of(store)

    def overdue() -> int:
        return overview.overdue(desk, staff=TANAKA, reader=reader)

    def ready() -> None:
        listed = bulk_approval.ready(desk, staff=TANAKA, query=QueueQuery(), reader=reader)
        assert listed.cases == ()

    wait(store, range(1, FEW + 1))
    few = [statements(store.engine, ask) for ask in (overdue, ready)]
    assert overdue() == FEW
    wait(store, range(FEW + 1, MANY + 1))
    assert overdue() == MANY
    assert [statements(store.engine, ask) for ask in (overdue, ready)] == few
