"""Desk work on an ID by the widgets of a supplier's page; the letter with the code is given out once and stays in no state."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from ipywidgets.widgets.widget import _instances

from ebidadmin.bootstrap import Desk, code_letters, open_desk
from ebidadmin.domain.mails import MailKind
from ebidadmin.domain.registrations import Registration, RegistrationState
from ebidadmin.presenters.id_desk import IdDesk
from ebidadmin.presenters.registrations import Registrations
from ebidadmin.screens.components.form import FieldForm
from ebidadmin.screens.registrations import RegistrationsScreen
from ebidadmin.services import id_credentials
from ebidadmin.text import id_desk as words
from tests.screens.conftest import press_button


@pytest.fixture(scope="module")
def folder(demo_desk: Callable[[str], Path]) -> Path:
    return demo_desk("desk-work")


@pytest.fixture
def desk(folder: Path) -> Iterator[Desk]:
    with closing(open_desk(folder)) as opened:
        yield opened


def active(desk: Desk) -> Registration:
    with desk.office.uow() as uow:
        return next(one for one in uow.registrations.all() if one.state is RegistrationState.ACTIVE)


def now(desk: Desk, one: Registration) -> Registration:
    with desk.office.uow() as uow:
        return uow.registrations.get(one.application)


def opened(desk: Desk, one: Registration, letters: list[bytes] | None = None) -> RegistrationsScreen:
    make = code_letters(desk)

    def kept(issued: Registration, record: object, code: bytearray) -> bytes:
        made = make(issued, record, code)  # type: ignore[arg-type]  # passed on as it came
        if letters is not None:
            letters.append(bytes(code))
        return made

    state = Registrations(
        desk.office,
        staff=desk.staff,
        register_reader=desk.register_reader,
        desk=IdDesk(desk.office, staff=desk.staff, letter=kept),
    )
    shown = RegistrationsScreen(state)
    state.open(one.supplier_number)
    shown.page.act("reload")
    return shown


def submit(screen: RegistrationsScreen, button: str = "do", **values: str) -> None:
    assert screen.form is not None
    inputs = {row["key"] for row in screen.form.rows if row["kind"] in {"text", "textarea", "radio"}}
    filled = {key: values.get(key, "") for key in inputs}
    screen.form.receive({"type": "submit", "button": button, "values": filled, "secrets": []})


def forms(screen: RegistrationsScreen) -> list[FieldForm]:
    return [] if screen.form is None else [screen.form]


def test_an_id_is_suspended_and_resumed_with_a_reason_and_the_form_names_the_company(desk: Desk) -> None:
    one = active(desk)
    screen = opened(desk, one)
    screen.page.act("desk-suspend", one.application)
    assert screen.form is not None
    assert one.supplier_number in screen.form.about
    assert one.supplier_number not in json.dumps(screen.form.get_state(), default=repr)
    submit(screen)
    assert words.REASON_MISSING in screen.form.errors.values()
    submit(screen, reason="指名停止のため")
    assert now(desk, one) == one
    assert not forms(screen)
    assert one.supplier_number in screen.question.content
    assert "停止の理由\n指名停止のため" in screen.question.content
    assert one.applicant_contact.email in screen.question.content
    press_button(screen.question, "desk-yes")
    assert now(desk, one).state is RegistrationState.SUSPENDED
    assert screen.question.content == ""
    assert "通知メール「IDの停止」" in screen.page.content
    assert "停止しました" in screen.page.content
    screen.page.act("desk-resume", one.application)
    submit(screen, reason="期間が終わったため")
    assert now(desk, one).state is RegistrationState.ACTIVE


def test_leaving_does_nothing_and_another_step_has_another_form(desk: Desk) -> None:
    one = active(desk)
    screen = opened(desk, one)
    screen.page.act("desk-suspend", one.application)
    first = screen.form
    screen.page.act("desk-cancel", one.application)
    assert screen.form is not None
    assert screen.form is not first
    assert "元に戻せません" in screen.form.about
    submit(screen, "leave", reason="x")
    assert not forms(screen)
    assert now(desk, one) == one


def test_from_the_mails_one_comes_back_to_the_reason_or_leaves(desk: Desk) -> None:
    one = active(desk)
    screen = opened(desk, one)
    screen.page.act("desk-cancel", one.application)
    submit(screen, reason="廃業のため")
    screen.question.act("desk-back")
    assert screen.form is not None
    assert "廃業のため" not in json.dumps(screen.form.get_state(), default=repr)
    assert screen.form.values["reason"] == "廃業のため"
    submit(screen, reason="廃業の届出")
    assert "取消の理由\n廃業の届出" in screen.question.content
    screen.question.act("desk-leave")
    assert screen.question.content == ""
    assert not forms(screen)
    assert now(desk, one) == one


def test_a_reason_that_quotes_an_entry_is_told_at_its_field(desk: Desk) -> None:
    one = active(desk)
    screen = opened(desk, one)
    screen.page.act("desk-suspend", one.application)
    submit(screen, reason=f"{one.main_contact.phone} がつながらないため")
    assert screen.form is not None
    assert "電話番号" in screen.form.errors["reason"]
    assert screen.question.content == ""
    assert now(desk, one) == one


def test_where_the_office_does_not_mail_it_the_step_is_done_at_once(desk: Desk) -> None:
    off = replace(desk.office.settings, unmailed=frozenset({MailKind.ID_SUSPENDED}))
    quiet = replace(desk, office=replace(desk.office, settings=off))
    one = active(desk)
    screen = opened(quiet, one)
    screen.page.act("desk-suspend", one.application)
    submit(screen, reason="指名停止のため")
    assert now(desk, one).state is RegistrationState.SUSPENDED
    assert "設定により送りません" in screen.page.content
    screen.page.act("desk-resume", one.application)
    submit(screen, reason="期間が終わったため")


def test_a_locked_id_is_unlocked_after_a_check_of_who_asks(desk: Desk) -> None:
    one = active(desk)
    for _ in range(3):
        id_credentials.report_failure(desk.office, staff=desk.staff, user_id=one.user_id)
    screen = opened(desk, one)
    assert "desk-suspend" not in screen.page.content
    screen.page.act("desk-unlock", one.application)
    submit(screen, means="counter")
    assert screen.form is not None
    assert words.DOCUMENT_MISSING in screen.form.errors.values()
    submit(screen, means="counter", document="staff-card")
    assert now(desk, one).state is RegistrationState.ACTIVE


def test_what_somebody_else_did_meanwhile_stops_the_step(desk: Desk) -> None:
    one = active(desk)
    screen = opened(desk, one)
    screen.page.act("desk-cancel", one.application)
    id_credentials.report_failure(desk.office, staff=desk.staff, user_id=one.user_id)
    submit(screen, reason="廃業")
    press_button(screen.question, "desk-yes")
    assert now(desk, one).state is RegistrationState.ACTIVE
    assert "あなたの操作は行われていません" in screen.page.content


def test_the_letter_is_given_out_once_and_its_code_is_in_no_widget(desk: Desk) -> None:
    one, codes = active(desk), list[bytes]()
    screen = opened(desk, one, codes)
    screen.page.act("desk-reset-code", one.application)
    sent: list[bytes] = []
    screen.download.offer = lambda content, **_: sent.append(content)  # type: ignore[method-assign]  # what the browser would get
    submit(screen, means="post", document="seal-certificate")
    (letter,) = sent
    assert letter.startswith(b"%PDF")
    code = codes[-1].decode()
    states = [json.dumps(widget.get_state(), default=repr) for widget in list(_instances.values())]
    assert not any(code in state for state in states)
    assert code not in screen.page.content
    assert now(desk, one).code is not None
