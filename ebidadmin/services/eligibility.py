"""Whether a supplier may take part in small-purchase quotations, for any day, by what the office has recorded."""

from __future__ import annotations

from datetime import date, datetime

from ebidadmin.clock import end_of, jst_date
from ebidadmin.domain.eligibility import Basis, Eligibility, IdStanding, eligible, id_standing
from ebidadmin.domain.events import Event, Subject, SubjectKind
from ebidadmin.domain.ids import SupplierNumber
from ebidadmin.domain.registrations import Registration, RegistrationState
from ebidadmin.domain.staff import Permission, Staff
from ebidadmin.services.ports import Office, UnitOfWork
from ebidadmin.services.refusals import refusals_logged

DESK = Subject(SubjectKind.DESK, "registrations")

_BASES = {
    (True, True): Basis.THEN,
    (False, True): Basis.REGISTER_NOW,
    (True, False): Basis.ID_NOW,
    (False, False): Basis.REGISTER_AND_ID_NOW,
}
"""Of a day gone by: whether there was a register, and whether the trail tells of the IDs."""


def on_day(
    uow: UnitOfWork, supplier: SupplierNumber, *, now: datetime, day: date | None = None
) -> Eligibility:
    """The answer for ``day`` in Japan (default: the day of ``now``).

    A day gone by is answered by the register and the IDs as they were at its end (by the register as it is now where the day is before
    the first import), a day to come as if nothing more were recorded. Permits tell by their own days.
    """
    today = jst_date(now)
    asked = day or today
    moment = end_of(asked) if asked < today else None
    qualification = uow.register.current(supplier)
    register_known = moment is not None and uow.register.version_as_of(moment) is not None
    if moment is not None and register_known:
        qualification = uow.register.as_of(supplier, moment)
    found = (_standing(uow, each, moment) for each in uow.registrations.of_supplier(supplier))
    ids = tuple(one for one in found if one is not None)
    basis = Basis.NOW if asked == today else Basis.LATER
    if moment is not None:
        basis = _BASES[register_known, all(one.recorded for one in ids)]
    permits = uow.permits.of_supplier(supplier)
    return eligible(ids=ids, permits=permits, qualification=qualification, day=asked, basis=basis)


def shown(office: Office, *, staff: Staff, supplier: SupplierNumber, day: date | None = None) -> Eligibility:
    """The answer for whoever may read personal data (default: today). Raises ``NotPermittedError``."""
    with refusals_logged(office, staff=staff, subject=DESK, verb="show", supplier=supplier):
        staff.require(Permission.READ_PERSONAL)
    with office.uow() as uow:
        return on_day(uow, supplier, now=office.clock.now(), day=day)


def _standing(uow: UnitOfWork, registration: Registration, moment: datetime | None) -> IdStanding | None:
    if moment is None and registration.state is RegistrationState.ACTIVE:
        return IdStanding(state=registration.state)
    return id_standing(registration, _events(uow, registration), moment)


def _events(uow: UnitOfWork, registration: Registration) -> list[Event]:
    subject = Subject(SubjectKind.REGISTRATION, registration.application)
    found: list[Event] = []
    after = 0
    while page := uow.audit.list(subject=subject, after_seq=after):
        found += (entry.event for entry in page)
        after = page[-1].seq
    return found
