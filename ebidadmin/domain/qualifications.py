"""The qualification register's record: what the office knows about a supplier that may bid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from enum import StrEnum

from ebidadmin.domain.ids import SupplierNumber


class Grade(StrEnum):
    A = "A"
    B = "B"
    C = "C"
    D = "D"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Qualification:
    """One supplier as the register has it. Texts are raw, as sent; an absent text is ``""``.

    ``corporate_number`` has 13 digits or is empty (sole proprietors and joint ventures have none). ``valid_from`` / ``valid_to`` are
    inclusive; without an end the qualification is open-ended. ``extra`` keeps the layout's further columns by heading:
    shown, searchable, not interpreted. ``source_key`` is set where the supplier number was issued here.
    """

    supplier_number: SupplierNumber
    trade_name: str
    source_key: str = ""
    corporate_number: str = ""
    kana: str = ""
    postcode: str = ""
    address: str = ""
    representative_title: str = ""
    representative_name: str = ""
    phone: str = ""
    fax: str = ""
    email: str = ""
    branch: str = ""
    delegate_title: str = ""
    delegate_name: str = ""
    delegate_address: str = ""
    grade_manufacture: Grade = Grade.NONE
    grade_sale: Grade = Grade.NONE
    grade_service: Grade = Grade.NONE
    grade_purchase: Grade = Grade.NONE
    valid_from: date | None = None
    valid_to: date | None = None
    suspended_from: date | None = None
    suspended_to: date | None = None
    remarks: str = ""
    extra: Mapping[str, str] = field(default_factory=dict)

    def in_force(self, day: date) -> bool:
        """Whether the qualification's period covers that day."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day <= self.valid_to
        )

    def as_map(self) -> dict[str, object]:
        return asdict(self)
