"""The dispatch register of paper permits: letters handed out or sent, entered once, put right by further rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from ebidadmin.clock import jst_date
from ebidadmin.domain import dispatches
from ebidadmin.domain.dispatches import Dispatch
from ebidadmin.domain.events import Event, EventTag, Subject, SubjectKind
from ebidadmin.domain.ids import DispatchId, PermitId
from ebidadmin.domain.permits import PaperChannel, Permit
from ebidadmin.domain.staff import Permission, Staff
from ebidadmin.domain.transition import Transition
from ebidadmin.errors import InputError, Problem, RuleError
from ebidadmin.services.ports import Office, SequenceName, UnitOfWork
from ebidadmin.services.refusals import refusals_logged

NUMBER_PREFIX = "D"
NUMBER_DIGITS = 6

REGISTER = Subject(SubjectKind.DESK, "dispatches")


@dataclass(frozen=True, slots=True)
class DispatchLine:
    """A row and, where it was wrong, the row that stands against it."""

    row: Dispatch
    corrected_by: DispatchId | None


def dispatch(
    office: Office,
    *,
    staff: Staff,
    permit_id: PermitId,
    channel: PaperChannel,
    day: date | None = None,
    recipient: str = "",
    note: str = "",
    corrects: DispatchId | None = None,
) -> Dispatch:
    """Enter that the letter of a permit went out on ``day`` (default: today in Japan) to ``recipient`` (default: the applicant, else the
    name in the register); with ``corrects`` in place of that wrong row, with a ``note`` on the mistake.

    Raises ``NotPermittedError``, ``NotFoundError``, ``RuleError`` ``dispatch-corrected`` for a row that another stands against already,
    and as ``domain.dispatches.dispatch``.
    """

    def step(uow: UnitOfWork, permit: Permit, now: datetime) -> Transition[Dispatch]:
        on, to = day or jst_date(now), recipient.strip() or _named(uow, permit)
        wrong = None if corrects is None else uow.dispatches.get(corrects)
        number = _next_id(uow)
        if wrong is None:
            return dispatches.dispatch(
                permit,
                dispatch_id=number,
                day=on,
                channel=channel,
                recipient=to,
                note=note,
                by=staff.login,
                at=now,
            )
        return dispatches.correct(
            permit,
            wrong,
            dispatch_id=number,
            day=on,
            channel=channel,
            recipient=to,
            note=note,
            by=staff.login,
            at=now,
        )

    return _enter(office, staff, permit_id, step)


def dispatch_all(
    office: Office,
    *,
    staff: Staff,
    letters: Sequence[tuple[PermitId, PaperChannel]],
    day: date | None = None,
) -> tuple[Dispatch, ...]:
    """Enter that the letters of these permits, each by its channel, went out on ``day`` (default: today in Japan) to their applicants (else
    the names in the register): all or none.

    Raises as ``dispatch`` does, and ``RuleError`` ``dispatch-entered`` (who, when) where the letter of one is entered already.
    """
    with refusals_logged(office, staff=staff, subject=REGISTER, verb="dispatch"):
        staff.require(Permission.RECORD_PERMIT)
        with office.uow() as uow:
            now = office.clock.now()
            entered = [
                _first(uow, permit, channel, day=day or jst_date(now), by=staff.login, at=now)
                for permit, channel in letters
            ]
            uow.commit()
    return tuple(entered)


def cancel(office: Office, *, staff: Staff, permit_id: PermitId, wrong: DispatchId, note: str) -> Dispatch:
    """Enter that what the row ``wrong`` says did not happen. Raises as ``dispatch``."""

    def step(uow: UnitOfWork, permit: Permit, now: datetime) -> Transition[Dispatch]:
        row = uow.dispatches.get(wrong)
        return dispatches.cancel(permit, row, dispatch_id=_next_id(uow), note=note, by=staff.login, at=now)

    return _enter(office, staff, permit_id, step)


def list_between(
    office: Office, *, staff: Staff, first: date | None = None, last: date | None = None
) -> tuple[DispatchLine, ...]:
    """The register of these days, both inclusive; wrong rows are in it, each with the row that stands against it.

    Raises ``NotPermittedError``, and ``InputError`` for days out of order.
    """
    return _lines(office, staff, first, last, "list")


def export(
    office: Office, *, staff: Staff, first: date | None = None, last: date | None = None
) -> tuple[DispatchLine, ...]:
    """The same for a file that leaves the desk, which the trail tells. Raises as ``list_between``."""
    lines = _lines(office, staff, first, last, "export")
    with office.uow() as uow:
        uow.log(
            Event(
                tag=EventTag.PERMIT_DISPATCHES_EXPORTED,
                subject=REGISTER,
                by=staff.login,
                at=office.clock.now(),
                facts={
                    "rows": len(lines),
                    "first": None if first is None else first.isoformat(),
                    "last": None if last is None else last.isoformat(),
                },
            )
        )
        uow.commit()
    return lines


def _lines(
    office: Office, staff: Staff, first: date | None, last: date | None, verb: str
) -> tuple[DispatchLine, ...]:
    with refusals_logged(office, staff=staff, subject=REGISTER, verb=verb):
        staff.require(Permission.READ_PERSONAL)
    if first is not None and last is not None and last < first:
        facts = {"valid_from": first.isoformat(), "valid_to": last.isoformat()}
        raise InputError("dates-out-of-order", [Problem("day", "dates-out-of-order", facts)])
    with office.uow() as uow:
        rows = uow.dispatches.between(first, last)
        against = uow.dispatches.corrections_of(row.id for row in rows)
    return tuple(DispatchLine(row, against.get(row.id)) for row in rows)


def _enter(
    office: Office,
    staff: Staff,
    permit_id: PermitId,
    step: Callable[[UnitOfWork, Permit, datetime], Transition[Dispatch]],
) -> Dispatch:
    subject = Subject(SubjectKind.PERMIT, permit_id)
    with refusals_logged(office, staff=staff, subject=subject, verb="dispatch"):
        staff.require(Permission.RECORD_PERMIT)
        with office.uow() as uow:
            entered = step(uow, uow.permits.get(permit_id), office.clock.now())
            uow.record(entered)
            uow.commit()
    return entered.after


def _first(
    uow: UnitOfWork, number: PermitId, channel: PaperChannel, *, day: date, by: str, at: datetime
) -> Dispatch:
    """Enter the first dispatch of a letter that stands: of a stack that two persons have before them, one enters it."""
    # The number first, because it gives the turn to write: what is read after it nobody changes until the end.
    drawn = _next_id(uow)
    permit = uow.permits.get(number)
    for row in dispatches.standing(uow.dispatches.of_permit(number)):
        raise RuleError("dispatch-entered", id=number, row=row.id, by=row.by, at=row.at.isoformat())
    entered = dispatches.dispatch(
        permit,
        dispatch_id=drawn,
        day=day,
        channel=channel,
        recipient=_named(uow, permit),
        by=by,
        at=at,
    )
    uow.record(entered)
    return entered.after


def _next_id(uow: UnitOfWork) -> DispatchId:
    return DispatchId(f"{NUMBER_PREFIX}{uow.next_number(SequenceName.DISPATCH):0{NUMBER_DIGITS}d}")


def _named(uow: UnitOfWork, permit: Permit) -> str:
    if permit.applicant:
        return permit.applicant
    record = uow.register.current(permit.supplier_number)
    return "" if record is None else record.trade_name
