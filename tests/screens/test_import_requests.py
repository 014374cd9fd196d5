"""The second person on the import screen: two people, each with a screen of their own on one database."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ebidadmin.domain.staff import ALL_ROLES, Role, Staff
from ebidadmin.screens.components.form import FieldForm
from ebidadmin.screens.import_requests import RequestsSection
from ebidadmin.screens.qualification_import import QualificationImportScreen
from ebidadmin.services.settings import Settings
from tests.presenters.office import Place
from tests.presenters.test_qualification_import import file, importer, looked_at, record
from tests.screens.conftest import press_button
from tests.screens.test_qualification_import import confirm, preview

OTHER = Staff("suzuki", ALL_ROLES)


@pytest.fixture
def guarded(place: Place) -> Place:
    """Ten records, and an office that wants a second person."""
    shown = QualificationImportScreen(importer(place), run=lambda work: work())
    preview(shown, file(place, "a.csv", *(record(n) for n in range(1, 11))))
    confirm(shown)
    place.office = replace(place.office, settings=Settings(second_person=True))
    file(place, "b.csv", record(1))
    return place


def screen(place: Place, staff: Staff | None = None) -> QualificationImportScreen:
    return QualificationImportScreen(importer(place, staff), run=lambda work: work())


def content(shown: QualificationImportScreen) -> str:
    return shown.requests.panel.content


def buttons(shown: QualificationImportScreen) -> set[str]:
    return {
        action
        for action in ("confirm-request", "decline-request", "withdraw-request", "confirm-yes")
        if f'data-ebid-action="{action}"' in content(shown)
    }


def ask(place: Place, note: str = "年度替わり<b>") -> QualificationImportScreen:
    shown = screen(place)
    preview(shown, "b.csv")
    assert shown.confirm is not None
    assert [button["key"] for button in shown.confirm.buttons] == ["request", "discard"]
    confirm(shown, "request", note=note)
    return shown


def test_the_button_asks_in_the_place_of_the_typed_word(guarded: Place) -> None:
    shown = screen(guarded)
    preview(shown, "b.csv")
    assert "ほかの職員の確認が必要です" in shown.summary.content
    assert shown.confirm is not None
    assert [row["key"] for row in shown.confirm.rows] == ["note"]
    confirm(shown, "request", note="年度替わり")
    assert "依頼R000001を残しました" in shown.top.content
    assert "R000001" in content(shown)
    assert "あなたの依頼です" in content(shown)
    assert buttons(shown) == {"withdraw-request"}


def test_the_typed_word_opens_nothing(guarded: Place) -> None:
    state = looked_at(guarded, "b.csv")
    assert (state.can_apply, state.needs_word, state.needs_request) == (False, False, True)
    state.apply("取込")
    assert state.batch is None
    assert state.notice is not None
    assert "ほかの職員の確認が必要です" in state.notice.text
    assert len(state.batches()) == 1


def test_another_person_confirms_with_the_counts_before_their_eyes(guarded: Place) -> None:
    ask(guarded)
    other = screen(guarded, OTHER)
    assert buttons(other) == {"confirm-request", "decline-request"}
    assert "tanaka" in content(other)
    assert "年度替わり&lt;b&gt;" in content(other)
    other.requests.panel.act("confirm-request", "R000001")
    asked = content(other)
    assert "9者" in asked
    assert "90.0%が名簿から外れます" in asked
    assert "confirm-yes" in asked
    press_button(other.requests.panel, "confirm-yes")
    assert "依頼R000001を確認しました" in content(other)
    assert buttons(other) == {"decline-request"}
    mine = screen(guarded)
    assert "同じファイルを選んで取り込んでください" in content(mine)
    preview(mine, "b.csv")
    assert "suzukiさんが確認しました" in mine.summary.content
    confirm(mine)
    assert "第2版" in mine.top.content
    assert "確認を待つ依頼はありません" in content(mine)


def test_one_cannot_confirm_ones_own_by_any_button(guarded: Place) -> None:
    shown = ask(guarded)
    for action in ("confirm-request", "decline-request"):
        shown.requests.panel.act(action, "R000001")
        assert shown.requests.form is None
        shown.requests.panel.act("confirm-yes", f"{action}.R000001")
    assert "確認待ち" in content(shown)
    preview(shown, "b.csv")
    assert "確認を待っています" in shown.summary.content
    assert shown.confirm is not None
    assert [button["key"] for button in shown.confirm.buttons] == ["discard"]
    confirm(shown, "discard")
    shown.requests.panel.act("withdraw-request", "R000001")
    assert "取り下げました" in content(shown)


def reason_form(shown: QualificationImportScreen) -> FieldForm:
    form = shown.requests.form
    assert form is not None
    return form


def decline(shown: QualificationImportScreen, button: str, why: str) -> None:
    reason_form(shown).receive(
        {"type": "submit", "button": button, "values": {"why": why}, "secrets": []}, []
    )


def test_declining_wants_a_reason(guarded: Place) -> None:
    ask(guarded)
    other = screen(guarded, OTHER)
    other.requests.panel.act("decline-request", "R000001")
    assert reason_form(other) in other.widget.children
    decline(other, "decline", " ")
    assert set(reason_form(other).errors) == {"why"}
    decline(other, "leave", "")
    assert not other.requests.form
    other.requests.panel.act("decline-request", "R000001")
    decline(other, "decline", "古いファイル")
    assert "差し戻しました" in content(other)
    assert "確認を待つ依頼はありません" in content(other)


def test_whoever_was_slower_is_told(guarded: Place) -> None:
    ask(guarded)
    second, third = screen(guarded, OTHER), screen(guarded, Staff("sato", ALL_ROLES))
    for shown in (second, third):
        shown.requests.panel.act("confirm-request", "R000001")
    press_button(second.requests.panel, "confirm-yes")
    press_button(third.requests.panel, "confirm-yes")
    assert "確認済み" in content(third)
    assert "確認はできません" in content(third)


def test_whoever_may_not_confirm_only_sees_it(guarded: Place) -> None:
    ask(guarded)
    shown = screen(guarded, Staff("yomu", frozenset({Role.AUDITOR, Role.REVIEWER})))
    assert buttons(shown) == set()
    assert "R000001" in content(shown)


def test_whoever_may_not_read_requests_is_told(guarded: Place) -> None:
    ask(guarded)
    shown = screen(guarded, Staff("shinsa", frozenset({Role.REVIEWER})))
    assert buttons(shown) == set()
    assert "R000001" not in content(shown)
    assert "権限がありません" in content(shown)


def test_nothing_is_shown_where_no_second_person_is_wanted(place: Place) -> None:
    shown = screen(place)
    assert shown.requests.panel not in shown.widget.children
    assert isinstance(shown.requests, RequestsSection)


def test_whoever_works_alone_asks_nobody_and_types_the_rows(guarded: Place) -> None:
    guarded.office = replace(guarded.office, settings=Settings(second_person=True, one_person=True))
    shown = screen(guarded)
    preview(shown, "b.csv")
    assert not shown.requests.widgets()
    assert shown.confirm is not None
    assert [row["label"] for row in shown.confirm.rows] == ["確認入力(変わる業者の合計)"]
    confirm(shown, word="取込")
    assert "「9」ではありません" in shown.confirm.errors["word"]
    confirm(shown, word="9")
    assert "第2版" in shown.top.content
