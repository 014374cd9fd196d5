"""The screen of registrations: the follow-up list, the search, one supplier's page, and resolving exactly the item that was seen."""

from __future__ import annotations

import pytest

from ebidadmin.domain.eligibility import Basis, Lack
from ebidadmin.domain.events import EventTag
from ebidadmin.domain.followups import FollowUpState
from ebidadmin.domain.ids import FollowUpId
from ebidadmin.domain.staff import Role, Staff
from ebidadmin.presenters.id_desk import IdDesk
from ebidadmin.presenters.registrations import Pending, Registrations, Row
from ebidadmin.presenters.supplier_view import SupplierView
from ebidadmin.services import application_review, follow_up, id_desk
from ebidadmin.text import labels
from ebidadmin.text import registrations as words
from ebidadmin.text.eligibility import BASES, LACKS
from tests import builders
from tests.cards.office import Bench, raw_card_form
from tests.presenters.office import Place

NUMBERS = (91, 92, 93)
REVIEWER = Staff("tanaka", frozenset({Role.REVIEWER, Role.HELP_DESK}))


@pytest.fixture
def counter(place: Place) -> Place:
    """Three suppliers; the second one has registered a card of another company, with another holder."""
    place.register(*NUMBERS)
    register_card(place, 92)
    return place


def register_card(place: Place, n: int) -> None:
    bench = Bench(place.office, staff=place.staff)
    bench.insert(n, company_name="テスト用団体", holder_name="関西局入札担当官1")
    session = bench.ready(bench.prove(bench.start()))
    bench.register(bench.enter(bench.search(session, n), raw_card_form()))


def screen(place: Place, staff: Staff | None = None) -> Registrations:
    acting = staff or place.staff
    return Registrations(
        place.office,
        staff=acting,
        register_reader=place.register_reader,
        desk=IdDesk(place.office, staff=acting, letter=lambda _one, _record, code: bytes(code)),
    )


def items(state: Registrations, chosen: str = "open", **more: str) -> tuple[Row, ...]:
    asked = {"supplier": "", "after": "", "before": "", **more}
    return state.follow_ups(state=chosen, size=20, **asked).rows


def seen(state: Registrations) -> SupplierView:
    assert state.view is not None, state.notice
    return state.view


def waiting(state: Registrations) -> Pending | None:
    return state.pending


def test_the_list_names_the_supplier_and_what_there_is_to_look_at(counter: Place) -> None:
    rows = items(screen(counter))
    assert [row.cells["what"] for row in rows] == ["企業名称の相違", "ICカード取得者の相違"]
    assert {row.cells["supplier"] for row in rows} == {"190000092"}
    assert {row.cells["name"] for row in rows} == {builders.trade_name(92)}
    assert {(row.cells["kind"], row.state, row.tone) for row in rows} == {("ICカード", "未確認", "warning")}


def test_the_list_is_searched_by_how_a_number_begins_in_any_width(counter: Place) -> None:
    state = screen(counter)
    assert len(items(state, supplier="19000009")) == 2
    assert len(items(state, supplier=" 190000092 ")) == 2
    assert items(state, supplier="190000093") == ()
    assert items(state, chosen="done") == ()


def test_pages_of_the_list_lead_forth_and_back(counter: Place) -> None:
    state = screen(counter)
    first = state.follow_ups(state="", supplier="", after="", before="", size=1)
    assert (len(first.rows), first.earlier, first.later) == (1, False, True)
    second = state.follow_ups(state="", supplier="", after=first.rows[0].key, before="", size=1)
    assert (second.earlier, second.later) == (True, False)
    again = state.follow_ups(state="", supplier="", after="", before=second.rows[0].key, size=1)
    assert again.rows == first.rows
    assert (again.earlier, again.later) == (False, True)


def test_suppliers_are_found_by_name_and_number(counter: Place) -> None:
    state = screen(counter)
    assert [row.key for row in state.suppliers(search="", after="", size=2).rows] == [
        "190000091",
        "190000092",
    ]
    assert [row.key for row in state.suppliers(search="190000093", after="", size=20).rows] == ["190000093"]
    assert len(state.suppliers(search=builders.trade_name(92), after="", size=20).rows) == 1
    page = state.suppliers(search="", after="190000092", size=20)
    assert ([row.key for row in page.rows], page.earlier, page.later) == (["190000093"], True, False)


def test_an_item_opens_the_page_of_its_supplier(counter: Place) -> None:
    state = screen(counter)
    state.open_item(items(state)[0].key)
    view = seen(state)
    assert view.title == f"190000092 {builders.trade_name(92)}"
    assert len(view.enterprise_id) == 16
    assert [line.open for line in view.follow_ups] == [True, True]
    assert "テスト用団体" in view.follow_ups[0].cells[3]
    (card,) = view.cards
    assert (card[1], card[4]) == ("利用中", "テスト用団体")
    assert view.eligibility.notice.tone == "warning"
    assert view.eligibility.notice.items == tuple(f"{LACKS[lack]}。" for lack in (Lack.ID, Lack.PERMIT))
    assert [row[0] for row in view.mails] == ["登録完了(ICカード)"]
    happened = [row[2] for row in view.events]
    assert labels.EVENTS[EventTag.CARD_REGISTERED] in happened
    assert happened.index(labels.EVENTS[EventTag.CARD_REGISTERED]) > 0


def test_the_page_shows_permit_application_and_id_and_who_is_eligible(counter: Place) -> None:
    counter.permit(93)
    counter.submit(93)
    state = screen(counter)
    state.open("190000093")
    assert (len(seen(state).permits), len(seen(state).applications)) == (1, 1)
    assert seen(state).enterprise_id == words.NO_ENTERPRISE
    application_review.approve(
        counter.office,
        staff=counter.staff,
        number=builders.application_number(93),
        version=1,
        accepted={},
    )
    state.reload()
    assert seen(state).eligibility.notice.tone == "success"
    (identified,) = seen(state).identified
    assert identified[1] == "利用中"
    assert all(builders.SAMPLE_HASH not in cell for cell in identified)


def approved(counter: Place, n: int) -> None:
    counter.permit(n)
    counter.submit(n)
    application_review.approve(
        counter.office,
        staff=counter.staff,
        number=builders.application_number(n),
        version=1,
        accepted={},
    )


def test_a_cancelled_id_is_told_with_when_by_whom_and_why(counter: Place) -> None:
    approved(counter, 93)
    id_desk.cancel(
        counter.office,
        staff=counter.staff,
        application=builders.application_number(93),
        version=1,
        reason="廃業の届出",
    )
    state = screen(counter)
    state.open("190000093")
    assert seen(state).eligibility.notice.items == (
        "IDが取り消されています(2026/10/07 12:00 tanaka、理由: 廃業の届出)。",
    )


def test_another_day_is_asked_for_and_kept_until_another_supplier_is_opened(counter: Place) -> None:
    approved(counter, 93)
    state = screen(counter)
    state.open("190000093")
    assert (seen(state).eligibility.day, seen(state).eligibility.today) == ("2026-10-07", True)
    state.show_day("2028-04-01")
    state.reload()
    told = seen(state).eligibility
    assert (told.day, told.today, told.basis) == ("2028-04-01", False, BASES[Basis.LATER])
    assert told.notice.items == (
        "許可の有効期間が終わっています(2028/03/31まで)。",
        "資格の有効期間が終わっています(2028/03/31まで)。",
    )
    state.show_day("2026-10-06")
    told = seen(state).eligibility
    assert (told.notice.items, told.basis) == (
        ("承認されたIDがありません。",),
        BASES[Basis.REGISTER_NOW],
    )
    state.open("190000092")
    assert seen(state).eligibility.today
    state.open("190000093")
    state.show_day("2028-04-01")
    state.show_day(" ")
    assert seen(state).eligibility.today


@pytest.mark.parametrize("text", ["2026-02-30", "あした", "2026/10/07"])
def test_what_is_no_day_is_refused_and_the_page_stays(counter: Place, text: str) -> None:
    state = screen(counter)
    state.open("190000092")
    state.show_day(text)
    assert seen(state).eligibility.today
    assert state.notice is not None
    assert (state.notice.tone, text in state.notice.text) == ("error", True)


def test_a_number_of_which_there_is_nothing_is_told(counter: Place) -> None:
    state = screen(counter)
    state.open("999999999")
    assert state.view is None
    assert state.notice is not None
    assert "999999999" in state.notice.text


def test_resolving_needs_a_word_and_names_the_supplier(counter: Place) -> None:
    state = screen(counter)
    number = items(state)[0].key
    state.open_item(number)
    state.begin(number)
    pending = waiting(state)
    assert pending is not None
    assert builders.trade_name(92) in pending.title
    state.resolve("  ")
    assert state.errors == {"note": words.NOTE_MISSING}
    state.resolve("代表者に電話で確認。委任状あり。")
    assert waiting(state) is None
    assert state.notice is not None
    assert (state.notice.tone, number in state.notice.text) == ("success", True)
    closed = next(line for line in seen(state).follow_ups if line.number == number)
    assert (closed.open, closed.cells[1]) == (False, "確認済み")
    assert "代表者に電話で確認。委任状あり。" in closed.cells[5]
    assert [row.key for row in items(state, chosen="done")] == [number]


def test_an_item_that_somebody_else_resolved_meanwhile_is_not_resolved_again(counter: Place) -> None:
    state = screen(counter)
    number = items(state)[0].key
    state.open_item(number)
    state.begin(number)
    other = Staff("sato", counter.staff.roles)
    follow_up.resolve(counter.office, staff=other, follow_up=FollowUpId(number), version=1, note="先に確認")
    state.resolve("わたしも確認")
    assert state.notice is not None
    assert state.notice.tone == "error"
    with counter.office.uow() as uow:
        kept = uow.follow_ups.get(FollowUpId(number))
    assert (kept.state, kept.closed_by, kept.note) == (FollowUpState.DONE, "sato", "先に確認")


def test_whoever_only_reads_sees_no_way_to_resolve(counter: Place) -> None:
    reader = Staff("suzuki", frozenset({Role.AUDITOR}))
    state = screen(counter, reader)
    number = items(state)[0].key
    state.open_item(number)
    state.begin(number)
    assert (state.may_resolve, state.pending) == (False, None)


def test_whoever_may_not_read_is_refused(counter: Place) -> None:
    state = screen(counter, Staff("nobody", frozenset()))
    assert items(state) == ()
    assert state.notice is not None
    state.open("190000092")
    assert state.view is None
