"""The undoing on the import screen: what is looked at is what is done, or one sentence says why not; on both databases."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ebidadmin.domain.ids import BatchId, SupplierNumber
from ebidadmin.domain.staff import ALL_ROLES, Role, Staff
from ebidadmin.errors import StorageError
from ebidadmin.presenters.qualification_import import QualificationImport, Step
from ebidadmin.services import import_requests, register_corrections
from ebidadmin.services.settings import Settings
from tests import builders
from tests.conftest import FreshDatabase
from tests.postgres import ENGINES
from tests.presenters.office import Place
from tests.presenters.test_qualification_import import file, importer, looked_at, record

OTHER = Staff("suzuki", ALL_ROLES)


@pytest.fixture(params=ENGINES)
def url(request: pytest.FixtureRequest, fresh_database: FreshDatabase) -> str:
    return fresh_database(str(request.param))


@pytest.fixture
def mistaken(place: Place) -> Place:
    """Forty records; then a file by mistake: one record otherwise, one gone, one new, which together is nothing large."""
    looked_at(place, file(place, "a.csv", *(record(n) for n in range(1, 41)))).apply()
    place.submit(1)
    rows = (record(1, trade_name="別の名"), *(record(n) for n in range(2, 40)), record(90))
    looked_at(place, file(place, "b.csv", *rows)).apply()
    return place


def told(state: QualificationImport) -> str:
    assert state.notice is not None
    return state.notice.text


def undoable(state: QualificationImport) -> list[int]:
    return [line.number for line in state.batches() if line.undoable]


def correct(place: Place) -> None:
    register_corrections.correct(
        place.office,
        staff=OTHER,
        number=SupplierNumber(builders.supplier_number(3)),
        changes={"remarks": "届出"},
        reason="届出",
        layout=place.layouts["ebidadmin"],
    )


def test_look_then_undo_exactly_that(mistaken: Place) -> None:
    state = importer(mistaken)
    assert undoable(state) == [2]
    state.look_at_undoing(BatchId(2))
    undoing = state.undoing
    assert dict(undoing.counts) == {"changed": 1, "added": 1, "vanished": 1}
    page = undoing.changes("", start=0, size=50)
    assert [(one.kind, one.supplier_number) for one in page.items] == [
        ("changed", builders.supplier_number(1)),
        ("added", builders.supplier_number(40)),
        ("vanished", builders.supplier_number(90)),
    ]
    (name,) = page.items[0].fields
    assert (name.old, name.new) == ("別の名", record(1).trade_name)
    (concerned,) = undoing.touched(start=0, size=50).items
    assert concerned.application == builders.application_number(1)
    assert undoing.eligibility([concerned]) == {concerned.supplier_number: "不可(IDなし、許可なし)"}
    assert (undoing.can_undo, undoing.needs_word, undoing.needs_request) == (True, False, False)
    assert undoing.verdict.tone == "info"
    undoing.undo()
    assert "第2版を取り消しました。いまは第3版です" in told(state)
    held = {one.supplier_number: one for one in mistaken.register_reader.every()}
    assert held == {record(n).supplier_number: record(n) for n in range(1, 41)}
    assert undoable(state) == [], "an undoing is not undone"


def test_leaving_does_nothing(mistaken: Place) -> None:
    state = importer(mistaken)
    state.look_at_undoing(BatchId(2))
    offered_then = state.offers_undoing
    state.undoing.leave()
    assert (offered_then, state.offers_undoing) == (False, True)
    assert (state.undoing.plan, state.notice) == (None, None)
    assert len(state.batches()) == 2


def test_pressing_twice_undoes_once(mistaken: Place) -> None:
    state = importer(mistaken)
    state.look_at_undoing(BatchId(2))
    state.undoing.undo()
    said = told(state)
    state.undoing.undo()
    state.undoing.ask("")
    assert told(state) == said
    assert len(state.batches()) == 3


def test_undone_in_another_tab_meanwhile(mistaken: Place) -> None:
    state, other = importer(mistaken), importer(mistaken, OTHER)
    for one in (state, other):
        one.look_at_undoing(BatchId(2))
    other.undoing.undo()
    state.undoing.undo()
    assert told(state) == "第2版は第3版ですでに取り消されています。何も行っていません。"
    assert len(state.batches()) == 3


def test_a_correction_that_came_after(mistaken: Place) -> None:
    state = importer(mistaken)
    state.look_at_undoing(BatchId(2))
    correct(mistaken)
    state.undoing.undo()
    assert told(state) == (
        "第2版の後に第3版があるため、第2版は取り消せません。取り消せるのは最新の版だけです。"
    )
    assert state.undoing.plan is None
    assert undoable(state) == [3]
    state.look_at_undoing(BatchId(2))
    assert "第2版の後に第3版がある" in told(state), "a button of before says why as well"
    state.look_at_undoing(BatchId(3))
    assert dict(state.undoing.counts) == {"changed": 1, "added": 0, "vanished": 0}
    state.undoing.undo()
    assert "第3版を取り消しました" in told(state)


def test_a_file_that_is_looked_at_is_put_away(mistaken: Place) -> None:
    state = looked_at(mistaken, file(mistaken, "c.csv", *(record(n) for n in range(1, 41))))
    assert not state.offers_undoing
    state.look_at_undoing(BatchId(2))
    assert (state.plan, state.step) == (None, Step.CHOOSE)
    assert state.undoing.plan is not None


def test_a_large_undoing_needs_the_typed_word(place: Place) -> None:
    looked_at(place, file(place, "a.csv", *(record(n) for n in range(1, 5)))).apply()
    looked_at(place, file(place, "b.csv", *(record(n) for n in range(1, 11)))).apply()
    state = importer(place)
    state.look_at_undoing(BatchId(2))
    assert state.undoing.needs_word
    assert "60.0%が名簿から外れます" in state.undoing.verdict.items[0]
    state.undoing.undo("取込")
    assert set(state.undoing.errors) == {"word"}
    assert state.undoing.plan is not None
    assert len(state.batches()) == 2, "nothing was undone"
    state.undoing.undo(" 取消 ")
    assert "第2版を取り消しました" in told(state)


def two_persons(place: Place) -> Place:
    looked_at(place, file(place, "a.csv", *(record(n) for n in range(1, 5)))).apply()
    looked_at(place, file(place, "b.csv", *(record(n) for n in range(1, 11)))).apply()
    place.office = replace(place.office, settings=Settings(second_person=True))
    return place


def test_where_two_persons_are_wanted_one_asks_and_another_confirms(place: Place) -> None:
    state = importer(two_persons(place))
    state.look_at_undoing(BatchId(2))
    assert (state.undoing.can_undo, state.undoing.needs_word, state.undoing.needs_request) == (
        False,
        False,
        True,
    )
    assert "ほかの職員の確認が必要です" in state.undoing.verdict.text
    state.undoing.undo("取消")
    assert "変更の多い取消なので、ほかの職員の確認が必要です" in told(state)
    state.look_at_undoing(BatchId(2))
    state.undoing.ask("違うファイルだった")
    assert "まだ取り消していません" in told(state)
    (line,) = state.requests.lines()
    assert (line.what, line.note) == ("第2版の取消", "違うファイルだった")
    state.look_at_undoing(BatchId(2))
    assert "確認を待っています" in state.undoing.verdict.text
    assert (state.undoing.can_undo, state.undoing.needs_request) == (False, False)
    state.undoing.undo()
    assert "確認を待っています" in told(state)
    own = importer(place)
    own.requests.choose("confirm-request", "R000001")
    assert own.requests.chosen is None, "nobody confirms what is their own"
    other = importer(place, OTHER)
    other.requests.choose("confirm-request", "R000001")
    other.requests.confirm()
    assert other.requests.notice is not None
    assert "tanakaさんが「これまでの取込」の「取り消す」から取り消せます" in other.requests.notice.text
    (line,) = state.requests.lines()
    assert "「これまでの取込」" in line.hint
    state.look_at_undoing(BatchId(2))
    assert state.undoing.can_undo
    assert "suzukiさんが確認しました。取り消せます" in state.undoing.verdict.text
    state.undoing.undo()
    assert "第2版を取り消しました" in told(state)
    (done,) = import_requests.list_all(place.office, staff=place.staff, open_only=False)
    assert (done.request.batch, done.request.confirmed_by) == (3, "suzuki")


def test_a_correction_makes_the_request_worthless(place: Place) -> None:
    state = importer(two_persons(place))
    state.look_at_undoing(BatchId(2))
    state.undoing.ask("")
    other = importer(place, OTHER)
    other.requests.choose("confirm-request", "R000001")
    other.requests.confirm()
    state.look_at_undoing(BatchId(2))
    correct(place)
    assert not state.undoing.can_undo
    state.undoing.undo()
    assert "第2版の後に第3版がある" in told(state)


def test_a_request_that_somebody_made_already_is_told(place: Place) -> None:
    two_persons(place)
    state, other = importer(place), importer(place, OTHER)
    for one in (state, other):
        one.look_at_undoing(BatchId(2))
    other.undoing.ask("")
    state.undoing.ask("")
    assert "同じ内容の依頼R000001(suzukiさん)がすでにあります" in told(state)


def test_a_reload_comes_back_to_what_was_looked_at(mistaken: Place) -> None:
    importer(mistaken).look_at_undoing(BatchId(2))
    again = importer(mistaken)
    assert again.undoing.plan is not None
    assert (again.undoing.plan.target.id, again.notice) == (2, None)
    assert importer(mistaken, OTHER).undoing.plan is None, "another person stands elsewhere"
    again.undoing.leave()
    assert importer(mistaken).undoing.plan is None
    again.look_at_undoing(BatchId(2))
    again.undoing.undo()
    after = importer(mistaken)
    assert (after.undoing.plan, after.notice) == (None, None)


def test_what_cannot_be_undone_any_more_is_told_once_after_a_reload(mistaken: Place) -> None:
    importer(mistaken).look_at_undoing(BatchId(2))
    correct(mistaken)
    again = importer(mistaken)
    assert again.undoing.plan is None
    assert "第2版の後に第3版がある" in told(again)
    assert importer(mistaken).notice is None


def test_a_place_that_cannot_be_kept_is_told_and_the_work_goes_on(
    mistaken: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise StorageError("database-busy")

    for name in ("keep", "drop"):
        monkeypatch.setattr(mistaken.screen_places, name, full)
    state = importer(mistaken)
    state.look_at_undoing(BatchId(2))
    assert "覚えられませんでした" in told(state)
    state.undoing.undo()
    assert "第2版を取り消しました" in told(state)
    monkeypatch.setattr(mistaken.screen_places, "get", full)
    assert importer(mistaken).notice is not None


def test_who_may_only_read_is_offered_nothing(mistaken: Place) -> None:
    reader = Staff("yomu", frozenset({Role.AUDITOR, Role.REVIEWER}))
    state = importer(mistaken, reader)
    assert len(state.batches()) == 2
    assert undoable(state) == []
    state.look_at_undoing(BatchId(2))
    assert "権限がありません" in told(state)
    assert state.undoing.plan is None


def test_whoever_works_alone_types_the_rows_where_a_second_person_is_wanted(place: Place) -> None:
    looked_at(place, file(place, "a.csv", *(record(n) for n in range(1, 5)))).apply()
    looked_at(place, file(place, "b.csv", *(record(n) for n in range(1, 11)))).apply()
    place.office = replace(place.office, settings=Settings(second_person=True, one_person=True))
    state = importer(place)
    state.look_at_undoing(BatchId(2))
    undoing = state.undoing
    assert (undoing.needs_word, undoing.needs_request, undoing.can_undo) == (True, False, True)
    assert "合わせて6者" in undoing.verdict.items[-1]
    for typed, said in (("", "「6」と入力してください"), ("取消", "「6」ではありません")):
        undoing.undo(typed)
        assert said in undoing.errors["word"]
        assert undoing.plan is not None
    undoing.undo("6")
    assert (undoing.plan, len(place.register_reader.batches())) == (None, 3)
