"""Whether a supplier may take part in small-purchase quotations on a day. It is computed, never stored.

Eligible means: the ID is approved and usable, a permit is in force, the qualification is in force, and no suspension of nomination
covers the day.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from ebidadmin.domain.permits import Permit
from ebidadmin.domain.qualifications import Qualification
from ebidadmin.domain.registrations import Registration, RegistrationState


class Lack(StrEnum):
    """What can be missing, in the order in which it is told."""

    ID = "id"
    ID_SUSPENDED = "id-suspended"
    ID_LOCKED = "id-locked"
    ID_CANCELLED = "id-cancelled"
    PERMIT = "permit"
    QUALIFICATION = "qualification"
    SUPPLIER_SUSPENDED = "supplier-suspended"


@dataclass(frozen=True, slots=True)
class Eligibility:
    """The answer for one day: eligible when nothing is missing."""

    day: date
    missing: tuple[Lack, ...]

    @property
    def eligible(self) -> bool:
        return not self.missing


_UNUSABLE = {
    RegistrationState.SUSPENDED: Lack.ID_SUSPENDED,
    RegistrationState.LOCKED: Lack.ID_LOCKED,
    RegistrationState.CANCELLED: Lack.ID_CANCELLED,
}


def eligible(
    *,
    registration: Registration | None,
    permits: Iterable[Permit],
    qualification: Qualification | None,
    day: date,
) -> Eligibility:
    """What one supplier lacks on ``day``. All values must be of the same supplier number, as they were on that day."""
    missing: list[Lack] = []
    if registration is None:
        missing.append(Lack.ID)
    elif registration.state in _UNUSABLE:
        missing.append(_UNUSABLE[registration.state])
    if not any(permit.in_force(day) for permit in permits):
        missing.append(Lack.PERMIT)
    if qualification is None or not qualification.in_force(day):
        missing.append(Lack.QUALIFICATION)
    if qualification is not None and _suspended(qualification, day):
        missing.append(Lack.SUPPLIER_SUSPENDED)
    return Eligibility(day, tuple(missing))


def _suspended(qualification: Qualification, day: date) -> bool:
    """Whether a suspension of nomination covers the day; both its days are inclusive, an absent one is open."""
    first, last = qualification.suspended_from, qualification.suspended_to
    if first is None and last is None:
        return False
    return (first is None or first <= day) and (last is None or day <= last)
