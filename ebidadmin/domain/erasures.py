"""What an erasing of personal data takes from the trail, and by what the event that tells of it answers for that."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from ebidadmin.domain.events import JsonValue


class ErasedPart(StrEnum):
    """What of an event is erased."""

    VALUES = "values"
    """What it says (before, after, facts), and the salt without which nobody can find that out by trying."""
    RECORDS = "records"
    """The salts of what records became with it and are no longer."""


@dataclass(frozen=True, slots=True, order=True)
class Erased:
    """That a part of the event of that number was erased."""

    seq: int
    part: ErasedPart


def erasure_facts(erased: Iterable[Erased]) -> dict[str, JsonValue]:
    """What the erasing event says of its list: how long it is, and the SHA-256 (hex) of it, in whatever order it is given."""
    listed = [[one.seq, one.part.value] for one in sorted(erased)]
    text = json.dumps(listed, separators=(",", ":"))
    return {"erased": len(listed), "digest": hashlib.sha256(text.encode()).hexdigest()}
