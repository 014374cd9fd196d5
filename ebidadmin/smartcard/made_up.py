"""Made-up cards, kept in one file: for training, for the browser demonstration and for tests. They say that they are simulated.

Their keys lie readable in the file: they prove nothing about anybody. Their PINs do not: people type real ones by mistake.
"""

from __future__ import annotations

import base64
import fcntl
import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ebidadmin.errors import CardError
from ebidadmin.services.card_ports import CardCertificate, PinStanding

DEFAULT_TRIES = 3
SCRYPT_COST = 1 << 12


@dataclass(frozen=True, slots=True)
class HashedPin:
    """A PIN or PUK as salt and scrypt hash."""

    salt: bytes
    digest: bytes

    @classmethod
    def of(cls, pin: bytes | bytearray) -> HashedPin:
        salt = secrets.token_bytes(16)
        return cls(salt, _scrypt(pin, salt))

    def fits(self, pin: bytes | bytearray) -> bool:
        return hmac.compare_digest(self.digest, _scrypt(pin, self.salt))


@dataclass(frozen=True, slots=True)
class MadeUpKey:
    """A certificate and its private key, both in DER (PKCS #8). ``always_ask``: the card wants the PIN for each signature."""

    certificate: bytes
    key: bytes
    always_ask: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeUpCard:
    """A card and its reader. ``tries``: after so many wrong PINs in a row it locks. ``pull_at``: a step at which it is pulled, once."""

    name: str
    serial: str
    reader: str
    keys: tuple[MadeUpKey, ...]
    pin: HashedPin
    puk: HashedPin
    tries: int = DEFAULT_TRIES
    wrong: int = 0
    wrong_puk: int = 0
    inserted: bool = True
    pull_at: str | None = None

    @property
    def locked(self) -> bool:
        return self.wrong >= self.tries

    @property
    def standing(self) -> PinStanding:
        if self.locked:
            return PinStanding.LOCKED
        if self.tries - self.wrong == 1:
            return PinStanding.LAST_TRY
        return PinStanding.LOW if self.wrong else PinStanding.UNKNOWN

    @property
    def certificates(self) -> tuple[CardCertificate, ...]:
        return tuple(
            CardCertificate(one.certificate, f"{place:02x}", f"{self.name} {place}")
            for place, one in enumerate(self.keys, 1)
        )

    def tried(self, pin: bytes | bytearray) -> MadeUpCard:
        """After that PIN was entered: ``wrong`` tells whether it fitted. A locked card stays locked whatever is entered."""
        if self.locked:
            return self
        return replace(self, wrong=0 if self.pin.fits(pin) else self.wrong + 1)

    def unblocked(self, puk: bytes | bytearray, new_pin: bytes | bytearray) -> MadeUpCard:
        """After that PUK was entered: with the new PIN and all tries when it fitted."""
        if self.wrong_puk >= self.tries:
            return self
        if not self.puk.fits(puk):
            return replace(self, wrong_puk=self.wrong_puk + 1)
        return replace(self, pin=HashedPin.of(new_pin), wrong=0, wrong_puk=0)


def make_card(
    name: str,
    keys: Sequence[MadeUpKey],
    *,
    pin: bytes | bytearray,
    puk: bytes | bytearray,
    reader: str,
    tries: int = DEFAULT_TRIES,
) -> MadeUpCard:
    """A new card with a serial of its own (32 hexadecimal digits)."""
    return MadeUpCard(
        name=name,
        serial=secrets.token_hex(16),
        reader=reader,
        keys=tuple(keys),
        pin=HashedPin.of(pin),
        puk=HashedPin.of(puk),
        tries=tries,
    )


@dataclass(frozen=True, slots=True)
class CardBox:
    """The file in which made-up cards lie. Each change is one step, also among processes."""

    path: Path

    def cards(self) -> tuple[MadeUpCard, ...]:
        """All of them, in the order in which they were put in; none where there is no file.

        Raises ``CardError`` (``simulated-cards-unreadable``).
        """
        try:
            raw = json.loads(self.path.read_text(encoding="utf-8"))
            return tuple(_from_map(one) for one in raw["simulated_cards"])
        except FileNotFoundError:
            return ()
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise CardError("simulated-cards-unreadable", step="find", file=str(self.path)) from error

    def card(self, name: str) -> MadeUpCard:
        """Raises ``CardError`` (``card-not-simulated``)."""
        for one in self.cards():
            if one.name == name:
                return one
        raise CardError("card-not-simulated", step="find", name=name)

    def put(self, *cards: MadeUpCard) -> None:
        """Add them; one of the same name is replaced where it lies."""
        with self._locked():
            known = {one.name: one for one in self.cards()}
            self._write({**known, **{one.name: one for one in cards}}.values())

    def change(self, name: str, change: Callable[[MadeUpCard], MadeUpCard]) -> MadeUpCard:
        """Replace a card by what ``change`` makes of it, and answer that."""
        with self._locked():
            changed = change(self.card(name))
            self._write(changed if one.name == name else one for one in self.cards())
            return changed

    def insert(self, name: str) -> MadeUpCard:
        """Put it into its reader; whichever card lay there comes out."""
        with self._locked():
            wanted = replace(self.card(name), inserted=True)
            self._write(_beside(wanted, one) for one in self.cards())
            return wanted

    def pull(self, name: str) -> MadeUpCard:
        return self.change(name, lambda card: replace(card, inserted=False))

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with self.path.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _write(self, cards: Iterable[MadeUpCard]) -> None:
        listed = {"simulated_cards": [_to_map(one) for one in cards]}
        fresh = self.path.with_suffix(".new")
        fresh.touch(mode=0o600)
        fresh.write_text(json.dumps(listed, ensure_ascii=False, indent=1), encoding="utf-8")
        fresh.replace(self.path)


def _beside(inserted: MadeUpCard, other: MadeUpCard) -> MadeUpCard:
    if other.name == inserted.name:
        return inserted
    return replace(other, inserted=other.inserted and other.reader != inserted.reader)


def _scrypt(pin: bytes | bytearray, salt: bytes) -> bytes:
    return hashlib.scrypt(pin, salt=salt, n=SCRYPT_COST, r=8, p=1)


def _to_map(card: MadeUpCard) -> dict[str, Any]:
    def text(raw: bytes) -> str:
        return base64.b64encode(raw).decode("ascii")

    return {
        "name": card.name,
        "serial": card.serial,
        "reader": card.reader,
        "inserted": card.inserted,
        "tries": card.tries,
        "wrong": card.wrong,
        "wrong_puk": card.wrong_puk,
        "pull_at": card.pull_at,
        "pin": {"salt": text(card.pin.salt), "digest": text(card.pin.digest)},
        "puk": {"salt": text(card.puk.salt), "digest": text(card.puk.digest)},
        "keys": [
            {"certificate": text(one.certificate), "key": text(one.key), "always_ask": one.always_ask}
            for one in card.keys
        ],
    }


def _from_map(raw: dict[str, Any]) -> MadeUpCard:
    def hashed(name: str) -> HashedPin:
        return HashedPin(base64.b64decode(raw[name]["salt"]), base64.b64decode(raw[name]["digest"]))

    keys = tuple(
        MadeUpKey(base64.b64decode(one["certificate"]), base64.b64decode(one["key"]), bool(one["always_ask"]))
        for one in raw["keys"]
    )
    plain = ("name", "serial", "reader", "inserted", "tries", "wrong", "wrong_puk", "pull_at")
    return MadeUpCard(keys=keys, pin=hashed("pin"), puk=hashed("puk"), **{name: raw[name] for name in plain})
