"""What asks for a second person has in common: its life, and that whoever asked never confirms.

What exactly is asked, and when nothing can come of it any more, belongs to each kind of request (``import_requests``,
``permit_proposals``, ``desk_requests``).
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, TypeVar

from ebidadmin.domain.events import JsonMap
from ebidadmin.errors import IllegalTransitionError, InputError, Problem, RuleError


class RequestState(StrEnum):
    REQUESTED = "requested"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    APPLIED = "applied"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request and what became of it.

    ``expires_at`` is the first moment at which nothing can come of it. ``confirmed_by`` stays whatever becomes of a confirmed one;
    ``ended_by``, ``ended_at`` and ``reason`` tell of its end.
    """

    open_states: ClassVar[frozenset[RequestState]]
    """States in which something can still come of a request of that kind."""

    id: str
    requested_by: str
    requested_at: datetime
    expires_at: datetime
    state: RequestState = RequestState.REQUESTED
    version: int = 1
    confirmed_by: str | None = None
    confirmed_at: datetime | None = None
    ended_by: str | None = None
    ended_at: datetime | None = None
    reason: str = ""

    @property
    def is_open(self) -> bool:
        return self.state in self.open_states

    def asked_by(self, login: str) -> bool:
        """Whether that person asked; ignoring case, because log-ins do."""
        return same_person(self.requested_by, login)


R = TypeVar("R", bound=Request)


def life_map(one: Request) -> JsonMap:
    """What the audit trail keeps of every request, JSON-ready, beside what was asked. Moments of steps are those of their events."""
    return {
        "state": one.state.value,
        "version": one.version,
        "requested_by": one.requested_by,
        "expires_at": one.expires_at.isoformat(),
        "confirmed_by": one.confirmed_by,
        "reason": one.reason,
    }


def same_person(one: str, other: str) -> bool:
    """Whether two log-ins are one person's: ignoring case and what stands around them."""
    return one.strip().casefold() == other.strip().casefold()


def digest(plain: object) -> str:
    """SHA-256 (hex) of a JSON-ready value, whatever the order of its keys."""
    return hashlib.sha256(json.dumps(plain, sort_keys=True, ensure_ascii=True).encode("ascii")).hexdigest()


def confirmed(one: R, *, by: str, at: datetime) -> R:
    """Confirmed by another person. Raises ``RuleError`` ``own-request`` and ``IllegalTransitionError``."""
    expect(one, "confirm", RequestState.REQUESTED)
    _another(one, by)
    return replace(
        one, state=RequestState.CONFIRMED, version=one.version + 1, confirmed_by=by, confirmed_at=at
    )


def declined(one: R, *, reason: str, by: str, at: datetime) -> R:
    """Declined by another person, for a reason. Raises as ``confirmed`` does, and ``InputError`` ``reason-missing``."""
    expect(one, "decline", *one.open_states)
    _another(one, by)
    why = reason.strip()
    if not why:
        raise InputError("reason-missing", [Problem("reason", "required")])
    return ended(one, RequestState.DECLINED, by=by, at=at, reason=why)


def withdrawn(one: R, *, by: str, at: datetime) -> R:
    """Taken back by whoever asked. Raises ``RuleError`` ``request-of-other`` and ``IllegalTransitionError``."""
    expect(one, "withdraw", *one.open_states)
    if not one.asked_by(by):
        raise RuleError("request-of-other", id=one.id, by=one.requested_by)
    return ended(one, RequestState.WITHDRAWN, by=by, at=at)


def expired(one: R, why: StrEnum | None, *, by: str, at: datetime) -> R:
    """Nothing can come of it any more; ``by`` is who came upon it. Raises ``IllegalTransitionError`` where there is no such reason."""
    if why is None:
        raise illegal(one, "expire")
    return ended(one, RequestState.EXPIRED, by=by, at=at, reason=why.value)


def ended(one: R, state: RequestState, *, by: str, at: datetime, reason: str = "") -> R:
    """At its end."""
    return replace(one, state=state, version=one.version + 1, ended_by=by, ended_at=at, reason=reason)


def expect(one: Request, verb: str, *states: RequestState) -> None:
    """Raises ``IllegalTransitionError`` unless it is in one of ``states``."""
    if one.state not in states:
        raise illegal(one, verb)


def illegal(one: Request, verb: str, state: RequestState | None = None) -> IllegalTransitionError:
    """That it has no such step; ``state`` is what it has come to where that is not recorded yet."""
    told = (state or one.state).value
    return IllegalTransitionError("illegal-transition", subject=one.id, state=told, verb=verb)


def _another(one: Request, by: str) -> None:
    if one.asked_by(by):
        raise RuleError("own-request", id=one.id, by=one.requested_by)
