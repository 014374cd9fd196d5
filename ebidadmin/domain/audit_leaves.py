"""What the hash tree holds of an event: a line of canonical JSON (RFC 8785) that is bound to the event's values by a salted hash.

The line says who did what to which subject, when, with which software, and by one hash what the records that changed with it became.
The values (``before``, ``after``, ``facts``) may be personal data
that has to be erased one day: the line holds only their hash with a salt, so that salt and values can go and the tree stays as it is,
and nobody can find the values out by trying.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

SALT_BYTES = 16

FORMAT = 1
"""The form of the line of an event with which no record changed."""

FORMAT_WITH_ROWS = 2
"""The form of the line of one with which records changed: it has their hash besides."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class BoundRow:
    """What a record became with an event: a record is what the database holds under ``kind`` and ``key``, ``digest`` stands for all its
    values (salted, so that nobody finds them out by trying); ``None``: it is gone."""

    kind: str
    key: str
    digest: bytes | None


def rows_hash(bound: Sequence[BoundRow]) -> str:
    """SHA-256 (hex) over all records that changed with an event, in whatever order they are given."""
    listed = sorted([one.kind, one.key, "" if one.digest is None else one.digest.hex()] for one in bound)
    return hashlib.sha256(_canonical(listed).encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailRow:
    """A row of the trail as the database holds it: ``before``, ``after`` and ``facts`` as their canonical text, not as values, so that
    every changed character counts."""

    seq: int
    at: datetime
    by: str
    tag: str
    subject_kind: str
    subject_id: str
    supplier_number: str | None
    before: str | None
    after: str | None
    facts: str
    software: str


def payload_text(row: TrailRow) -> str:
    """The event's values as one canonical text; what it does not have is left out."""
    parts = (("after", row.after), ("before", row.before), ("facts", row.facts))
    return "{" + ",".join(f'"{name}":{text}' for name, text in parts if text is not None) + "}"


def payload_hash(row: TrailRow, salt: bytes) -> bytes:
    """SHA-256 over the salt and the event's values."""
    return hashlib.sha256(salt + payload_text(row).encode("utf-8", "surrogatepass")).digest()


def entry_text(row: TrailRow, payload: bytes, bound: Sequence[BoundRow] = ()) -> str:
    """The line of the event, with the hash of its values and that of the records that changed with it. There is no floating-point number
    in it: sorting the keys makes it canonical."""
    entry: dict[str, object] = {
        "at": row.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "by": row.by,
        "payload": payload.hex(),
        "seq": row.seq,
        "software": row.software,
        "subject": [row.subject_kind, row.subject_id],
        "supplier": row.supplier_number,
        "tag": row.tag,
        "v": FORMAT,
    }
    if bound:
        entry |= {"rows": rows_hash(bound), "v": FORMAT_WITH_ROWS}
    return _canonical(entry)


def entry_bytes(row: TrailRow, payload: bytes, bound: Sequence[BoundRow] = ()) -> bytes:
    """What the leaf is the hash of."""
    return entry_text(row, payload, bound).encode("utf-8", "surrogatepass")


def _canonical(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
