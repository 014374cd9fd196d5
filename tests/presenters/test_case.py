"""The case: what it shows, what can be begun, and that a decision concerns what its confirmation named."""

from __future__ import annotations

import email
from dataclasses import replace
from datetime import timedelta
from email.policy import default

import pytest

from ebidadmin.domain.applications import ApplicationState
from ebidadmin.domain.ids import ApplicationNumber
from ebidadmin.domain.mails import MailKind, MailState
from ebidadmin.domain.staff import Role, Staff
from ebidadmin.presenters.case import CasePresenter
from ebidadmin.presenters.case_actions import Action, Stage
from ebidadmin.presenters.case_view import view_of
from ebidadmin.presenters.eligibility_line import EligibilityLine
from ebidadmin.screens.case_forms import preview
from ebidadmin.services import application_review
from ebidadmin.text import labels
from tests import builders
from tests.presenters.office import Place

NUMBER = builders.application_number(1)
SUZUKI = Staff("suzuki", frozenset({Role.REVIEWER}))


def opened(place: Place, n: int = 1) -> CasePresenter:
    case = CasePresenter(place.office, staff=place.staff)
    case.open(builders.application_number(n))
    return case


def ready(place: Place, *numbers: int) -> None:
    """Suppliers against whom nothing stands."""
    place.register(*numbers)
    place.permit(*numbers)
    for n in numbers:
        place.submit(n)


def enabled(case: CasePresenter) -> set[Action]:
    return {one.action for one in case.actions() if one.enabled}


def test_opening_leases_the_case_and_closing_gives_it_back(place: Place) -> None:
    ready(place, 1)
    case = opened(place)
    assert case.held_by_me
    case.close()
    file = application_review.dossier(place.office, staff=place.staff, number=NUMBER)
    assert file.claim is not None
    assert file.claim.holder is None


def test_every_field_stands_beside_the_register_with_its_class(place: Place) -> None:
    ready(place, 1)
    view = view_of(opened(place))
    assert view is not None
    lines = {line.label: line for line in view.comparisons}
    assert len(lines) == len(view.comparisons) == 20, "no two fields have the same label"
    assert "代表窓口 連絡先氏名" in lines
    assert view.comparisons[0].verdict == "一致"
    assert {line.verdict for line in view.comparisons} <= {
        "",
        "一致",
        "全半角・記号のみ",
        "法人格の表記",
        "異体字",
        "前方一致(切れ)",
        "不一致",
    }
    assert view.permits
    assert view.history


def test_the_case_tells_for_any_day_who_may_take_part_in_quotations(place: Place) -> None:
    ready(place, 1, 2)
    case = opened(place)

    def told() -> EligibilityLine:
        view = view_of(case)
        assert view is not None
        return view.eligibility

    assert told().notice.items == ("承認されたIDがありません。",)
    case.begin(Action.REJECT)
    case.show_day("2028-04-01")
    assert (told().day, len(told().notice.items), told().today) == ("2028-04-01", 3, False)
    assert case.pending is not None, "what was begun stays"
    case.show_day("soon")
    assert (told().day, case.notice is not None) == ("2028-04-01", True)
    case.open(builders.application_number(2))
    assert told().today


def test_a_block_disables_approval_and_says_why(place: Place) -> None:
    place.register(1)
    place.submit(1)
    case = opened(place)
    assert Action.APPROVE not in enabled(case)
    case.begin(Action.APPROVE)
    assert case.pending is None
    assert case.notice is not None
    assert case.notice.items


def test_approval_without_warnings_shows_the_mail_at_once(place: Place) -> None:
    ready(place, 1)
    case = opened(place)
    case.begin(Action.APPROVE)
    assert case.pending is not None
    assert case.pending.stage is Stage.CONFIRM
    assert builders.trade_name(1) in case.pending.question
    assert NUMBER in case.pending.question
    assert case.confirm() is not None
    assert place.application(1).state is ApplicationState.APPROVED


def test_the_rejection_mail_is_the_one_shown_byte_for_byte(place: Place) -> None:
    ready(place, 1)
    case = opened(place)
    reason = case.reason_choices[0][0]
    case.begin(Action.REJECT)
    case.submit({"reasons": reason, "note": "書類を添えてください。"})
    assert case.pending is not None
    draft = case.pending.draft
    assert draft is not None
    case.confirm()
    (letter,) = place.letters()
    message = email.message_from_bytes(letter.read_bytes(), policy=default)
    body = message.get_body()
    assert body is not None
    assert body.get_content().replace("\r\n", "\n") == draft.body
    assert message["Subject"] == draft.subject
    assert case.file is not None
    assert [mail.state for mail in case.file.mails] == [MailState.SENT]
    assert case.notice is not None
    assert "送信済み" in case.notice.items[0]


def test_rejection_needs_a_reason_and_says_so_at_the_field(place: Place) -> None:
    ready(place, 1)
    case = opened(place)
    case.begin(Action.REJECT)
    case.submit({"reasons": "", "note": ""})
    assert case.pending is not None
    assert case.pending.stage is Stage.FORM
    assert "reasons" in case.pending.errors
    assert case.confirm() is None
    assert place.application(1).state is ApplicationState.PENDING


@pytest.mark.parametrize(
    ("action", "where"), [(Action.REJECT, "note"), (Action.INQUIRE, "text")], ids=["reject", "inquire"]
)
@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("〇八三の二三一の〇〇〇一に電話しました", "main_contact.phone"),
        ("所在地は南部町一番の一と\n登記にあります", "main_contact.address"),
        ("acceptor1(at)example.co.jp は誤りですか", "applicant_contact.email"),
        ("ＳＨＯＵＫＡＩ０００１は使えません", "user_id"),
    ],
)
def test_a_text_for_the_mail_that_quotes_an_entered_value_is_refused_at_its_field(
    place: Place, action: Action, where: str, text: str, key: str
) -> None:
    ready(place, 1)
    case = opened(place)
    case.begin(action)
    case.submit({"reasons": case.reason_choices[0][0], where: text})
    assert case.pending is not None
    assert (case.pending.stage, case.pending.draft) == (Stage.FORM, None)
    assert f"{labels.field_name(key)}の内容が含まれています。" in case.pending.errors[where]
    assert case.confirm() is None
    assert place.application(1).state is ApplicationState.PENDING
    assert place.letters() == []


def test_suggested_reasons_are_marked_and_none_is_chosen(place: Place) -> None:
    place.register(1)
    place.submit(1)
    case = opened(place)
    marked = [label for _, label in case.reason_choices if "所見から候補" in label]
    assert marked
    case.begin(Action.REJECT)
    assert case.pending is not None
    assert case.pending.reasons == ()


def test_warnings_are_accepted_one_by_one_with_a_word(place: Place) -> None:
    ready(place, 1)
    other = builders.application(2, number=builders.application_number(2))
    shared = replace(
        other.form, main_contact=replace(other.form.main_contact, email=builders.contact(1).email)
    )
    place.permit(2)
    place.submit(2, entered=shared)
    case = opened(place)
    case.begin(Action.APPROVE)
    assert case.pending is not None
    assert case.pending.stage is Stage.FORM
    case.submit({"accept.shared-contact": " "})
    assert set(case.pending.errors) == {"accept.shared-contact"}
    case.submit({"accept.shared-contact": "同じ担当者"})
    assert case.confirm() is not None, "the words were taken and the mail was shown"
    decision = place.application(1).decision
    assert decision is not None
    assert decision.accepted == {"shared-contact": "同じ担当者"}


def test_a_warning_that_changed_while_it_was_accepted_is_read_again(place: Place) -> None:
    ready(place, 1)
    place.permit(2, 3)
    other = builders.form(2)
    mail = builders.contact(1).email
    place.submit(2, entered=replace(other, main_contact=replace(other.main_contact, email=mail)))
    case = opened(place)
    case.begin(Action.APPROVE)
    case.submit({"accept.shared-contact": "同じ担当者"})
    third = builders.form(3)
    place.submit(3, entered=replace(third, main_contact=replace(third.main_contact, email=mail)))
    assert case.confirm() is None
    assert case.pending is None
    assert case.notice is not None
    assert "所見" in case.notice.text
    assert place.application(1).state is ApplicationState.PENDING
    case.begin(Action.APPROVE)
    case.submit({"accept.shared-contact": "三社とも同じ担当者"})
    assert case.confirm() is not None


def test_another_persons_lease_is_shown_and_only_taken_over_on_purpose(place: Place) -> None:
    ready(place, 1)
    application_review.claim(place.office, staff=SUZUKI, number=NUMBER)
    case = opened(place)
    view = view_of(case)
    assert view is not None
    assert view.holder is not None
    assert "suzuki" in view.holder.text
    assert enabled(case) == {Action.NOTE}
    case.take_over()
    assert case.held_by_me
    assert Action.APPROVE in enabled(case)


def test_the_loser_of_a_race_learns_who_and_sees_the_case_as_it_is(place: Place) -> None:
    ready(place, 1)
    case = opened(place)
    case.begin(Action.APPROVE)
    application_review.reject(
        place.office,
        staff=SUZUKI,
        number=NUMBER,
        version=1,
        reasons=(case.reason_choices[0][0],),
        take_over=True,
    )
    assert case.confirm() is None
    assert case.notice is not None
    assert case.notice.tone == "error"
    assert "suzuki" in case.notice.text
    assert case.pending is None
    assert case.file is not None
    assert case.file.application.state is ApplicationState.REJECTED


@pytest.mark.parametrize("decided", [True, False])
def test_who_was_taken_over_keeps_the_confirmation_until_the_other_decides(
    place: Place, *, decided: bool
) -> None:
    ready(place, 1)
    case = opened(place)
    case.begin(Action.APPROVE)
    application_review.claim(place.office, staff=SUZUKI, number=NUMBER, take_over=True)
    if decided:
        application_review.reject(
            place.office, staff=SUZUKI, number=NUMBER, version=1, reasons=("other",), note=""
        )
    assert case.confirm() is None
    assert (case.pending is None) == decided
    assert case.notice is not None
    assert "suzuki" in case.notice.text


def test_opening_another_case_closes_the_confirmation(place: Place) -> None:
    ready(place, 1, 2)
    case = opened(place, 1)
    case.begin(Action.APPROVE)
    case.open(builders.application_number(2))
    assert case.pending is None
    assert case.confirm() is None
    assert place.application(1).state is ApplicationState.PENDING
    assert place.application(2).state is ApplicationState.PENDING


def test_a_mail_that_cannot_be_handed_over_does_not_undo_the_decision(place: Place) -> None:
    ready(place, 1)
    case = opened(place)
    case.begin(Action.APPROVE)
    place.mails.parent.mkdir(exist_ok=True)
    place.mails.write_text("a file stands where the folder should be")
    assert case.confirm() is not None
    assert place.application(1).state is ApplicationState.APPROVED
    assert case.notice is not None
    assert "再送待ち(送信フォルダーに書けない)" in " ".join(case.notice.items)
    view = view_of(case)
    assert view is not None
    assert [line[2] for line in view.mails] == ["再送待ち(送信フォルダーに書けない)"]


def test_an_inquiry_and_its_answer(place: Place) -> None:
    ready(place, 1)
    case = opened(place)
    case.begin(Action.INQUIRE)
    case.submit({"text": "支店の所在を教えてください。"})
    assert case.confirm() is not None
    assert place.application(1).state is ApplicationState.INQUIRED
    place.clock.advance(timedelta(days=1))
    case.begin(Action.ANSWER)
    assert case.submit({"text": "本店のみです。"}) is not None
    assert place.application(1).state is ApplicationState.PENDING
    view = view_of(case)
    assert view is not None
    assert [text for _, text in view.inquiries] == ["支店の所在を教えてください。", "本店のみです。"]


def test_a_note_stays_inside(place: Place) -> None:
    ready(place, 1)
    case = opened(place)
    case.begin(Action.NOTE)
    finished = case.submit({"text": "電話で確認済み"})
    assert finished is not None
    assert not finished.ends_work
    view = view_of(case)
    assert view is not None
    assert view.notes[0][1] == "電話で確認済み"
    assert place.letters() == []


def test_an_auditor_reads_and_changes_nothing(place: Place) -> None:
    ready(place, 1)
    case = CasePresenter(place.office, staff=builders.AUDITOR)
    case.open(NUMBER)
    assert view_of(case) is not None
    assert enabled(case) == set()
    assert not case.held_by_me


def test_a_case_that_is_not_there_is_a_notice(place: Place) -> None:
    case = CasePresenter(place.office, staff=place.staff)
    case.open(ApplicationNumber("A999999"))
    assert case.notice is not None
    assert view_of(case) is None


def test_a_mail_that_is_no_longer_the_one_shown_is_shown_again_and_not_sent(place: Place) -> None:
    ready(place, 1)
    case = opened(place)
    case.begin(Action.APPROVE)
    assert case.pending is not None
    assert case.pending.draft is not None
    true_draft = case.pending.draft
    case.pending = replace(case.pending, draft=replace(true_draft, body="an older text\n"))
    assert case.confirm() is None
    assert place.application(1).state is ApplicationState.PENDING
    assert case.notice is not None
    assert case.pending.draft == true_draft
    assert case.confirm() is not None


def test_a_kind_that_the_office_does_not_mail_is_said_before_and_after(place: Place) -> None:
    ready(place, 1)
    office = place.office
    quiet = replace(office, settings=replace(office.settings, unmailed=frozenset({MailKind.ID_APPROVED})))
    case = CasePresenter(quiet, staff=place.staff)
    case.open(NUMBER)
    case.begin(Action.APPROVE)
    assert case.pending is not None
    assert not case.pending.mailed
    assert "設定により送りません" in preview(case, case.pending)
    assert "mail-body" not in preview(case, case.pending)
    case.confirm()
    assert case.notice is not None
    assert "設定により送りません" in "".join(case.notice.items)
    assert case.file is not None
    assert [mail.draft.kind for mail in case.file.mails] == []
