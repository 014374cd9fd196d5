"""Whether a supplier may take part in small-purchase quotations, for any day, by what the office has recorded."""

from __future__ import annotations

from collections.abc import Iterable
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


def today_of(
    uow: UnitOfWork, suppliers: Iterable[SupplierNumber], *, now: datetime
) -> dict[SupplierNumber, Eligibility]:
    """``on_day`` for today, of many suppliers, with as many statements as for one."""
    listed, day = tuple(dict.fromkeys(suppliers)), jst_date(now)
    records, permits = uow.register.current_of(listed), uow.permits.of_suppliers(listed)
    ids = uow.registrations.of_suppliers(listed)
    subjects = {_subject(one) for own in ids.values() for one in own if not _plain(one)}
    trails = uow.audit.of_subjects(subjects) if subjects else {}

    def standing(one: Registration) -> IdStanding | None:
        trail = trails.get(_subject(one), ())
        return IdStanding(state=one.state) if _plain(one) else id_standing(one, [e.event for e in trail])

    def answer(supplier: SupplierNumber) -> Eligibility:
        found = map(standing, ids.get(supplier, ()))
        return eligible(
            ids=[one for one in found if one is not None],
            permits=permits.get(supplier, ()),
            qualification=records.get(supplier),
            day=day,
            basis=Basis.NOW,
        )

    return {supplier: answer(supplier) for supplier in listed}


def shown(office: Office, *, staff: Staff, supplier: SupplierNumber, day: date | None = None) -> Eligibility:
    """The answer for whoever may read personal data (default: today). Raises ``NotPermittedError``."""
    with refusals_logged(office, staff=staff, subject=DESK, verb="show", supplier=supplier):
        staff.require(Permission.READ_PERSONAL)
    with office.uow() as uow:
        return on_day(uow, supplier, now=office.clock.now(), day=day)


def _standing(uow: UnitOfWork, registration: Registration, moment: datetime | None) -> IdStanding | None:
    if moment is None and _plain(registration):
        return IdStanding(state=registration.state)
    return id_standing(registration, _events(uow, registration), moment)


def _plain(registration: Registration) -> bool:
    """Whether its state says all that there is to say of it now."""
    return registration.state is RegistrationState.ACTIVE


def _subject(registration: Registration) -> Subject:
    return Subject(SubjectKind.REGISTRATION, registration.application)


def _events(uow: UnitOfWork, registration: Registration) -> list[Event]:
    subject = _subject(registration)
    found: list[Event] = []
    after = 0
    while page := uow.audit.list(subject=subject, after_seq=after):
        found += (entry.event for entry in page)
        after = page[-1].seq
    return found
