"""What becomes of an ID after its approval: wrong passwords lock it, the desk unlocks, suspends, resumes and cancels it, a one-time code
lets its holder set a new ID and password, and whoever knows both may change them and the contacts.

A locked ID is unlocked or cancelled, never suspended: whoever resumes it afterwards would unlock it without looking at anybody.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from ebidadmin.domain.contacts import Contact
from ebidadmin.domain.events import Event, EventTag, JsonMap, JsonValue, Subject, SubjectKind
from ebidadmin.domain.ids import UserId
from ebidadmin.domain.registrations import LIVE_STATES, OneTimeCode, Registration, RegistrationState
from ebidadmin.domain.transition import Transition
from ebidadmin.errors import IllegalTransitionError, InputError, Problem, RuleError

CODE_TRIES = 5
"""After so many wrong codes in a row the code is void; a new letter has to be asked for."""


class IdentityMeans(StrEnum):
    """How the desk made sure who asked."""

    COUNTER = "counter"
    CALL_BACK = "call-back"
    """A call to the number that the register has."""
    POST = "post"


class IdentityDocument(StrEnum):
    """What kind of document was looked at. Neither a copy nor a number of it is kept."""

    NONE = "none"
    DRIVING_LICENCE = "driving-licence"
    MY_NUMBER_CARD = "my-number-card"
    STAFF_CARD = "staff-card"
    SEAL_CERTIFICATE = "seal-certificate"
    POWER_OF_ATTORNEY = "power-of-attorney"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class IdentityCheck:
    """How the desk made sure who asked, and by which kind of document; who was looked at is free text of the office."""

    means: IdentityMeans
    document: IdentityDocument
    note: str = ""

    def as_map(self) -> dict[str, JsonValue]:
        return {"means": self.means.value, "document": self.document.value, "note": self.note}


def failed(registration: Registration, *, limit: int, by: str, at: datetime) -> Transition[Registration]:
    """A wrong password for an active ID: the ``limit``-th in a row locks it."""
    _expect(registration, "log-in", RegistrationState.ACTIVE)
    count = registration.failures + 1
    locks = count >= limit
    after = replace(
        registration,
        failures=count,
        state=RegistrationState.LOCKED if locks else registration.state,
        version=registration.version + 1,
    )
    tag = EventTag.REGISTRATION_LOCKED if locks else EventTag.REGISTRATION_LOGIN_FAILED
    return Transition(after, (_event(tag, registration, after, by, at),))


def succeeded(
    registration: Registration, *, password_hash: str | None, by: str, at: datetime
) -> Transition[Registration] | None:
    """The right password for an active ID: wrong ones before it are forgotten, and ``password_hash`` takes the place of one that was made
    with older parameters. ``None`` where nothing changes."""
    _expect(registration, "log-in", RegistrationState.ACTIVE)
    if registration.failures == 0 and password_hash is None:
        return None
    after = replace(
        registration,
        failures=0,
        password_hash=password_hash or registration.password_hash,
        version=registration.version + 1,
    )
    facts: JsonMap = {"rehashed": password_hash is not None}
    event = _event(EventTag.REGISTRATION_LOGIN_SUCCEEDED, registration, after, by, at, facts)
    return Transition(after, (event,))


def unlock(
    registration: Registration, *, identity: IdentityCheck, by: str, at: datetime
) -> Transition[Registration]:
    """Let a locked ID be used again, after a check of who asks."""
    _expect(registration, "unlock", RegistrationState.LOCKED)
    after = replace(
        registration, state=RegistrationState.ACTIVE, failures=0, version=registration.version + 1
    )
    return Transition(
        after, (_event(EventTag.REGISTRATION_UNLOCKED, registration, after, by, at, _checked(identity)),)
    )


def suspend(registration: Registration, *, reason: str, by: str, at: datetime) -> Transition[Registration]:
    """Stop the use of an active ID for a while, for a reason. A code that was given out is void."""
    _expect(registration, "suspend", RegistrationState.ACTIVE)
    return _moved(registration, RegistrationState.SUSPENDED, EventTag.REGISTRATION_SUSPENDED, reason, by, at)


def resume(registration: Registration, *, reason: str, by: str, at: datetime) -> Transition[Registration]:
    """Let a suspended ID be used again, for a reason."""
    _expect(registration, "resume", RegistrationState.SUSPENDED)
    return _moved(registration, RegistrationState.ACTIVE, EventTag.REGISTRATION_RESUMED, reason, by, at)


def cancel(registration: Registration, *, reason: str, by: str, at: datetime) -> Transition[Registration]:
    """End a live ID for good, for a reason. Its user id is free afterwards and its password hash is erased."""
    _expect(registration, "cancel", *LIVE_STATES)
    ended = replace(registration, password_hash="")
    moved = _moved(ended, RegistrationState.CANCELLED, EventTag.REGISTRATION_CANCELLED, reason, by, at)
    event = _event(EventTag.REGISTRATION_CANCELLED, registration, moved.after, by, at)
    return Transition(moved.after, (event,))


def issue_code(
    registration: Registration,
    *,
    code_hash: str,
    expires_at: datetime,
    identity: IdentityCheck,
    by: str,
    at: datetime,
) -> Transition[Registration]:
    """Give out a one-time code for an active or locked ID, after a check of who asks; one given out before is void."""
    _expect(registration, "reset-code", RegistrationState.ACTIVE, RegistrationState.LOCKED)
    after = replace(registration, code=OneTimeCode(code_hash, expires_at), version=registration.version + 1)
    facts: JsonMap = {**_checked(identity), "expires_at": expires_at.isoformat()}
    return Transition(after, (_event(EventTag.REGISTRATION_CODE_ISSUED, registration, after, by, at, facts),))


def code_failed(registration: Registration, *, by: str, at: datetime) -> Transition[Registration]:
    """A wrong code: the ``CODE_TRIES``-th in a row voids it. Raises ``RuleError`` (``code-none``) where none is out."""
    code = _code(registration, at)
    count = code.failures + 1
    kept = None if count >= CODE_TRIES else replace(code, failures=count)
    after = replace(registration, code=kept, version=registration.version + 1)
    facts: JsonMap = {"void": kept is None}
    return Transition(after, (_event(EventTag.REGISTRATION_CODE_FAILED, registration, after, by, at, facts),))


def use_code(
    registration: Registration, *, user_id: UserId, password_hash: str, by: str, at: datetime
) -> Transition[Registration]:
    """Set a new ID and password with the right code, which is void afterwards; a locked ID is unlocked.

    Raises ``RuleError`` (``code-none``) where no code is out or it is too old, ``IllegalTransitionError`` for a suspended or cancelled ID.
    """
    _expect(registration, "reset-code", RegistrationState.ACTIVE, RegistrationState.LOCKED)
    _code(registration, at)
    after = replace(
        registration,
        user_id=user_id,
        password_hash=password_hash,
        state=RegistrationState.ACTIVE,
        failures=0,
        code=None,
        version=registration.version + 1,
    )
    return Transition(after, (_event(EventTag.REGISTRATION_RESET, registration, after, by, at),))


def change(
    registration: Registration,
    *,
    user_id: UserId,
    password_hash: str | None,
    main_contact: Contact,
    applicant_contact: Contact,
    by: str,
    at: datetime,
) -> Transition[Registration]:
    """Change ID, password or contacts of an active ID; ``password_hash`` is ``None`` where the password stays.

    Raises ``RuleError`` (``nothing-changed``).
    """
    _expect(registration, "change", RegistrationState.ACTIVE)
    after = replace(
        registration,
        user_id=user_id,
        password_hash=password_hash or registration.password_hash,
        main_contact=main_contact,
        applicant_contact=applicant_contact,
        version=registration.version + 1,
    )
    if replace(after, version=registration.version) == registration:
        raise RuleError("nothing-changed")
    facts: JsonMap = {"password_changed": password_hash is not None}
    return Transition(after, (_event(EventTag.REGISTRATION_CHANGED, registration, after, by, at, facts),))


def code_out(registration: Registration, at: datetime) -> OneTimeCode | None:
    """The code that can be used now, if there is one."""
    code = registration.code
    return code if code is not None and at <= code.expires_at else None


def as_audit_map(registration: Registration) -> JsonMap:
    """The values of an ID; of password and code nothing but whether there is a code."""
    return {
        "state": registration.state.value,
        "version": registration.version,
        "supplier_number": registration.supplier_number,
        "enterprise_id": registration.enterprise_id,
        "user_id": registration.user_id,
        "main_contact": {**registration.main_contact.as_map()},
        "applicant_contact": {**registration.applicant_contact.as_map()},
        "failures": registration.failures,
        "code_out": registration.code is not None,
        "reason": registration.reason,
    }


def _code(registration: Registration, at: datetime) -> OneTimeCode:
    code = code_out(registration, at)
    if code is None:
        raise RuleError("code-none")
    return code


def _checked(identity: IdentityCheck) -> dict[str, JsonValue]:
    return {"identity": identity.as_map()}


def _moved(
    registration: Registration,
    state: RegistrationState,
    tag: EventTag,
    reason: str,
    by: str,
    at: datetime,
) -> Transition[Registration]:
    if not reason.strip():
        raise InputError("reason-missing", [Problem("reason", "required")])
    after = replace(
        registration, state=state, reason=reason.strip(), code=None, version=registration.version + 1
    )
    return Transition(after, (_event(tag, registration, after, by, at),))


def _expect(registration: Registration, verb: str, *states: RegistrationState) -> None:
    if registration.state not in states:
        raise IllegalTransitionError(
            "illegal-transition",
            subject=registration.application,
            state=registration.state.value,
            verb=verb,
        )


def _event(
    tag: EventTag,
    before: Registration,
    after: Registration,
    by: str,
    at: datetime,
    facts: JsonMap | None = None,
) -> Event:
    return Event(
        tag=tag,
        subject=Subject(SubjectKind.REGISTRATION, after.application),
        by=by,
        at=at,
        before=as_audit_map(before),
        after=as_audit_map(after),
        facts=facts or {},
        supplier_number=after.supplier_number,
    )
