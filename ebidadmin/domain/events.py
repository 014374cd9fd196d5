"""Past-tense facts for the audit trail, in a closed, grouped vocabulary.

An event never holds a PIN, a password, a password hash or a one-time code; ``before`` and ``after`` hold the other values of the
subject as JSON-ready mappings.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

JsonValue = str | int | float | bool | None | list["JsonValue"] | dict[str, "JsonValue"]
JsonMap = Mapping[str, JsonValue]


class SubjectKind(StrEnum):
    APPLICATION = "application"
    PERMIT = "permit"
    PERMIT_PROPOSAL = "permit-proposal"
    REGISTRATION = "registration"
    IMPORT = "import"
    IMPORT_REQUEST = "import-request"
    DESK_REQUEST = "desk-request"
    MAIL = "mail"
    CARD = "card"
    CARD_SESSION = "card-session"
    ID_CASE = "id-case"
    FOLLOW_UP = "follow-up"
    OFFICE_FILE = "office-file"
    REPORT = "report"
    STAFF = "staff"
    DESK = "desk"


class EventTag(StrEnum):
    """Every kind of event there is: ``group:what-happened``."""

    APPLICATION_SUBMITTED = "application:submitted"
    APPLICATION_INQUIRED = "application:inquired"
    APPLICATION_ANSWERED = "application:answered"
    APPLICATION_APPROVED = "application:approved"
    APPLICATION_REJECTED = "application:rejected"
    APPLICATION_WITHDRAWN = "application:withdrawn"
    APPLICATION_NOTED = "application:noted"
    APPLICATION_CLAIMED = "application:claimed"
    APPLICATION_CLAIM_RENEWED = "application:claim-renewed"
    APPLICATION_CLAIM_TAKEN_OVER = "application:claim-taken-over"
    APPLICATION_CLAIM_RELEASED = "application:claim-released"
    PERMIT_RECORDED = "permit:recorded"
    PERMIT_GRANTED = "permit:granted"
    PERMIT_REFUSED = "permit:refused"
    PERMIT_WITHDRAWN = "permit:withdrawn"
    PERMIT_VOIDED = "permit:voided"
    PERMIT_LETTER_MADE = "permit:letter-made"
    PERMIT_DISPATCHED = "permit:dispatched"
    PERMIT_DISPATCH_CORRECTED = "permit:dispatch-corrected"
    PERMIT_DISPATCHES_EXPORTED = "permit:dispatches-exported"
    PERMIT_PROPOSAL_MADE = "permit-proposal:made"
    PERMIT_PROPOSAL_CONFIRMED = "permit-proposal:confirmed"
    PERMIT_PROPOSAL_DECLINED = "permit-proposal:declined"
    PERMIT_PROPOSAL_WITHDRAWN = "permit-proposal:withdrawn"
    PERMIT_PROPOSAL_EXPIRED = "permit-proposal:expired"
    REGISTRATION_CREATED = "registration:created"
    REGISTRATION_LOGIN_FAILED = "registration:login-failed"
    REGISTRATION_LOGIN_SUCCEEDED = "registration:login-succeeded"
    REGISTRATION_LOCKED = "registration:locked"
    REGISTRATION_UNLOCKED = "registration:unlocked"
    REGISTRATION_SUSPENDED = "registration:suspended"
    REGISTRATION_RESUMED = "registration:resumed"
    REGISTRATION_CANCELLED = "registration:cancelled"
    REGISTRATION_CODE_ISSUED = "registration:code-issued"
    REGISTRATION_CODE_FAILED = "registration:code-failed"
    REGISTRATION_RESET = "registration:reset"
    REGISTRATION_CHANGED = "registration:changed"
    REGISTRATIONS_EXPORTED = "registration:exported"
    CARD_REGISTERED = "card:registered"
    CARD_RENEWED = "card:renewed"
    CARD_REPLACED = "card:replaced"
    CARD_CONTACT_CHANGED = "card:contact-changed"
    CARD_MAIN_CONTACT_SET = "card:main-contact-set"
    CARD_SUSPENDED = "card:suspended"
    CARD_RESUMED = "card:resumed"
    CARD_CANCELLED = "card:cancelled"
    CARD_RECHECKED = "card:rechecked"
    CARD_EXPIRY_TOLD = "card:expiry-told"
    CARD_SESSION_STARTED = "card-session:started"
    CARD_SESSION_PROVED = "card-session:proved"
    CARD_SESSION_STEPPED = "card-session:stepped"
    CARD_SESSION_FINISHED = "card-session:finished"
    CARD_SESSION_ABANDONED = "card-session:abandoned"
    CARD_SESSION_LOGGED_IN = "card-session:logged-in"
    REVOCATION_LIST_TAKEN = "revocation-list:taken"
    REVOCATION_LIST_REFUSED = "revocation-list:refused"
    CASE_RECORDED = "case:recorded"
    FOLLOW_UP_OPENED = "follow-up:opened"
    FOLLOW_UP_CHANGED = "follow-up:changed"
    FOLLOW_UP_DONE = "follow-up:done"
    FOLLOW_UP_SETTLED = "follow-up:settled"
    REGISTER_EXPORTED = "register:exported"
    SUPPLIER_OPENED = "supplier:opened"
    AUDIT_EXPORTED = "audit:exported"
    OFFICE_FILE_CHANGED = "office-file:changed"
    DESK_BACKED_UP = "desk:backed-up"
    DESK_RESTORED = "desk:restored"
    DESK_MOVED = "desk:moved"
    DESK_UPGRADED = "desk:upgraded"
    LAYOUT_SAVED = "layout:saved"
    AUDIT_VERIFIED = "audit:verified"
    AUDIT_ANCHORED = "audit:anchored"
    AUDIT_PROVED = "audit:proved"
    AUDIT_RECORDS_BOUND = "audit:records-bound"
    REPORT_SCHEDULED = "report:scheduled"
    REPORT_STARTED = "report:started"
    REPORT_FINISHED = "report:finished"
    REPORT_FAILED = "report:failed"
    REPORT_MISSED = "report:missed"
    REPORT_OUTPUTS_REMOVED = "report:outputs-removed"
    REPORT_NOTEBOOK_KEPT = "report:notebook-kept"
    REPORT_TAKEN = "report:taken"
    STAFF_ADDED = "staff:added"
    STAFF_ROLES_CHANGED = "staff:roles-changed"
    STAFF_DISABLED = "staff:disabled"
    STAFF_SECOND_PERSON_HELD = "staff:second-person-held"
    AUDIT_ERASED = "audit:erased"
    IMPORT_APPLIED = "import:applied"
    IMPORT_UNDONE = "import:undone"
    IMPORT_CORRECTED = "import:corrected"
    IMPORT_REQUEST_MADE = "import-request:made"
    IMPORT_REQUEST_CONFIRMED = "import-request:confirmed"
    IMPORT_REQUEST_DECLINED = "import-request:declined"
    IMPORT_REQUEST_WITHDRAWN = "import-request:withdrawn"
    IMPORT_REQUEST_EXPIRED = "import-request:expired"
    IMPORT_REQUEST_APPLIED = "import-request:applied"
    DESK_REQUEST_MADE = "desk-request:made"
    DESK_REQUEST_CONFIRMED = "desk-request:confirmed"
    DESK_REQUEST_DECLINED = "desk-request:declined"
    DESK_REQUEST_WITHDRAWN = "desk-request:withdrawn"
    DESK_REQUEST_EXPIRED = "desk-request:expired"
    DESK_REQUEST_APPLIED = "desk-request:applied"
    MAIL_SENT = "mail:sent"
    MAIL_DEFERRED = "mail:deferred"
    MAIL_GAVE_UP = "mail:gave-up"
    MAIL_RETRIED = "mail:retried"
    REFUSED_NOT_PERMITTED = "refused:not-permitted"
    REFUSED_BY_RULE = "refused:by-rule"
    REFUSED_CONCURRENT = "refused:concurrent"
    REFUSED_QUOTE = "refused:quote"


def tags_named(name: str) -> frozenset[EventTag]:
    """The tag of that name, or the tags of the group of that name (the part before the colon). Raises ``ValueError`` for neither."""
    found = frozenset(tag for tag in EventTag if name in (tag.value, tag.value.partition(":")[0]))
    if not found:
        raise ValueError(f"no tag and no group of tags: {name}")
    return found


@dataclass(frozen=True, slots=True)
class Subject:
    """What an event is about."""

    kind: SubjectKind
    id: str


@dataclass(frozen=True, slots=True)
class Event:
    """One fact: who did what to which subject, when (UTC), and its values before and after."""

    tag: EventTag
    subject: Subject
    by: str
    at: datetime
    before: JsonMap | None = None
    after: JsonMap | None = None
    facts: JsonMap = field(default_factory=dict)
    supplier_number: str | None = None

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise ValueError("an event needs an aware moment")
