"""The kanji variants and legal forms by which names are compared, from the data files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ebidadmin.domain.names import NameRules, fold
from ebidadmin.reference.files import entry_invalid, read_reference, texts

VARIANTS_FILE = "variants.toml"
LEGAL_FORMS_FILE = "legal_forms.toml"
SOURCE = "source"
"""The entry of a table that says where its pairs come from."""


def load_name_rules(data_dir: Path) -> NameRules:
    """The rules of ``reference/variants.toml`` and ``reference/legal_forms.toml`` under the data folder.

    Raises ``ConfigurationError`` for a missing or broken file and for an entry that would make the comparison depend on the order of
    things (``data-entry-invalid`` with ``file``, ``key``, ``reason``).
    """
    return NameRules(variants=_variants(data_dir), legal_forms=_legal_forms(data_dir))


def _variants(data_dir: Path) -> dict[str, str]:
    """Every table of the file maps the character that is compared to the characters that are compared as it."""
    variants: dict[str, str] = {}
    for canonical, others in _variant_entries(data_dir):
        for other in others:
            if variants.setdefault(other, canonical) != canonical:
                raise entry_invalid(data_dir, VARIANTS_FILE, other, "variant-of-two")
    for other, canonical in variants.items():
        if canonical in variants:
            raise entry_invalid(data_dir, VARIANTS_FILE, canonical, "both-variant-and-compared")
        if fold(other) != other or fold(canonical) != canonical:
            raise entry_invalid(data_dir, VARIANTS_FILE, other, "folded-anyway")
    return variants


def _variant_entries(data_dir: Path) -> Iterator[tuple[str, str]]:
    for name, group in read_reference(data_dir, VARIANTS_FILE).items():
        if not isinstance(group, dict):
            raise entry_invalid(data_dir, VARIANTS_FILE, name, "table-missing")
        for canonical, others in group.items():
            if canonical == SOURCE:
                continue
            if not isinstance(others, str) or not others or len(canonical) != 1:
                raise entry_invalid(data_dir, VARIANTS_FILE, canonical, "one-character-and-its-variants")
            yield canonical, others


def _legal_forms(data_dir: Path) -> dict[str, str]:
    """The table ``forms`` maps the words in full to the ways of writing them."""
    forms = read_reference(data_dir, LEGAL_FORMS_FILE).get("forms")
    if not isinstance(forms, dict):
        raise entry_invalid(data_dir, LEGAL_FORMS_FILE, "forms", "table-missing")
    written: dict[str, str] = {}
    for full, others in forms.items():
        ways = texts(others)
        if ways is None:
            raise entry_invalid(data_dir, LEGAL_FORMS_FILE, full, "list-of-texts")
        for way in (full, *ways):
            if written.get(way, full) != full:
                raise entry_invalid(data_dir, LEGAL_FORMS_FILE, way, "written-form-of-two")
            written[way] = full
    return written
