"""Permits on the screen of an office that wants two persons: one asks, another decides exactly that, nobody decides alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from ebidadmin.domain.permits import PermitState
from ebidadmin.domain.staff import Role, Staff
from ebidadmin.presenters.open_permit import OpenPermit
from ebidadmin.presenters.permit_view import PermitView
from ebidadmin.presenters.permits import ListRequest, Permits
from ebidadmin.services import permits as service
from ebidadmin.services.settings import Settings
from ebidadmin.text import permit_screen as words
from tests import builders
from tests.builders import AUDITOR, SUZUKI
from tests.presenters.office import Place
from tests.presenters.permits_desk import recorded, screen, stored

APPROVER = Staff("kessai", frozenset({Role.APPROVER}))
CASE = "(株)テスト商会92(業者番号 190000092、P000001"


@pytest.fixture
def pair(place: Place) -> Place:
    place.register(92, 93)
    place.office = replace(place.office, settings=Settings(permit_second_person=True))
    return place


def looking(place: Place, number: str, staff: Staff | None = None) -> OpenPermit:
    state = screen(place, staff)
    state.open(number)
    return state.one


def view_of(one: OpenPermit) -> PermitView:
    assert one.view is not None, one.notice
    return one.view


def said(one: OpenPermit) -> str:
    assert one.notice is not None
    return one.notice.text


def do(one: OpenPermit, verb: str, **values: str) -> bool:
    one.begin(verb)
    assert one.step is not None, verb
    return one.submit({**one.step.values, **values})


def asked(place: Place) -> str:
    """A grant that waits for a second person; the permit's number."""
    number = recorded(place).id
    assert do(looking(place, number), words.GRANT)
    return number


def test_asking_decides_nothing_and_says_so(pair: Place) -> None:
    one = looking(pair, recorded(pair).id)
    one.begin(words.GRANT)
    assert one.step is not None
    assert one.step.asks
    assert one.submit(one.step.values)
    assert said(one).startswith(f"{CASE})について決裁を依頼しました(Q000001)。まだ何も決定していません。")
    assert (stored(pair, "P000001").state, stored(pair, "P000001").document) == (PermitState.REQUESTED, None)
    view = view_of(one)
    assert view.waits
    assert view.proposal is not None
    assert "P000001の許可(2026/10/07～2028/03/31)" in view.proposal.text
    assert words.PROPOSAL_OWN in view.proposal.items


def test_whoever_asked_can_only_take_it_back(pair: Place) -> None:
    one = looking(pair, asked(pair))
    assert one.verbs == (words.TAKE_BACK, words.VOID)
    one.begin(words.CONFIRM)
    assert one.submit({}) is False
    assert stored(pair, "P000001").state is PermitState.REQUESTED
    assert do(looking(pair, "P000001"), words.TAKE_BACK)
    again = looking(pair, "P000001")
    assert (again.verbs, view_of(again).waits) == ((words.GRANT, words.REFUSE, words.VOID), False)


@pytest.mark.parametrize("second", [SUZUKI, APPROVER])
def test_another_person_decides_exactly_that(pair: Place, second: Staff) -> None:
    one = looking(pair, asked(pair), second)
    assert one.verbs[:2] == (words.CONFIRM, words.DECLINE)
    one.begin(words.CONFIRM)
    assert one.step is not None
    assert one.step.question == f"{CASE})について、tanakaさんの依頼のとおりに決裁します。"
    assert dict(one.register)["商号又は名称"] == builders.trade_name(92)
    assert one.submit({})
    permit = stored(pair, "P000001")
    assert (permit.state, permit.decided_by) == (PermitState.GRANTED, second.login)
    assert said(one) == f"{CASE}、令和8年度第1号)の依頼を決裁しました。"


def test_what_speaks_against_a_grant_is_ticked_off_by_both(pair: Place) -> None:
    number = recorded(pair, 93, applicant=builders.trade_name(92)).id
    first = looking(pair, number)
    assert not do(first, words.GRANT)
    assert do(first, words.GRANT, checked="1")
    second = looking(pair, number, SUZUKI)
    assert not do(second, words.CONFIRM)
    assert second.errors == {"checked": words.CHECK_MISSING}
    assert do(second, words.CONFIRM, checked="1")
    assert stored(pair, number).state is PermitState.GRANTED


def test_declining_takes_a_reason(pair: Place) -> None:
    one = looking(pair, asked(pair), SUZUKI)
    assert not do(one, words.DECLINE, reason=" ")
    assert "reason" in one.errors
    assert do(one, words.DECLINE, reason="申請書が読めない")
    assert not view_of(one).waits
    assert stored(pair, "P000001").state is PermitState.REQUESTED


def test_whoever_only_reads_decides_nothing(pair: Place) -> None:
    one = looking(pair, asked(pair), AUDITOR)
    assert view_of(one).waits
    assert one.verbs == ()
    one.begin(words.CONFIRM)
    assert one.step is None


def test_a_proposal_that_came_too_late_says_why_and_can_be_made_again(pair: Place) -> None:
    number = asked(pair)
    pair.clock.advance(timedelta(days=30))
    one = looking(pair, number)
    view = view_of(one)
    assert view.proposal is not None
    assert any("期限切れ" in item for item in view.proposal.items)
    assert one.verbs == (words.GRANT, words.REFUSE, words.VOID)
    assert do(one, words.GRANT)
    assert view_of(one).waits


def test_a_permit_that_was_voided_meanwhile_is_told_to_the_second_person(pair: Place) -> None:
    one = looking(pair, asked(pair), SUZUKI)
    one.begin(words.CONFIRM)
    service.void(pair.office, staff=pair.staff, permit_id=stored(pair, "P000001").id, reason="別の業者")
    assert not one.submit({})
    assert "tanakaさん" in said(one)
    assert view_of(one).state == "欠番・取消済"


@pytest.mark.parametrize(
    ("verb", "values", "state"),
    [
        (words.WITHDRAW, {"reason": "申出"}, PermitState.WITHDRAWN),
        (words.VOID, {"reason": "別の業者だった"}, PermitState.VOIDED),
    ],
)
def test_a_decision_is_taken_back_by_two_as_well(
    pair: Place, verb: str, values: dict[str, str], state: PermitState
) -> None:
    number = asked(pair)
    assert do(looking(pair, number, SUZUKI), words.CONFIRM)
    assert do(looking(pair, number), verb, **values)
    assert stored(pair, number).state is PermitState.GRANTED
    assert do(looking(pair, number, SUZUKI), words.CONFIRM)
    assert stored(pair, number).state is state


def test_a_refusal_carries_its_reasons_and_words_to_the_second_person(pair: Place) -> None:
    number = recorded(pair).id
    assert do(looking(pair, number), words.REFUSE, reasons="form-incomplete", note="押印がない")
    second = looking(pair, number, SUZUKI)
    proposal = view_of(second).proposal
    assert proposal is not None
    assert "押印がない" in proposal.text
    assert do(second, words.CONFIRM)
    refused = stored(pair, number)
    assert (refused.state, refused.refusal_reasons, refused.reason) == (
        PermitState.REFUSED,
        ("form-incomplete",),
        "押印がない",
    )


def test_the_list_counts_marks_and_filters_what_waits(pair: Place) -> None:
    def numbers(state: Permits) -> list[str]:
        return [line.number for line in state.fetch(ListRequest(filters={"proposed": "waiting"})).lines]

    state = screen(pair)
    assert state.filters()[0][0] == "proposed"
    assert (state.waiting(), numbers(state)) == (0, [])
    number = asked(pair)
    recorded(pair, 93)
    assert (state.waiting(), numbers(state)) == (1, [number])
    (line,) = state.fetch(ListRequest(filters={"proposed": "waiting"})).lines
    assert [text for text, _ in line.badges["state"]] == ["申請受付", "決裁待ち"]


def test_where_one_decides_alone_nothing_of_it_is_shown(place: Place) -> None:
    state = screen(place)
    assert state.waiting() is None
    assert state.filters()[0][0] == "state"
