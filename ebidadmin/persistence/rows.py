"""Single statements on rows."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import CursorResult, Delete, Update
from sqlalchemy.orm import Session

from ebidadmin.persistence.engine import one_writer

_WRITING = "writing"


def begin_writing(session: Session) -> None:
    """To be called before the first change of a session; see ``engine.one_writer``. Outside of savepoints: rolling one back would
    give the turn away."""
    if _WRITING not in session.info:
        one_writer(session.connection())
        session.info[_WRITING] = True


def changed_one(session: Session, statement: Update | Delete) -> bool:
    """Execute; whether a row was met. The session's memory of rows is not touched: reads go to the database anyway."""
    result = session.execute(statement, execution_options={"synchronize_session": False})
    return cast("CursorResult[Any]", result).rowcount > 0
