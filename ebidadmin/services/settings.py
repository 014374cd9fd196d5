"""The office's settings that rules depend on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from ebidadmin.domain.doors import Door, ServiceHours
from ebidadmin.domain.findings import FindingPolicy
from ebidadmin.domain.followups import FollowUpPolicy
from ebidadmin.domain.mails import MailDraft, MailKind


@dataclass(frozen=True, slots=True, kw_only=True)
class CardSettings:
    """``proof``: how long a proof of possession counts; ``unchecked_registers``: whether a card whose revocation is not known may be
    registered; ``most_cards`` of a supplier at a time, 0 for no limit; ``follow_up``: what the follow-up list looks for."""

    proof: timedelta = timedelta(minutes=30)
    unchecked_registers: bool = True
    most_cards: int = 0
    follow_up: FollowUpPolicy = field(default_factory=FollowUpPolicy)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The office's settings that rules depend on, with their defaults."""

    target_days: int = 5
    enterprise_prefix: str = "13521"
    lease: timedelta = timedelta(minutes=15)
    hours: Mapping[Door, ServiceHours] = field(default_factory=dict)
    findings: FindingPolicy = field(default_factory=FindingPolicy)
    cards: CardSettings = field(default_factory=CardSettings)
    scale_share: float = 0.05
    second_person: bool = False
    """Whether a change of the register beyond ``scale_share`` needs another person's confirmation."""
    request_days: int = 5
    """Working days for which a request for that confirmation lives."""
    permit_second_person: bool = False
    """Whether a decision on a permit needs another person's confirmation, which lives ``permit_request_days`` working days."""
    permit_request_days: int = 5
    one_person: bool = False
    """Whether one person works here alone: what wants a second person then needs a typed confirmation (``services.second_person``)."""
    bulk_second_person: bool = False
    """Whether approving several applications at one word needs another person's confirmation, which lives ``bulk_request_days`` working
    days."""
    bulk_request_days: int = 5
    cancel_second_person: bool = False
    """Whether cancelling an ID does, within ``cancel_request_days`` working days."""
    cancel_request_days: int = 5
    retries: int = 8
    auto_approve: bool = False
    lock_after: int = 3
    """Wrong passwords in a row that lock an ID."""
    code_days: int = 14
    """Days for which a one-time code can be used."""
    report_alarm_to: tuple[str, ...] = ()
    report_keep: timedelta | None = None
    """Who of the office is told that a report failed, and how long outputs are kept; ``None``: for ever."""
    send_at_once: bool = True
    unmailed: frozenset[MailKind] = frozenset()
    """Whether who caused a mail sends it, and kinds of mails that the office does not send."""

    idle_lock: timedelta | None = None
    """How long a screen that nobody touches stays open; ``None``: for ever."""

    def mailed(self, *drafts: MailDraft) -> tuple[MailDraft, ...]:
        """Those of the drafts that are sent."""
        return tuple(draft for draft in drafts if draft.kind not in self.unmailed)
