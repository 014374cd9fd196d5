"""The list of permits as a service: pages lead forth and back, and only who may read it does."""

from __future__ import annotations

import pytest

from ebidadmin.clock import SettableClock
from ebidadmin.domain.events import EventTag
from ebidadmin.domain.permits import PermitState
from ebidadmin.errors import NotPermittedError
from ebidadmin.persistence.permit_list import SqlPermitListReader
from ebidadmin.services import permit_list
from ebidadmin.services.permit_list import PermitPage, PermitQuery
from ebidadmin.services.ports import Office
from tests.builders import AUDITOR, HELPER, permit
from tests.conftest import FreshDatabase
from tests.fakes import office
from tests.persistence.office import stored_permit
from tests.postgres import ENGINES
from tests.sql_store import SqlStore


@pytest.fixture(params=ENGINES)
def store(request: pytest.FixtureRequest, clock: SettableClock, fresh_database: FreshDatabase) -> SqlStore:
    made = SqlStore(fresh_database(request.param), clock)
    for n in range(1, 8):
        with made() as uow:
            uow.record(stored_permit(permit(n)))
            uow.commit()
    return made


@pytest.fixture
def desk(store: SqlStore) -> Office:
    return office(store)


@pytest.fixture
def reader(store: SqlStore) -> SqlPermitListReader:
    return SqlPermitListReader(store.engine, names=store.names)


def shown(page: PermitPage) -> list[int]:
    return [int(row.permit.id[1:]) for row in page.rows]


def test_pages_lead_forth_and_back_and_know_their_ends(desk: Office, reader: SqlPermitListReader) -> None:
    def page(cursor: str | None = None, *, backward: bool = False) -> PermitPage:
        query = PermitQuery(size=3, cursor=cursor, backward=backward)
        return permit_list.page(desk, staff=AUDITOR, query=query, reader=reader)

    first = page()
    assert (shown(first), first.previous_cursor, first.total) == ([7, 6, 5], None, 7)
    second = page(first.next_cursor)
    third = page(second.next_cursor)
    assert (shown(second), shown(third), third.next_cursor) == ([4, 3, 2], [1], None)
    back = page(third.previous_cursor, backward=True)
    assert (shown(back), shown(page(back.next_cursor))) == ([4, 3, 2], [1])
    start = page(back.previous_cursor, backward=True)
    assert (shown(start), start.previous_cursor) == ([7, 6, 5], None)
    last = page(backward=True)
    assert (shown(last), last.next_cursor) == ([3, 2, 1], None)
    assert shown(page(last.previous_cursor, backward=True)) == [6, 5, 4]


def test_the_help_desk_sees_numbers_only_and_a_refusal_is_told(
    desk: Office, store: SqlStore, reader: SqlPermitListReader
) -> None:
    assert permit_list.counts(desk, staff=HELPER, reader=reader)[PermitState.GRANTED] == 7
    with pytest.raises(NotPermittedError):
        permit_list.page(desk, staff=HELPER, query=PermitQuery(), reader=reader)
    with store() as uow:
        last = uow.audit.last()
    assert last is not None
    assert last.event.tag is EventTag.REFUSED_NOT_PERMITTED


@pytest.mark.parametrize("size", [0, 501])
def test_a_page_has_a_size_within_reason(size: int) -> None:
    with pytest.raises(ValueError, match="size"):
        PermitQuery(size=size)
