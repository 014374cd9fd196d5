"""What the reviewer's verbs share: the version seen, other people's leases, the dossier's findings, the mail and the registration."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from ebidadmin.clock import jst_date
from ebidadmin.domain import claims, registrations
from ebidadmin.domain.applications import ApplicationState, IdApplication
from ebidadmin.domain.events import JsonValue, Subject, SubjectKind
from ebidadmin.domain.findings import FINDINGS_VERSION, Finding, Severity, find
from ebidadmin.domain.ids import ApplicationNumber
from ebidadmin.domain.mails import MailDraft, MailKind
from ebidadmin.domain.registrations import Registration
from ebidadmin.domain.staff import Permission, Staff
from ebidadmin.domain.transition import Transition
from ebidadmin.errors import (
    IllegalTransitionError,
    InputError,
    NotEligibleError,
    NotFoundError,
    Problem,
    StalePlanError,
)
from ebidadmin.services import case_file
from ebidadmin.services.last_change import changed_meanwhile
from ebidadmin.services.password_hashes import refuse_unacceptable
from ebidadmin.services.ports import Office, Reasons, SequenceName, UnitOfWork
from ebidadmin.services.refusals import refusals_logged


@dataclass(frozen=True, slots=True)
class Work:
    """What a step needs inside its unit of work."""

    office: Office
    staff: Staff
    uow: UnitOfWork
    now: datetime

    def findings(
        self, application: IdApplication, *, seen: str | None, blocks: bool = True
    ) -> tuple[Finding, ...]:
        """Today's findings. Raises ``NotEligibleError`` for those that block, unless they do not matter, and ``StalePlanError``
        (``findings-changed``) when findings or record are not those that were seen."""
        dossier = case_file.gather(self.office, self.uow, application, day=jst_date(self.now))
        found = find(dossier, names=self.office.names, policy=self.office.settings.findings)
        blocking = tuple(finding.code.value for finding in found if finding.severity is Severity.BLOCK)
        if blocks and blocking:
            raise NotEligibleError("not-eligible", id=application.number, findings=blocking)
        if seen is not None and seen != case_file.seen_digest(found, dossier.register_now):
            raise StalePlanError("findings-changed", id=application.number)
        return found

    def grounds(self, found: tuple[Finding, ...]) -> dict[str, JsonValue]:
        """What the decision rests on, so that it can be worked out again: findings, version of their rules, version of the register."""
        return {
            "findings": case_file.findings_as_json(found),
            "rules": FINDINGS_VERSION,
            "register": self.uow.register.version(),
        }

    def compose(
        self, kind: MailKind, application: IdApplication, *, previewed: MailDraft | None, **facts: object
    ) -> MailDraft:
        """The mail to send. Raises ``StalePlanError`` when it is not the one that was previewed."""
        mail = self.office.composer.compose(kind, application, **facts)
        if previewed is not None and mail != previewed:
            raise StalePlanError("mail-changed", id=application.number)
        return mail

    def registration(self, application: IdApplication) -> Transition[Registration]:
        """The registration that the approval creates, under the supplier's enterprise id, drawn if it has none."""
        supplier = application.supplier_number
        issued = self.uow.registrations.enterprise_id_of(supplier)
        if issued is None:
            drawn = self.uow.next_number(SequenceName.ENTERPRISE)
            issued = registrations.enterprise_id(self.office.settings.enterprise_prefix, drawn)
        if application.password_hash is None:
            # A pending application always has one; storing a registration nobody can log in to would hide the damage.
            raise NotFoundError("credential-missing", kind="password", id=application.number)
        refuse_unacceptable(self.office.hasher, application.password_hash)
        return registrations.create(
            application=application.number,
            supplier_number=supplier,
            enterprise_id=issued,
            user_id=application.form.user_id,
            password_hash=application.password_hash,
            main_contact=application.form.main_contact,
            applicant_contact=application.form.applicant_contact,
            by=self.staff.login,
            at=self.now,
        )


@contextmanager
def reviewing(office: Office, staff: Staff, number: ApplicationNumber, verb: str) -> Iterator[None]:
    """Inside it only who may review gets on; a refusal of any kind is written to the trail and raised on."""
    with refusals_logged(office, staff=staff, subject=Subject(SubjectKind.APPLICATION, number), verb=verb):
        staff.require(Permission.REVIEW)
        yield


def expect_state(application: IdApplication, verb: str, *states: ApplicationState) -> None:
    """Raises ``IllegalTransitionError`` in any other state, before anything is worked out for the verb."""
    if application.state not in states:
        raise IllegalTransitionError(
            "illegal-transition", subject=application.number, state=application.state.value, verb=verb
        )


def expect_version(uow: UnitOfWork, application: IdApplication, version: int) -> None:
    """Raises ``ConcurrentEditError`` with who, when and the state, unless the version seen is still the stored one."""
    if application.version == version:
        return
    subject = Subject(SubjectKind.APPLICATION, application.number)
    raise changed_meanwhile(
        uow, subject, state=application.state, expected=version, found=application.version
    )


def past_lease(
    office: Office,
    uow: UnitOfWork,
    staff: Staff,
    application: IdApplication,
    now: datetime,
    *,
    take_over: bool,
) -> None:
    """Stop at another person's live lease, or take it over with its own event."""
    present = uow.applications.claim(application.number)
    claims.refuse_if_held(present, by=staff.login, at=now, take_over=take_over)
    if present is not None and present.held_by_other(staff.login, now):
        taken = claims.claim(
            present,
            application=application.number,
            by=staff.login,
            at=now,
            lease=office.settings.lease,
            take_over=True,
        )
        uow.record(taken.concerning(application.supplier_number))


def renew_own(
    office: Office, uow: UnitOfWork, staff: Staff, application: IdApplication, now: datetime
) -> None:
    """Work renews one's own live lease; whoever holds none gets none by it."""
    present = uow.applications.claim(application.number)
    if present is not None and present.holder == staff.login and now < present.until:
        renewed = claims.claim(
            present, application=application.number, by=staff.login, at=now, lease=office.settings.lease
        )
        uow.record(renewed.concerning(application.supplier_number))


def release_own(uow: UnitOfWork, staff: Staff, application: IdApplication, now: datetime) -> None:
    """A decided case is nobody's work any more."""
    present = uow.applications.claim(application.number)
    if present is not None and present.holder == staff.login:
        uow.record(claims.release(present, by=staff.login, at=now).concerning(application.supplier_number))


def accepted_words(found: tuple[Finding, ...], accepted: Mapping[str, str]) -> dict[str, str]:
    """The words for the warnings at hand; words for findings that are gone are left out."""
    warnings = [finding.code.value for finding in found if finding.severity is Severity.WARNING]
    missing = [code for code in dict.fromkeys(warnings) if not accepted.get(code, "").strip()]
    if missing:
        raise InputError(
            "warning-not-accepted",
            [Problem(code, "warning-not-accepted", {"finding": code}) for code in missing],
        )
    return {code: accepted[code].strip() for code in warnings}


def check_reasons(catalogue: Reasons, reasons: tuple[str, ...]) -> None:
    """Raises ``InputError`` for no reason at all or one that the catalogue lacks."""
    if not reasons:
        raise InputError("reason-missing", [Problem("reasons", "required")])
    unknown = [code for code in reasons if code not in catalogue.codes()]
    if unknown:
        raise InputError(
            "reason-unknown", [Problem("reasons", "reason-unknown", {"reason": code}) for code in unknown]
        )
