"""Somebody is faster just before one has the turn to write: what was looked at before it is not believed.

PostgreSQL lets others commit between two statements of a unit; SQLite does not.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from ebidadmin.clock import SettableClock
from ebidadmin.domain.ids import PermitId
from ebidadmin.domain.permit_proposals import PermitAct
from ebidadmin.domain.permits import PaperChannel
from ebidadmin.domain.staff import Role, Staff
from ebidadmin.errors import RuleError
from ebidadmin.persistence.engine import make_engine
from ebidadmin.persistence.unit_of_work import SqlUnitOfWork
from ebidadmin.services import permit_dispatch, permit_proposals, permits
from ebidadmin.services.ports import Office, SequenceName
from ebidadmin.services.settings import Settings
from tests.builders import NOON, TANAKA, TODAY
from tests.conftest import FreshDatabase
from tests.fakes import office
from tests.sql_store import SqlStore

SUZUKI = Staff("suzuki", frozenset({Role.REVIEWER}))


class Overtaken(SqlUnitOfWork):
    """Lets something happen once, just before the first number is drawn."""

    waiting: Callable[[], object] | None = None

    def next_number(self, sequence: SequenceName, *, fiscal_year: int | None = None) -> int:
        faster, Overtaken.waiting = Overtaken.waiting, None
        if faster is not None:
            faster()
        return super().next_number(sequence, fiscal_year=fiscal_year)


def desks(url: str, settings: Settings) -> tuple[Office, Office]:
    """The desk of whoever is faster, and that of whoever is overtaken."""
    clock, engine = SettableClock(NOON), make_engine(url)
    fast = office(SqlStore(url, clock), settings=settings)
    return fast, office(SqlStore(url, clock), settings=settings, uow=lambda: Overtaken(engine, clock=clock))


def recorded(desk: Office) -> PermitId:
    return permits.record(
        desk,
        staff=TANAKA,
        supplier_number="190000094",
        received=TODAY,
        channel=PaperChannel.FAX,
        applicant="(株)テスト商会94",
    ).id


def test_a_stack_of_letters_is_entered_by_one_of_two(
    fresh_database: FreshDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    fast, slow = desks(fresh_database("postgresql"), Settings())
    permit = recorded(fast)
    permits.grant(fast, staff=TANAKA, permit_id=permit, valid_to=date(2028, 3, 31))
    letters = [(permit, PaperChannel.POST)]
    monkeypatch.setattr(
        Overtaken,
        "waiting",
        lambda: permit_dispatch.dispatch_all(fast, staff=SUZUKI, letters=letters),
    )
    with pytest.raises(RuleError, match="dispatch-entered") as refused:
        permit_dispatch.dispatch_all(slow, staff=TANAKA, letters=letters)
    assert (refused.value.facts["row"], refused.value.facts["by"]) == ("D000001", "suzuki")
    with fast.uow() as uow:
        assert [row.by for row in uow.dispatches.of_permit(permit)] == ["suzuki"]


def test_who_proposes_second_is_told_which_proposal_waits_and_whose(
    fresh_database: FreshDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    fast, slow = desks(fresh_database("postgresql"), Settings(permit_second_person=True))
    permit = recorded(fast)

    def ask(desk: Office, staff: Staff) -> object:
        return permit_proposals.propose(
            desk, staff=staff, permit_id=permit, act=PermitAct.GRANT, valid_to=date(2028, 3, 31)
        )

    monkeypatch.setattr(Overtaken, "waiting", lambda: ask(fast, SUZUKI))
    with pytest.raises(RuleError, match="proposal-open") as refused:
        ask(slow, TANAKA)
    told = {name: refused.value.facts[name] for name in ("id", "permit", "by")}
    assert told == {"id": "Q000001", "permit": permit, "by": "suzuki"}
