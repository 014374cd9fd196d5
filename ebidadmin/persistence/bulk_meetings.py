"""Where the staged rows of a file meet the register: nowhere, when it is empty, which costs nothing to know."""

from __future__ import annotations

from sqlalchemy import ColumnElement, exists, func, select

from ebidadmin.persistence.bulk_sets import CURRENT, paired
from ebidadmin.persistence.register import Executor


def holds(executor: Executor) -> bool:
    """Whether the register has any record at present. Of an empty one the staged rows need not be asked."""
    return bool(executor.execute(select(exists().where(CURRENT))).scalar_one())


def met(executor: Executor, *conditions: ColumnElement[bool]) -> int:
    """How many staged rows meet a record of their supplier of which the conditions are true."""
    if not holds(executor):
        return 0
    return int(executor.execute(paired(func.count()).where(*conditions)).scalar_one())
