"""The field rules of the registration screens (interface; see the tests for every border)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class FormRules:
    """What the rules depend on from outside: ``mail_ok`` tells a valid address, ``branch_limit`` is a setting."""

    mail_ok: Callable[[str], bool]
    branch_limit: int = 30
