"""How long what is kept of a supplier stays, and from which day on its personal data may be erased."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum

from ebidadmin.clock import fiscal_year
from ebidadmin.errors import RuleError

YEARS = 5
"""Years of keeping unless an office says otherwise. Japanese municipalities keep documents in classes of 30, 10, 5, 3, 1 and less than
one year, counted from the fiscal year of their making (Nankoku City's rule of document management, R5). In which class the forms of a
registration fall no rule that we found says; five years is what stands beside contracts and applications as a rule."""

LONGEST = 30
"""Years of the longest class of that rule."""


class KeptKind(StrEnum):
    """What is kept of a supplier, as far as the time of its keeping is a matter of its own."""

    REGISTER = "register"
    APPLICATION = "application"
    PERMIT = "permit"
    REGISTRATION = "registration"
    CARD = "card"
    HELP_DESK = "help-desk"
    """Records of walks through the screens with somebody on the telephone."""
    MAIL = "mail"


@dataclass(frozen=True, slots=True, order=True)
class Kept:
    """One thing that is kept: ``ended`` is the day in Japan on which it ended, ``None`` as long as it has not."""

    kind: KeptKind
    key: str
    ended: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """Years for which each kind is kept after the end of the fiscal year (April to March) in which it ended. A mail is kept as long as an
    application."""

    register: int = YEARS
    applications: int = YEARS
    permits: int = YEARS
    registrations: int = YEARS
    cards: int = YEARS
    help_desk: int = YEARS

    def __post_init__(self) -> None:
        if not all(0 <= getattr(self, field.name) <= LONGEST for field in fields(self)):
            raise ValueError(f"years of keeping are from 0 to {LONGEST}")

    def years(self, kind: KeptKind) -> int:
        """For how many years that kind is kept."""
        return {
            KeptKind.REGISTER: self.register,
            KeptKind.APPLICATION: self.applications,
            KeptKind.PERMIT: self.permits,
            KeptKind.REGISTRATION: self.registrations,
            KeptKind.CARD: self.cards,
            KeptKind.HELP_DESK: self.help_desk,
            KeptKind.MAIL: self.applications,
        }[kind]


def kept_until(ended: date, years: int) -> date:
    """The first day on which it need not be kept any more: an April 1."""
    return date(fiscal_year(ended) + 1 + years, 4, 1)


def running(kept: Collection[Kept]) -> Kept | None:
    """What has not ended, where there is such."""
    return min((one for one in kept if one.ended is None), default=None, key=lambda one: (one.kind, one.key))


def due_on(kept: Collection[Kept], retention: Retention) -> date | None:
    """The first day on which nothing of it need be kept; ``None`` while something has not ended, or where nothing is kept."""
    days = [kept_until(one.ended, retention.years(one.kind)) for one in kept if one.ended is not None]
    return None if running(kept) is not None or not days else max(days)


def require_due(kept: Collection[Kept], retention: Retention, *, today: date) -> None:
    """Raises ``RuleError`` ``erasure-running`` with what has not ended, ``erasure-not-due`` with the day from which on it may be done."""
    open_one = running(kept)
    if open_one is not None:
        raise RuleError("erasure-running", kept=open_one.kind.value, id=open_one.key)
    day = due_on(kept, retention)
    if day is not None and today < day:
        raise RuleError("erasure-not-due", due=day.isoformat())
