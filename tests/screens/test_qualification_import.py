"""The import screen's widgets, driven by the messages that the browser sends; long work runs at once."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from ebidadmin.screens.qualification_import import QualificationImportScreen
from tests import builders
from tests.intake.workbooks import old_workbook, workbook
from tests.presenters.office import Place
from tests.presenters.test_qualification_import import file, importer, record
from tests.screens.conftest import sent_by


def screen(place: Place) -> QualificationImportScreen:
    return QualificationImportScreen(importer(place), run=lambda work: work())


def preview(shown: QualificationImportScreen, name: str) -> None:
    values = {"file": name, "path": "", "layout": "ebidadmin"}
    shown.form.receive({"type": "submit", "button": "preview", "values": values, "secrets": []}, [])


def confirm(shown: QualificationImportScreen, button: str = "apply", **values: str) -> None:
    assert shown.confirm is not None
    shown.confirm.receive({"type": "submit", "button": button, "values": values, "secrets": []}, [])


def table(shown: QualificationImportScreen, testid: str) -> Any:
    return next(child for child in shown.widget.children if getattr(child, "testid", "") == testid)


def test_look_then_apply(place: Place) -> None:
    name = file(place, "a.csv", *(record(n) for n in range(1, 4)))
    shown = screen(place)
    preview(shown, name)
    assert "3行" in shown.summary.content
    assert len(table(shown, "changes").page.rows) == 3
    confirm(shown)
    assert "第1版" in shown.top.content
    assert "a.csv" in shown.below.content


def test_the_layout_is_named_by_its_title_and_the_encoding_is_told(place: Place) -> None:
    shown = screen(place)
    [title] = [title for name, title in importer(place).layouts if name == "ebidadmin"]
    preview(shown, file(place, "a.csv", record(1)))
    assert title in shown.summary.content
    assert "UTF-8" in shown.summary.content
    confirm(shown)
    assert title in shown.below.content


def test_a_wrong_choice_is_told_at_its_field(place: Place) -> None:
    shown = screen(place)
    preview(shown, "")
    assert set(shown.form.errors) == {"file"}


def test_a_large_change_wants_the_word_and_says_so(place: Place) -> None:
    shown = screen(place)
    preview(shown, file(place, "a.csv", *(record(n) for n in range(1, 11))))
    confirm(shown)
    shown.summary.act("again")
    preview(shown, file(place, "b.csv", record(1)))
    confirm(shown, word="")
    assert shown.confirm is not None
    assert set(shown.confirm.errors) == {"word"}
    confirm(shown, word="取込")
    assert "第2版" in shown.top.content


def test_problems_can_be_filtered_by_severity(place: Place) -> None:
    name = file(place, "a.csv", record(1), record(2, email="nonsense"), record(3, trade_name=""))
    shown = screen(place)
    preview(shown, name)
    problems = table(shown, "problems")
    everything = len(problems.page.rows)
    problems.set_filters({"severity": "error"})
    assert 0 < len(problems.page.rows) <= everything
    confirm(shown, "discard")
    assert shown.form in shown.widget.children


def test_problems_can_be_filtered_by_reason_and_column(place: Place) -> None:
    shown = screen(place)
    preview(shown, file(place, "a.csv", record(1), record(2, email="nonsense"), record(3, trade_name="")))
    problems = table(shown, "problems")
    problems.set_filters({"code": "email-form", "column": "メールアドレス"})
    [row] = problems.page.rows
    assert "メールアドレスの形ではありません" in row.cells["reason"]


def test_who_is_concerned_is_a_table(place: Place) -> None:
    shown = screen(place)
    preview(shown, file(place, "a.csv", *(record(n) for n in range(1, 4))))
    confirm(shown)
    place.submit(1)
    shown.summary.act("again")
    preview(shown, file(place, "b.csv", record(1, trade_name="別の名"), record(2), record(3)))
    [row] = table(shown, "touched").page.rows
    assert dict(row.cells) == {
        "supplier": builders.supplier_number(1),
        "name": "別の名",
        "reasons": "商号又は名称が変わる",
        "eligibility": "不可(IDなし、許可なし)",
        "enterprise_id": "なし",
        "application": builders.application_number(1),
    }


def test_a_workbook_with_problems_is_handed_back_as_a_workbook(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = screen(place)
    sent: list[tuple[str, bytes, str]] = []
    monkeypatch.setattr(
        shown.download, "offer", lambda content, *, name, mime: sent.append((name, content, mime))
    )
    rows = [["業者番号", "商号又は名称", "メールアドレス"], ["190000001", "甲", "x"]]
    workbook(place.folder / "inbox" / "名簿.xlsx", rows)
    preview(shown, "名簿.xlsx")
    confirm(shown, "return")
    ((name, content, mime),) = sent
    assert (name, mime.rpartition(".")[2]) == ("名簿_問題一覧.xlsx", "sheet")
    page = openpyxl.load_workbook(io.BytesIO(content)).active
    assert page["E2"].value is not None
    assert "メールアドレスの形" in page["E2"].value


def test_an_upload_is_listed_and_chosen(place: Place) -> None:
    shown = screen(place)
    shown.upload.receive({"type": "start", "name": "new.csv", "size": 3})
    shown.upload.receive({"type": "piece", "offset": 0}, [b"abc"])
    assert shown.form.values["file"] == "new.csv"
    assert (place.folder / "inbox" / "new.csv").read_bytes() == b"abc"


def test_a_file_with_problems_is_handed_back_for_its_sender(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = screen(place)
    sent: list[tuple[str, bytes, str]] = []
    monkeypatch.setattr(
        shown.download, "offer", lambda content, *, name, mime: sent.append((name, content, mime))
    )
    preview(shown, file(place, "a.csv", record(1), record(2, email="x")))
    confirm(shown, "return")
    ((name, content, mime),) = sent
    assert (name, mime) == ("a_問題一覧.csv", "text/csv")
    assert "メールアドレスの形ではありません" in content.decode("utf-8-sig")
    path = place.folder / "inbox" / "a.csv"
    path.write_bytes(path.read_bytes() + b"\r\n")
    confirm(shown, "return")
    assert len(sent) == 1
    assert "変わりました" in shown.top.content


@pytest.mark.parametrize(("make", "name"), [(workbook, "名簿.xlsx"), (old_workbook, "名簿.xls")])
def test_a_workbook_says_what_the_same_register_as_text_says(
    place: Place, make: Callable[[Path, Sequence[Sequence[Any]]], Path], name: str
) -> None:
    shown = screen(place)
    rows = list(
        csv.reader(
            (place.folder / "inbox" / file(place, "a.csv", *(record(n) for n in range(1, 6))))
            .read_text("utf-8-sig")
            .splitlines()
        )
    )
    make(place.folder / "inbox" / name, rows)
    preview(shown, name)
    confirm(shown)
    by_workbook = {one.supplier_number: one for one in place.register_reader.every()}
    assert by_workbook == {one.supplier_number: one for one in (record(n) for n in range(1, 6))}
    shown.summary.act("again")
    preview(shown, "a.csv")
    assert "すでに登録されています" in shown.summary.content
    confirm(shown, "discard")
    rows[1][rows[0].index("備考")] = "変わった"
    make(place.folder / "inbox" / name, rows)
    preview(shown, name)
    assert len(table(shown, "changes").page.rows) == 1
    confirm(shown, word="取込")
    changed = {one.supplier_number: one for one in place.register_reader.every()}
    first = record(1).supplier_number
    assert changed == {**by_workbook, first: replace(by_workbook[first], remarks="変わった")}


def test_a_file_of_twelve_megabytes_is_steered_to_the_inbox_before_a_byte_travels(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = screen(place)
    messages = sent_by(shown.upload, monkeypatch)
    shown.upload.receive({"type": "start", "name": "large.csv", "size": 12_000_000})
    assert [message["type"] for message in messages] == ["refused"]
    assert "12MB" in messages[0]["text"]
    assert "inbox" in messages[0]["text"]
    (place.folder / "inbox").mkdir(exist_ok=True)
    content = (place.folder / "inbox" / file(place, "a.csv", record(1))).read_bytes()
    (place.folder / "inbox" / "large.csv").write_bytes(content + b"," * 12_000_000)
    submit = {"type": "submit", "button": "files", "secrets": []}
    shown.form.receive({**submit, "values": {"file": "", "path": "", "layout": ""}}, [])
    assert "large.csv" in dict(importer(place).files())
