"""What the help desk sees of the supplier whose number and name it entered, and until when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from ebidadmin.bootstrap import Desk
from ebidadmin.clock import SettableClock
from ebidadmin.domain.cards import set_main_contact
from ebidadmin.domain.events import Event, EventTag, Subject, SubjectKind
from ebidadmin.domain.staff import Role, Staff
from ebidadmin.domain.transition import Transition
from ebidadmin.presenters.supplier_opening import SupplierOpening
from ebidadmin.services.supplier_opening import OPEN_FOR
from tests.builders import NOON, contact, permit, supplier_number, trade_name
from tests.cards.builders import registered
from tests.persistence.office import submission
from tests.presenters import walkthrough_desk

HELPER = Staff("madoguchi", frozenset({Role.HELP_DESK}))
ENTERED = {"supplier_number": supplier_number(92), "trade_name": trade_name(92)}


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return walkthrough_desk.lay_out(tmp_path_factory.mktemp("desk"))


@pytest.fixture
def desk(template: Path, tmp_path: Path) -> Iterator[Desk]:
    opened = walkthrough_desk.desk(template, tmp_path, staff=HELPER)
    card = registered(92)
    told = Event(EventTag.CARD_REGISTERED, Subject(SubjectKind.CARD, card.id), by="tanaka", at=NOON)
    recorded = permit(92, granted=False)
    paper = Event(EventTag.PERMIT_RECORDED, Subject(SubjectKind.PERMIT, recorded.id), by="tanaka", at=NOON)
    with opened.office.uow() as uow:
        uow.record(submission(92))
        uow.record(Transition(card, (told,)))
        uow.record(Transition(recorded, (paper,)))
        uow.record(
            set_main_contact(
                None, supplier_number=card.supplier_number, contact=contact(94), by="tanaka", at=NOON
            )
        )
        uow.commit()
    yield opened
    opened.close()


def test_everything_that_was_entered_is_shown_with_its_time(desk: Desk) -> None:
    state = SupplierOpening(desk.office, staff=desk.staff)
    assert state.offered
    assert (state.view(), state.notice) == (None, None)
    state.open(ENTERED)
    assert state.notice is not None
    assert state.notice.tone == "success"
    view = state.view()
    assert view is not None
    assert (supplier_number(92) in view.title, view.closes) == (True, NOON + OPEN_FOR)
    assert view.until.startswith("12:15まで開いています(あと15分)")
    titles = [title for title, _ in view.sections]
    assert [title.split()[0] for title in titles] == [
        *("資格審査情報", "ID登録申請", "利用申請書", "ICカード", "代表窓口情報(ICカード)")
    ]
    shown = {value for _, pairs in view.sections for _, value in pairs}
    assert {contact(92).email, contact(92).phone, contact(92).person, contact(94).email} <= shown
    assert {submission(92).after.form.user_id, registered(92).certificate.company_name} <= shown
    assert not any("argon2" in value for value in shown)


def test_a_wrong_name_shows_nothing_and_closes_what_was_open(desk: Desk) -> None:
    state = SupplierOpening(desk.office, staff=desk.staff)
    state.open(ENTERED)
    state.open({**ENTERED, "trade_name": trade_name(93)})
    assert state.view() is None
    assert state.notice is not None
    assert (state.notice.tone, "一致しません" in state.notice.text) == ("error", True)


def test_what_is_no_number_is_told(desk: Desk) -> None:
    state = SupplierOpening(desk.office, staff=desk.staff)
    state.open({"supplier_number": "19", "trade_name": ""})
    assert state.notice is not None
    assert len(state.notice.items) == 2


def test_it_is_gone_when_its_time_is_over(desk: Desk) -> None:
    state = SupplierOpening(desk.office, staff=desk.staff)
    state.open(ENTERED)
    clock = desk.office.clock
    assert isinstance(clock, SettableClock)
    clock.set(NOON + OPEN_FOR - timedelta(seconds=30))
    state.look()
    view = state.view()
    assert view is not None
    assert "あと1分" in view.until
    clock.set(NOON + OPEN_FOR)
    state.look()
    assert state.view() is None
    assert state.notice is not None
    assert "時間が過ぎました" in state.notice.text


def test_it_can_be_closed_before(desk: Desk) -> None:
    state = SupplierOpening(desk.office, staff=desk.staff)
    state.open(ENTERED)
    state.close()
    state.look()
    assert state.view() is None


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.HELP_DESK}))
def test_it_is_offered_to_nobody_else(desk: Desk, role: Role) -> None:
    other = replace(desk, staff=Staff("sato", frozenset({role})))
    assert not SupplierOpening(other.office, staff=other.staff).offered
