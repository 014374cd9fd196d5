"""Who acts, and what their roles let them do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ebidadmin.errors import NotPermittedError


class Role(StrEnum):
    REVIEWER = "reviewer"
    APPROVER = "approver"
    IMPORTER = "importer"
    HELP_DESK = "help-desk"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


class Permission(StrEnum):
    """What a service asks for before it does anything."""

    REVIEW = "review"
    REGISTER = "register"
    RECORD_PERMIT = "record-permit"
    CONFIRM_PERMIT = "confirm-permit"
    INTAKE = "intake"
    IMPORT_REGISTER = "import-register"
    CONFIRM_IMPORT = "confirm-import"
    CONFIRM_DESK = "confirm-desk"
    READ_REQUESTS = "read-requests"
    SEND_MAIL = "send-mail"
    READ_PERSONAL = "read-personal"
    OPEN_SUPPLIER = "open-supplier"
    READ_AUDIT = "read-audit"
    VERIFY_AUDIT = "verify-audit"
    REHEARSE = "rehearse"
    SET_UP = "set-up"
    RUN_REPORTS = "run-reports"
    ERASE = "erase"
    READ_ERASABLE = "read-erasable"
    KEEP_COPIES = "keep-copies"


_READERS = {Role.REVIEWER, Role.APPROVER, Role.AUDITOR}

GRANTS: dict[Permission, frozenset[Role]] = {
    Permission.REVIEW: frozenset({Role.REVIEWER}),
    Permission.REGISTER: frozenset({Role.REVIEWER}),
    Permission.RECORD_PERMIT: frozenset({Role.REVIEWER}),
    Permission.CONFIRM_PERMIT: frozenset({Role.REVIEWER, Role.APPROVER}),
    Permission.INTAKE: frozenset({Role.REVIEWER}),
    Permission.IMPORT_REGISTER: frozenset({Role.IMPORTER}),
    Permission.CONFIRM_IMPORT: frozenset({Role.IMPORTER, Role.APPROVER}),
    Permission.CONFIRM_DESK: frozenset({Role.REVIEWER, Role.APPROVER}),
    Permission.READ_REQUESTS: frozenset({Role.IMPORTER, Role.APPROVER, Role.AUDITOR}),
    Permission.SEND_MAIL: frozenset({Role.REVIEWER, Role.ADMINISTRATOR}),
    Permission.READ_PERSONAL: frozenset(_READERS),
    Permission.OPEN_SUPPLIER: frozenset({Role.HELP_DESK}),
    Permission.READ_AUDIT: frozenset({Role.AUDITOR, Role.REVIEWER, Role.APPROVER, Role.ADMINISTRATOR}),
    # A digest of a record is reckoned over all of it, hashes of passwords too, which an approver's log-in does not read.
    Permission.VERIFY_AUDIT: frozenset({Role.AUDITOR, Role.REVIEWER, Role.ADMINISTRATOR}),
    Permission.REHEARSE: frozenset({Role.REVIEWER, Role.HELP_DESK}),
    Permission.SET_UP: frozenset({Role.ADMINISTRATOR}),
    # One of them verifies the trail.
    Permission.RUN_REPORTS: frozenset({Role.REVIEWER, Role.ADMINISTRATOR}),
    Permission.ERASE: frozenset({Role.ADMINISTRATOR}),
    Permission.READ_ERASABLE: frozenset({Role.ADMINISTRATOR, Role.AUDITOR}),
    Permission.KEEP_COPIES: frozenset({Role.ADMINISTRATOR}),
}
"""Which roles grant a permission."""


@dataclass(frozen=True, slots=True)
class Staff:
    """A member of staff. ``login`` comes from the database, the hub or the operating system, never from a form."""

    login: str
    roles: frozenset[Role]

    def may(self, permission: Permission) -> bool:
        return not GRANTS[permission].isdisjoint(self.roles)

    def require(self, permission: Permission) -> None:
        """Raises ``NotPermittedError`` unless one of the person's roles grants ``permission``."""
        if not self.may(permission):
            raise NotPermittedError("not-permitted", staff=self.login, permission=permission.value)


READERS_OF_HASHES = frozenset({Role.REVIEWER, Role.AUDITOR, Role.ADMINISTRATOR})
"""Roles whose log-ins read the database's tables themselves, hashes of passwords among them: an approval copies one, a mail's text is
tried against it, and a verification reckons with all values. Any other role's see the tables through views without them."""

ALL_ROLES = frozenset(Role)
"""On an embedded database one person holds every role."""
