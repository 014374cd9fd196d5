"""What a page of the queue reads for all its rows, asked of the ports for one application: the answer that the page must agree with."""

from __future__ import annotations

from ebidadmin.domain.ids import ApplicationNumber
from ebidadmin.domain.names import NameRules, fold_name
from ebidadmin.services.case_file import DossierParts
from ebidadmin.services.ports import UnitOfWork


def parts_of(unit: UnitOfWork, number: ApplicationNumber, names: NameRules) -> DossierParts:
    """One by one, by the ports."""
    application = unit.applications.get(number)
    supplier = application.supplier_number
    applicant = fold_name(application.form.trade_name, names)
    return DossierParts(
        application=application,
        register_now=unit.register.current(supplier),
        register_then=unit.register.at_version(supplier, application.register_seen),
        permits=unit.permits.of_supplier(supplier),
        permits_of_others=unit.permits.of_applicant(applicant, not_supplier=supplier),
        live_registration=unit.registrations.live_of(supplier),
        shared=unit.contacts.shared(application),
    )
