"""The auditor's screen: what is chosen, its pages, one event, one supplier's life, a record as of a moment, files, and the way back."""

from __future__ import annotations

import io
from datetime import timedelta

import openpyxl
import pytest

from ebidadmin.bundled import bundled
from ebidadmin.domain.events import EventTag, Subject, SubjectKind
from ebidadmin.domain.staff import Role, Staff
from ebidadmin.errors import StorageError
from ebidadmin.intake.audit_files import AuditBytes
from ebidadmin.intake.layouts import load_date_words
from ebidadmin.persistence.audit_slices import SqlAuditReader
from ebidadmin.presenters import audit as module
from ebidadmin.presenters.audit import Audit
from ebidadmin.presenters.audit import Place as ListPlace
from ebidadmin.presenters.audit_event import EventView, LifeView, StateView
from ebidadmin.services import screen_places
from ebidadmin.services.audit_masks import HIDDEN
from ebidadmin.services.audit_slices import AuditSlice
from ebidadmin.text import audit as words
from tests.builders import AUDITOR, HELPER, NOON, application_number, supplier_number
from tests.persistence.office import approval, rejection, save
from tests.persistence.trails import events, keep
from tests.presenters.office import Place

DATES = load_date_words(bundled("data") / "reference" / "eras.toml")
NEWEST = ListPlace()


def screen(place: Place, staff: Staff = AUDITOR) -> Audit:
    state = Audit(
        place.office,
        staff=staff,
        reader=SqlAuditReader(place.engine),
        places=place.screen_places,
        held=AuditBytes,
        dates=DATES,
    )
    state.clear()
    return state


@pytest.fixture
def office(place: Place) -> Place:
    """Three applications; one is approved, one rejected."""
    for n in (91, 92, 93):
        place.submit(n)
    place.clock.advance(timedelta(hours=1))
    save(place.office.uow, approval(place.application(91), at=NOON + timedelta(hours=1)))
    save(place.office.uow, rejection(place.application(92), at=NOON + timedelta(days=1)))
    return place


def seqs(state: Audit, place: ListPlace = NEWEST, size: int = 50) -> list[int]:
    return [int(line.seq) for line in state.fetch(place, size=size).lines]


def opened(state: Audit, seq: int) -> EventView:
    state.one.open(seq)
    assert state.one.view is not None, state.one.notice
    return state.one.view


def shown(state: Audit, first: str, second: str = "") -> StateView:
    state.one.ask()
    state.one.submit({"first": first, "second": second})
    assert state.one.state is not None, (state.one.errors, state.one.notice)
    return state.one.state


def test_an_empty_trail_says_so(place: Place) -> None:
    state = screen(place)
    assert state.fetch(NEWEST, size=20).lines == ()
    assert state.notice is not None
    assert state.notice.text == words.NOTHING_AT_ALL
    assert (state.size, state.conditions) == ("0件", words.NO_CONDITION)


def test_the_newest_comes_first_and_is_told_in_japanese(office: Place) -> None:
    state = screen(office)
    newest, *_ = state.fetch(NEWEST, size=20).lines
    assert newest.cells == {
        "at": "2026/10/08 12:00:00",
        "by": "tanaka",
        "what": "却下",
        "subject": f"申請 {application_number(92)}",
        "supplier": supplier_number(92),
        "seq": newest.seq,
    }
    assert state.size == "5件"


def test_a_slice_is_chosen_in_words(office: Place) -> None:
    state = screen(office)
    state.ask()
    assert state.apply(
        {"first": "令和8年10月7日", "last": "2026/10/08", "by": "tanaka", "tag": "application"}
    )
    assert (state.asking, seqs(state)) == (False, [5, 4])
    assert state.conditions == "条件: 期間 2026/10/07～2026/10/08、操作した人 tanaka、できごと ID登録申請"
    assert state.apply({"kind": "application", "id": application_number(93)})
    assert seqs(state) == [3]
    assert state.conditions == f"条件: 対象 申請 {application_number(93)}"
    state.only(Subject(SubjectKind.APPLICATION, application_number(92)))
    assert seqs(state) == [5, 2]
    assert state.apply({"by": "nobody"})
    assert seqs(state) == []
    assert state.notice is not None
    assert state.notice.text == words.NOTHING


@pytest.mark.parametrize(
    ("values", "errors"),
    [
        ({"first": "x"}, {"first": words.ERROR_DAY}),
        ({"first": "2026/10/8", "last": "2026/10/7"}, {"last": words.ERROR_ORDER}),
        ({"supplier": "12"}, {"supplier": words.ERROR_SUPPLIER}),
        ({"kind": "permit"}, {"id": words.ERROR_BOTH}),
        ({"id": "P1"}, {"kind": words.ERROR_BOTH}),
    ],
)
def test_what_cannot_be_understood_is_told_at_its_field_and_changes_nothing(
    office: Place, values: dict[str, str], errors: dict[str, str]
) -> None:
    state = screen(office)
    state.ask()
    assert not state.apply(values)
    assert (state.errors, state.asking, state.wanted) == (errors, True, AuditSlice())
    state.leave()
    assert (state.errors, state.asking) == ({}, False)


def test_a_full_width_number_is_understood(office: Place) -> None:
    state = screen(office)
    assert state.apply({"supplier": "１９００００" + supplier_number(92)[6:]})
    assert state.wanted.supplier == supplier_number(92)


def test_a_day_is_jumped_to(office: Place) -> None:
    state = screen(office)
    place = state.jump("2026-10-07", descending=True)
    assert place is not None
    assert seqs(state, place) == [4, 3, 2, 1]
    assert state.fetch(place, size=2).previous_cursor is not None
    up = state.jump("2026-10-08", descending=False)
    assert up is not None
    assert seqs(state, up) == [5]
    for day, text in (
        ("1999-01-01", words.NOTHING_UNTIL.format(day="1999/01/01")),
        ("", words.ERROR_DAY),
        ("9999-12-31", words.ERROR_DAY),
    ):
        assert state.jump(day, descending=True) is None
        assert state.notice is not None
        assert state.notice.text == text


def test_a_page_that_comes_late_does_not_take_away_what_was_told_meanwhile(office: Place) -> None:
    state = screen(office)
    state.stand(NEWEST)
    assert state.jump("1999-01-01", descending=True) is None
    told = state.notice
    assert told is not None
    state.fetch(NEWEST, size=50)
    assert state.notice == told
    state.fetch(ListPlace(descending=False), size=50)
    assert state.notice is None


def test_a_jump_to_nowhere_is_no_place_to_come_back_to(office: Place) -> None:
    state = screen(office)
    seqs(state)
    assert state.jump("1999-01-01", descending=True) is None
    state.follow()
    assert screen(office).resume() == NEWEST


def test_more_than_a_thousand_are_not_counted(place: Place) -> None:
    keep(place.engine, events(1_100, step=timedelta(minutes=1)))
    assert screen(place).size == "1,000件を超えます"


def test_an_event_shows_what_differs_and_why(office: Place) -> None:
    state = screen(office)
    view = opened(state, 5)
    assert view.title == "連番 5 却下"
    changed = {line.label: (line.before, line.after) for line in view.changed}
    assert changed["状態"] == ("審査中", "却下")
    assert changed["パスワードの登録"] == ("はい", "いいえ")
    assert "商号又は名称" not in changed
    assert "商号又は名称" in {line.label for line in view.rest}
    assert ("理由(コード)", "R01") in view.why
    assert dict(view.facts)[words.FACT_SOFTWARE] == "ebidadmin test"
    assert not view.masked
    first = opened(state, 1)
    assert not first.both
    assert {line.label: line.after for line in first.lines}["状態"] == "審査中"
    state.one.open(99)
    assert state.one.view is None
    assert state.one.notice is not None


def test_whoever_may_not_read_personal_data_sees_none_of_it(office: Place) -> None:
    view = opened(screen(office, Staff("root", frozenset({Role.ADMINISTRATOR}))), 5)
    values = {line.label: line.after for line in view.lines}
    assert (values["商号又は名称"], values["状態"], view.masked) == (HIDDEN, "却下", True)


def test_whoever_may_not_read_the_trail_is_told(office: Place) -> None:
    state = screen(office, HELPER)
    assert state.fetch(NEWEST, size=20).lines == ()
    assert state.notice is not None
    assert "監査記録の閲覧" in state.notice.text
    assert state.export("csv") is None
    state.one.live(supplier_number(91))
    assert state.one.life is None


def lived(state: Audit, supplier: str) -> LifeView:
    state.one.live(supplier)
    return life_of(state)


def life_of(state: Audit) -> LifeView:
    assert state.one.life is not None, state.one.notice
    return state.one.life


def test_one_suppliers_whole_life(office: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    state = screen(office)
    opened(state, 5)
    life = lived(state, supplier_number(92))
    assert [(line.seq, line.cells[2]) for line in life.lines] == [(2, "ID登録申請の受付"), (5, "却下")]
    opened(state, 2)
    state.one.close()
    assert state.one.life is life
    state.one.close()
    assert not state.one.opened
    assert lived(state, "190000999").lines == ()
    monkeypatch.setattr("ebidadmin.presenters.audit_event.LIFE_PAGE", 1)
    assert len(lived(state, supplier_number(92)).lines) == 1
    state.one.live_on()
    assert [line.seq for line in life_of(state).lines] == [2, 5]
    assert life_of(state).cursor is None


def test_a_record_as_of_a_moment_and_what_differs_between_two(office: Place) -> None:
    state = screen(office)
    opened(state, 5)
    assert state.one.suggested() == "2026/10/08 12:00"
    assert shown(state, "2026/10/7").said.endswith("連番 2 の記録による内容です。")
    assert dict(shown(state, "2026/10/7").pairs)["状態"] == "審査中"
    assert dict(shown(state, "2026/10/8 12:00").pairs)["状態"] == "却下"
    assert dict(shown(state, "令和8年10月8日 11:59").pairs)["状態"] == "審査中"
    assert shown(state, "2026/10/6").pairs == ()
    both = shown(state, "2026/10/8", "2026/10/7")
    assert both.changes is not None
    assert ("審査中", "却下") in {(line.before, line.after) for line in both.changes}
    assert shown(state, "2026/10/8", "2026/10/9").changes == ()
    for wrong in ("", "x", "2026/10/8 25:00", "2026/13/1"):
        state.one.submit({"first": wrong})
        assert state.one.errors == {"first": words.ERROR_MOMENT}
        assert state.one.state is None
    state.one.leave()
    assert not state.one.asked


def test_a_kind_without_whole_values_is_not_asked_about(office: Place) -> None:
    state = screen(office)
    assert opened(state, 1).whole
    office.register(92)
    state.apply({"tag": "import:applied"})
    (imported,) = seqs(state)
    assert not opened(state, imported).whole


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_file_leaves_and_the_trail_is_told(
    office: Place, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = screen(office)
    state.apply({"supplier": supplier_number(92)})
    leaving = state.export(form)
    assert leaving is not None
    assert leaving.name == f"監査記録_20261007.{form}"
    if form == "xlsx":
        sheet = openpyxl.load_workbook(io.BytesIO(leaving.content)).worksheets[0]
        assert [row[0] for row in sheet.iter_rows(values_only=True)] == ["連番", "2", "5"]
    assert state.notice is not None
    assert "2件" in state.notice.text
    newest = opened(state, 6)
    assert EventTag.AUDIT_EXPORTED.value in dict(newest.facts)[words.FACT_WHAT]
    monkeypatch.setattr(module, "MOST_EXPORTED", 1)
    assert state.export(form) is None
    assert "ebidadmin audit export" in state.notice.text


def test_the_place_is_kept_through_a_reload(office: Place) -> None:
    state = screen(office)
    state.apply({"tag": "application"})
    page = state.fetch(NEWEST, size=2)
    state.fetch(ListPlace(cursor=page.next_cursor), size=2)
    state.one.live(supplier_number(92))
    opened(state, 2)
    state.follow()
    again = screen(office)
    place = again.resume()
    assert place == ListPlace(cursor=page.next_cursor)
    assert (again.conditions, seqs(again, place, 2)) == ("条件: できごと ID登録申請", [3, 2])
    assert again.one.view is not None
    assert (again.one.view.seq, again.one.life is not None) == (2, True)


@pytest.mark.parametrize(
    "kept", ["x", "[]", '{"values": {"tag": "gone:tag"}}', '{"values": {"kind": "gone", "id": "1"}}']
)
def test_a_place_of_another_version_is_forgotten(office: Place, kept: str) -> None:
    screen_places.stand(
        office.office, staff=AUDITOR, store=office.screen_places, screen=module.SCREEN, place=kept
    )
    state = screen(office)
    assert (state.resume(), state.wanted) == (NEWEST, AuditSlice())


def test_a_place_that_cannot_be_kept_is_told(office: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise StorageError("disk-full")

    state = screen(office)
    seqs(state)
    monkeypatch.setattr(office.screen_places, "keep", broken)
    state.follow()
    assert state.notice is not None
    assert state.notice.text == words.NOT_REMEMBERED
