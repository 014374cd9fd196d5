"""The import's state: choosing, looking, applying exactly what was looked at."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from ebidadmin.domain.problem_codes import PROBLEM_CODES
from ebidadmin.domain.qualifications import Qualification
from ebidadmin.domain.staff import Role, Staff
from ebidadmin.intake.csv import write_register
from ebidadmin.intake.returned import returned_file
from ebidadmin.intake.sources import open_source
from ebidadmin.presenters.change_pages import ChangePages
from ebidadmin.presenters.file_choice import SUFFIXES
from ebidadmin.presenters.import_undoing import UndoingPorts
from ebidadmin.presenters.qualification_import import QualificationImport, Step
from ebidadmin.presenters.upload_inbox import LARGEST, PART, UploadInbox
from ebidadmin.services.settings import Settings
from ebidadmin.text import import_lists
from ebidadmin.text import imports as words
from tests import builders
from tests.presenters.office import Place


def importer(place: Place, staff: Staff | None = None, **more: Any) -> QualificationImport:
    inbox = place.folder / "inbox"
    inbox.mkdir(exist_ok=True)
    return QualificationImport(
        place.office,
        staff=staff or place.staff,
        store=place.store,
        reader=place.register_reader,
        undoing=UndoingPorts(
            history=place.history_reader, reader=place.undoing_reader, places=place.screen_places
        ),
        layouts=place.layouts,
        open_source=open_source,
        inbox=inbox,
        returned=returned_file,
        **more,
    )


def record(n: int, **changes: str) -> Qualification:
    return builders.qualification(n, **{"corporate_number": "", **changes})


def file(place: Place, name: str, *records: Qualification) -> str:
    inbox = place.folder / "inbox"
    inbox.mkdir(exist_ok=True)
    write_register(inbox / name, records, place.layouts["ebidadmin"], ())
    return name


def looked_at(place: Place, name: str) -> QualificationImport:
    state = importer(place)
    assert state.choose(file=name, path="", layout="ebidadmin"), (state.errors, state.notice)
    state.preview()
    return state


def test_a_file_comes_in_and_the_same_file_again_changes_nothing(place: Place) -> None:
    name = file(place, "a.csv", *(record(n) for n in range(1, 6)))
    state = looked_at(place, name)
    assert state.plan is not None
    assert (state.plan.added, state.plan.changed, state.plan.vanished) == (5, 0, 0)
    assert state.first_rows is not None
    assert any("テスト商会01" in cell for cell in state.first_rows.rows[0])
    state.apply()
    assert state.step is Step.DONE
    assert state.notice is not None
    assert "追加 5" in state.notice.text
    assert len(state.batches()) == 1
    again = looked_at(place, name)
    assert not again.can_apply
    assert "すでに登録されています" in again.verdict.text


def test_changes_field_by_field_page_by_page(place: Place) -> None:
    first = looked_at(place, file(place, "a.csv", *(record(n) for n in range(1, 31))))
    first.apply()
    second = looked_at(
        place, file(place, "b.csv", *(record(n, address=f"山口県下関市新町{n}番") for n in range(1, 31)))
    )
    page = second.changes("changed", start=0, size=20)
    assert len(page.items) == 20
    assert page.items[0].fields[0].field == "address"
    assert page.next_start == 20
    rest = second.changes("changed", start=20, size=20)
    assert len(rest.items) == 10
    assert rest.next_start is None
    assert rest.previous_start == 0
    assert {one.supplier_number for one in page.items}.isdisjoint(one.supplier_number for one in rest.items)


def test_all_kinds_of_change_come_one_after_the_other(place: Place) -> None:
    looked_at(place, file(place, "a.csv", *(record(n) for n in range(1, 11)))).apply()
    changed = [record(n, address=f"山口県下関市新町{n}番") for n in range(1, 4)]
    state = looked_at(
        place, file(place, "b.csv", *changed, *(record(n) for n in (4, 5, 6, 7, 8, 11, 12, 13)))
    )
    pages = [state.changes("", start=start, size=3) for start in (0, 3, 6)]
    kinds = [[one.kind for one in page.items] for page in pages]
    assert kinds == [["changed"] * 3, ["vanished", "vanished", "added"], ["added", "added"]]
    assert [page.next_start for page in pages] == [3, 6, None]
    assert {page.total for page in pages} == {8}
    assert pages[0].last_start == 6


def test_headings_that_do_not_fit_are_told_as_that_and_nothing_is_counted(place: Place) -> None:
    looked_at(place, file(place, "a.csv", record(1))).apply()
    name = file(place, "b.csv", record(1))
    path = place.folder / "inbox" / name
    content = path.read_text(encoding="utf-8-sig")
    path.write_text(
        content.replace(place.layouts["ebidadmin"].column_of("trade_name"), "somename", 1), encoding="utf-8"
    )
    state = looked_at(place, name)
    assert state.unreadable
    assert state.first_rows is None
    assert state.verdict.text == words.UNREADABLE
    codes = [one.code for _, one in state.problems("", start=0, size=50).items]
    assert "heading-missing" in codes
    assert "extra-column-gone" not in codes


def test_long_work_tells_what_is_left_at_its_pace(place: Place) -> None:
    state = importer(place)
    state.began()
    assert state.seconds_left(10, 100) is None
    place.clock.advance(timedelta(seconds=10))
    assert state.seconds_left(25, 100) == 30
    assert state.seconds_left(100, 100) is None
    assert "残り約30秒" in words.working(words.WORKING_PREVIEW, 25, 30)


def test_a_large_change_needs_the_typed_word(place: Place) -> None:
    looked_at(place, file(place, "a.csv", *(record(n) for n in range(1, 11)))).apply()
    state = looked_at(place, file(place, "b.csv", *(record(n) for n in range(1, 6))))
    assert state.needs_word
    assert "50.0%" in state.verdict.items[0]
    state.apply("ok")
    assert state.errors["word"]
    assert not state.batches()[1:], "nothing was applied"
    state.apply("取込")
    assert state.step is Step.DONE


def test_all_problems_are_listed_with_their_sentence_and_the_file_is_refused(place: Place) -> None:
    name = file(place, "a.csv", record(1), record(2, email="nonsense"), record(3, trade_name=""))
    state = looked_at(place, name)
    page = state.problems("", start=0, size=50)
    assert page.total >= 2
    assert all(sentence for sentence, _ in page.items)
    errors = state.problems("error", start=0, size=50)
    assert 0 < errors.total < page.total or errors.total == page.total
    assert not state.can_apply
    assert state.verdict.tone == "error"


def test_a_file_that_changes_after_the_preview_is_refused(place: Place) -> None:
    name = file(place, "a.csv", record(1))
    state = looked_at(place, name)
    file(place, name, record(1), record(2))
    state.apply()
    assert state.notice is not None
    assert state.notice.tone == "error"
    assert state.step is Step.CHOOSE
    assert importer(place).batches() == ()


def test_a_cancelled_preview_leaves_nothing_behind(place: Place) -> None:
    name = file(place, "a.csv", *(record(n) for n in range(1, 6)))
    state = importer(place)
    assert state.choose(file=name, path="", layout="ebidadmin")
    state.preview(lambda rows, lines: state.cancel())
    assert state.step is Step.CHOOSE
    assert state.plan is None
    assert state.notice is not None
    assert "中止" in state.notice.text


@pytest.mark.parametrize(
    ("choice", "field"),
    [
        ({"file": "", "path": "", "layout": "ebidadmin"}, "file"),
        ({"file": "none.csv", "path": "", "layout": "ebidadmin"}, "file"),
        ({"file": "../register.csv", "path": "", "layout": "ebidadmin"}, "file"),
        ({"file": "", "path": "/nowhere.csv", "layout": "ebidadmin"}, "path"),
        ({"file": "a.csv", "path": "b.csv", "layout": "ebidadmin"}, "path"),
        ({"file": "a.csv", "path": "", "layout": ""}, "layout"),
    ],
)
def test_an_incomplete_choice_is_told_at_its_field(place: Place, choice: dict[str, str], field: str) -> None:
    file(place, "a.csv", record(1))
    (place.folder / "register.csv").write_text("outside the inbox")
    state = importer(place)
    assert not state.choose(**choice)
    assert field in state.errors


def test_the_inbox_lists_only_files_of_rows(place: Place) -> None:
    file(place, "a.csv", record(1))
    (place.folder / "inbox" / "letter.pdf").write_bytes(b"%PDF")
    assert [name for name, _ in importer(place).files()] == ["a.csv"]


def test_somebody_without_the_right_gets_a_sentence(place: Place) -> None:
    name = file(place, "a.csv", record(1))
    state = importer(place, Staff("sato", frozenset({Role.AUDITOR})))
    assert state.choose(file=name, path="", layout="ebidadmin")
    state.preview()
    assert state.notice is not None
    assert state.notice.tone == "error"
    assert state.step is Step.CHOOSE


# Uploads


def test_an_upload_arrives_in_pieces_and_becomes_a_file_of_the_inbox(tmp_path: Path) -> None:
    told: list[str] = []
    inbox = UploadInbox(tmp_path / "inbox", suffixes=SUFFIXES, on_stored=told.append)
    assert inbox.start("C:\\fakepath\\../名簿.csv", 6) == ""
    assert inbox.take(0, b"abc") == ""
    assert inbox.missing_from == 3
    assert inbox.take(3, b"def") == ""
    assert "名簿.csv" in inbox.finished
    assert told == ["名簿.csv"]
    assert (tmp_path / "inbox" / "名簿.csv").read_bytes() == b"abcdef"
    assert not (tmp_path / "inbox" / PART).exists()


def test_another_file_of_the_same_name_does_not_replace_the_first(tmp_path: Path) -> None:
    inbox = UploadInbox(tmp_path, suffixes=SUFFIXES, on_stored=lambda name: None)
    for content in (b"one", b"two", b"two"):
        inbox.start("a.csv", 3)
        inbox.take(0, content)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {
        "a.csv": b"one",
        "a-2.csv": b"two",
    }


@pytest.mark.parametrize(
    ("name", "size", "word"),
    [("a.csv", LARGEST + 1, "inbox"), ("a.exe", 5, "CSV"), ("a.csv", 0, "空"), (".csv", 5, "CSV")],
)
def test_what_cannot_come_this_way_is_told_before_the_first_byte(
    tmp_path: Path, name: str, size: int, word: str
) -> None:
    inbox = UploadInbox(tmp_path, suffixes=SUFFIXES, on_stored=lambda name: None)
    assert word in inbox.start(name, size)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("piece", [(1, b"abc"), (0, b""), (0, b"too much")])
def test_a_piece_out_of_place_ends_the_upload_and_leaves_nothing(
    tmp_path: Path, piece: tuple[int, bytes]
) -> None:
    inbox = UploadInbox(tmp_path, suffixes=SUFFIXES, on_stored=lambda name: None)
    inbox.start("a.csv", 3)
    assert inbox.take(*piece)
    assert list(tmp_path.iterdir()) == []


def test_pages_far_ahead_are_reached_over_the_keys_between() -> None:
    from ebidadmin.domain.imports import RecordChange

    changes = [RecordChange("added", builders.supplier_number(n), "x") for n in range(2500)]

    def fetch(kind: str, after: str | None, limit: int) -> tuple[RecordChange, ...]:
        return tuple(one for one in changes if after is None or one.supplier_number > after)[:limit]

    page = ChangePages(fetch).page("added", start=2400, size=50, total=2500)
    assert page.items == tuple(changes[2400:2450])
    assert (page.next_start, page.previous_start, page.last_start) == (2450, 2350, 2450)


# Lists


def test_problems_are_narrowed_by_reason_and_column_too(place: Place) -> None:
    rows = (record(1), record(2, email="x", phone="1"), record(3, email="y", trade_name=""))
    state = looked_at(place, file(place, "a.csv", *rows))
    filters = {key: dict(options) for key, _, options in state.problem_list.filters()}
    assert filters["code"]["email-form"] == "メールアドレスの形(2)"
    assert filters["column"]["メールアドレス"] == "メールアドレス(2)"
    assert filters["severity"]["error"] == "エラー(1)"
    page = state.problem_list.page({"code": "email-form"}, start=0, size=1)
    assert (page.total, page.next_start, len(page.items)) == (2, 1, 1)
    both = state.problem_list.page({"code": "email-form", "column": "電話番号"}, start=0, size=9)
    assert both.total == 0


def test_columns_of_a_file_that_was_not_understood_are_no_choice(place: Place) -> None:
    path = place.folder / "inbox" / "a.csv"
    path.parent.mkdir()
    path.write_text("山田太郎,秘密\nx,y\n", encoding="utf-8")
    state = looked_at(place, "a.csv")
    assert state.unreadable
    assert "column" not in [key for key, _, _ in state.problem_list.filters()]


def test_every_reason_has_a_short_name() -> None:
    assert set(import_lists.REASONS) == PROBLEM_CODES


def test_suppliers_that_an_import_concerns_are_listed_with_reasons(place: Place) -> None:
    looked_at(place, file(place, "a.csv", *(record(n) for n in range(1, 6)))).apply()
    for n in (1, 2, 3):
        place.submit(n)
    changed = (record(1, trade_name="別の名"), record(2, address="別の所", representative_name="別人"))
    state = looked_at(place, file(place, "b.csv", *changed, record(4), record(5)))
    assert state.plan is not None
    assert state.plan.touched == 3
    first = state.touched(start=0, size=2)
    rest = state.touched(start=2, size=2)
    told = [import_lists.touching(one.reasons) for one in (*first.items, *rest.items)]
    assert told == ["商号又は名称が変わる", "代表者氏名が変わる、住所が変わる", "名簿から外れる"]
    assert (first.next_start, rest.next_start, first.total) == (2, None, 3)
    assert first.items[0].application == builders.application_number(1)
    answers = state.eligibility(first.items)
    assert [answers[one.supplier_number] for one in first.items] == ["不可(IDなし、許可なし)"] * 2
    state.discard()
    assert state.touched(start=0, size=2).items == ()


def test_whoever_works_alone_types_the_rows_where_a_second_person_is_wanted(place: Place) -> None:
    looked_at(place, file(place, "a.csv", *(record(n) for n in range(1, 11)))).apply()
    place.office = replace(place.office, settings=Settings(second_person=True, one_person=True))
    state = looked_at(place, file(place, "b.csv", *(record(n) for n in range(1, 6))))
    assert (state.needs_word, state.needs_request, state.can_apply) == (True, False, True)
    assert "合わせて5者" in state.verdict.items[-1]
    for typed, said in (("", "「5」と入力してください"), ("取込", "「5」ではありません")):
        state.apply(typed)
        assert said in state.errors["word"]
        assert state.step is Step.LOOK
    assert not state.batches()[1:], "nothing was applied"
    state.apply("５")
    assert state.step is Step.DONE
