"""What reports are made from: facts as of a moment, without anything that a report may not hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from ebidadmin.domain.applications import ApplicationState
from ebidadmin.services.auto_approval import ACTOR
from ebidadmin.services.case_file import Wait

AUTOMATICALLY = "approved-automatically"
"""What became of an application that nobody but the office's setting approved."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedApplication:
    """An application as it was at the moment; ``decided_at`` and ``decided_by`` only where it was decided by then."""

    number: str
    supplier_number: str
    trade_name: str
    state: ApplicationState
    wait: Wait
    decided_at: datetime | None = None
    decided_by: str | None = None
    reasons: tuple[str, ...] = ()
    """Codes of the catalogue, of one that was rejected by then."""

    @property
    def outcome(self) -> str:
        """Its state; ``AUTOMATICALLY`` where nobody but the setting approved it."""
        approved = self.state is ApplicationState.APPROVED
        return AUTOMATICALLY if approved and self.decided_by == ACTOR.login else self.state.value


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedMail:
    """A mail that was given up and not tried again by then; ``error`` is a code."""

    id: int
    kind: str
    about: str
    written_at: datetime
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedPermit:
    """A permit in force on the day whose supplier has no live ID; ``applied``: an application for one waits."""

    id: str
    supplier_number: str
    trade_name: str
    valid_from: date
    valid_to: date | None
    applied: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedId:
    """A live ID whose supplier has no permit in force on the day."""

    application: str
    supplier_number: str
    trade_name: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewFacts:
    """What the daily report on reviews is made from; lists are in order of time, then of key."""

    open: tuple[ReportedApplication, ...]
    decided: tuple[ReportedApplication, ...]
    mails: tuple[ReportedMail, ...]
    permits: tuple[ReportedPermit, ...]
    ids: tuple[ReportedId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailDay:
    """What the trail has of a stretch of time: events by tag, by person, and the moments of each person's events. ``by_timer`` are the
    places among ``moments`` of what no person did: the schedule's own runs of reports, and hourly anchors."""

    by_tag: Mapping[str, int]
    by_person: Mapping[str, int]
    moments: tuple[tuple[str, datetime], ...]
    by_timer: frozenset[int] = frozenset()


NO_DAY = TrailDay(by_tag={}, by_person={}, moments=())
"""Of a stretch of time that cannot be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Which state of the office a report saw: events in the hash tree, its root (hex; empty for none), and the register's
    version at the moment (``None`` before the first import)."""

    events: int
    root: str
    register_version: int | None


class ReportReader(Protocol):
    """The database's side of reports: reads only."""

    def review(self, *, as_of: datetime, decided_after: datetime, decided_until: datetime) -> ReviewFacts:
        """Open applications, mails, permits and IDs as of that moment; those decided after one moment up to and including another."""
        ...

    def trail(self, *, after: datetime, until: datetime) -> TrailDay:
        """The events after a moment up to and including another. Raises ``StorageError`` ``value-unreadable`` for one that the program
        never wrote."""
        ...

    def register_version(self, as_of: datetime) -> int | None: ...
