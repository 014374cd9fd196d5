"""The follow-up list: what is a cause and what is none, and how the list follows the causes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ebidadmin.domain import followups
from ebidadmin.domain.cards import CardRegistration, CardState, Revocation
from ebidadmin.domain.events import EventTag
from ebidadmin.domain.followups import (
    About,
    Cause,
    FollowUp,
    FollowUpCode,
    FollowUpPolicy,
    FollowUpState,
    RegistrationKind,
    card_causes,
    id_causes,
    reconcile,
)
from ebidadmin.domain.ids import FollowUpId
from ebidadmin.domain.qualifications import Qualification
from ebidadmin.errors import IllegalTransitionError, InputError
from tests.builders import NOON, qualification, supplier_number
from tests.cards.builders import kept, registered
from tests.memory_parts import RULES

ABOUT = About(RegistrationKind.CARD, "K00000092")


def causes(
    card: CardRegistration | None = None,
    *,
    then: Qualification | None = None,
    now: Qualification | str | None = "same",
    **more: Any,
) -> tuple[Cause, ...]:
    before = then or qualification()
    policy = more.pop("policy", FollowUpPolicy())
    return card_causes(
        card or registered(),
        register_then=before,
        register_now=before if isinstance(now, str) else now,
        at=more.pop("at", NOON),
        names=RULES,
        policy=policy,
        **more,
    )


def codes(found: Sequence[Cause]) -> list[str]:
    return [cause.code.value for cause in found]


def test_a_card_that_agrees_with_the_register_is_no_work_for_anybody() -> None:
    assert causes() == ()


@pytest.mark.parametrize(
    ("company", "differs"),
    [
        ("(株)テスト商会92", False),
        ("㈱テスト商会９２", False),
        ("株式会社テスト商会92", False),
        ("テスト商会92", True),
        ("テスト商会92(株)", True),
        ("テスト用団体", True),
        ("", True),
    ],
)
def test_the_cards_company_is_compared_as_names_are(company: str, differs: bool) -> None:
    found = causes(registered(certificate=kept(company_name=company)))
    assert codes(found) == (["company-differs"] if differs else [])
    if differs:
        assert found[0].facts == {"card": company, "registered": "(株)テスト商会92"}


def test_a_guess_is_never_compared() -> None:
    guessed = registered(certificate=kept(guessed=("company_name", "holder_name")))
    assert codes(causes(guessed)) == ["company-differs", "holder-differs"]


@pytest.mark.parametrize(
    ("holder", "differs"),
    [
        ("下関 太郎92", False),
        ("下関　太郎９２", False),
        ("髙田 次郎", False),
        ("高田 次郎", False),
        ("下関 花子", True),
        ("", True),
    ],
)
def test_the_holder_is_the_representative_or_the_delegate(holder: str, differs: bool) -> None:
    record = qualification(delegate_name="高田 次郎")
    found = causes(registered(certificate=kept(holder_name=holder)), then=record)
    assert codes(found) == (["holder-differs"] if differs else [])


def test_the_office_may_not_care_about_the_holder_and_a_register_without_persons_says_nothing() -> None:
    stranger = registered(certificate=kept(holder_name="下関 花子"))
    assert causes(stranger, policy=FollowUpPolicy(check_holder=False)) == ()
    assert causes(stranger, then=qualification(representative_name="")) == ()


@pytest.mark.parametrize(
    ("last", "code"),
    [
        (NOON - timedelta(seconds=1), "card-expired"),
        (NOON, "card-expires-soon"),
        (NOON + timedelta(days=60), "card-expires-soon"),
        (NOON + timedelta(days=60, seconds=1), None),
    ],
)
def test_an_end_that_comes_near_is_told(last: datetime, code: str | None) -> None:
    open_ended = qualification(valid_to=None)
    found = causes(registered(certificate=kept(not_after=last)), then=open_ended)
    assert codes(found) == ([] if code is None else [code])


@pytest.mark.parametrize(
    ("last", "told"),
    [
        (datetime(2028, 3, 31, 14, 59, 59, tzinfo=UTC), False),
        (datetime(2028, 3, 30, 14, 59, 59, tzinfo=UTC), True),
    ],
)
def test_a_card_that_ends_before_the_qualification_is_told(last: datetime, told: bool) -> None:
    found = causes(registered(certificate=kept(not_after=last)))
    assert codes(found) == (["card-expires-first"] if told else [])
    if told:
        assert found[0].facts["valid_to"] == "2028-03-31"


@pytest.mark.parametrize(
    ("revocation", "expected"),
    [
        (Revocation.CHECKED, []),
        (Revocation.UNCHECKED, ["revocation-unchecked"]),
        (Revocation.REVOKED, ["card-revoked"]),
    ],
)
def test_what_is_known_of_the_revocation(revocation: Revocation, expected: list[str]) -> None:
    assert codes(causes(registered(revocation=revocation))) == expected


def test_the_same_certificate_under_other_numbers_is_told_once_with_all_of_them() -> None:
    found = causes(elsewhere=[supplier_number(94), supplier_number(93), supplier_number(94)])
    assert found == (
        Cause(
            FollowUpCode.CERTIFICATE_ELSEWHERE,
            {"supplier_numbers": (supplier_number(93), supplier_number(94))},
        ),
    )


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (None, ["register-vanished"]),
        (qualification(valid_to=date(2026, 10, 6)), ["register-over"]),
        (qualification(valid_from=date(2026, 10, 8)), ["register-over"]),
        (qualification(phone="083-231-9999"), []),
        (qualification(address="山口県下関市竹崎町1番1号"), ["register-changed-since"]),
        (qualification(representative_name="長府 一郎"), ["holder-differs", "register-changed-since"]),
        (qualification(trade_name="(株)関門商会"), ["company-differs", "register-changed-since"]),
    ],
)
def test_what_the_register_has_come_to_say(now: Qualification | None, expected: list[str]) -> None:
    assert codes(causes(now=now)) == expected
    of_id = id_causes(register_then=qualification(), register_now=now, at=NOON)
    assert codes(of_id) == [code for code in expected if code.startswith("register")]


@pytest.mark.parametrize("state", [CardState.CANCELLED, CardState.REPLACED])
def test_an_ended_registration_is_no_work_for_anybody(state: CardState) -> None:
    assert causes(registered(state=state, revocation=Revocation.REVOKED), now=None) == ()


def follow(present: list[FollowUp], found: Sequence[Cause]) -> tuple[list[FollowUp], list[EventTag]]:
    """The list after reconciling, and what happened."""
    numbers = count(len(present) + 1)
    changes = reconcile(
        found,
        present,
        about=ABOUT,
        supplier_number=supplier_number(),
        new_id=lambda: FollowUpId(f"F{next(numbers):08d}"),
        by="importer",
        at=NOON,
    )
    after = {item.id: item for item in present}
    after.update({change.after.id: change.after for change in changes})
    return list(after.values()), [change.events[0].tag for change in changes]


COMPANY = Cause(FollowUpCode.COMPANY_DIFFERS, {"card": "甲", "registered": "乙"})
OTHER_COMPANY = Cause(FollowUpCode.COMPANY_DIFFERS, {"card": "甲", "registered": "丙"})


def test_an_item_is_opened_told_anew_and_settles_when_its_cause_goes_away() -> None:
    items, happened = follow([], [COMPANY])
    assert happened == [EventTag.FOLLOW_UP_OPENED]
    items, happened = follow(items, [COMPANY])
    assert happened == []
    items, happened = follow(items, [OTHER_COMPANY])
    assert happened == [EventTag.FOLLOW_UP_CHANGED]
    assert [item.facts for item in items] == [OTHER_COMPANY.facts]
    items, happened = follow(items, [])
    assert happened == [EventTag.FOLLOW_UP_SETTLED]
    assert (items[0].state, items[0].closed_by, items[0].closed_at) == (
        FollowUpState.SETTLED,
        "importer",
        NOON,
    )


def test_what_a_person_has_resolved_stays_so_until_it_is_something_else() -> None:
    items, _ = follow([], [COMPANY])
    items = [followups.resolve(items[0], note=" 電話で確認 ", by="tanaka", at=NOON).after]
    assert (items[0].note, items[0].state) == ("電話で確認", FollowUpState.DONE)
    items, happened = follow(items, [COMPANY])
    assert happened == []
    items, happened = follow(items, [OTHER_COMPANY])
    assert happened == [EventTag.FOLLOW_UP_OPENED]
    assert len(items) == 2


def test_resolving_needs_a_word_and_an_open_item() -> None:
    items, _ = follow([], [COMPANY])
    with pytest.raises(InputError):
        followups.resolve(items[0], note=" ", by="tanaka", at=NOON)
    with pytest.raises(IllegalTransitionError):
        followups.resolve(replace(items[0], state=FollowUpState.SETTLED), note="済", by="tanaka", at=NOON)


CAUSE = st.builds(Cause, st.sampled_from(FollowUpCode), st.sampled_from([{}, {"card": "甲"}, {"card": "乙"}]))


@given(st.lists(st.tuples(st.lists(CAUSE, max_size=4), st.booleans()), max_size=8))
def test_the_list_always_says_exactly_what_is_to_be_looked_at(rounds: list[tuple[list[Cause], bool]]) -> None:
    """Whatever came before: a cause is open or was resolved with these facts, nothing else is open, and doing it again changes nothing."""
    items: list[FollowUp] = []
    for listed, resolve_first in rounds:
        found = list({cause.code: cause for cause in listed}.values())
        items, _ = follow(items, found)
        is_open = {item.code: item.facts for item in items if item.state is FollowUpState.OPEN}
        done = [(item.code, item.facts) for item in items if item.state is FollowUpState.DONE]
        for cause in found:
            assert is_open.get(cause.code) == cause.facts or (cause.code, cause.facts) in done
        assert set(is_open) <= {cause.code for cause in found}
        assert follow(items, found) == (items, [])
        first = next((item for item in items if item.state is FollowUpState.OPEN), None)
        if resolve_first and first is not None:
            closed = followups.resolve(first, note="確認済み", by="tanaka", at=NOON).after
            items = [closed if item.id == first.id else item for item in items]
