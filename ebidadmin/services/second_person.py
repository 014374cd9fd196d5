"""What services of a second person's confirmation share."""

from __future__ import annotations

from datetime import datetime

from ebidadmin.clock import jst_date, midnight_after
from ebidadmin.services.ports import Office


def end_of_life(office: Office, *, now: datetime, days: int) -> datetime:
    """The midnight in Japan that ends the last of ``days`` working days of a request made now."""
    last = office.calendar.add_working_days(jst_date(now), days)
    return midnight_after(last)
