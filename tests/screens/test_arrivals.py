"""What a link makes each screen open: the same as by hand, and never over something that was begun."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from ebidadmin.domain.events import EventTag
from ebidadmin.domain.staff import Role, Staff
from ebidadmin.presenters.reports import Reports
from ebidadmin.presenters.ways import Arrivals
from ebidadmin.screens.audit import AuditScreen
from ebidadmin.screens.frame import Frame
from ebidadmin.screens.registrations import RegistrationsScreen
from ebidadmin.screens.reports import ReportsScreen
from ebidadmin.services import overview
from ebidadmin.services.settings import Settings
from ebidadmin.text import report_screen as report_words
from ebidadmin.text import ways as words
from tests import builders
from tests.presenters.office import Place
from tests.presenters.permits_desk import recorded
from tests.presenters.permits_desk import screen as permits_state
from tests.presenters.test_audit import screen as audit_state
from tests.presenters.test_audit_verification import verification
from tests.presenters.test_registrations import register_card
from tests.presenters.test_registrations import screen as registrations_state
from tests.presenters.test_reports import ScriptedReports
from tests.presenters.test_review_queue import waiting
from tests.screens.conftest import sent_by
from tests.screens.test_permits import screen as permits
from tests.screens.test_qualification_import import screen as importer
from tests.screens.test_review_queue import opened as queue
from tests.screens.test_review_queue import select

HELPER = Staff("yamada", frozenset({Role.HELP_DESK}))


def told(arrivals: Arrivals) -> str:
    return "" if arrivals.notice is None else arrivals.notice.text


def tags(place: Place) -> list[EventTag]:
    with place.office.uow() as uow:
        return [entry.event.tag for entry in uow.audit.list()]


# The review queue


def test_a_link_opens_a_case_and_takes_it_as_a_click_does(place: Place) -> None:
    waiting(place, 1, 2)
    shown = queue(place)
    select(shown, "A000001")
    shown.arrivals.arrive("application:A000002")
    assert 'data-number="A000002"' in shown.case.head.content
    assert words.GIVEN_BACK.format(number="A000001") in shown.case.head.content
    assert [row.id for row in shown.table.page.rows if row.cells["holder"]] == ["A000002"]


def test_an_unknown_application_leaves_the_open_case_as_it_is(place: Place) -> None:
    waiting(place, 1)
    shown = queue(place)
    select(shown, "A000001")
    shown.arrivals.arrive("application:A999999")
    assert 'data-number="A000001"' in shown.case.head.content
    assert "A999999" in shown.case.head.content
    assert shown._queue.case.held_by_me


def test_a_decision_under_way_is_not_lost_to_a_link(place: Place) -> None:
    waiting(place, 1, 2)
    shown = queue(place)
    select(shown, "A000001")
    shown.case.head.act("begin", "reject")
    form = shown.case.form
    frame = Frame(shown)
    frame.door.receive({"type": "target", "target": "application:A000002"})
    assert shown.case.form is form
    assert "申請 A000002" in frame.top.content
    assert form is not None
    form.receive({"type": "submit", "button": "cancel", "values": {}, "secrets": []}, [])
    frame.top.act("follow-link")
    assert 'data-number="A000002"' in shown.case.head.content
    assert "申請 A000002" not in frame.top.content


def test_the_view_of_overdue_ones_is_what_the_home_screen_counts(place: Place) -> None:
    place.register(1, 2, 3)
    for n, days in ((1, 10), (2, 7), (3, 8)):
        place.submit(n, at=builders.NOON - timedelta(days=days))
    shown = queue(place)
    shown.table.receive(_query(search="A000003"))
    shown.arrivals.arrive("view:overdue")
    assert [row.id for row in shown.table.page.rows] == ["A000001", "A000003"]
    assert overview.overdue(place.office, staff=place.staff, reader=place.queue_reader) == 2
    assert shown.table.request.search == "", "what was looked for before is not looked for now"


def test_whoever_may_not_read_applications_gets_the_same_refusal_as_by_hand(place: Place) -> None:
    waiting(place, 1)
    shown = queue(place, HELPER)
    shown.arrivals.arrive("application:A000001")
    assert "data-number" not in shown.case.head.content
    assert tags(place)[-1] is EventTag.REFUSED_NOT_PERMITTED


# The other screens


def test_a_link_opens_a_supplier_an_item_and_the_list(place: Place) -> None:
    place.register(92)
    register_card(place, 92)
    shown = RegistrationsScreen(registrations_state(place))
    number = shown.follow_ups.page.rows[0].id
    shown.arrivals.arrive("supplier:190000092")
    assert "supplier-title" in shown.page.content
    shown.page.act("resolve", number)
    shown.arrivals.arrive("supplier:190000091")
    assert shown.form is not None, "the word that is being written stays"
    assert told(shown.arrivals).startswith("入力または確認の途中")
    shown.form.receive({"type": "submit", "button": "leave", "values": {"note": ""}, "secrets": []})
    shown.arrivals.arrive("supplier:190000091")
    assert "supplier-title" not in shown.page.content
    assert "registrations-notice" in shown.page.content
    shown.arrivals.arrive(f"follow-up:{number}")
    assert "supplier-title" in shown.page.content
    shown.arrivals.arrive("view:follow-ups")
    assert shown.follow_ups.request.filters == {"state": "open"}
    assert told(shown.arrivals) == ""


def test_the_page_of_a_supplier_leads_on(place: Place) -> None:
    place.register(92)
    place.permit(92)
    application = place.submit(92)
    shown = RegistrationsScreen(registrations_state(place))
    shown.arrivals.arrive("supplier:190000092")
    for target in (f"application:{application.number}", "permit:P", "supplier:190000092"):
        assert f'data-ebid-target="{target}' in shown.page.content


def test_a_link_opens_a_permit_and_a_suppliers_permits(place: Place) -> None:
    place.register(92, 93)
    one, _other = recorded(place, 92), recorded(place, 93)
    shown = permits(place)
    shown.arrivals.arrive(f"permit:{one.id}")
    assert f'data-number="{one.id}"' in shown.head.content
    assert 'data-ebid-target="supplier:190000092"' in shown.head.content
    shown.arrivals.arrive("supplier:190000093")
    assert [row.cells["supplier"] for row in shown.table.page.rows] == ["190000093"]
    shown.arrivals.arrive("view:requested")
    assert len(shown.table.page.rows) == 2
    shown.arrivals.arrive("view:proposed")
    assert shown.table.request.filters == {}, "an office without a second person has no such list"
    shown.counts.act("record")
    shown.arrivals.arrive(f"permit:{one.id}")
    assert shown.form is not None
    assert told(shown.arrivals).startswith("入力または確認の途中")


def test_permits_that_wait_are_listed_where_a_second_person_is_wanted(place: Place) -> None:
    place.office = replace(place.office, settings=Settings(permit_second_person=True))
    assert permits_state(place).waiting() == 0
    shown = permits(place)
    shown.arrivals.arrive("view:proposed")
    assert shown.table.request.filters == {"proposed": "waiting"}


def test_a_link_opens_a_life_a_record_an_event_and_the_mails_given_up(place: Place) -> None:
    place.submit(92)
    shown = AuditScreen(audit_state(place), verification(place))
    shown.arrivals.arrive("supplier:190000092")
    assert "190000092" in shown.head.content
    shown.arrivals.arrive("event:1")
    assert 'data-ebid-target="application:A000092"' in shown.head.content
    shown.arrivals.arrive("event:999999")
    assert "audit-event-said" in shown.head.content
    shown.arrivals.arrive("event:A1")
    assert "数字だけ" in shown.head.content
    shown.arrivals.arrive("application:A000092")
    assert "A000092" in shown.chosen.content
    assert len(shown.table.page.rows) == 1
    shown.arrivals.arrive("view:gave-up")
    assert "送信断念" in shown.chosen.content
    assert shown.table.page.rows == []
    shown.chosen.act("ask")
    shown.arrivals.arrive("event:1")
    assert told(shown.arrivals).startswith("入力または確認の途中")


def test_a_run_of_a_report_that_is_gone_is_told(place: Place) -> None:
    shown = ReportsScreen(Reports(place.office, staff=place.staff, maker=ScriptedReports()))
    shown.arrivals.arrive("run:daily_review/2026-04-01/0")
    assert report_words.NO_RUN in shown.head.content


def test_what_waits_for_a_second_person_gets_the_keyboard(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    guarded = Settings(second_person=True, bulk_second_person=True, cancel_second_person=True)
    place.office = replace(place.office, settings=guarded)
    place.register(1)
    screens: list[Any] = [importer(place), queue(place), RegistrationsScreen(registrations_state(place))]
    for shown in screens:
        sent = sent_by(shown.requests.panel, monkeypatch)
        shown.arrivals.arrive("view:requests")
        assert sent[-1] == {"type": "focus", "selector": '[data-testid="requests"]'}
        assert "tabindex" in shown.requests.panel.content


# The frame


def test_a_screen_that_opens_nothing_says_so(place: Place) -> None:
    class Plain:
        widget = permits(place).widget

    frame = Frame(Plain())
    frame.door.receive({"type": "target", "target": "supplier:190000092"})
    assert words.NOT_HERE in frame.top.content
    frame.top.act("leave-link")
    assert words.NOT_HERE not in frame.top.content


def test_what_comes_through_the_door_is_checked(place: Place) -> None:
    frame = Frame(queue(place))
    for target in ("<script>", "x" * 1000, "supplier:" + "1" * 95):
        frame.door.receive({"type": "target", "target": target})
        assert words.UNKNOWN in frame.top.content
        assert target not in frame.top.content


def test_an_unforeseen_failure_gets_a_number(
    place: Place, expected_failures: list[type[BaseException]], monkeypatch: pytest.MonkeyPatch
) -> None:
    expected_failures.append(RuntimeError)
    shown = queue(place)
    frame = Frame(shown)

    def broken(number: str) -> None:
        raise RuntimeError(number)

    monkeypatch.setattr(shown._queue, "visit", broken)
    sent = sent_by(frame.top, monkeypatch)
    frame.door.receive({"type": "target", "target": "application:A000001"})
    assert 'data-testid="incident"' in sent[-1]["html"]


def _query(**changes: str) -> dict[str, Any]:
    message = {"type": "query", "client": "a", "seq": 1, "direction": "first", "sort": "applied"}
    return {**message, "descending": False, "search": "", "filters": {}, **changes}
