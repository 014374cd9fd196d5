"""The three doors of the portal, as they stand now, and whom they let in."""

from __future__ import annotations

from ebidadmin.domain.doors import DEFAULT_HOURS, Door, DoorState, door_state, require_open
from ebidadmin.domain.staff import Permission, Staff
from ebidadmin.services.ports import Office


def states(office: Office) -> tuple[DoorState, ...]:
    """Each door with its hours, whether it is open and when it opens next. Anyone may see them."""
    hours = {**DEFAULT_HOURS, **office.settings.hours}
    now = office.clock.now()
    return tuple(door_state(door, hours[door], at=now, calendar=office.calendar) for door in Door)


def admit(office: Office, staff: Staff, *, rehearsal: bool) -> None:
    """Who may walk through a supplier's screens, and whether the door is open for what they register; a rehearsal need not heed it.

    Mode ``register`` is the reviewers' (``Permission.REGISTER``), ``rehearsal`` the help desk's too (``Permission.REHEARSE``), which
    therefore writes nothing. Raises ``NotPermittedError``, ``DoorClosedError``.
    """
    if rehearsal:
        staff.require(Permission.REHEARSE)
        return
    staff.require(Permission.REGISTER)
    hours = office.settings.hours.get(Door.BIDDING, DEFAULT_HOURS[Door.BIDDING])
    require_open(Door.BIDDING, hours, at=office.clock.now(), calendar=office.calendar)
