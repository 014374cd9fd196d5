"""The key that signs the heads of the hash tree (Ed25519), in a file of its own outside the database."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from ebidadmin.domain.tree_heads import Head, SignedHead, key_hash, key_text
from ebidadmin.errors import ConfigurationError

OWNER_ONLY = 0o600
_NAME_DIGITS = 12


@dataclass(frozen=True, slots=True)
class TreeKey:
    """``tree_ports.HeadSigner`` on a private key; its name follows from the public one."""

    _private: Ed25519PrivateKey = field(repr=False)

    @property
    def name(self) -> str:
        return f"ebidadmin-{hashlib.sha256(self._public).hexdigest()[:_NAME_DIGITS]}"

    @property
    def key(self) -> str:
        return key_text(self.name, self._public)

    def sign(self, head: Head) -> SignedHead:
        signature = self._private.sign(head.text.encode())
        return SignedHead(head=head, key_hash=key_hash(self.name, self._public), signature=signature)

    def signed(self, head: SignedHead) -> bool:
        if head.key_hash != key_hash(self.name, self._public) or head.head.origin != self.name:
            return False
        try:
            self._private.public_key().verify(head.signature, head.head.text.encode())
        except InvalidSignature:
            return False
        return True

    @property
    def _public(self) -> bytes:
        return self._private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def load_key(path: Path) -> TreeKey | None:
    """The key of that file; ``None`` where there is none. Raises ``ConfigurationError`` ``audit-key-unreadable``."""
    try:
        private = load_pem_private_key(path.read_bytes(), password=None)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        # Not as its cause: a message about a key may repeat a piece of it.
        reason = type(error).__name__
        raise ConfigurationError("audit-key-unreadable", file=str(path), reason=reason) from None
    if not isinstance(private, Ed25519PrivateKey):
        raise ConfigurationError("audit-key-unreadable", file=str(path), reason="no Ed25519 key")
    return TreeKey(private)


def make_key(path: Path) -> TreeKey:
    """A new key in a new file that its owner alone may read, or the one that somebody else has just put there.

    Raises ``ConfigurationError`` ``audit-key-unwritable`` and as ``load_key`` does.
    """
    private = Ed25519PrivateKey.generate()
    text = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
        with os.fdopen(handle, "wb") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        # Never over a key that is there, and never half a key under the name.
        with suppress(FileExistsError):
            os.link(draft, path)
    except OSError as error:
        reason = type(error).__name__
        raise ConfigurationError("audit-key-unwritable", file=str(path), reason=reason) from error
    finally:
        draft.unlink(missing_ok=True)
    made = load_key(path)
    if made is None:
        raise ConfigurationError("audit-key-unreadable", file=str(path), reason="gone")
    return made
