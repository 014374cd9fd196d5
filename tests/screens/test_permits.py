"""The widgets of the screen of paper permits, driven by the messages that the browser sends."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import Any

import pytest

from ebidadmin.domain.permits import PermitState
from ebidadmin.screens.components.form import FieldForm
from ebidadmin.screens.permits import PermitsScreen
from ebidadmin.services.settings import Settings
from ebidadmin.text import permit_screen as words
from tests import builders
from tests.builders import AUDITOR, SUZUKI
from tests.presenters.office import Place
from tests.presenters.permits_desk import PICTURE, granted, recorded, stored
from tests.presenters.permits_desk import screen as state_of
from tests.screens.conftest import sent_by


@pytest.fixture
def counter(place: Place) -> Place:
    place.register(92, 93)
    return place


def screen(place: Place) -> PermitsScreen:
    return PermitsScreen(state_of(place))


def select(shown: PermitsScreen, number: str) -> None:
    shown.table.receive({"type": "select", "id": number})


def form_of(shown: PermitsScreen) -> FieldForm:
    assert shown.form is not None
    return shown.form


def submit(shown: PermitsScreen, button: str = "do", **values: str) -> None:
    form_of(shown).receive({"type": "submit", "button": button, "values": values, "secrets": []}, [])


def test_a_paper_is_recorded_and_granted_beside_the_register(counter: Place) -> None:
    shown = screen(counter)
    shown.counts.act("record")
    assert words.OWNER_WAITING in shown.question.content
    form_of(shown).receive(
        {"type": "change", "key": "supplier_number", "values": {"supplier_number": "190000092"}}
    )
    assert builders.trade_name(92) in shown.question.content
    submit(
        shown,
        supplier_number="190000092",
        applicant=builders.trade_name(92),
        received="2026/10/07",
        channel="fax",
        reply_channel="",
        note="",
    )
    assert shown.form is None
    assert [row.id for row in shown.table.page.rows] == ["P000001"]
    assert 'data-number="P000001"' in shown.head.content
    shown.head.act("begin", "grant")
    assert "に利用を許可します" in shown.question.content
    assert "山口県下関市南部町92番1号" in shown.question.content
    kept = form_of(shown)
    submit(shown, valid_from="soon", valid_to="")
    assert form_of(shown) is kept
    assert kept.errors == {"valid_from": words.DATE_WRONG}
    submit(shown, valid_from="2026/10/07", valid_to="")
    assert stored(counter, "P000001").state is PermitState.GRANTED
    assert shown.table.page.rows[0].badges["state"][0].text == "許可"
    assert "許可 1件" in shown.counts.content


def test_no_label_of_a_form_quotes_the_permit(counter: Place) -> None:
    """Labels are synced state, which a saved notebook may keep."""
    shown = screen(counter)
    asked, decided = recorded(counter), granted(counter, 93)
    for number, verbs in ((asked.id, ("grant", "refuse", "void")), (decided.id, ("dispatch", "withdraw"))):
        select(shown, number)
        for verb in verbs:
            shown.head.act("begin", verb)
            form = form_of(shown)
            state = repr((form.rows, form.buttons, form.title))
            assert not any(told in state for told in ("テスト商会", "19000009", "P00000")), verb
            submit(shown, "leave")
            assert shown.form is None


def test_the_letter_is_shown_as_a_picture_and_saved_on_demand(
    counter: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = screen(counter)
    select(shown, granted(counter).id)
    sent: list[tuple[dict[str, Any], Any]] = []
    monkeypatch.setattr(shown.download, "send", lambda message, buffers=None: sent.append((message, buffers)))
    shown.head.act("begin", "letter")
    assert base64.b64encode(PICTURE).decode() in shown.letter.content
    assert not any(message["type"] == "file" for message, _ in sent)
    shown.letter.act("save")
    message, buffers = sent[-1]
    assert (message["name"], buffers) == ("通知書_令和8年度第1号.pdf", [builders.trade_name(92).encode()])
    shown.head.act("close")
    assert sent[-1][0] == {"type": "clear"}
    assert "img" not in shown.letter.content


def test_the_tray_prints_what_was_not_left_out(counter: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = granted(counter, 92), granted(counter, 93)
    shown = screen(counter)
    shown.counts.act("tray")
    assert first.id in shown.body.content
    shown.body.act("drop", first.id)
    assert first.id not in shown.body.content
    shown.body.act("print")
    messages = sent_by(shown.download, monkeypatch)
    shown.body.act("save")
    assert messages[-1]["name"] == words.TRAY_FILE
    shown.body.act("close")
    assert second.id not in shown.body.content
    assert shown.table.narrow == 0


def test_the_stack_is_sent_by_a_form_of_its_own(counter: Place) -> None:
    first = granted(counter)
    shown = screen(counter)
    shown.counts.act("tray")
    shown.body.act("send")
    form = form_of(shown)
    submit(shown, channel="", day="someday")
    assert form_of(shown) is form
    assert form.errors == {"day": words.DATE_WRONG}
    submit(shown, "leave")
    assert shown.form is None
    shown.body.act("send")
    submit(shown, channel="", day="")
    assert shown.form is None
    assert first.id not in shown.body.content
    assert shown.table.page.rows[0].cells["sent"] == "2026/10/07 郵送"


def test_a_dispatch_row_is_put_right_from_its_own_buttons(counter: Place) -> None:
    shown = screen(counter)
    select(shown, granted(counter).id)
    shown.head.act("begin", "dispatch")
    submit(shown, channel="post", day="", recipient="", note="")
    assert "correct-D000001" in shown.body.content
    shown.body.act("cancel", "D000001")
    submit(shown, note="送っていない")
    assert "correct-D000001" not in shown.body.content
    assert shown.table.page.rows[0].cells["sent"] == words.NOT_SENT


def test_the_list_makes_room_and_counts_filter_it(counter: Place) -> None:
    recorded(counter)
    granted(counter, 93)
    shown = screen(counter)
    shown.counts.act("state", "granted")
    assert [row.id for row in shown.table.page.rows] == ["P000002"]
    select(shown, "P000002")
    assert shown.table.narrow == 1
    shown.head.act("close")
    assert shown.table.narrow == 0


def test_whoever_may_only_look_has_no_buttons(counter: Place) -> None:
    permit = granted(counter)
    shown = PermitsScreen(state_of(counter, AUDITOR))
    select(shown, permit.id)
    assert words.READ_ONLY in shown.head.content
    for panel in (shown.counts, shown.head, shown.body):
        assert "verb-" not in panel.content
        assert 'data-ebid-action="record"' not in panel.content


def test_where_two_decide_the_button_asks_and_the_second_person_confirms(counter: Place) -> None:
    counter.office = replace(counter.office, settings=Settings(permit_second_person=True))
    number = recorded(counter).id
    shown = screen(counter)
    select(shown, number)
    shown.head.act("begin", "grant")
    assert words.ASK_HINT in shown.question.content
    assert form_of(shown).buttons[0]["label"] == words.ASK_YES
    submit(shown, valid_from="", valid_to="")
    assert f"{words.WAITING} 1件" in shown.counts.content
    second = PermitsScreen(state_of(counter, SUZUKI))
    second.counts.act("proposed", "waiting")
    assert [row.id for row in second.table.page.rows] == [number]
    select(second, number)
    second.head.act("begin", words.CONFIRM)
    assert "step-proposal" in second.question.content
    submit(second)
    assert stored(counter, number).state is PermitState.GRANTED
    assert f"{words.WAITING} 0件" in second.counts.content


def at_field(told: list[dict[str, Any]]) -> str:
    """What the browser was last told to show at the field of the typed confirmation."""
    marks = [one for one in told if one["type"] == "marks"]
    return str(marks[-1]["errors"]["typed"])


def test_where_one_works_alone_the_supplier_number_is_typed_again(
    counter: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = Settings(permit_second_person=True, one_person=True)
    counter.office = replace(counter.office, settings=alone)
    number = recorded(counter).id
    shown = screen(counter)
    assert words.WAITING not in shown.counts.content
    select(shown, number)
    for verb, state in (("grant", PermitState.GRANTED), ("withdraw", PermitState.WITHDRAWN)):
        shown.head.act("begin", verb)
        form = form_of(shown)
        assert form.rows[-1]["label"] == words.FIELD_TYPED
        # What a form keeps in the notebook names no supplier.
        assert "190000092" not in str((form.rows, form.buttons, form.title))
        told = sent_by(form, monkeypatch)
        given = {row["key"]: "申出" if row["key"] == "reason" else "" for row in form.rows}
        before = stored(counter, number)
        submit(shown, **given)
        assert "「190000092」と入力してください" in at_field(told)
        submit(shown, **{**given, "typed": "190000093"})
        assert "「190000092」ではありません" in at_field(told)
        assert stored(counter, number) == before
        assert shown.form is form
        submit(shown, **{**given, "typed": "１９００００092"})
        assert stored(counter, number).state is state


def test_a_step_that_decides_nothing_asks_for_no_word(counter: Place) -> None:
    alone = Settings(permit_second_person=True, one_person=True)
    counter.office = replace(counter.office, settings=alone)
    number = recorded(counter).id
    shown = screen(counter)
    select(shown, number)
    shown.head.act("begin", "void")
    assert "typed" not in [row["key"] for row in form_of(shown).rows]
    submit(shown, reason="二重に記録した")
    assert stored(counter, number).state is PermitState.VOIDED
