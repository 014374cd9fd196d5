"""Permits: recorded, granted with a sensible end, refused, withdrawn."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from ebidadmin.clock import SettableClock
from ebidadmin.domain.events import EventTag
from ebidadmin.domain.ids import PermitId
from ebidadmin.domain.permits import DocumentNumber, PaperChannel, Permit, PermitState
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


def test_refused_for_reasons_of_the_catalogue(desk: Office, store: MemoryStore) -> None:
    one = recorded(desk)
    for reasons, code in (((), "reason-missing"), (("other", "mood"), "reason-unknown")):
        with pytest.raises(InputError) as wrong:
            permits.refuse(desk, staff=TANAKA, permit_id=one.id, reasons=reasons)
        assert wrong.value.code == code
    refused = permits.refuse(
        desk, staff=TANAKA, permit_id=one.id, reasons=("form-incomplete",), note="押印がない"
    )
    assert (refused.state, refused.refusal_reasons, refused.reason) == (
        PermitState.REFUSED,
        ("form-incomplete",),
        "押印がない",
    )
    with pytest.raises(IllegalTransitionError):
        permits.grant(desk, staff=TANAKA, permit_id=one.id)
    assert tags(store)[-1] is EventTag.REFUSED_BY_RULE


def test_withdrawn_from_a_day_on(desk: Office) -> None:
    one = permits.grant(desk, staff=TANAKA, permit_id=recorded(desk).id)
    last = date(2026, 10, 31)
    gone = permits.withdraw(
        desk, staff=TANAKA, permit_id=one.id, reason="申出", withdrawn_from=last + timedelta(days=1)
    )
    assert (gone.state, gone.withdrawn_from) == (PermitState.WITHDRAWN, date(2026, 11, 1))
    assert (gone.in_force(last), gone.in_force(date(2026, 11, 1))) == (True, False)
    other = permits.grant(desk, staff=TANAKA, permit_id=recorded(desk).id)
    assert permits.withdraw(desk, staff=TANAKA, permit_id=other.id, reason="申出").withdrawn_from == TODAY


def test_decisions_of_both_kinds_share_one_series_and_a_void_number_stays_used(
    desk: Office, store: MemoryStore
) -> None:
    granted = permits.grant(desk, staff=TANAKA, permit_id=recorded(desk).id)
    refused = permits.refuse(desk, staff=TANAKA, permit_id=recorded(desk).id, reasons=("other",))
    void = permits.void(desk, staff=TANAKA, permit_id=granted.id, reason="別の業者だった")
    again = permits.grant(desk, staff=TANAKA, permit_id=recorded(desk).id)
    assert [one.document for one in (granted, refused, void, again)] == [
        DocumentNumber(2026, n) for n in (1, 2, 1, 3)
    ]
    assert (granted.decided_at, granted.decided_by) == (desk.clock.now(), "tanaka")
    assert void.voiding is not None
    assert (void.state, void.voiding.reason) == (PermitState.VOIDED, "別の業者だった")
    assert EventTag.PERMIT_VOIDED in tags(store)
    with pytest.raises(IllegalTransitionError):
        permits.withdraw(desk, staff=TANAKA, permit_id=granted.id, reason="x")


def test_a_decision_that_is_not_kept_leaves_no_hole(desk: Office, store: MemoryStore) -> None:
    ready, late, unknown = recorded(desk), recorded(desk), recorded(desk, "000000001")
    with pytest.raises(InputError):
        permits.grant(desk, staff=TANAKA, permit_id=unknown.id)
    with pytest.raises(InputError):
        permits.grant(desk, staff=TANAKA, permit_id=ready.id, valid_to=TODAY - timedelta(days=1))

    def fail() -> None:
        raise RuntimeError("the power goes")

    store.before_commit = fail
    with pytest.raises(RuntimeError, match="power"):
        permits.refuse(desk, staff=TANAKA, permit_id=ready.id, reasons=("other",))
    store.before_commit = None
    first = permits.grant(desk, staff=TANAKA, permit_id=ready.id)
    second = permits.grant(desk, staff=TANAKA, permit_id=late.id)
    assert [first.document, second.document] == [DocumentNumber(2026, 1), DocumentNumber(2026, 2)]


def test_the_series_begins_anew_on_the_first_of_april_in_japan(desk: Office, store: MemoryStore) -> None:
    ids = [recorded(desk).id for _ in range(3)]
    clock = store.clock
    assert isinstance(clock, SettableClock)
    drawn = []
    for one, moment in zip(ids, ("2027-03-31T14:59Z", "2027-03-31T15:00Z", "2027-04-01T15:00Z"), strict=True):
        clock.set(datetime.fromisoformat(moment))
        drawn.append(permits.grant(desk, staff=TANAKA, permit_id=one).document)
    assert drawn == [DocumentNumber(2026, 1), DocumentNumber(2027, 1), DocumentNumber(2027, 2)]


def test_the_wished_channel_of_the_answer_is_kept(desk: Office) -> None:
    one = permits.record(
        desk,
        staff=TANAKA,
        supplier_number="190000094",
        received=TODAY,
        channel=PaperChannel.COUNTER,
        reply_channel=PaperChannel.POST,
    )
    assert one.reply_channel is PaperChannel.POST
    assert recorded(desk).reply_channel is None


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
