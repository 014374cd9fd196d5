"""Where a person stands on a screen, so that a reload comes back there.

A convenience of one person and no record of the office: nothing of it is in the audit trail, and losing it costs a few clicks. The
review queue keeps more and does so itself (``queue_views``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from ebidadmin.clock import jst_date
from ebidadmin.domain.staff import Staff
from ebidadmin.services.ports import Office


@dataclass(frozen=True, slots=True)
class KeptPlace:
    """A place in the words of its screen, and when the person came there."""

    place: str
    kept_at: datetime


class PlaceStore(Protocol):
    """One place of each person on each screen."""

    def get(self, person: str, screen: str) -> KeptPlace | None: ...

    def keep(self, person: str, screen: str, kept: KeptPlace) -> None:
        """In place of what was there."""
        ...

    def drop(self, person: str, screen: str) -> None:
        """Forget it; one that is not there is forgotten already."""
        ...


def place(office: Office, *, staff: Staff, store: PlaceStore, screen: str) -> str:
    """Where the person stood when they last looked, empty for nowhere; another day is another day."""
    kept = store.get(staff.login, screen)
    if kept is None or jst_date(kept.kept_at) != jst_date(office.clock.now()):
        return ""
    return kept.place


def stand(office: Office, *, staff: Staff, store: PlaceStore, screen: str, place: str) -> None:
    """The person stands there now; empty for nowhere."""
    if place:
        store.keep(staff.login, screen, KeptPlace(place, office.clock.now()))
    else:
        store.drop(staff.login, screen)
