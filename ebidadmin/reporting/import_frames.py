"""The numbers of the report on an import, as pandas frames with typed columns."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import pandas as pd

from ebidadmin.reporting.typed import typed_frame
from ebidadmin.services.report_register_facts import ImportedFacts

_COUNTS = {"measure": "string", "count": "int64"}
_FIELDS = {"field": "string", "count": "int64", "concerned": "int64"}
_CHANGES = {
    "kind": "string",
    "supplier_number": "string",
    "trade_name": "string",
    "field": "string",
    "before": "string",
    "after": "string",
}
_CONCERNED = {
    "supplier_number": "string",
    "trade_name": "string",
    "kind": "string",
    "fields": "object",
    "cards": "int64",
    "has_id": "bool",
    "application": "string",
    "reasons": "object",
    "touched": "bool",
}
_PROBLEMS = {
    "severity": "string",
    "code": "string",
    "column": "string",
    "count": "int64",
    "lines": "object",
}


@dataclass(frozen=True, slots=True)
class ImportFrames:
    """``counts``: rows of the file by what they did. ``fields``: changed suppliers by field, and how many of those were registered or
    applying. ``changes``: a row for each changed field, and one for each supplier that came or vanished. ``concerned``: suppliers with a
    live registration or an open application; ``touched`` where somebody has to look at it, for the ``reasons`` that the import itself said.
    ``problems``: what was wrong with the file, by kind, with the first lines of each."""

    facts: ImportedFacts
    counts: pd.DataFrame
    fields: pd.DataFrame
    changes: pd.DataFrame
    concerned: pd.DataFrame
    problems: pd.DataFrame

    @property
    def touched(self) -> pd.DataFrame:
        """Those whom somebody has to look at."""
        return self.concerned[self.concerned["touched"]].reset_index(drop=True)


def import_frames(facts: ImportedFacts) -> ImportFrames:
    """Frames of the facts."""
    fields = Counter(change.field for one in facts.changes for change in one.fields)
    concerned = Counter(name for one in facts.concerned for name in one.fields)
    changes = [
        (one.kind, one.supplier_number, one.trade_name, change.field, change.old, change.new)
        for one in facts.changes
        for change in one.fields
    ]
    whole = [
        (one.kind, one.supplier_number, one.trade_name, "", "", "")
        for one in facts.changes
        if one.kind != "changed"
    ]
    return ImportFrames(
        facts=facts,
        counts=typed_frame(_COUNTS, facts.counts.items()),
        fields=typed_frame(_FIELDS, ((name, count, concerned[name]) for name, count in fields.most_common())),
        changes=typed_frame(_CHANGES, (*whole, *changes)),
        concerned=typed_frame(
            _CONCERNED,
            (
                (
                    one.supplier_number,
                    one.trade_name,
                    one.kind,
                    one.fields,
                    one.cards,
                    one.has_id,
                    one.application or "",
                    one.reasons,
                    bool(one.reasons),
                )
                for one in facts.concerned
            ),
        ),
        problems=typed_frame(
            _PROBLEMS,
            ((one.severity.value, one.code, one.column, one.count, one.lines) for one in facts.problem_kinds),
        ),
    )
