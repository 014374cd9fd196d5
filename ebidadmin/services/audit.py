"""Reading the audit trail."""

from __future__ import annotations

from ebidadmin.domain.events import Subject, SubjectKind
from ebidadmin.domain.ids import SupplierNumber
from ebidadmin.domain.staff import Permission, Staff
from ebidadmin.services.audit_masks import shown
from ebidadmin.services.ports import AuditEntry, Office
from ebidadmin.services.refusals import refusals_logged


def entries(
    office: Office,
    *,
    staff: Staff,
    subject: Subject | None = None,
    supplier: SupplierNumber | None = None,
    after_seq: int = 0,
    limit: int = 1000,
) -> tuple[AuditEntry, ...]:
    """At most ``limit`` entries in the order of the trail, from the one after ``after_seq`` on, of that subject or supplier if given.

    Raises ``NotPermittedError``.
    """
    with refusals_logged(office, staff=staff, subject=Subject(SubjectKind.DESK, "audit"), verb="list"):
        staff.require(Permission.READ_AUDIT)
    with office.uow() as uow:
        found = uow.audit.list(subject=subject, supplier=supplier, after_seq=after_seq, limit=limit)
    return tuple(shown(entry, staff) for entry in found)
