"""Made-up trails: events of few people, tags, subjects and suppliers, with moments that repeat and that do not always go forward."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from random import Random

from sqlalchemy import Engine, insert

from ebidadmin.domain.events import Event, EventTag, Subject, SubjectKind
from ebidadmin.persistence.mapping import audit_values
from ebidadmin.persistence.schema import AuditRow
from ebidadmin.services.ports import AuditEntry
from tests.builders import NOON, supplier_number

PEOPLE = ("sato", "suzuki", "suppliers", "田中")
TAGS = (
    EventTag.APPLICATION_SUBMITTED,
    EventTag.APPLICATION_APPROVED,
    EventTag.APPLICATION_CLAIMED,
    EventTag.PERMIT_GRANTED,
    EventTag.REFUSED_BY_RULE,
)
SUBJECTS = tuple(
    Subject(kind, f"X{n}") for kind in (SubjectKind.APPLICATION, SubjectKind.PERMIT) for n in (1, 2)
)
SUPPLIERS = (supplier_number(1), supplier_number(2), None)
SOFTWARE = "ebidadmin test"


def events(count: int, *, seed: int = 1, step: timedelta = timedelta(hours=5)) -> Iterator[Event]:
    """The same ones for the same seed, over some days around midnight in Japan; now and then the clock went back."""
    random = Random(seed)
    at = NOON
    for n in range(count):
        at += random.choice((timedelta(0), step, step, -2 * step))
        yield Event(
            tag=random.choice(TAGS),
            subject=random.choice(SUBJECTS),
            by=random.choice(PEOPLE),
            at=at,
            before=None if n % 3 else {"state": "pending", "version": n},
            after={"state": "approved", "version": n + 1},
            facts={"n": n},
            supplier_number=random.choice(SUPPLIERS),
        )


def keep(engine: Engine, made: Iterator[Event]) -> list[AuditEntry]:
    """Append them past the program, in order; as the trail has them."""
    listed = list(made)
    with engine.begin() as connection:
        connection.execute(insert(AuditRow), [audit_values(event, SOFTWARE) for event in listed])
    return [AuditEntry(seq, event, SOFTWARE) for seq, event in enumerate(listed, start=1)]
