"""The undoing on the import screen, driven by the messages that the browser sends; long work runs at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from ebidadmin.screens.components.form import FieldForm
from ebidadmin.screens.qualification_import import QualificationImportScreen
from ebidadmin.services.settings import Settings
from tests.presenters.office import Place
from tests.presenters.test_qualification_import import file, importer, looked_at, record
from tests.screens.test_qualification_import import confirm, preview, screen, table


@pytest.fixture
def grown(place: Place) -> Place:
    """Four records, and a file that brought six more."""
    looked_at(place, file(place, "a.csv", *(record(n) for n in range(1, 5)))).apply()
    place.submit(7)
    looked_at(place, file(place, "b.csv", *(record(n) for n in range(1, 11)))).apply()
    return place


def form(shown: QualificationImportScreen) -> FieldForm:
    found = shown.undoing.form
    assert found is not None
    assert found in shown.widget.children
    return found


def press(one: FieldForm, button: str, **values: str) -> None:
    one.receive({"type": "submit", "button": button, "values": values, "secrets": []}, [])


def offered(shown: QualificationImportScreen) -> bool:
    return 'data-ebid-action="undo"' in shown.below.content


def test_only_the_latest_has_the_button(grown: Place) -> None:
    shown = screen(grown)
    assert shown.below.content.count('data-ebid-action="undo"') == 1
    assert "第2版を取り消す" in shown.below.content
    preview(shown, "a.csv")
    assert not offered(shown), "not beside a file that is being looked at"
    confirm(shown, "discard")
    assert offered(shown)


def test_an_empty_register_offers_nothing(place: Place) -> None:
    assert not offered(screen(place))


def test_look_type_the_word_and_undo(grown: Place) -> None:
    shown = screen(grown)
    shown.below.act("undo", "2")
    assert "取込の取消" in shown.top.content
    for text in ("6者", "第1版と同じ内容に戻り、第3版になります", "b.csv", "60.0%が名簿から外れます"):
        assert text in shown.undoing.summary.content
    assert len(table(shown, "changes").page.rows) == 6
    [row] = table(shown, "touched").page.rows
    assert (row.cells["reasons"], row.cells["eligibility"]) == ("名簿から外れる", "不可(IDなし、許可なし)")
    assert not offered(shown)
    old = form(shown)
    tables = shown.undoing.tables
    press(old, "undo", word="")
    assert set(old.errors) == {"word"}
    assert form(shown) is old, "what stands on the screen stays, with its place in the tables"
    assert shown.undoing.tables is tables
    press(old, "undo", word="取消")
    assert "第2版を取り消しました" in shown.top.content
    assert "第2版の取消" in shown.below.content
    assert shown.form in shown.widget.children
    press(old, "undo", word="取消")
    assert len(grown.register_reader.batches()) == 3, "the second click of a double click"


def test_the_kinds_can_be_chosen(grown: Place) -> None:
    looked_at(
        grown, file(grown, "c.csv", record(1, address="別の所"), *(record(n) for n in range(2, 10)))
    ).apply("取込")
    shown = screen(grown)
    shown.below.act("undo", "3")
    changes = table(shown, "changes")
    assert {row.cells["kind"] for row in changes.page.rows} == {"元の内容に戻る", "名簿に戻る"}
    changes.set_filters({"kind": "changed"})
    [row] = changes.page.rows
    assert row.cells["fields"].startswith("住所:「別の所」→")


def test_leaving_comes_back_to_the_choice(grown: Place) -> None:
    shown = screen(grown)
    shown.below.act("undo", "2")
    press(form(shown), "leave")
    assert shown.undoing.form is None
    assert shown.form in shown.widget.children
    assert offered(shown)


def test_right_after_an_import_it_can_be_undone(grown: Place) -> None:
    shown = screen(grown)
    preview(shown, file(grown, "c.csv", *(record(n) for n in range(1, 12))))
    confirm(shown)
    assert "第3版として" in shown.top.content
    shown.below.act("undo", "3")
    assert "第3版として" not in shown.top.content
    press(form(shown), "undo", word="取消")
    assert "第3版を取り消しました" in shown.top.content
    assert shown.form in shown.widget.children


def test_a_double_click_while_it_works_does_nothing_more(grown: Place) -> None:
    waiting: list[Callable[[], None]] = []
    shown = QualificationImportScreen(importer(grown), run=waiting.append)
    shown.below.act("undo", "2")
    shown.below.act("undo", "2")
    assert "取り消すと変わる内容を調べています" in shown.progress.content
    (look,) = waiting
    look()
    old = form(shown)
    for _ in range(3):
        press(old, "undo", word="取消")
    assert "取り消しています" in shown.progress.content
    assert old not in shown.widget.children
    (_, undo) = waiting
    undo()
    assert "第2版を取り消しました" in shown.top.content
    assert len(grown.register_reader.batches()) == 3


def test_what_changed_meanwhile_is_one_sentence(grown: Place) -> None:
    shown, other = screen(grown), screen(grown)
    for one in (shown, other):
        one.below.act("undo", "2")
    press(form(other), "undo", word="取消")
    press(form(shown), "undo", word="取消")
    assert "第2版は第3版ですでに取り消されています" in shown.top.content
    assert shown.form in shown.widget.children
    assert not offered(shown), "the list is that of now"


def test_the_second_person_is_asked_in_the_place_of_the_word(grown: Place) -> None:
    grown.office = replace(grown.office, settings=Settings(second_person=True))
    shown = screen(grown)
    shown.below.act("undo", "2")
    asking = form(shown)
    assert [row["key"] for row in asking.rows] == ["note"]
    assert [button["key"] for button in asking.buttons] == ["request", "leave"]
    press(asking, "request", note="違うファイル")
    assert "依頼R000001を残しました" in shown.top.content
    assert "第2版の取消" in shown.requests.panel.content
    shown.below.act("undo", "2")
    assert [button["key"] for button in form(shown).buttons] == ["leave"]
    assert "確認を待っています" in shown.undoing.summary.content


def test_whoever_works_alone_types_the_rows_in_the_place_of_the_word(grown: Place) -> None:
    grown.office = replace(grown.office, settings=Settings(second_person=True, one_person=True))
    shown = screen(grown)
    shown.below.act("undo", "2")
    asked = form(shown)
    assert [row["label"] for row in asked.rows] == ["確認入力(変わる業者の合計)"]
    press(asked, "undo", word="取消")
    assert "「6」ではありません" in asked.errors["word"]
    press(form(shown), "undo", word="6")
    assert "第2版を取り消しました" in shown.top.content
