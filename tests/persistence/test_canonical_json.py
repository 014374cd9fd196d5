"""The text that the trail's values are kept and hashed as is canonical JSON (RFC 8785), held against a library that makes nothing else."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from ebidadmin.domain.audit_leaves import TrailRow, entry_text, payload_text
from ebidadmin.persistence.types import canonical_json

WHOLE = st.integers(-(2**53) + 1, 2**53 - 1)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
"""Any text that a database can hold; half surrogates are none."""

NAMES = st.text(st.characters(max_codepoint=0xD7FF), max_size=6)
"""Names of fields. Beyond the surrogates code points and UTF-16 sort differently; the program's names are ASCII."""

VALUES = st.recursive(
    st.none() | st.booleans() | WHOLE | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=12,
)
ROW = TrailRow(
    seq=1,
    at=datetime(2026, 11, 30, 1, 2, 3, 4, tzinfo=UTC),
    by="佐藤",
    tag="application:noted",
    subject_kind="application",
    subject_id="A1",
    supplier_number=None,
    before=None,
    after=None,
    facts="{}",
    software="ebidadmin 0",
)


@given(VALUES)
def test_values_are_spelled_as_the_standard_has_it(value: Any) -> None:
    assert canonical_json(value).encode() == rfc8785.dumps(value)


@given(TEXT, TEXT, st.none() | TEXT, st.integers(1, 2**53 - 1), st.datetimes(timezones=st.just(UTC)))
def test_the_line_of_an_event_is_canonical(
    by: str, subject: str, supplier: str | None, seq: int, at: datetime
) -> None:
    row = replace(ROW, by=by, subject_id=subject, supplier_number=supplier, seq=seq, at=at)
    line = entry_text(row, b"\x00" * 32)
    assert line.encode() == rfc8785.dumps(json.loads(line))


@given(st.dictionaries(NAMES, VALUES, max_size=3), st.none() | st.dictionaries(NAMES, VALUES, max_size=3))
def test_the_values_of_an_event_are_one_canonical_text(facts: dict[str, object], after: object) -> None:
    kept = None if after is None else canonical_json(after)
    text = payload_text(replace(ROW, facts=canonical_json(facts), after=kept))
    assert text.encode() == rfc8785.dumps(json.loads(text))
