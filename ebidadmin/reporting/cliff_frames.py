"""The numbers of the report on the ends of qualifications, as pandas frames with typed columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

import pandas as pd

from ebidadmin.reporting.typed import typed_frame
from ebidadmin.services.report_register_facts import CliffFacts, Held

_ENDS = {"valid_to": "object", "suppliers": "int64", "registered": "int64"}
_HELD = {
    "supplier_number": "string",
    "trade_name": "string",
    "valid_to": "object",
    "days_left": "int64",
    "cards": "int64",
    "has_id": "bool",
}
_LAPSED = {**_HELD, "days_left": "Int64", "in_register": "bool"}
_RENEWED = {
    "supplier_number": "string",
    "trade_name": "string",
    "before": "object",
    "valid_to": "object",
    "cards": "int64",
    "has_id": "bool",
}


@dataclass(frozen=True, slots=True)
class CliffFrames:
    """``end``: the day on which most qualifications of the register end, of those that have not ended yet (``None``: none ends); of one
    that was renewed the end before counts until it has come, so that it stays the same day however many renew. ``ends``: suppliers
    by the end of their qualification.
    ``lapsing``: who lapses up to and on ``end``. ``renewed``: who had a record that ended by then and has a later one.
    ``lapsed``: whose qualification is over, or whom the register does not have any more (``in_register``; their last end, if there is
    one), while a card or an ID is live."""

    end: date | None
    ends: pd.DataFrame
    lapsing: pd.DataFrame
    renewed: pd.DataFrame
    lapsed: pd.DataFrame

    @property
    def registered(self) -> pd.DataFrame:
        """Those of ``lapsing`` with a live card or ID."""
        return self.lapsing[(self.lapsing["cards"] > 0) | self.lapsing["has_id"]].reset_index(drop=True)


def cliff_frames(facts: CliffFacts, *, day: date) -> CliffFrames:
    """Frames of the facts as of that day."""
    coming = Counter(one for one in (_nearest(held, day) for held in facts.held) if one is not None)
    # Of two ends with as many, the nearer one.
    end = min(coming, key=lambda one: (-coming[one], one)) if coming else None
    return CliffFrames(
        end=end,
        ends=_ends(facts),
        lapsing=_held(facts, day, lambda one: end is not None and day <= one <= end),
        renewed=typed_frame(
            _RENEWED,
            (
                (one.supplier_number, one.trade_name, one.before, one.valid_to, one.cards, one.has_id)
                for one in _by_end(facts.held)
                if end is not None
                and one.before is not None
                and _after(one.valid_to, end)
                and one.before <= end
            ),
        ),
        lapsed=_lapsed(facts, day),
    )


def _ends(facts: CliffFacts) -> pd.DataFrame:
    count = Counter(one.valid_to for one in facts.held)
    registered = Counter(one.valid_to for one in facts.held if one.cards or one.has_id)
    order = sorted(count, key=lambda end: end or date.max)
    return typed_frame(_ENDS, ((end, count[end], registered[end]) for end in order))


def _held(facts: CliffFacts, day: date, wanted: Callable[[date], bool]) -> pd.DataFrame:
    chosen = [one for one in facts.held if one.valid_to is not None and wanted(one.valid_to)]
    return typed_frame(_HELD, (_row(one, day) for one in _by_end(chosen)))


def _lapsed(facts: CliffFacts, day: date) -> pd.DataFrame:
    over = [
        one
        for one in facts.held
        if one.valid_to is not None and one.valid_to < day and (one.cards or one.has_id)
    ]
    missing = {one.supplier_number for one in facts.missing}
    return typed_frame(
        _LAPSED,
        ((*_row(one, day), one.supplier_number not in missing) for one in _by_end((*over, *facts.missing))),
    )


def _row(one: Held, day: date) -> tuple[object, ...]:
    left = pd.NA if one.valid_to is None else (one.valid_to - day).days
    return (one.supplier_number, one.trade_name, one.valid_to, left, one.cards, one.has_id)


def _by_end(held: Iterable[Held]) -> list[Held]:
    """The registered ones first: they are who has to be told."""
    return sorted(
        held,
        key=lambda one: (not (one.cards or one.has_id), one.valid_to or date.max, one.supplier_number),
    )


def _nearest(one: Held, day: date) -> date | None:
    """The end that comes next by what the register said before somebody renewed, or says now."""
    return next((end for end in (one.before, one.valid_to) if end is not None and end >= day), None)


def _after(valid_to: date | None, end: date) -> bool:
    return valid_to is None or valid_to > end
