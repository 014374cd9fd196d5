"""One case as a reviewer reads it: the application beside the register, what stands against it, and how long it has waited."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from ebidadmin.clock import jst_date
from ebidadmin.domain.applications import IdApplication, IdForm
from ebidadmin.domain.claims import Claim
from ebidadmin.domain.contacts import CONTACT_FIELDS, Contact
from ebidadmin.domain.eligibility import Eligibility
from ebidadmin.domain.events import JsonValue, Subject, SubjectKind
from ebidadmin.domain.findings import Dossier, Finding, ReferenceFacts, SharedContact, find
from ebidadmin.domain.ids import ApplicationNumber
from ebidadmin.domain.imports import ImportBatch
from ebidadmin.domain.mails import OutboxMail
from ebidadmin.domain.names import MatchClass, NameRules, compare, compare_text, fold, fold_name
from ebidadmin.domain.notes import Note
from ebidadmin.domain.permits import Permit
from ebidadmin.domain.qualifications import Qualification
from ebidadmin.domain.registrations import Registration
from ebidadmin.services import eligibility
from ebidadmin.services.ports import Office, UnitOfWork

LACKING = (0, 3, 4)
"""How many characters an address may lack at its beginning: none, or its prefecture, whose names have three or four."""


SEEN_DIGITS = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class DossierParts:
    """The stored parts of a ``findings.Dossier``, as a page of the queue reads them for all its rows at once; the same values that
    ``gather`` asks the ports for."""

    application: IdApplication
    register_now: Qualification | None
    register_then: Qualification | None
    permits: tuple[Permit, ...]
    permits_of_others: tuple[Permit, ...]
    live_registration: Registration | None
    shared: tuple[SharedContact, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """One entry of the form beside the register. ``field`` is the form's flat key (``main_contact.address``).

    ``registered`` is ``None`` where the register keeps no such field or does not know the supplier, ``""`` where it is empty there;
    ``match`` is ``None`` where there is nothing to compare with.
    """

    field: str
    entered: str
    registered: str | None
    match: MatchClass | None


@dataclass(frozen=True, slots=True)
class Timing:
    """Working days against the target. ``elapsed_days`` leaves ``paused_days`` (spent in inquiry) out and stops at the decision;
    ``due`` moves with the pauses."""

    due: date
    elapsed_days: int
    paused_days: int
    overdue: bool


@dataclass(frozen=True, slots=True)
class Wait:
    """What tells how long an application has waited: since when, and when each inquiry was asked and answered (``None``: not yet)."""

    applied_at: datetime
    pauses: tuple[tuple[datetime, datetime | None], ...] = ()

    def days(self, between: Callable[[date, date], int], end: date) -> tuple[int, int]:
        """Working days waited until ``end``, and those spent in inquiry, which the former leave out; ``between`` counts working days as
        ``Calendar.working_days_between`` does."""
        paused = sum(
            between(jst_date(asked), end if answered is None else jst_date(answered))
            for asked, answered in self.pauses
        )
        return max(0, between(jst_date(self.applied_at), end) - paused), paused


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFile:
    """Everything that the case pane shows.

    ``findings`` are as of today, ``eligibility`` is for the day that was asked about; ``earlier`` are the supplier's other applications,
    ``register_history`` the batches that changed its record with the record from then on (``None``: vanished), all newest first;
    ``notes`` oldest first. ``claim`` is the last lease, live or not. ``suggested_reasons`` are codes of rejection reasons that belong to
    the findings.
    """

    application: IdApplication
    dossier: Dossier
    findings: tuple[Finding, ...]
    comparisons: tuple[Comparison, ...]
    earlier: tuple[IdApplication, ...]
    permits: tuple[Permit, ...]
    registration: Registration | None
    eligibility: Eligibility
    register_history: tuple[tuple[ImportBatch, Qualification | None], ...]
    shared: tuple[SharedContact, ...]
    notes: tuple[Note, ...]
    claim: Claim | None
    mails: tuple[OutboxMail, ...]
    timing: Timing
    suggested_reasons: tuple[str, ...] = ()

    @property
    def due(self) -> date:
        return self.timing.due

    @property
    def elapsed_days(self) -> int:
        return self.timing.elapsed_days

    @property
    def seen(self) -> str:
        """Stands for the findings and the register's record as this case shows them; given back with a decision."""
        return seen_digest(self.findings, self.dossier.register_now)


def seen_digest(findings: tuple[Finding, ...], record: Qualification | None) -> str:
    """32 hexadecimal digits over what a decision rests on besides the application: each finding with its facts, and the supplier's
    record. The record itself rather than the register's version, so that an import that leaves the supplier alone stops nobody."""
    shown = None if record is None else {**record.as_map(), "extra": dict(record.extra)}
    text = json.dumps([findings_as_json(findings), shown], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:SEEN_DIGITS]


def findings_as_json(found: tuple[Finding, ...]) -> JsonValue:
    """As they are kept with the decision."""
    return [
        {"code": finding.code.value, "severity": finding.severity.value, "facts": _facts_as_json(finding)}
        for finding in found
    ]


def _facts_as_json(finding: Finding) -> JsonValue:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in finding.facts.items()}


def today(office: Office) -> date:
    """The day in Japan by the office's clock."""
    return jst_date(office.clock.now())


def gather(office: Office, uow: UnitOfWork, application: IdApplication, *, day: date) -> Dossier:
    """What findings depend on, as it stands on that day."""
    supplier = application.supplier_number
    applicant = fold_name(application.form.trade_name, office.names)
    parts = DossierParts(
        application=application,
        register_now=uow.register.current(supplier),
        register_then=uow.register.at_version(supplier, application.register_seen),
        permits=uow.permits.of_supplier(supplier),
        permits_of_others=uow.permits.of_applicant(applicant, not_supplier=supplier),
        live_registration=uow.registrations.live_of(supplier),
        shared=uow.contacts.shared(application),
    )
    return dossier_of(office, parts, day=day)


def dossier_of(office: Office, parts: DossierParts, *, day: date) -> Dossier:
    """What findings depend on, of parts that were read already."""
    application = parts.application
    return Dossier(
        application=application,
        day=day,
        register_now=parts.register_now,
        register_then=parts.register_then,
        permits=parts.permits,
        permits_of_others=parts.permits_of_others,
        live_registration=_live_elsewhere(parts.live_registration, application),
        shared=parts.shared,
        reference=reference_facts(office, application.form),
    )


def assemble(
    office: Office, uow: UnitOfWork, number: ApplicationNumber, *, now: datetime, day: date | None = None
) -> CaseFile:
    """The case of that number as of today, the eligibility for ``day`` (default: today). Raises ``NotFoundError``."""
    application = uow.applications.get(number)
    dossier = gather(office, uow, application, day=jst_date(now))
    findings = find(dossier, names=office.names, policy=office.settings.findings)
    supplier = application.supplier_number
    return CaseFile(
        application=application,
        dossier=dossier,
        findings=findings,
        comparisons=comparisons(application.form, dossier.register_now, office.names),
        earlier=tuple(other for other in uow.applications.of_supplier(supplier) if other.number != number),
        permits=dossier.permits,
        registration=uow.registrations.live_of(supplier),
        eligibility=eligibility.on_day(uow, supplier, now=now, day=day),
        register_history=uow.register.history(supplier),
        shared=dossier.shared,
        notes=uow.applications.notes(number),
        claim=uow.applications.claim(number),
        mails=uow.mails.list(about=Subject(SubjectKind.APPLICATION, number)),
        timing=timing(office, application, now=now),
        suggested_reasons=office.reasons.suggested([finding.code.value for finding in findings]),
    )


def timing(office: Office, application: IdApplication, *, now: datetime) -> Timing:
    """How long the application has waited and until when it is to be decided.

    Days are working days of Japan; the day of application does not count, and the clock stands still between an inquiry and its
    answer.
    """
    calendar, target = office.calendar, office.settings.target_days
    applied = jst_date(application.applied_at)
    end = jst_date(application.decision.at if application.decision is not None else now)
    pauses = tuple((inquiry.asked_at, inquiry.answered_at) for inquiry in application.inquiries)
    elapsed, paused = Wait(application.applied_at, pauses).days(calendar.working_days_between, end)
    return Timing(
        due=calendar.add_working_days(applied, target + paused),
        elapsed_days=elapsed,
        paused_days=paused,
        overdue=application.is_open and elapsed > target,
    )


def comparisons(form: IdForm, record: Qualification | None, rules: NameRules) -> tuple[Comparison, ...]:
    """The form field by field, in the order of the screen."""
    entered = flat_form(form)
    registered = {} if record is None else _registered(record)
    return tuple(_compared(field, value, registered.get(field), rules) for field, value in entered.items())


def flat_form(form: IdForm) -> dict[str, str]:
    """A form by flat key, in the order of the screen."""
    entered: dict[str, str] = {
        "supplier_number": form.supplier_number,
        "trade_name": form.trade_name,
        "company_phone": form.company_phone,
        "company_fax": form.company_fax,
        "branch": form.branch,
    }
    for prefix, contact in (
        ("main_contact", form.main_contact),
        ("applicant_contact", form.applicant_contact),
    ):
        values = contact.as_map()
        entered |= {f"{prefix}.{name}": values[name] for name in CONTACT_FIELDS}
    return {**entered, "user_id": form.user_id}


def reference_facts(office: Office, form: IdForm) -> ReferenceFacts:
    """What the reference data says about the entered postcodes, numbers and mail addresses."""
    company = (("company_phone", form.company_phone), ("company_fax", form.company_fax))
    contacts = {"main_contact": form.main_contact, "applicant_contact": form.applicant_contact}
    return contact_facts(office, contacts, phones=company)


def contact_facts(
    office: Office, contacts: Mapping[str, Contact], *, phones: Iterable[tuple[str, str]] = ()
) -> ReferenceFacts:
    """The same for contacts by their prefix, and for further telephone numbers by their key."""
    postcodes: list[str] = []
    mails: list[tuple[str, str]] = []
    numbers = list(phones)
    for prefix, contact in contacts.items():
        numbers += [(f"{prefix}.phone", contact.phone), (f"{prefix}.fax", contact.fax)]
        if not _lies_in(contact.address, office.postcodes.places(contact.postcode)):
            postcodes.append(f"{prefix}.postcode")
        unusual = office.mail_domains.unusual(contact.email)
        if unusual is not None:
            mails.append((f"{prefix}.email", unusual))
    return ReferenceFacts(
        postcode_mismatch=tuple(postcodes),
        phone_unknown=tuple(field for field, number in numbers if not office.phones.exists(number)),
        mail_unusual=tuple(mails),
    )


def _lies_in(address: str, places: tuple[str, ...]) -> bool:
    entered = fold(address)
    return any(
        entered.startswith(fold(place[missing:]))
        for place in places
        for missing in LACKING
        if place[missing:]
    )


def _live_elsewhere(live: Registration | None, application: IdApplication) -> bool:
    """A live ID stands against an application unless the ID came from that very application."""
    return live is not None and live.application != application.number


def _registered(record: Qualification) -> dict[str, tuple[str, ...]]:
    """What each field of the form is to be compared with; where there are several, the one that fits best counts."""
    persons = tuple(name for name in (record.representative_name, record.delegate_name) if name)
    addresses = tuple(address for address in (record.address, record.delegate_address) if address)
    values: dict[str, tuple[str, ...]] = {
        "supplier_number": (record.supplier_number,),
        "trade_name": (record.trade_name,),
        "company_phone": (record.phone,),
        "company_fax": (record.fax,),
        "branch": (record.branch,),
    }
    for prefix in ("main_contact", "applicant_contact"):
        values[f"{prefix}.person"] = persons or ("",)
        values[f"{prefix}.postcode"] = (record.postcode,)
        values[f"{prefix}.address"] = addresses or ("",)
        values[f"{prefix}.email"] = (record.email,)
    return values


_BEST_FIRST = tuple(MatchClass)


def _compared(field: str, entered: str, candidates: tuple[str, ...] | None, rules: NameRules) -> Comparison:
    if candidates is None:
        return Comparison(field, entered, None, None)
    if candidates == ("",):
        return Comparison(field, entered, "", None)
    matches = [(_match(field, entered, candidate, rules), candidate) for candidate in candidates]
    match, registered = min(matches, key=lambda found: _BEST_FIRST.index(found[0]))
    return Comparison(field, entered, registered, match)


def _match(field: str, entered: str, registered: str, rules: NameRules) -> MatchClass:
    if field == "trade_name":
        return compare(entered, registered, rules).cls
    return compare_text(entered, registered, rules)
