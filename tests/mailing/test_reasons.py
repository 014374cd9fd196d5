"""The catalogue of rejection reasons: what the shipped one says, and what a mistake in an edited one is called."""

from __future__ import annotations

from pathlib import Path

import pytest

from ebidadmin.bundled import bundled
from ebidadmin.domain.findings import FindingCode
from ebidadmin.errors import ConfigurationError, NotFoundError
from ebidadmin.mailing.reasons import load_reasons

GOOD = """
version = 1
[[reason]]
code = "one"
text = " 理由その一 "
hint = "説明"
findings = ["name-differs"]
active = true
[[reason]]
code = "old"
text = "昔の理由"
hint = ""
findings = ["name-differs"]
active = false
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "reasons.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_every_finding_that_blocks_or_warns_has_a_reason() -> None:
    catalogue = load_reasons(bundled("data") / "reference" / "reasons.toml")
    without = {code.value for code in FindingCode if not catalogue.suggested([code.value])}
    assert without == {"name-variant"}
    assert {"permit-missing", "name-differs", "other"} <= set(catalogue.codes())
    for code in catalogue.codes():
        assert catalogue.label(code)
        assert catalogue.hint(code)


def test_a_retired_reason_keeps_its_words_but_is_not_offered(tmp_path: Path) -> None:
    catalogue = load_reasons(written(tmp_path, GOOD))
    assert catalogue.codes() == ("one",)
    assert catalogue.suggested(["name-differs"]) == ("one",)
    assert catalogue.suggested([]) == ()
    assert (catalogue.label("one"), catalogue.label("old")) == ("理由その一", "昔の理由")
    with pytest.raises(NotFoundError):
        catalogue.label("none")


@pytest.mark.parametrize(
    ("old", "new", "code", "key"),
    [
        ("version = 1", "version = 2", "data-version", ""),
        ("version = 1", "version = 1\nextra = 1", "data-entry-invalid", "reason"),
        ('hint = "説明"', 'hnit = "説明"', "data-entry-invalid", "hnit"),
        ("active = true", 'active = "yes"', "data-entry-invalid", "active"),
        ('code = "one"', 'code = "One Two"', "data-entry-invalid", "code"),
        ('code = "one"', 'code = "old"', "data-entry-invalid", "old"),
        ('text = " 理由その一 "', 'text = "  "', "data-entry-invalid", "text"),
        ('findings = ["name-differs"]', 'findings = ["name-differ"]', "data-entry-invalid", "name-differ"),
        ('findings = ["name-differs"]', "findings = [1]", "data-entry-invalid", "findings"),
        ('code = "one"', "code = one", "data-file-not-toml", ""),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, old: str, new: str, code: str, key: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        load_reasons(written(tmp_path, GOOD.replace(old, new, 1)))
    assert refused.value.code == code
    assert key in str(refused.value.facts.get("key", ""))
    assert "reasons.toml" in str(refused.value.facts["file"])


@pytest.mark.parametrize(
    "text", ["version = 1\n", "version = 1\nreason = []\n", "version = 1\nreason = [1]\n"]
)
def test_an_empty_catalogue_is_a_mistake(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigurationError):
        load_reasons(written(tmp_path, text))


def test_a_missing_or_wrongly_encoded_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as refused:
        load_reasons(tmp_path / "reasons.toml")
    assert refused.value.code == "data-file-missing"
    (tmp_path / "reasons.toml").write_bytes(GOOD.encode("cp932"))
    with pytest.raises(ConfigurationError) as refused:
        load_reasons(tmp_path / "reasons.toml")
    assert refused.value.code == "data-file-unreadable"
