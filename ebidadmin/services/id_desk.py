"""Desk work on an ID, each with who was looked at or why: unlock, one-time code, suspend, resume, cancel."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial

from ebidadmin.domain import id_desk_work
from ebidadmin.domain.events import Subject, SubjectKind
from ebidadmin.domain.id_desk_work import IdentityCheck
from ebidadmin.domain.ids import ApplicationNumber
from ebidadmin.domain.registrations import Registration
from ebidadmin.domain.staff import Permission, Staff
from ebidadmin.domain.transition import Transition
from ebidadmin.services.ports import Office
from ebidadmin.services.refusals import refusals_logged

CODE_SIGNS = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Letters and digits that are not taken for one another on paper: no I, O, 0, 1. Thirty-two of them: five bits each."""

CODE_LENGTH = 16
"""Eighty bits."""


def unlock(
    office: Office, *, staff: Staff, application: ApplicationNumber, version: int, identity: IdentityCheck
) -> Registration:
    """Let a locked ID be used again. ``version`` is what the person saw.

    Raises ``NotPermittedError``, ``NotFoundError``, ``IllegalTransitionError``, ``ConcurrentEditError``, as all of these do.
    """
    step = partial(id_desk_work.unlock, identity=identity, by=staff.login, at=office.clock.now())
    return _change(office, staff, application, version, "unlock", step)


def suspend(
    office: Office, *, staff: Staff, application: ApplicationNumber, version: int, reason: str
) -> Registration:
    """Stop the use of an ID for a while. Raises also ``InputError`` without a reason."""
    step = partial(id_desk_work.suspend, reason=reason, by=staff.login, at=office.clock.now())
    return _change(office, staff, application, version, "suspend", step)


def resume(
    office: Office, *, staff: Staff, application: ApplicationNumber, version: int, reason: str
) -> Registration:
    """Let a suspended ID be used again. Raises also ``InputError`` without a reason."""
    step = partial(id_desk_work.resume, reason=reason, by=staff.login, at=office.clock.now())
    return _change(office, staff, application, version, "resume", step)


def cancel(
    office: Office, *, staff: Staff, application: ApplicationNumber, version: int, reason: str
) -> Registration:
    """End an ID for good; its user id is free afterwards. Raises also ``InputError`` without a reason."""
    step = partial(id_desk_work.cancel, reason=reason, by=staff.login, at=office.clock.now())
    return _change(office, staff, application, version, "cancel", step)


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
) -> Registration:
    subject = Subject(SubjectKind.REGISTRATION, application)
    with refusals_logged(office, staff=staff, subject=subject, verb=verb):
        staff.require(Permission.REVIEW)
        with office.uow() as uow:
            # The version that was seen: whoever saw something else is told who was faster.
            seen = replace(uow.registrations.get(application), version=version)
            changed = step(seen)
            uow.record(changed)
            uow.commit()
    return changed.after
