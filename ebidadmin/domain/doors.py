"""The three doors of the portal and their service hours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum

from ebidadmin.clock import JST, Calendar, as_utc, jst
from ebidadmin.errors import DoorClosedError


class Door(StrEnum):
    BIDDING = "bidding"
    PUBLICATION = "publication"
    QUALIFICATION = "qualification"


@dataclass(frozen=True, slots=True)
class ServiceHours:
    """Open on working days from ``opens`` up to, not including, ``closes`` (times of Japan); or always."""

    opens: time
    closes: time
    always: bool = False


@dataclass(frozen=True, slots=True)
class DoorState:
    """A door at a moment. ``next_opening`` is the next change to open (UTC), ``None`` while it is open."""

    door: Door
    hours: ServiceHours
    is_open: bool
    next_opening: datetime | None


DEFAULT_HOURS: dict[Door, ServiceHours] = {
    Door.BIDDING: ServiceHours(time(8, 30), time(20, 0)),
    Door.PUBLICATION: ServiceHours(time(6, 0), time(23, 0)),
    Door.QUALIFICATION: ServiceHours(time(8, 30), time(20, 0)),
}
"""As the city's manual gives them, on working days."""


def door_state(door: Door, hours: ServiceHours, *, at: datetime, calendar: Calendar) -> DoorState:
    """Whether ``door`` is open at that moment, else when it opens next."""
    local = jst(at)
    if hours.always:
        return DoorState(door, hours, is_open=True, next_opening=None)
    today = local.date()
    works = calendar.is_working_day(today)
    if works and hours.opens <= local.time() < hours.closes:
        return DoorState(door, hours, is_open=True, next_opening=None)
    day = today if works and local.time() < hours.opens else calendar.next_working_day(today)
    opening = datetime.combine(day, hours.opens, tzinfo=JST)
    return DoorState(door, hours, is_open=False, next_opening=as_utc(opening))


def require_open(door: Door, hours: ServiceHours, *, at: datetime, calendar: Calendar) -> None:
    """Raises ``DoorClosedError`` with the next opening, outside the hours."""
    state = door_state(door, hours, at=at, calendar=calendar)
    if state.next_opening is not None:
        raise DoorClosedError(
            "door-closed", door=door.value, next_opening=jst(state.next_opening).isoformat()
        )
