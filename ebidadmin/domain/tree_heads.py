"""Heads of the hash tree: how many events it had at a moment and what its root was, signed, as a few printable lines.

The form is that of the transparency logs (C2SP tlog-checkpoint in a signed-note): the key's name, the size, the root in base64, the
moment; an empty line; a line with the signature. Such a text is what is kept outside the database as an anchor.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from ebidadmin.domain.audit_tree import HASH_BYTES

KEY_HASH_BYTES = 4
ED25519 = b"\x01"
"""The kind of signature, as signed-note numbers it."""

SIGNATURE_BYTES = 64
_MARK = "\u2014 "
_MOMENT = "%Y-%m-%dT%H:%M:%SZ"
_FIELDS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The tree at a moment (UTC, whole seconds); ``origin`` names the key that signs for this trail."""

    origin: str
    size: int
    root: bytes
    at: datetime

    @property
    def text(self) -> str:
        """What is signed."""
        at = self.at.astimezone(UTC).strftime(_MOMENT)
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n{at}\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedHead:
    """A head and the signature over its text; ``key_hash`` says by which key it claims to be."""

    head: Head
    key_hash: bytes
    signature: bytes

    @property
    def note(self) -> str:
        """The whole text, as it is kept and printed."""
        signed = base64.b64encode(self.key_hash + self.signature).decode()
        return f"{self.head.text}\n{_MARK}{self.head.origin} {signed}\n"


def key_hash(name: str, public: bytes) -> bytes:
    """The short name of a public key (Ed25519, 32 bytes), as signed-note defines it."""
    return hashlib.sha256(name.encode() + b"\n" + ED25519 + public).digest()[:KEY_HASH_BYTES]


def key_text(name: str, public: bytes) -> str:
    """The public key as a line that a checker is given."""
    return f"{name}+{key_hash(name, public).hex()}+{base64.b64encode(ED25519 + public).decode()}"


def read_note(note: str) -> SignedHead:
    """The head that the text is. Raises ``ValueError`` (what is wrong) for another text, however little it differs."""
    body, gap, signature = note.partition("\n\n")
    lines = body.split("\n")
    if not gap or len(lines) != _FIELDS:
        raise ValueError("no head of a tree")
    origin, size, root, at = lines
    head = Head(
        origin=origin,
        size=_whole(size),
        root=_decoded(root, HASH_BYTES),
        at=datetime.strptime(at, _MOMENT).replace(tzinfo=UTC),
    )
    start = f"{_MARK}{origin} "
    if not signature.startswith(start):
        raise ValueError("no signature of that key")
    signed = _decoded(signature.removeprefix(start).removesuffix("\n"), KEY_HASH_BYTES + SIGNATURE_BYTES)
    found = SignedHead(head=head, key_hash=signed[:KEY_HASH_BYTES], signature=signed[KEY_HASH_BYTES:])
    if found.note != note:
        raise ValueError("the text is spelled in another way")
    return found


def read_notes(text: str) -> Iterator[SignedHead]:
    """The heads of a file of anchors, one after another. Raises ``ValueError`` (which one) as ``read_note`` does."""
    lines = text.splitlines(keepends=True)
    length = _FIELDS + 2
    for start in range(0, len(lines), length):
        try:
            yield read_note("".join(lines[start : start + length]))
        except ValueError as error:
            raise ValueError(f"line {start + 1}: {error}") from error


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or (text != "0" and text.startswith("0")):
        raise ValueError("no number of events")
    return int(text)


def _decoded(text: str, length: int) -> bytes:
    try:
        value = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError("not base64") from error
    if len(value) != length:
        raise ValueError("a hash or signature of another length")
    return value
