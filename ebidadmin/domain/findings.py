"""What a reviewer should know before deciding: one pure function from a dossier to findings (code, severity, facts).

Findings are reproducible: the dossier holds everything they depend on, the day included.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields
from datetime import date
from enum import StrEnum

from ebidadmin.domain.applications import ApplicationState, IdApplication, IdForm
from ebidadmin.domain.contacts import Contact
from ebidadmin.domain.ids import SupplierNumber
from ebidadmin.domain.names import MatchClass, NameRules, compare_text, matches_search
from ebidadmin.domain.permits import Permit, PermitState
from ebidadmin.domain.qualifications import Qualification
from ebidadmin.errors import Facts, FactValue

FINDINGS_VERSION = "2"
"""Named with every recorded decision; raised whenever ``find`` may answer differently for the same dossier."""


class Severity(StrEnum):
    BLOCK = "block"
    WARNING = "warning"
    NOTE = "note"


class FindingCode(StrEnum):
    PERMIT_MISSING = "permit-missing"
    PERMIT_EXPIRED = "permit-expired"
    PERMIT_OTHER_SUPPLIER = "permit-other-supplier"
    REGISTER_MISSING = "register-missing"
    REGISTER_LAPSED = "register-lapsed"
    ALREADY_APPROVED = "already-approved"
    NAME_DIFFERS = "name-differs"
    NAME_VARIANT = "name-variant"
    LEGAL_FORM_DIFFERS = "legal-form-differs"
    REPRESENTATIVE_DIFFERS = "representative-differs"
    ADDRESS_DIFFERS = "address-differs"
    TWO_ADDRESSES = "two-addresses"
    SHARED_CONTACT = "shared-contact"
    POSTCODE_ADDRESS = "postcode-address"
    PHONE_UNKNOWN = "phone-unknown"
    MAIL_DOMAIN_UNUSUAL = "mail-domain-unusual"
    CHANGED_SINCE_APPLICATION = "changed-since-application"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found. ``facts`` fill its sentence."""

    code: FindingCode
    severity: Severity
    facts: Facts = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SharedContact:
    """A mail address or phone number of the application that another supplier number also uses."""

    field: str
    value: str
    supplier_number: SupplierNumber
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceFacts:
    """Answers of the reference data about the application's own values; every tuple names fields of the form.

    ``postcode_mismatch``: the postcode does not exist or does not lie in that address; ``phone_unknown``: outside the Japanese plan;
    ``mail_unusual``: throw-away or mistyped domain, with the domain as value.
    """

    postcode_mismatch: tuple[str, ...] = ()
    phone_unknown: tuple[str, ...] = ()
    mail_unusual: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """Everything that findings depend on.

    ``register_now`` / ``register_then`` are the register's record of the supplier today and at the time of application;
    ``permits`` are those of the supplier number; ``permits_of_others`` those recorded under another number whose applicant is the
    name entered; ``live_registration`` tells that a live ID exists for the number.
    """

    application: IdApplication
    day: date
    register_now: Qualification | None
    register_then: Qualification | None
    permits: tuple[Permit, ...] = ()
    permits_of_others: tuple[Permit, ...] = ()
    live_registration: bool = False
    shared: tuple[SharedContact, ...] = ()
    reference: ReferenceFacts = field(default_factory=ReferenceFacts)


@dataclass(frozen=True, slots=True)
class FindingPolicy:
    """Settings of the office. ``permit_blocks``: whether a missing permit blocks approval (default) or only warns."""

    permit_blocks: bool = True


def find(dossier: Dossier, *, names: NameRules, policy: FindingPolicy) -> tuple[Finding, ...]:
    """Everything that a reviewer should know, in the order of ``FindingCode``; the order of the dossier's parts plays no role."""
    found = [
        *_permit(dossier, policy),
        *_register(dossier),
        *_already_approved(dossier),
        *_name(dossier, names),
        *_contact_against_register(dossier, names),
        *_two_addresses(dossier.application.form, names),
        *_shared(dossier.shared),
        *_reference(dossier),
        *_changed(dossier),
    ]
    place = {code: index for index, code in enumerate(FindingCode)}
    return tuple(
        sorted(found, key=lambda finding: (place[finding.code], repr(sorted(finding.facts.items()))))
    )


def changed_fields(then: Qualification, now: Qualification) -> tuple[str, ...]:
    """Names of the record's fields that differ, in the record's order; the kept columns of the layout count as one, ``extra``."""
    return tuple(
        item.name for item in fields(Qualification) if getattr(then, item.name) != getattr(now, item.name)
    )


def _permit(dossier: Dossier, policy: FindingPolicy) -> Iterator[Finding]:
    """Whether the supplier number has a permit in force on the day.

    A granted one outside its dates is ``permit-expired``; one only asked for, refused or withdrawn is ``permit-missing``; one voided does
    not count at all. A permit of the
    same applicant under another number takes the place of ``permit-missing``: it is probably the one meant.
    """
    day, own = dossier.day, dossier.permits
    if any(permit.in_force(day) for permit in own):
        return
    severity = Severity.BLOCK if policy.permit_blocks else Severity.WARNING
    others = [permit for permit in dossier.permits_of_others if _of_use(permit, day)]
    granted = [permit for permit in own if permit.state is PermitState.GRANTED]
    if granted:
        yield Finding(FindingCode.PERMIT_EXPIRED, severity, _dates_of(max(granted, key=_last_day), day))
    elif not others:
        rightful = [permit for permit in own if permit.state is not PermitState.VOIDED]
        latest = max(rightful, key=lambda permit: (permit.received, permit.id), default=None)
        facts = {} if latest is None else {"permit": latest.id, "latest_state": latest.state.value}
        yield Finding(FindingCode.PERMIT_MISSING, severity, facts)
    if others:
        numbers = tuple(sorted({permit.supplier_number for permit in others}))
        yield Finding(
            FindingCode.PERMIT_OTHER_SUPPLIER,
            severity,
            {"supplier_numbers": numbers, "permits": tuple(sorted(permit.id for permit in others))},
        )


def _of_use(permit: Permit, day: date) -> bool:
    return permit.state is PermitState.REQUESTED or permit.in_force(day)


def _last_day(permit: Permit) -> tuple[date, date, str]:
    return (permit.valid_to or date.max, permit.valid_from or date.min, permit.id)


def _dates_of(permit: Permit, day: date) -> dict[str, FactValue]:
    begins_later = permit.valid_from is None or day < permit.valid_from
    return {
        "permit": permit.id,
        "valid_from": _iso(permit.valid_from),
        "valid_to": _iso(permit.valid_to),
        "when": "not-yet" if begins_later else "over",
    }


def _register(dossier: Dossier) -> Iterator[Finding]:
    record = dossier.register_now
    number = dossier.application.supplier_number
    if record is None:
        vanished = dossier.register_then is not None
        yield Finding(
            FindingCode.REGISTER_MISSING, Severity.BLOCK, {"supplier_number": number, "vanished": vanished}
        )
    elif not record.in_force(dossier.day):
        begins_later = record.valid_from is not None and dossier.day < record.valid_from
        yield Finding(
            FindingCode.REGISTER_LAPSED,
            Severity.BLOCK,
            {
                "supplier_number": number,
                "valid_from": _iso(record.valid_from),
                "valid_to": _iso(record.valid_to),
                "when": "not-yet" if begins_later else "over",
            },
        )


def _already_approved(dossier: Dossier) -> Iterator[Finding]:
    # Once this very application is approved, the live ID is its own.
    if dossier.live_registration and dossier.application.state is not ApplicationState.APPROVED:
        yield Finding(
            FindingCode.ALREADY_APPROVED,
            Severity.BLOCK,
            {"supplier_number": dossier.application.supplier_number},
        )


def _name(dossier: Dossier, names: NameRules) -> Iterator[Finding]:
    if dossier.register_now is None:
        return
    entered, registered = dossier.application.form.trade_name, dossier.register_now.trade_name
    match = matches_search(entered, registered, names)
    facts: dict[str, FactValue] = {"entered": entered, "registered": registered, "match": match.cls.value}
    if match.cls in (MatchClass.VARIANT, MatchClass.PREFIX):
        yield Finding(FindingCode.NAME_VARIANT, Severity.NOTE, facts)
    elif match.differs == "core":
        yield Finding(FindingCode.NAME_DIFFERS, Severity.WARNING, facts)
    elif match.differs is not None:
        yield Finding(FindingCode.LEGAL_FORM_DIFFERS, Severity.WARNING, {**facts, "differs": match.differs})


def _contact_against_register(dossier: Dossier, names: NameRules) -> Iterator[Finding]:
    """The main contact must be the head office or the delegate: its person and address against both. What the register does not
    say is not compared."""
    record = dossier.register_now
    if record is None:
        return
    main = dossier.application.form.main_contact
    pairs = (
        (
            FindingCode.REPRESENTATIVE_DIFFERS,
            "person",
            main.person,
            (record.representative_name, record.delegate_name),
        ),
        (FindingCode.ADDRESS_DIFFERS, "address", main.address, (record.address, record.delegate_address)),
    )
    for code, name, entered, known in pairs:
        registered = tuple(value for value in known if value.strip())
        if registered and all(
            compare_text(entered, value, names) is MatchClass.DIFFERENT for value in registered
        ):
            yield Finding(
                code,
                Severity.NOTE,
                {"field": f"main_contact.{name}", "entered": entered, "registered": registered},
            )


def _two_addresses(form: IdForm, names: NameRules) -> Iterator[Finding]:
    """Notices go to the applicant contact; the city asks that both contacts have the same addresses, by mail and by post."""
    main, applicant = form.main_contact, form.applicant_contact
    differing = []
    if main.email.casefold() != applicant.email.casefold():
        differing.append("email")
    if main.postcode != applicant.postcode:
        differing.append("postcode")
    if compare_text(main.address, applicant.address, names) is MatchClass.DIFFERENT:
        differing.append("address")
    if differing:
        facts: dict[str, FactValue] = {"fields": tuple(differing)}
        for name in differing:
            facts[f"main_{name}"] = getattr(main, name)
            facts[f"applicant_{name}"] = getattr(applicant, name)
        yield Finding(FindingCode.TWO_ADDRESSES, Severity.NOTE, facts)


def _shared(shared: Iterable[SharedContact]) -> Iterator[Finding]:
    """One finding for each value that others use too."""
    groups: dict[str, list[SharedContact]] = {}
    for contact in shared:
        groups.setdefault(contact.value, []).append(contact)
    for value, uses in groups.items():
        yield Finding(
            FindingCode.SHARED_CONTACT,
            Severity.WARNING,
            {
                "value": value,
                "fields": tuple(sorted({use.field for use in uses})),
                "supplier_numbers": tuple(sorted({use.supplier_number for use in uses})),
                "sources": tuple(sorted({use.source for use in uses})),
            },
        )


def _reference(dossier: Dossier) -> Iterator[Finding]:
    """What the reference data said, one finding for each different value: both contacts are often the same."""
    form, reference = dossier.application.form, dossier.reference
    postcodes = _grouped((name, _postcode_and_address(form, name)) for name in reference.postcode_mismatch)
    for (postcode, address), names in postcodes.items():
        yield Finding(
            FindingCode.POSTCODE_ADDRESS,
            Severity.NOTE,
            {"fields": names, "postcode": postcode, "address": address},
        )
    phones = _grouped((name, (_value(form, name), "")) for name in reference.phone_unknown)
    for (phone, _), names in phones.items():
        yield Finding(FindingCode.PHONE_UNKNOWN, Severity.NOTE, {"fields": names, "value": phone})
    domains = _grouped((name, (domain, "")) for name, domain in reference.mail_unusual)
    for (domain, _), names in domains.items():
        yield Finding(FindingCode.MAIL_DOMAIN_UNUSUAL, Severity.NOTE, {"fields": names, "domain": domain})


def _grouped(pairs: Iterable[tuple[str, tuple[str, str]]]) -> dict[tuple[str, str], tuple[str, ...]]:
    groups: dict[tuple[str, str], set[str]] = {}
    for name, key in pairs:
        groups.setdefault(key, set()).add(name)
    return {key: tuple(sorted(names)) for key, names in groups.items()}


def _changed(dossier: Dossier) -> Iterator[Finding]:
    """The record against what it was when the supplier applied. A vanished one is already ``register-missing``."""
    then, now = dossier.register_then, dossier.register_now
    if now is None or then == now:
        return
    changed = () if then is None else changed_fields(then, now)
    kind = "added" if then is None else "changed"
    yield Finding(FindingCode.CHANGED_SINCE_APPLICATION, Severity.WARNING, {"kind": kind, "fields": changed})


def _contact(form: IdForm, field_name: str) -> Contact:
    return form.applicant_contact if field_name.startswith("applicant_contact") else form.main_contact


def _postcode_and_address(form: IdForm, field_name: str) -> tuple[str, str]:
    contact = _contact(form, field_name)
    return (contact.postcode, contact.address)


def _value(form: IdForm, field_name: str) -> str:
    """The entered value of a flat key such as ``company_phone`` or ``main_contact.fax``."""
    holder, _, name = field_name.rpartition(".")
    return str(getattr(_contact(form, holder), name) if holder else getattr(form, name))


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
