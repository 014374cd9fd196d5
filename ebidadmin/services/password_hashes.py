"""Which hashes of passwords are taken, wherever one is set: at an application, in a batch, at the approval, by a change."""

from __future__ import annotations

from ebidadmin.errors import InputError, Problem
from ebidadmin.services.ports import PasswordHasher


def hash_problems(hasher: PasswordHasher, password_hash: str) -> tuple[Problem, ...]:
    """What is wrong with it (``password-hash``): it must be an Argon2id PHC string within the limits. The problem does not repeat it."""
    return () if hasher.acceptable(password_hash) else (Problem("password_hash", "password-hash"),)


def refuse_unacceptable(hasher: PasswordHasher, password_hash: str) -> None:
    """Raises ``InputError`` ``password-hash``: with such a hash nobody could ever sign in."""
    problems = hash_problems(hasher, password_hash)
    if problems:
        raise InputError("password-hash", problems)
