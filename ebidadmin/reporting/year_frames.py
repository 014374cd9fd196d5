"""The numbers of the report on a fiscal year, as pandas frames with typed columns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from ebidadmin.domain.events import EventTag
from ebidadmin.reporting.typed import typed_frame
from ebidadmin.services.report_register_facts import YearFacts

MEASURES: dict[str, tuple[EventTag, ...]] = {
    "applications": (EventTag.APPLICATION_SUBMITTED,),
    "approved": (EventTag.APPLICATION_APPROVED,),
    "approved_automatically": (),
    "rejected": (EventTag.APPLICATION_REJECTED,),
    "withdrawn": (EventTag.APPLICATION_WITHDRAWN,),
    "permits_recorded": (EventTag.PERMIT_RECORDED,),
    "permits_granted": (EventTag.PERMIT_GRANTED,),
    "permits_refused": (EventTag.PERMIT_REFUSED,),
    "ids_created": (EventTag.REGISTRATION_CREATED,),
    "ids_cancelled": (EventTag.REGISTRATION_CANCELLED,),
    "ids_reset": (EventTag.REGISTRATION_RESET,),
    "cards_registered": (EventTag.CARD_REGISTERED,),
    "cards_renewed": (EventTag.CARD_RENEWED,),
    "cards_cancelled": (EventTag.CARD_CANCELLED,),
    "cases": (EventTag.CASE_RECORDED,),
    "imports": (EventTag.IMPORT_APPLIED,),
    "corrections": (EventTag.IMPORT_CORRECTED, EventTag.IMPORT_UNDONE),
    "follow_ups_opened": (EventTag.FOLLOW_UP_OPENED,),
    "follow_ups_closed": (EventTag.FOLLOW_UP_DONE, EventTag.FOLLOW_UP_SETTLED),
    "mails_sent": (EventTag.MAIL_SENT,),
    "mails_given_up": (EventTag.MAIL_GAVE_UP,),
}
"""What a fiscal year is told in: each measure counts events of those kinds. Approvals that nobody but the setting decided are not among
``approved`` but counted apart."""


@dataclass(frozen=True, slots=True)
class YearFrames:
    """``months``: a row for each measure, a column for each month (``2025-04``) and ``total``. ``year`` is the fiscal year."""

    year: int
    facts: YearFacts
    months: pd.DataFrame

    def total(self, measure: str) -> int:
        """How many of it there were in the year. Raises ``KeyError``."""
        return self._row(measure)["total"]

    def of_months(self, measure: str) -> list[int]:
        """How many in each month, from April. Raises ``KeyError``."""
        row = self._row(measure)
        return [row[month_key(month)] for month in fiscal_months(self.year)]

    def _row(self, measure: str) -> dict[str, int]:
        chosen = self.months[self.months["measure"] == measure]
        if chosen.empty:
            raise KeyError(measure)
        return {str(name): int(count) for name, count in chosen.drop(columns="measure").iloc[0].items()}


def fiscal_months(year: int) -> tuple[date, ...]:
    """The first days of the months of a fiscal year, from April to March."""
    return tuple(date(year + (month > 12), (month - 1) % 12 + 1, 1) for month in range(4, 16))


def month_key(month: date) -> str:
    """What the column of a month is called."""
    return f"{month:%Y-%m}"


def year_frames(facts: YearFacts, *, year: int) -> YearFrames:
    """Frames of the facts of a fiscal year."""
    months = fiscal_months(year)
    columns = {"measure": "string", **{month_key(month): "int64" for month in months}, "total": "int64"}
    rows = []
    for name, tags in MEASURES.items():
        apart = {"approved": -1, "approved_automatically": 1}.get(name, 0)
        counts = [
            sum(facts.events.get((month, tag), 0) for tag in tags) + apart * facts.automatic.get(month, 0)
            for month in months
        ]
        rows.append((name, *counts, sum(counts)))
    return YearFrames(year=year, facts=facts, months=typed_frame(columns, rows))
