"""Every character is looked up before a page is set."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ebidadmin.documents import fonts as fonts_module
from ebidadmin.documents.fonts import RARE_FAMILY, Font, load_font, main_font_path, page_fonts
from ebidadmin.documents.glyphs import PageValue, check_text, clusters, texts
from ebidadmin.errors import ConfigurationError, DocumentError

FIRST = Font("First", Path("first.ttf"), frozenset(map(ord, "ab葛 ")), frozenset())
SECOND = Font("Second", Path("second.ttf"), frozenset(map(ord, "bc葛")), frozenset({(ord("葛"), 0xE0100)}))
BOTH = (FIRST, SECOND)


def test_a_text_that_the_fonts_have_needs_nothing() -> None:
    assert check_text("abc 葛\n", BOTH, field="x") == frozenset()


@pytest.mark.parametrize(
    ("text", "character", "codepoint"),
    [
        ("az", "z", "U+007A"),
        ("a\ue000", "\ue000", "U+E000"),
        ("a𠮷", "𠮷", "U+20BB7"),
        ("a\t", "\t", "U+0009"),
        ("a\u200b", "\u200b", "U+200B"),
        ("葛\U000e0101", "葛\U000e0101", "U+845B U+E0101"),
        ("\U000e0100葛", "\U000e0100", "U+E0100"),
        ("\n\ufe00", "\n\ufe00", "U+000A U+FE00"),
    ],
)
def test_a_character_without_a_glyph_is_named_with_its_field(
    text: str, character: str, codepoint: str
) -> None:
    with pytest.raises(DocumentError) as refused:
        check_text(text, BOTH, field="main_contact.person")
    assert refused.value.code == "glyph-missing"
    assert dict(refused.value.facts) == {
        "character": character,
        "codepoint": codepoint,
        "field": "main_contact.person",
    }


def test_a_shape_that_only_the_second_font_has_is_set_in_it() -> None:
    assert check_text("葛\U000e0100葛", BOTH, field="x") == {("葛\U000e0100", "Second")}


@given(st.text())
def test_taking_a_text_apart_loses_nothing(text: str) -> None:
    again = "".join(
        chr(base) + (chr(selector) if selector is not None else "") for base, selector in clusters(text)
    )
    assert again == text


def test_the_texts_of_a_page_come_with_the_names_of_their_fields() -> None:
    data: dict[str, PageValue] = {
        "title": "t",
        "sections": [{"key": "company", "rows": [{"key": "branch", "label": "l", "value": "v"}]}],
        "count": 3,
        "absent": None,
    }
    assert list(texts(data)) == [
        ("title", "t"),
        ("company", "company"),
        ("branch", "branch"),
        ("branch", "l"),
        ("branch", "v"),
    ]


def test_the_main_font_has_the_characters_of_the_receiving_systems_but_not_all_of_japanese() -> None:
    main = page_fonts()[0]
    for character in "㈱髙﨑〜～－①ｱ":
        assert ord(character) in main.characters
    assert ord("𠮷") not in main.characters


def test_a_file_that_is_no_font_is_refused_by_name(tmp_path: Path) -> None:
    broken = tmp_path / "broken.ttf"
    broken.write_bytes(b"no font")
    with pytest.raises(ConfigurationError, match="font-unreadable"):
        load_font("Broken", broken)


def test_without_the_package_of_the_font_the_error_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts_module, "find_spec", lambda _name: None)
    with pytest.raises(ConfigurationError) as refused:
        main_font_path()
    assert refused.value.facts["package"] == "matplotlib-fontja"


def test_without_the_rare_font_the_main_one_is_used_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts_module, "FONT_FOLDERS", ())
    alone = fonts_module.page_fonts.__wrapped__()
    assert [font.family for font in alone] == ["IPAexGothic"]
    assert RARE_FAMILY not in {font.family for font in alone}
