"""The dispatch register: when a letter may be entered, and how a wrong row is put right."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ebidadmin.domain import dispatches, permits
from ebidadmin.domain.dispatches import Dispatch, DispatchKind, corrected_by
from ebidadmin.domain.events import EventTag
from ebidadmin.domain.ids import DispatchId
from ebidadmin.domain.permits import PaperChannel, Permit
from ebidadmin.errors import EbidError, IllegalTransitionError, InputError, RuleError
from tests.builders import NOON, TODAY, document, permit

LATER = NOON + timedelta(days=10)


def sent(one: Permit, n: int = 1, **changes: Any) -> Dispatch:
    given: dict[str, Any] = {
        "dispatch_id": DispatchId(f"D{n:06d}"),
        "day": TODAY,
        "channel": PaperChannel.POST,
        "recipient": " (株)テスト商会92 ",
        "by": "tanaka",
        "at": LATER,
    }
    return dispatches.dispatch(one, **(given | changes)).after


def refused_request() -> Permit:
    asked = permit(granted=False)
    return permits.refuse(asked, document=document(), reasons=("other",), note="", by="t", at=NOON).after


def test_a_row_says_which_letter_went_when_how_and_to_whom() -> None:
    row = sent(permit())
    assert (row.permit, row.document, row.supplier_number) == ("P000092", document(92), "190000092")
    assert (row.day, row.channel, row.recipient) == (TODAY, PaperChannel.POST, "(株)テスト商会92")
    assert (row.kind, row.corrects, row.by, row.version) == (DispatchKind.SENT, None, "tanaka", 1)


def test_the_letter_of_a_refusal_and_of_a_permit_withdrawn_since_went_out_as_well() -> None:
    withdrawn = permits.withdraw(permit(), reason="申出", by="t", at=NOON).after
    assert sent(refused_request()).document == document(92)
    assert sent(withdrawn).document == document(92)


def test_without_a_decision_there_is_no_letter() -> None:
    with pytest.raises(IllegalTransitionError):
        sent(permit(granted=False))
    with pytest.raises(RuleError):
        sent(permits.void(permit(granted=False), reason="x", by="t", at=NOON).after)


def test_what_was_decided_before_numbers_has_no_letter_here() -> None:
    with pytest.raises(RuleError) as refused:
        sent(permit(document=None, decided_at=None, decided_by=None))
    assert refused.value.code == "letter-without-number"


@given(ago=st.integers(-20, 20), voided=st.none() | st.integers(0, 10))
def test_a_day_lies_between_decision_and_today_and_not_after_the_voiding(
    ago: int, voided: int | None
) -> None:
    one, day = permit(), TODAY + timedelta(days=ago)
    if voided is not None:
        one = permits.void(one, reason="誤り", by="t", at=NOON + timedelta(days=voided)).after
    last = TODAY + timedelta(days=10 if voided is None else voided)
    try:
        row = sent(one, day=day)
    except EbidError as refused:
        code = refused.code
    else:
        assert TODAY <= row.day <= last
        return
    assert not TODAY <= day <= last
    assert code in ("date-in-future", "dispatch-before-decision", "dispatch-after-voiding")


def test_somebody_gets_it() -> None:
    with pytest.raises(InputError) as refused:
        sent(permit(), recipient=" ")
    assert [(one.where, one.code) for one in refused.value.problems] == [("recipient", "required")]


def test_a_wrong_row_is_put_right_by_a_further_one() -> None:
    wrong = sent(permit())
    given: dict[str, Any] = {"dispatch_id": DispatchId("D000002"), "by": "suzuki", "at": LATER}
    right: dict[str, Any] = {"day": date(2026, 10, 8), "channel": PaperChannel.FAX, "recipient": "x"}
    moved = dispatches.correct(permit(), wrong, **right, note=" 日付の誤り ", **given)
    assert (moved.after.kind, moved.after.corrects, moved.after.note) == (
        DispatchKind.CORRECTION,
        wrong.id,
        "日付の誤り",
    )
    assert [event.tag for event in moved.events] == [EventTag.PERMIT_DISPATCH_CORRECTED]
    cancelled = dispatches.cancel(permit(), wrong, note="送っていない", **given).after
    assert (cancelled.kind, cancelled.day, cancelled.corrects) == (
        DispatchKind.CANCELLATION,
        wrong.day,
        wrong.id,
    )
    assert corrected_by([wrong, moved.after]) == {wrong.id: "D000002"}
    acts: list[Callable[[], object]] = [
        lambda: dispatches.cancel(permit(), wrong, note=" ", **given),
        lambda: dispatches.correct(permit(), wrong, **right, note="", **given),
        lambda: dispatches.cancel(permit(7), wrong, note="x", **given),
    ]
    for act in acts:
        with pytest.raises(InputError):
            act()


@given(st.lists(st.tuples(st.sampled_from(["sent", "correct", "cancel"]), st.integers(0, 9)), max_size=12))
def test_what_stands_is_what_nobody_put_right(story: list[tuple[str, int]]) -> None:
    one = permit()
    rows: list[Dispatch] = []
    open_rows: list[Dispatch] = []
    for n, (step, which) in enumerate(story):
        number = DispatchId(f"D{n:06d}")
        wrong = open_rows[which % len(open_rows)] if open_rows else None
        if step == "sent" or wrong is None:
            row = sent(one, n)
        elif step == "correct":
            row = dispatches.correct(
                one,
                wrong,
                dispatch_id=number,
                day=TODAY,
                channel=PaperChannel.FAX,
                recipient="x",
                note="y",
                by="t",
                at=LATER,
            ).after
        else:
            row = dispatches.cancel(one, wrong, dispatch_id=number, note="y", by="t", at=LATER).after
        if step != "sent" and wrong is not None:
            open_rows.remove(wrong)
        rows.append(row)
        open_rows.append(row)
    gone_out = tuple(row for row in open_rows if row.kind is not DispatchKind.CANCELLATION)
    assert dispatches.standing(rows) == gone_out
