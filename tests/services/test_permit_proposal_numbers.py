"""Whatever two people propose, confirm, decline and let lapse in whatever order: numbers come with confirmations, one, two, three."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ebidadmin.clock import SettableClock, fiscal_year, jst_date
from ebidadmin.domain.ids import PermitId, ProposalId
from ebidadmin.domain.permit_proposals import NUMBERED, PermitAct
from ebidadmin.domain.permits import DocumentNumber, PaperChannel, PermitState
from ebidadmin.domain.second_person import RequestState
from ebidadmin.domain.staff import Staff
from ebidadmin.errors import EbidError
from ebidadmin.services import permit_proposals, permits
from ebidadmin.services.ports import Office
from ebidadmin.services.settings import Settings
from tests.builders import NOON, SUZUKI, TANAKA
from tests.fakes import MemoryStore, office

LONG_AGO = date(2020, 4, 1)
ASKED: dict[PermitAct, dict[str, Any]] = {
    PermitAct.GRANT: {"valid_to": date(2040, 3, 31)},
    PermitAct.REFUSE: {"reasons": ("other",)},
    PermitAct.WITHDRAW: {"wording": "x"},
    PermitAct.VOID: {"wording": "x"},
}
VERBS = ("record", *PermitAct, "confirm", "confirm", "decline", "take-back", "alone", "wait")
STEPS = st.tuples(st.sampled_from(VERBS), st.integers(1, 5), st.sampled_from([TANAKA, SUZUKI]))


def act(desk: Office, verb: str, n: int, staff: Staff) -> None:
    one, number = PermitId(f"P{n:06d}"), ProposalId(f"Q{n:06d}")
    if isinstance(verb, PermitAct):
        permit_proposals.propose(desk, staff=staff, permit_id=one, act=verb, **ASKED[verb])
    elif verb == "confirm":
        permit_proposals.confirm(desk, staff=staff, number=number)
    elif verb == "decline":
        permit_proposals.decline(desk, staff=staff, number=number, reason="x")
    elif verb == "take-back":
        permit_proposals.withdraw(desk, staff=staff, number=number)
    elif verb == "alone":
        permits.grant(desk, staff=staff, permit_id=one, valid_to=date(2040, 3, 31))
    else:
        permits.record(
            desk, staff=staff, supplier_number="190000094", received=LONG_AGO, channel=PaperChannel.FAX
        )


@settings(max_examples=80)
@given(st.lists(STEPS, max_size=40))
def test_numbers_come_with_confirmations_without_hole_or_double(story: list[tuple[str, int, Staff]]) -> None:
    clock = SettableClock(NOON)
    store = MemoryStore(clock)
    desk = office(store, settings=Settings(permit_second_person=True))
    for verb, n, staff in story:
        if verb == "wait":
            clock.advance(timedelta(days=40 * n))
            continue
        # What is refused must not cost a number: that is what is looked at below.
        with suppress(EbidError):
            act(desk, verb, n, staff)
    confirmed = [one for one in store.tables.proposals.values() if one.state is RequestState.CONFIRMED]
    assert all(one.requested_by != one.confirmed_by for one in confirmed)
    numbered = sorted(
        (one for one in confirmed if one.binding.act in NUMBERED), key=lambda one: one.confirmed_at or NOON
    )
    documents = [store.tables.permits[one.binding.permit].document for one in numbered]
    expected: list[DocumentNumber] = []
    for one in numbered:
        year = fiscal_year(jst_date(one.confirmed_at or NOON))
        expected.append(DocumentNumber(year, 1 + sum(number.fiscal_year == year for number in expected)))
    assert sorted(filter(None, documents)) == sorted(expected)
    decided = [one for one in store.tables.permits.values() if one.document is not None]
    assert len(decided) == len(numbered)
    untouched = {PermitState.REQUESTED, PermitState.VOIDED}
    assert all(one.document or one.state in untouched for one in store.tables.permits.values())
