"""The part of a desk's settings that says how long what is kept of a supplier stays."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from ebidadmin.domain.retention import LONGEST, YEARS, Retention


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionSection:
    """Years after the end of the fiscal year in which something ended (``domain.retention``). The whole section may be absent."""

    register: int = YEARS
    applications: int = YEARS
    permits: int = YEARS
    registrations: int = YEARS
    cards: int = YEARS
    help_desk: int = YEARS

    def rules(self) -> Retention:
        return Retention(**asdict(self))


USUAL = RetentionSection()
"""Of a desk that says nothing about it."""


def retention_checks(section: RetentionSection) -> tuple[tuple[bool, str, object], ...]:
    """Whether each value is one to work with, the setting, and the value."""
    return tuple(
        (0 <= years <= LONGEST, f"retention.{name}", years) for name, years in asdict(section).items()
    )
