"""The part of a desk's settings that is about reports."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import PurePath

LONGEST_RUN = 120
"""Minutes. What takes longer has hung."""


LONGEST_KEPT = 36_525
"""Days: a hundred years."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportsSection:
    """The whole section may be absent: desks made before it came mean the same without it. ``alarm_to`` are addresses of the office that
    are told when a report fails."""

    folder: str = "report-outputs"
    time_limit_minutes: int = 10
    keep_days: int = 0
    """After so many days a pass of the schedule removes outputs; 0: never."""
    alarm_to: tuple[str, ...] = ()

    @property
    def keep(self) -> timedelta | None:
        return timedelta(days=self.keep_days) if self.keep_days else None


NO_SETTINGS = ReportsSection()
"""Of a desk that says nothing about reports."""


def report_checks(section: ReportsSection) -> tuple[tuple[bool, str, object], ...]:
    """Whether each value is one to work with, the setting, and the value."""
    inside = bool(section.folder.strip()) and ".." not in PurePath(section.folder).parts
    return (
        (inside, "reports.folder", section.folder),
        (
            1 <= section.time_limit_minutes <= LONGEST_RUN,
            "reports.time_limit_minutes",
            section.time_limit_minutes,
        ),
        (0 <= section.keep_days <= LONGEST_KEPT, "reports.keep_days", section.keep_days),
        *((_is_address(one), "reports.alarm_to", one) for one in section.alarm_to),
    )


def _is_address(text: str) -> bool:
    name, at, domain = text.partition("@")
    return (
        bool(name and at and domain)
        and text.isascii()
        and text.isprintable()
        and not set(text) & set(" ,;<>")
    )
