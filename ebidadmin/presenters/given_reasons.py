"""Words of reasons that were given with a decision."""

from __future__ import annotations

from ebidadmin.errors import NotFoundError
from ebidadmin.services.ports import Reasons


def given_reason(reasons: Reasons, code: str) -> str:
    """The words for the supplier; the code itself where somebody took the reason out of the catalogue after it was given, so that what was
    decided can still be looked at."""
    try:
        return reasons.label(code)
    except NotFoundError:
        return code
