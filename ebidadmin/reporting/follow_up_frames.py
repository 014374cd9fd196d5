"""The numbers of the weekly report on the follow-up list, as pandas frames with typed columns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import pandas as pd

from ebidadmin.clock import jst, jst_date
from ebidadmin.domain.followups import FollowUpCode
from ebidadmin.reporting.typed import typed_frame
from ebidadmin.services.report_register_facts import FollowUpFacts, ReportedHolder, ReportedItem

_ITEMS = {
    "id": "string",
    "code": "string",
    "kind": "string",
    "key": "string",
    "supplier_number": "string",
    "trade_name": "string",
    "opened_on": "object",
    "days": "int64",
    "facts": "object",
}
_COUNTS = {"code": "string", "new": "int64", "older": "int64"}
_EXPIRING = {
    "card": "string",
    "supplier_number": "string",
    "trade_name": "string",
    "holder_name": "string",
    "not_after": "object",
    "days_left": "int64",
    "told_on": "object",
}
_DIFFERING = {
    "card": "string",
    "supplier_number": "string",
    "trade_name": "string",
    "not_after": "object",
    "valid_to": "object",
    "days": "int64",
}
_HOLDERS = {
    "supplier_number": "string",
    "trade_name": "string",
    "what": "string",
    "before": "string",
    "after": "string",
    "at": "object",
    "source": "string",
}


@dataclass(frozen=True, slots=True)
class FollowUpFrames:
    """``items``: what is open, oldest first, with calendar days since. ``counts``: by code, those opened after the report before (``new``)
    and earlier. ``holders``: who took whose place after it. ``expiring``: live cards whose end is near, with the calendar days left.
    ``outliving`` and ``underliving``: live cards whose end lies after, or before, that of the qualification, with the days between."""

    items: pd.DataFrame
    counts: pd.DataFrame
    holders: pd.DataFrame
    expiring: pd.DataFrame
    outliving: pd.DataFrame
    underliving: pd.DataFrame

    @property
    def untold(self) -> pd.DataFrame:
        """Cards near their end whose supplier was not told yet."""
        return self.expiring[self.expiring["told_on"].isna()].reset_index(drop=True)


def follow_up_frames(
    facts: FollowUpFacts, *, as_of: datetime, since: datetime, notice_days: int
) -> FollowUpFrames:
    """Frames of the facts as of that moment; ``since`` is that of the report before."""
    today = jst_date(as_of)
    expiring: list[tuple[object, ...]] = []
    outliving: list[tuple[str, str, str, date, date, int]] = []
    underliving: list[tuple[str, str, str, date, date, int]] = []
    for card in facts.cards:
        end = jst_date(card.not_after)
        left = (end - today).days
        who = (card.id, card.supplier_number, card.trade_name)
        if left <= notice_days:
            told = None if card.told_at is None else jst_date(card.told_at)
            expiring.append((*who, card.holder_name, end, left, told))
        if card.valid_to is not None and end != card.valid_to:
            between = (end - card.valid_to).days
            beyond = outliving if between > 0 else underliving
            beyond.append((*who, end, card.valid_to, abs(between)))
    return FollowUpFrames(
        items=typed_frame(_ITEMS, (_item_row(one, today) for one in facts.items)),
        counts=_counts(facts, since),
        holders=typed_frame(_HOLDERS, map(_holder_row, facts.holders)),
        expiring=typed_frame(_EXPIRING, expiring),
        outliving=typed_frame(_DIFFERING, sorted(outliving, key=lambda row: (row[4], row[0]))),
        underliving=typed_frame(_DIFFERING, sorted(underliving, key=lambda row: (row[3], row[0]))),
    )


def _item_row(one: ReportedItem, today: date) -> tuple[object, ...]:
    opened = jst_date(one.opened_at)
    about = (one.about.kind.value, one.about.key)
    who = (one.supplier_number, one.trade_name)
    return (one.id, one.code.value, *about, *who, opened, (today - opened).days, dict(one.facts))


def _holder_row(one: ReportedHolder) -> tuple[object, ...]:
    who = (one.supplier_number, one.trade_name)
    return (*who, one.what, one.before, one.after, jst(one.at), one.source)


def _counts(facts: FollowUpFacts, since: datetime) -> pd.DataFrame:
    """In the order of the codes; those without an item are left out."""
    rows = []
    for code in FollowUpCode:
        opened = [one.opened_at > since for one in facts.items if one.code is code]
        if opened:
            rows.append((code.value, sum(opened), len(opened) - sum(opened)))
    return typed_frame(_COUNTS, rows)
