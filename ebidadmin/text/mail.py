"""The parts of mails to suppliers that are made, not written in a template."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

UNNAMED = "登録事業者"
"""In place of a name that neither register nor certificate says."""


def received_on(day: date) -> str:
    """The day of receipt, and any other day."""
    return f"{day.year}年{day.month}月{day.day}日"


def reason_list(labels: Sequence[str]) -> str:
    """The reasons of a rejection, one a line."""
    return "\n".join(f"・{label}" for label in labels)


def note_block(note: str) -> str:
    """The free text beside the reasons, set off; a blank line alone where there is none."""
    return f"\n補足\n{note}\n" if note else ""
