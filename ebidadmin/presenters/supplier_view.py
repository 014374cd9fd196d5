"""How a supplier's page reads: every value as the text that stands on the screen."""

from __future__ import annotations

from dataclasses import dataclass

from ebidadmin.domain.cards import CardRegistration
from ebidadmin.domain.contacts import CONTACT_FIELDS, Contact
from ebidadmin.domain.events import Event
from ebidadmin.domain.followups import FollowUp, FollowUpState
from ebidadmin.domain.registrations import Registration
from ebidadmin.presenters.eligibility_line import EligibilityLine, line_of
from ebidadmin.presenters.record_lines import mail_lines, permit_lines, register_pairs
from ebidadmin.services.ports import Reasons
from ebidadmin.services.supplier_page import SupplierPage
from ebidadmin.text import card_labels, formats, imports, labels, messages
from ebidadmin.text import queue as queue_words
from ebidadmin.text import registrations as words
from ebidadmin.text.follow_up_sentences import follow_up_label, follow_up_sentence

Rows = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class FollowUpLine:
    """An item as shown; ``open`` says whether somebody can resolve it."""

    cells: tuple[str, ...]
    number: str
    open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierView:
    """The page in words. Rows stand under the headings of ``text.registrations`` and ``text.queue``."""

    number: str
    title: str
    enterprise_id: str
    eligibility: EligibilityLine
    register: tuple[tuple[str, str], ...]
    follow_ups: tuple[FollowUpLine, ...]
    identified: Rows
    cards: Rows
    contact: tuple[tuple[str, str], ...]
    permits: Rows
    applications: Rows
    mails: Rows
    events: Rows


def view_of(page: SupplierPage, permit_reasons: Reasons) -> SupplierView:
    """A supplier's page in words."""
    record = page.qualification
    return SupplierView(
        number=page.supplier_number,
        title=words.supplier_title(page.supplier_number, "" if record is None else record.trade_name),
        enterprise_id=page.enterprise_id or words.NO_ENTERPRISE,
        eligibility=line_of(page.eligibility),
        register=_register(page),
        follow_ups=tuple(_follow_up(one) for one in page.follow_ups),
        identified=tuple(_identified(one) for one in page.identified),
        cards=tuple(_card(one) for one in page.cards),
        contact=() if page.main_contact is None else _contact_pairs(page.main_contact.contact),
        permits=permit_lines(page.permits, permit_reasons),
        applications=tuple(
            (
                one.number,
                formats.moment(one.applied_at),
                queue_words.STATES[one.state],
                "" if one.decision is None else queue_words.decided(one.decision.by, one.decision.at),
            )
            for one in page.applications
        ),
        mails=mail_lines(page.mails),
        events=tuple(_event(one) for one in reversed(page.events)),
    )


def _register(page: SupplierPage) -> tuple[tuple[str, str], ...]:
    record = page.qualification
    if record is None:
        return ()
    compared = (
        (imports.field_label(name), str(getattr(record, name)))
        for name in ("trade_name", "postcode", "address", "phone", "fax", "branch")
    )
    return (*(pair for pair in compared if pair[1]), *register_pairs(record))


def _follow_up(item: FollowUp) -> FollowUpLine:
    closed = [formats.moment(item.closed_at), item.closed_by or "", item.note] if item.closed_at else []
    cells = (
        item.id,
        words.STATES[item.state],
        follow_up_label(item.code),
        follow_up_sentence(item.code, item.facts),
        formats.moment(item.opened_at),
        " ".join(part for part in closed if part),
    )
    return FollowUpLine(cells, item.id, item.state is FollowUpState.OPEN)


def _identified(one: Registration) -> tuple[str, ...]:
    return (
        one.application,
        words.REGISTRATION_STATES[one.state],
        one.user_id,
        formats.moment(one.created_at),
        _contact(one.main_contact),
        _contact(one.applicant_contact),
    )


def _card(one: CardRegistration) -> tuple[str, ...]:
    kept = one.certificate
    return (
        one.id,
        words.REGISTRATION_STATES[one.state],
        kept.serial,
        formats.moment(kept.not_after)[:10],
        kept.company_name or card_labels.NOT_IN_CERTIFICATE,
        card_labels.REVOCATIONS[one.revocation],
        _contact(one.card_contact),
        formats.moment(one.registered_at),
    )


def _contact(contact: Contact) -> str:
    return " ".join((contact.name, contact.person, contact.phone, contact.email))


def _contact_pairs(contact: Contact) -> tuple[tuple[str, str], ...]:
    entered = contact.as_map()
    return tuple((labels.CONTACT_LABELS[name], entered[name]) for name in CONTACT_FIELDS)


def _event(event: Event) -> tuple[str, ...]:
    kind = labels.KINDS.get(event.subject.kind.value, event.subject.kind.value)
    return (formats.moment(event.at), event.by, messages.event_label(event.tag), f"{kind} {event.subject.id}")
