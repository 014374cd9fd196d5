"""Who may take part in quotations, as commands tell it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import click

from ebidadmin.cli.common import japanese
from ebidadmin.domain.eligibility import Eligibility, Missing

ON = click.option(
    "--on",
    "on",
    type=click.DateTime(["%Y-%m-%d"]),
    default=None,
    help="Whether it may take part in quotations on that day, YYYY-MM-DD.",
)


def day_of(on: datetime | None) -> date | None:
    """The day that was asked about."""
    return None if on is None else on.date()


def eligibility_view(found: Eligibility) -> dict[str, Any]:
    """The JSON of an answer."""
    return {
        "day": found.day.isoformat(),
        "eligible": found.eligible,
        "basis": found.basis.value,
        "missing": [
            {
                "code": one.lack.value,
                "day": None if one.day is None else one.day.isoformat(),
                "at": None if one.at is None else one.at.isoformat(),
                "by": one.by or None,
                "reason": one.reason or None,
            }
            for one in found.missing
        ],
    }


def eligibility_lines(found: Eligibility) -> list[str]:
    """The answer for people: what is missing a line each, then by which records it is told."""
    if japanese():
        from ebidadmin.presenters.eligibility_line import line_of

        line = line_of(found)
        basis = (line.basis,) if line.basis else ()
        return [line.notice.text, *(f"  {one}" for one in line.notice.items), *basis]
    answer = "eligible" if found.eligible else "not eligible"
    return [
        f"{answer} on {found.day.isoformat()} ({found.basis.value})",
        *(f"  missing: {_english(one)}" for one in found.missing),
    ]


def _english(one: Missing) -> str:
    at = None if one.at is None else one.at.isoformat()
    day = None if one.day is None else one.day.isoformat()
    return "\t".join(part for part in (one.lack.value, day, at, one.by, one.reason) if part)
