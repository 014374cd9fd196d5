"""What log-ins see of tables that hold more than is for them: views of the same names in a schema that stands before the tables' own.

The same statements then find the views. Hashes of passwords are in none of them; names, addresses and numbers of people are masked for
whoever may not read personal data.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ebidadmin.domain.staff import Role
from ebidadmin.persistence.staff_roles import HASHLESS, MASKED, OPENED, group
from ebidadmin.persistence.tables import all_tables

MASK = "*****"

HIDDEN_HASH = "(hidden)"

_CONTACT = (
    "{"
    + ",".join(
        f'"{name}":"{MASK}"' for name in ("address", "email", "fax", "name", "person", "phone", "postcode")
    )
    + "}"
)

_HASHES: Mapping[str, tuple[str, ...]] = {
    "id_applications": ("password_hash",),
    "registrations": ("password_hash", "code_hash"),
}

_PERSONAL: Mapping[str, Mapping[str, str]] = {
    "id_applications": {
        "company_phone": MASK,
        "company_fax": MASK,
        "main_contact": _CONTACT,
        "applicant_contact": _CONTACT,
        "user_id": MASK,
        "user_id_folded": MASK,
        "phones_folded": MASK,
        "mails_folded": MASK,
        "decision_note": "",
    },
    "registrations": {"user_id": MASK, "main_contact": _CONTACT, "applicant_contact": _CONTACT},
    "permits": {"applicant": MASK, "applicant_folded": MASK, "note": ""},
    "card_registrations": {
        "holder_name": MASK,
        "company_address": MASK,
        "card_contact": _CONTACT,
        "der": "",
        "guessed": "[]",
    },
    "card_main_contacts": {"contact": _CONTACT},
    "application_inquiries": {"text": MASK, "answer": MASK},
}
"""By table what is seen in place of a value."""

_CLOSED = ("application_inquiries",)
"""Tables that only the help desk sees, masked for ever: a rehearsal needs to know that there is an application that waits for an answer."""

_COMPARED = ("card_registrations", "card_main_contacts")
"""Tables that an importer sees plain: an import compares the holders of cards with the register anew."""


def views(number: int) -> Iterator[str]:
    """Statements that make the views of the office in the database of that number, and let their readers read them."""
    approvers, help_desk = group(number, Role.APPROVER), group(number, Role.HELP_DESK)
    importers = group(number, Role.IMPORTER)
    yield from _schema(HASHLESS, approvers, {name: {} for name in _HASHES}, number)
    yield from _schema(MASKED, f"{importers}, {help_desk}", _PERSONAL, number)
    yield from (f"REVOKE ALL ON {MASKED}.{name} FROM {importers}" for name in _CLOSED)


def _schema(schema: str, readers: str, masks: Mapping[str, Mapping[str, str]], number: int) -> Iterator[str]:
    # Anew: a column that came with an upgrade stands in its place.
    yield f"DROP SCHEMA IF EXISTS {schema} CASCADE"
    yield f"CREATE SCHEMA {schema}"
    yield f"GRANT USAGE ON SCHEMA {schema} TO {readers}"
    for name, masked in masks.items():
        columns = ", ".join(
            _column(name, one.name, masked, number) for one in all_tables().tables[name].columns
        )
        yield f"CREATE VIEW {schema}.{name} WITH (security_barrier) AS SELECT {columns} FROM public.{name}"  # noqa: S608 - names are our own
        yield f"GRANT SELECT ON {schema}.{name} TO {readers}"


def _column(table: str, column: str, masks: Mapping[str, str], number: int) -> str:
    quoted = f'"{column}"'
    if column in _HASHES.get(table, ()):
        return f"CASE WHEN {quoted} IS NOT NULL THEN '{HIDDEN_HASH}' END COLLATE \"C\" AS {quoted}"
    if column not in masks:
        return quoted
    plain = f"{quoted} IS NULL OR {quoted} = ''"
    if table not in _CLOSED:
        # Asked for once a statement, not once a row.
        plain += f" OR supplier_number = ANY ((SELECT {OPENED}())::text[])"
    if table in _COMPARED:
        plain += f" OR pg_has_role(session_user, '{group(number, Role.IMPORTER)}', 'MEMBER')"
    return f"CASE WHEN {plain} THEN {quoted} ELSE '{masks[column]}' END COLLATE \"C\" AS {quoted}"
