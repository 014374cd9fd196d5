"""Proposals about permits are kept as they are, on a database or in memory; of one permit there is one open proposal."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from ebidadmin.domain import permit_proposals as proposals
from ebidadmin.domain.ids import PermitId, ProposalId
from ebidadmin.domain.permit_proposals import PermitAct, PermitProposal
from ebidadmin.domain.permits import Permit
from ebidadmin.domain.transition import Transition
from ebidadmin.errors import ConcurrentEditError, NotFoundError, RuleError
from ebidadmin.services.ports import UnitOfWork
from tests.builders import NOON, permit
from tests.domain.test_permit_proposals import about, asked, confirm
from tests.persistence.office import stored_permit

OpenUow = Callable[[], UnitOfWork]
NUMBER = ProposalId("Q000001")


def save(uow: OpenUow, *transitions: Transition[Any]) -> None:
    with uow() as unit:
        for one in transitions:
            unit.record(one)
        unit.commit()


def proposed(uow: OpenUow, act: PermitAct) -> tuple[PermitProposal, Permit]:
    """About a permit that is stored as its first version."""
    seen = stored_permit(about(act))
    made = asked(act, seen=seen.after)
    save(uow, seen, made)
    return made.after, seen.after


@pytest.mark.parametrize("act", PermitAct)
def test_it_comes_back_as_it_was_and_its_permit_as_it_was_asked(uow: OpenUow, act: PermitAct) -> None:
    one, seen = proposed(uow, act)
    with uow() as unit:
        assert unit.permit_proposals.get(NUMBER) == one
        assert unit.permit_proposals.open() == (one,)
        assert unit.permit_proposals.open_of(seen.id) == one
        assert one.over(unit.permits.get(seen.id), at=NOON) is None
    confirmed, done = confirm(one, seen, at=NOON + timedelta(hours=1))
    save(uow, confirmed, done)
    with uow() as unit:
        assert unit.permit_proposals.get(NUMBER) == confirmed.after
        assert (unit.permit_proposals.open(), unit.permit_proposals.open_of(seen.id)) == ((), None)
        assert unit.permit_proposals.all() == (confirmed.after,)
        assert unit.permits.get(seen.id) == done.after


def test_ends_come_back_with_whom_when_and_why(uow: OpenUow) -> None:
    one, seen = proposed(uow, PermitAct.GRANT)
    ended = proposals.decline(one, reason="期間が違う", by="suzuki", at=NOON)
    again = asked(seen=seen, number=ProposalId("Q000002"))
    save(uow, ended, again)
    with uow() as unit:
        assert unit.permit_proposals.get(NUMBER) == ended.after
        assert unit.permit_proposals.all() == (again.after, ended.after)
        assert unit.permit_proposals.open_of(seen.id) == again.after


def test_there_is_no_such_proposal(uow: OpenUow) -> None:
    with uow() as unit, pytest.raises(NotFoundError) as caught:
        unit.permit_proposals.get(NUMBER)
    assert dict(caught.value.facts) == {"kind": "permit-proposal", "id": NUMBER}
    with uow() as unit:
        assert unit.permit_proposals.open_of(PermitId("P000092")) is None


def test_of_one_permit_there_is_one_open_proposal(uow: OpenUow) -> None:
    _one, seen = proposed(uow, PermitAct.GRANT)
    second = asked(PermitAct.REFUSE, "suzuki", seen=seen, number=ProposalId("Q000002"))
    with uow() as unit, pytest.raises(RuleError, match="proposal-open"):
        unit.record(second)
    other = stored_permit(permit(93, granted=False))
    save(uow, other, asked(seen=other.after, number=ProposalId("Q000003")))


def test_the_second_of_two_confirmations_learns_who_was_faster(uow: OpenUow) -> None:
    one, seen = proposed(uow, PermitAct.GRANT)
    save(uow, *confirm(one, seen))
    with uow() as unit, pytest.raises(ConcurrentEditError) as caught:
        unit.record(confirm(one, seen, "sato")[0])
    assert (caught.value.facts["by"], caught.value.facts["state"]) == ("suzuki", "confirmed")
