"""What the reports on registrations and on the register are made from: facts as of a moment, with nothing that a report may not hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from ebidadmin.domain.events import EventTag
from ebidadmin.domain.followups import About, FollowUpCode
from ebidadmin.domain.ids import BatchId
from ebidadmin.domain.imports import ProblemKind, RecordChange
from ebidadmin.errors import Facts
from ebidadmin.services.report_facts import ReportedApplication


class Method(StrEnum):
    """How a supplier registers: the first card or a further one, a card in place of another, or ID and password."""

    CARD = "card"
    RENEWAL = "renewal"
    ID = "id"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedItem:
    """An item of the follow-up list that was open at the moment; its facts as the list has them now."""

    id: str
    code: FollowUpCode
    about: About
    supplier_number: str
    trade_name: str
    opened_at: datetime
    facts: Facts


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedCard:
    """A card that was live at the moment. ``told_at``: its supplier was told of the end by then. ``valid_to`` is the end of the
    qualification as the register had it; ``None`` for one without an end, and where the register did not have the supplier
    (``in_register``)."""

    id: str
    supplier_number: str
    trade_name: str
    holder_name: str
    not_after: datetime
    told_at: datetime | None
    in_register: bool
    valid_to: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedHolder:
    """Somebody took somebody's place: ``what`` is ``holder`` (of a card), or the field of the register (``representative_name``,
    ``delegate_name``); ``source`` the card's number or that of the import."""

    supplier_number: str
    trade_name: str
    what: str
    before: str
    after: str
    at: datetime
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpFacts:
    """What the weekly report is made from: items by the moment of their opening, cards by their end, changes by their moment."""

    items: tuple[ReportedItem, ...]
    cards: tuple[ReportedCard, ...]
    holders: tuple[ReportedHolder, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """A registration that was made. ``categories`` are fields of the register (``grade_sale``) in which the supplier was graded at the end
    of that month (of the time that is counted, if that ended before)."""

    method: Method
    supplier_number: str
    at: datetime
    categories: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthlyFacts:
    """What the monthly report is made from: registrations and decisions of a stretch of time, in order of time."""

    registered: tuple[Registered, ...]
    decided: tuple[ReportedApplication, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Concerned:
    """A supplier with a live registration or an open application whose record an import changed: ``fields`` of it that changed (none of one
    that vanished or came), ``reasons`` for which somebody has to look at it (as the import itself said them; none: nobody), and how
    it was registered at the time."""

    supplier_number: str
    trade_name: str
    kind: str
    fields: tuple[str, ...]
    reasons: tuple[str, ...]
    cards: int
    has_id: bool
    application: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedFacts:
    """What the report on an import is made from. ``problems`` (how many), ``problem_kinds`` (none of an import whose event does not say
    them) and ``warnings`` (``code:share``) are what its event says; ``undoes`` and ``corrects`` say which kind of batch it was."""

    number: BatchId
    file_name: str
    layout: str
    by: str
    applied_at: datetime
    counts: Mapping[str, int]
    problems: int
    problem_kinds: tuple[ProblemKind, ...]
    warnings: tuple[str, ...]
    undoes: BatchId | None
    corrects: str | None
    reason: str
    changes: tuple[RecordChange, ...]
    concerned: tuple[Concerned, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What the register had of a supplier, and how it was registered: ``before`` is the latest end before that of the present record which
    an earlier record of it had; what an import said that was undone does not count, nor what a correction by hand put right (one that
    lets the qualification begin later as well is a renewal). ``None`` for ``before``: it was not renewed."""

    supplier_number: str
    trade_name: str
    valid_to: date | None
    before: date | None
    cards: int
    has_id: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CliffFacts:
    """Every supplier of the register as of the moment, by number; ``missing``: those with a live registration that it does not have, with
    the end of the last record that it had."""

    held: tuple[Held, ...]
    missing: tuple[Held, ...] = ()


class Standing(StrEnum):
    """How a registration stands: usable, stopped by the office, of a card whose certificate is over, of an ID locked by wrong passwords."""

    CARD_USABLE = "card-usable"
    CARD_SUSPENDED = "card-suspended"
    CARD_EXPIRED = "card-expired"
    ID_USABLE = "id-usable"
    ID_SUSPENDED = "id-suspended"
    ID_LOCKED = "id-locked"


@dataclass(frozen=True, slots=True, kw_only=True)
class YearFacts:
    """Events of the fiscal year by month (its first day) and tag, approvals that nobody but the setting decided by month, and how many
    registrations there were at its end (``standing``), and suppliers in the register."""

    events: Mapping[tuple[date, EventTag], int]
    automatic: Mapping[date, int]
    standing: Mapping[Standing, int]
    suppliers: int
