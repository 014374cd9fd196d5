"""The review queue's widgets, driven by the messages that the browser sends."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest
from ipywidgets import Widget

from ebidadmin.domain.applications import ApplicationState
from ebidadmin.domain.staff import ALL_ROLES, Staff
from ebidadmin.presenters.case_view import view_of
from ebidadmin.presenters.queue_views import QueueViews
from ebidadmin.presenters.review_queue import ReviewQueue
from ebidadmin.screens import case_keys, review_queue
from ebidadmin.screens.review_queue import ReviewQueueScreen
from ebidadmin.services import application_review, auto_approval
from ebidadmin.services.queue_views import PLACE, QueueView
from ebidadmin.text import queue as words
from ebidadmin.text.error_sentences import ERRORS
from tests import builders
from tests.presenters.office import Place
from tests.presenters.test_review_queue import waiting
from tests.screens.conftest import press_button, sent_by


def screen(place: Place, *numbers: int) -> ReviewQueueScreen:
    waiting(place, *numbers)
    return opened(place)


def opened(place: Place, staff: Staff | None = None) -> ReviewQueueScreen:
    """The screen as that person opens it, again or for the first time."""
    person = staff or place.staff
    return ReviewQueueScreen(
        ReviewQueue(place.office, staff=person, reader=place.queue_reader),
        QueueViews(place.office, staff=person, store=place.queue_views),
    )


def select(shown: ReviewQueueScreen, number: str) -> None:
    shown.table.receive({"type": "select", "id": number})


def submit(shown: ReviewQueueScreen, **values: str) -> None:
    assert shown.case.form is not None
    shown.case.form.receive({"type": "submit", "button": "go", "values": values, "secrets": []}, [])


def test_rows_are_known_by_their_number_and_opening_one_shows_the_case(place: Place) -> None:
    shown = screen(place, 1, 2)
    assert [row.id for row in shown.table.page.rows] == ["A000001", "A000002"]
    select(shown, "A000002")
    assert 'data-number="A000002"' in shown.case.head.content
    assert "資格審査情報" in shown.case.body.content
    shown.case.body.act("eligibility-day", "2028-04-01")
    assert "2028/04/01 の判定" in shown.case.body.content


def test_an_opened_case_takes_the_keyboard_and_the_list_makes_room(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = screen(place, 1, 2)
    assert (shown.table.narrow, shown.case.widget in below(shown.widget)) == (0, True)
    sent = sent_by(shown.case.head, monkeypatch)
    select(shown, "A000001")
    assert {"type": "focus", "selector": '[data-testid="case-title"]'} in sent
    assert shown.table.narrow == 1
    kept = {column["key"] for column in shown.table.columns if not column["spare"]}
    assert {"number", "name", "due", "holder", "state"} <= kept
    shown.case.head.act("close")
    assert shown.table.narrow == 0


def test_the_opened_row_says_at_once_who_works_on_it(place: Place) -> None:
    shown = screen(place, 1, 2)
    assert shown.table.page.rows[0].cells["holder"] == ""
    select(shown, "A000001")
    assert shown.table.page.rows[0].cells["holder"] == words.HELD_BY_ME


def test_rejecting_takes_reasons_then_shows_the_mail_then_opens_the_next(place: Place) -> None:
    shown = screen(place, 1, 2)
    select(shown, "A000001")
    shown.case.head.act("begin", "reject")
    assert "A000001" in shown.case.question.content
    submit(shown, reasons="", note="")
    assert shown.case.form is not None
    assert "reasons" in shown.case.form.errors
    submit(shown, reasons=place.office.reasons.codes()[0], note="")
    assert 'data-testid="mail-body"' in shown.case.question.content
    assert place.application(1).state is ApplicationState.PENDING
    press_button(shown.case.question, "confirm-yes")
    assert place.application(1).state is ApplicationState.REJECTED
    assert 'data-number="A000002"' in shown.case.head.content
    assert "A000001" in shown.case.head.content, "what happened is said"
    assert [row.id for row in shown.table.page.rows] == ["A000002"]


def test_a_confirmation_goes_away_when_another_row_is_opened(place: Place) -> None:
    shown = screen(place, 1, 2)
    select(shown, "A000001")
    shown.case.head.act("begin", "approve")
    assert 'data-ebid-action="confirm-yes"' in shown.case.question.content
    select(shown, "A000002")
    assert shown.case.question not in shown.case.widget.children
    shown.case.question.act("confirm-yes", "1")
    assert {place.application(n).state for n in (1, 2)} == {ApplicationState.PENDING}


def test_a_mail_that_changed_meanwhile_is_shown_again_and_says_so(place: Place) -> None:
    shown = screen(place, 1, 2)
    select(shown, "A000001")
    shown.case.head.act("begin", "reject")
    submit(shown, reasons=place.office.reasons.codes()[0], note="")
    case = shown.case._case
    assert case.pending is not None
    assert case.pending.draft is not None
    case.pending = replace(case.pending, draft=replace(case.pending.draft, body="before"))
    press_button(shown.case.question, "confirm-yes")
    assert place.application(1).state is ApplicationState.PENDING
    assert ERRORS["mail-changed"] in shown.case.question.content
    assert 'data-testid="mail-body"' in shown.case.question.content


def test_what_is_wrong_with_a_form_is_said_once(place: Place) -> None:
    shown = screen(place, 1)
    select(shown, "A000001")
    shown.case.head.act("begin", "reject")
    submit(shown, reasons="", note="")
    assert shown.case.form is not None
    [said] = shown.case.form.errors.values()
    assert said == "選ばれていません。一つ以上選んでください。"
    assert said not in shown.case.question.content
    assert ERRORS["reason-missing"] not in shown.case.question.content


def test_a_reason_carries_the_hint_for_the_reviewer(place: Place) -> None:
    shown = screen(place, 1)
    select(shown, "A000001")
    shown.case.head.act("begin", "reject")
    assert shown.case.form is not None
    [reasons] = [row for row in shown.case.form.rows if row["key"] == "reasons"]
    hints = {code: place.office.reasons.hint(code) for code in place.office.reasons.codes()}
    assert any(hints.values())
    assert all(hints[code] in label for code, label in reasons["options"])


def test_a_count_filters_the_list(place: Place) -> None:
    shown = screen(place, 1)
    shown.counts.act("state", "approved")
    assert shown.table.page.rows == []
    shown.counts.act("state", "pending")
    assert [row.id for row in shown.table.page.rows] == ["A000001"]


def test_nothing_about_a_person_is_synced_state(place: Place) -> None:
    shown = screen(place, 1, 2)
    select(shown, "A000001")
    for action in ("approve", "reject", "inquire", "note"):
        shown.case.head.act("begin", action)
        states = json.dumps([state_of(widget) for widget in below(shown.widget)], default=str)
        for secret in (
            builders.trade_name(1),
            builders.contact(1).person,
            builders.contact(1).phone,
            "A000001",
        ):
            assert secret not in states
        shown.case.question.act("cancel")


def below(widget: Widget) -> list[Widget]:
    children = getattr(widget, "children", ())
    return [widget, *(one for child in children for one in below(child))]


def state_of(widget: Widget) -> dict[str, Any]:
    state: dict[str, Any] = widget.get_state()
    return state


def test_the_next_button_opens_the_oldest_waiting_case(place: Place) -> None:
    shown = screen(place, 1, 2)
    shown.case.head.act("next")
    assert 'data-number="A000001"' in shown.case.head.content
    shown.case.head.act("close")
    assert "data-number" not in shown.case.head.content


def keys_of(markup: str) -> list[str]:
    return re.findall(r'data-ebid-key="([A-Z])"', markup)


def test_every_step_has_a_key_of_its_own_and_the_help_line_tells_all(place: Place) -> None:
    shown = screen(place, 1)
    select(shown, "A000001")
    told = re.findall(r"<kbd>Alt\+([A-Z])</kbd>", case_keys.help_line())
    assert len(told) == len(set(told))
    offered = keys_of(shown.case.head.content)
    assert {"A", "R", "I", "W", "N", "J", "L", "X"} <= set(offered) <= set(told)
    assert len(offered) == len(set(offered))
    shown.case.head.act("begin", "reject")
    assert shown.case.form is not None
    form = [button["shortcut"].upper() for button in shown.case.form.buttons]
    submit(shown, reasons=place.office.reasons.codes()[0], note="")
    preview = keys_of(shown.case.question.content)
    assert preview == ["Y", "B", "C"]
    assert set(form) | set(preview) <= set(told)
    assert "Y" not in form, "the key that calls the mail up must not confirm it when it is pressed twice"
    assert "Y" not in offered
    assert {shown.table.key, shown.table.search_key} <= set(told)


def test_a_closed_case_gives_the_keyboard_back_to_its_row(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = screen(place, 1, 2)
    select(shown, "A000002")
    sent = sent_by(shown.table, monkeypatch)
    shown.case.head.act("close")
    assert sent[-1] == {"type": "focus", "id": "A000002"}


def test_a_bulk_approval_lists_every_company_and_says_what_became_of_each(place: Place) -> None:
    shown = screen(place, 1, 2, 3)
    select(shown, "A000003")
    shown.bulk.act("bulk-begin")
    assert "data-number" not in shown.case.head.content, "one question stands open at a time"
    for n in (1, 2, 3):
        assert builders.trade_name(n) in shown.bulk.content
        assert f'data-testid="bulk-drop-A{n:06d}"' in shown.bulk.content
        assert builders.contact(n).email in shown.bulk.content
    assert keys_of(shown.bulk.content) == ["Y", "C"]
    shown.bulk.act("bulk-drop", "A000002")
    assert "A000002" not in shown.bulk.content
    other = Staff("suzuki", ALL_ROLES)
    application_review.reject(
        place.office,
        staff=other,
        number=builders.application_number(3),
        version=1,
        reasons=(place.office.reasons.codes()[0],),
    )
    press_button(shown.bulk, "bulk-yes")
    assert [place.application(n).state for n in (1, 2, 3)] == [
        ApplicationState.APPROVED,
        ApplicationState.PENDING,
        ApplicationState.REJECTED,
    ]
    assert "1件を承認しました" in shown.bulk.content
    assert f"{builders.trade_name(3)}(受付番号 A000003)" in shown.bulk.content
    assert "suzukiさん" in shown.bulk.content
    assert keys_of(shown.bulk.content) == ["M"]
    assert [row.id for row in shown.table.page.rows] == ["A000002"]
    assert len(place.letters()) == 1 + 1, "both mails left, the other person's as well"


def test_a_bulk_approval_goes_away_when_a_case_is_opened(place: Place) -> None:
    shown = screen(place, 1, 2)
    shown.bulk.act("bulk-begin")
    select(shown, "A000001")
    assert "bulk-yes" not in shown.bulk.content
    shown.bulk.act("bulk-yes", "1")
    assert {place.application(n).state for n in (1, 2)} == {ApplicationState.PENDING}


def test_a_bulk_approval_without_a_case_says_so(place: Place) -> None:
    shown = opened(place)
    shown.bulk.act("bulk-begin")
    assert "まとめて承認できる申請はありません" in shown.bulk.content
    shown.bulk.act("bulk-begin")
    shown.bulk.act("bulk-cancel")
    assert "まとめて承認できる申請はありません" not in shown.bulk.content


def test_what_nobody_looked_at_is_counted_apart(place: Place) -> None:
    screen(place, 1, 2)
    office = replace(place.office, settings=replace(place.office.settings, auto_approve=True))
    application_review.approve(
        place.office, staff=place.staff, number=builders.application_number(1), version=1
    )
    assert "承認 1件<" in shown_counts(place)
    auto_approval.approve_plain(office, staff=place.staff, reader=place.queue_reader)
    assert "承認 2件(うち所見なし自動承認 1件)" in shown_counts(place)
    queue = ReviewQueue(place.office, staff=place.staff, reader=place.queue_reader)
    queue.open("A000002")
    view = view_of(queue.case)
    assert view is not None
    assert "所見なし自動承認" in str(view.decision)


def shown_counts(place: Place) -> str:
    return opened(place).counts.content


def stand(shown: ReviewQueueScreen, **asked: Any) -> None:
    """What the browser asks for."""
    query = {
        "sort": "applied",
        "descending": False,
        "search": "",
        "filters": {"state": "open"},
        "direction": "first",
    }
    shown.table.receive({"type": "query", "client": "c", "seq": 1, **query, **asked})


def test_whoever_comes_back_stands_where_they_stood(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(review_queue, "PAGE_SIZE", 2)
    shown = screen(place, 1, 2, 3, 4, 5)
    stand(shown, sort="number", descending=True)
    stand(shown, sort="number", descending=True, direction="next")
    before = [row.id for row in shown.table.page.rows]
    assert before == ["A000003", "A000002"]
    select(shown, "A000002")
    again = opened(place)
    assert [row.id for row in again.table.page.rows] == before
    assert (again.table.request.sort, again.table.request.descending) == ("number", True)
    assert 'data-number="A000002"' in again.case.head.content
    other = opened(place, Staff("suzuki", ALL_ROLES))
    assert [row.id for row in other.table.page.rows] == ["A000001", "A000002"]


def test_a_case_whose_lease_is_over_is_not_taken_again(place: Place) -> None:
    select(screen(place, 1, 2), "A000002")
    place.clock.advance(place.office.settings.lease)
    again = opened(place)
    assert "data-number" not in again.case.head.content
    assert {row.cells["holder"] for row in again.table.page.rows} == {""}


def test_a_page_behind_which_all_was_decided_gives_way_to_the_first(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(review_queue, "PAGE_SIZE", 2)
    shown = screen(place, 1, 2, 3)
    stand(shown)
    stand(shown, direction="next")
    assert [row.id for row in shown.table.page.rows] == ["A000003"]
    number = builders.application_number(3)
    application_review.approve(place.office, staff=place.staff, number=number, version=1)
    assert [row.id for row in opened(place).table.page.rows] == ["A000001", "A000002"]


def test_what_the_list_no_longer_offers_is_left_out(place: Place) -> None:
    screen(place, 1)
    odd = QueueView(
        sort="colour", search="商会", filters={"state": "open", "finding": "no-such", "old": "1"}, cursor="x"
    )
    place.queue_views.keep("tanaka", PLACE, odd, at=place.clock.now())
    again = opened(place)
    assert dict(again.table.request.filters) == {"state": "open"}
    assert (again.table.request.sort, again.table.request.search) == ("applied", "商会")
    assert [row.id for row in again.table.page.rows] == ["A000001"]
    spoiled = QueueView(sort="applied", filters={"state": "open"}, cursor="applied-at:asc:0:A999999")
    place.queue_views.keep("tanaka", PLACE, spoiled, at=place.clock.now())
    assert [row.id for row in opened(place).table.page.rows] == ["A000001"]


def test_a_view_is_kept_under_a_name_used_and_dropped(place: Place) -> None:
    shown = screen(place, 1, 2)
    stand(shown, search="商会01", filters={"state": "pending"})
    shown.views.panel.act("view-save")
    assert shown.views.form is not None
    name_it(shown, "  ")
    assert "入力されていません" in shown.views.form.errors["view_name"]
    name_it(shown, "商" * 41)
    assert "40文字以内" in shown.views.form.errors["view_name"]
    name_it(shown, " 一号の  商会 ")
    assert "「一号の 商会」として保存しました" in shown.views.panel.content
    again = opened(place)
    stand(again)
    assert len(again.table.page.rows) == 2
    again.views.panel.act("view-use", "一号の 商会")
    assert [row.id for row in again.table.page.rows] == ["A000001"]
    assert again.table.request.search == "商会01"
    assert "一号の 商会" not in opened(place, Staff("suzuki", ALL_ROLES)).views.panel.content
    again.views.panel.act("view-drop", "一号の 商会")
    assert "view-use" not in opened(place).views.panel.content


def name_it(shown: ReviewQueueScreen, name: str) -> None:
    assert shown.views.form is not None
    message = {"type": "submit", "button": "go", "values": {"view_name": name}, "secrets": []}
    shown.views.form.receive(message, [])
