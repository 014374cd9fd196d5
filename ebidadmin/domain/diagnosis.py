"""What the help desk looks at on a computer: each thing with what was found, how it stands, and who can help with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from ebidadmin.domain.certificates import CheckReason
from ebidadmin.errors import EbidError, Facts


class Item(StrEnum):
    """What is looked at, in the order in which one thing needs the one before."""

    PROGRAM = "program"
    COMPONENTS = "components"
    SETTINGS = "settings"
    SECOND_PERSON = "second person"
    DATABASE = "database"
    CLOCK = "clock"
    HOURS = "hours"
    MAIL = "mail"
    MAIL_SERVER = "mail server"
    OFFICE_FILES = "office files"
    LAID_OUT = "templates"
    ERASINGS = "erasings"
    CARD_SOFTWARE = "card software"
    CARD_SERVICE = "card service"
    CARD_READERS = "card readers"
    CARD = "card"
    CERTIFICATE = "certificate"
    CHAIN = "chain"
    REVOCATION_LISTS = "revocation lists"


class Verdict(StrEnum):
    GOOD = "good"
    ATTENTION = "attention"
    """Nothing is broken, but somebody should know: no card lies there, the door is closed, a list is old."""

    FAULT = "fault"
    UNSEEN = "unseen"
    """Not looked at, because what it needs is not there."""


class Helper(StrEnum):
    """Whom to ask about it."""

    NOBODY = "nobody"
    ADMINISTRATOR = "administrator"
    HELP_DESK = "help-desk"
    AUTHORITY = "certification-authority"
    READER_SELLER = "reader-seller"


class FoundCode(StrEnum):
    """What can be found; a refusal that is met has its own code."""

    UNSEEN = "unseen"
    PROGRAM_GOOD = "program-good"
    PYTHON_OLD = "python-old"
    COMPONENTS_GOOD = "components-good"
    COMPONENTS_MISSING = "components-missing"
    SETTINGS_GOOD = "settings-good"
    NOBODY_CONFIRMS = "nobody-confirms"
    ANOTHER_CONFIRMS = "another-confirms"
    TYPED_CONFIRMATION = "typed-confirmation"
    TYPED_UNSAID = "typed-confirmation-unsaid"
    DATABASE_GOOD = "database-good"
    REGISTER_EMPTY = "register-empty"
    CLOCK_GOOD = "clock-good"
    CLOCK_BEHIND = "clock-behind"
    DOOR_OPEN = "door-open"
    DOOR_CLOSED_NOW = "door-closed-now"
    MAIL_GOOD = "mail-good"
    MAILS_GAVE_UP = "mails-gave-up"
    MAILS_LIE = "mails-lie"
    MAILS_DEFERRED = "mails-deferred"
    MAILS_OF_OTHERS = "mails-of-others"
    MAIL_FOLDER_UNWRITABLE = "mail-folder-unwritable"
    MAIL_SERVER_NONE = "mail-server-none"
    MAIL_SERVER_ANSWERS = "mail-server-answers"
    MAIL_SERVER_ENCRYPTED = "mail-server-encrypted"
    MAIL_SERVER_PLAIN = "mail-server-plain"
    MAIL_LOGIN_GOOD = "mail-login-good"
    MAIL_LOGIN_NONE = "mail-login-none"
    OFFICE_FILES_GOOD = "office-files-good"
    OFFICE_FILES_BY_HAND = "office-files-by-hand"
    TEMPLATES_GOOD = "templates-good"
    TEMPLATES_OLDER = "templates-older"
    ERASINGS_GOOD = "erasings-good"
    ERASINGS_UNFINISHED = "erasings-unfinished"
    CARD_PACKAGES_MISSING = "card-packages-missing"
    SIMULATED_ONLY = "simulated-only"
    CARD_MODULE_THERE = "card-module-there"
    CARD_SERVICE_OF_SYSTEM = "card-service-of-system"
    CARD_SERVICE_SILENT = "card-service-silent"
    CARD_SERVICE_ANSWERS = "card-service-answers"
    SIMULATED_CARDS_NONE = "simulated-cards-none"
    CARD_READERS_GOOD = "card-readers-good"
    CARD_NONE = "card-none"
    CARD_GOOD = "card-good"
    CARD_TRIES_LOW = "card-tries-low"
    CARD_LAST_TRY = "card-last-try"
    CERTIFICATE_NONE = "certificate-none"
    CERTIFICATE_GOOD = "certificate-good"
    CERTIFICATE_ENDS_SOON = "certificate-ends-soon"
    CERTIFICATE_EXPIRED = "certificate-expired"
    CERTIFICATE_NOT_YET_VALID = "certificate-not-yet-valid"
    CHECKED = "checked"
    TRUST_NONE = "trust-none"
    LIST_GOOD = "list-good"
    LIST_STALE = "list-stale"
    LIST_NONE = "list-none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One thing looked at. ``place`` names the reader or the issuer where there are several; ``error`` is the refusal that was met, whose
    code is repeated and whose own sentence says what happened; else ``code`` is a ``FoundCode``, filled by ``facts``."""

    item: Item
    verdict: Verdict
    code: str
    helper: Helper = Helper.NOBODY
    place: str = ""
    facts: Facts = field(default_factory=dict)
    error: EbidError | None = None


AUTHORITY_CODES = frozenset(
    {
        "card-module-failed",
        "card-module-crashed",
        "card-module-lied",
        "card-module-missing",
        "card-unreadable",
        "card-pin-locked",
        "certificate-unreadable",
    }
)
READER_CODES = frozenset({"card-reader-missing", "card-timeout", "card-removed", "card-changed"})

REASON_HELPERS: Mapping[CheckReason, Helper] = {
    CheckReason.TRUST_MISSING: Helper.ADMINISTRATOR,
    CheckReason.CHAIN_UNKNOWN: Helper.ADMINISTRATOR,
    CheckReason.ISSUER_EXPIRED: Helper.ADMINISTRATOR,
    CheckReason.ISSUER_NOT_YET_VALID: Helper.ADMINISTRATOR,
    CheckReason.CHECK_FAILED: Helper.ADMINISTRATOR,
    CheckReason.CHECK_TOOK_TOO_LONG: Helper.ADMINISTRATOR,
    CheckReason.CRL_MISSING: Helper.ADMINISTRATOR,
    CheckReason.CRL_STALE: Helper.ADMINISTRATOR,
    CheckReason.CRL_UNUSABLE: Helper.ADMINISTRATOR,
}
"""Who can help with what came out of a check; the certification authority with everything else."""


def helper_of(code: str) -> Helper:
    """Who can help with a refusal: what concerns the card its issuer, the reader its seller, everything else the administrator."""
    if code in AUTHORITY_CODES:
        return Helper.AUTHORITY
    return Helper.READER_SELLER if code in READER_CODES else Helper.ADMINISTRATOR


def refused(item: Item, error: EbidError, *, place: str = "") -> Found:
    """A refusal that was met while looking."""
    return Found(
        item=item,
        verdict=Verdict.FAULT,
        code=error.code,
        helper=helper_of(error.code),
        place=place,
        facts=error.facts,
        error=error,
    )


def unseen(item: Item, needs: Item) -> Found:
    """Not looked at for want of another thing."""
    return Found(item=item, verdict=Verdict.UNSEEN, code=FoundCode.UNSEEN, facts={"needs": needs.value})
