"""Letters that have not gone out, on the screen: printed together, and their dispatch entered at once."""

from __future__ import annotations

import pytest

from ebidadmin.domain.ids import PermitId
from ebidadmin.presenters.notices import Notice
from ebidadmin.presenters.open_permit import OpenPermit
from ebidadmin.presenters.permits import ListRequest, Permits
from ebidadmin.services import permits as service
from ebidadmin.text import permit_screen as words
from tests import builders
from tests.builders import AUDITOR, SUZUKI
from tests.presenters.office import Place
from tests.presenters.permits_desk import granted, recorded, screen


@pytest.fixture
def counter(place: Place) -> Place:
    place.register(91, 92, 93)
    return place


def said(one: OpenPermit) -> Notice:
    assert one.notice is not None
    return one.notice


def shows_tray(state: Permits) -> bool:
    return state.tray is not None


def test_letters_that_wait_are_printed_together_oldest_first(counter: Place) -> None:
    for n in (93, 92, 91):
        granted(counter, n)
    recorded(counter)
    state = screen(counter)
    state.open_tray()
    assert state.tray is not None
    assert list(state.tray.letters) == ["P000001", "P000002", "P000003"]
    assert state.tray.letters[PermitId("P000001")][-1] == "郵送"
    state.drop("P000002")
    state.print_tray()
    assert state.printed is not None
    assert state.printed.pdf.decode().split("\n") == [builders.trade_name(93), builders.trade_name(91)]
    state.open("P000001")
    assert not shows_tray(state)


def test_a_stack_with_another_letter_is_printed_anew(counter: Place) -> None:
    granted(counter, 92)
    granted(counter, 93)
    state = screen(counter)
    state.open_tray()
    state.print_tray()
    state.drop("P000001")
    assert state.printed is None


def test_one_that_changed_meanwhile_spoils_the_stack_and_is_named(counter: Place) -> None:
    state = screen(counter)
    permit = granted(counter)
    state.open_tray()
    service.void(counter.office, staff=SUZUKI, permit_id=permit.id, reason="誤り")
    state.print_tray()
    assert state.printed is None
    assert permit.id in said(state.one).text


def test_the_dispatch_of_all_is_entered_as_each_was_wished(counter: Place) -> None:
    granted(counter, 92)
    granted(counter, 93, reply_channel=None)
    state = screen(counter)
    state.open_tray()
    state.begin_sending()
    assert not state.send({"channel": "", "day": "someday"})
    assert set(state.errors) == {"channel", "day"}
    assert "1通" in state.errors["channel"]
    assert not state.send({"channel": "fax", "day": "2026/10/8"})
    assert said(state.one).tone == "error"
    state.drop("P000002")
    assert state.send({"channel": "", "day": "令和8年10月7日"})
    assert said(state.one).text == words.TRAY_SENT.format(count=1)
    assert state.tray is not None
    assert (list(state.tray.letters), state.sending) == (["P000002"], False)
    (line,) = state.fetch(ListRequest(filters={"sent": "sent"})).lines
    assert (line.number, line.cells["sent"]) == ("P000001", "2026/10/07 郵送")


def test_of_two_persons_with_one_stack_the_slower_enters_nothing(counter: Place) -> None:
    granted(counter, 92)
    granted(counter, 93)
    first, second = screen(counter), screen(counter, SUZUKI)
    for state in (first, second):
        state.open_tray()
        state.begin_sending()
    first.drop("P000001")
    assert first.send({"channel": "post", "day": ""})
    assert not second.send({"channel": "post", "day": ""})
    assert "P000002の通知書の発送は、tanakaさんが2026/10/07 12:00に" in said(second.one).text
    waiting = [line.number for line in second.fetch(ListRequest(filters={"sent": "waiting"})).lines]
    assert waiting == ["P000001"]


def test_an_emptied_tray_sends_nothing(counter: Place) -> None:
    granted(counter)
    state = screen(counter)
    state.open_tray()
    state.begin_sending()
    state.drop("P000001")
    assert not state.send({"channel": "post", "day": ""})
    state.begin_sending()
    assert not state.send({"channel": "post", "day": ""})


def test_nothing_waits_and_nobody_without_the_right_prints(counter: Place) -> None:
    state = screen(counter)
    state.open_tray()
    assert state.tray is not None
    assert (state.tray.letters, state.tray.more) == ({}, False)
    state.print_tray()
    assert state.printed is None
    looking = screen(counter, AUDITOR)
    looking.open_tray()
    assert looking.tray is None
