"""Writing down what a rehearsed ID application showed and what was advised."""

from __future__ import annotations

from collections.abc import Mapping

from ebidadmin.domain import id_case_records
from ebidadmin.domain.events import Subject, SubjectKind
from ebidadmin.domain.findings import ReferenceFacts
from ebidadmin.domain.id_case_records import IdCaseRecord
from ebidadmin.domain.ids import IdCaseId, SupplierNumber
from ebidadmin.domain.staff import Permission, Staff
from ebidadmin.services.ports import Office, SequenceName
from ebidadmin.services.refusals import refusals_logged


def record_case(
    office: Office,
    *,
    staff: Staff,
    supplier_number: SupplierNumber,
    searched: Mapping[str, str],
    typed: Mapping[str, str],
    remarks: ReferenceFacts,
    advice: str,
) -> IdCaseRecord:
    """Keep what was searched and typed in a rehearsal (what is masked stays masked), the remarks on it, and the advice.

    Raises ``NotPermittedError``, and ``ValueError`` for a field that holds a secret.
    """
    with refusals_logged(office, staff=staff, subject=Subject(SubjectKind.DESK, "ids"), verb="record-case"):
        staff.require(Permission.REHEARSE)
        with office.uow() as uow:
            written = id_case_records.write(
                IdCaseId(f"C{uow.next_number(SequenceName.ID_CASE):08d}"),
                supplier_number=supplier_number,
                searched=searched,
                typed=typed,
                remarks=remarks,
                advice=advice,
                by=staff.login,
                at=office.clock.now(),
            )
            uow.record(written)
            uow.commit()
    return written.after
