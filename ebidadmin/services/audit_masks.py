"""What of an event somebody sees who may read the trail but no personal data: that something changed, and codes; never what was entered."""

from __future__ import annotations

from dataclasses import replace

from ebidadmin.domain.events import JsonMap, JsonValue
from ebidadmin.domain.staff import Permission, Staff
from ebidadmin.services.ports import AuditEntry

HIDDEN = "*****"
"""Stands for a value that is not shown: of fixed length, so that it tells nothing."""

PLAIN = frozenset(
    {
        *("state", "version", "supplier_number", "enterprise_id", "previous", "register_seen"),
        *("has_password", "received", "channel", "valid_from", "valid_to", "reply_channel", "document"),
        *("decided_at", "decided_by", "refusal_reasons", "withdrawn_from", "voided_at", "voided_by"),
        *("dispatch", "day", "kind", "corrects", "act", "permit", "permit_version", "permit_digest"),
        *("reasons", "requested_by", "expires_at", "confirmed_by", "undertaking", "file_name"),
        *("file_hash", "layout", "layout_digest", "register_version", "batch", "added", "changed"),
        *("unchanged", "vanished", "refused", "scale_warnings", "undoes", "applied_by", "fingerprint"),
        *("not_after", "revocation", "replaces", "replaced_by", "step", "flow", "mode", "registration"),
        *("holder", "until", "taken_from", "failures", "code_out", "attempts", "about", "about_kind"),
        *("code", "verb", "permission", "findings", "door", "expected", "found", "what", "notice_days"),
        *("source", "rows", "digest", "form", "states", "changed_since", "records", "register"),
        *("template", "rules", "checked_with", "proposal", "request", "first", "last", "tags"),
        *("personal", "person", "automatic", "size", "root", "since", "first_bad", "seq"),
        *("with_values", "erased", "files", "login", "display_name", "roles"),
        *("second_person", "manner", "typed", "application", "registration_version", "mails_digest", "cases"),
        *("cases_digest", "approved", "left", "desk_request", "cancel_second_person"),
    }
)
"""Names of values that are codes, counters, days, numbers of records or names of staff. Whatever is not in here may be personal."""


def shown(entry: AuditEntry, staff: Staff) -> AuditEntry:
    """The event as that person may see it."""
    if staff.may(Permission.READ_PERSONAL):
        return entry
    event = entry.event
    masked = replace(
        event, before=_masked(event.before), after=_masked(event.after), facts=_masked(event.facts) or {}
    )
    return replace(entry, event=masked)


def _masked(values: JsonMap | None) -> JsonMap | None:
    if values is None:
        return None
    return {name: value if name in PLAIN else _hidden(value) for name, value in values.items()}


def _hidden(value: JsonValue) -> JsonValue:
    return value if value is None or value == "" else HIDDEN
