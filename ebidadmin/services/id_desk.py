"""Desk work on an ID, each with who was looked at or why: unlock, one-time code, suspend, resume, cancel."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from ebidadmin.domain import id_desk_work
from ebidadmin.domain.applications import IdApplication
from ebidadmin.domain.desk_requests import CancelBinding, mail_digest
from ebidadmin.domain.events import JsonMap, Subject, SubjectKind
from ebidadmin.domain.id_desk_work import IdentityCheck
from ebidadmin.domain.ids import ApplicationNumber
from ebidadmin.domain.mails import MailDraft, MailKind
from ebidadmin.domain.registrations import Registration
from ebidadmin.domain.staff import Permission, Staff
from ebidadmin.domain.transition import Transition
from ebidadmin.errors import RuleError, StalePlanError
from ebidadmin.services.ports import Office, UnitOfWork
from ebidadmin.services.refusals import refusals_logged
from ebidadmin.services.second_person import asks_another, typed_facts

CODE_SIGNS = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Letters and digits that are not taken for one another on paper: no I, O, 0, 1. Thirty-two of them: five bits each."""

CODE_LENGTH = 16
"""Eighty bits."""

MAILED: Mapping[str, MailKind] = {"suspend": MailKind.ID_SUSPENDED, "cancel": MailKind.ID_CANCELLED}
"""The steps that are told to main and applicant contact, with the reason."""

Mails = tuple[MailDraft, ...]


def unlock(
    office: Office, *, staff: Staff, application: ApplicationNumber, version: int, identity: IdentityCheck
) -> Registration:
    """Let a locked ID be used again. ``version`` is what the person saw.

    Raises ``NotPermittedError``, ``NotFoundError``, ``IllegalTransitionError``, ``ConcurrentEditError``, as all of these do.
    """
    step = partial(id_desk_work.unlock, identity=identity, by=staff.login, at=office.clock.now())
    return _change(office, staff, application, version, "unlock", step)


def suspend(
    office: Office,
    *,
    staff: Staff,
    application: ApplicationNumber,
    version: int,
    reason: str,
    previewed: Mails | None = None,
) -> Registration:
    """Stop the use of an ID for a while, and tell it by mail with the reason.

    ``previewed`` are the mails that were seen. Raises also ``InputError`` without a reason, or with one that quotes an entered value
    (``mail-quotes-entry``), and ``StalePlanError`` (``mail-changed``) when the mails are not those that were seen.
    """
    step = partial(id_desk_work.suspend, reason=reason, by=staff.login, at=office.clock.now())
    told = partial(_mails, office, "suspend", reason, previewed)
    return _change(office, staff, application, version, "suspend", step, told)


def resume(
    office: Office, *, staff: Staff, application: ApplicationNumber, version: int, reason: str
) -> Registration:
    """Let a suspended ID be used again. Raises also ``InputError`` without a reason."""
    step = partial(id_desk_work.resume, reason=reason, by=staff.login, at=office.clock.now())
    return _change(office, staff, application, version, "resume", step)


def cancel(
    office: Office,
    *,
    staff: Staff,
    application: ApplicationNumber,
    version: int,
    reason: str,
    previewed: Mails | None = None,
    typed: str | None = None,
) -> Registration:
    """End an ID for good, and tell it by mail; its user id is free afterwards.

    ``typed``: its supplier number, typed again where the office wants a second person and one person works alone. Raises as ``suspend``
    does, ``RuleError`` ``cancel-needs-second-person`` (``services.desk_requests`` is the way), and as ``typed_facts``.
    """
    wanted, now = office.settings.cancel_second_person, office.clock.now()

    def step(registration: Registration) -> Transition[Registration]:
        if asks_another(office, wanted):
            raise RuleError("cancel-needs-second-person", id=application)
        cancelled = id_desk_work.cancel(registration, reason=reason, by=staff.login, at=now)
        word = registration.supplier_number
        return cancelled.telling(typed_facts(office, wanted, word=word, typed=typed))

    told = partial(_mails, office, "cancel", reason, previewed)
    return _change(office, staff, application, version, "cancel", step, told)


def cancel_as_asked(
    office: Office,
    *,
    staff: Staff,
    asked: CancelBinding,
    asked_at: datetime,
    facts: JsonMap,
    end: Callable[[UnitOfWork], None],
) -> Registration:
    """What ``cancel`` does, as one person asked and another confirmed (``services.desk_requests``, which alone calls it): ``end`` ends the
    request in the same unit, after the ID has changed. The mails are those that were seen, but for the day that they name."""
    now, reason = office.clock.now(), asked.wording

    def step(registration: Registration) -> Transition[Registration]:
        return id_desk_work.cancel(registration, reason=reason, by=staff.login, at=now).telling(facts)

    def told(registration: Registration, applied: IdApplication) -> Mails:
        seen = mails_of(office, "cancel", reason, registration, applied, at=asked_at)
        if mail_digest(*seen) != asked.mails_digest:
            raise StalePlanError("mail-changed", id=asked.application)
        return mails_of(office, "cancel", reason, registration, applied, at=now)

    version = asked.registration_version
    return _change(office, staff, asked.application, version, "cancel", step, told, end)


def preview_mails(
    office: Office, *, staff: Staff, application: ApplicationNumber, verb: str, reason: str
) -> Mails:
    """The mails that ``suspend`` or ``cancel`` would send, to the letter; none where the office does not send them. Raises as these do."""
    subject = Subject(SubjectKind.REGISTRATION, application)
    with refusals_logged(office, staff=staff, subject=subject, verb="preview"):
        staff.require(Permission.REVIEW)
        with office.uow() as uow:
            registration, applied = uow.registrations.get(application), uow.applications.get(application)
        return _mails(office, verb, reason, None, registration, applied)


def issue_code(
    office: Office, *, staff: Staff, application: ApplicationNumber, version: int, identity: IdentityCheck
) -> tuple[Registration, bytearray]:
    """Make a one-time code for a letter; only its hash is kept. The code is the caller's, who prints it once and wipes it."""
    code = bytearray(secrets.choice(CODE_SIGNS) for _ in range(CODE_LENGTH))
    now = office.clock.now()
    step = partial(
        id_desk_work.issue_code,
        code_hash=office.hasher.hash(code),
        expires_at=now + timedelta(days=office.settings.code_days),
        identity=identity,
        by=staff.login,
        at=now,
    )
    return _change(office, staff, application, version, "reset-code", step), code


def _change(
    office: Office,
    staff: Staff,
    application: ApplicationNumber,
    version: int,
    verb: str,
    step: Callable[[Registration], Transition[Registration]],
    told: Callable[[Registration, IdApplication], Mails] | None = None,
    end: Callable[[UnitOfWork], None] | None = None,
) -> Registration:
    """One step in one transaction, with what ``end`` records after it. What is ``told`` is composed before it as well: words of the reason
    that could be the password are tried then, which takes its time, and the composer remembers them, so that the transaction holds the
    database for no hash."""
    subject = Subject(SubjectKind.REGISTRATION, application)
    with refusals_logged(office, staff=staff, subject=subject, verb=verb):
        staff.require(Permission.REVIEW)
        if told is not None:
            with office.uow() as uow:
                present, applied = uow.registrations.get(application), uow.applications.get(application)
            if present.version == version:
                step(present)
                told(present, applied)
        with office.uow() as uow:
            present = uow.registrations.get(application)
            # The version that was seen: whoever saw something else is told who was faster.
            changed = step(replace(present, version=version))
            mails: Mails = ()
            if told is not None and present.version == version:
                mails = told(present, uow.applications.get(application))
            uow.record(changed, mails=mails)
            if end is not None:
                end(uow)
            uow.commit()
    return changed.after


def mails_of(
    office: Office,
    verb: str,
    reason: str,
    registration: Registration,
    applied: IdApplication,
    *,
    at: datetime,
) -> Mails:
    """What is told of a step that is done ``at`` that moment. A kind that the office does not send is not composed: its reason is for the
    trail alone. Raises ``InputError`` ``mail-quotes-entry``."""
    kind = MAILED[verb]
    if kind in office.settings.unmailed:
        return ()
    return office.composer.compose_id_desk(kind, registration, applied, reason=reason.strip(), at=at)


def _mails(
    office: Office,
    verb: str,
    reason: str,
    previewed: Mails | None,
    registration: Registration,
    applied: IdApplication,
) -> Mails:
    made = mails_of(office, verb, reason, registration, applied, at=office.clock.now())
    if previewed is not None and previewed != made:
        raise StalePlanError("mail-changed", id=registration.application)
    return made
