"""The three doors of the portal, as they stand now."""

from __future__ import annotations

from ebidadmin.domain.doors import DEFAULT_HOURS, Door, DoorState, door_state
from ebidadmin.services.ports import Office


def states(office: Office) -> tuple[DoorState, ...]:
    """Each door with its hours, whether it is open and when it opens next. Anyone may see them."""
    hours = {**DEFAULT_HOURS, **office.settings.hours}
    now = office.clock.now()
    return tuple(door_state(door, hours[door], at=now, calendar=office.calendar) for door in Door)
