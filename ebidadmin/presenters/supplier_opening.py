"""State of what the help desk opens about one supplier: the two entries, what is shown, and until when."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from math import ceil

from ebidadmin.clock import jst
from ebidadmin.domain.applications import IdApplication
from ebidadmin.domain.cards import CardRegistration
from ebidadmin.domain.contacts import CONTACT_FIELDS, Contact
from ebidadmin.domain.ids import SupplierNumber
from ebidadmin.domain.permits import Permit
from ebidadmin.domain.registrations import Registration
from ebidadmin.domain.staff import Permission, Staff
from ebidadmin.errors import EbidError
from ebidadmin.presenters.eligibility_line import EligibilityLine, line_of
from ebidadmin.presenters.notices import Notice, done, refusal
from ebidadmin.presenters.record_lines import register_pairs
from ebidadmin.services import supplier_opening
from ebidadmin.services.ports import Office
from ebidadmin.services.supplier_opening import OPEN_FOR, OpenedSupplier
from ebidadmin.text import formats, imports, labels
from ebidadmin.text import queue as queue_words
from ebidadmin.text import registrations as record_words
from ebidadmin.text import supplier_opening as words

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class OpenView:
    """One supplier in words: ``sections`` are titles with labels and values."""

    title: str
    closes: datetime
    until: str
    eligibility: EligibilityLine
    sections: tuple[tuple[str, Pairs], ...]


class SupplierOpening:
    """``notice`` is what there is to say; ``view`` what is open, which closes by itself when its time is over."""

    def __init__(self, office: Office, *, staff: Staff) -> None:
        self._office, self._staff = office, staff
        self._open: OpenedSupplier | None = None
        self.notice: Notice | None = None

    @property
    def offered(self) -> bool:
        """Whether this person opens suppliers."""
        return self._staff.may(Permission.OPEN_SUPPLIER)

    @property
    def lead(self) -> str:
        return words.LEAD.format(minutes=int(OPEN_FOR.total_seconds() // 60))

    def open(self, entered: Mapping[str, str]) -> None:
        """Open the supplier of that ``supplier_number`` and ``trade_name``; what was open before closes."""
        number, name = entered.get("supplier_number", ""), entered.get("trade_name", "")
        self._show(
            lambda: supplier_opening.open_supplier(self._office, staff=self._staff, number=number, name=name)
        )
        if self._open is not None:
            self.notice = done(words.OPENED.format(title=_title(self._open)))

    def look(self) -> None:
        """Look again at what is open; says so where its time is over."""
        if self._open is not None:
            supplier = SupplierNumber(self._open.qualification.supplier_number)
            self._show(lambda: supplier_opening.look(self._office, staff=self._staff, supplier=supplier))

    def close(self) -> None:
        self._open, self.notice = None, done(words.CLOSED)

    def view(self) -> OpenView | None:
        """What is open at this moment; nothing any more once its time is over."""
        now = self._office.clock.now()
        if self._open is None or now >= self._open.until:
            self._open = None
            return None
        minutes = ceil((self._open.until - now).total_seconds() / 60)
        until = words.UNTIL.format(until=f"{jst(self._open.until):%H:%M}", minutes=minutes)
        line = line_of(self._open.eligibility)
        return OpenView(_title(self._open), self._open.until, until, line, tuple(_sections(self._open)))

    def _show(self, step: Callable[[], OpenedSupplier]) -> None:
        self._open, self.notice = None, None
        try:
            self._open = step()
        except EbidError as error:
            self.notice = refusal(error)


def _title(found: OpenedSupplier) -> str:
    record = found.qualification
    return record_words.supplier_title(record.supplier_number, record.trade_name)


def _sections(found: OpenedSupplier) -> Iterator[tuple[str, Pairs]]:
    record = found.qualification
    named = ("trade_name", "postcode", "address", "phone", "fax", "branch")
    compared = ((imports.field_label(name), str(getattr(record, name))) for name in named)
    yield record_words.SECTION_REGISTER, (*(pair for pair in compared if pair[1]), *register_pairs(record))
    yield from map(_application, found.applications)
    yield from map(_identified, found.identified)
    yield from map(_permit, found.permits)
    yield from map(_card, found.cards)
    if found.main_contact is not None:
        yield words.MAIN_CONTACT, tuple(_contact(found.main_contact.contact))


def _application(one: IdApplication) -> tuple[str, Pairs]:
    form = one.form
    state, at = queue_words.STATES[one.state], formats.moment(one.applied_at)
    single = ("trade_name", "company_phone", "company_fax", "branch", "user_id")
    return (
        words.APPLICATION.format(number=one.number, state=state, at=at),
        (
            *((labels.FIELD_LABELS[name], str(getattr(form, name))) for name in single),
            *_contact(form.main_contact, "main_contact"),
            *_contact(form.applicant_contact, "applicant_contact"),
        ),
    )


def _identified(one: Registration) -> tuple[str, Pairs]:
    state = record_words.REGISTRATION_STATES[one.state]
    return (
        words.IDENTIFIED.format(number=one.application, state=state),
        (
            (record_words.FACT_ENTERPRISE, one.enterprise_id),
            (labels.FIELD_LABELS["user_id"], one.user_id),
            *_contact(one.main_contact, "main_contact"),
            *_contact(one.applicant_contact, "applicant_contact"),
        ),
    )


def _permit(one: Permit) -> tuple[str, Pairs]:
    period = formats.period(one.valid_from, one.valid_to) if one.valid_from else formats.ABSENT
    return (
        words.PERMIT.format(number=one.id, state=queue_words.PERMIT_STATES[one.state]),
        (
            (words.APPLICANT, one.applicant),
            (record_words.COLUMN_PERIOD, period),
            (words.PERMIT_NOTE, one.note),
        ),
    )


def _card(one: CardRegistration) -> tuple[str, Pairs]:
    kept = one.certificate
    return (
        words.CARD.format(number=one.id, state=record_words.REGISTRATION_STATES[one.state]),
        (
            (words.COMPANY, kept.company_name),
            (words.COMPANY_ADDRESS, kept.company_address),
            (words.HOLDER, kept.holder_name),
            (words.SERIAL, kept.serial),
            (words.NOT_AFTER, formats.moment(kept.not_after)),
            *(
                (words.GROUP.format(group=words.CARD_CONTACT, name=label), value)
                for label, value in _contact(one.card_contact)
            ),
        ),
    )


def _contact(contact: Contact, group: str = "") -> Iterator[tuple[str, str]]:
    entered = contact.as_map()
    for name in CONTACT_FIELDS:
        label = labels.CONTACT_LABELS[name]
        short = labels.CONTACT_SHORT.get(group)
        yield (words.GROUP.format(group=short, name=label) if short else label), entered[name]
