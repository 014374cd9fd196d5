"""Makes the simulated cards of a desk for training, with an authority of their own that counts for them alone."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from ebidadmin.clock import JST, Clock, jst_date
from ebidadmin.config import Config
from ebidadmin.demo.pki import (
    SAMPLE_FROM,
    SAMPLE_SERIAL,
    SAMPLE_TO,
    Holder,
    KeyKind,
    MadeUpCa,
    PrivateKey,
    Revoked,
    issue_card,
    make_ca,
    make_crl,
    sample_holder,
)
from ebidadmin.errors import ConfigurationError
from ebidadmin.services.card_ports import TrainingCard
from ebidadmin.smartcard.made_up import CardBox, MadeUpCard, MadeUpKey, make_card
from ebidadmin.smartcard.trust import simulated_material

PIN, PUK = b"123456", b"12345678"
"""Of every training card; no secret."""

READER_A, READER_B = "Simulated reader A", "Simulated reader B"
TRUST_FILE = "simulated-authority.cer"
REVOKED_SERIAL = 4001
CRL_LIFE = timedelta(days=3650)
"""A training desk fetches no lists: the one made with the cards is to hold."""


@dataclass(frozen=True)
class _Plan:
    """A card to be made: days from today on which it begins and ends."""

    name: str
    serial: int
    begins: int
    ends: int
    reader: str = READER_A
    kind: KeyKind = "rsa-2048"
    wrong: int = 0
    other_holder: bool = False
    other_authority: bool = False
    pull_at: str | None = None


PLANS = (
    _Plan("good", 4000, -300, 800),
    _Plan("near-end", 4002, -700, 20),
    _Plan("renewed", 4003, -1, 1800, READER_B, "p-256"),
    _Plan("revoked", REVOKED_SERIAL, -300, 800),
    _Plan("not-yet-valid", 4004, 30, 1000),
    _Plan("last-try", 4005, -300, 800, wrong=2),
    _Plan("locked", 4006, -300, 800, wrong=3),
    _Plan("other-holder", 4007, -300, 800, kind="p-256", other_holder=True),
    _Plan("unknown-authority", 4008, -300, 800, kind="p-256", other_authority=True),
    _Plan("pulled", 4009, -300, 800, kind="p-256", pull_at="log-in"),
)

OTHER_AUTHORITY = (("C", "JP"), ("O", "Unknown Authority (made up)"), ("OU", "Unknown Test CA"))


def make_training_cards(folder: Path, config: Config, now: datetime) -> tuple[MadeUpCard, ...]:
    """Make them: one for each thing that happens at a help desk, and the expired one of the city's manual. The authority's key is thrown
    away afterwards.

    Raises ``ConfigurationError`` (``simulated-cards-exist``).
    """
    box = CardBox(config.simulated_cards)
    if box.cards():
        raise ConfigurationError("simulated-cards-exist", file=str(box.path))
    ca = make_ca()
    cards = (_sample(ca, config), *(_made(ca, plan, _holders(config), now) for plan in PLANS))
    trusted = folder / "simulated" / "trust"
    trusted.mkdir(parents=True, exist_ok=True)
    (trusted / TRUST_FILE).write_bytes(ca.certificate)
    material = simulated_material(folder)
    revoked = [Revoked(REVOKED_SERIAL, now - timedelta(days=10), 1)]
    crl = make_crl(ca, revoked, this_update=now, next_update=now + CRL_LIFE)
    material.store.take(crl, authorities=[ca.certificate], now=now)
    box.put(*cards)
    box.insert("good")
    return box.cards()


class DeskTrainingBox:
    """``services.card_ports.TrainingBox`` of a desk."""

    pin = PIN.decode()

    def __init__(self, folder: Path, config: Config, clock: Clock) -> None:
        self._folder, self._config, self._clock = folder, config, clock
        self._box = CardBox(config.simulated_cards)

    def cards(self) -> tuple[TrainingCard, ...]:
        return tuple(
            TrainingCard(one.name, one.reader, one.inserted, one.standing) for one in self._box.cards()
        )

    def make(self) -> None:
        make_training_cards(self._folder, self._config, self._clock.now())

    def insert(self, name: str) -> None:
        self._box.insert(name)

    def pull(self, name: str) -> None:
        self._box.pull(name)

    def unblock(self, name: str) -> None:
        self._box.change(name, lambda one: one.unblocked(PUK, PIN))


def _sample(ca: MadeUpCa, config: Config) -> MadeUpCard:
    holder = sample_holder(config.data / "samples")
    made = issue_card(ca, holder, serial=SAMPLE_SERIAL, not_before=SAMPLE_FROM, not_after=SAMPLE_TO)
    return _card("manual-expired", made, READER_A)


def _made(ca: MadeUpCa, plan: _Plan, holders: tuple[Holder, Holder], now: datetime) -> MadeUpCard:
    today = datetime.combine(jst_date(now), datetime.min.time(), JST)
    made = issue_card(
        make_ca(OTHER_AUTHORITY) if plan.other_authority else ca,
        holders[plan.other_holder],
        serial=plan.serial,
        key_kind=plan.kind,
        not_before=today + timedelta(days=plan.begins),
        not_after=today + timedelta(days=plan.ends + 1, seconds=-1),
    )
    return replace(_card(plan.name, made, plan.reader), wrong=plan.wrong, pull_at=plan.pull_at)


def _card(name: str, made: tuple[bytes, PrivateKey], reader: str) -> MadeUpCard:
    certificate, key = made
    raw = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    card = make_card(name, [MadeUpKey(certificate, raw)], pin=PIN, puk=PUK, reader=reader)
    return replace(card, inserted=False)


def _holders(config: Config) -> tuple[Holder, Holder]:
    """The first company of the manual's samples, so that its registration agrees with the made-up register; and the same company with
    the representative of another."""
    words = tomllib.loads((config.data / "samples" / "words.toml").read_text(encoding="utf-8"))
    sample, *others = words["samples"]
    holder = Holder(
        company=sample["trade_name"], company_address=sample["address"], name=sample["representative_name"]
    )
    names = (one["representative_name"] for one in others)
    return holder, replace(holder, name=next(name for name in names if name != holder.name))
