"""What only the running program knows of a walk through the card screens, and only now; the rest is in the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ebidadmin.domain.card_sessions import CardSession, CardStep
from ebidadmin.domain.findings import ReferenceFacts
from ebidadmin.services.card_checks import OnCard, Ticket
from ebidadmin.services.card_ports import CardToken
from ebidadmin.services.card_registration import Overview
from ebidadmin.text.pages import Page


@dataclass(frozen=True, slots=True)
class Offered:
    """A certificate on a card in a reader, with what came of checking it."""

    token: CardToken
    on_card: OnCard


@dataclass
class Moment:
    """What only this program knows of the walk, and only now."""

    offered: tuple[Offered, ...] = ()
    readers: int = 0
    chosen: str | None = None
    insist: bool = False
    pin_again: bool = False
    tickets: dict[str, Ticket] = field(default_factory=dict)
    seen: Overview | None = None
    folded: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    remarks: ReferenceFacts = field(default_factory=ReferenceFacts)
    recorded: Page | None = None


def usable_now(session: CardSession | None, now: Moment) -> list[Offered]:
    """The certificates in the readers that can be meant: all that are readable, but for a renewal's second PIN not the first card, and
    for a PIN that is asked for again only cards that the walk knows, those first that have not proved themselves to this program."""
    readable = [one for one in now.offered if one.on_card.check.facts is not None]
    if session is None:
        return readable
    old = None if session.old is None else session.old.certificate.fingerprint
    card = None if session.card is None else session.card.certificate.fingerprint
    if session.step is CardStep.NEW_PIN:
        return [one for one in readable if one.on_card.fingerprint != old]
    if not now.pin_again:
        return readable
    known = [one for one in readable if one.on_card.fingerprint in {old, card}]
    return [one for one in known if one.on_card.fingerprint not in now.tickets] or known
