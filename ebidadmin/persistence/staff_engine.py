"""A connection to the office as the log-in behind it may see the office."""

from __future__ import annotations

from ebidadmin.domain.staff import Staff
from ebidadmin.persistence.engine import Engine, make_engine
from ebidadmin.persistence.migrate import check_revision
from ebidadmin.persistence.staff_roles import seen_by, session_staff


def staff_engine(url: str, *, read_only: bool = False) -> tuple[Engine, Staff | None]:
    """An engine of this program's schema, and whom the database says to be acting; ``None``: it tells nobody apart.

    Raises as ``make_engine`` and ``check_revision`` do, and ``StorageError``.
    """
    engine = make_engine(url, read_only=read_only)
    check_revision(engine)
    staff = session_staff(engine)
    return (engine if staff is None else seen_by(staff, engine, url, read_only=read_only)), staff
