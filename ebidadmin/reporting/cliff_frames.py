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
    """``end``: the day on which most qualifications of the register end, of those that have not ended yet (``None``: none ends).
    ``ends``: suppliers by the end of their qualification. ``lapsing``: who lapses up to and on ``end``. ``renewed``: who had a record that
    ended by then and has a later one. ``lapsed``: whose qualification is over while a card or an ID is live."""

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
    coming = Counter(one.valid_to for one in facts.held if one.valid_to is not None and one.valid_to >= day)
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
        lapsed=_held(facts, day, lambda one: one < day, registered=True),
    )


def _ends(facts: CliffFacts) -> pd.DataFrame:
    count = Counter(one.valid_to for one in facts.held)
    registered = Counter(one.valid_to for one in facts.held if one.cards or one.has_id)
    order = sorted(count, key=lambda end: end or date.max)
    return typed_frame(_ENDS, ((end, count[end], registered[end]) for end in order))


def _held(
    facts: CliffFacts, day: date, wanted: Callable[[date], bool], *, registered: bool = False
) -> pd.DataFrame:
    return typed_frame(
        _HELD,
        (
            (
                one.supplier_number,
                one.trade_name,
                one.valid_to,
                (one.valid_to - day).days,
                one.cards,
                one.has_id,
            )
            for one in _by_end(facts.held)
            if one.valid_to is not None
            and wanted(one.valid_to)
            and (one.cards or one.has_id or not registered)
        ),
    )


def _by_end(held: Iterable[Held]) -> list[Held]:
    """The registered ones first: they are who has to be told."""
    return sorted(
        held,
        key=lambda one: (not (one.cards or one.has_id), one.valid_to or date.max, one.supplier_number),
    )


def _after(valid_to: date | None, end: date) -> bool:
    return valid_to is None or valid_to > end
