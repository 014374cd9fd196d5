"""Which group of log-ins may do what with which table of PostgreSQL, in one place: grants are made from it, and tests hold the services to
it.

What is not here nobody may. Rows and columns that a group sees of a table in part stand in ``role_views`` and ``ROWS``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ebidadmin.domain.staff import Role
from ebidadmin.persistence.staff_roles import EVERYBODY

S, I, U, D = "SELECT", "INSERT", "UPDATE", "DELETE"  # noqa: E741 - as the server's own lists of privileges write them


@dataclass(frozen=True, slots=True)
class Grant:
    """``columns`` empty: all of them."""

    group: str
    table: str
    verb: str
    columns: tuple[str, ...] = ()


REGISTER = (
    *("qualifications", "qualification_batches", "qualification_undoings", "qualification_corrections"),
    *("source_keys", "name_blocks", "name_pairs"),
)
STAGE = ("import_runs", "import_stage", "import_recognised", "checked_rows")
TRAIL = ("audit_events", "audit_leaves", "audit_nodes", "audit_heads", "audit_rows", "audit_erased")
OFFICE = (
    *("id_applications", "application_inquiries", "application_notes", "application_claims"),
    *("permits", "permit_proposals", "permit_dispatches", "import_requests", "desk_requests"),
    *("enterprise_ids", "registrations", "user_id_reservations", "contact_points"),
    *("card_registrations", "card_main_contacts", "card_sessions", "card_expiry_notices", "case_records"),
    *("id_case_records", "follow_ups", "mail_outbox", "report_runs"),
)
HASHED = ("id_applications", "registrations")
"""Tables that hold hashes of passwords: seen through a view by whoever need not reckon with these."""

_Lines = Mapping[str, tuple[str, ...]]

_EVERYBODY: _Lines = {
    **dict.fromkeys(("alembic_version", "desk_meta", *REGISTER), (S,)),
    # Who writes anything tells the trail, and lets its tree grow.
    "audit_events": (S, I),
    "audit_leaves": (I,),
    "audit_nodes": (S, I),
    "audit_rows": (I,),
    "sequences": (S, I, U),
    "queue_views": (S, I, U, D),
    "screen_places": (S, I, U, D),
}

_EVERYTHING: _Lines = dict.fromkeys((*OFFICE, *STAGE, *TRAIL, "staff_members"), (S,))
_VERIFIES: _Lines = {"audit_heads": (I,)}
_REPORTS: _Lines = {"report_runs": (I, U), "mail_outbox": (I,)}

_LINES: Mapping[str, tuple[_Lines, ...]] = {
    EVERYBODY: (_EVERYBODY,),
    Role.AUDITOR: (_EVERYTHING, _VERIFIES),
    Role.ADMINISTRATOR: (
        _EVERYTHING,
        _VERIFIES,
        _REPORTS,
        {"mail_outbox": (U,), "card_expiry_notices": (I,), "staff_members": (I, U), "desk_meta": (I, D)},
    ),
    Role.REVIEWER: (
        _EVERYTHING,
        _VERIFIES,
        _REPORTS,
        {
            "id_applications": (I, U),
            "application_inquiries": (I, D),
            "application_notes": (I,),
            "application_claims": (I, U),
            "permits": (I, U),
            "permit_proposals": (I, U),
            "permit_dispatches": (I,),
            "enterprise_ids": (I,),
            "registrations": (I, U),
            "desk_requests": (I, U),
            "user_id_reservations": (I, U, D),
            "contact_points": (I, D),
            "card_registrations": (I, U),
            "card_main_contacts": (I, U),
            "card_sessions": (I, U),
            "card_expiry_notices": (I,),
            "case_records": (I,),
            "id_case_records": (I,),
            "follow_ups": (I, U),
            "mail_outbox": (U,),
        },
    ),
    Role.APPROVER: (
        dict.fromkeys((one for one in _EVERYTHING if one not in HASHED), (S,)),
        _VERIFIES,
        {"permits": (U,), "permit_proposals": (U,), "import_requests": (U,), "desk_requests": (U,)},
    ),
    Role.IMPORTER: (
        dict.fromkeys(STAGE, (S, I, U, D)),
        {
            "qualifications": (I, U),
            "qualification_batches": (I,),
            "qualification_undoings": (I,),
            "qualification_corrections": (I,),
            "source_keys": (I,),
            "name_blocks": (I, U, D),
            "name_pairs": (I, U, D),
            "import_requests": (S, I, U),
            "enterprise_ids": (S,),
            "card_registrations": (S,),
            "card_main_contacts": (S,),
            "follow_ups": (S, I, U),
        },
    ),
    Role.HELP_DESK: (
        {
            "card_sessions": (S, I, U),
            "case_records": (S, I),
            "id_case_records": (S, I),
            "enterprise_ids": (S,),
        },
    ),
}

_COLUMNS = {
    # To join new leaves to the tree, their hashes are enough.
    EVERYBODY: (Grant(EVERYBODY, "audit_leaves", S, ("position", "seq", "leaf")),),
}


def grants() -> Iterator[Grant]:
    """All of them."""
    for group, parts in _LINES.items():
        verbs: dict[str, set[str]] = {}
        for part in parts:
            for table, given in part.items():
                verbs.setdefault(table, set()).update(given)
        for table in sorted(verbs):
            yield from (Grant(group, table, verb) for verb in sorted(verbs[table]))
        yield from _COLUMNS.get(group, ())


OWN = "person = session_user"

ROWS: Mapping[str, Mapping[str, str]] = {
    "audit_events": {
        EVERYBODY: '"by" = session_user',
        **dict.fromkeys((Role.REVIEWER, Role.APPROVER, Role.AUDITOR, Role.ADMINISTRATOR), "true"),
        # Who was faster with the same file, or with the same item that the import touches.
        Role.IMPORTER: "subject_kind IN ('import', 'import-request', 'follow-up')",
    },
    "queue_views": {EVERYBODY: OWN},
    "screen_places": {EVERYBODY: OWN},
    "card_sessions": {
        **dict.fromkeys((Role.REVIEWER, Role.APPROVER, Role.AUDITOR, Role.ADMINISTRATOR), "true"),
        Role.HELP_DESK: OWN,
    },
}
"""Of which tables a group sees, and changes, only some rows: by group the condition, of which one that holds is enough. What may be written
into the trail is held by triggers (``migrations.own_hand``)."""
