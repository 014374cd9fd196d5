"""The reviewer's verbs on an ID application: one call is one transaction, and the version seen must still be the stored one.

Every verb needs the permission to review; a refusal is written to the audit trail and raised. The mail that a decision sends is
composed before anything is recorded and goes into the outbox with it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from types import MappingProxyType

from ebidadmin.domain import applications, claims, notes
from ebidadmin.domain.applications import ApplicationState, IdApplication
from ebidadmin.domain.claims import Claim
from ebidadmin.domain.events import JsonMap, Subject, SubjectKind
from ebidadmin.domain.ids import ApplicationNumber
from ebidadmin.domain.mails import MailDraft, MailKind
from ebidadmin.domain.notes import Note
from ebidadmin.domain.staff import Permission, Staff
from ebidadmin.errors import InputError, Problem
from ebidadmin.services import case_file
from ebidadmin.services.case_file import CaseFile, Comparison, Timing
from ebidadmin.services.ports import Office, UnitOfWork
from ebidadmin.services.refusals import refusals_logged
from ebidadmin.services.review_work import (
    Work,
    accepted_words,
    check_reasons,
    expect_state,
    expect_version,
    past_lease,
    release_own,
    renew_own,
    reviewing,
)

__all__ = [
    "CaseFile",
    "Comparison",
    "Timing",
    "answer",
    "approve",
    "claim",
    "dossier",
    "inquire",
    "note",
    "preview_mail",
    "reject",
    "release",
    "withdraw",
]

NOTHING_ACCEPTED: Mapping[str, str] = MappingProxyType({})
BY_ITSELF: JsonMap = MappingProxyType({})


def dossier(office: Office, *, staff: Staff, number: ApplicationNumber, day: date | None = None) -> CaseFile:
    """The case as it stands now, its eligibility for ``day`` (default: today); changes nothing.

    Raises ``NotPermittedError`` without the permission to read personal data, ``NotFoundError``.
    """
    subject = Subject(SubjectKind.APPLICATION, number)
    with refusals_logged(office, staff=staff, subject=subject, verb="open"):
        staff.require(Permission.READ_PERSONAL)
    with office.uow() as uow:
        return case_file.assemble(office, uow, number, now=office.clock.now(), day=day)


def approve(
    office: Office,
    *,
    staff: Staff,
    number: ApplicationNumber,
    version: int,
    accepted: Mapping[str, str] = NOTHING_ACCEPTED,
    seen: str | None = None,
    previewed: MailDraft | None = None,
    take_over: bool = False,
    manner: JsonMap = BY_ITSELF,
    last_look: Callable[[UnitOfWork], object] | None = None,
) -> IdApplication:
    """Approve: the application, the registration it brings, the supplier's enterprise id and the mail, all or nothing.

    ``accepted`` maps the code of each warning to the word that accepts it; ``seen`` is ``CaseFile.seen`` of the case whose warnings
    these were; ``manner`` is what the trail says of a decision that is not a single one; ``last_look`` raises what forbids it
    where the turn to write is taken, after which nobody changes anything. Raises ``NotEligibleError`` (``findings``)
    while a finding blocks, ``StalePlanError`` (``findings-changed``) when findings or record are others than those seen, ``InputError``
    (``warning-not-accepted``, where: the code) for a warning without a word, and what every verb raises.
    """

    def step(work: Work, application: IdApplication) -> IdApplication:
        expect_state(application, "approve", ApplicationState.PENDING)
        found = work.findings(application, seen=seen)
        words = accepted_words(found, accepted)
        decided = applications.approve(
            application,
            by=staff.login,
            at=work.now,
            accepted=words,
            grounds={**work.grounds(found), **manner},
        )
        mail = work.compose(MailKind.ID_APPROVED, application, previewed=previewed)
        work.uow.record(decided, mails=office.settings.mailed(mail))
        work.uow.record(work.registration(application))
        if last_look is not None:
            last_look(work.uow)
        return decided.after

    return _decide(office, staff, number, version, "approve", step, take_over=take_over)


def reject(
    office: Office,
    *,
    staff: Staff,
    number: ApplicationNumber,
    version: int,
    reasons: tuple[str, ...],
    note: str = "",
    seen: str | None = None,
    previewed: MailDraft | None = None,
    take_over: bool = False,
) -> IdApplication:
    """Reject for coded reasons, with the mail that tells them; final for this application.

    Raises ``InputError`` for no reason or one that the catalogue lacks or a note that quotes an entered value,
    ``StalePlanError`` when the mail is not the one ``previewed`` (``mail-changed``) or the case not as ``seen`` (as ``approve``), and
    what every verb raises.
    """

    def step(work: Work, application: IdApplication) -> IdApplication:
        expect_state(application, "reject", ApplicationState.PENDING)
        check_reasons(office.reasons, reasons)
        grounds = work.grounds(work.findings(application, seen=seen, blocks=False))
        decided = applications.reject(
            application, reasons=reasons, note=note, by=staff.login, at=work.now, grounds=grounds
        )
        mail = work.compose(
            MailKind.ID_REJECTED, application, previewed=previewed, reasons=reasons, note=note.strip()
        )
        work.uow.record(decided, mails=office.settings.mailed(mail))
        return decided.after

    ahead = partial(office.composer.compose, MailKind.ID_REJECTED, note=note.strip())
    return _decide(office, staff, number, version, "reject", step, take_over=take_over, ahead=ahead)


def inquire(
    office: Office,
    *,
    staff: Staff,
    number: ApplicationNumber,
    version: int,
    text: str,
    previewed: MailDraft | None = None,
    take_over: bool = False,
) -> IdApplication:
    """Ask the supplier by mail; the target's clock stops. Raises as ``reject`` does, and for an empty text."""

    def step(work: Work, application: IdApplication) -> IdApplication:
        asked = applications.inquire(application, text=text, by=staff.login, at=work.now)
        mail = work.compose(MailKind.ID_INQUIRED, application, previewed=previewed, text=text.strip())
        work.uow.record(asked, mails=office.settings.mailed(mail))
        return asked.after

    ahead = partial(office.composer.compose, MailKind.ID_INQUIRED, text=text.strip())
    return _decide(office, staff, number, version, "inquire", step, take_over=take_over, ahead=ahead)


def answer(
    office: Office,
    *,
    staff: Staff,
    number: ApplicationNumber,
    version: int,
    text: str,
    take_over: bool = False,
) -> IdApplication:
    """Record the supplier's answer, or with an empty text that none came; the review goes on. Raises what every verb raises."""

    def step(work: Work, application: IdApplication) -> IdApplication:
        answered = applications.answer(application, text=text, by=staff.login, at=work.now)
        work.uow.record(answered)
        return answered.after

    return _decide(office, staff, number, version, "answer", step, take_over=take_over)


def withdraw(
    office: Office,
    *,
    staff: Staff,
    number: ApplicationNumber,
    version: int,
    note: str = "",
    take_over: bool = False,
) -> IdApplication:
    """Record that the supplier takes the application back; nothing is mailed. Raises what every verb raises."""

    def step(work: Work, application: IdApplication) -> IdApplication:
        withdrawn = applications.withdraw(application, by=staff.login, at=work.now, note=note)
        work.uow.record(withdrawn)
        return withdrawn.after

    return _decide(office, staff, number, version, "withdraw", step, take_over=take_over)


def note(office: Office, *, staff: Staff, number: ApplicationNumber, text: str) -> Note:
    """Write an internal note, in any state; it is never mailed. Raises ``InputError`` for an empty one, ``NotFoundError``."""
    with reviewing(office, staff, number, "note"):
        with office.uow() as uow:
            application = uow.applications.get(number)
            now = office.clock.now()
            written = notes.note(application=application.number, text=text, by=staff.login, at=now)
            uow.record(written.concerning(application.supplier_number))
            renew_own(office, uow, staff, application, now)
            uow.commit()
        return written.after


def claim(office: Office, *, staff: Staff, number: ApplicationNumber, take_over: bool = False) -> Claim:
    """Lease the case to oneself, or renew the lease. Raises ``HeldByOtherError`` while another holds it, unless ``take_over``;
    ``IllegalTransitionError`` for a case that is decided."""
    with reviewing(office, staff, number, "claim"):
        with office.uow() as uow:
            application = uow.applications.get(number)
            expect_state(application, "claim", *applications.OPEN_STATES)
            leased = claims.claim(
                uow.applications.claim(number),
                application=number,
                by=staff.login,
                at=office.clock.now(),
                lease=office.settings.lease,
                take_over=take_over,
            )
            uow.record(leased.concerning(application.supplier_number))
            uow.commit()
        return leased.after


def release(office: Office, *, staff: Staff, number: ApplicationNumber) -> Claim | None:
    """Give the case back; ``None`` where nobody held it. Raises ``HeldByOtherError`` when it is another's."""
    with reviewing(office, staff, number, "release"):
        with office.uow() as uow:
            application = uow.applications.get(number)
            present = uow.applications.claim(number)
            if present is None or present.holder is None:
                return present
            released = claims.release(present, by=staff.login, at=office.clock.now())
            uow.record(released.concerning(application.supplier_number))
            uow.commit()
        return released.after


def preview_mail(
    office: Office,
    *,
    staff: Staff,
    number: ApplicationNumber,
    kind: MailKind,
    reasons: tuple[str, ...] = (),
    note: str = "",
    text: str = "",
) -> MailDraft:
    """The mail that the decision would send, to the letter. Raises ``InputError`` as the decision would."""
    with reviewing(office, staff, number, "preview"):
        with office.uow() as uow:
            application = uow.applications.get(number)
        if kind is MailKind.ID_REJECTED:
            check_reasons(office.reasons, reasons)
            return office.composer.compose(kind, application, reasons=reasons, note=note.strip())
        if kind is MailKind.ID_INQUIRED:
            if not text.strip():
                raise InputError("text-missing", [Problem("text", "required")])
            return office.composer.compose(kind, application, text=text.strip())
        return office.composer.compose(kind, application)


def _decide(
    office: Office,
    staff: Staff,
    number: ApplicationNumber,
    version: int,
    verb: str,
    step: Callable[[Work, IdApplication], IdApplication],
    *,
    take_over: bool,
    ahead: Callable[[IdApplication], object] | None = None,
) -> IdApplication:
    """One verb in one transaction: the version seen, then other people's leases, then the step, then one's own lease.

    ``ahead`` composes the mail of a free text before that transaction: words that could be the password are tried then, which takes its
    time, and the composer remembers them, so that the step itself holds the database for no hash.
    """
    with reviewing(office, staff, number, verb):
        if ahead is not None:
            with office.uow() as uow:
                looked_at = uow.applications.get(number)
            if looked_at.version == version and looked_at.state is ApplicationState.PENDING:
                ahead(looked_at)
        with office.uow() as uow:
            now = office.clock.now()
            application = uow.applications.get(number)
            expect_version(uow, application, version)
            past_lease(office, uow, staff, application, now, take_over=take_over)
            after = step(Work(office, staff, uow, now), application)
            if after.is_open:
                renew_own(office, uow, staff, application, now)
            else:
                release_own(uow, staff, application, now)
            uow.commit()
        return after
