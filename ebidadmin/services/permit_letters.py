"""The letters of decided permits: what they are made from, and that they were made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from ebidadmin.domain.events import Event, EventTag, JsonValue, Subject, SubjectKind
from ebidadmin.domain.ids import PermitId
from ebidadmin.domain.permits import DocumentNumber, Permit, PermitState, expect
from ebidadmin.domain.qualifications import Qualification
from ebidadmin.domain.staff import Permission, Staff
from ebidadmin.errors import RuleError, StalePlanError
from ebidadmin.services.ports import Office, UnitOfWork
from ebidadmin.services.refusals import refusals_logged

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterFacts:
    """What one letter is made from. ``record`` is the supplier in the register when the decision fell, so that a letter printed again
    says the same; ``trade_name`` is the name there, else the applicant's."""

    permit: Permit
    document: DocumentNumber
    decided_at: datetime
    record: Qualification | None
    trade_name: str
    made_at: datetime


def make(
    office: Office,
    *,
    staff: Staff,
    permit_ids: Sequence[PermitId],
    typeset: Callable[[Sequence[LetterFacts]], T],
    version_of: Callable[[T, PermitState], str | None] = lambda _made, _state: None,
) -> T:
    """Let ``typeset`` make the letters of these permits, each once, all or none, and tell the trail; what it answered. ``version_of`` says
    of what it answered by which template (its digest) the letters of a state were made.

    Raises ``NotPermittedError``, ``NotFoundError``, ``IllegalTransitionError`` for a permit that is neither granted nor refused (a
    withdrawn or void one could be taken for a valid one), ``RuleError`` (``letter-without-number``, ``letter-without-name``),
    ``StalePlanError`` (``letter-changed``) where a permit changed while its letter was made, and what ``typeset`` raises.
    """
    with refusals_logged(office, staff=staff, subject=Subject(SubjectKind.DESK, "permits"), verb="letter"):
        staff.require(Permission.RECORD_PERMIT)
        now = office.clock.now()
        with office.uow() as uow:
            letters = [_facts(uow, permit_id, now) for permit_id in dict.fromkeys(permit_ids)]
        # Outside of a transaction: setting pages takes longer than others should wait for their turn to write.
        made = typeset(letters)
        with office.uow() as uow:
            for one in letters:
                if uow.permits.get(one.permit.id) != one.permit:
                    raise StalePlanError("letter-changed", id=one.permit.id)
                uow.log(_made(one, staff, version_of(made, one.permit.state)))
            uow.commit()
    return made


def _facts(uow: UnitOfWork, permit_id: PermitId, now: datetime) -> LetterFacts:
    permit = uow.permits.get(permit_id)
    expect(permit, "letter", PermitState.GRANTED, PermitState.REFUSED)
    if permit.document is None or permit.decided_at is None:
        raise RuleError("letter-without-number", id=permit.id)
    register, supplier = uow.register, permit.supplier_number
    record = register.as_of(supplier, permit.decided_at) or register.current(supplier)
    name = permit.applicant if record is None else record.trade_name
    if not name:
        raise RuleError("letter-without-name", id=permit.id)
    return LetterFacts(
        permit=permit,
        document=permit.document,
        decided_at=permit.decided_at,
        record=record,
        trade_name=name,
        made_at=now,
    )


def _made(one: LetterFacts, staff: Staff, template: str | None) -> Event:
    document: list[JsonValue] = [one.document.fiscal_year, one.document.number]
    return Event(
        tag=EventTag.PERMIT_LETTER_MADE,
        subject=Subject(SubjectKind.PERMIT, one.permit.id),
        by=staff.login,
        at=one.made_at,
        facts={"document": document, "template": template},
        supplier_number=one.permit.supplier_number,
    )
