"""Whose registration or application an import concerns: what an office has to look at beside the register itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ebidadmin.clock import jst
from ebidadmin.domain.eligibility import Eligibility
from ebidadmin.domain.ids import SupplierNumber
from ebidadmin.domain.imports import ImportPlan, TouchedSupplier
from ebidadmin.domain.staff import Staff
from ebidadmin.errors import StalePlanError
from ebidadmin.services.eligibility import today_of
from ebidadmin.services.ports import Office
from ebidadmin.services.qualification_import import PAGE, ImportStore
from ebidadmin.services.register_admission import admit_importer


def touched(
    office: Office, *, staff: Staff, store: ImportStore, plan: ImportPlan, after: str = "", limit: int = PAGE
) -> tuple[TouchedSupplier, ...]:
    """A page of the suppliers whose registration or application the plan concerns, by supplier number.

    Raises ``StalePlanError`` (``stage-missing``) when the preview must be made again.
    """
    admit_importer(office, staff, "touched")
    run = store.ready(file_hash=plan.file_hash, layout=plan.layout, version=plan.register_version)
    if run is None:
        raise StalePlanError("stage-missing", file=plan.file_name)
    return store.touched(run, day=jst(office.clock.now()).date(), after=after, limit=limit)


def may_quote(
    office: Office, *, staff: Staff, suppliers: Iterable[SupplierNumber]
) -> Mapping[SupplierNumber, Eligibility]:
    """Whether these suppliers may take part in quotations today, by the register as it is before the import.

    Raises ``NotPermittedError``.
    """
    admit_importer(office, staff, "touched")
    now = office.clock.now()
    with office.uow() as uow:
        return today_of(uow, suppliers, now=now)
