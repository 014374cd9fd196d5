"""What services of a second person's confirmation share."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from ebidadmin.clock import JST, as_utc, jst_date
from ebidadmin.services.ports import Office


def end_of_life(office: Office, *, now: datetime, days: int) -> datetime:
    """The midnight in Japan that ends the last of ``days`` working days of a request made now."""
    last = office.calendar.add_working_days(jst_date(now), days)
    return as_utc(datetime.combine(last + timedelta(days=1), time(), JST))
