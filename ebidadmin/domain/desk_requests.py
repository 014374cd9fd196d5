"""Two acts of the review desk wait for a second person: approving several applications at one word, and cancelling an ID.

Asking, confirming and carrying out are three steps: an approver's log-in reads no hashes of passwords, and so it can neither write a
registration nor tell the supplier of its end. A second person says yes; whoever may review then does exactly that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from ebidadmin.domain import second_person
from ebidadmin.domain.events import Event, EventTag, JsonMap, Subject, SubjectKind
from ebidadmin.domain.ids import ApplicationNumber, DeskRequestId, SupplierNumber
from ebidadmin.domain.mails import MailDraft
from ebidadmin.domain.second_person import RequestState
from ebidadmin.domain.transition import Transition
from ebidadmin.errors import InputError, Problem, StalePlanError

OPEN_DESK_REQUESTS = frozenset({RequestState.REQUESTED, RequestState.CONFIRMED})
"""States in which something can still come of a request."""

MOST_CASES = 50
"""Cases of one list: nobody reads through more before saying yes to all of them."""


class DeskAct(StrEnum):
    """What is to be done."""

    BULK_APPROVE = "bulk-approve"
    CANCEL = "cancel"


class Over(StrEnum):
    """Why nothing can come of an open request any more."""

    LIFETIME = "lifetime"
    REGISTRATION_CHANGED = "registration-changed"
    CASES_CHANGED = "cases-changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelBinding:
    """Which ID is to be cancelled, as it was seen, and why. ``mails_digest`` stands for the mails that tell it, as they were seen (empty
    where the office sends none), but for the day that they name."""

    application: ApplicationNumber
    registration_version: int
    supplier_number: SupplierNumber
    wording: str
    mails_digest: str = ""

    @property
    def act(self) -> DeskAct:
        return DeskAct.CANCEL


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundCase:
    """One application of a list as it was seen: what it was found to be (``seen``), and a digest of the mail of its approval."""

    number: ApplicationNumber
    version: int
    seen: str
    mail_digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkBinding:
    """Which applications are to be approved."""

    cases: tuple[BoundCase, ...]

    @property
    def act(self) -> DeskAct:
        return DeskAct.BULK_APPROVE

    @property
    def numbers(self) -> tuple[ApplicationNumber, ...]:
        return tuple(case.number for case in self.cases)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskRequest(second_person.Request):
    """One request and what became of it."""

    open_states: ClassVar[frozenset[RequestState]] = OPEN_DESK_REQUESTS

    id: DeskRequestId
    binding: CancelBinding | BulkBinding

    @property
    def act(self) -> DeskAct:
        return self.binding.act

    @property
    def supplier_number(self) -> SupplierNumber | None:
        """Whose ID it is; a list is about several."""
        return self.binding.supplier_number if isinstance(self.binding, CancelBinding) else None

    @property
    def numbers(self) -> tuple[ApplicationNumber, ...]:
        """The cases of a list; none of an ID."""
        return self.binding.numbers if isinstance(self.binding, BulkBinding) else ()

    def over(self, *, stands: bool, at: datetime) -> Over | None:
        """Why nothing can come of it any more at that moment; ``None`` while something can, and once it has ended.

        ``stands``: of an ID, that it is as it was seen; of a list, that at least one case of it is, or was approved by this very request.
        """
        if not self.is_open:
            return None
        if not stands:
            return Over.REGISTRATION_CHANGED if self.act is DeskAct.CANCEL else Over.CASES_CHANGED
        return Over.LIFETIME if at >= self.expires_at else None


def mail_digest(*mails: MailDraft) -> str:
    """SHA-256 (hex) of mails as they would be sent; empty for none."""
    if not mails:
        return ""
    return second_person.digest(
        [[mail.kind.value, list(mail.to), mail.subject, mail.body, mail.template] for mail in mails]
    )


def request(
    binding: CancelBinding | BulkBinding,
    *,
    number: DeskRequestId,
    expires_at: datetime,
    by: str,
    at: datetime,
) -> Transition[DeskRequest]:
    """Ask for a second person. Raises ``InputError``: ``bulk-empty``, ``bulk-too-many``, ``bulk-twice``, ``reason-missing``."""
    if isinstance(binding, BulkBinding):
        check_cases(binding.numbers)
    elif not binding.wording.strip():
        raise InputError("reason-missing", [Problem("reason", "required")])
    made = DeskRequest(id=number, binding=binding, requested_by=by, requested_at=at, expires_at=expires_at)
    return Transition(made, (_event(EventTag.DESK_REQUEST_MADE, None, made, by, at),))


def confirm(one: DeskRequest, *, stands: bool, by: str, at: datetime) -> Transition[DeskRequest]:
    """Confirm it, as another person. Raises ``RuleError`` ``own-request``, ``IllegalTransitionError``, ``StalePlanError``
    ``desk-request-stale``."""
    _not_over(one, "confirm", stands=stands, at=at)
    after = second_person.confirmed(one, by=by, at=at)
    return Transition(after, (_event(EventTag.DESK_REQUEST_CONFIRMED, one, after, by, at),))


def decline(one: DeskRequest, *, reason: str, by: str, at: datetime) -> Transition[DeskRequest]:
    """Decline it for a reason, as another person, also what somebody confirmed before. Raises ``RuleError`` ``own-request``,
    ``IllegalTransitionError`` and ``InputError`` ``reason-missing``."""
    after = second_person.declined(one, reason=reason, by=by, at=at)
    return Transition(after, (_event(EventTag.DESK_REQUEST_DECLINED, one, after, by, at),))


def withdraw(one: DeskRequest, *, by: str, at: datetime) -> Transition[DeskRequest]:
    """Take one's own request back. Raises ``RuleError`` ``request-of-other`` and ``IllegalTransitionError``."""
    after = second_person.withdrawn(one, by=by, at=at)
    return Transition(after, (_event(EventTag.DESK_REQUEST_WITHDRAWN, one, after, by, at),))


def expire(one: DeskRequest, *, stands: bool, by: str, at: datetime) -> Transition[DeskRequest]:
    """Record that nothing can come of it any more; ``by`` is who came upon it. Raises ``IllegalTransitionError`` where that is not so."""
    after = second_person.expired(one, one.over(stands=stands, at=at), by=by, at=at)
    return Transition(after, (_event(EventTag.DESK_REQUEST_EXPIRED, one, after, by, at),))


def expect_confirmed(one: DeskRequest, *, stands: bool, at: datetime) -> None:
    """What is to be carried out was confirmed and its time is not over. Raises ``IllegalTransitionError``, ``StalePlanError``."""
    _not_over(one, "carry-out", stands=stands, at=at)
    second_person.expect(one, "carry-out", RequestState.CONFIRMED)


def apply(
    one: DeskRequest, *, approved: Sequence[ApplicationNumber] = (), by: str, at: datetime
) -> Transition[DeskRequest]:
    """It was carried out: of a list, these cases were approved, and the others left as they are. Raises ``IllegalTransitionError``.

    Its time may have come to an end meanwhile: what was begun in time is done.
    """
    second_person.expect(one, "carry-out", RequestState.CONFIRMED)
    after = second_person.ended(one, RequestState.APPLIED, by=by, at=at)
    applied = Transition(after, (_event(EventTag.DESK_REQUEST_APPLIED, one, after, by, at),))
    if isinstance(one.binding, CancelBinding):
        return applied
    done = frozenset(approved)
    left: JsonMap = {
        "approved": [number for number in one.binding.numbers if number in done],
        "left": [number for number in one.binding.numbers if number not in done],
    }
    return applied.telling(left)


def as_audit_map(one: DeskRequest) -> JsonMap:
    """Every value of a request, JSON-ready; what was seen of the cases of a list is one digest over all of it."""
    binding = one.binding
    if isinstance(binding, CancelBinding):
        asked: JsonMap = {
            "application": binding.application,
            "supplier_number": binding.supplier_number,
            "registration_version": binding.registration_version,
            "wording": binding.wording,
            "mails_digest": binding.mails_digest,
        }
    else:
        asked = {"cases": list(binding.numbers), "cases_digest": cases_digest(binding)}
    return {**second_person.life_map(one), "act": one.act.value, **asked}


def cases_digest(binding: BulkBinding) -> str:
    """SHA-256 (hex) of every case as it was seen."""
    return second_person.digest(
        [[case.number, case.version, case.seen, case.mail_digest] for case in binding.cases]
    )


def told(one: DeskRequest) -> JsonMap:
    """What the event of what was done says about the two persons."""
    return {"desk_request": one.id, "requested_by": one.requested_by, "confirmed_by": one.confirmed_by}


def check_cases(numbers: Sequence[ApplicationNumber]) -> None:
    """Raises ``InputError`` unless it is a list that people can look through, each case once: ``bulk-empty``, ``bulk-too-many``,
    ``bulk-twice``."""
    if not numbers:
        raise InputError("bulk-empty", [Problem("cases", "required")])
    if len(numbers) > MOST_CASES:
        raise InputError("bulk-too-many", [], cases=len(numbers), most=MOST_CASES)
    if len(set(numbers)) < len(numbers):
        twice = next(number for place, number in enumerate(numbers) if number in numbers[:place])
        raise InputError("bulk-twice", [], id=twice)


def _not_over(one: DeskRequest, verb: str, *, stands: bool, at: datetime) -> None:
    why = one.over(stands=stands, at=at)
    if why is Over.LIFETIME:
        raise second_person.illegal(one, verb, RequestState.EXPIRED)
    if why is not None:
        raise StalePlanError("desk-request-stale", id=one.id)


def _event(tag: EventTag, before: DeskRequest | None, after: DeskRequest, by: str, at: datetime) -> Event:
    return Event(
        tag=tag,
        subject=Subject(SubjectKind.DESK_REQUEST, after.id),
        by=by,
        at=at,
        before=None if before is None else as_audit_map(before),
        after=as_audit_map(after),
        supplier_number=after.supplier_number,
    )
