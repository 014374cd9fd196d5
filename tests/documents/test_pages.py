"""Pages: fonts embedded, texts as they are, nothing read as markup, no character without a glyph."""

from __future__ import annotations

import io
import subprocess
import sys
import unicodedata
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from ebidadmin.documents.engine import compile_page
from ebidadmin.documents.fonts import MAIN_FAMILY, RARE_FAMILY, page_fonts
from ebidadmin.documents.pages import id_application_page, template_path
from ebidadmin.errors import DocumentError
from ebidadmin.text.pages import Page, PageRow, PageSection, wareki, wareki_moment
from tests.needs import require_component

NOON = datetime(2026, 10, 7, 3, 0, tzinfo=UTC)


def page(*values: str, remark: str = "") -> Page:
    rows = tuple(PageRow(f"field_{n}", f"項目{n}", value) for n, value in enumerate(values))
    return Page(
        title="ID登録申請内容確認",
        facts=(PageRow("number", "受付番号", "A000001"), PageRow("at", "申請日時", wareki_moment(NOON))),
        sections=(PageSection("company", "企業情報", rows),),
        notes=("注意のことば",),
        remark=remark,
    )


def text_of(pdf: bytes) -> str:
    """What a reader copies out, without line ends (a table breaks lines where it must)."""
    return "".join("".join(part.extract_text().split("\n")) for part in PdfReader(io.BytesIO(pdf)).pages)


def fonts_of(pdf: bytes) -> dict[str, bool]:
    """Base font names without the subset's tag, and whether the file carries them."""
    found: dict[str, bool] = {}
    for part in PdfReader(io.BytesIO(pdf)).pages:
        fonts: Any = part["/Resources"]
        for font in fonts["/Font"].values():
            descendant = font.get_object()["/DescendantFonts"][0].get_object()
            descriptor = descendant["/FontDescriptor"].get_object()
            name = str(descendant["/BaseFont"]).removeprefix("/").split("+")[-1]
            found[name] = bool({"/FontFile2", "/FontFile3"} & set(descriptor))
    return found


def need_rare_font() -> None:
    require_component("fallback-font")
    assert RARE_FAMILY in {font.family for font in page_fonts()}


@pytest.mark.parametrize(
    "value",
    [
        "(株)テスト商会01",
        "㈱髙﨑〜－①",
        "○○○○市××町△丁目1-1-1",
        '#strong[x] *太字* _下_ $x$ `c` @r <l> // 注 "引用" \\u{1}',
        '#read("/etc/passwd")',
        "= 見出し",
        "- 箇条",
        "--- ...",
        "{「」}[]",
        "*****",
    ],
)
def test_a_value_is_printed_as_it_stands(value: str) -> None:
    assert value in text_of(id_application_page(page(value), printed_at=NOON))


def test_title_number_day_notes_and_remark_are_on_the_page() -> None:
    printed = text_of(id_application_page(page("値", remark="再現です"), printed_at=NOON))
    for expected in (
        "ID登録申請内容確認",
        "A000001",
        "令和8年10月7日 12:00",
        "企業情報",
        "項目0",
        "注意のことば",
        "再現です",
    ):
        assert expected in printed


def test_a_long_address_without_a_gap_stays_whole_and_inside_the_page() -> None:
    address = "a" * 88 + "@example.jp"
    pdf = id_application_page(page(address), printed_at=NOON)
    assert address in text_of(pdf)
    edges: list[float] = []

    def measure(text: str, _cm: object, matrix: list[float], _font: object, size: float) -> None:
        edges.extend((matrix[4], matrix[4] + len(text.strip()) * size / 2))

    reader = PdfReader(io.BytesIO(pdf)).pages[0]
    reader.extract_text(visitor_text=measure)
    assert max(edges) < float(reader.mediabox.width)
    assert min(edges) >= 0


def test_only_the_page_fonts_are_used_and_they_are_embedded() -> None:
    assert fonts_of(id_application_page(page("ABC 漢字 ｱ"), printed_at=NOON)) == {MAIN_FAMILY: True}


def test_a_rare_character_and_a_rare_shape_come_from_the_second_font() -> None:
    need_rare_font()
    pdf = id_application_page(page("𠮷野家", "葛\U000e0101"), printed_at=NOON)
    assert fonts_of(pdf) == {MAIN_FAMILY: True, RARE_FAMILY: True}
    assert "𠮷野家" in text_of(pdf)


@pytest.mark.parametrize("character", ["\ue000", "\U0001f600", "\u0007", "\U0002ffff"])
def test_a_character_without_glyph_is_an_error_that_names_it_and_its_field(character: str) -> None:
    with pytest.raises(DocumentError) as refused:
        id_application_page(page("よい", f"だめ{character}"), printed_at=NOON)
    assert refused.value.code == "glyph-missing"
    assert refused.value.facts["character"] == character
    assert refused.value.facts["codepoint"] == f"U+{ord(character):04X}"
    assert refused.value.facts["field"] == "field_1"


def test_a_missing_glyph_in_the_template_names_the_template(tmp_path: Path) -> None:
    template = tmp_path / "own.typ"
    template.write_text("あ\ue001い", encoding="utf-8")
    with pytest.raises(DocumentError) as refused:
        compile_page(template, {}, made_at=NOON)
    assert (refused.value.code, refused.value.facts["field"]) == ("glyph-missing", "own.typ")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"#nothing-of-this-name", "template-broken"),
        (b"#data.absent", "template-broken"),
        (b'#set text(font: "Some Other Font")\nabc', "template-broken"),
        (b"\xff\xfe", "template-broken"),
        (None, "template-missing"),
    ],
)
def test_a_template_that_cannot_be_used_is_named(tmp_path: Path, content: bytes | None, code: str) -> None:
    template = tmp_path / "own.typ"
    if content is not None:
        template.write_bytes(content)
    with pytest.raises(DocumentError) as refused:
        compile_page(template, {"secret": "秘密の値"}, made_at=NOON)
    assert refused.value.code == code
    assert "own.typ" in str(refused.value.facts["template"])
    assert "秘密" not in str(refused.value)


def test_a_desk_may_have_its_own_template(tmp_path: Path) -> None:
    own = tmp_path / "data" / "reference" / "pages"
    own.mkdir(parents=True)
    (own / "id_application.typ").write_text("窓口の書式 #data.title", encoding="utf-8")
    assert "窓口の書式 ID登録申請内容確認" in text_of(
        id_application_page(page("値"), printed_at=NOON, folder=tmp_path)
    )
    assert template_path("id_application.typ", tmp_path / "elsewhere") == template_path("id_application.typ")


def test_the_same_page_gives_the_same_file() -> None:
    assert id_application_page(page("値"), printed_at=NOON) == id_application_page(
        page("値"), printed_at=NOON
    )


def test_the_file_names_no_other_moment_than_the_given_to_the_second() -> None:
    ticking = NOON.replace(microsecond=123456)
    reader = PdfReader(io.BytesIO(id_application_page(page("値"), printed_at=ticking)))
    assert reader.metadata is not None
    assert reader.metadata.creation_date == NOON


def test_importing_pages_imports_neither_typesetter_nor_font_tools() -> None:
    code = "import sys, ebidadmin.documents.pages; print(sorted({'typst', 'fontTools', 'matplotlib'} & set(sys.modules)))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("day", "written"),
    [
        (date(2026, 10, 7), "令和8年10月7日"),
        (date(2019, 5, 1), "令和元年5月1日"),
        (date(2019, 4, 30), "平成31年4月30日"),
        (date(1989, 1, 8), "平成元年1月8日"),
        (date(1989, 1, 7), "昭和64年1月7日"),
        (date(1926, 12, 25), "昭和元年12月25日"),
    ],
)
def test_days_are_written_in_the_japanese_calendar(day: date, written: str) -> None:
    assert wareki(day) == written


def test_a_day_before_the_known_eras_is_refused() -> None:
    with pytest.raises(ValueError, match="1926-12-24"):
        wareki(date(1926, 12, 24))


def test_the_moment_of_a_print_is_that_of_japan() -> None:
    assert wareki_moment(datetime(2026, 12, 31, 15, 30, tzinfo=UTC)) == "令和9年1月1日 00:30"
    assert unicodedata.is_normalized("NFC", wareki_moment(NOON))
