"""The life cycle of an ID application: pending, inquired, approved, rejected, withdrawn.

Verbs return a ``Transition``; an illegal step raises ``IllegalTransitionError``. Each takes the version the person saw from the
service, which compares it before calling (compare and swap).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from ebidadmin.domain.contacts import Contact
from ebidadmin.domain.events import Event, EventTag, JsonMap, JsonValue, Subject, SubjectKind
from ebidadmin.domain.ids import ApplicationNumber, BatchId, SupplierNumber, UserId
from ebidadmin.domain.transition import Transition
from ebidadmin.errors import IllegalTransitionError, InputError, Problem


class ApplicationState(StrEnum):
    PENDING = "pending"
    INQUIRED = "inquired"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


OPEN_STATES = frozenset({ApplicationState.PENDING, ApplicationState.INQUIRED})
"""States in which the application still wants a decision; one such per supplier number at most."""


class Channel(StrEnum):
    """How an application came in."""

    WALKTHROUGH = "walkthrough"
    BATCH = "batch"


@dataclass(frozen=True, slots=True)
class IdForm:
    """What the supplier entered on the ID application form, checked; the password is not part of it."""

    supplier_number: SupplierNumber
    trade_name: str
    company_phone: str
    company_fax: str
    branch: str
    main_contact: Contact
    applicant_contact: Contact
    user_id: UserId


@dataclass(frozen=True, slots=True)
class Inquiry:
    """What the office asked, when, and what came back. ``answer`` is ``None`` until recorded; an empty text records "no answer"."""

    text: str
    asked_at: datetime
    asked_by: str
    answer: str | None = None
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """How an application ended: reasons are catalogue codes; ``accepted`` maps a finding's code to the word that accepted it."""

    at: datetime
    by: str
    reasons: tuple[str, ...] = ()
    note: str = ""
    accepted: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IdApplication:
    """One application for an ID.

    ``password_hash`` is an Argon2id PHC string while the application is open or approved, ``None`` once it is rejected or withdrawn.
    ``register_seen`` is the version of the register at the time of application (``None`` before the first import).
    ``paused_days`` counts working days spent in inquiry: they do not count against the target.
    """

    number: ApplicationNumber
    form: IdForm
    password_hash: str | None = field(repr=False)
    applied_at: datetime
    channel: Channel
    state: ApplicationState = ApplicationState.PENDING
    version: int = 1
    previous: ApplicationNumber | None = None
    register_seen: BatchId | None = None
    inquiries: tuple[Inquiry, ...] = ()
    decision: Decision | None = None

    @property
    def supplier_number(self) -> SupplierNumber:
        return self.form.supplier_number

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES


def submit(
    *,
    number: ApplicationNumber,
    form: IdForm,
    password_hash: str,
    at: datetime,
    by: str,
    channel: Channel,
    previous: ApplicationNumber | None = None,
    register_seen: BatchId | None = None,
    received_at: datetime | None = None,
) -> Transition[IdApplication]:
    """A new application, in review at once. ``at`` is when it was applied for; ``received_at`` when it reached the office."""
    application = IdApplication(
        number=number,
        form=form,
        password_hash=password_hash,
        applied_at=at,
        channel=channel,
        previous=previous,
        register_seen=register_seen,
    )
    facts: dict[str, JsonValue] = {"channel": channel.value}
    return Transition(
        application,
        (_event(EventTag.APPLICATION_SUBMITTED, None, application, by, received_at or at, facts),),
    )


def inquire(application: IdApplication, *, text: str, by: str, at: datetime) -> Transition[IdApplication]:
    """Ask the supplier for information; the target's clock stops."""
    _expect(application, "inquire", ApplicationState.PENDING)
    _need_text(text, "text")
    asked = Inquiry(text=text.strip(), asked_at=at, asked_by=by)
    after = replace(
        application,
        state=ApplicationState.INQUIRED,
        version=application.version + 1,
        inquiries=(*application.inquiries, asked),
    )
    return _moved(EventTag.APPLICATION_INQUIRED, application, after, by, at, {"text": asked.text})


def answer(application: IdApplication, *, text: str, by: str, at: datetime) -> Transition[IdApplication]:
    """Record what the supplier answered (an empty text: no answer came); the review goes on."""
    _expect(application, "answer", ApplicationState.INQUIRED)
    *earlier, asked = application.inquiries
    after = replace(
        application,
        state=ApplicationState.PENDING,
        version=application.version + 1,
        inquiries=(*earlier, replace(asked, answer=text.strip(), answered_at=at)),
    )
    return _moved(EventTag.APPLICATION_ANSWERED, application, after, by, at, {"text": text.strip()})


def approve(
    application: IdApplication,
    *,
    by: str,
    at: datetime,
    accepted: Mapping[str, str],
    grounds: JsonMap | None = None,
) -> Transition[IdApplication]:
    """Approve; the caller has made sure that no finding blocks and that every warning is in ``accepted`` with a word.

    ``grounds`` (findings, versions of their rules and of the register) are recorded with the decision, so that it can be worked out
    again.
    """
    _expect(application, "approve", ApplicationState.PENDING)
    decision = Decision(at=at, by=by, accepted=dict(accepted))
    after = replace(
        application, state=ApplicationState.APPROVED, version=application.version + 1, decision=decision
    )
    facts: dict[str, JsonValue] = {"accepted": dict(accepted), **(grounds or {})}
    return _moved(EventTag.APPLICATION_APPROVED, application, after, by, at, facts)


def reject(
    application: IdApplication,
    *,
    reasons: tuple[str, ...],
    note: str,
    by: str,
    at: datetime,
    grounds: JsonMap | None = None,
) -> Transition[IdApplication]:
    """Reject for at least one coded reason; final for this application. Frees the user id and erases the stored hash."""
    _expect(application, "reject", ApplicationState.PENDING)
    if not reasons:
        raise InputError("reason-missing", [Problem("reasons", "required")])
    decision = Decision(at=at, by=by, reasons=reasons, note=note.strip())
    after = replace(
        application,
        state=ApplicationState.REJECTED,
        version=application.version + 1,
        decision=decision,
        password_hash=None,
    )
    facts: dict[str, JsonValue] = {"reasons": list(reasons), "note": note.strip(), **(grounds or {})}
    return _moved(EventTag.APPLICATION_REJECTED, application, after, by, at, facts)


def withdraw(
    application: IdApplication, *, by: str, at: datetime, note: str = ""
) -> Transition[IdApplication]:
    """The supplier takes it back; frees the user id and erases the stored hash."""
    _expect(application, "withdraw", ApplicationState.PENDING, ApplicationState.INQUIRED)
    after = replace(
        application,
        state=ApplicationState.WITHDRAWN,
        version=application.version + 1,
        decision=Decision(at=at, by=by, note=note.strip()),
        password_hash=None,
    )
    return _moved(EventTag.APPLICATION_WITHDRAWN, application, after, by, at, {"note": note.strip()})


def as_audit_map(application: IdApplication) -> JsonMap:
    """The values of an application for the audit trail: everything but the password hash, of which only its presence is told."""
    form = application.form
    return {
        "state": application.state.value,
        "version": application.version,
        "supplier_number": form.supplier_number,
        "trade_name": form.trade_name,
        "company_phone": form.company_phone,
        "company_fax": form.company_fax,
        "branch": form.branch,
        "main_contact": {**form.main_contact.as_map()},
        "applicant_contact": {**form.applicant_contact.as_map()},
        "user_id": form.user_id,
        "has_password": application.password_hash is not None,
        "previous": application.previous,
        "register_seen": application.register_seen,
    }


def _expect(application: IdApplication, verb: str, *states: ApplicationState) -> None:
    if application.state not in states:
        raise IllegalTransitionError(
            "illegal-transition", subject=application.number, state=application.state.value, verb=verb
        )


def _need_text(text: str, where: str) -> None:
    if not text.strip():
        raise InputError("text-missing", [Problem(where, "required")])


def _moved(
    tag: EventTag,
    before: IdApplication,
    after: IdApplication,
    by: str,
    at: datetime,
    facts: dict[str, JsonValue],
) -> Transition[IdApplication]:
    return Transition(after, (_event(tag, before, after, by, at, facts),))


def _event(
    tag: EventTag,
    before: IdApplication | None,
    after: IdApplication,
    by: str,
    at: datetime,
    facts: dict[str, JsonValue],
) -> Event:
    return Event(
        tag=tag,
        subject=Subject(SubjectKind.APPLICATION, after.number),
        by=by,
        at=at,
        before=None if before is None else as_audit_map(before),
        after=as_audit_map(after),
        facts=facts,
        supplier_number=after.supplier_number,
    )
