"""The rows of the card screens, from values: shown on the form and the confirmation, and printed."""

from __future__ import annotations

from collections.abc import Iterator

from ebidadmin.domain.card_forms import CardForm
from ebidadmin.domain.card_sessions import CardSession, ProvenCard
from ebidadmin.domain.cards import KeptCertificate
from ebidadmin.domain.contacts import Contact
from ebidadmin.domain.qualifications import Grade, Qualification
from ebidadmin.presenters.walkthrough_view import SectionView, ShownRow
from ebidadmin.services.card_checks import day
from ebidadmin.services.card_registration import Overview
from ebidadmin.text import card_screens, pages, screens
from ebidadmin.text import walkthrough as words
from ebidadmin.text.card_labels import GUESSED, NOT_IN_CERTIFICATE
from ebidadmin.text.screens import SectionText


def company_section(record: Qualification) -> SectionView:
    """The supplier as the register has it; nothing of it can be changed here."""
    rows: list[ShownRow] = []
    for key, label in card_screens.COMPANY.shown:
        value = getattr(record, key)
        if isinstance(value, Grade):
            rows.append(ShownRow(key, f"{screens.GRADES_TITLE} {label}", words.grades(value)))
        else:
            rows.append(ShownRow(key, label, str(value)))
    return SectionView(card_screens.COMPANY.key, card_screens.COMPANY.title, items=tuple(rows))


def holder_rows(certificate: KeptCertificate) -> tuple[ShownRow, ...]:
    """The four lines that come from the certificate; what it lacks is said to be lacking."""
    return tuple(
        ShownRow(key, label, _part(certificate, key)) for key, label in card_screens.CERTIFICATE_SHOWN
    )


def card_section(certificate: KeptCertificate) -> SectionView:
    """Number, issuer and end of the certificate, as the manual writes them."""
    values = {
        "serial": certificate.serial,
        "issuer": certificate.issuer,
        "not_after": day(certificate.not_after),
    }
    rows = tuple(ShownRow(key, label, values[key]) for key, label in card_screens.CARD.shown)
    return SectionView(card_screens.CARD.key, card_screens.CARD.title, items=rows)


def confirmed_sections(
    record: Qualification, form: CardForm | None, card: ProvenCard
) -> tuple[SectionView, ...]:
    """What the confirmation shows and the print repeats: everything of the form but the repeated address, and the certificate.

    A renewal has no form: its contacts are carried over.
    """
    sections = [company_section(record)]
    if form is not None:
        sections.append(_contact_section(card_screens.MAIN_CONTACT, form.main_contact))
    contact = None if form is None else form.card_contact
    sections.append(_contact_section(card_screens.CARD_CONTACT, contact, holder_rows(card.certificate)))
    return (*sections, card_section(card.certificate))


def printed_page(seen: Overview, ended: CardSession) -> pages.Page:
    """The confirmation as a page, once the walk is at its end; ``seen`` is what was confirmed. The PIN is nowhere in either."""
    number = words.NO_RECEIPT if ended.enterprise_id is None else ended.enterprise_id
    at = ended.trail[-1].at
    card = seen.session.card
    sections = () if card is None else confirmed_sections(seen.qualification, seen.form, card)
    return pages.Page(
        title=card_screens.CONFIRMATION.title,
        facts=(
            pages.PageRow("enterprise_id", pages.ENTERPRISE_ID, number),
            pages.PageRow("registered_at", pages.REGISTERED_AT, pages.wareki_moment(at)),
        ),
        sections=tuple(
            pages.PageSection(
                section.key,
                section.title,
                tuple(pages.PageRow(row.key, row.label, row.value) for row in section.rows),
            )
            for section in sections
        ),
        remark=pages.PRINTED_REHEARSAL if ended.rehearsal else "",
    )


def _contact_section(
    text: SectionText, contact: Contact | None, before: tuple[ShownRow, ...] = ()
) -> SectionView:
    rows = () if contact is None else tuple(_contact_rows(text, contact))
    return SectionView(text.key, text.title, items=(*before, *rows))


def _contact_rows(text: SectionText, contact: Contact) -> Iterator[ShownRow]:
    for field in text.fields:
        name = field.key.rpartition(".")[2]
        if name != "email_again":
            yield ShownRow(field.key, field.label, getattr(contact, name))


def _part(certificate: KeptCertificate, key: str) -> str:
    value = str(getattr(certificate, key))
    if not value:
        return NOT_IN_CERTIFICATE
    return f"{value}{GUESSED}" if key in certificate.guessed else value
