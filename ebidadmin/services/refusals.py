"""Refusals in the audit trail: what somebody tried and was not let do.

They are written in a unit of work of their own, because the refused one is rolled back; codes only, never personal data.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime

from ebidadmin.domain.events import Event, EventTag, JsonValue, Subject, SubjectKind
from ebidadmin.domain.ids import ApplicationNumber, DeskRequestId, PermitId, ProposalId, SupplierNumber
from ebidadmin.domain.staff import Staff
from ebidadmin.errors import (
    ConcurrentEditError,
    EbidError,
    InputError,
    NotFoundError,
    NotPermittedError,
    RuleError,
    StorageError,
)
from ebidadmin.services.ports import Office, UnitOfWork

TOLD = ("state", "permission", "findings", "holder", "door", "expected", "found")
"""Facts of an error that the trail keeps: all of them codes, logins or counters."""


@contextmanager
def refusals_logged(
    office: Office, *, staff: Staff, subject: Subject, verb: str, supplier: SupplierNumber | None = None
) -> Iterator[None]:
    """Log a refusal of what happens inside, and raise it on.

    Refusals are missing permissions, forbidden steps and lost races; wrong input is no refusal and is not logged, but for a text that holds
    the supplier's password: whoever is told so has learnt it.
    """
    try:
        yield
    except (RuleError, ConcurrentEditError, InputError) as error:
        if isinstance(error, InputError) and not _holds_password(error):
            raise
        log_refusal(office, error, staff=staff, subject=subject, verb=verb, supplier=supplier)
        raise


def log_refusal(
    office: Office,
    error: EbidError,
    *,
    staff: Staff,
    subject: Subject,
    verb: str,
    supplier: SupplierNumber | None = None,
) -> None:
    """Write a refusal that the caller deals with by itself."""
    about = supplier or _readable_supplier(office, error, subject)
    with office.uow() as uow:
        at = office.clock.now()
        uow.log(refusal_event(error, staff=staff, subject=subject, verb=verb, at=at, supplier=about))
        uow.commit()


def refusal_event(
    error: EbidError,
    *,
    staff: Staff,
    subject: Subject,
    verb: str,
    at: datetime,
    supplier: SupplierNumber | None,
) -> Event:
    """The event of a refusal, for whoever writes it in a unit of work of its own making."""
    return Event(
        tag=_tag(error),
        subject=subject,
        by=staff.login,
        at=at,
        facts={"verb": verb, "code": error.code, **_told(error)},
        supplier_number=supplier,
    )


def _readable_supplier(office: Office, error: EbidError, subject: Subject) -> SupplierNumber | None:
    """As ``_supplier_of``; ``None`` where the person's log-in may not even read whose it is. By itself: a unit in which the database
    refused something can go on with nothing."""
    try:
        with office.uow() as uow:
            return _supplier_of(uow, subject)
    except StorageError as refused:
        if not isinstance(error, NotPermittedError) or refused.code != "database-not-allowed":
            raise
        return None


def _supplier_of(uow: UnitOfWork, subject: Subject) -> SupplierNumber | None:
    """The supplier whose application, registration, permit, proposal or request it is; ``None`` for anything else and for what does not
    exist."""
    if subject.kind is SubjectKind.APPLICATION:
        application = uow.applications.find(ApplicationNumber(subject.id))
        return None if application is None else application.supplier_number
    if subject.kind is SubjectKind.REGISTRATION:
        # Whoever asked for one that does not exist is told so by the step itself.
        with suppress(NotFoundError):
            return uow.registrations.get(ApplicationNumber(subject.id)).supplier_number
    if subject.kind is SubjectKind.PERMIT:
        with suppress(NotFoundError):
            return uow.permits.get(PermitId(subject.id)).supplier_number
    if subject.kind is SubjectKind.PERMIT_PROPOSAL:
        with suppress(NotFoundError):
            return uow.permit_proposals.get(ProposalId(subject.id)).supplier_number
    if subject.kind is SubjectKind.DESK_REQUEST:
        with suppress(NotFoundError):
            return uow.desk_requests.get(DeskRequestId(subject.id)).supplier_number
    return None


def _holds_password(error: InputError) -> bool:
    quoted = [problem for problem in error.problems if problem.code == "mail-quotes-entry"]
    return any(problem.facts.get("field") == "password" for problem in quoted)


def _tag(error: EbidError) -> EventTag:
    if isinstance(error, InputError):
        return EventTag.REFUSED_QUOTE
    if isinstance(error, NotPermittedError):
        return EventTag.REFUSED_NOT_PERMITTED
    if isinstance(error, ConcurrentEditError):
        return EventTag.REFUSED_CONCURRENT
    return EventTag.REFUSED_BY_RULE


def _told(error: EbidError) -> dict[str, JsonValue]:
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in error.facts.items()
        if name in TOLD
    }
