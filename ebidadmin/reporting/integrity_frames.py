"""The numbers of the daily report on the audit trail, as pandas frames with typed columns."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time

import pandas as pd

from ebidadmin.clock import Calendar, jst
from ebidadmin.domain.tree_findings import Fault, Verification
from ebidadmin.reporting.typed import typed_frame
from ebidadmin.services.report_facts import TrailDay

OPENS, CLOSES = time(7), time(22)
"""Outside these times of a working day a person's work is unusual: the bidding system's own doors are open from 8:30 to 20:00, and
clerks come before and stay after."""

BESIDE = frozenset(
    {Fault.STAMP_UNREADABLE, Fault.STAMP_FORGED, Fault.STAMP_DIFFERS, Fault.STAMP_ALONE, Fault.HEAD_FORGED}
)
"""Findings about files that lie outside the database, and about keys: another key, or a file that was lost, explains them too."""

AROUND = frozenset(Fault) - BESIDE
"""Findings that say that somebody went around the program: it writes nothing that would lead to one."""

_FINDINGS = {"fault": "string", "seq": "Int64", "what": "string", "around": "bool"}
_TAGS = {"tag": "string", "count": "int64"}
_PEOPLE = {"by": "string", "count": "int64", "first": "object", "last": "object"}
_UNUSUAL = {"by": "string", "day": "object", "count": "int64", "first": "object", "last": "object"}


@dataclass(frozen=True, slots=True)
class IntegrityFrames:
    """``findings`` of the verification, ``tags`` and ``people`` of the day before with their number of events, ``unusual``: who worked on a
    day off, or outside the usual hours, with first and last moment in Japan; what timers do is nobody's work."""

    verification: Verification
    findings: pd.DataFrame
    tags: pd.DataFrame
    people: pd.DataFrame
    unusual: pd.DataFrame
    unread: str = ""
    """Why the anchors that the settings name were not looked at, as a sentence; empty where they were, or none are named."""

    @property
    def around(self) -> pd.DataFrame:
        """Findings that say that somebody went around the program."""
        return self.findings[self.findings["around"]].reset_index(drop=True)


def integrity_frames(
    verification: Verification, day: TrailDay, *, calendar: Calendar, unread: str = ""
) -> IntegrityFrames:
    """Frames of a verification and of a day's events."""
    by_person: defaultdict[str, list[datetime]] = defaultdict(list)
    odd: defaultdict[tuple[str, date], list[datetime]] = defaultdict(list)
    for place, (by, at) in enumerate(day.moments):
        local = jst(at)
        by_person[by].append(local)
        if place in day.by_timer:
            continue
        if not calendar.is_working_day(local.date()) or not OPENS <= local.time() < CLOSES:
            odd[by, local.date()].append(local)
    tags = sorted(day.by_tag.items(), key=lambda one: (-one[1], one[0]))
    people = sorted(by_person.items(), key=lambda one: (-len(one[1]), one[0]))
    return IntegrityFrames(
        verification=verification,
        findings=typed_frame(
            _FINDINGS,
            (
                (one.fault.value, pd.NA if one.seq is None else one.seq, one.what, one.fault in AROUND)
                for one in verification.findings
            ),
        ),
        tags=typed_frame(_TAGS, tags),
        people=typed_frame(_PEOPLE, ((by, len(at), min(at), max(at)) for by, at in people)),
        unusual=typed_frame(
            _UNUSUAL,
            ((by, when, len(at), min(at), max(at)) for (by, when), at in sorted(odd.items())),
        ),
        unread=unread,
    )
