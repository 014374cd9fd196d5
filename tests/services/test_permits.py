"""Permits: recorded, granted with a sensible end, refused, withdrawn."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from ebidadmin.domain.events import EventTag
from ebidadmin.domain.ids import PermitId
from ebidadmin.domain.permits import PaperChannel, Permit, PermitState
from ebidadmin.errors import IllegalTransitionError, InputError, NotFoundError, NotPermittedError
from ebidadmin.services import permits
from ebidadmin.services.ports import Office
from tests.builders import AUDITOR, HELPER, TANAKA, TODAY, qualification
from tests.fakes import MemoryStore
from tests.services.helpers import tags


def recorded(desk: Office, number: str = "190000094") -> Permit:
    return permits.record(
        desk,
        staff=TANAKA,
        supplier_number=number,
        received=TODAY,
        channel=PaperChannel.FAX,
        applicant=" (株)テスト商会94 ",
    )


def test_it_is_recorded_under_a_number_of_its_own(desk: Office, store: MemoryStore) -> None:
    first, second = recorded(desk), recorded(desk)
    assert (first.id, second.id) == ("P000001", "P000002")
    assert (first.applicant, first.channel, first.state) == (
        "(株)テスト商会94",
        PaperChannel.FAX,
        PermitState.REQUESTED,
    )
    assert store.tables.permits[first.id] == first
    assert tags(store) == [EventTag.PERMIT_RECORDED] * 2


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "required"),
        ("　", "required"),
        ("12345678", "wrong-length"),
        ("1234567890", "wrong-length"),
        ("19000009!", "not-alphanumeric"),
    ],
)
def test_a_wrong_supplier_number_is_refused(desk: Office, store: MemoryStore, typed: str, code: str) -> None:
    with pytest.raises(InputError) as refused:
        recorded(desk, typed)
    assert [(problem.where, problem.code) for problem in refused.value.problems] == [
        ("supplier_number", code)
    ]
    assert not tags(store)


def test_a_full_width_number_is_folded_and_zeros_stay(desk: Office) -> None:
    assert recorded(desk, "００１２３４５６７").supplier_number == "001234567"


def test_a_receipt_in_the_future_is_refused(desk: Office) -> None:
    with pytest.raises(InputError):
        permits.record(
            desk,
            staff=TANAKA,
            supplier_number="190000094",
            received=TODAY + timedelta(days=1),
            channel=PaperChannel.POST,
        )


def test_it_ends_with_the_qualification_unless_told_otherwise(desk: Office) -> None:
    granted = permits.grant(desk, staff=TANAKA, permit_id=recorded(desk).id)
    assert (granted.valid_from, granted.valid_to) == (TODAY, date(2028, 3, 31))
    told = permits.grant(
        desk,
        staff=TANAKA,
        permit_id=recorded(desk).id,
        valid_from=date(2026, 11, 1),
        valid_to=date(2027, 3, 31),
    )
    assert (told.valid_from, told.valid_to) == (date(2026, 11, 1), date(2027, 3, 31))


def test_a_record_without_an_end_makes_a_permit_without_an_end(desk: Office, store: MemoryStore) -> None:
    store.import_register(qualification(94, valid_to=None))
    assert permits.grant(desk, staff=TANAKA, permit_id=recorded(desk).id).valid_to is None


def test_a_supplier_outside_the_register_needs_a_last_day(desk: Office, store: MemoryStore) -> None:
    one = recorded(desk, "000000001")
    with pytest.raises(InputError) as refused:
        permits.grant(desk, staff=TANAKA, permit_id=one.id)
    assert refused.value.code == "last-day-missing"
    assert store.tables.permits[one.id] == one
    last = date(2027, 3, 31)
    assert permits.grant(desk, staff=TANAKA, permit_id=one.id, valid_to=last).valid_to == last


def test_dates_out_of_order_are_refused(desk: Office, store: MemoryStore) -> None:
    one = recorded(desk)
    with pytest.raises(InputError):
        permits.grant(desk, staff=TANAKA, permit_id=one.id, valid_to=TODAY - timedelta(days=1))
    assert store.tables.permits[one.id] == one


def test_refused_or_withdrawn_for_a_reason(desk: Office, store: MemoryStore) -> None:
    one = recorded(desk)
    with pytest.raises(InputError):
        permits.refuse(desk, staff=TANAKA, permit_id=one.id, reason=" ")
    assert (
        permits.refuse(desk, staff=TANAKA, permit_id=one.id, reason="書類不備").state is PermitState.REFUSED
    )
    with pytest.raises(IllegalTransitionError):
        permits.grant(desk, staff=TANAKA, permit_id=one.id)
    assert tags(store)[-1] is EventTag.REFUSED_BY_RULE
    other = recorded(desk)
    permits.grant(desk, staff=TANAKA, permit_id=other.id)
    assert (
        permits.withdraw(desk, staff=TANAKA, permit_id=other.id, reason="申出").state is PermitState.WITHDRAWN
    )


def test_an_unknown_permit_is_said_so(desk: Office) -> None:
    with pytest.raises(NotFoundError):
        permits.grant(desk, staff=TANAKA, permit_id=PermitId("P999999"))


def test_who_may(desk: Office, store: MemoryStore) -> None:
    one = recorded(desk)
    assert permits.list_all(desk, staff=AUDITOR)[0] == one
    for act in (
        lambda: permits.list_all(desk, staff=HELPER),
        lambda: permits.grant(desk, staff=AUDITOR, permit_id=one.id),
        lambda: permits.record(
            desk, staff=AUDITOR, supplier_number="190000094", received=TODAY, channel=PaperChannel.MAIL
        ),
    ):
        with pytest.raises(NotPermittedError):
            act()
    assert tags(store)[1:] == [EventTag.REFUSED_NOT_PERMITTED] * 3
