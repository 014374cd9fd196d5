"""The card side: rows to aggregates and back, and the ports that read them."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from ebidadmin.domain.card_sessions import CardSession, CardStep, ProvenCard, SessionState, TrailStep
from ebidadmin.domain.cards import LIVE_CARD_STATES, CardRegistration, KeptCertificate, MainContact
from ebidadmin.domain.case_records import CaseRecord
from ebidadmin.domain.events import JsonMap
from ebidadmin.domain.ids import BatchId, CardId, CardSessionId, EnterpriseId, SupplierNumber
from ebidadmin.errors import NotFoundError
from ebidadmin.persistence.mapping import Values, contact_from
from ebidadmin.persistence.repositories import fetch, fetch_one
from ebidadmin.persistence.schema_cards import CardRow, CardSessionRow, CaseRecordRow, MainContactRow


def card_values(card: CardRegistration) -> Values:
    certificate = card.certificate
    return {
        "id": card.id,
        "supplier_number": card.supplier_number,
        "enterprise_id": card.enterprise_id,
        "fingerprint": certificate.fingerprint,
        "serial": certificate.serial,
        "issuer": certificate.issuer,
        "not_before": certificate.not_before,
        "not_after": certificate.not_after,
        "company_name": certificate.company_name,
        "company_address": certificate.company_address,
        "holder_name": certificate.holder_name,
        "guessed": list(certificate.guessed),
        "der": b64encode(card.der).decode("ascii"),
        "revocation": card.revocation,
        "card_contact": card.card_contact.as_map(),
        "registered_at": card.registered_at,
        "register_seen": card.register_seen,
        "state": card.state,
        "replaces": card.replaces,
        "replaced_by": card.replaced_by,
        "reason": card.reason,
        "version": card.version,
    }


def card_from(row: CardRow) -> CardRegistration:
    return CardRegistration(
        id=CardId(row.id),
        supplier_number=SupplierNumber(row.supplier_number),
        enterprise_id=EnterpriseId(row.enterprise_id),
        certificate=KeptCertificate(
            fingerprint=row.fingerprint,
            serial=row.serial,
            issuer=row.issuer,
            not_before=row.not_before,
            not_after=row.not_after,
            company_name=row.company_name,
            company_address=row.company_address,
            holder_name=row.holder_name,
            guessed=tuple(cast("list[str]", row.guessed)),
        ),
        der=b64decode(row.der),
        revocation=row.revocation,
        card_contact=contact_from(row.card_contact),
        registered_at=row.registered_at,
        register_seen=None if row.register_seen is None else BatchId(row.register_seen),
        state=row.state,
        replaces=None if row.replaces is None else CardId(row.replaces),
        replaced_by=None if row.replaced_by is None else CardId(row.replaced_by),
        reason=row.reason,
        version=row.version,
    )


def main_contact_values(main: MainContact) -> Values:
    return {
        "supplier_number": main.supplier_number,
        "contact": main.contact.as_map(),
        "version": main.version,
    }


def main_contact_from(row: MainContactRow) -> MainContact:
    return MainContact(
        supplier_number=SupplierNumber(row.supplier_number),
        contact=contact_from(row.contact),
        version=row.version,
    )


def session_values(session: CardSession) -> Values:
    return {
        "id": session.id,
        "flow": session.flow,
        "mode": session.mode,
        "person": session.person,
        "started_at": session.started_at,
        "step": session.step,
        "state": session.state,
        "card": None if session.card is None else _proven_map(session.card),
        "old": None if session.old is None else _proven_map(session.old),
        "supplier_number": session.supplier_number,
        "register_seen": session.register_seen,
        "searched": dict(session.searched),
        "typed": dict(session.typed),
        "registration": session.registration,
        "enterprise_id": session.enterprise_id,
        "trail": [
            {"at": one.at.isoformat(), "step": one.step.value, "what": one.what, "facts": dict(one.facts)}
            for one in session.trail
        ],
        "version": session.version,
    }


def session_from(row: CardSessionRow) -> CardSession:
    return CardSession(
        id=CardSessionId(row.id),
        flow=row.flow,
        mode=row.mode,
        person=row.person,
        started_at=row.started_at,
        step=row.step,
        state=row.state,
        card=_proven_from(row.card),
        old=_proven_from(row.old),
        supplier_number=None if row.supplier_number is None else SupplierNumber(row.supplier_number),
        register_seen=None if row.register_seen is None else BatchId(row.register_seen),
        searched=cast("Mapping[str, str]", row.searched),
        typed=cast("Mapping[str, str]", row.typed),
        registration=None if row.registration is None else CardId(row.registration),
        enterprise_id=None if row.enterprise_id is None else EnterpriseId(row.enterprise_id),
        trail=tuple(_step_from(one) for one in cast("list[Any]", row.trail)),
        version=row.version,
    )


def case_record_values(record: CaseRecord) -> Values:
    return {
        "session": record.session,
        "flow": record.flow,
        "mode": record.mode,
        "supplier_number": record.supplier_number,
        "started_at": record.started_at,
        "written_at": record.written_at,
        "written_by": record.written_by,
        "content": dict(record.content),
        "advice": record.advice,
        "version": record.version,
    }


def case_record_from(row: CaseRecordRow) -> CaseRecord:
    return CaseRecord(
        session=CardSessionId(row.session),
        flow=row.flow,
        mode=row.mode,
        supplier_number=None if row.supplier_number is None else SupplierNumber(row.supplier_number),
        started_at=row.started_at,
        written_at=row.written_at,
        written_by=row.written_by,
        content=cast("JsonMap", row.content),
        advice=row.advice,
        version=row.version,
    )


class SqlCards:
    """``card_records.Cards``."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, card_id: CardId) -> CardRegistration:
        found = self._load(select(CardRow).where(CardRow.id == card_id))
        if not found:
            raise NotFoundError("not-found", kind="card", id=card_id)
        return found[0]

    def of_supplier(self, supplier: SupplierNumber) -> tuple[CardRegistration, ...]:
        return self._newest(select(CardRow).where(CardRow.supplier_number == supplier))

    def of_certificate(self, certificate: KeptCertificate) -> tuple[CardRegistration, ...]:
        same = (CardRow.issuer == certificate.issuer) & (CardRow.serial == certificate.serial)
        return self._newest(select(CardRow).where(or_(CardRow.fingerprint == certificate.fingerprint, same)))

    def live_of(self, suppliers: Iterable[SupplierNumber]) -> tuple[CardRegistration, ...]:
        listed = tuple(suppliers)
        live = select(CardRow).where(
            CardRow.supplier_number.in_(listed), CardRow.state.in_(sorted(LIVE_CARD_STATES))
        )
        return self._load(live.order_by(CardRow.supplier_number, CardRow.id)) if listed else ()

    def all(self) -> tuple[CardRegistration, ...]:
        return self._load(select(CardRow).order_by(CardRow.supplier_number, CardRow.id))

    def main_contact(self, supplier: SupplierNumber) -> MainContact | None:
        row = fetch_one(
            self._session, select(MainContactRow).where(MainContactRow.supplier_number == supplier)
        )
        return None if row is None else main_contact_from(row)

    def _newest(self, statement: Select[CardRow]) -> tuple[CardRegistration, ...]:
        return self._load(statement.order_by(CardRow.registered_at.desc(), CardRow.id.desc()))

    def _load(self, statement: Select[CardRow]) -> tuple[CardRegistration, ...]:
        return tuple(card_from(row) for row in fetch(self._session, statement))


class SqlCardSessions:
    """``card_records.CardSessions``."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, session_id: CardSessionId) -> CardSession:
        row = fetch_one(self._session, select(CardSessionRow).where(CardSessionRow.id == session_id))
        if row is None:
            raise NotFoundError("not-found", kind="card-session", id=session_id)
        return session_from(row)

    def open_of(self, person: str) -> tuple[CardSession, ...]:
        mine = select(CardSessionRow).where(
            CardSessionRow.person == person, CardSessionRow.state == SessionState.OPEN
        )
        newest_first = mine.order_by(CardSessionRow.started_at.desc(), CardSessionRow.id.desc())
        return tuple(session_from(row) for row in fetch(self._session, newest_first))

    def case_record(self, session_id: CardSessionId) -> CaseRecord | None:
        row = fetch_one(self._session, select(CaseRecordRow).where(CaseRecordRow.session == session_id))
        return None if row is None else case_record_from(row)

    def case_records(self, *, limit: int = 100) -> tuple[CaseRecord, ...]:
        newest_first = select(CaseRecordRow).order_by(
            CaseRecordRow.written_at.desc(), CaseRecordRow.session.desc()
        )
        return tuple(case_record_from(row) for row in fetch(self._session, newest_first.limit(limit)))


def _proven_map(card: ProvenCard) -> Values:
    certificate = card.certificate
    return {
        "certificate": {
            "fingerprint": certificate.fingerprint,
            "serial": certificate.serial,
            "issuer": certificate.issuer,
            "not_before": certificate.not_before.isoformat(),
            "not_after": certificate.not_after.isoformat(),
            "company_name": certificate.company_name,
            "company_address": certificate.company_address,
            "holder_name": certificate.holder_name,
            "holder_address": certificate.holder_address,
            "guessed": list(certificate.guessed),
        },
        "outcome": card.outcome,
        "reason": card.reason,
        "proved_at": card.proved_at.isoformat(),
        "challenge_digest": card.challenge_digest,
        "details": dict(card.details),
    }


def _proven_from(stored: object | None) -> ProvenCard | None:
    if stored is None:
        return None
    kept = cast("dict[str, Any]", stored)
    certificate = kept["certificate"]
    return ProvenCard(
        certificate=KeptCertificate(
            **{
                **certificate,
                "not_before": datetime.fromisoformat(certificate["not_before"]),
                "not_after": datetime.fromisoformat(certificate["not_after"]),
                "guessed": tuple(certificate["guessed"]),
            }
        ),
        outcome=kept["outcome"],
        reason=kept["reason"],
        proved_at=datetime.fromisoformat(kept["proved_at"]),
        challenge_digest=kept["challenge_digest"],
        details=kept["details"],
    )


def _step_from(stored: Mapping[str, Any]) -> TrailStep:
    return TrailStep(
        datetime.fromisoformat(stored["at"]), CardStep(stored["step"]), stored["what"], stored["facts"]
    )
