"""Saving the aggregates of the card side, version by version; see ``savers``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from ebidadmin.domain.card_sessions import CardSession
from ebidadmin.domain.cards import CardRegistration, MainContact
from ebidadmin.domain.case_records import CaseRecord
from ebidadmin.domain.contacts import Contact
from ebidadmin.domain.expiry_notices import ExpiryNotice
from ebidadmin.domain.followups import FollowUp
from ebidadmin.domain.ids import SupplierNumber
from ebidadmin.persistence import cards
from ebidadmin.persistence.expiry_notices import save_expiry_notice
from ebidadmin.persistence.follow_ups import follow_up_values
from ebidadmin.persistence.rows import changed_one
from ebidadmin.persistence.savers import Saver, Saving, issue_enterprise_id, save_plain
from ebidadmin.persistence.schema import ContactPointRow
from ebidadmin.persistence.schema_cards import (
    CardRow,
    CardSessionRow,
    CaseRecordRow,
    FollowUpRow,
    MainContactRow,
)
from ebidadmin.persistence.twins import digits, lowered


def save_card(saving: Saving, after: CardRegistration) -> bool:
    session = saving.session
    if after.version == 1:
        issue_enterprise_id(session, after.supplier_number, after.enterprise_id)
    saved = save_plain(session, CardRow, CardRow.id.key, cards.card_values(after))
    if saved:
        kept = (("card_contact", after.card_contact),) if after.is_live else ()
        _save_points(session, f"card:{after.id}", after.supplier_number, kept)
    return saved


def save_main_contact(saving: Saving, after: MainContact) -> bool:
    key, values = MainContactRow.supplier_number.key, cards.main_contact_values(after)
    saved = save_plain(saving.session, MainContactRow, key, values)
    if saved:
        kept = (("main_contact", after.contact),)
        _save_points(saving.session, f"cards:{after.supplier_number}", after.supplier_number, kept)
    return saved


def save_session(saving: Saving, after: CardSession) -> bool:
    return save_plain(saving.session, CardSessionRow, CardSessionRow.id.key, cards.session_values(after))


def save_case_record(saving: Saving, after: CaseRecord) -> bool:
    saving.session.execute(insert(CaseRecordRow).values(cards.case_record_values(after)))
    return True


def save_follow_up(saving: Saving, after: FollowUp) -> bool:
    return save_plain(saving.session, FollowUpRow, FollowUpRow.id.key, follow_up_values(after))


def save_notice(saving: Saving, after: ExpiryNotice) -> bool:
    return save_expiry_notice(saving.session, after)


CARD_SAVERS: Mapping[type, Saver] = {
    CardRegistration: save_card,
    MainContact: save_main_contact,
    CardSession: save_session,
    CaseRecord: save_case_record,
    FollowUp: save_follow_up,
    ExpiryNotice: save_notice,
}


def _save_points(
    session: Session, key: str, supplier: SupplierNumber, contacts: Iterable[tuple[str, Contact]]
) -> None:
    """Replace the twins by which a mail address or number shared with another supplier is found. The colon in ``key`` keeps them apart
    from those of IDs, whose key is an application number."""
    source = "registration"
    changed_one(
        session, delete(ContactPointRow).where(ContactPointRow.source == source, ContactPointRow.key == key)
    )
    rows = [
        {
            "source": source,
            "key": key,
            "field": f"{prefix}.{name}",
            "value": value,
            "supplier_number": supplier,
        }
        for prefix, contact in contacts
        for name, value in (("phone", digits(contact.phone)), ("email", lowered(contact.email)))
        if value
    ]
    if rows:
        session.execute(insert(ContactPointRow), rows)
