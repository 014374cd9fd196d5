"""Pages of the queue: complete, without repetition, in order, whatever is filtered; findings and days as in the case itself."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from ebidadmin.clock import SettableClock, jst_date
from ebidadmin.domain.applications import OPEN_STATES, ApplicationState
from ebidadmin.domain.events import EventTag
from ebidadmin.domain.findings import FindingCode, Severity
from ebidadmin.domain.ids import ApplicationNumber
from ebidadmin.domain.permits import PermitState
from ebidadmin.errors import NotPermittedError
from ebidadmin.services import application_review as review
from ebidadmin.services import queue
from ebidadmin.services.case_file import DossierParts, Wait
from ebidadmin.services.ports import Office
from ebidadmin.services.queue import PermitStanding, QueueQuery, QueueRecord
from tests.builders import (
    AUDITOR,
    HELPER,
    NOON,
    TANAKA,
    TODAY,
    application,
    contact,
    form,
    permit,
    qualification,
)
from tests.dossier_parts import parts_of
from tests.fakes import MemoryStore
from tests.services.helpers import put, tags


class ListReader:
    """``QueueReader`` over the store, by number, states, permit and lease only; counts how often it is asked."""

    def __init__(self, store: MemoryStore) -> None:
        self.store = store
        self.asked = 0

    def _all(
        self, query: QueueQuery, person: str, at: datetime, before: datetime | None
    ) -> list[QueueRecord]:
        tables = self.store.tables
        found = []
        for number, one in sorted(tables.applications.items(), reverse=query.descending):
            claim = tables.claims.get(number)
            holder = claim.holder if claim is not None and at < claim.until else None
            permits = [
                granted
                for granted in tables.permits.values()
                if granted.supplier_number == one.supplier_number
            ]
            if (
                (not query.states or one.state in query.states)
                and (not query.mine or holder == person)
                and (before is None or one.applied_at < before)
                and (query.permit is None or queue.permit_standing(permits, jst_date(at)) is query.permit)
            ):
                found.append(QueueRecord(number=number, cursor=number, holder=holder))
        return found

    def records(
        self, query: QueueQuery, *, person: str, at: datetime, applied_before: datetime | None, limit: int
    ) -> tuple[QueueRecord, ...]:
        self.asked += 1
        rows = self._all(query, person, at, applied_before)
        if query.cursor is not None:
            place = next(index for index, row in enumerate(rows) if row.cursor == query.cursor)
            rows = rows[:place] if query.backward else rows[place + 1 :]
        return tuple(rows[-limit:] if query.backward else rows[:limit])

    def count(self, query: QueueQuery, *, person: str, at: datetime, applied_before: datetime | None) -> int:
        return len(self._all(query, person, at, applied_before))

    def counts(self) -> Mapping[ApplicationState, int]:
        states = [one.state for one in self.store.tables.applications.values()]
        return {state: states.count(state) for state in ApplicationState}

    def approved_by(self, person: str) -> int:
        decisions = [one.decision for one in self.store.tables.applications.values()]
        return sum(one is not None and one.by == person for one in decisions)

    def waits(self, *, applied_before: datetime | None) -> tuple[Wait, ...]:
        return tuple(
            Wait(one.applied_at, tuple((inquiry.asked_at, inquiry.answered_at) for inquiry in one.inquiries))
            for one in self.store.tables.applications.values()
            if one.is_open and (applied_before is None or one.applied_at < applied_before)
        )

    def dossiers(self, numbers: Collection[ApplicationNumber]) -> Mapping[ApplicationNumber, DossierParts]:
        with self.store() as uow:
            return {number: parts_of(uow, number, self.store.names) for number in numbers}


@pytest.fixture
def reader(store: MemoryStore) -> ListReader:
    return ListReader(store)


def walk(desk: Office, reader: ListReader, query: QueueQuery) -> list[list[str]]:
    pages: list[list[str]] = []
    cursor: str | None = None
    while True:
        page = queue.page(desk, staff=TANAKA, query=replace(query, cursor=cursor), reader=reader)
        pages.append([row.number for row in page.rows])
        cursor = page.previous_cursor if query.backward else page.next_cursor
        if cursor is None:
            return pages


@pytest.mark.parametrize("count", [0, 1, 3, 4, 6, 7])
@pytest.mark.parametrize("backward", [False, True])
def test_all_rows_come_once_in_order(
    desk: Office, store: MemoryStore, reader: ListReader, count: int, backward: bool
) -> None:
    for n in range(1, count + 1):
        put(store, n)
    pages = walk(desk, reader, QueueQuery(size=3, backward=backward))
    ordered = pages[::-1] if backward else pages
    assert [number for page in ordered for number in page] == sorted(store.tables.applications)
    assert len(pages) == max(1, -(-count // 3))


def test_forth_and_back_is_the_same_page(desk: Office, store: MemoryStore, reader: ListReader) -> None:
    for n in range(1, 8):
        put(store, n)
    first = queue.page(desk, staff=TANAKA, query=QueueQuery(size=3), reader=reader)
    assert (first.previous_cursor, first.total) == (None, 7)
    second = queue.page(desk, staff=TANAKA, query=QueueQuery(size=3, cursor=first.next_cursor), reader=reader)
    back = queue.page(
        desk,
        staff=TANAKA,
        query=QueueQuery(size=3, cursor=second.previous_cursor, backward=True),
        reader=reader,
    )
    assert back.rows == first.rows
    assert back.next_cursor == first.next_cursor
    assert back.previous_cursor is None


def test_a_filter_on_findings_reads_on_until_the_page_is_full(
    desk: Office, store: MemoryStore, reader: ListReader
) -> None:
    wanted = []
    for n in range(1, 31):
        other = n % 7 == 0
        one = put(
            store, n, main_contact=contact(n, address="東京都千代田区丸の内1-1") if other else contact(n)
        )
        if other:
            wanted.append(one.number)
    query = QueueQuery(size=3, finding=FindingCode.TWO_ADDRESSES)
    pages = walk(desk, reader, query)
    assert [number for page in pages for number in page] == wanted
    assert pages[0] == wanted[:3]
    assert queue.page(desk, staff=TANAKA, query=query, reader=reader).total is None


def test_a_long_search_stops_and_can_go_on(
    desk: Office, store: MemoryStore, reader: ListReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "SCAN_LIMIT", 8)
    for n in range(1, 21):
        put(store, n, main_contact=contact(n, address="東京都千代田区丸の内1-1") if n == 20 else contact(n))
    pages = walk(desk, reader, QueueQuery(size=3, finding=FindingCode.TWO_ADDRESSES))
    assert pages[0] == []
    assert len(pages) == 3
    assert [number for page in pages for number in page] == ["A000020"]


def test_a_row_says_what_the_case_says(
    desk: Office, store: MemoryStore, reader: ListReader, clock: SettableClock
) -> None:
    one = put(store, 92, main_contact=contact(92, person="別人"))
    put(store, 94)
    review.claim(desk, staff=TANAKA, number=one.number)
    clock.advance(timedelta(minutes=1))
    page = queue.page(desk, staff=AUDITOR, query=QueueQuery(), reader=reader)
    row, other = page.rows
    case = review.dossier(desk, staff=AUDITOR, number=one.number)
    assert (row.findings, row.elapsed_days, row.due) == (case.findings, case.elapsed_days, case.due)
    assert (row.holder, row.permit, row.reapplication, row.version) == (
        "tanaka",
        PermitStanding.IN_FORCE,
        False,
        1,
    )
    assert (row.count(Severity.NOTE), row.count(Severity.BLOCK)) == (1, 0)
    assert (other.permit, other.count(Severity.BLOCK)) == (PermitStanding.NONE, 1)
    mine = queue.page(desk, staff=TANAKA, query=QueueQuery(mine=True), reader=reader)
    assert [row.number for row in mine.rows] == [one.number]


def test_decided_ones_carry_no_findings(desk: Office, store: MemoryStore, reader: ListReader) -> None:
    one = put(store)
    review.approve(desk, staff=TANAKA, number=one.number, version=1)
    assert queue.page(desk, staff=TANAKA, query=QueueQuery(), reader=reader).rows == ()
    query = QueueQuery(states=frozenset({ApplicationState.APPROVED}))
    (row,) = queue.page(desk, staff=TANAKA, query=query, reader=reader).rows
    assert (row.findings, row.overdue, row.permit) == ((), False, PermitStanding.IN_FORCE)


def test_the_filter_on_age_counts_working_days_without_pauses(
    desk: Office, store: MemoryStore, reader: ListReader, clock: SettableClock
) -> None:
    old, paused, new = put(store, 92), put(store, 93), put(store, 94)
    review.inquire(desk, staff=TANAKA, number=paused.number, version=1, text="?")
    clock.set(NOON + timedelta(days=6))  # three working days: Thursday, Friday, Tuesday
    store.tables.applications[new.number] = replace(new, applied_at=NOON + timedelta(days=5))

    def numbers(days: int) -> list[str]:
        page = queue.page(desk, staff=TANAKA, query=QueueQuery(age_days=days), reader=reader)
        assert page.total is None
        return [row.number for row in page.rows]

    assert numbers(3) == [old.number]
    assert numbers(4) == []
    assert numbers(0) == [old.number, paused.number, new.number]
    assert numbers(10_000) == []


def test_counts_are_for_everybody(desk: Office, store: MemoryStore, reader: ListReader) -> None:
    put(store)
    assert queue.counts(desk, staff=HELPER, reader=reader)[ApplicationState.PENDING] == 1


def test_the_list_itself_is_not(desk: Office, store: MemoryStore, reader: ListReader) -> None:
    with pytest.raises(NotPermittedError):
        queue.page(desk, staff=HELPER, query=QueueQuery(), reader=reader)
    assert tags(store) == [EventTag.REFUSED_NOT_PERMITTED]


@pytest.mark.parametrize("size", [0, -1, 501])
def test_a_page_has_a_size(size: int) -> None:
    with pytest.raises(ValueError, match="size"):
        QueueQuery(size=size)


def test_the_best_permit_counts() -> None:
    over = permit(1, valid_to=date(2026, 10, 6))
    asked = permit(2, granted=False)
    refused = replace(asked, state=PermitState.REFUSED)
    good = permit(3)
    assert queue.permit_standing([over, asked, good], TODAY) is PermitStanding.IN_FORCE
    assert queue.permit_standing([over, asked], TODAY) is PermitStanding.REQUESTED
    assert queue.permit_standing([over, refused], TODAY) is PermitStanding.EXPIRED
    assert queue.permit_standing([refused], TODAY) is PermitStanding.NONE


def test_open_states_are_the_default() -> None:
    assert QueueQuery().states == OPEN_STATES
    assert application().form == form(92)
    assert qualification().in_force(TODAY)
