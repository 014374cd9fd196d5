"""The simulated card: port ``CardReader`` on made-up cards in a file, for training, for the browser demonstration and for a fresh desk."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_private_key

from ebidadmin.errors import CardError
from ebidadmin.services.card_ports import (
    CardCertificate,
    CardToken,
    PinStanding,
    Proof,
    ProofMechanism,
    ReaderState,
    proof_message,
)
from ebidadmin.smartcard.made_up import CardBox, MadeUpCard, MadeUpKey
from ebidadmin.smartcard.proofs import verify_proof

MODEL = "simulated"
SHORTEST_PIN, LONGEST_PIN = 4, 8


class SimulatedCardReader:
    """Behaves as a real reader does, refusals included, on the cards that lie in the box at ``path``."""

    def __init__(self, path: Path) -> None:
        self._box = CardBox(path)
        self._one_at_a_time = threading.Lock()

    def readers(self) -> tuple[ReaderState, ...]:
        with self._alone():
            cards = self._box.cards()
            names = dict.fromkeys(card.reader for card in cards)
            lying = {card.reader: card for card in reversed(cards) if card.inserted}
            return tuple(
                ReaderState(name, _token(place, lying[name]) if name in lying else None)
                for place, name in enumerate(names)
            )

    def read_certificates(self, token: CardToken) -> tuple[CardCertificate, ...]:
        with self._alone():
            return self._reach(token, "read").certificates

    def prove(
        self,
        token: CardToken,
        certificate_fingerprint: str,
        *,
        pin: bytearray | None,
        challenge: bytes,
        insist_last_try: bool = False,
    ) -> Proof:
        message = proof_message(challenge)
        if pin is None:
            raise CardError("card-pin-missing", step="log-in")
        if not SHORTEST_PIN <= len(pin) <= LONGEST_PIN:
            raise CardError("card-pin-form", step="log-in")
        with self._alone():
            card = self._reach(token, "read")
            held = {one.fingerprint: key for one, key in zip(card.certificates, card.keys, strict=True)}
            if certificate_fingerprint not in held:
                raise CardError("card-changed", step="read")
            self._log_in(token, pin, insist=insist_last_try)
            self._reach(token, "sign")
            signature, mechanism = sign(held[certificate_fingerprint], message)
        proof = Proof(held[certificate_fingerprint].certificate, challenge, signature, mechanism)
        verify_proof(proof)
        return proof

    def _log_in(self, token: CardToken, pin: bytearray, *, insist: bool) -> None:
        before = self._reach(token, "log-in")
        if before.locked:
            raise CardError("card-pin-locked", step="log-in", standing=PinStanding.LOCKED.value)
        if before.standing is PinStanding.LAST_TRY and not insist:
            raise CardError("card-pin-last-try", step="log-in")
        after = self._box.change(before.name, lambda card: card.tried(pin))
        if after.wrong:
            codes = {PinStanding.LOCKED: "card-pin-locked", PinStanding.LAST_TRY: "card-pin-wrong-last-try"}
            raise CardError(
                codes.get(after.standing, "card-pin-wrong"), step="log-in", standing=after.standing.value
            )

    def _reach(self, token: CardToken, step: str) -> MadeUpCard:
        """The card that was meant, still there at this step."""
        there = [card for card in self._box.cards() if card.inserted and card.reader == token.reader]
        if not there:
            raise CardError("card-removed", step=step)
        card = there[0]
        if (card.name, card.serial) != (token.label, token.serial):
            raise CardError("card-changed", step=step)
        if card.pull_at == step:
            self._box.change(card.name, lambda one: replace(one, inserted=False, pull_at=None))
            raise CardError("card-removed", step=step)
        return card

    @contextmanager
    def _alone(self) -> Iterator[None]:
        if not self._one_at_a_time.acquire(blocking=False):
            raise CardError("card-busy", step="find")
        try:
            yield
        finally:
            self._one_at_a_time.release()


def sign(held: MadeUpKey, message: bytes) -> tuple[bytes, ProofMechanism]:
    """What the card would answer. Raises ``CardError`` (``card-key-unsupported``)."""
    key = load_der_private_key(held.key, password=None)
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(message, padding.PKCS1v15(), SHA256()), ProofMechanism.RSA_PKCS1_SHA256
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return key.sign(message, ec.ECDSA(SHA256())), ProofMechanism.ECDSA_SHA256
    raise CardError("card-key-unsupported", step="sign")


def _token(place: int, card: MadeUpCard) -> CardToken:
    return CardToken(
        slot=place,
        reader=card.reader,
        label=card.name,
        serial=card.serial,
        model=MODEL,
        manufacturer="ebidadmin",
        pin_pad=False,
        standing=card.standing,
    )
