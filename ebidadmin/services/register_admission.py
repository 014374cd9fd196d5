"""Who may bring files into the register and who may read it; refusals and exports of it stand in the trail."""

from __future__ import annotations

from ebidadmin.domain.events import Event, EventTag, Subject, SubjectKind
from ebidadmin.domain.staff import Permission, Staff
from ebidadmin.services.ports import Office
from ebidadmin.services.refusals import refusals_logged

REGISTER = Subject(SubjectKind.DESK, "register")


def admit_importer(office: Office, staff: Staff, verb: str) -> None:
    """Raises ``NotPermittedError``, and logs it, for whoever may not import."""
    with refusals_logged(office, staff=staff, subject=REGISTER, verb=verb):
        staff.require(Permission.IMPORT_REGISTER)


def admit_reader(office: Office, staff: Staff, verb: str) -> None:
    """Raises ``NotPermittedError``, and logs it, for whoever may neither read personal data nor import."""
    if staff.may(Permission.IMPORT_REGISTER):
        return
    with refusals_logged(office, staff=staff, subject=REGISTER, verb=verb):
        staff.require(Permission.READ_PERSONAL)


def log_export(office: Office, staff: Staff, records: int) -> None:
    """The register leaves the desk as a file: said before the first record is read, so that no export goes unsaid."""
    with office.uow() as uow:
        uow.log(
            Event(
                tag=EventTag.REGISTER_EXPORTED,
                subject=REGISTER,
                by=staff.login,
                at=office.clock.now(),
                facts={"records": records, "register": uow.register.version()},
            )
        )
        uow.commit()
