"""The register at its versions, permits by applicant, and whole decisions through the services: in memory as on SQL."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ebidadmin.clock import SettableClock
from ebidadmin.domain import applications, permits
from ebidadmin.domain.applications import Channel
from ebidadmin.domain.events import EventTag
from ebidadmin.domain.ids import PermitId
from ebidadmin.domain.names import fold_name
from ebidadmin.domain.permits import PaperChannel
from ebidadmin.services import application_review as review
from tests.builders import (
    NOON,
    SAMPLE_HASH,
    TANAKA,
    TODAY,
    application_number,
    batch_id,
    contact,
    document,
    form,
    qualification,
    supplier_number,
)
from tests.conftest import FreshDatabase
from tests.fakes import office
from tests.memory import MemoryStore
from tests.memory_parts import RULES
from tests.sql_store import SqlStore

Store = MemoryStore | SqlStore


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, clock: SettableClock, fresh_database: FreshDatabase) -> Store:
    if request.param == "memory":
        return MemoryStore(clock)
    return SqlStore(fresh_database(request.param), clock)


def record_permit(store: Store, n: int, supplier: int, applicant: str = "") -> PermitId:
    recorded = permits.record(
        permit_id=PermitId(f"P{n:06d}"),
        supplier_number=supplier_number(supplier),
        received=TODAY - timedelta(days=n),
        channel=PaperChannel.POST,
        by="tanaka",
        at=NOON,
        applicant=applicant,
    )
    with store() as uow:
        uow.record(recorded)
        uow.record(
            permits.grant(
                recorded.after, document=document(n), valid_from=TODAY, valid_to=None, by="tanaka", at=NOON
            )
        )
        uow.commit()
    return recorded.after.id


def test_the_register_at_its_versions(store: Store) -> None:
    supplier = supplier_number(92)
    with store() as uow:
        assert (uow.register.version(), uow.register.current(supplier)) == (None, None)
        assert uow.register.version_as_of(NOON) is None
        assert uow.register.history(supplier) == ()
    old, new = qualification(92), qualification(92, address="山口県下関市豊前田町1-1")
    for day, records in enumerate(([old], [old], [new], [])):
        store.import_register(*records, qualification(93), at=NOON + timedelta(days=day))
    with store() as uow:
        register = uow.register
        assert (register.version(), register.current(supplier)) == (4, None)
        assert [register.at_version(supplier, batch_id(n)) for n in (1, 2, 3, 4)] == [old, old, new, None]
        assert register.at_version(supplier, None) is None
        assert register.as_of(supplier, NOON + timedelta(days=2, hours=1)) == new
        assert register.as_of(supplier, NOON - timedelta(seconds=1)) is None
        assert register.version_as_of(NOON + timedelta(days=1)) == 2
        # More than a statement asks for at once.
        asked = {supplier_number(n) for n in range(90, 1_200)}
        assert register.names_of(asked) == {supplier_number(93): qualification(93).trade_name}
        assert register.names_of(()) == {}
        history = register.history(supplier)
        assert [(batch.id, record) for batch, record in history] == [(4, None), (3, new), (1, old)]


def test_permits_by_supplier_and_by_applicant_in_any_notation(store: Store) -> None:
    first = record_permit(store, 1, 92, "㈱テスト商会92")
    second = record_permit(store, 2, 93, "（株）テスト商会９２")
    third = record_permit(store, 3, 93)
    with store() as uow:
        assert [one.id for one in uow.permits.all()] == [first, second, third]
        assert [one.id for one in uow.permits.of_supplier(supplier_number(93))] == [second, third]
        folded = fold_name("(株)テスト商会92", RULES)
        assert [one.id for one in uow.permits.of_applicant(folded, not_supplier=supplier_number(92))] == [
            second
        ]
        assert uow.permits.of_applicant("", not_supplier=supplier_number(92)) == ()


def test_the_register_counts_among_shared_contacts(store: Store) -> None:
    store.import_register(qualification(94, phone="０８３（２３１）００９２", email="OTHER@example.co.jp"))
    entered = form(92, main_contact=contact(92, email="other@example.co.jp"))
    one = applications.submit(
        number=application_number(92),
        form=entered,
        password_hash=SAMPLE_HASH,
        at=NOON,
        by="suppliers",
        channel=Channel.BATCH,
    ).after
    with store() as uow:
        shared = {(use.field, use.value, use.source) for use in uow.contacts.shared(one)}
    assert shared == {
        ("company_phone", "0832310092", "register"),
        ("main_contact.phone", "0832310092", "register"),
        ("applicant_contact.phone", "0832310092", "register"),
        ("main_contact.email", "other@example.co.jp", "register"),
    }


@pytest.mark.parametrize("verb", ["approve", "reject"])
def test_a_whole_decision_goes_the_same_way(store: Store, verb: str) -> None:
    version = store.import_register(qualification(92))
    record_permit(store, 1, 92)
    number = application_number(92)
    with store() as uow:
        uow.record(
            applications.submit(
                number=number,
                form=form(92),
                password_hash=SAMPLE_HASH,
                at=NOON,
                by="suppliers",
                channel=Channel.BATCH,
                register_seen=version,
            )
        )
        uow.commit()
    desk = office(store)
    review.claim(desk, staff=TANAKA, number=number)
    if verb == "approve":
        after = review.approve(desk, staff=TANAKA, number=number, version=1)
    else:
        after = review.reject(desk, staff=TANAKA, number=number, version=1, reasons=("other",), note="補足")
    case = review.dossier(desk, staff=TANAKA, number=number)
    assert case.application == after
    assert (after.password_hash is None) == (verb == "reject")
    assert (case.registration is not None) == (verb == "approve")
    assert case.claim is not None
    assert case.claim.holder is None
    assert len(case.mails) == 1
    decisions = {"approve": EventTag.APPLICATION_APPROVED, "reject": EventTag.APPLICATION_REJECTED}
    with store() as uow:
        tags = [entry.event.tag for entry in uow.audit.list(supplier=supplier_number(92))]
    assert tags.count(decisions[verb]) == 1
    assert (EventTag.REGISTRATION_CREATED in tags) == (verb == "approve")
