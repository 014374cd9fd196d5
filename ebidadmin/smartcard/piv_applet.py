"""A simulated card's side of the PIV commands (NIST SP 800-73-4), as far as common card software asks them: bytes in, bytes out.

Which card it is, its PIN and its tries are in a ``CardBox``, so that a lock outlives the program as it does on a real card.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, HashAlgorithm
from cryptography.hazmat.primitives.serialization import load_der_private_key

from ebidadmin.smartcard.made_up import CardBox, MadeUpCard

ATR = bytes.fromhex("3B7D96000080318065B0831117D683009000")
"""An answer to reset that OpenSC lists among the PIV cards."""

AID = bytes.fromhex("A000000308000010000100")
PIN_REFERENCE = 0x80
PIN_LENGTH = 8
LONGEST_ANSWER = 256

OK = b"\x90\x00"
WRONG_LENGTH = b"\x67\x00"
NOT_ALLOWED = b"\x69\x82"
LOCKED = b"\x69\x83"
BAD_DATA = b"\x6a\x80"
NOT_FOUND = b"\x6a\x82"
BAD_PARAMETERS = b"\x6a\x86"
NO_SUCH_COMMAND = b"\x6d\x00"

KEYS = (0x9A, 0x9C, 0x9D)
CERTIFICATES = {bytes.fromhex("5FC105"): 0, bytes.fromhex("5FC10A"): 1, bytes.fromhex("5FC10B"): 2}
CHUID = bytes.fromhex("5FC102")
DISCOVERY = b"\x7e"

INSTRUCTIONS = {
    0xA4: "select",
    0xCB: "get-data",
    0x20: "verify",
    0x2C: "unblock",
    0x87: "sign",
}
"""Names for what a card is asked, for the count and for pulling it at that moment. An empty ``verify`` is ``ask-standing``."""


class Command(NamedTuple):
    """A command as ISO 7816-4 codes it. ``more``: further parts follow."""

    more: bool
    instruction: int
    p1: int
    p2: int
    data: bytes
    expected: int = LONGEST_ANSWER
    """How many bytes of answer the reader takes at once."""

    @property
    def name(self) -> str:
        known = INSTRUCTIONS.get(self.instruction, "other")
        return "ask-standing" if known == "verify" and not self.data else known


@dataclass
class PivApplet:
    """One insertion of one card: what it remembers is forgotten by ``reset``."""

    box: CardBox
    name: str
    counts: Counter[str] = field(default_factory=Counter)
    """How often it was asked what since it was made."""

    _verified: bool = False
    _just_verified: bool = False
    _collected: bytes = b""
    _waiting: bytes = b""

    def reset(self) -> None:
        self._verified = self._just_verified = False
        self._collected = self._waiting = b""

    def answer(self, raw: bytes) -> bytes:
        """The answer to one command, status word included."""
        command = parse(raw)
        if command is None:
            return WRONG_LENGTH
        if command.instruction == 0xC0:
            return self._next_part(command)
        self._waiting = b""
        if command.more:
            self._collected += command.data
            return OK
        command = command._replace(data=self._collected + command.data)
        self._collected = b""
        self.counts[command.name] += 1
        answering: dict[int, Callable[[Command], bytes]] = {
            0xA4: self._select,
            0xCB: self._get_data,
            0x20: self._verify,
            0x2C: self._unblock,
            0x87: self._authenticate,
        }
        chosen = answering.get(command.instruction)
        if chosen is None:
            return NO_SUCH_COMMAND
        answer = chosen(command)
        if len(answer) == len(OK):
            return answer
        self._waiting = answer[: -len(OK)]
        return self._next_part(command)

    def _select(self, command: Command) -> bytes:
        if command.p1 != 0x04 or not command.data or not AID.startswith(command.data[: len(AID)]):
            return NOT_FOUND
        self._verified = False
        return tlv(0x61, tlv(0x4F, AID[5:]), tlv(0x79, tlv(0x4F, AID[:5]))) + OK

    def _get_data(self, command: Command) -> bytes:
        if (command.p1, command.p2) != (0x3F, 0xFF) or command.data[:1] != b"\x5c":
            return BAD_PARAMETERS
        wanted = command.data[2:]
        card = self.box.card(self.name)
        if wanted == DISCOVERY:
            policy = tlv(0x5F2F, b"\x40\x00")
            return tlv(0x7E, tlv(0x4F, AID), policy) + OK
        if wanted == CHUID:
            return tlv(0x53, chuid(card)) + OK
        place = CERTIFICATES.get(wanted)
        if place is None or place >= len(card.keys):
            return NOT_FOUND
        content = tlv(0x70, card.keys[place].certificate) + tlv(0x71, b"\x00") + tlv(0xFE)
        return tlv(0x53, content) + OK

    def _verify(self, command: Command) -> bytes:
        if command.p2 != PIN_REFERENCE:
            return BAD_PARAMETERS
        if not command.data:
            return OK if self._verified else _tries(self.box.card(self.name))
        if len(command.data) != PIN_LENGTH:
            return BAD_DATA
        if self.box.card(self.name).locked:
            return LOCKED
        card = self.box.change(self.name, lambda one: one.tried(_unpadded(command.data)))
        self._verified = self._just_verified = not card.wrong
        return OK if self._verified else _tries(card)

    def _unblock(self, command: Command) -> bytes:
        if command.p2 != PIN_REFERENCE or len(command.data) != 2 * PIN_LENGTH:
            return BAD_DATA
        puk, pin = command.data[:PIN_LENGTH], command.data[PIN_LENGTH:]
        self._verified = False
        card = self.box.change(self.name, lambda one: one.unblocked(_unpadded(puk), _unpadded(pin)))
        if card.wrong_puk:
            left = card.tries - card.wrong_puk
            return bytes((0x63, 0xC0 | left)) if left > 0 else LOCKED
        return OK

    def _authenticate(self, command: Command) -> bytes:
        card = self.box.card(self.name)
        place = KEYS.index(command.p2) if command.p2 in KEYS else len(card.keys)
        if place >= len(card.keys):
            return NOT_FOUND
        fresh, self._just_verified = self._just_verified, False
        if not self._verified or (card.keys[place].always_ask and not fresh):
            return NOT_ALLOWED
        challenge = _challenge(command.data)
        signature = None if challenge is None else sign_raw(card.keys[place].key, challenge)
        return BAD_DATA if signature is None else tlv(0x7C, tlv(0x82, signature)) + OK

    def _next_part(self, command: Command) -> bytes:
        """As much of what waits as the reader takes at once."""
        part, self._waiting = self._waiting[: command.expected], self._waiting[command.expected :]
        return part + (bytes((0x61, min(len(self._waiting), 0xFF))) if self._waiting else OK)


def parse(raw: bytes) -> Command | None:
    """A short command; ``None`` when its lengths do not agree, extended ones included: such cards take long data in parts."""
    if len(raw) < 4:
        return None
    body = raw[4:]
    head = (bool(raw[0] & 0x10), raw[1], raw[2], raw[3])
    if len(body) <= 1:
        return Command(*head, b"", _expected(body))
    data, rest = body[1 : 1 + body[0]], body[1 + body[0] :]
    if not body[0] or len(data) != body[0] or len(rest) > 1:
        return None
    return Command(*head, data, _expected(rest))


def _expected(coded: bytes) -> int:
    return coded[0] if coded and coded[0] else LONGEST_ANSWER


def tlv(tag: int, *contents: bytes) -> bytes:
    """One BER data object."""
    content = b"".join(contents)
    length = len(content)
    if length < 0x80:
        coded = bytes((length,))
    elif length < 0x100:
        coded = bytes((0x81, length))
    else:
        coded = b"\x82" + length.to_bytes(2, "big")
    return tag.to_bytes((tag.bit_length() + 7) // 8, "big") + coded + content


def chuid(card: MadeUpCard) -> bytes:
    """The card's identity: a number of an agency that does not exist, and its own serial."""
    agency = bytes.fromhex("D4E739DA739CED39CE739DA1685A1082108CE73984119257FC")
    parts = (
        (0x30, agency),
        (0x34, bytes.fromhex(card.serial)),
        (0x35, b"20391231"),
        (0x3E, b""),
        (0xFE, b""),
    )
    return b"".join(tlv(tag, content) for tag, content in parts)


def sign_raw(key: bytes, prepared: bytes) -> bytes | None:
    """What the key makes of bytes that were hashed and padded outside; ``None`` when they do not fit it."""
    held = load_der_private_key(key, password=None)
    if isinstance(held, rsa.RSAPrivateKey):
        numbers = held.private_numbers()
        modulus = numbers.public_numbers.n
        number, size = int.from_bytes(prepared, "big"), held.key_size // 8
        if len(prepared) != size or number >= modulus:
            return None
        return pow(number, numbers.d, modulus).to_bytes(size, "big")
    if isinstance(held, ec.EllipticCurvePrivateKey):
        known: dict[int, HashAlgorithm] = {32: SHA256(), 48: SHA384()}
        algorithm = known.get(len(prepared))
        return None if algorithm is None else held.sign(prepared, ec.ECDSA(Prehashed(algorithm)))
    return None


def _challenge(template: bytes) -> bytes | None:
    """What is to be signed, out of the dynamic authentication template: tag 81 inside tag 7C."""
    inner = _find(template, 0x7C)
    return None if inner is None else _find(inner, 0x81)


def _find(content: bytes, wanted: int) -> bytes | None:
    place = 0
    while place + 2 <= len(content):
        tag, length = content[place], content[place + 1]
        place += 2
        if length & 0x80:
            size = length & 0x7F
            length = int.from_bytes(content[place : place + size], "big")
            place += size
        value = content[place : place + length]
        if len(value) != length:
            return None
        if tag == wanted:
            return value
        place += length
    return None


def _tries(card: MadeUpCard) -> bytes:
    return LOCKED if card.locked else bytes((0x63, 0xC0 | min(card.tries - card.wrong, 0x0F)))


def _unpadded(pin: bytes) -> bytes:
    return pin.rstrip(b"\xff")
