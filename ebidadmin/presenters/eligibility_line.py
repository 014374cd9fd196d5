"""How it reads whether a supplier may take part in quotations: one line for every screen that shows a supplier."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from ebidadmin.domain.eligibility import Basis, Eligibility
from ebidadmin.domain.ids import SupplierNumber
from ebidadmin.errors import EbidError, InputError
from ebidadmin.presenters.notices import Notice, refusal
from ebidadmin.services.eligibility import on_day
from ebidadmin.services.ports import Office
from ebidadmin.text import eligibility as words


@dataclass(frozen=True, slots=True)
class EligibilityLine:
    """The answer with what is missing, the day that it is for (as ``2026-04-01``), whether that is today, and by which records it is
    told (empty for today)."""

    notice: Notice
    day: str
    today: bool
    basis: str


def line_of(found: Eligibility) -> EligibilityLine:
    """The answer in words."""
    today = found.basis is Basis.NOW
    on = words.on_day(found.day, today=today)
    if found.eligible:
        notice = Notice("success", f"{words.ELIGIBLE} ({on})")
    else:
        lacking = tuple(words.lack_sentence(one) for one in found.missing)
        notice = Notice("warning", f"{words.NOT_ELIGIBLE} ({on})", lacking)
    return EligibilityLine(notice, found.day.isoformat(), today, words.BASES[found.basis])


def staff_notice(office: Office, supplier: SupplierNumber) -> Notice:
    """The answer for today above a supplier's own screen, for staff who walk through it: never where the supplier itself works."""
    try:
        with office.uow() as uow:
            found = on_day(uow, supplier, now=office.clock.now())
    except EbidError as error:
        return refusal(error)
    notice = line_of(found).notice
    return replace(notice, text=words.for_staff(notice.text))


def day_asked(text: str) -> date | None:
    """The day that somebody chose, ``None`` for nothing chosen: today. Raises ``InputError`` (``day-unreadable``)."""
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise InputError("day-unreadable", value=text.strip()) from error
