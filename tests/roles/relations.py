"""Which role reads and writes which relation of the database, written down by hand from the table of roles: one letter a role.

R reviewer, A approver, I importer, H help desk, U auditor, M administrator. What is not here nobody may.
"""

from __future__ import annotations

from dataclasses import dataclass

ALL = "RAIHUM"


@dataclass(frozen=True)
class Rights:
    """Who reads all columns, who adds rows, who changes and who removes them; ``columns``: what everybody reads of a table else closed."""

    read: str
    add: str = ""
    change: str = ""
    remove: str = ""
    columns: tuple[str, ...] = ()


_SHARED = Rights(ALL, ALL, ALL, ALL)
_STAGED = Rights("RAIUM", "I", "I", "I")
_COMPUTED = Rights(ALL, "I", "I", "I")

PUBLIC: dict[str, Rights] = {
    # The register, which everybody reads and an import writes.
    "qualifications": Rights(ALL, "I", "I"),
    "qualification_batches": Rights(ALL, "I"),
    "qualification_undoings": Rights(ALL, "I"),
    "qualification_corrections": Rights(ALL, "I"),
    "source_keys": Rights(ALL, "I"),
    "name_blocks": _COMPUTED,
    "name_pairs": _COMPUTED,
    "import_runs": _STAGED,
    "import_stage": _STAGED,
    "import_recognised": _STAGED,
    "checked_rows": _STAGED,
    "import_requests": Rights("RAIUM", "I", "IA"),
    # Applications and IDs: hashes of passwords are for those who reckon with them.
    "id_applications": Rights("RUM", "R", "R"),
    "registrations": Rights("RUM", "R", "R"),
    "application_inquiries": Rights("RAUM", "R", "", "R"),
    "application_notes": Rights("RAUM", "R"),
    "application_claims": Rights("RAUM", "R", "R"),
    "user_id_reservations": Rights("RAUM", "R", "R", "R"),
    "contact_points": Rights("RAUM", "R", "", "R"),
    "enterprise_ids": Rights(ALL, "R"),
    "permits": Rights("RAUM", "R", "RA"),
    "permit_proposals": Rights("RAUM", "R", "RA"),
    "desk_requests": Rights("RAUM", "R", "RA"),
    "permit_dispatches": Rights("RAUM", "R"),
    # Cards: an import compares them with the register; the help desk walks and writes down cases.
    "card_registrations": Rights("RAIUM", "R", "R"),
    "card_main_contacts": Rights("RAIUM", "R", "R"),
    "card_sessions": Rights("RAHUM", "RH", "RH"),
    "card_expiry_notices": Rights("RAUM", "RM"),
    "case_records": Rights("RAHUM", "RH"),
    "id_case_records": Rights("RAHUM", "RH"),
    "follow_ups": Rights("RAIUM", "RI", "RI"),
    "mail_outbox": Rights("RAUM", "RM", "RM"),
    "report_runs": Rights("RAUM", "RM", "RM"),
    "staff_members": Rights("RAUM", "M", "M"),
    # The trail is added to by everybody, changed by nobody.
    "audit_events": Rights(ALL, ALL),
    "audit_leaves": Rights("RAUM", ALL, columns=("position", "seq", "leaf")),
    "audit_nodes": Rights(ALL, ALL),
    "audit_rows": Rights("RAUM", ALL),
    "audit_heads": Rights("RAUM", "RAUM"),
    "audit_erased": Rights("RAUM"),
    # What anybody needs in order to work at all.
    "sequences": Rights(ALL, ALL, ALL),
    "queue_views": _SHARED,
    "screen_places": _SHARED,
    "alembic_version": Rights(ALL),
    "desk_meta": Rights(ALL, "M", "", "M"),
}

VIEWS: dict[tuple[str, str], str] = {
    ("office_hashless", "id_applications"): "A",
    ("office_hashless", "registrations"): "A",
    ("office_masked", "id_applications"): "IH",
    ("office_masked", "registrations"): "IH",
    ("office_masked", "permits"): "IH",
    ("office_masked", "card_registrations"): "IH",
    ("office_masked", "card_main_contacts"): "IH",
    ("office_masked", "application_inquiries"): "H",
}
"""By schema and name who reads it; nobody writes it."""

HASHES: dict[str, tuple[str, ...]] = {
    "id_applications": ("password_hash",),
    "registrations": ("password_hash", "code_hash"),
}

PERSONAL: dict[str, tuple[str, ...]] = {
    "id_applications": (
        *("company_phone", "company_fax", "main_contact", "applicant_contact", "user_id", "user_id_folded"),
        *("phones_folded", "mails_folded", "decision_note"),
    ),
    "registrations": ("user_id", "main_contact", "applicant_contact"),
    "permits": ("applicant", "applicant_folded", "note"),
    "card_registrations": ("holder_name", "company_address", "card_contact", "der", "guessed"),
    "card_main_contacts": ("contact",),
    "application_inquiries": ("text", "answer"),
}
"""Columns of which the help desk sees no value; nor do importers, but for those of cards."""

OWN: dict[str, tuple[str, str]] = {
    "audit_events": ("by", "H"),
    "card_sessions": ("person", "H"),
    "queue_views": ("person", ALL),
    "screen_places": ("person", ALL),
}
"""Tables of which those roles see the rows alone that bear their own name, by the column that holds it."""

FUNCTIONS: dict[str, str] = {"ebid_give_roles": "M", "ebid_know_sizes": "I", "ebid_opened_suppliers": "IH"}
"""Functions of the office, and who may call them."""
