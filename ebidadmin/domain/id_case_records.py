"""The case record of a rehearsed ID application: what was searched and entered, what stood out, what was advised. Written once, never
changed.

A password is no part of it: a walk never has one in plain, and its hash has no place here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from ebidadmin.domain.events import Event, EventTag, JsonMap, JsonValue, Subject, SubjectKind
from ebidadmin.domain.findings import ReferenceFacts
from ebidadmin.domain.ids import IdCaseId, SupplierNumber
from ebidadmin.domain.transition import Transition

_NEVER = ("password", "code")
"""Fields that hold a secret, with whatever stands behind their name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IdCaseRecord:
    """What became of one rehearsal. ``content`` is JSON: ``searched``, ``typed`` and ``remarks``, by the names of ``ReferenceFacts``."""

    id: IdCaseId
    supplier_number: SupplierNumber
    written_at: datetime
    written_by: str
    content: JsonMap
    advice: str
    version: int = 1


def write(
    case_id: IdCaseId,
    *,
    supplier_number: SupplierNumber,
    searched: Mapping[str, str],
    typed: Mapping[str, str],
    remarks: ReferenceFacts,
    advice: str,
    by: str,
    at: datetime,
) -> Transition[IdCaseRecord]:
    """The record of a rehearsal that came to its end. Raises ``ValueError`` for a field that holds a secret."""
    if any(key.startswith(_NEVER) for key in (*searched, *typed)):
        raise ValueError("a secret is no part of a record")
    record = IdCaseRecord(
        id=case_id,
        supplier_number=supplier_number,
        written_at=at,
        written_by=by,
        content={"searched": {**searched}, "typed": {**typed}, "remarks": _plain(remarks)},
        advice=advice.strip(),
    )
    event = Event(
        tag=EventTag.CASE_RECORDED,
        subject=Subject(SubjectKind.ID_CASE, case_id),
        by=by,
        at=at,
        after={"flow": "id-application", "mode": "rehearsal"},
        supplier_number=supplier_number,
    )
    return Transition(record, (event,))


def _plain(remarks: ReferenceFacts) -> dict[str, JsonValue]:
    return {
        "postcode_mismatch": list(remarks.postcode_mismatch),
        "phone_unknown": list(remarks.phone_unknown),
        "mail_unusual": [list(pair) for pair in remarks.mail_unusual],
    }
