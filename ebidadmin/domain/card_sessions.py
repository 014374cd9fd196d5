"""A walk through the card screens, kept step by step, so that a reload or a restarted program goes on where it was.

No secret is kept: of the PIN nothing at all, of a proof of possession the certificate it was made with, its moment, and a digest of its
challenge. Whoever holds the challenge itself (the running program) may register; after a restart nobody does, and the PIN is asked
for again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from ebidadmin.domain.cards import KeptCertificate
from ebidadmin.domain.events import Event, EventTag, JsonMap, JsonValue, Subject, SubjectKind
from ebidadmin.domain.ids import BatchId, CardId, CardSessionId, EnterpriseId, SupplierNumber
from ebidadmin.domain.transition import Transition
from ebidadmin.errors import IllegalTransitionError, RuleError

LONGEST_TRAIL = 200
"""Steps that a session remembers; whoever walks on and on loses the oldest."""


class CardMode(StrEnum):
    """What a walk is for: the real thing, showing it with the real card, or training on a simulated one."""

    REGISTER = "register"
    REHEARSAL = "rehearsal"
    TRAINING = "training"


class CardFlow(StrEnum):
    REGISTRATION = "registration"
    CHANGE = "change"
    RENEWAL = "renewal"


class CardStep(StrEnum):
    """Where a walk stands. ``NEW_PIN`` is the PIN of the card that takes the place of another."""

    PIN = "pin"
    NEW_PIN = "new-pin"
    CLIENT = "client"
    SEARCH = "search"
    FORM = "form"
    CONFIRM = "confirm"
    DONE = "done"


class SessionState(StrEnum):
    OPEN = "open"
    DONE = "done"
    ABANDONED = "abandoned"


STEPS: Mapping[CardFlow, tuple[CardStep, ...]] = {
    CardFlow.REGISTRATION: (
        *(CardStep.PIN, CardStep.CLIENT, CardStep.SEARCH),
        *(CardStep.FORM, CardStep.CONFIRM, CardStep.DONE),
    ),
    CardFlow.CHANGE: (
        *(CardStep.PIN, CardStep.CLIENT, CardStep.FORM),
        *(CardStep.CONFIRM, CardStep.DONE),
    ),
    CardFlow.RENEWAL: (
        *(CardStep.PIN, CardStep.NEW_PIN, CardStep.CLIENT),
        *(CardStep.CONFIRM, CardStep.DONE),
    ),
}
"""The steps of each flow, in the manual's order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvenCard:
    """A card whose holder has proved to have its PIN, and what was found out about its certificate at that moment.

    ``outcome`` and ``reason`` are codes of the check, ``details`` say more about it (``crl_age_seconds``, ``revoked_at`` …);
    ``challenge_digest`` is the SHA-256 of the signed challenge.
    """

    certificate: KeptCertificate
    outcome: str
    reason: str
    proved_at: datetime
    challenge_digest: str
    details: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TrailStep:
    """One thing that happened on the walk: when, at which step, what (a code), with codes and counters that say more."""

    at: datetime
    step: CardStep
    what: str
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CardSession:
    """One walk. ``card`` is the card that is registered, changed, or takes another's place; ``old`` the one that is replaced.

    ``typed`` is the form as typed, by flat key; ``searched`` what was typed at the search. ``registration`` is the registered card that
    is changed or replaced, and at the end the one that came of the walk; in a rehearsal there is none.
    """

    id: CardSessionId
    flow: CardFlow
    mode: CardMode
    person: str
    started_at: datetime
    step: CardStep = CardStep.PIN
    state: SessionState = SessionState.OPEN
    card: ProvenCard | None = None
    old: ProvenCard | None = None
    supplier_number: SupplierNumber | None = None
    register_seen: BatchId | None = None
    searched: Mapping[str, str] = field(default_factory=dict)
    typed: Mapping[str, str] = field(default_factory=dict)
    registration: CardId | None = None
    enterprise_id: EnterpriseId | None = None
    trail: tuple[TrailStep, ...] = ()
    version: int = 1

    @property
    def rehearsal(self) -> bool:
        """Whether nothing is registered or mailed at the end."""
        return self.mode is not CardMode.REGISTER

    @property
    def next_step(self) -> CardStep | None:
        steps = STEPS[self.flow]
        place = steps.index(self.step)
        return steps[place + 1] if place + 1 < len(steps) else None

    @property
    def step_before(self) -> CardStep | None:
        steps = STEPS[self.flow]
        place = steps.index(self.step)
        return steps[place - 1] if place else None


def start(
    *, session_id: CardSessionId, flow: CardFlow, mode: CardMode, by: str, at: datetime
) -> Transition[CardSession]:
    """Begin a walk: the PIN is asked for first."""
    session = CardSession(
        id=session_id,
        flow=flow,
        mode=mode,
        person=by,
        started_at=at,
        trail=(TrailStep(at, CardStep.PIN, "started", {"flow": flow.value, "mode": mode.value}),),
    )
    return Transition(session, (_event(EventTag.CARD_SESSION_STARTED, None, session, by, at),))


def proved(session: CardSession, card: ProvenCard, *, by: str, at: datetime) -> Transition[CardSession]:
    """Keep a proof of possession. At a PIN step the walk goes on with that card; later it must be a card that the walk knows already.

    Raises ``IllegalTransitionError`` once the walk is over; ``RuleError``: ``card-other`` (another card than the walk began with),
    ``card-same`` (a card cannot take its own place).
    """
    _expect_open(session, "prove")
    facts = {"fingerprint": card.certificate.fingerprint, "outcome": card.outcome, "reason": card.reason}
    if session.step is CardStep.PIN:
        changes: dict[str, object] = {"old" if session.flow is CardFlow.RENEWAL else "card": card}
        return _stepped(session, EventTag.CARD_SESSION_PROVED, by, at, "proved", facts, **changes)
    if session.step is CardStep.NEW_PIN and not _is(session.old, card):
        return _stepped(session, EventTag.CARD_SESSION_PROVED, by, at, "proved", facts, card=card)
    if session.step is CardStep.NEW_PIN:
        raise RuleError("card-same")
    which = next((name for name in ("card", "old") if _is(getattr(session, name), card)), None)
    if which is None:
        raise RuleError("card-other")
    after = _after(session, at, "proved-again", facts, **{which: card})
    return Transition(after, (_event(EventTag.CARD_SESSION_PROVED, session, after, by, at),))


def known_card(
    session: CardSession,
    *,
    registration: CardId,
    supplier_number: SupplierNumber,
    enterprise_id: EnterpriseId,
    register_seen: BatchId | None,
    typed: Mapping[str, str],
    by: str,
    at: datetime,
) -> Transition[CardSession]:
    """The card of a change or renewal is that registered one; ``typed`` is what its form begins with."""
    _expect_open(session, "know")
    after = _after(
        session,
        at,
        "card-known",
        {"registration": registration},
        registration=registration,
        supplier_number=supplier_number,
        enterprise_id=enterprise_id,
        register_seen=register_seen,
        typed=dict(typed),
    )
    return Transition(after, (_event(EventTag.CARD_SESSION_STEPPED, session, after, by, at),))


def client_ready(session: CardSession, *, by: str, at: datetime) -> Transition[CardSession]:
    """Everything that the client needs is readable."""
    _expect_step(session, "go-on", CardStep.CLIENT)
    return _stepped(session, EventTag.CARD_SESSION_STEPPED, by, at, "client-ready", {})


def found(
    session: CardSession,
    *,
    supplier_number: SupplierNumber,
    register_seen: BatchId | None,
    searched: Mapping[str, str],
    typed: Mapping[str, str],
    match: str,
    by: str,
    at: datetime,
) -> Transition[CardSession]:
    """The search met that supplier. What was typed for another supplier is gone; for the same one it stays."""
    _expect_step(session, "search", CardStep.SEARCH)
    same = session.supplier_number == supplier_number and bool(session.typed)
    return _stepped(
        session,
        EventTag.CARD_SESSION_STEPPED,
        by,
        at,
        "found",
        {"supplier_number": supplier_number, "match": match},
        supplier_number=supplier_number,
        register_seen=register_seen,
        searched=dict(searched),
        typed=dict(session.typed if same else typed),
    )


def entered(
    session: CardSession, *, typed: Mapping[str, str], by: str, at: datetime
) -> Transition[CardSession]:
    """The form was filled in without a mistake."""
    _expect_step(session, "enter", CardStep.FORM)
    return _stepped(
        session,
        EventTag.CARD_SESSION_STEPPED,
        by,
        at,
        "entered",
        {"fields": str(len(typed))},
        typed=dict(typed),
    )


def stumbled(
    session: CardSession,
    *,
    what: str,
    facts: Mapping[str, str],
    by: str,
    at: datetime,
    **changes: object,
) -> Transition[CardSession]:
    """Something was refused: the walk stays where it is, and the trail tells it. ``changes`` are ``searched`` or ``typed``."""
    _expect_open(session, "note")
    after = _after(session, at, what, facts, **changes)
    return Transition(after, (_event(EventTag.CARD_SESSION_STEPPED, session, after, by, at),))


def logged_in(session: CardSession, *, what: str, by: str, at: datetime) -> Transition[CardSession]:
    """A PIN went to the card; ``what`` says how it ended (``pin-sent`` or the code of the card's refusal). The PIN is nowhere."""
    _expect_open(session, "log-in")
    after = _after(session, at, what, {})
    return Transition(after, (_event(EventTag.CARD_SESSION_LOGGED_IN, session, after, by, at),))


def back(session: CardSession, *, by: str, at: datetime) -> Transition[CardSession]:
    """Go to the step before. Raises ``IllegalTransitionError`` at the first step and once the walk is over."""
    before = session.step_before
    if session.state is not SessionState.OPEN or before is None:
        raise _illegal(session, "back")
    after = replace(_after(session, at, "back", {}), step=before)
    return Transition(after, (_event(EventTag.CARD_SESSION_STEPPED, session, after, by, at),))


def finish(
    session: CardSession,
    *,
    registration: CardId | None,
    enterprise_id: EnterpriseId | None,
    by: str,
    at: datetime,
) -> Transition[CardSession]:
    """The end: what was registered, or in a rehearsal that everything would have been."""
    _expect_step(session, "register", CardStep.CONFIRM)
    what = "would-register" if session.rehearsal else "registered"
    after = replace(
        _after(session, at, what, {} if registration is None else {"registration": registration}),
        step=CardStep.DONE,
        state=SessionState.DONE,
        registration=registration,
        enterprise_id=enterprise_id,
    )
    return Transition(after, (_event(EventTag.CARD_SESSION_FINISHED, session, after, by, at),))


def abandon(session: CardSession, *, by: str, at: datetime) -> Transition[CardSession]:
    """Give the walk up: what was typed and read is erased, the trail of steps stays."""
    _expect_open(session, "abandon")
    after = replace(
        _after(session, at, "abandoned", {}),
        state=SessionState.ABANDONED,
        card=None,
        old=None,
        searched={},
        typed={},
    )
    return Transition(after, (_event(EventTag.CARD_SESSION_ABANDONED, session, after, by, at),))


def fresh_proof(
    card: ProvenCard | None, *, challenge_digest: str | None, lifetime: timedelta, at: datetime
) -> bool:
    """Whether a proof counts at ``at``: made by the program that asks (it knows the challenge), and not older than ``lifetime``."""
    if card is None or challenge_digest is None or card.challenge_digest != challenge_digest:
        return False
    return timedelta(0) <= at - card.proved_at < lifetime


def _is(known: ProvenCard | None, card: ProvenCard) -> bool:
    return known is not None and known.certificate.fingerprint == card.certificate.fingerprint


def _stepped(
    session: CardSession,
    tag: EventTag,
    by: str,
    at: datetime,
    what: str,
    facts: Mapping[str, str],
    **changes: object,
) -> Transition[CardSession]:
    following = session.next_step
    if following is None:
        raise _illegal(session, "go-on")
    after = replace(_after(session, at, what, facts, **changes), step=following)
    return Transition(after, (_event(tag, session, after, by, at),))


def _after(
    session: CardSession, at: datetime, what: str, facts: Mapping[str, str], **changes: object
) -> CardSession:
    trail = (*session.trail, TrailStep(at, session.step, what, dict(facts)))[-LONGEST_TRAIL:]
    values: dict[str, object] = {**changes, "trail": trail, "version": session.version + 1}
    return replace(session, **values)  # type: ignore[arg-type]  # names are those of the fields, given by this module alone


def _expect_open(session: CardSession, verb: str) -> None:
    if session.state is not SessionState.OPEN:
        raise _illegal(session, verb)


def _expect_step(session: CardSession, verb: str, step: CardStep) -> None:
    _expect_open(session, verb)
    if session.step is not step:
        raise _illegal(session, verb)


def _illegal(session: CardSession, verb: str) -> IllegalTransitionError:
    state = session.step.value if session.state is SessionState.OPEN else session.state.value
    return IllegalTransitionError("illegal-transition", subject=session.id, state=state, verb=verb)


def _event(tag: EventTag, before: CardSession | None, after: CardSession, by: str, at: datetime) -> Event:
    last = after.trail[-1]
    facts: dict[str, JsonValue] = {"what": last.what, **last.facts}
    return Event(
        tag=tag,
        subject=Subject(SubjectKind.CARD_SESSION, after.id),
        by=by,
        at=at,
        before=None if before is None else _told(before),
        after=_told(after),
        facts=facts,
        supplier_number=after.supplier_number,
    )


def _told(session: CardSession) -> JsonMap:
    return {
        "state": session.state.value,
        "version": session.version,
        "step": session.step.value,
        "flow": session.flow.value,
        "mode": session.mode.value,
        "registration": session.registration,
    }
