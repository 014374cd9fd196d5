"""Desk work on an ID, each with who was looked at or why: unlock, one-time code, suspend, resume, cancel."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import partial

from ebidadmin.domain import id_desk_work
from ebidadmin.domain.applications import IdApplication
from ebidadmin.domain.events import Subject, SubjectKind
from ebidadmin.domain.id_desk_work import IdentityCheck
from ebidadmin.domain.ids import ApplicationNumber
from ebidadmin.domain.mails import MailDraft, MailKind
from ebidadmin.domain.registrations import Registration
from ebidadmin.domain.staff import Permission, Staff
from ebidadmin.domain.transition import Transition
from ebidadmin.errors import StalePlanError
from ebidadmin.services.ports import Office
from ebidadmin.services.refusals import refusals_logged

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
) -> Registration:
    """End an ID for good, and tell it by mail; its user id is free afterwards. Raises as ``suspend`` does."""
    step = partial(id_desk_work.cancel, reason=reason, by=staff.login, at=office.clock.now())
    told = partial(_mails, office, "cancel", reason, previewed)
    return _change(office, staff, application, version, "cancel", step, told)


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
) -> Registration:
    """One step in one transaction. What is ``told`` is composed before it as well: words of the reason that could be the password are
    tried then, which takes its time, and the composer remembers them, so that the transaction holds the database for no hash."""
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
            uow.commit()
    return changed.after


def _mails(
    office: Office,
    verb: str,
    reason: str,
    previewed: Mails | None,
    registration: Registration,
    applied: IdApplication,
) -> Mails:
    """What is told of a step. A kind that the office does not send is not composed: its reason is for the trail alone."""
    kind = MAILED[verb]
    if kind in office.settings.unmailed:
        made: Mails = ()
    else:
        made = office.composer.compose_id_desk(
            kind, registration, applied, reason=reason, at=office.clock.now()
        )
    if previewed is not None and previewed != made:
        raise StalePlanError("mail-changed", id=registration.application)
    return made
