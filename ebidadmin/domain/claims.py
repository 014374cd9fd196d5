"""A case opened by a person is leased to them for a while, so that two do not work on it at once.

A lease never blocks reading; a decision needs none, but another person's live lease refuses it unless it is taken over.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ebidadmin.domain.events import Event, EventTag, Subject, SubjectKind
from ebidadmin.domain.ids import ApplicationNumber
from ebidadmin.domain.transition import Transition
from ebidadmin.errors import HeldByOtherError

DEFAULT_LEASE = timedelta(minutes=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Who holds a case until when; ``holder`` is ``None`` once it is released."""

    application: ApplicationNumber
    holder: str | None
    until: datetime
    version: int = 1

    def held_by_other(self, person: str, at: datetime) -> bool:
        return self.holder is not None and self.holder != person and at < self.until


def claim(
    present: Claim | None,
    *,
    application: ApplicationNumber,
    by: str,
    at: datetime,
    lease: timedelta = DEFAULT_LEASE,
    take_over: bool = False,
) -> Transition[Claim]:
    """Take or renew the lease. Raises ``HeldByOtherError`` while another holds it, unless ``take_over``."""
    refuse_if_held(present, by=by, at=at, take_over=take_over)
    if present is None:
        after = Claim(application=application, holder=by, until=at + lease)
        return Transition(after, (_event(EventTag.APPLICATION_CLAIMED, after, by, at),))
    after = replace(present, holder=by, until=at + lease, version=present.version + 1)
    if present.held_by_other(by, at):
        tag = EventTag.APPLICATION_CLAIM_TAKEN_OVER
    elif present.holder == by and at < present.until:
        tag = EventTag.APPLICATION_CLAIM_RENEWED
    else:
        tag = EventTag.APPLICATION_CLAIMED
    return Transition(after, (_event(tag, after, by, at, taken_from=present.holder),))


def release(present: Claim, *, by: str, at: datetime) -> Transition[Claim]:
    """Give the case back. Raises ``HeldByOtherError`` when it is another's."""
    refuse_if_held(present, by=by, at=at)
    after = replace(present, holder=None, until=at, version=present.version + 1)
    return Transition(after, (_event(EventTag.APPLICATION_CLAIM_RELEASED, after, by, at),))


def refuse_if_held(present: Claim | None, *, by: str, at: datetime, take_over: bool = False) -> None:
    """Raises ``HeldByOtherError`` when another person's lease lives and is not taken over."""
    if present is not None and not take_over and present.held_by_other(by, at):
        raise HeldByOtherError(
            "held-by-other", id=present.application, holder=present.holder, until=present.until.isoformat()
        )


def _event(tag: EventTag, after: Claim, by: str, at: datetime, taken_from: str | None = None) -> Event:
    return Event(
        tag=tag,
        subject=Subject(SubjectKind.APPLICATION, after.application),
        by=by,
        at=at,
        after={"holder": after.holder, "until": after.until.isoformat()},
        facts={} if taken_from in (None, by) else {"taken_from": taken_from},
    )
