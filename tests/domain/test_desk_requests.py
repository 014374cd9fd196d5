"""Requests of the review desk: nothing is carried out that no second person confirmed, in time, about what still is as it was seen."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ebidadmin.domain import desk_requests as desk
from ebidadmin.domain.desk_requests import (
    MOST_CASES,
    BoundCase,
    BulkBinding,
    CancelBinding,
    DeskAct,
    DeskRequest,
    Over,
)
from ebidadmin.domain.events import EventTag, SubjectKind
from ebidadmin.domain.ids import DeskRequestId
from ebidadmin.domain.mails import MailDraft, MailKind
from ebidadmin.domain.second_person import RequestState
from ebidadmin.domain.transition import Transition
from ebidadmin.errors import EbidError, IllegalTransitionError, InputError, RuleError, StalePlanError
from tests.builders import NOON, application_number, supplier_number

DEADLINE = NOON + timedelta(days=7)
NUMBER = DeskRequestId("C000001")


def case(n: int) -> BoundCase:
    return BoundCase(number=application_number(n), version=1, seen=f"{n:032x}", mail_digest=f"{n:064x}")


ABOUT: dict[DeskAct, CancelBinding | BulkBinding] = {
    DeskAct.CANCEL: CancelBinding(
        application=application_number(92),
        registration_version=3,
        supplier_number=supplier_number(92),
        wording="廃業",
        mails_digest="0" * 64,
    ),
    DeskAct.BULK_APPROVE: BulkBinding(cases=(case(1), case(2))),
}
GONE = {DeskAct.CANCEL: Over.REGISTRATION_CHANGED, DeskAct.BULK_APPROVE: Over.CASES_CHANGED}
ACTS = st.sampled_from(DeskAct)


def asked(act: DeskAct = DeskAct.CANCEL, by: str = "tanaka", **changes: Any) -> Transition[DeskRequest]:
    given: dict[str, Any] = {"number": NUMBER, "expires_at": DEADLINE, "by": by, "at": NOON}
    return desk.request(ABOUT[act], **{**given, **changes})


def confirmed(one: DeskRequest, by: str = "kacho") -> DeskRequest:
    return desk.confirm(one, stands=True, by=by, at=NOON).after


STEPS: dict[str, Callable[[DeskRequest], Transition[DeskRequest]]] = {
    "confirm": lambda one: desk.confirm(one, stands=True, by="kacho", at=NOON),
    "decline": lambda one: desk.decline(one, reason="別の業者", by="suzuki", at=NOON),
    "withdraw": lambda one: desk.withdraw(one, by="Tanaka", at=NOON),
    "expire": lambda one: desk.expire(one, stands=True, by="sato", at=DEADLINE),
    "carry-out": lambda one: desk.apply(one, by="suzuki", at=NOON),
}
ENDS = {
    "confirm": "confirmed",
    "decline": "declined",
    "withdraw": "withdrawn",
    "expire": "expired",
    "carry-out": "applied",
}
LEGAL = {
    "": {"confirm", "decline", "withdraw", "expire"},
    "confirm": {"decline", "withdraw", "expire", "carry-out"},
}


@pytest.mark.parametrize("act", DeskAct)
@pytest.mark.parametrize("verb", STEPS)
@pytest.mark.parametrize("before", ["", *STEPS])
def test_every_step_is_told_and_no_other_is_taken(before: str, verb: str, act: DeskAct) -> None:
    one = asked(act).after
    if before == "carry-out":
        one = confirmed(one)
    if before:
        one = STEPS[before](one).after
    if verb not in LEGAL.get(before, set()):
        with pytest.raises(IllegalTransitionError) as refused:
            STEPS[verb](one)
        assert (refused.value.facts["subject"], refused.value.facts["verb"]) == (one.id, verb)
        return
    moved = STEPS[verb](one)
    assert (moved.after.state.value, moved.after.version) == (ENDS[verb], one.version + 1)
    (event,) = moved.events
    assert (event.subject.kind, event.tag.value) == (SubjectKind.DESK_REQUEST, f"desk-request:{ENDS[verb]}")
    assert event.supplier_number == ("190000092" if act is DeskAct.CANCEL else None)
    assert (event.before, event.after) == (desk.as_audit_map(one), desk.as_audit_map(moved.after))
    json.dumps(event.after)


def test_the_trail_says_what_is_asked() -> None:
    cancel, bulk = (asked(act).events[0] for act in (DeskAct.CANCEL, DeskAct.BULK_APPROVE))
    assert (cancel.tag, cancel.after and cancel.after["wording"]) == (EventTag.DESK_REQUEST_MADE, "廃業")
    assert bulk.after is not None
    assert (bulk.after["act"], bulk.after["cases"]) == ("bulk-approve", ["A000001", "A000002"])
    assert (
        bulk.after["cases_digest"]
        != desk.as_audit_map(
            desk.request(
                BulkBinding(cases=(case(1), case(3))), number=NUMBER, expires_at=DEADLINE, by="x", at=NOON
            ).after
        )["cases_digest"]
    )


def test_of_a_list_the_end_tells_what_was_approved_and_what_was_left() -> None:
    one = confirmed(asked(DeskAct.BULK_APPROVE).after)
    (event,) = desk.apply(one, approved=[application_number(2)], by="suzuki", at=NOON).events
    assert event.facts == {"approved": ["A000002"], "left": ["A000001"]}
    (plain,) = desk.apply(confirmed(asked().after), by="suzuki", at=NOON).events
    assert plain.facts == {}


@pytest.mark.parametrize("login", ["tanaka", "TANAKA", " Tanaka "])
def test_whoever_asked_neither_confirms_nor_declines_and_nobody_else_takes_back(login: str) -> None:
    one = asked().after
    with pytest.raises(RuleError, match="own-request"):
        desk.confirm(one, stands=True, by=login, at=NOON)
    with pytest.raises(RuleError, match="own-request"):
        desk.decline(one, reason="x", by=login, at=NOON)
    with pytest.raises(RuleError, match="request-of-other"):
        desk.withdraw(one, by="suzuki", at=NOON)
    with pytest.raises(InputError, match="reason-missing"):
        desk.decline(one, reason=" ", by="suzuki", at=NOON)


@pytest.mark.parametrize("act", DeskAct)
def test_what_is_not_as_it_was_seen_is_not_confirmed_and_not_carried_out(act: DeskAct) -> None:
    one = asked(act).after
    assert one.over(stands=False, at=NOON) is GONE[act]
    for state in (one, confirmed(one)):
        with pytest.raises(StalePlanError, match="desk-request-stale"):
            desk.expect_confirmed(state, stands=False, at=NOON)
    with pytest.raises(StalePlanError, match="desk-request-stale"):
        desk.confirm(one, stands=False, by="kacho", at=NOON)
    gone = desk.expire(one, stands=False, by="sato", at=NOON).after
    assert (gone.reason, gone.ended_by, gone.over(stands=False, at=NOON)) == (GONE[act].value, "sato", None)


def test_before_its_time_nothing_expires_and_after_it_nothing_comes_of_it() -> None:
    one = asked().after
    with pytest.raises(IllegalTransitionError):
        desk.expire(one, stands=True, by="sato", at=DEADLINE - timedelta(seconds=1))
    with pytest.raises(IllegalTransitionError, match="expired"):
        desk.confirm(one, stands=True, by="kacho", at=DEADLINE)
    with pytest.raises(IllegalTransitionError, match="expired"):
        desk.expect_confirmed(confirmed(one), stands=True, at=DEADLINE)
    with pytest.raises(IllegalTransitionError, match="requested"):
        desk.expect_confirmed(one, stands=True, at=NOON)
    desk.expect_confirmed(confirmed(one), stands=True, at=NOON)


@pytest.mark.parametrize(
    ("cases", "code"),
    [
        ((), "bulk-empty"),
        (tuple(case(n) for n in range(MOST_CASES + 1)), "bulk-too-many"),
        ((case(1), case(2), case(1)), "bulk-twice"),
    ],
)
def test_a_list_is_one_that_people_can_look_through(cases: tuple[BoundCase, ...], code: str) -> None:
    with pytest.raises(InputError) as refused:
        desk.request(BulkBinding(cases=cases), number=NUMBER, expires_at=DEADLINE, by="tanaka", at=NOON)
    assert refused.value.code == code


def test_a_full_list_is_asked_for() -> None:
    full = BulkBinding(cases=tuple(case(n) for n in range(MOST_CASES)))
    made = desk.request(full, number=NUMBER, expires_at=DEADLINE, by="tanaka", at=NOON).after
    assert made.supplier_number is None
    assert made.binding == full


def test_an_id_is_cancelled_for_a_reason() -> None:
    bare = CancelBinding(
        application=application_number(92),
        registration_version=1,
        supplier_number=supplier_number(92),
        wording=" ",
    )
    with pytest.raises(InputError, match="reason-missing"):
        desk.request(bare, number=NUMBER, expires_at=DEADLINE, by="tanaka", at=NOON)


def test_every_value_of_a_mail_counts() -> None:
    mail = MailDraft(MailKind.ID_CANCELLED, ("a@example.co.jp",), "取消", "本文\n", "0")
    others = [
        MailDraft(MailKind.ID_SUSPENDED, mail.to, mail.subject, mail.body, mail.template),
        MailDraft(mail.kind, ("b@example.co.jp",), mail.subject, mail.body, mail.template),
        MailDraft(mail.kind, mail.to, "停止", mail.body, mail.template),
        MailDraft(mail.kind, mail.to, mail.subject, "別\n", mail.template),
        MailDraft(mail.kind, mail.to, mail.subject, mail.body, "1"),
    ]
    assert len({desk.mail_digest(one) for one in (mail, *others)}) == 6
    assert desk.mail_digest() == ""
    assert desk.mail_digest(mail, mail) != desk.mail_digest(mail)


PEOPLE = st.sampled_from(["tanaka", "TANAKA", "suzuki", "kacho"])
MOMENTS = st.sampled_from([NOON, NOON + timedelta(days=1), DEADLINE - timedelta(seconds=1), DEADLINE])
TRIES = st.tuples(st.sampled_from([*STEPS]), PEOPLE, MOMENTS, st.booleans())


def attempt(one: DeskRequest, verb: str, by: str, at: datetime, *, stands: bool) -> DeskRequest:
    match verb:
        case "confirm":
            return desk.confirm(one, stands=stands, by=by, at=at).after
        case "decline":
            return desk.decline(one, reason="x", by=by, at=at).after
        case "withdraw":
            return desk.withdraw(one, by=by, at=at).after
        case "expire":
            return desk.expire(one, stands=stands, by=by, at=at).after
        case _:
            desk.expect_confirmed(one, stands=stands, at=at)
            return desk.apply(one, by=by, at=at).after


@given(act=ACTS, asker=PEOPLE, tries=st.lists(TRIES, max_size=12))
def test_nothing_is_carried_out_that_no_second_person_confirmed_in_time(
    act: DeskAct, asker: str, tries: list[tuple[str, str, datetime, bool]]
) -> None:
    one = asked(act, asker).after
    states = [one.state]
    for verb, by, at, stands in tries:
        before = one
        try:
            one = attempt(one, verb, by, at, stands=stands)
        except EbidError:
            continue
        states.append(one.state)
        assert before.is_open
        assert (one.binding, one.requested_by, one.version) == (before.binding, asker, before.version + 1)
        if verb in ("confirm", "carry-out"):
            assert stands
            assert at < one.expires_at
        if verb in ("confirm", "decline"):
            assert by.casefold() != asker.casefold()
        if verb == "withdraw":
            assert by.casefold() == asker.casefold()
    if one.state is RequestState.APPLIED:
        assert states == [RequestState.REQUESTED, RequestState.CONFIRMED, RequestState.APPLIED]
        assert one.confirmed_by is not None
        assert one.confirmed_by.casefold() != asker.casefold()
    assert one.is_open == (one.state in (RequestState.REQUESTED, RequestState.CONFIRMED))
    assert (one.ended_at is None) == one.is_open
