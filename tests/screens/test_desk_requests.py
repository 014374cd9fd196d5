"""The second person for bulk approvals and for cancelling an ID: two people, each with screens of their own on one database."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from ebidadmin.domain.applications import ApplicationState
from ebidadmin.domain.desk_requests import DeskAct
from ebidadmin.domain.registrations import RegistrationState
from ebidadmin.domain.staff import ALL_ROLES, Role, Staff
from ebidadmin.presenters.desk_requests import DeskRequests
from ebidadmin.screens.desk_requests import DeskRequestsSection
from ebidadmin.screens.registrations import RegistrationsScreen
from ebidadmin.screens.review_queue import ReviewQueueScreen
from ebidadmin.services import application_review
from ebidadmin.services.settings import Settings
from tests import builders
from tests.presenters.office import Place
from tests.presenters.test_registrations import screen as registrations_state
from tests.presenters.test_review_queue import waiting
from tests.screens.conftest import press_button
from tests.screens.test_review_queue import opened

OTHER = Staff("suzuki", ALL_ROLES)
APPROVER = Staff("kacho", frozenset({Role.APPROVER}))
AUDITOR = Staff("kansa", frozenset({Role.AUDITOR}))
REASON = "廃業の届出があったため"


def guard(place: Place, **changes: object) -> None:
    """The office wants a second person for both acts, or as ``changes`` say."""
    wanted = {"bulk_second_person": True, "cancel_second_person": True, **changes}
    place.office = replace(place.office, settings=Settings(**wanted))  # type: ignore[arg-type]  # flags alone


def number_in(content: str) -> str:
    found = re.search(r"依頼([A-Z]\d{6})を残しました", content)
    assert found is not None, content
    return found[1]


def actions(section: DeskRequestsSection) -> list[str]:
    return re.findall(r'data-ebid-action="([a-z-]+)"', section.panel.content)


def states(place: Place, *numbers: int) -> list[ApplicationState]:
    return [place.application(n).state for n in numbers]


def asked_bulk(place: Place) -> tuple[ReviewQueueScreen, str]:
    """Three cases, of which somebody asks for the approval of two."""
    waiting(place, 1, 2, 3)
    shown = opened(place)
    shown.bulk.act("bulk-begin")
    shown.bulk.act("bulk-drop", "A000002")
    assert "2件の承認の確認を依頼する" in shown.bulk.content
    press_button(shown.bulk, "bulk-yes")
    return shown, number_in(shown.bulk.content)


def test_nothing_of_it_is_there_where_the_office_wants_no_second_person(place: Place) -> None:
    waiting(place, 1)
    shown = opened(place)
    assert list(shown._second.children) == []
    assert list(RegistrationsScreen(registrations_state(place))._waiting.children) == []


def test_a_bulk_approval_is_asked_for_decided_by_another_and_carried_out(place: Place) -> None:
    guard(place)
    mine, number = asked_bulk(place)
    assert states(place, 1, 2, 3) == [ApplicationState.PENDING] * 3
    assert place.letters() == []
    assert "あなたの依頼です" in mine.requests.panel.content
    assert actions(mine.requests) == ["withdraw-request"]

    other = opened(place, APPROVER)
    assert actions(other.requests) == ["confirm-request", "decline-request"]
    other.requests.panel.act("confirm-request", number)
    for n in (1, 3):
        assert builders.trade_name(n) in other.requests.panel.content
        assert builders.contact(n).email in other.requests.panel.content
    assert builders.trade_name(2) not in other.requests.panel.content
    press_button(other.requests.panel, "confirm-yes")
    assert f"依頼{number}を確認しました" in other.requests.panel.content
    assert actions(other.requests) == ["decline-request"], "an approver carries nothing out"

    again = opened(place)
    assert "kachoさんが確認済み" in again.requests.panel.content
    again.requests.panel.act("carry-out-request", number)
    assert "変わった申請は承認しません" in again.requests.panel.content
    press_button(again.requests.panel, "confirm-yes")
    assert "2件を承認しました" in again.requests.panel.content
    assert states(place, 1, 2, 3) == [
        ApplicationState.APPROVED,
        ApplicationState.PENDING,
        ApplicationState.APPROVED,
    ]
    assert len(place.letters()) == 2
    assert [row.id for row in again.table.page.rows] == ["A000002"], "the list is read anew"


def test_what_changed_since_it_was_asked_is_shown_and_left(place: Place) -> None:
    guard(place)
    _, number = asked_bulk(place)
    application_review.reject(
        place.office,
        staff=OTHER,
        number=builders.application_number(3),
        version=1,
        reasons=(place.office.reasons.codes()[0],),
    )
    other = opened(place, OTHER)
    other.requests.panel.act("confirm-request", number)
    assert other.requests.panel.content.count("変わったため承認しません") == 1
    press_button(other.requests.panel, "confirm-yes")
    other.requests.panel.act("carry-out-request", number)
    press_button(other.requests.panel, "confirm-yes")
    assert "1件を承認しました" in other.requests.panel.content
    assert f"{builders.trade_name(3)}(受付番号 A000003)" in other.requests.panel.content
    assert states(place, 1, 3) == [ApplicationState.APPROVED, ApplicationState.REJECTED]


def test_one_decides_ones_own_by_no_button(place: Place) -> None:
    guard(place)
    mine, number = asked_bulk(place)
    for action in ("confirm-request", "decline-request", "carry-out-request"):
        mine.requests.panel.act(action, number)
        assert mine.requests.form is None
        mine.requests.panel.act("confirm-yes", f"{action}.{number}")
    assert "確認待ち" in mine.requests.panel.content
    mine.requests.panel.act("withdraw-request", number)
    assert "取り下げました" in mine.requests.panel.content
    assert states(place, 1, 3) == [ApplicationState.PENDING] * 2


def test_declining_takes_a_reason(place: Place) -> None:
    guard(place)
    _, number = asked_bulk(place)
    other = opened(place, APPROVER)
    other.requests.panel.act("decline-request", number)
    form = other.requests.form
    assert form is not None
    form.receive({"type": "submit", "button": "decline", "values": {"why": " "}, "secrets": []})
    assert other.requests.form is form
    form.receive({"type": "submit", "button": "decline", "values": {"why": "許可の確認が先"}, "secrets": []})
    assert "差し戻しました" in other.requests.panel.content
    assert "確認を待つ依頼はありません" in other.requests.panel.content


def test_an_auditor_sees_and_does_nothing(place: Place) -> None:
    guard(place)
    _, number = asked_bulk(place)
    section = DeskRequests(place.office, staff=AUDITOR, act=DeskAct.BULK_APPROVE)
    (line,) = section.lines()
    assert (line.number, line.steps) == (number, ())


def registrations(place: Place, staff: Staff | None = None) -> RegistrationsScreen:
    shown = RegistrationsScreen(registrations_state(place, staff))
    shown.suppliers.receive({"type": "select", "id": "190000092"})
    return shown


def begin_cancelling(shown: RegistrationsScreen) -> None:
    shown.page.act("desk-cancel", "A000092")


def submit(shown: RegistrationsScreen, **values: str) -> None:
    assert shown.form is not None
    shown.form.receive({"type": "submit", "button": "do", "values": values, "secrets": []})


def state_of(place: Place) -> RegistrationState:
    with place.office.uow() as uow:
        return uow.registrations.get(builders.application_number(92)).state


@pytest.fixture
def with_id(place: Place) -> Place:
    """An ID that is in use."""
    waiting(place, 92)
    application_review.approve(
        place.office, staff=place.staff, number=builders.application_number(92), version=1
    )
    return place


def test_an_id_is_cancelled_by_two(with_id: Place) -> None:
    guard(with_id)
    before = len(with_id.letters())
    mine = registrations(with_id)
    begin_cancelling(mine)
    submit(mine, reason=REASON)
    assert "取消の確認を依頼する" in mine.question.content
    press_button(mine.question, "desk-yes")
    number = number_in(mine.page.content)
    assert state_of(with_id) is RegistrationState.ACTIVE
    assert len(with_id.letters()) == before
    assert actions(mine.requests) == ["withdraw-request"]

    other = registrations(with_id, OTHER)
    other.requests.panel.act("confirm-request", number)
    for told in (REASON, "190000092", builders.trade_name(92)):
        assert told in other.requests.panel.content
    press_button(other.requests.panel, "confirm-yes")
    assert state_of(with_id) is RegistrationState.ACTIVE
    other.requests.panel.act("carry-out-request", number)
    press_button(other.requests.panel, "confirm-yes")
    assert "を取り消しました" in other.requests.panel.content
    assert state_of(with_id) is RegistrationState.CANCELLED
    assert len(with_id.letters()) > before


def test_asking_twice_is_told(with_id: Place) -> None:
    guard(with_id)
    first, second = registrations(with_id), registrations(with_id)
    for mine in (first, second):
        begin_cancelling(mine)
        submit(mine, reason=REASON)
        press_button(mine.question, "desk-yes")
    assert number_in(first.page.content)
    assert "すでに" in second.page.content


@pytest.mark.parametrize("typed", ["", "190000093", "190000092 x"])
def test_one_alone_types_the_number_of_the_supplier(with_id: Place, typed: str) -> None:
    guard(with_id, one_person=True)
    mine = registrations(with_id)
    assert list(mine._waiting.children) == []
    begin_cancelling(mine)
    submit(mine, reason=REASON, typed=typed)
    assert mine.form is not None
    assert "190000092" in mine.form.errors["typed"]
    assert state_of(with_id) is RegistrationState.ACTIVE
    submit(mine, reason=REASON, typed="190000092")
    press_button(mine.question, "desk-yes")
    assert "取り消しました" in mine.page.content
    assert state_of(with_id) is RegistrationState.CANCELLED


def test_one_alone_types_how_many_are_approved(place: Place) -> None:
    guard(place, one_person=True)
    waiting(place, 1, 2, 3)
    shown = opened(place)
    shown.bulk.act("bulk-begin")
    assert "bulk-yes" not in shown.bulk.content
    shown.bulk.act("bulk-drop", "A000002")
    form = shown.typed
    assert form is not None
    assert "2件を承認する" in str(form.buttons)
    form.receive({"type": "submit", "button": "yes", "values": {"typed": "3"}, "secrets": []})
    assert shown.typed is form
    assert "「2」" in form.errors["typed"]
    assert states(place, 1, 2, 3) == [ApplicationState.PENDING] * 3
    form.receive({"type": "submit", "button": "yes", "values": {"typed": "２"}, "secrets": []})
    assert list(shown._second.children) == []
    assert "2件を承認しました" in shown.bulk.content
    assert states(place, 1, 2, 3) == [
        ApplicationState.APPROVED,
        ApplicationState.PENDING,
        ApplicationState.APPROVED,
    ]
