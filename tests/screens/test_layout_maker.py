"""The layout screen's widgets, driven by the messages that the browser sends."""

from __future__ import annotations

import pytest

from ebidadmin.intake.layout_shelf import LayoutShelf
from ebidadmin.screens.layout_maker import LayoutMakerScreen
from ebidadmin.screens.qualification_import import QualificationImportScreen
from tests.presenters.office import Place
from tests.presenters.test_layout_maker import TITLED, Desk, desk
from tests.presenters.test_qualification_import import importer

__all__ = ["desk"]


def opened(desk: Desk, name: str = "青葉.csv", content: str = TITLED) -> LayoutMakerScreen:
    (desk.inbox / name).write_bytes(content.encode("cp932"))
    shown = LayoutMakerScreen(desk.maker())
    submit(shown.form, "open", file=name, path="")
    return shown


def submit(form: object, button: str, **values: str) -> None:
    assert form is not None
    form.receive({"type": "submit", "button": button, "values": values, "secrets": []}, [])  # type: ignore[attr-defined]  # any form


def rules(**changes: str) -> dict[str, str]:
    plain = {
        "number": "given",
        "list": "partial",
        "rows": "refuse-file",
        "title": "",
        "name": "",
        "replace": "",
    }
    return {**plain, **changes}


def test_point_at_headings_see_the_rows_save_and_find_it_in_the_import_screen(
    desk: Desk, place: Place
) -> None:
    shown = opened(desk)
    assert "髙﨑" in shown.rows.content
    assert "CP932" in shown.rows.content or "シフトJIS" in shown.rows.content
    assert [row.cells["heading"] for row in shown.columns.rows][:2] == ["No.", "業者コード"]
    shown.columns.change("9", "purpose", "grade_sale")
    shown.columns.change("0", "purpose", "ignore")
    odd = {row.cells["old"]: row.id for row in shown.values.rows}
    shown.values.change(odd["特"], "new", "to:A")
    shown.values.change({row.cells["old"]: row.id for row in shown.values.rows}["－"], "new", "to:")
    shown.fields.change("address", "required", "1")
    shown.fields.change("remarks", "constant", "見本")
    assert "エラー</span>" not in shown.check.content
    assert "「ふりがな」にカナ" in shown.check.content
    submit(shown.rules, "save", **rules(title="青葉市 物品", name="aoba"))
    assert "「aoba」として保存しました" in shown.top.content
    assert shown.widget.children == (shown.top,)

    state = importer(place, reload_layouts=LayoutShelf(desk.reference).layouts)
    importing = QualificationImportScreen(state, run=lambda work: work())
    assert "青葉市 物品" not in repr(importing.form.rows)
    submit(importing.form, "files", file="", path="", layout="")
    assert "青葉市 物品" in repr(importing.form.rows)
    submit(importing.form, "preview", file="青葉.csv", path="", layout="aoba")
    assert "2行" in importing.summary.content


def test_nothing_of_the_file_becomes_state_of_a_widget(desk: Desk) -> None:
    shown = opened(desk)
    for widget in (shown.rows, shown.columns, shown.fields, shown.values, shown.check, shown.heading):
        assert widget is not None
        state = repr(widget.get_state())
        assert "髙﨑" not in state
        assert "業者コード" not in state


def test_the_heading_row_can_be_moved_and_the_example_left(desk: Desk) -> None:
    shown = opened(desk)
    assert shown.heading is not None
    shown.heading.receive({"type": "change", "key": "heading", "values": {"heading": "0"}})
    assert [row.cells["heading"] for row in shown.columns.rows] == ["青葉市競争入札参加資格者名簿"]
    submit(shown.heading, "back", heading="0")
    assert shown.form in shown.widget.children


def test_a_bad_name_is_told_where_the_button_is(desk: Desk) -> None:
    shown = opened(desk)
    submit(shown.rules, "save", **rules(title="青葉市", name="青葉"))
    assert "半角の英小文字" in shown.check.content
    assert "できあがっていません" in shown.top.content


@pytest.mark.parametrize(
    "values", [{"field": "", "old": "○", "new": "A"}, {"field": "fax", "old": "", "new": ""}]
)
def test_a_replacement_without_field_or_value_is_told_at_its_field(
    desk: Desk, values: dict[str, str]
) -> None:
    shown = opened(desk)
    submit(shown.more, "add", **values)
    assert shown.more is not None
    assert len(shown.more.errors) == 1


def test_an_uploaded_example_is_chosen(desk: Desk) -> None:
    shown = LayoutMakerScreen(desk.maker())
    shown.upload.receive({"type": "start", "name": "new.csv", "size": 3})
    shown.upload.receive({"type": "piece", "offset": 0}, [b"abc"])
    assert shown.form.values["file"] == "new.csv"
