"""Making a layout from example files of offices that nobody here knows: what is proposed, what is told, what is saved, what it reads."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ebidadmin.domain.events import EventTag
from ebidadmin.domain.qualifications import Qualification
from ebidadmin.domain.staff import Role, Staff
from ebidadmin.intake.layout_shelf import LayoutShelf
from ebidadmin.intake.sources import open_source
from ebidadmin.presenters.layout_maker import LayoutMaker, Step
from ebidadmin.services import audit, qualification_import
from ebidadmin.text import layouts as words
from tests.intake.workbooks import workbook
from tests.presenters.office import DATA, Place


@dataclass
class Desk:
    """A desk whose reference data may be written."""

    place: Place
    reference: Path

    @property
    def inbox(self) -> Path:
        return self.place.folder / "inbox"

    def maker(self, staff: Staff | None = None) -> LayoutMaker:
        shelf = LayoutShelf(self.reference)
        return LayoutMaker(self.place.office, staff=staff or self.place.staff, shelf=shelf, inbox=self.inbox)

    def opened(self, name: str, content: str, encoding: str = "cp932") -> LayoutMaker:
        (self.inbox / name).write_bytes(content.encode(encoding))
        return self.chosen(name)

    def chosen(self, name: str) -> LayoutMaker:
        made = self.maker()
        assert made.choose(file=name, path=""), (made.notice, made.errors)
        return made

    def brought_in(self, name: str, layout_name: str) -> dict[str, Qualification]:
        """The file under the saved layout, applied."""
        layout = LayoutShelf(self.reference).layouts()[layout_name]
        office, staff, store = self.place.office, self.place.staff, self.place.store
        source = open_source(self.inbox / name, layout)
        plan = qualification_import.preview(office, staff=staff, store=store, source=source, layout=layout)
        assert plan.applicable, plan.problems
        qualification_import.apply(
            office, staff=staff, store=store, source=source, layout=layout, plan=plan, confirmed_scale=True
        )
        return {one.trade_name: one for one in self.place.register_reader.every()}


@pytest.fixture
def desk(place: Place) -> Desk:
    reference = place.folder / "data" / "reference"
    shutil.copytree(DATA, reference)
    (place.folder / "inbox").mkdir()
    return Desk(place, reference)


def purposes(made: LayoutMaker) -> dict[str, str]:
    return {line.heading: line.purpose for line in made.columns()}


def named(made: LayoutMaker, name: str = "aoba", **changes: str) -> None:
    made.set_rules({**made.rules(), "name": name, "title": "青葉市 物品", **changes})


TITLED = (
    "青葉市競争入札参加資格者名簿\n令和8年4月1日現在\n"
    "No.,業者コード,商号・名称,ふりがな,代表者職氏名,〒,本社所在地,TEL,FAX,等級(物品販売),有効期限\n"
    "1,A00000001,㈱髙﨑商会,たかさきしょうかい,代表取締役 髙﨑 一,750-0006,山口県下関市南部町1-1,083-231-1111,－,Ａ,R10.3.31\n"
    "2,A00000002,(有)テスト商会02,てすとしょうかい,取締役 試験 二,750-0006,山口県下関市南部町1-2,083-231-2222,－,特,令和10年3月31日\n"
)


def test_a_file_with_titles_in_cp932_is_proposed_repaired_saved_and_read(desk: Desk) -> None:
    made = desk.opened("青葉.csv", TITLED)
    assert made.heading == "2"
    assert made.example is not None
    assert made.example.encoding == "cp932"
    said = purposes(made)
    assert said["業者コード"] == "supplier_number"
    assert said["商号・名称"] == "trade_name"
    assert (said["〒"], said["本社所在地"], said["TEL"]) == ("postcode", "address", "phone")
    assert (said["等級(物品販売)"], said["No."]) == ("extra", "extra")
    made.set_purpose(0, "ignore")
    made.set_purpose(9, "grade_sale")
    assert any("A、B、C、D" in line.sentence for line in made.problems())
    lines = {(line.label, line.old): line for line in made.values()}
    assert lines["物品の販売", "特"].count == 1
    made.set_value("grade_sale", "特", "A")
    made.set_value("fax", "－", "")
    assert [line.sentence for line in made.problems() if line.severity.value == "error"] == []
    headings, rows = made.preview()
    assert rows[0][headings.index("商号又は名称")] == "㈱髙﨑商会"
    assert not made.save(replacing=False)
    assert made.notice is not None
    named(made)
    assert made.verdict()[0].text == words.READY
    assert made.save(replacing=False), made.notice
    assert made.step is Step.SAVED
    register = desk.brought_in("青葉.csv", "aoba")
    assert set(register) == {"㈱髙﨑商会", "(有)テスト商会02"}
    second = register["(有)テスト商会02"]
    assert (second.grade_sale.value, second.fax, str(second.valid_to)) == ("A", "", "2028-03-31")
    assert second.supplier_number == "A00000002"
    assert "No." not in second.extra


SPLIT = (
    "会社名\tカナ\t都道府県\t市区町村\t番地\t役職\t氏名\t役職\t氏名\t法人番号\t製造\t販売\n"
    "テスト商会01\tテストショウカイ\t山口県\t下関市\t南部町1-1\t代表取締役\t甲\t支店長\t乙\t\t○\t×\n"
    "テスト商会02\tテストショウカイ\t山口県\t下関市\t南部町1-2\t代表取締役\t丙\t\t\t\t×\t○\n"
)


def test_a_tab_separated_file_with_split_address_doubled_headings_and_no_numbers(desk: Desk) -> None:
    made = desk.opened("分割.txt", SPLIT, "utf-8")
    said = purposes(made)
    assert (said["都道府県"], said["市区町村"], said["番地"]) == ("address", "address", "address")
    assert said["役職"] == "representative_title"
    assert (said["役職(2)"], said["氏名(2)"]) == ("extra", "extra")
    made.set_purpose(7, "delegate_title")
    made.set_purpose(8, "delegate_name")
    assert made.rules()["number"] == "issue"
    made.set_field("valid_from", "constant", "令和8年4月1日")
    made.set_field("grade_service", "constant", "無し")
    for sign, grade in (("○", "A"), ("×", "none")):
        made.set_value("grade_manufacture", sign, grade)
        made.set_value("grade_sale", sign, grade)
    named(made, "bunkatsu", rows="take-good", list="full")
    assert any("外れます" in item for one in made.verdict() for item in one.items)
    assert made.save(replacing=False), made.notice
    register = desk.brought_in("分割.txt", "bunkatsu")
    first = register["テスト商会01"]
    assert first.address == "山口県下関市南部町1-1"
    assert (first.delegate_title, first.delegate_name) == ("支店長", "乙")
    assert (first.representative_title, first.representative_name) == ("代表取締役", "甲")
    assert first.supplier_number.startswith("K")
    assert str(first.valid_from) == "2026-04-01"
    assert (first.grade_manufacture.value, first.grade_sale.value) == ("A", "none")


def test_names_are_joined_with_what_was_chosen_and_a_column_can_be_given_back(desk: Desk) -> None:
    made = desk.opened("a.csv", "業者番号,商号,代表者姓,代表者名前\n190000092,甲社,試験,太郎\n")
    assert purposes(made)["代表者姓"] == "representative_name"
    made.set_field("representative_name", "joiner", "　")
    made.set_field("representative_name", "required", "1")
    named(made)
    assert made.save(replacing=False), made.notice
    assert desk.brought_in("a.csv", "aoba")["甲社"].representative_name == "試験　太郎"
    again = desk.opened("a.csv", "業者番号,商号,代表者姓,代表者名前\n190000092,甲社,試験,太郎\n")
    again.set_field("representative_name", "required", "1")
    for place in (2, 3):
        again.set_purpose(place, "extra")
    assert again.draft is not None
    assert again.draft.required == frozenset()


def test_a_workbook_with_its_headings_on_line_three(desk: Desk) -> None:
    rows: Sequence[Sequence[Any]] = [
        ["有資格者名簿"],
        [],
        ["事業者番号", "事業者名", "住所又は所在地", "郵便番号", "担当"],
        ["190000092", "(株)テスト商会01", "山口県下関市", 7500006, "甲"],
    ]
    workbook(desk.inbox / "名簿.xlsx", rows)
    made = desk.chosen("名簿.xlsx")
    assert made.example is not None
    assert (made.example.encoding, made.example.rows[int(made.heading)].line) == ("", 3)
    assert purposes(made)["事業者名"] == "trade_name"
    made.set_purpose(2, "address")
    named(made)
    assert made.save(replacing=False), made.notice
    found = desk.brought_in("名簿.xlsx", "aoba")["(株)テスト商会01"]
    assert (found.address, found.extra) == ("山口県下関市", {"担当": "甲"})


def test_a_file_without_headings_is_read_by_the_order_of_its_columns(desk: Desk) -> None:
    made = desk.opened("a.csv", "190000092,(株)テスト商会01,A\n190000093,(株)テスト商会02,B\n")
    made.set_heading(words.HEADLESS)
    assert purposes(made) == {"列A": "extra", "列B": "extra", "列C": "extra"}
    for place, field in enumerate(("supplier_number", "trade_name", "grade_sale")):
        made.set_purpose(place, field)
    named(made, number="given")
    assert made.save(replacing=False), made.notice
    register = desk.brought_in("a.csv", "aoba")
    assert register["(株)テスト商会02"].grade_sale.value == "B"
    assert len(register) == 2


def test_a_title_that_looks_like_a_heading_row_is_passed_over_when_somebody_says_so(desk: Desk) -> None:
    content = "商号,業者番号\nここは説明です,備考\n商号,業者番号\n甲社,190000092\n"
    made = desk.opened("a.csv", content)
    made.set_heading("2")
    named(made)
    assert made.save(replacing=False), made.notice
    assert LayoutShelf(desk.reference).layouts()["aoba"].heading_row == 3
    assert set(desk.brought_in("a.csv", "aoba")) == {"甲社"}


def test_what_is_missing_is_told_until_it_is_there(desk: Desk) -> None:
    made = desk.opened("a.csv", "番,社名のようなもの,業者番号\n1,甲,190000092\n")
    told = [item for one in made.verdict() for item in one.items]
    assert any("商号又は名称" in item for item in told)
    assert made.preview() == ((), ())
    made.set_purpose(1, "trade_name")
    assert made.preview()[1][0][1:3] == ("190000092", "甲")
    named(made, number="issue")
    assert any("どちらか" in item for one in made.verdict() for item in one.items)
    named(made, number="given")
    assert made.verdict()[0].text == words.READY


@pytest.mark.parametrize("name", ["Aoba", "青葉", "", "a b", "../aoba", "x" * 41])
def test_a_bad_name_is_told_and_nothing_is_written(desk: Desk, name: str) -> None:
    made = desk.opened("a.csv", "業者番号,商号\n190000092,甲\n")
    before = sorted(desk.reference.rglob("*"))
    named(made, name)
    assert not made.save(replacing=False)
    assert any("半角の英小文字" in item for one in made.verdict() for item in one.items)
    assert sorted(desk.reference.rglob("*")) == before


def test_names_of_the_program_and_taken_names_are_refused_own_ones_replaced_when_asked(desk: Desk) -> None:
    made = desk.opened("a.csv", "業者番号,商号\n190000092,甲\n")
    for replacing in (False, True):
        named(made, "mlit-construction")
        assert not made.save(replacing=replacing)
        assert made.notice is not None
        assert "最初から入っている" in made.notice.text
    named(made, "aoba")
    assert made.save(replacing=False)
    second = desk.opened("a.csv", "業者番号,商号,備考\n190000092,甲,乙\n")
    named(second, "aoba")
    assert not second.save(replacing=False)
    assert second.notice is not None
    assert "すでにあります" in second.notice.text
    assert second.save(replacing=True)
    assert "remarks" in LayoutShelf(desk.reference).layouts()["aoba"].fields
    staff = desk.place.staff
    saved = [
        entry.event
        for entry in audit.entries(desk.place.office, staff=staff)
        if entry.event.tag is EventTag.LAYOUT_SAVED
    ]
    assert [event.facts["name"] for event in saved] == ["aoba", "aoba"]
    assert saved[0].before is None
    assert saved[1].before == saved[0].after
    assert saved[1].after is not None
    assert saved[1].after["field remarks"] == "備考"


def test_values_that_the_example_lacks_are_added_and_removed(desk: Desk) -> None:
    made = desk.opened("a.csv", "業者番号,商号,販売\n190000092,甲,Ａ\n")
    assert not made.add_value("", "○", "A")
    assert set(made.errors) == {"field"}
    assert not made.add_value("grade_sale", " ", "A")
    assert set(made.errors) == {"old"}
    assert made.add_value("grade_sale", "○", "無し")
    [line] = made.values()
    assert (line.old, line.choice, line.added) == ("○", "to:none", True)
    made.set_value("grade_sale", "○", None)
    assert made.values() == ()


def test_files_that_cannot_be_read_are_told_in_one_sentence(desk: Desk) -> None:
    (desk.inbox / "empty.csv").write_bytes(b"")
    (desk.inbox / "broken.xlsx").write_bytes(b"PK\x03\x04 nothing")
    (desk.inbox / "wide.csv").write_text(",".join(f"h{n}" for n in range(300)), encoding="utf-8")
    (desk.inbox / "odd.csv").write_bytes(b"\x81\x20\xff\n")
    for name in ("empty.csv", "broken.xlsx", "wide.csv", "odd.csv"):
        made = desk.maker()
        assert not made.choose(file=name, path="")
        assert made.notice is not None, name
        assert made.notice.tone == "error"
        assert made.step is Step.CHOOSE
    made = desk.maker()
    assert not made.choose(file="", path="")
    assert set(made.errors) == {"file"}


def test_somebody_without_the_right_makes_no_layout(desk: Desk) -> None:
    (desk.inbox / "a.csv").write_text("業者番号,商号\n190000092,甲\n", encoding="utf-8")
    made = desk.maker(Staff("sato", frozenset({Role.AUDITOR})))
    assert not made.choose(file="a.csv", path="")
    assert made.notice is not None
    assert "権限" in made.notice.text
