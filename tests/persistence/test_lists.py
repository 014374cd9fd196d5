"""A list reads at once what belongs to its rows: a longer one costs no more statements, and says what reading one by one says."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from ebidadmin.clock import SettableClock
from ebidadmin.domain import applications, desk_requests, id_desk_work
from ebidadmin.domain import permit_proposals as proposals
from ebidadmin.domain.desk_requests import BulkBinding, CancelBinding, DeskRequest
from ebidadmin.domain.followups import About, FollowUp, FollowUpCode, FollowUpState, RegistrationKind
from ebidadmin.domain.ids import DeskRequestId, FollowUpId, ProposalId
from ebidadmin.domain.permit_proposals import Over, PermitAct
from ebidadmin.domain.permits import DocumentNumber
from ebidadmin.domain.registrations import Registration
from ebidadmin.domain.staff import Role, Staff
from ebidadmin.domain.transition import Transition
from ebidadmin.persistence import mapping
from ebidadmin.persistence.desk_requests import desk_request_values
from ebidadmin.persistence.follow_ups import follow_up_values
from ebidadmin.persistence.proposals import proposal_values
from ebidadmin.persistence.register import SqlRegisterReader
from ebidadmin.persistence.schema import (
    ApplicationRow,
    AuditRow,
    EnterpriseIdRow,
    PermitRow,
    RegistrationRow,
)
from ebidadmin.persistence.schema_cards import FollowUpRow
from ebidadmin.persistence.schema_desk_requests import DeskRequestRow
from ebidadmin.persistence.schema_proposals import ProposalRow
from ebidadmin.presenters.id_desk import IdDesk
from ebidadmin.presenters.registrations import Registrations, Row
from ebidadmin.services import desk_requests as desk_services
from ebidadmin.services import permit_proposals
from ebidadmin.services.eligibility import on_day
from ebidadmin.services.import_touched import may_quote
from ebidadmin.services.permit_proposals import Listed
from ebidadmin.services.ports import Office
from ebidadmin.services.settings import Settings
from tests import builders
from tests.builders import NOON, TODAY, supplier_number
from tests.domain.test_desk_requests import case
from tests.fakes import office
from tests.persistence.office import RULES, registration, submission
from tests.sql_store import SqlStore
from tests.statements import statements

FEW, MANY = 4, 620
"""More than any page or any batch of keys has."""

STAFF = Staff("tanaka", frozenset(Role))


@pytest.fixture
def store(url: str, clock: SettableClock) -> SqlStore:
    """The register knows all suppliers but every eleventh."""
    made = SqlStore(url, clock, RULES)
    made.import_register(*(builders.qualification(n) for n in range(1, MANY + 1) if n % 11))
    return made


def desk_of(store: SqlStore) -> Office:
    settings = Settings(permit_second_person=True, cancel_second_person=True)
    return replace(office(store, settings=settings), clock=store.clock)


def fill(store: SqlStore, numbers: Iterable[int]) -> None:
    """Each supplier with an ID, suspended or active, a permit, a proposal about it and something to look at."""
    listed = list(numbers)
    ids = [issued(n) for n in listed]
    papers = [paper(n) for n in listed]
    rows: tuple[tuple[Any, list[dict[str, Any]]], ...] = (
        (ApplicationRow, [mapping.application_values(decided(n), RULES) for n in listed]),
        (EnterpriseIdRow, [enterprise(one.after) for one in ids]),
        (RegistrationRow, [mapping.registration_values(one.after) for one in ids]),
        (AuditRow, [mapping.audit_values(event, "test") for one in ids for event in one.events]),
        (PermitRow, [mapping.permit_values(one, RULES) for one in papers]),
        (ProposalRow, [proposal_values(asked(n, one)) for n, one in zip(listed, papers, strict=True)]),
        (DeskRequestRow, [desk_request_values(one) for n in listed for one in requests(n)]),
        (FollowUpRow, [follow_up_values(item(n)) for n in listed]),
    )
    with store() as unit:
        for table, values in rows:
            unit.session.execute(insert(table), values)
        unit.commit()


def decided(n: int) -> applications.IdApplication:
    return applications.withdraw(submission(n).after, by="tanaka", at=NOON).after


def issued(n: int) -> Transition[Registration]:
    made = registration(submission(n).after, serial=n)
    if n % 3:
        return made
    moved = id_desk_work.suspend(made.after, reason="調査中", by="suzuki", at=NOON + timedelta(minutes=1))
    return Transition(moved.after, (*made.events, *moved.events))


def enterprise(one: Registration) -> dict[str, Any]:
    return {"supplier_number": one.supplier_number, "enterprise_id": one.enterprise_id}


def paper(n: int) -> Any:
    made = builders.permit(n, permit_id=f"P{n:06d}", document=DocumentNumber(2026, n))
    return replace(made, version=1, valid_to=TODAY - timedelta(days=1) if n % 5 == 0 else None)


def asked(n: int, permit: Any) -> proposals.PermitProposal:
    """About the permit as it is; of every second nothing can come any more, every seventh was taken back."""
    seen = replace(permit, note="別") if n % 4 == 0 else permit
    made = proposals.propose(
        seen,
        proposals.bound(seen, PermitAct.WITHDRAW, wording="申出"),
        number=ProposalId(f"Q{n:06d}"),
        expires_at=NOON if n % 4 == 2 else NOON + timedelta(days=3),
        by="tanaka" if n % 2 else "suzuki",
        at=NOON - timedelta(days=1),
    ).after
    return proposals.withdraw(made, by=made.requested_by, at=made.requested_at).after if n % 7 == 0 else made


def requests(n: int) -> list[DeskRequest]:
    """One about the ID, as it is or as it was; and of every tenth a list of applications of which one, or none, is as it was."""
    given: dict[str, Any] = {"by": "tanaka" if n % 2 else "suzuki", "at": NOON - timedelta(days=1)}
    given["expires_at"] = NOON if n % 4 == 2 else NOON + timedelta(days=3)
    version = issued(n).after.version
    cancel = CancelBinding(
        application=builders.application_number(n),
        registration_version=version if n % 3 else version + 1,
        supplier_number=supplier_number(n),
        wording="廃業",
    )
    made = [desk_requests.request(cancel, number=DeskRequestId(f"B{n:06d}"), **given)]
    if n % 10 == 1:
        cases = BulkBinding(cases=(case(n), case(n + 1)))
        made.append(desk_requests.request(cases, number=DeskRequestId(f"B{n + 500_000:06d}"), **given))
    return [one.after for one in made]


def item(n: int) -> FollowUp:
    return FollowUp(
        id=FollowUpId(f"F{n:08d}"),
        code=FollowUpCode.COMPANY_DIFFERS,
        about=About(RegistrationKind.ID, builders.application_number(n)),
        supplier_number=supplier_number(n),
        facts={},
        opened_at=NOON,
        state=FollowUpState.OPEN,
        version=1,
    )


def follow_ups(desk: Office, store: SqlStore, count: int) -> tuple[Row, ...]:
    state = Registrations(
        desk,
        staff=STAFF,
        register_reader=SqlRegisterReader(store.engine),
        desk=IdDesk(desk, staff=STAFF, letter=lambda _one, _record, code: bytes(code)),
    )
    return state.follow_ups(state="open", supplier="", after="", before="", size=count).rows


def quoting(desk: Office, _store: SqlStore, count: int) -> Any:
    return may_quote(desk, staff=STAFF, suppliers=[supplier_number(n) for n in range(1, count + 1)])


def proposed(desk: Office, _store: SqlStore, _count: int) -> tuple[Listed, ...]:
    return permit_proposals.list_all(desk, staff=STAFF, open_only=False)


def waiting(desk: Office, _store: SqlStore, _count: int) -> range:
    return range(permit_proposals.waiting(desk))


def requested(desk: Office, _store: SqlStore, _count: int) -> tuple[Any, ...]:
    return desk_services.list_all(desk, staff=STAFF, open_only=False)


def requests_waiting(desk: Office, _store: SqlStore, _count: int) -> range:
    return range(desk_services.waiting(desk))


LISTS: dict[str, Callable[[Office, SqlStore, int], Any]] = {
    "follow-ups": follow_ups,
    "eligibility": quoting,
    "proposals": proposed,
    "proposals-counted": waiting,
    "requests": requested,
    "requests-counted": requests_waiting,
}


@pytest.mark.parametrize("name", LISTS)
def test_a_longer_list_costs_no_more_statements(store: SqlStore, name: str) -> None:
    desk, ask = desk_of(store), LISTS[name]
    fill(store, range(1, FEW + 1))
    few, short = statements(store.engine, lambda: ask(desk, store, FEW)), len(ask(desk, store, FEW))
    fill(store, range(FEW + 1, MANY + 1))
    assert len(ask(desk, store, MANY)) > 100 * short > 0
    assert statements(store.engine, lambda: ask(desk, store, MANY)) == few


def test_who_may_take_part_is_told_as_of_each_alone(store: SqlStore) -> None:
    fill(store, range(1, 60))
    asked_about = [supplier_number(n) for n in (*range(70, 0, -1), 5, 5)]
    desk = desk_of(store)
    found = may_quote(desk, staff=STAFF, suppliers=asked_about)
    with desk.uow() as unit:
        alone = {one: on_day(unit, one, now=NOON) for one in asked_about}
    assert list(found.items()) == list(alone.items())
    assert len({answer.lacks for answer in found.values()}) > 6
    assert may_quote(desk, staff=STAFF, suppliers=[]) == {}


def test_proposals_are_told_as_of_each_alone(store: SqlStore) -> None:
    fill(store, range(1, 60))
    desk = desk_of(store)

    def over(one: proposals.PermitProposal) -> Over | None:
        with desk.uow() as unit:
            return one.over(unit.permits.get(one.binding.permit), at=NOON)

    with desk.uow() as unit:
        everything, opened = unit.permit_proposals.all(), unit.permit_proposals.open()
    assert {over(one) for one in opened} == {None, *Over}
    assert len(opened) < len(everything)
    for found, open_only in ((everything, False), (opened, True)):
        alone = tuple(
            Listed(one, over(one) if one.is_open else None, one.asked_by("tanaka")) for one in found
        )
        assert permit_proposals.list_all(desk, staff=STAFF, open_only=open_only) == alone
    assert permit_proposals.waiting(desk) == sum(over(one) is None for one in opened)


def test_requests_are_told_as_of_each_alone(store: SqlStore) -> None:
    fill(store, range(1, 60))
    desk = desk_of(store)
    rows = desk_services.list_all(desk, staff=STAFF, open_only=False)
    assert {one.over for one in rows} == {None, *desk_requests.Over}
    for one in rows:
        assert desk_services.shown(desk, staff=STAFF, number=one.request.id).listed == one
    assert desk_services.waiting(desk) == sum(one.over is None for one in rows)


def test_items_have_the_names_that_the_register_has_now(store: SqlStore) -> None:
    fill(store, range(1, 60))
    desk = desk_of(store)
    rows = follow_ups(desk, store, 60)
    with desk.uow() as unit:
        records = {
            row.cells["supplier"]: unit.register.current(supplier_number(n)) for n, row in enumerate(rows, 1)
        }
    assert len(rows) == 59
    for row in rows:
        record = records[row.cells["supplier"]]
        assert row.cells["name"] == ("" if record is None else record.trade_name)
    assert {row.cells["name"] for row in rows} >= {"", builders.trade_name(1)}
