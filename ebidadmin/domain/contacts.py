"""The seven contact fields that every registration screen asks for."""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class Contact:
    """One contact of a supplier, as entered and checked; texts are kept as they were typed but for outer spaces and the folding
    of half-width fields."""

    name: str
    postcode: str
    address: str
    person: str
    phone: str
    fax: str
    email: str

    def as_map(self) -> dict[str, str]:
        return {name: getattr(self, name) for name in CONTACT_FIELDS}


CONTACT_FIELDS: tuple[str, ...] = tuple(field.name for field in fields(Contact))
"""The names of the seven fields, in the order of the screens."""
