"""A page of dossiers says what the ports say of each case, and costs no more queries than one."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import pytest
from sqlalchemy import event

from ebidadmin.clock import SettableClock
from ebidadmin.domain.ids import ApplicationNumber
from ebidadmin.domain.names import fold_name
from ebidadmin.domain.transition import Transition
from ebidadmin.persistence.dossiers import DossierParts
from ebidadmin.persistence.readmodels import SqlQueueReader
from ebidadmin.services.ports import UnitOfWork
from tests import builders
from tests.persistence.office import RULES, approve_fully, save, stored_permit, submission, submit
from tests.sql_store import SqlStore

NUMBERS = tuple(builders.application_number(n) for n in range(1, 13))


@pytest.fixture
def store(url: str, clock: SettableClock) -> SqlStore:
    """Twelve suppliers: records that vanished, changed or are new; permits of their own and of others; shared phones; live IDs."""
    store = SqlStore(url, clock, RULES)
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
    return store


def one_by_one(unit: UnitOfWork, number: ApplicationNumber) -> DossierParts:
    application = unit.applications.get(number)
    supplier = application.supplier_number
    applicant = fold_name(application.form.trade_name, RULES)
    return DossierParts(
        application=application,
        register_now=unit.register.current(supplier),
        register_then=unit.register.at_version(supplier, application.register_seen),
        permits=unit.permits.of_supplier(supplier),
        permits_of_others=unit.permits.of_applicant(applicant, not_supplier=supplier),
        live_registration=unit.registrations.live_of(supplier),
        shared=unit.contacts.shared(application),
    )


def test_a_page_of_dossiers_says_what_the_ports_say(store: SqlStore) -> None:
    numbers = (*NUMBERS, ApplicationNumber("B000005"))
    found = SqlQueueReader(store.engine, names=RULES).dossiers((*numbers, ApplicationNumber("none")))
    with store() as unit:
        assert found == {number: one_by_one(unit, number) for number in numbers}
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

    def queries(numbers: Collection[ApplicationNumber]) -> int:
        asked: list[object] = []
        event.listen(store.engine, "before_cursor_execute", lambda *call: asked.append(call[2]))
        reader.dossiers(numbers)
        return len(asked)

    assert queries(NUMBERS) == queries(NUMBERS[:1]) <= 12


def test_no_numbers_no_dossiers(store: SqlStore) -> None:
    assert SqlQueueReader(store.engine, names=RULES).dossiers(()) == {}
