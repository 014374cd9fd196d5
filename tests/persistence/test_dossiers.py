"""A page of dossiers says what the ports say of each case, and costs no more queries than one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from ebidadmin.clock import SettableClock
from ebidadmin.domain.ids import ApplicationNumber
from ebidadmin.domain.transition import Transition
from ebidadmin.persistence.readmodels import SqlQueueReader
from ebidadmin.services import application_review as review
from ebidadmin.services import queue, registered
from ebidadmin.services.queue import QueueQuery
from tests import builders
from tests.builders import TANAKA
from tests.conftest import FilledDatabase
from tests.dossier_parts import parts_of
from tests.fakes import office
from tests.persistence.office import RULES, approve_fully, save, stored_permit, submission, submit
from tests.postgres import ENGINES
from tests.sql_store import SqlStore
from tests.statements import statements

NUMBERS = tuple(builders.application_number(n) for n in range(1, 13))


def fill(url: str) -> None:
    """Twelve suppliers: records that vanished, changed or are new; permits of their own and of others; shared phones; live IDs."""
    store = SqlStore(url, names=RULES)
    first = store.import_register(*(builders.qualification(n) for n in range(1, 9)))
    for n in range(1, 13):
        made = submission(n, main_contact=builders.contact(n - n % 2))
        seen = replace(made.after, register_seen=first if n % 4 else None)
        save(store, Transition(seen, made.events))
        for permit_id, applicant in (
            (f"P{n}", builders.trade_name(n)),
            (f"Q{n}", builders.trade_name(n + 3)),
            (f"R{n}", ""),
        ):
            save(store, stored_permit(builders.permit(n, permit_id=permit_id, applicant=applicant)))
        if n % 5 == 0:
            approve_fully(store, seen, serial=n)
            submit(store, n, number=f"B{n:06d}")
    second = (
        builders.qualification(n, phone=f"06-1111-{n:04d}" if n % 2 else "083-231-0002") for n in range(3, 13)
    )
    store.import_register(*second)
    store.engine.dispose()


@pytest.fixture(params=ENGINES)
def store(request: pytest.FixtureRequest, filled_database: FilledDatabase, clock: SettableClock) -> SqlStore:
    return SqlStore(filled_database(request.param, fill)[0], clock, RULES)


def queries(store: SqlStore, ask: Callable[[], object]) -> int:
    """How many statements asking costs."""
    return len(statements(store.engine, ask))


def test_a_page_of_dossiers_says_what_the_ports_say(store: SqlStore) -> None:
    numbers = (*NUMBERS, ApplicationNumber("B000005"))
    found = SqlQueueReader(store.engine, names=RULES).dossiers((*numbers, ApplicationNumber("none")))
    with store() as unit:
        assert found == {number: parts_of(unit, number, RULES) for number in numbers}
    assert any(parts.register_now is None for parts in found.values())
    assert any(parts.register_then is None for parts in found.values())
    assert any(parts.register_now != parts.register_then for parts in found.values())
    assert all(parts.permits for parts in found.values())
    assert any(parts.permits_of_others for parts in found.values())
    assert any(parts.live_registration for parts in found.values())
    assert {shared.source for parts in found.values() for shared in parts.shared} == {
        "application",
        "registration",
        "register",
    }


def test_twelve_cost_as_many_queries_as_one(store: SqlStore) -> None:
    reader = SqlQueueReader(store.engine, names=RULES)

    assert queries(store, lambda: reader.dossiers(NUMBERS)) == queries(
        store, lambda: reader.dossiers(NUMBERS[:1])
    )
    assert queries(store, lambda: reader.dossiers(NUMBERS)) <= 12


def test_a_long_page_of_the_queue_costs_as_many_queries_as_a_short_one(store: SqlStore) -> None:
    desk, reader = office(store), SqlQueueReader(store.engine, names=RULES)

    def shown(size: int) -> int:
        query = QueueQuery(size=size)
        return queries(store, lambda: queue.page(desk, staff=TANAKA, query=query, reader=reader))

    assert len(queue.page(desk, staff=TANAKA, query=QueueQuery(size=12), reader=reader).rows) == 12
    assert shown(12) == shown(1) <= 16


def test_a_row_of_the_queue_says_what_its_case_says(store: SqlStore) -> None:
    desk, reader = office(store), SqlQueueReader(store.engine, names=RULES)
    query = QueueQuery(states=frozenset())
    rows = queue.page(desk, staff=TANAKA, query=query, reader=reader).rows
    assert len(rows) == len(NUMBERS) + 2
    assert any(row.findings for row in rows)
    for row in rows:
        case = review.dossier(desk, staff=TANAKA, number=row.number)
        assert row.findings == (case.findings if case.application.is_open else ())
        assert (row.version, row.state, row.due) == (
            case.application.version,
            case.application.state,
            case.due,
        )


def test_no_numbers_no_dossiers(store: SqlStore) -> None:
    assert SqlQueueReader(store.engine, names=RULES).dossiers(()) == {}


def test_a_list_of_registrations_costs_no_more_statements_when_it_is_longer(store: SqlStore) -> None:
    desk = office(store)

    def listed() -> tuple[registered.Registered, ...]:
        return registered.listed(desk, staff=TANAKA)

    few, shown = queries(store, listed), listed()
    for n in (1, 2, 3, 4, 6, 7):
        with store() as unit:
            waiting = unit.applications.get(NUMBERS[n - 1])
        approve_fully(store, waiting, serial=n + 20)
    assert queries(store, listed) == few
    assert len(listed()) == len(shown) + 6
    assert {one.trade_name for one in listed()} >= {builders.trade_name(n) for n in (3, 4, 5, 6, 7, 10)}
