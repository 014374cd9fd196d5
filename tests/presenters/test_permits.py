"""Paper permits on the screen: the list, a paper recorded and decided for the company beside it, its letter, what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest

from ebidadmin.domain.permit_remarks import PermitRemark
from ebidadmin.domain.permits import DocumentNumber, PaperChannel, PermitState
from ebidadmin.presenters.notices import Notice
from ebidadmin.presenters.open_permit import OpenPermit
from ebidadmin.presenters.permit_steps import Step
from ebidadmin.presenters.permit_view import PermitView
from ebidadmin.presenters.permits import ListRequest, Permits
from ebidadmin.services import permits as service
from ebidadmin.text import permit_screen as words
from tests import builders
from tests.builders import AUDITOR, HELPER, SUZUKI, TODAY
from tests.persistence.office import stored_permit
from tests.presenters.office import Place
from tests.presenters.permits_desk import granted, recorded, screen, stored

PAPER = {
    "supplier_number": "190000092",
    "applicant": "(株)テスト商会92",
    "received": "令和8年10月5日",
    "channel": "fax",
    "reply_channel": "post",
    "note": "",
}


@pytest.fixture
def counter(place: Place) -> Place:
    place.register(91, 92, 93)
    return place


def step_of(one: OpenPermit) -> Step:
    assert one.step is not None, one.notice
    return one.step


def view_of(one: OpenPermit) -> PermitView:
    assert one.view is not None, one.notice
    return one.view


def said(one: OpenPermit) -> Notice:
    assert one.notice is not None
    return one.notice


def begun(state: Permits, number: str, verb: str) -> OpenPermit:
    state.open(number)
    state.one.begin(verb)
    return state.one


class TestList:
    def test_a_row_names_company_state_number_and_dispatch(self, counter: Place) -> None:
        granted(counter)
        recorded(counter, 99)
        asked, decided = screen(counter).fetch(ListRequest()).lines
        assert (decided.number, decided.cells["name"]) == ("P000001", builders.trade_name(92))
        assert (decided.cells["document"], decided.cells["sent"]) == ("令和8年度第1号", "未発送")
        assert decided.badges["state"] == (("許可", "success"),)
        assert (asked.cells["document"], asked.cells["sent"]) == ("決定前", "—")
        # Nobody has checked a name that is only on the paper.
        assert asked.cells["name"] == f"(申請書の記載){builders.trade_name(99)}"

    @pytest.mark.parametrize(
        ("request_", "numbers"),
        [
            (ListRequest(filters={"state": "granted"}), ["P000001"]),
            (ListRequest(filters={"sent": "waiting"}), ["P000001"]),
            (ListRequest(filters={"sent": "sent"}), []),
            (ListRequest(filters={"validity": "in-force"}), ["P000001"]),
            (ListRequest(filters={"channel": "post"}), ["P000002"]),
            (ListRequest(filters={"year": "2026"}), ["P000001"]),
            (ListRequest(search="令和8年度第1号"), ["P000001"]),
            (ListRequest(search="㈱テスト商会93"), ["P000002"]),
            (ListRequest(sort="supplier", descending=False), ["P000001", "P000002"]),
        ],
    )
    def test_filters_search_and_order_reach_the_list(
        self, counter: Place, request_: ListRequest, numbers: list[str]
    ) -> None:
        granted(counter, 92)
        recorded(counter, 93, channel=PaperChannel.POST)
        found = screen(counter).fetch(request_)
        assert [line.number for line in found.lines] == numbers
        assert found.total == len(numbers)

    def test_counts_and_years_on_offer(self, counter: Place) -> None:
        granted(counter)
        state = screen(counter)
        assert [(one.label, one.count) for one in state.counts()][:2] == [("申請受付", 0), ("許可", 1)]
        (years,) = [options for key, _, options in state.filters() if key == "year"]
        assert years == (("2026", "令和8年度"),)

    def test_whoever_may_not_read_is_told_so(self, counter: Place) -> None:
        recorded(counter)
        state = screen(counter, HELPER)
        assert state.fetch(ListRequest()).lines == ()
        assert state.notice is not None
        assert "権限" in state.notice.text


class TestRecording:
    def test_a_paper_is_recorded_for_the_company_that_the_number_belongs_to(self, counter: Place) -> None:
        state = screen(counter)
        state.begin_record()
        one = state.one
        assert step_of(one).values == {"received": "2026/10/07"}
        assert one.owner_notice.text == words.OWNER_WAITING
        one.look_up("１９０００００９２")
        assert (one.owner_notice.tone, dict(one.register)["商号又は名称"]) == (
            "info",
            builders.trade_name(92),
        )
        assert one.submit(PAPER)
        permit = stored(counter, "P000001")
        assert (permit.received, permit.channel, permit.reply_channel) == (
            date(2026, 10, 5),
            PaperChannel.FAX,
            PaperChannel.POST,
        )
        assert one.number == "P000001"
        assert said(one).text == "(株)テスト商会92(業者番号 190000092、P000001)を記録しました。"

    def test_a_number_that_nobody_has_or_that_has_permits_is_remarked(self, counter: Place) -> None:
        granted(counter)
        state = screen(counter)
        state.begin_record()
        state.one.look_up("190000999")
        assert (state.one.owner_notice.tone, state.one.register) == ("warning", ())
        state.one.look_up("190000092")
        assert state.one.owner_notice.items == (words.OWNER_PERMITS.format(count=1),)

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"supplier_number": "19000009"}, "supplier_number"),
            ({"supplier_number": ""}, "supplier_number"),
            ({"received": ""}, "received"),
            ({"received": "2026/13/1"}, "received"),
            ({"received": "2026/10/8"}, "received"),
            ({"channel": ""}, "channel"),
        ],
    )
    def test_what_is_wrong_stands_at_its_field_and_nothing_is_recorded(
        self, counter: Place, changes: Mapping[str, str], field: str
    ) -> None:
        state = screen(counter)
        state.begin_record()
        assert not state.one.submit({**PAPER, **changes})
        assert set(state.one.errors) == {field}
        assert state.one.step is not None
        assert state.fetch(ListRequest()).lines == ()

    def test_whoever_may_not_record_is_not_asked(self, counter: Place) -> None:
        state = screen(counter, AUDITOR)
        state.begin_record()
        assert state.one.step is None


class TestDeciding:
    def test_the_question_names_the_company_and_the_register_stands_beside(self, counter: Place) -> None:
        one = begun(screen(counter), recorded(counter).id, words.GRANT)
        step = step_of(one)
        assert step.question == "(株)テスト商会92(業者番号 190000092、P000001)に利用を許可します。"
        assert not step.checked
        assert step.values == {"valid_from": "2026/10/07", "valid_to": "2028/03/31"}
        assert dict(one.register)["住所"] == "山口県下関市南部町92番1号"
        assert "物品の販売" not in dict(one.register)
        assert [line.verdict for line in view_of(one).comparisons] == ["一致", "一致"]
        assert one.submit(step.values)
        permit = stored(counter, "P000001")
        assert (permit.state, permit.document) == (PermitState.GRANTED, DocumentNumber(2026, 1))
        assert "令和8年度第1号" in said(one).text
        assert len(view_of(one).eligibility.notice.items) == 1

    def test_eligibility_is_told_for_any_day_and_kept_while_one_looks(self, counter: Place) -> None:
        state = screen(counter)
        state.open(granted(counter).id)
        one = state.one
        assert (len(view_of(one).eligibility.notice.items), view_of(one).eligibility.today) == (1, True)
        one.show_day("2028-04-01")
        one.reload()
        # No ID, the permit over, the qualification over.
        assert (len(view_of(one).eligibility.notice.items), view_of(one).eligibility.day) == (3, "2028-04-01")
        one.show_day("x")
        assert said(one).tone == "error"
        one.show_day("")
        assert view_of(one).eligibility.today

    def test_the_wrong_company_is_not_granted_unread(self, counter: Place) -> None:
        """The paper is of supplier 92, but somebody wrote the number of supplier 93."""
        asked = recorded(counter, 93, applicant=builders.trade_name(92))
        one = begun(screen(counter), asked.id, words.GRANT)
        view, step = view_of(one), step_of(one)
        assert [line.verdict for line in view.comparisons] == ["一致", "不一致"]
        assert view.remarks is not None
        assert view.remarks.items == (words.REMARKS[PermitRemark.NAME_DIFFERS],)
        assert step.checked
        assert not one.submit(step.values)
        assert one.errors == {"checked": words.CHECK_MISSING}
        assert stored(counter, asked.id).state is PermitState.REQUESTED
        assert one.submit({**step.values, "checked": "1"})

    def test_reasons_that_belong_to_the_remarks_are_proposed(self, counter: Place) -> None:
        asked = recorded(counter, 99)
        one = begun(screen(counter), asked.id, words.REFUSE)
        assert step_of(one).values == {"reasons": "not-in-register"}
        proposed = [text for code, text in one.reason_choices if code == "not-in-register"]
        assert "候補" in proposed[0]
        assert not one.submit({"reasons": "", "note": ""})
        assert "reasons" in one.errors
        assert one.submit({"reasons": "not-in-register,other", "note": "電話で伝えた"})
        refused = stored(counter, asked.id)
        assert (refused.refusal_reasons, refused.reason) == (("not-in-register", "other"), "電話で伝えた")

    def test_a_supplier_outside_the_register_needs_a_last_day(self, counter: Place) -> None:
        one = begun(screen(counter), recorded(counter, 99).id, words.GRANT)
        values = {**step_of(one).values, "checked": "1"}
        assert not one.submit(values)
        assert set(one.errors) == {"valid_to"}
        assert one.submit({**values, "valid_to": "R9.3.31"})
        assert stored(counter, "P000001").valid_to == date(2027, 3, 31)

    def test_whoever_was_slower_is_told_who_was_faster_and_sees_it(self, counter: Place) -> None:
        asked = recorded(counter)
        one = begun(screen(counter), asked.id, words.GRANT)
        values = step_of(one).values
        service.refuse(counter.office, staff=SUZUKI, permit_id=asked.id, reasons=("other",))
        assert not one.submit(values)
        assert (said(one).tone, one.step) == ("error", None)
        assert "suzukiさんが2026/10/07 12:00に「不許可」にしました" in said(one).text
        assert view_of(one).state == "不許可"
        assert stored(counter, asked.id).state is PermitState.REFUSED

    def test_a_step_is_left_when_another_permit_is_opened(self, counter: Place) -> None:
        first, second = recorded(counter), recorded(counter, 93)
        state = screen(counter)
        one = begun(state, first.id, words.GRANT)
        state.open(second.id)
        assert (one.step, one.submit({})) == (None, False)
        assert stored(counter, second.id).state is PermitState.REQUESTED

    def test_verbs_are_those_of_the_state_and_of_the_person(self, counter: Place) -> None:
        state, looking = screen(counter), screen(counter, AUDITOR)
        for permit, verbs in (
            (recorded(counter), (words.GRANT, words.REFUSE, words.VOID)),
            (granted(counter), (words.LETTER, words.DISPATCH, words.WITHDRAW, words.VOID)),
        ):
            state.open(permit.id)
            assert state.one.verbs == verbs
            looking.open(permit.id)
            assert looking.one.verbs == ()
            looking.one.begin(words.VOID)
            assert looking.one.step is None


class TestAfterwards:
    def test_a_letter_is_looked_at_and_kept_for_saving(self, counter: Place) -> None:
        state = screen(counter)
        state.open(granted(counter).id)
        state.one.letter()
        paper = state.one.paper
        assert paper is not None
        assert (paper.pdf.decode(), paper.name) == (builders.trade_name(92), "通知書_令和8年度第1号.pdf")
        assert len(paper.pages) == 1
        state.one.reload()
        assert state.one.paper is None

    def test_a_letter_that_cannot_be_set_is_told(self, counter: Place) -> None:
        asked = recorded(counter, 99, applicant="外字")
        service.grant(counter.office, staff=counter.staff, permit_id=asked.id, valid_to=date(2028, 3, 31))
        state = screen(counter)
        state.open(asked.id)
        state.one.letter()
        assert (state.one.paper, said(state.one).tone) == (None, "error")

    def test_the_dispatch_is_entered_put_right_and_cancelled(self, counter: Place) -> None:
        permit = granted(counter)
        one = begun(screen(counter), permit.id, words.DISPATCH)
        assert step_of(one).values == {"day": "2026/10/07", "channel": "post"}
        assert not one.submit({"day": "2026/10/06", "channel": "post"})
        assert "決定より前" in said(one).text
        assert one.submit({"day": "", "channel": "post", "recipient": "", "note": ""})
        (row,) = view_of(one).dispatches
        assert row.cells[1:4] == ("2026/10/07", "郵送", builders.trade_name(92))
        one.begin(words.CORRECT, row.id)
        assert row.id in step_of(one).question
        assert not one.submit({"day": "", "channel": "fax", "note": ""})
        assert "note" in one.errors
        assert one.submit({"day": "", "channel": "fax", "note": "FAXで送った"})
        wrong, right = view_of(one).dispatches
        assert (wrong.open, right.open, wrong.cells[5]) == (False, True, f"{right.id}で訂正済み")
        one.begin(words.CANCEL, wrong.id)
        assert one.step is None
        one.begin(words.CANCEL, right.id)
        assert one.submit({"note": "送っていない"})
        assert [shown.cells[4] for shown in view_of(one).dispatches][-1] == "取消(発送なし)"

    def test_withdrawing_leaves_the_days_before_and_voiding_none(self, counter: Place) -> None:
        one = begun(screen(counter), granted(counter).id, words.WITHDRAW)
        assert not one.submit({"reason": "", "withdrawn_from": "2026/10/07"})
        assert set(one.errors) == {"reason"}
        assert not one.submit({"reason": "申出", "withdrawn_from": "2026/10/06"})
        assert set(one.errors) == {"withdrawn_from"}
        assert one.submit({"reason": "申出", "withdrawn_from": "2026/11/1"})
        assert dict(view_of(one).facts)["取消"] == "2026/11/01から: 申出"
        assert one.verbs == (words.DISPATCH,)
        other = begun(screen(counter), granted(counter, 93).id, words.VOID)
        assert "欠番" in step_of(other).question
        assert other.submit({"reason": "別の業者だった"})
        assert "(欠番)" in dict(view_of(other).facts)["文書番号"]
        assert not stored(counter, "P000002").in_force(TODAY)


def test_a_permit_without_a_number_has_no_letter(place: Place) -> None:
    old = replace(builders.permit(92), document=None, decided_at=None, decided_by=None)
    with place.office.uow() as uow:
        uow.record(stored_permit(old))
        uow.commit()
    state = screen(place)
    state.open(old.id)
    assert state.one.verbs == (words.WITHDRAW, words.VOID)
