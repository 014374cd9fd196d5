"""Requests of the review desk are kept as they are, on a database or in memory; of one ID there is one open request."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from ebidadmin.domain import desk_requests as desk
from ebidadmin.domain import registrations
from ebidadmin.domain.desk_requests import DeskAct
from ebidadmin.domain.ids import DeskRequestId, EnterpriseId, UserId
from ebidadmin.domain.transition import Transition
from ebidadmin.errors import ConcurrentEditError, NotFoundError, RuleError
from ebidadmin.services.ports import UnitOfWork
from tests.builders import NOON, SAMPLE_HASH, application_number, contact, supplier_number
from tests.domain.test_desk_requests import NUMBER, asked
from tests.persistence.office import submission

OpenUow = Callable[[], UnitOfWork]


def save(uow: OpenUow, *transitions: Transition[Any]) -> None:
    with uow() as unit:
        for one in transitions:
            unit.record(one)
        unit.commit()


@pytest.fixture(autouse=True)
def live_id(uow: OpenUow) -> None:
    """The ID of supplier 92 that requests are about."""
    made = registrations.create(
        application=application_number(92),
        supplier_number=supplier_number(92),
        enterprise_id=EnterpriseId("1352100000000092"),
        user_id=UserId("shoukai92"),
        password_hash=SAMPLE_HASH,
        main_contact=contact(92),
        applicant_contact=contact(92),
        by="tanaka",
        at=NOON,
    )
    save(uow, submission(92, user_id="other92"), made)


@pytest.mark.parametrize("act", DeskAct)
def test_what_was_asked_and_what_became_of_it_is_read_back(uow: OpenUow, act: DeskAct) -> None:
    made = asked(act)
    save(uow, made)
    with uow() as unit:
        assert unit.desk_requests.get(NUMBER) == made.after
        assert unit.desk_requests.open() == (made.after,)
        of_id = unit.desk_requests.open_of(application_number(92))
    assert of_id == (made.after if act is DeskAct.CANCEL else None)
    confirmed = desk.confirm(made.after, stands=True, by="kacho", at=NOON)
    save(uow, confirmed)
    with uow() as unit:
        assert unit.desk_requests.open() == (confirmed.after,)
    done = desk.apply(confirmed.after, by="suzuki", at=NOON + timedelta(hours=1))
    save(uow, done)
    with uow() as unit:
        assert unit.desk_requests.get(NUMBER) == done.after
        assert (unit.desk_requests.open(), unit.desk_requests.all()) == ((), (done.after,))
        assert unit.desk_requests.open_of(application_number(92)) is None


def test_of_one_id_there_is_one_open_request_and_of_lists_any_number(uow: OpenUow) -> None:
    first = asked()
    save(uow, first)
    again = asked(number=DeskRequestId("C000002"), at=NOON + timedelta(hours=1))
    with pytest.raises(RuleError, match="desk-request-open"):
        save(uow, again)
    lists = [asked(DeskAct.BULK_APPROVE, number=DeskRequestId(f"C00000{n}")) for n in (3, 4)]
    save(uow, *lists)
    save(uow, desk.withdraw(first.after, by="tanaka", at=NOON), again)
    with uow() as unit:
        assert {one.id for one in unit.desk_requests.open()} == {"C000002", "C000003", "C000004"}
        assert unit.desk_requests.all()[0] == again.after


def test_two_steps_from_one_state_do_not_both_happen(uow: OpenUow) -> None:
    made = asked()
    save(uow, made, desk.confirm(made.after, stands=True, by="kacho", at=NOON))
    with pytest.raises(ConcurrentEditError) as refused:
        save(uow, desk.decline(made.after, reason="x", by="suzuki", at=NOON))
    assert refused.value.facts["by"] == "kacho"


def test_what_is_not_there_is_told(uow: OpenUow) -> None:
    with uow() as unit, pytest.raises(NotFoundError):
        unit.desk_requests.get(DeskRequestId("C000009"))


def test_applications_are_read_at_once(uow: OpenUow) -> None:
    with uow() as unit:
        one = unit.applications.get(application_number(92))
        assert dict(unit.applications.some([one.number, application_number(99)])) == {one.number: one}
        assert dict(unit.applications.some([])) == {}
