"""The text that the trail's values are kept and hashed as is canonical JSON (RFC 8785), held against a library that makes nothing else."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, date, datetime
from typing import Any

import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from ebidadmin.domain.audit_leaves import BoundRow, TrailRow, entry_text, moment_text, payload_text, rows_hash
from ebidadmin.persistence.schema import PermitRow
from ebidadmin.persistence.spelled_rows import spelled_row
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
    at="2026-11-30T01:02:03.000004Z",
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
    row = ROW._replace(by=by, subject_id=subject, supplier_number=supplier, seq=seq, at=moment_text(at))
    line = entry_text(row, b"\x00" * 32)
    assert line.encode() == rfc8785.dumps(json.loads(line))
    assert json.loads(line) == {
        "at": at.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z",
        "by": by,
        "payload": "00" * 32,
        "seq": seq,
        "software": ROW.software,
        "subject": [ROW.subject_kind, subject],
        "supplier": supplier,
        "tag": ROW.tag,
        "v": 1,
    }


BOUND = st.lists(st.builds(BoundRow, TEXT, TEXT, st.none() | st.binary(min_size=1, max_size=4)), min_size=1)


@given(BOUND)
def test_the_line_of_an_event_with_records_has_the_hash_of_their_canonical_list(
    bound: list[BoundRow],
) -> None:
    line = entry_text(ROW, b"\x00" * 32, bound)
    assert line.encode() == rfc8785.dumps(json.loads(line))
    listed = sorted([kind, key, "" if digest is None else digest.hex()] for kind, key, digest in bound)
    wanted = hashlib.sha256(rfc8785.dumps(listed)).hexdigest()
    assert (json.loads(line)["rows"], rows_hash(bound)) == (wanted, wanted)


@given(TEXT, st.none() | st.datetimes(), st.dates(), WHOLE | TEXT, st.none() | st.binary(max_size=4))
def test_a_record_is_spelled_as_a_json_library_spells_it(
    text: str, moment: datetime | None, day: date, number: int | str, odd: bytes | None
) -> None:
    columns = [
        PermitRow.__table__.c[name] for name in ("decided_at", "note", "received", "version", "voided_by")
    ]
    told = {
        "decided_at": None if moment is None else moment.replace(tzinfo=UTC).isoformat(),
        "note": text,
        "received": day.isoformat(),
        "version": number,
        "voided_by": None if odd is None else {"bytes": odd.hex()},
    }
    wanted = rfc8785.dumps({name: value for name, value in told.items() if value is not None}).decode() + "\n"
    of_sqlite = None if moment is None else f"{moment:%Y-%m-%d %H:%M:%S.%f}".rjust(26, "0")
    of_postgresql = None if moment is None else moment.replace(tzinfo=UTC)
    assert spelled_row(columns, (of_sqlite, text, day.isoformat(), number, odd)) == wanted
    assert spelled_row(columns, (of_postgresql, text, day, number, odd)) == wanted


@given(st.dictionaries(NAMES, VALUES, max_size=3), st.none() | st.dictionaries(NAMES, VALUES, max_size=3))
def test_the_values_of_an_event_are_one_canonical_text(facts: dict[str, object], after: object) -> None:
    kept = None if after is None else canonical_json(after)
    text = payload_text(ROW._replace(facts=canonical_json(facts), after=kept))
    assert text.encode() == rfc8785.dumps(json.loads(text))
