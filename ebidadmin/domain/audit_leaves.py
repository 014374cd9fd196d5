"""What the hash tree holds of an event: a line of canonical JSON (RFC 8785) that is bound to the event's values by a salted hash.

The line says who did what to which subject, when, with which software, and by one hash what the records that changed with it became.
The values (``before``, ``after``, ``facts``) may be personal data
that has to be erased one day: the line holds only their hash with a salt, so that salt and values can go and the tree stays as it is,
and nobody can find the values out by trying.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from json.encoder import encode_basestring
from typing import NamedTuple

SALT_BYTES = 16

FORMAT = 1
"""The form of the line of an event with which no record changed."""

FORMAT_WITH_ROWS = 2
"""The form of the line of one with which records changed: it has their hash besides."""


class BoundRow(NamedTuple):
    """What a record became with an event: a record is what the database holds under ``kind`` and ``key``, ``digest`` stands for all its
    values (salted, so that nobody finds them out by trying); ``None``: it is gone."""

    kind: str
    key: str
    digest: bytes | None


def rows_hash(bound: Sequence[BoundRow]) -> str:
    """SHA-256 (hex) over all records that changed with an event, in whatever order they are given."""
    listed = sorted((kind, key, "" if digest is None else digest.hex()) for kind, key, digest in bound)
    lines = (f'[{encode_basestring(kind)},{encode_basestring(key)},"{told}"]' for kind, key, told in listed)
    return hashlib.sha256(f"[{','.join(lines)}]".encode("utf-8", "surrogatepass")).hexdigest()


class TrailRow(NamedTuple):
    """A row of the trail as the database holds it: ``at`` as ``moment_text`` has it, ``before``, ``after`` and ``facts`` as their canonical
    text, not as values, so that every changed character counts."""

    seq: int
    at: str
    by: str
    tag: str
    subject_kind: str
    subject_id: str
    supplier_number: str | None
    before: str | None
    after: str | None
    facts: str
    software: str


def moment_text(at: datetime) -> str:
    """An aware moment as the line has it: UTC, to the microsecond."""
    return f"{at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


def payload_text(row: TrailRow) -> str:
    """The event's values as one canonical text; what it does not have is left out."""
    after = "" if row.after is None else f'"after":{row.after},'
    before = "" if row.before is None else f'"before":{row.before},'
    return f'{{{after}{before}"facts":{row.facts}}}'


def payload_hash(row: TrailRow, salt: bytes) -> bytes:
    """SHA-256 over the salt and the event's values."""
    return hashlib.sha256(salt + payload_text(row).encode("utf-8", "surrogatepass")).digest()


def entry_text(row: TrailRow, payload: bytes, bound: Sequence[BoundRow] = ()) -> str:
    """The line of the event, with the hash of its values and that of the records that changed with it. There is no floating-point number
    in it: with its keys in order it is canonical."""
    # Written out, because this is done for every event of every verification: three times as fast as asking a JSON library.
    quoted = encode_basestring
    rows, form = ("", FORMAT) if not bound else (f'"rows":"{rows_hash(bound)}",', FORMAT_WITH_ROWS)
    seq, at, by, tag, kind, key, supplier, _before, _after, _facts, software = row
    return (
        f'{{"at":{quoted(at)},"by":{quoted(by)},"payload":"{payload.hex()}",{rows}"seq":{seq},'
        f'"software":{quoted(software)},"subject":[{quoted(kind)},{quoted(key)}],'
        f'"supplier":{"null" if supplier is None else quoted(supplier)},"tag":{quoted(tag)},"v":{form}}}'
    )


def entry_bytes(row: TrailRow, payload: bytes, bound: Sequence[BoundRow] = ()) -> bytes:
    """What the leaf is the hash of."""
    return entry_text(row, payload, bound).encode("utf-8", "surrogatepass")
