"""Argon2id hashes by ``argon2-cffi``, under named parameters with their source.

The office's machine may have two cores and hash while a screen is open, so the default is the second recommended option of RFC 9106
(section 4: 64 MiB, 3 passes, 4 lanes), made for memory-constrained environments; it is also the library's default. The first
recommended option takes 2 GiB for each hash. OWASP's first choice (46 MiB, 1 pass, 1 lane) is at hand for machines where memory or
cores are short. The profile is told by the parameters in the hash itself (``m=…,t=…,p=…``), so it can change at any time: old
hashes keep verifying.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from threading import BoundedSemaphore
from types import MappingProxyType

from argon2 import Parameters, PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

KIB_PER_MIB = 1024
ARGON2_VERSION = 19

RFC_9106_SECOND = "rfc-9106-low-memory"
OWASP_FIRST = "owasp-46-mib"


@dataclass(frozen=True, slots=True)
class Profile:
    """Named parameters of Argon2id and where they come from."""

    name: str
    source: str
    parameters: Parameters


PROFILES: Mapping[str, Profile] = MappingProxyType(
    {
        RFC_9106_SECOND: Profile(
            RFC_9106_SECOND, "RFC 9106 section 4, second recommended option", RFC_9106_LOW_MEMORY
        ),
        OWASP_FIRST: Profile(
            OWASP_FIRST,
            "OWASP Password Storage Cheat Sheet, Argon2id, first configuration",
            Parameters(
                type=Type.ID,
                version=ARGON2_VERSION,
                salt_len=16,
                hash_len=32,
                time_cost=1,
                memory_cost=46 * KIB_PER_MIB,
                parallelism=1,
            ),
        ),
    }
)

LEAST_PASSES = (
    (46 * KIB_PER_MIB, 1),
    (19 * KIB_PER_MIB, 2),
    (12 * KIB_PER_MIB, 3),
    (9 * KIB_PER_MIB, 4),
    (7 * KIB_PER_MIB, 5),
)
"""KiB of memory and the passes that this much memory asks for at least: the configurations of Argon2id that OWASP's Password Storage
Cheat Sheet calls equally strong. Less memory than the last is not accepted."""
MOST_MEMORY = 256 * KIB_PER_MIB
"""KiB; it keeps one verification from stopping the machine."""
TIME_LIMITS = (1, 10)
LANE_LIMITS = (1, 8)
SALT_LIMITS = (8, 64)
"""Bytes; RFC 9106 section 3.1 asks for at least 8."""
HASH_LIMITS = (16, 64)
"""Bytes; 128 bits are what RFC 9106 calls sufficient for most applications."""

LONGEST_PHC = 256

AT_ONCE = 2
"""Computations of one process at a time: as many as the cores of a small machine. Others wait, so that memory stays bounded by
``AT_ONCE`` times ``MOST_MEMORY`` however many ask."""
_TURNS = BoundedSemaphore(AT_ONCE)

_PHC = re.compile(
    r"\$argon2id\$v=19\$m=([1-9][0-9]{0,9}),t=([1-9][0-9]{0,9}),p=([1-9][0-9]{0,9})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)"
)


class Argon2Hasher:
    """Hashes and verifies passwords. No error of it ever holds a password or a hash."""

    def __init__(self, profile: str = RFC_9106_SECOND) -> None:
        """Raises ``KeyError`` for a profile that is not in ``PROFILES``."""
        self.profile = PROFILES[profile]
        self._hasher = PasswordHasher.from_parameters(self.profile.parameters)

    def hash(self, password: bytes | bytearray) -> str:
        """An Argon2id PHC string with a fresh random salt. Raises ``ValueError`` for an empty password."""
        if not password:
            raise ValueError("an empty password cannot be hashed")
        # The library asks for immutable bytes: this copy lives until the interpreter lets it go.
        with _TURNS:
            return self._hasher.hash(bytes(password))

    def verify(self, stored: str, password: bytes | bytearray) -> bool:
        """Whether the password belongs to the stored hash. One that is not ``acceptable`` verifies nothing and is not computed."""
        if not self.acceptable(stored):
            return False
        try:
            with _TURNS:
                return self._hasher.verify(stored, bytes(password))
        except (VerificationError, InvalidHashError):
            return False

    def outdated(self, stored: str) -> bool:
        """Whether it was made with other parameters than those of the profile; one that is no such hash is not outdated but wrong."""
        return self.acceptable(stored) and self._hasher.check_needs_rehash(stored)

    def acceptable(self, stored: str) -> bool:
        """Whether it is an Argon2id PHC string of version 19 whose parameters, salt and hash lengths are inside the limits."""
        match = _PHC.fullmatch(stored) if len(stored) <= LONGEST_PHC else None
        if match is None:
            return False
        memory, passes, lanes = (int(number) for number in match.groups()[:3])
        salt, digest = (_decoded_length(text) for text in match.groups()[3:])
        measured = (
            (passes, TIME_LIMITS),
            (lanes, LANE_LIMITS),
            (salt, SALT_LIMITS),
            (digest, HASH_LIMITS),
        )
        strong = any(memory >= least and passes >= asked for least, asked in LEAST_PASSES)
        return (
            strong
            and memory <= MOST_MEMORY
            and all(least <= value <= most for value, (least, most) in measured)
        )


def _decoded_length(text: str) -> int:
    """Bytes of an unpadded base64 text, 0 when it is none. The canonical form only: two texts must not mean one hash."""
    try:
        decoded = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except binascii.Error:
        return 0
    return len(decoded) if base64.b64encode(decoded).decode("ascii").rstrip("=") == text else 0
