"""Letters of permits: the clerk's templates, what they say, and no character without a glyph."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from ebidadmin.bundled import bundled, reference_file
from ebidadmin.documents import engine
from ebidadmin.documents.fonts import MAIN_FAMILY, RARE_FAMILY, page_fonts
from ebidadmin.documents.letter_template import blocks, load_letter
from ebidadmin.documents.letters import LetterPress, file_name
from ebidadmin.domain import permits
from ebidadmin.domain.permits import DocumentNumber, PermitState
from ebidadmin.errors import ConfigurationError, DocumentError
from ebidadmin.services.office_files import digest_of
from ebidadmin.services.permit_letters import LetterFacts
from ebidadmin.text.letters import FIELDS
from tests.builders import NOON, permit, qualification
from tests.documents.test_pages import fonts_of, need_rare_font, text_of

KNOWN = FIELDS[PermitState.GRANTED]


def facts(**changes: Any) -> LetterFacts:
    made: dict[str, Any] = {
        "permit": permit(),
        "document": DocumentNumber(2026, 12),
        "decided_at": NOON,
        "record": qualification(),
        "trade_name": "(株)テスト商会92",
        "made_at": NOON,
    }
    return LetterFacts(**(made | changes))


def refusal(*reasons: str, note: str = "") -> LetterFacts:
    asked = permit(granted=False)
    refused = permits.refuse(
        asked, document=DocumentNumber(2026, 13), reasons=reasons, note=note, by="t", at=NOON
    ).after
    return facts(permit=refused, document=DocumentNumber(2026, 13))


def press(folder: Path | None = None) -> LetterPress:
    return LetterPress(
        folder,
        office="下関市",
        contact="契約課 083-231-3178",
        reason_label=lambda code: f"理由「{code}」のため。",
    )


def test_a_grant_says_number_day_name_and_period_in_the_japanese_calendar() -> None:
    told = text_of(press().one_file([facts()]))
    for expected in (
        *("許可通知書", "令和8年度第12号", "令和8年10月7日", "令和8年9月1日", "(株)テスト商会92"),
        *(
            "代表取締役　下関 太郎92　様",
            "190000092",
            "令和8年4月1日から令和10年3月31日まで",
            "契約課 083-231-3178",
        ),
    ):
        assert "".join(expected.split()) in "".join(told.split())
    assert "不許可" not in told


def test_a_refusal_says_its_reasons_and_leaves_out_what_is_not_there() -> None:
    one = text_of(press().one_file([refusal("other")]))
    assert "不許可通知書" in one.replace(" ", "")
    assert "理由「other」のため。" in one
    assert "補足" not in one
    two = text_of(press().one_file([refusal("other", "name-differs", note="押印がない")]))
    for expected in ("1　理由「other」", "2　理由「name-differs」", "補足", "押印がない", "令和8年度第13号"):
        assert "".join(expected.split()) in "".join(two.split())


def test_the_decision_is_dated_in_japan_and_an_open_end_is_said() -> None:
    late = datetime(2027, 3, 31, 15, tzinfo=UTC)
    told = text_of(press().one_file([facts(decided_at=late, permit=permit(valid_to=None))]))
    assert "令和9年4月1日" in told
    assert "期限の定めなし" in told


def test_without_a_person_in_the_register_the_company_is_addressed() -> None:
    told = text_of(press().one_file([facts(record=None, trade_name="(株)テスト商会01")]))
    assert "(株)テスト商会01御中" in "".join(told.split())
    assert "様" not in told


def test_each_letter_has_a_page_and_a_file_of_its_own() -> None:
    letters = [facts(), refusal("other"), facts(permit=permit(7), document=DocumentNumber(2026, 14))]
    assert len(PdfReader(io.BytesIO(press().one_file(letters))).pages) == 3
    single = press().single_files(letters)
    assert [name for name, _ in single] == [
        "2026-00012_P000092.pdf",
        "2026-00013_P000092.pdf",
        "2026-00014_P000007.pdf",
    ]
    assert all(len(PdfReader(io.BytesIO(content)).pages) == 1 for _, content in single)
    assert file_name(letters[0]) < file_name(letters[1])


def test_fonts_are_embedded_and_rare_characters_of_names_are_drawn() -> None:
    plain = press().one_file([facts(trade_name="㈱髙﨑商会")])
    assert fonts_of(plain) == {MAIN_FAMILY: True}
    assert "㈱髙﨑商会" in text_of(plain)
    need_rare_font()
    rare = press().one_file([facts(trade_name="㈱𠮷田葛󠄀商会")])
    assert fonts_of(rare) == {MAIN_FAMILY: True, RARE_FAMILY: True}
    assert "𠮷田" in text_of(rare)


def test_without_the_rare_font_its_characters_are_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "page_fonts", lambda: page_fonts()[:1])
    with pytest.raises(DocumentError) as refused:
        press().one_file([facts(trade_name="㈱髙﨑𠮷田")])
    assert (refused.value.code, refused.value.facts["character"]) == ("glyph-missing", "𠮷")


@pytest.mark.parametrize("shape", ["葛\U000e0100", "葛\U000e0101", "葛\U000e01ef"])
def test_a_shape_of_a_character_is_drawn_or_refused_never_another_in_its_place(shape: str) -> None:
    known = any((ord(shape[0]), ord(shape[1])) in font.variants for font in page_fonts())
    letter = facts(trade_name=f"(株){shape}商会")
    if known:
        assert "(株)葛" in text_of(press().one_file([letter]))
        return
    with pytest.raises(DocumentError) as refused:
        press().one_file([letter])
    assert refused.value.facts["character"] == shape


@pytest.mark.parametrize("character", ["\ue000", "\U0002ffff", "\u0007"])
def test_a_character_without_a_glyph_is_refused_with_its_field(character: str) -> None:
    good, bad = facts(), facts(trade_name=f"(株)テスト{character}商会")
    with pytest.raises(DocumentError) as refused:
        press().one_file([good, bad])
    assert (refused.value.code, refused.value.facts["character"]) == ("glyph-missing", character)
    assert refused.value.facts["field"] in ("addressee", "trade_name")


def test_what_is_entered_is_never_read_as_markup() -> None:
    name = '#strong[x] *y* {document_number} [右] $z$ "'
    assert name in text_of(press().one_file([facts(trade_name=name)]))


def own(tmp_path: Path, source: str | bytes, name: str = "permit_granted.txt") -> Path:
    folder = tmp_path / "data" / "reference" / "letters"
    folder.mkdir(parents=True, exist_ok=True)
    content = source if isinstance(source, bytes) else source.encode()
    (folder / name).write_bytes(content)
    return tmp_path


def test_a_clerk_changes_the_words_without_python(tmp_path: Path) -> None:
    source = "# 説明 {知らない項目}\r\n[中央] 窓口の書式\r\n{trade_name} {{そのまま}}\r\n[表] 番号｜{document_number}\r\n"
    folder = own(tmp_path, b"\xef\xbb\xbf" + source.encode())
    told = text_of(press(folder).one_file([facts()]))
    for expected in ("窓口の書式", "(株)テスト商会92 {そのまま}", "令和8年度第12号"):
        assert expected in told
    assert "説明" not in told
    assert "許可通知書" not in told.replace(" ", "")


@pytest.mark.parametrize(
    ("line", "code", "named"),
    [
        ("{trade_nam}", "letter-field-unknown", {"field": "trade_nam"}),
        ("{}", "letter-field-unknown", {"field": ""}),
        ("{trade_name.upper}", "letter-field-unknown", {"field": "trade_name.upper"}),
        ("{trade_name!r}", "letter-field-unknown", {"field": "trade_name!r"}),
        ("{trade_name:>9}", "letter-field-unknown", {"field": "trade_name:>9"}),
        ("{reasons}", "letter-field-unknown", {"field": "reasons"}),
        ("[左] x", "letter-mark-unknown", {"mark": "[左]"}),
        ("[右 x", "letter-mark-unknown", {"mark": "[右 x"}),
        ("{trade_name", "letter-braces", {}),
        ("trade_name}", "letter-braces", {}),
        ("[表] 業者番号 {supplier_number}", "letter-row", {}),
        ("[表] 一｜二｜三", "letter-row", {}),
    ],
)
def test_a_mistake_in_a_template_is_named_with_file_and_line(
    tmp_path: Path, line: str, code: str, named: dict[str, str]
) -> None:
    folder = own(tmp_path, f"# 説明\n\n{line}\n最後の行\n")
    with pytest.raises(ConfigurationError) as refused:
        press(folder)
    told = dict(refused.value.facts)
    file = str(told.pop("file"))
    assert (refused.value.code, told) == (code, {"line": 3, **named})
    assert file.endswith("data/reference/letters/permit_granted.txt")


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"\xff\xfe", "data-file-unreadable"), (b"", "letter-empty"), (b"# x\n\n", "letter-empty")],
)
def test_a_template_that_is_none_is_named(tmp_path: Path, content: bytes, code: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        press(own(tmp_path, content))
    assert refused.value.code == code
    with pytest.raises(ConfigurationError) as missing:
        load_letter(tmp_path / "none.txt", KNOWN)
    assert missing.value.code == "data-file-missing"


def test_a_template_with_a_character_without_glyph_is_refused_when_it_is_read(tmp_path: Path) -> None:
    with pytest.raises(DocumentError) as refused:
        press(own(tmp_path, "あ\ue001い"))
    assert refused.value.facts["field"] == "permit_granted.txt"


@pytest.mark.parametrize("state", list(FIELDS))
def test_the_templates_that_come_along_name_every_field_in_their_explanation(state: PermitState) -> None:
    name = {PermitState.GRANTED: "permit_granted.txt", PermitState.REFUSED: "permit_refused.txt"}[state]
    path = reference_file(None, "letters", name)
    load_letter(path, FIELDS[state])
    explained = "".join(
        line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("#")
    )
    assert {field for field in FIELDS[state] if f"{{{field}}}" not in explained} == set()


@given(values=st.dictionaries(st.sampled_from(sorted(KNOWN)), st.text(max_size=9)))
def test_values_come_out_as_they_are_and_lines_of_nothing_stay_out(values: dict[str, str]) -> None:
    filled = {**dict.fromkeys(KNOWN, ""), **values}
    lines = load_letter(reference_file(None, "letters", "permit_granted.txt"), KNOWN)
    made: list[Any] = blocks(lines, filled)
    rows = [row for one in made if one["kind"] == "rows" for row in one["rows"]]
    assert [row["value"] for row in rows] == [
        filled[name] for name in ("supplier_number", "trade_name", "validity") if filled[name]
    ]
    addressee = [one for one in made if one["kind"] == "text" and one["text"] == filled["addressee"]]
    assert bool(addressee) == bool(filled["addressee"])


def test_a_letter_printed_again_is_the_same() -> None:
    assert press().one_file([facts()]) == press().one_file([replace(facts())])
    assert facts().permit.valid_from == date(2026, 4, 1)


def test_a_letter_can_be_looked_at_as_a_picture_of_each_page() -> None:
    pages = press().pictures([facts()])
    assert len(pages) == len(PdfReader(io.BytesIO(press().one_file([facts()]))).pages)
    for page in pages:
        assert page.startswith(b"\x89PNG")
        width, height = (int.from_bytes(page[at : at + 4], "big") for at in (16, 20))
        assert 600 < width < 700
        assert 900 < height < 1000
    assert press().pictures([refusal("other")]) != pages


def test_a_picture_is_refused_for_the_same_characters_as_the_letter() -> None:
    with pytest.raises(DocumentError) as refused:
        press().pictures([facts(trade_name="\ue000商会")])
    assert refused.value.code == "glyph-missing"


def test_the_press_knows_the_version_of_each_text(tmp_path: Path) -> None:
    shipped = bundled("data") / "reference" / "letters"
    own = tmp_path / "data" / "reference" / "letters"
    own.mkdir(parents=True)
    changed = (shipped / "permit_granted.txt").read_text(encoding="utf-8") + "以上\n"
    (own / "permit_granted.txt").write_text(changed, encoding="utf-8")
    assert press(tmp_path).versions == {
        PermitState.GRANTED: digest_of(changed.encode()),
        PermitState.REFUSED: digest_of((shipped / "permit_refused.txt").read_bytes()),
    }
