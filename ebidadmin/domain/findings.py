"""What a reviewer should know before deciding: one pure function from a dossier to findings (code, severity, facts).

Findings are reproducible: the dossier holds everything they depend on, the day included.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from ebidadmin.domain.applications import IdApplication
from ebidadmin.domain.ids import SupplierNumber
from ebidadmin.domain.permits import Permit
from ebidadmin.domain.qualifications import Qualification
from ebidadmin.errors import Facts


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
