"""Where the trail says that backups of the office were written to."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine, select

from ebidadmin.domain.events import EventTag
from ebidadmin.persistence.engine import reading
from ebidadmin.persistence.schema import AuditRow


def backups_told(engine: Engine) -> tuple[Path, ...]:
    """Each place once; whether something is there still is another question."""
    wanted = (
        select(AuditRow.facts).where(AuditRow.tag == EventTag.DESK_BACKED_UP.value).order_by(AuditRow.seq)
    )
    with reading(engine).begin() as connection:
        told = connection.scalars(wanted).all()
    places = (facts.get("file") for facts in told if isinstance(facts, dict))
    return tuple(dict.fromkeys(Path(place) for place in places if isinstance(place, str)))
