"""Hashes of passwords: the profile, what is accepted from elsewhere, and that no password leaks."""

from __future__ import annotations

import base64
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Lock

import argon2
import pytest
from argon2.low_level import Type, hash_secret

from ebidadmin.credentials.argon2 import AT_ONCE, OWASP_FIRST, PROFILES, RFC_9106_SECOND, Argon2Hasher
from tests.builders import SAMPLE_HASH

PASSWORD = b"oi25io14"
HASHER = Argon2Hasher(OWASP_FIRST)


def phc(
    *,
    memory: int = 19456,
    time: int = 2,
    lanes: int = 1,
    kind: Type = Type.ID,
    version: int = 19,
    salt: int = 16,
    length: int = 32,
) -> str:
    made = hash_secret(
        PASSWORD,
        b"s" * salt,
        time_cost=time,
        memory_cost=memory,
        parallelism=lanes,
        hash_len=length,
        type=kind,
        version=version,
    )
    return made.decode("ascii")


def named(*, memory: int = 19456, time: int = 2, lanes: int = 1, salt: int = 16, length: int = 32) -> str:
    """A string of that form without the work of making it."""
    salt_text, hash_text = (base64.b64encode(b"x" * size).decode().rstrip("=") for size in (salt, length))
    return f"$argon2id$v=19$m={memory},t={time},p={lanes}${salt_text}${hash_text}"


@pytest.mark.parametrize("kind", [bytes, bytearray])
def test_a_password_verifies_against_its_own_hash_only(kind: type[bytes] | type[bytearray]) -> None:
    stored = HASHER.hash(kind(PASSWORD))
    assert HASHER.verify(stored, kind(PASSWORD))
    assert not HASHER.verify(stored, kind(b"oi25io15"))
    assert not HASHER.verify(stored, kind(b""))
    assert PASSWORD.decode() not in stored
    assert HASHER.hash(PASSWORD) != stored


@pytest.mark.parametrize(
    ("profile", "parameters"),
    [(RFC_9106_SECOND, "$argon2id$v=19$m=65536,t=3,p=4$"), (OWASP_FIRST, "$argon2id$v=19$m=47104,t=1,p=1$")],
)
def test_the_profile_is_told_by_the_hash(profile: str, parameters: str) -> None:
    hasher = Argon2Hasher(profile)
    stored = hasher.hash(PASSWORD)
    assert stored.startswith(parameters)
    assert hasher.acceptable(stored)
    assert HASHER.verify(stored, PASSWORD)
    assert PROFILES[profile].source


def test_the_default_is_the_second_option_of_the_standard() -> None:
    assert Argon2Hasher().profile.name == RFC_9106_SECOND
    with pytest.raises(KeyError):
        Argon2Hasher("fast")


OWASP = [(47104, 1), (19456, 2), (12288, 3), (9216, 4), (7168, 5)]
"""Memory in KiB and passes that the cheat sheet calls equally strong."""


@pytest.mark.parametrize(
    ("stored", "accepted"),
    [
        (SAMPLE_HASH, True),
        (phc(), True),
        (phc(kind=Type.I), False),
        (phc(kind=Type.D), False),
        (phc(version=16), False),
        (named(memory=7168, time=1), False),
        *((named(memory=memory, time=time), True) for memory, time in OWASP),
        *((named(memory=memory - 1, time=time), False) for memory, time in OWASP),
        *((named(memory=memory, time=time - 1), False) for memory, time in OWASP),
        (named(memory=262144), True),
        (named(memory=262145), False),
        (named(time=10), True),
        (named(time=11), False),
        (named(lanes=8), True),
        (named(lanes=9), False),
        (named(salt=8), True),
        (named(salt=7), False),
        (named(salt=65), False),
        (named(length=16), True),
        (named(length=15), False),
        (named(length=65), False),
        (named().replace("t=2", "t=0"), False),
        (named().replace("t=2", "t=02"), False),
        (named().replace("m=19456,t=2", "t=2,m=19456"), False),
        (named().replace("p=1", "p=1,data=AAAA"), False),
        (named() + "\n", False),
        (named() + "=", False),
        (named() + "A" * 300, False),
        (named()[:-1] + "!", False),
        (named(length=16)[:-1] + "B", False),  # not the canonical base64 of its bytes
        (named() + "AA", False),
        ("$2b$12$abcdefghijklmnopqrstuv", False),
        ("", False),
        ("oi25io14", False),
    ],
)
def test_hashes_made_elsewhere(stored: str, accepted: bool) -> None:
    assert HASHER.acceptable(stored) is accepted


def test_what_is_not_acceptable_is_never_computed() -> None:
    # Four gibibytes: computing this would be noticed.
    assert not HASHER.verify(named(memory=4194304), PASSWORD)
    assert not HASHER.verify("no hash", PASSWORD)


def test_a_hash_made_elsewhere_verifies() -> None:
    assert HASHER.verify(phc(), PASSWORD)
    assert not HASHER.verify(phc(), b"another1")


def test_an_empty_password_has_no_hash() -> None:
    with pytest.raises(ValueError, match="empty"):
        HASHER.hash(bytearray())


def test_only_so_many_are_computed_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    hasher, pairs, lock, busy, most = Argon2Hasher(OWASP_FIRST), Barrier(AT_ONCE), Lock(), [0], [0]
    inner = argon2.PasswordHasher.verify

    def verify(self: argon2.PasswordHasher, stored: str, password: bytes) -> bool:
        with lock:
            busy[0] += 1
            most[0] = max(most[0], busy[0])
        # Nobody goes on before as many are here as may be.
        pairs.wait(60)
        right = bool(inner(self, stored, password))
        with lock:
            busy[0] -= 1
        return right

    monkeypatch.setattr(argon2.PasswordHasher, "verify", verify)
    stored = hasher.hash(PASSWORD)
    with ThreadPoolExecutor(4 * AT_ONCE) as pool:
        done = [pool.submit(Argon2Hasher(OWASP_FIRST).verify, stored, PASSWORD) for _ in range(4 * AT_ONCE)]
        assert all(one.result() for one in done)
    assert most[0] == AT_ONCE
