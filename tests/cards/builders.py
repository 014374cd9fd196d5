"""Made-up cards: certificates as read, the manual's sample among them."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from ebidadmin.domain import cards
from ebidadmin.domain.card_sessions import CardFlow, CardMode, CardSession, ProvenCard
from ebidadmin.domain.card_sessions import start as start_session
from ebidadmin.domain.cards import CardRegistration, KeptCertificate, Revocation
from ebidadmin.domain.ids import CardId, CardSessionId, EnterpriseId
from ebidadmin.domain.qualifications import Qualification
from tests import builders

ISSUER = "OU=NDN Test CA2,O=Nippon Denshi Ninsho Co.Ltd.,C=JP"
MORNING = datetime(2014, 8, 20, 1, 0, tzinfo=UTC)
"""Wednesday 2014-08-20, 10:00 in Japan: a working day on which the manual's sample card was good."""


def kept(n: int = 92, **changes: Any) -> KeptCertificate:
    """The certificate of the ``n``-th supplier, agreeing with ``builders.qualification(n)``."""
    made = KeptCertificate(
        fingerprint=hashlib.sha256(f"card {n}".encode()).hexdigest(),
        serial=str(825831385 + n),
        issuer=ISSUER,
        not_before=datetime(2026, 4, 1, tzinfo=UTC),
        not_after=datetime(2028, 8, 31, 14, 59, 59, tzinfo=UTC),
        company_name=builders.trade_name(n),
        company_address=f"山口県下関市南部町{n}番1号",
        holder_name=f"下関 太郎{n}",
    )
    return replace(made, **changes)


def registered(n: int = 92, **changes: Any) -> CardRegistration:
    made = cards.register(
        card_id=CardId(f"K{n:08d}"),
        supplier_number=builders.supplier_number(n),
        enterprise_id=EnterpriseId(f"13521{n:011d}"),
        certificate=changes.pop("certificate", kept(n)),
        der=b"der",
        revocation=changes.pop("revocation", Revocation.CHECKED),
        card_contact=builders.contact(n),
        register_seen=builders.batch_id(1),
        by="tanaka",
        at=builders.NOON,
    ).after
    return replace(made, **changes)


def proven(n: int = 92, **changes: Any) -> ProvenCard:
    made = ProvenCard(
        certificate=kept(n),
        outcome="good",
        reason="good",
        proved_at=builders.NOON,
        challenge_digest="0" * 64,
        details={"crl_age_seconds": "60"},
    )
    return replace(made, **changes)


def session(
    flow: CardFlow = CardFlow.REGISTRATION, mode: CardMode = CardMode.REGISTER, **changes: Any
) -> CardSession:
    made = start_session(
        session_id=CardSessionId("S00000001"), flow=flow, mode=mode, by="tanaka", at=builders.NOON
    ).after
    return replace(made, **changes)


def manual_qualification() -> Qualification:
    """The supplier in the manual's pictures."""
    return Qualification(
        supplier_number=builders.supplier_number(92),
        trade_name="(株)テスト商会01",
        postcode="123-4567",
        address="○○○○市××町△丁目1-1-1",
        representative_name="代表 1太郎",
        representative_title="代表取締役社長",
        phone="03-0000-0001",
        fax="03-0000-0001",
        branch="○○支店",
        valid_from=date(2014, 4, 1),
        valid_to=date(2016, 3, 31),
    )
