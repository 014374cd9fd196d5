"""Single statements on rows."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import CursorResult, Delete, Update
from sqlalchemy.orm import Session


def changed_one(session: Session, statement: Update | Delete) -> bool:
    """Execute; whether a row was met. The session's memory of rows is not touched: reads go to the database anyway."""
    result = session.execute(statement, execution_options={"synchronize_session": False})
    return cast("CursorResult[Any]", result).rowcount > 0
