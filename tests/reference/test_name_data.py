"""The data of name comparison, and what a mistake in it is called."""

from __future__ import annotations

from pathlib import Path

import pytest

from ebidadmin.bundled import bundled
from ebidadmin.errors import ConfigurationError
from ebidadmin.reference.names import load_name_rules

FORMS = '[forms]\n"株式会社" = ["(株)"]\n'
VARIANTS = '[one]\n"高" = "髙"\n'


def write(folder: Path, variants: str | None, forms: str | None) -> Path:
    (folder / "reference").mkdir()
    for name, text in (("variants.toml", variants), ("legal_forms.toml", forms)):
        if text is not None:
            (folder / "reference" / name).write_text(text, encoding="utf-8")
    return folder


def test_the_data_that_travels_with_the_program_is_sound() -> None:
    rules = load_name_rules(bundled("data"))
    assert len(rules.variants) > 350
    assert rules.variants["髙"] == "高"
    assert rules.variants["齋"] == "斎"
    assert rules.variants["齊"] == "斉"
    assert not {"斎", "斉", "照", "商"} & set(rules.variants)
    assert rules.legal_forms["㈱"] == rules.legal_forms["(株)"] == rules.legal_forms["株式会社"] == "株式会社"


def test_good_files_are_read(tmp_path: Path) -> None:
    rules = load_name_rules(write(tmp_path, '[one]\nsource = "somewhere"\n"高" = "髙"\n', FORMS))
    assert rules.variants == {"髙": "高"}
    assert rules.legal_forms == {"株式会社": "株式会社", "(株)": "株式会社"}


@pytest.mark.parametrize(
    ("variants", "forms", "code", "reason"),
    [
        (None, FORMS, "data-file-missing", None),
        (VARIANTS, None, "data-file-missing", None),
        ("[one", FORMS, "data-file-not-toml", None),
        ('"高" = "髙"', FORMS, "data-entry-invalid", "table-missing"),
        ('[one]\n"高い" = "髙"', FORMS, "data-entry-invalid", "one-character-and-its-variants"),
        ('[one]\n"高" = ["髙"]', FORMS, "data-entry-invalid", "one-character-and-its-variants"),
        ('[one]\n"高" = ""', FORMS, "data-entry-invalid", "one-character-and-its-variants"),
        ('[one]\n"斎" = "齋"\n"斉" = "齋"', FORMS, "data-entry-invalid", "variant-of-two"),
        ('[one]\n"浜" = "濱"\n"濱" = "濵"', FORMS, "data-entry-invalid", "both-variant-and-compared"),
        ('[one]\n"神" = "\ufa19"', FORMS, "data-entry-invalid", "folded-anyway"),
        ('[one]\n"a" = "A"', FORMS, "data-entry-invalid", "folded-anyway"),
        (VARIANTS, 'forms = "x"', "data-entry-invalid", "table-missing"),
        (VARIANTS, '[forms]\n"株式会社" = "(株)"', "data-entry-invalid", "list-of-texts"),
        (
            VARIANTS,
            '[forms]\n"株式会社" = ["(株)"]\n"有限会社" = ["(株)"]',
            "data-entry-invalid",
            "written-form-of-two",
        ),
    ],
)
def test_a_mistake_is_named(
    tmp_path: Path, variants: str | None, forms: str | None, code: str, reason: str | None
) -> None:
    with pytest.raises(ConfigurationError) as refused:
        load_name_rules(write(tmp_path, variants, forms))
    assert refused.value.code == code
    assert "reference" in str(refused.value.facts["file"])
    assert reason is None or refused.value.facts["reason"] == reason


def test_a_file_of_another_encoding_is_named(tmp_path: Path) -> None:
    folder = write(tmp_path, VARIANTS, FORMS)
    (folder / "reference" / "variants.toml").write_bytes(VARIANTS.encode("cp932", "replace"))
    with pytest.raises(ConfigurationError) as refused:
        load_name_rules(folder)
    assert (refused.value.code, refused.value.facts["reason"]) == (
        "data-file-unreadable",
        "UnicodeDecodeError",
    )
