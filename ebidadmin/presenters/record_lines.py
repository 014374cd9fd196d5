"""Lines about what the office keeps, as several screens show them."""

from __future__ import annotations

from collections.abc import Iterable

from ebidadmin.domain.mails import OutboxMail
from ebidadmin.domain.permits import Permit
from ebidadmin.domain.qualifications import Grade, Qualification
from ebidadmin.presenters.given_reasons import given_reason
from ebidadmin.services.ports import Reasons
from ebidadmin.text import formats, imports, mail_sentences
from ebidadmin.text import queue as words
from ebidadmin.text.permits import number_shown, permit_remark

REGISTER_FIELDS = (
    "kana",
    "corporate_number",
    "representative_title",
    "representative_name",
    "delegate_title",
    "delegate_name",
    "grade_manufacture",
    "grade_sale",
    "grade_service",
    "grade_purchase",
    "remarks",
)
"""What the register knows beyond the fields that are compared."""


def register_pairs(record: Qualification | None) -> tuple[tuple[str, str], ...]:
    """What the register has of a supplier, beside what a comparison shows: label and value; nothing where it has none."""
    if record is None:
        return ()
    pairs = [(words.FACT_QUALIFICATION, formats.period(record.valid_from, record.valid_to))]
    if record.suspended_from is not None or record.suspended_to is not None:
        pairs.append((words.FACT_SUSPENDED, formats.period(record.suspended_from, record.suspended_to)))
    for name in REGISTER_FIELDS:
        value = getattr(record, name)
        shown = words.GRADES[value] if isinstance(value, Grade) else value
        if shown:
            pairs.append((imports.field_label(name), shown))
    return (*pairs, *((heading, value) for heading, value in record.extra.items() if value))


def permit_lines(permits: Iterable[Permit], reasons: Reasons) -> tuple[tuple[str, ...], ...]:
    """Rows under ``queue.PERMIT_HEADINGS``; ``reasons`` is the catalogue of refusals."""
    return tuple(
        (
            permit.id,
            formats.day(permit.received),
            words.PAPER_CHANNELS[permit.channel],
            words.PERMIT_STATES[permit.state],
            number_shown(permit),
            formats.period(permit.valid_from, permit.valid_to) if permit.valid_from else formats.ABSENT,
            permit_remark(permit, [given_reason(reasons, code) for code in permit.refusal_reasons])
            or permit.note,
        )
        for permit in permits
    )


def mail_lines(mails: Iterable[OutboxMail]) -> tuple[tuple[str, ...], ...]:
    """Rows under ``queue.MAIL_HEADINGS``."""
    return tuple(
        (
            words.MAIL_KINDS[mail.draft.kind],
            formats.moment(mail.written_at),
            mail_sentences.state(mail),
            formats.moment(mail.sent_at),
            ", ".join(mail.draft.to),
        )
        for mail in mails
    )
