"""The closed vocabulary of problems of an imported row; a data file gives each its severity."""

from __future__ import annotations

PROBLEM_CODES: frozenset[str] = frozenset(
    {
        "heading-missing",
        "heading-doubled",
        "heading-unknown",
        "extra-column-gone",
        "name-not-content",
        "sheet-unread",
        "merged-cells",
        "too-many-cells",
        "too-few-cells",
        "number-digits-unknown",
        "number-imprecise",
        "formula-cell",
        "error-cell",
        "control-character",
        "private-use-character",
        "replacement-character",
        "required",
        "too-long",
        "supplier-number-form",
        "corporate-number-form",
        "corporate-number-check-digit",
        "grade-unknown",
        "date-form",
        "dates-out-of-order",
        "postcode-form",
        "postcode-unknown",
        "phone-form",
        "email-form",
        "kana-characters",
        "maybe-cut",
        "key-doubled",
        "corporate-number-shared",
    }
)

ALWAYS_ERRORS: frozenset[str] = frozenset(
    {
        "heading-missing",
        "heading-doubled",
        "too-many-cells",
        "too-few-cells",
        "number-digits-unknown",
        "required",
        "supplier-number-form",
        "corporate-number-form",
        "key-doubled",
    }
)
"""Without what these stand for nobody can say whose row it is: no data file may make them warnings."""
