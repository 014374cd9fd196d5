"""The case record of the help desk: what was walked through, entered and found, and what was advised. Written once, never changed.

It is made from a session, which never had a PIN or a password.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ebidadmin.domain.card_sessions import CardSession, ProvenCard
from ebidadmin.domain.cards import KeptCertificate
from ebidadmin.domain.events import Event, EventTag, JsonMap, JsonValue, Subject, SubjectKind
from ebidadmin.domain.followups import Cause
from ebidadmin.domain.ids import CardSessionId, SupplierNumber
from ebidadmin.domain.transition import Transition
from ebidadmin.errors import IllegalTransitionError


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRecord:
    """What became of one walk that registered nothing. ``content`` is JSON: ``steps``, ``searched``, ``typed``, ``cards``, ``findings``."""

    session: CardSessionId
    flow: str
    mode: str
    supplier_number: SupplierNumber | None
    started_at: datetime
    written_at: datetime
    written_by: str
    content: JsonMap
    advice: str
    version: int = 1


def write(
    session: CardSession, *, findings: Sequence[Cause], advice: str, by: str, at: datetime
) -> Transition[CaseRecord]:
    """The record of a rehearsal or a training. Raises ``IllegalTransitionError`` for a walk that registers: the trail tells of that."""
    if not session.rehearsal:
        raise IllegalTransitionError(
            "illegal-transition", subject=session.id, state=session.mode.value, verb="record-case"
        )
    record = CaseRecord(
        session=session.id,
        flow=session.flow.value,
        mode=session.mode.value,
        supplier_number=session.supplier_number,
        started_at=session.started_at,
        written_at=at,
        written_by=by,
        content=_content(session, findings),
        advice=advice.strip(),
    )
    event = Event(
        tag=EventTag.CASE_RECORDED,
        subject=Subject(SubjectKind.CARD_SESSION, session.id),
        by=by,
        at=at,
        after={
            "flow": record.flow,
            "mode": record.mode,
            "findings": [cause.code.value for cause in findings],
        },
        supplier_number=session.supplier_number,
    )
    return Transition(record, (event,))


def _content(session: CardSession, findings: Sequence[Cause]) -> JsonMap:
    steps: list[JsonValue] = [
        {
            "at": step.at.isoformat(),
            "step": step.step.value,
            "what": step.what,
            "facts": {**step.facts},
        }
        for step in session.trail
    ]
    cards: dict[str, JsonValue] = {
        name: _card(card) for name, card in (("card", session.card), ("old", session.old)) if card is not None
    }
    told: list[JsonValue] = [
        {
            "code": cause.code.value,
            "facts": {
                name: list(value) if isinstance(value, tuple) else value
                for name, value in cause.facts.items()
            },
        }
        for cause in findings
    ]
    return {
        "steps": steps,
        "searched": {**session.searched},
        "typed": {**session.typed},
        "cards": cards,
        "findings": told,
    }


def _card(card: ProvenCard) -> dict[str, JsonValue]:
    return {"outcome": card.outcome, "reason": card.reason, **certificate_map(card.certificate)}


def certificate_map(certificate: KeptCertificate) -> dict[str, JsonValue]:
    """What is known of a certificate but where its holder lives."""
    return {
        "fingerprint": certificate.fingerprint,
        "serial": certificate.serial,
        "issuer": certificate.issuer,
        "not_before": certificate.not_before.isoformat(),
        "not_after": certificate.not_after.isoformat(),
        "company_name": certificate.company_name,
        "company_address": certificate.company_address,
        "holder_name": certificate.holder_name,
        "guessed": list(certificate.guessed),
    }
