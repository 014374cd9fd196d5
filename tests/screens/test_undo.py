"""The way back in the notice of what was just done: there where the domain has one, leading into the ordinary step, and gone elsewhere."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from ebidadmin.domain.permits import PermitState
from ebidadmin.domain.registrations import RegistrationState
from ebidadmin.domain.staff import ALL_ROLES, Staff
from ebidadmin.screens.components.look import Html
from ebidadmin.screens.registrations import RegistrationsScreen
from ebidadmin.services import application_review
from ebidadmin.services.settings import Settings
from ebidadmin.text import undo as words
from tests import builders
from tests.presenters.office import Place
from tests.presenters.permits_desk import granted, recorded, stored
from tests.presenters.test_qualification_import import file, record
from tests.presenters.test_registrations import screen as registrations_state
from tests.presenters.test_review_queue import waiting
from tests.screens import test_permits as at_permits
from tests.screens.conftest import press_button
from tests.screens.test_desk_requests import asked_bulk, guard
from tests.screens.test_id_desk import submit as submit_desk
from tests.screens.test_qualification_import import confirm, preview
from tests.screens.test_qualification_import import screen as importer
from tests.screens.test_review_queue import opened as queue
from tests.screens.test_review_queue import select

OTHER = Staff("suzuki", ALL_ROLES)


def undo(content: Html) -> tuple[str, str] | None:
    """Action and value of the button in a notice; ``None`` where there is none."""
    found = re.search(r'<button[^>]*data-testid="undo"[^>]*>', content)
    if found is None:
        return None
    action = re.search(r'data-ebid-action="([^"]*)"', found[0])
    value = re.search(r'data-ebid-value="([^"]*)"', found[0])
    assert action is not None
    assert value is not None
    return action[1], value[1]


def way(content: Html) -> tuple[str, str]:
    found = undo(content)
    assert found is not None, content
    return found


# IDs


def approved(place: Place) -> str:
    """The application of the ``92``-nd supplier, approved."""
    place.register(92)
    place.permit(92)
    one = place.submit(92)
    application_review.approve(place.office, staff=place.staff, number=one.number, version=one.version)
    return one.number


def page(place: Place) -> RegistrationsScreen:
    state = registrations_state(place)
    shown = RegistrationsScreen(state)
    shown.arrivals.arrive("supplier:190000092")
    return shown


def state_of(place: Place, number: str) -> RegistrationState:
    with place.office.uow() as uow:
        return next(one.state for one in uow.registrations.all() if one.application == number)


def suspend(shown: RegistrationsScreen, number: str) -> None:
    shown.page.act("desk-suspend", number)
    submit_desk(shown, reason="指名停止のため")
    press_button(shown.question, "desk-yes")


def test_a_suspension_offers_its_end_and_that_the_suspension(place: Place) -> None:
    number = approved(place)
    shown = page(place)
    suspend(shown, number)
    assert state_of(place, number) is RegistrationState.SUSPENDED
    assert way(shown.page.content) == ("desk-resume", number)
    shown.page.act(*way(shown.page.content))
    assert state_of(place, number) is RegistrationState.SUSPENDED, "the step asks for its reason as ever"
    submit_desk(shown, reason="誤り")
    assert state_of(place, number) is RegistrationState.ACTIVE
    assert way(shown.page.content) == ("desk-suspend", number)


def test_a_cancelling_is_for_good_but_asking_for_it_is_taken_back(place: Place) -> None:
    number = approved(place)
    guard(place)
    shown = page(place)
    shown.page.act("desk-cancel", number)
    submit_desk(shown, reason="廃業の届出があったため")
    press_button(shown.question, "desk-yes")
    action, request = way(shown.page.content)
    assert (action, request) == ("withdraw-request", "C000001")
    shown.page.act(action, request)
    assert "取り下げました" in shown.requests.panel.content
    place.office = replace(place.office, settings=Settings())
    shown = page(place)
    shown.page.act("desk-cancel", number)
    submit_desk(shown, reason="廃業の届出があったため")
    press_button(shown.question, "desk-yes")
    assert state_of(place, number) is RegistrationState.CANCELLED
    assert undo(shown.page.content) is None


# The review queue


def test_a_bulk_approval_that_was_asked_for_is_taken_back(place: Place) -> None:
    guard(place)
    shown, number = asked_bulk(place)
    assert way(shown.bulk.content) == ("withdraw-request", number)
    shown.bulk.act("withdraw-request", number)
    assert "取り下げました" in shown.requests.panel.content
    assert undo(shown.bulk.content) is None


def test_a_case_that_was_taken_over_is_given_back(place: Place) -> None:
    waiting(place, 1)
    select(queue(place, OTHER), "A000001")
    shown = queue(place)
    select(shown, "A000001")
    shown.case.head.act("take-over")
    assert words.CLAIM in shown.case.head.content
    shown.case.head.act(*way(shown.case.head.content))
    with place.office.uow() as uow:
        claim = uow.applications.claim(builders.application_number(1))
    assert claim is None or claim.holder is None


def test_a_link_leads_back_to_the_case_that_it_closed(place: Place) -> None:
    waiting(place, 1, 2)
    shown = queue(place)
    select(shown, "A000001")
    shown.arrivals.arrive("application:A000002")
    shown.case.head.act(*way(shown.case.head.content))
    assert 'data-number="A000001"' in shown.case.head.content


def test_a_decision_on_an_application_is_final(place: Place) -> None:
    waiting(place, 1)
    shown = queue(place)
    select(shown, "A000001")
    shown.case.head.act("begin", "approve")
    press_button(shown.case.question, "confirm-yes")
    assert "承認しました" in shown.case.head.content
    assert undo(shown.case.head.content) is None


# Permits


@pytest.fixture
def counter(place: Place) -> Place:
    place.register(92, 93)
    return place


def test_a_grant_leads_to_voiding_it(counter: Place) -> None:
    one = recorded(counter)
    shown = at_permits.screen(counter)
    at_permits.select(shown, one.id)
    shown.head.act("begin", "grant")
    form = at_permits.form_of(shown)
    at_permits.submit(shown, **form.values)
    assert stored(counter, one.id).state is PermitState.GRANTED
    assert way(shown.head.content) == ("begin", "void")
    shown.head.act("begin", "void")
    assert stored(counter, one.id).state is PermitState.GRANTED, "a reason is asked for"
    at_permits.submit(shown, reason="番号の誤り")
    assert stored(counter, one.id).state is PermitState.VOIDED
    assert undo(shown.head.content) is None, "what was voided stays so"


def test_a_dispatch_leads_to_taking_its_row_back(counter: Place) -> None:
    shown = at_permits.screen(counter)
    at_permits.select(shown, granted(counter).id)
    shown.head.act("begin", "dispatch")
    at_permits.submit(shown, channel="post", day="", recipient="", note="")
    assert way(shown.head.content) == ("cancel", "D000001")
    shown.head.act("cancel", "D000001")
    at_permits.submit(shown, note="送っていない")
    assert "correct-D000001" not in shown.body.content


def test_a_proposal_leads_to_taking_it_back(counter: Place) -> None:
    counter.office = replace(counter.office, settings=Settings(permit_second_person=True))
    shown = at_permits.screen(counter)
    at_permits.select(shown, recorded(counter).id)
    shown.head.act("begin", "grant")
    at_permits.submit(shown, **at_permits.form_of(shown).values)
    assert way(shown.head.content) == ("begin", "take-back")


# Imports


def test_an_import_leads_to_undoing_it(place: Place) -> None:
    shown = importer(place)
    preview(shown, file(place, "a.csv", *(record(n) for n in range(1, 4))))
    confirm(shown)
    assert way(shown.top.content) == ("undo", "1")
    shown.top.act("undo", "1")
    assert shown._state.undoing.plan is not None, "what it would do is shown first"


def test_a_large_import_that_was_asked_for_is_taken_back(place: Place) -> None:
    place.register(*range(1, 11))
    place.office = replace(place.office, settings=Settings(second_person=True))
    shown = importer(place)
    preview(shown, file(place, "b.csv", record(1)))
    confirm(shown, "request", note="年度替わり")
    assert way(shown.top.content) == ("withdraw-request", "R000001")
    shown.top.act("withdraw-request", "R000001")
    assert undo(shown.top.content) is None
    assert "取り下げました" in shown.requests.panel.content
