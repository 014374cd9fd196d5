"""Whether postcodes exist, asked once for each that a file has: a register has many suppliers to a postcode."""

from __future__ import annotations

from collections.abc import Callable

from ebidadmin.services.ports import Office

DIGITS_BEFORE = 3
"""Of a postcode, before its hyphen."""


def postcode_check(office: Office) -> Callable[[str], bool]:
    """A check that remembers its answers, for one file. It takes codes with or without a hyphen."""
    known: dict[str, bool] = {}

    def exists(code: str) -> bool:
        plain = code.replace("-", "")
        if plain not in known:
            known[plain] = bool(office.postcodes.places(f"{plain[:DIGITS_BEFORE]}-{plain[DIGITS_BEFORE:]}"))
        return known[plain]

    return exists
