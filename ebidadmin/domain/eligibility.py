"""Whether a supplier may take part in small-purchase quotations on a day. It is computed, never stored.

Eligible means: the ID is approved and usable, a permit is in force, the qualification is in force, and no suspension of nomination
covers the day. IC cards have no part in it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from ebidadmin.clock import jst_date
from ebidadmin.domain.events import Event
from ebidadmin.domain.permits import Permit, PermitState
from ebidadmin.domain.qualifications import Qualification
from ebidadmin.domain.registrations import LIVE_STATES, Registration, RegistrationState


class Lack(StrEnum):
    """What can be missing, in the order in which it is told."""

    ID = "id"
    ID_SUSPENDED = "id-suspended"
    ID_LOCKED = "id-locked"
    ID_CANCELLED = "id-cancelled"
    PERMIT = "permit"
    PERMIT_UNDECIDED = "permit-undecided"
    PERMIT_REFUSED = "permit-refused"
    PERMIT_NOT_YET = "permit-not-yet"
    PERMIT_EXPIRED = "permit-expired"
    PERMIT_WITHDRAWN = "permit-withdrawn"
    PERMIT_VOID = "permit-void"
    QUALIFICATION = "qualification"
    QUALIFICATION_NOT_YET = "qualification-not-yet"
    QUALIFICATION_LAPSED = "qualification-lapsed"
    SUPPLIER_SUSPENDED = "supplier-suspended"


class Basis(StrEnum):
    """By which records a day is answered. A permit's own days (from, to, withdrawn from) answer for any day; a void one never counted."""

    NOW = "now"
    """Today, by what is recorded now."""
    LATER = "later"
    """A day to come, as if nothing more were recorded."""
    THEN = "then"
    """A day gone by: register and ID as they were at its end."""
    REGISTER_NOW = "register-now"
    """As ``THEN``, but the register as it is now: the day is before the first import."""
    ID_NOW = "id-now"
    """As ``THEN``, but the ID as it is now: the trail does not tell how it was."""
    REGISTER_AND_ID_NOW = "register-and-id-now"


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """One thing that is missing, with what is known of it.

    ``day`` is the first day of what has not begun, the last day of what is over or covers the day (``None``: open), the first day on
    which a withdrawn permit does not count, the day of a refusal, or the day on which an undecided request came in. ``at`` and ``by`` tell
    when and by whom an ID or a void permit came to be so, where that is known; ``reason`` is the office's own words.
    """

    lack: Lack
    day: date | None = None
    at: datetime | None = None
    by: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Eligibility:
    """The answer for one day: eligible when nothing is missing."""

    day: date
    missing: tuple[Missing, ...]
    basis: Basis = Basis.NOW

    @property
    def eligible(self) -> bool:
        return not self.missing

    @property
    def lacks(self) -> tuple[Lack, ...]:
        """What is missing, without more."""
        return tuple(one.lack for one in self.missing)


@dataclass(frozen=True, slots=True, kw_only=True)
class IdStanding:
    """How an ID stood at some moment: since when, by whom and why, where the trail tells; ``recorded`` is whether it tells the state."""

    state: RegistrationState
    at: datetime | None = None
    by: str = ""
    reason: str = ""
    recorded: bool = True


def id_standing(
    registration: Registration, events: Iterable[Event], moment: datetime | None = None
) -> IdStanding | None:
    """How an ID stands now or stood at that moment, by the events of its trail, oldest first; ``None`` before it came into being.

    A trail that does not lead to the present state (it was cut short) is not believed: the present state is given, as not recorded.
    """
    if moment is not None and moment < registration.created_at:
        return None
    found: IdStanding | None = None
    latest: RegistrationState | None = None
    for event in events:
        state = None if event.after is None else event.after.get("state")
        if not isinstance(state, str):
            continue
        latest = RegistrationState(state)
        if moment is not None and moment < event.at:
            continue
        if found is None or found.state is not latest:
            reason = event.after.get("reason") if event.after is not None else None
            found = IdStanding(state=latest, at=event.at, by=event.by, reason=str(reason or ""))
    if found is None or latest is not registration.state:
        return IdStanding(state=registration.state, reason=registration.reason, recorded=False)
    return found


def eligible(
    *,
    ids: Iterable[IdStanding],
    permits: Iterable[Permit],
    qualification: Qualification | None,
    day: date,
    basis: Basis = Basis.NOW,
) -> Eligibility:
    """What one supplier lacks on ``day``. All values must be of the same supplier number, as they were on that day; ``ids`` and
    ``permits`` newest first."""
    found = (
        _id_missing(tuple(ids)),
        _permit_missing(tuple(permits), day),
        _qualification_missing(qualification, day),
        _suspension(qualification, day),
    )
    return Eligibility(day, tuple(one for one in found if one is not None), basis)


_UNUSABLE = {
    RegistrationState.SUSPENDED: Lack.ID_SUSPENDED,
    RegistrationState.LOCKED: Lack.ID_LOCKED,
    RegistrationState.CANCELLED: Lack.ID_CANCELLED,
}


def _id_missing(ids: tuple[IdStanding, ...]) -> Missing | None:
    """A live ID tells; where there is none, the newest of those that were cancelled."""
    told = next((one for one in ids if one.state in LIVE_STATES), ids[0] if ids else None)
    if told is None:
        return Missing(lack=Lack.ID)
    if told.state is RegistrationState.ACTIVE:
        return None
    return Missing(lack=_UNUSABLE[told.state], at=told.at, by=told.by, reason=told.reason)


def _permit_missing(permits: tuple[Permit, ...], day: date) -> Missing | None:
    """Of several that do not count the newest tells why: of those received by that day, before void ones."""
    if any(permit.in_force(day) for permit in permits):
        return None
    standing = [permit for permit in permits if permit.state is not PermitState.VOIDED]
    told = [permit for permit in standing if permit.received <= day] or standing or list(permits)
    return _why_not_in_force(told[0], day) if told else Missing(lack=Lack.PERMIT)


def _why_not_in_force(permit: Permit, day: date) -> Missing:
    void = permit.voiding
    if void is not None:
        return Missing(lack=Lack.PERMIT_VOID, at=void.at, by=void.by, reason=void.reason)
    if permit.state is PermitState.REQUESTED:
        return Missing(lack=Lack.PERMIT_UNDECIDED, day=permit.received)
    if permit.state is PermitState.REFUSED:
        decided = None if permit.decided_at is None else jst_date(permit.decided_at)
        return Missing(lack=Lack.PERMIT_REFUSED, day=decided, reason=permit.reason)
    if permit.valid_from is not None and day < permit.valid_from:
        return Missing(lack=Lack.PERMIT_NOT_YET, day=permit.valid_from)
    if permit.state is PermitState.WITHDRAWN:
        return Missing(lack=Lack.PERMIT_WITHDRAWN, day=permit.withdrawn_from, reason=permit.reason)
    return Missing(lack=Lack.PERMIT_EXPIRED, day=permit.valid_to)


def _qualification_missing(qualification: Qualification | None, day: date) -> Missing | None:
    if qualification is None:
        return Missing(lack=Lack.QUALIFICATION)
    if qualification.in_force(day):
        return None
    first = qualification.valid_from
    if first is not None and day < first:
        return Missing(lack=Lack.QUALIFICATION_NOT_YET, day=first)
    return Missing(lack=Lack.QUALIFICATION_LAPSED, day=qualification.valid_to)


def _suspension(qualification: Qualification | None, day: date) -> Missing | None:
    """A suspension of nomination that covers the day; both its days are inclusive, an absent one is open."""
    if qualification is None:
        return None
    first, last = qualification.suspended_from, qualification.suspended_to
    if first is None and last is None:
        return None
    covered = (first is None or first <= day) and (last is None or day <= last)
    return Missing(lack=Lack.SUPPLIER_SUSPENDED, day=last) if covered else None


def nomination_suspended(qualification: Qualification, day: date) -> bool:
    """Whether a suspension of nomination covers the day."""
    return _suspension(qualification, day) is not None
