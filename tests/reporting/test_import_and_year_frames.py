"""The reports on an import and on a fiscal year from a handful of facts whose numbers are plain to see."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from ebidadmin.domain.events import EventTag
from ebidadmin.domain.ids import BatchId
from ebidadmin.domain.imports import FieldChange, ProblemKind, ProblemSeverity, RecordChange
from ebidadmin.reporting.import_frames import import_frames
from ebidadmin.reporting.year_frames import fiscal_months, year_frames
from ebidadmin.services.report_register_facts import Concerned, ImportedFacts, Standing, YearFacts
from tests.builders import NOON, supplier_number, trade_name

MOVED = FieldChange("address", "山口県下関市南部町1番1号", "山口県下関市竹崎町1番2号")
FAX = FieldChange("fax", "083-232-0001", "083-232-9999")


def change(n: int, kind: str, *fields: FieldChange) -> RecordChange:
    return RecordChange(kind, supplier_number(n), trade_name(n), fields)


def concerned(n: int, kind: str, *fields: str, reasons: tuple[str, ...] = (), **changes: Any) -> Concerned:
    given = {"cards": 0, "has_id": False, "application": None, **changes}
    return Concerned(
        supplier_number=supplier_number(n),
        trade_name=trade_name(n),
        kind=kind,
        fields=fields,
        reasons=reasons,
        **given,
    )


FACTS = ImportedFacts(
    number=BatchId(3),
    file_name="meibo.csv",
    layout="ebidadmin",
    by="kawai",
    applied_at=NOON,
    counts={"added": 1, "changed": 2, "unchanged": 5, "vanished": 1, "refused": 2},
    problems=5,
    problem_kinds=(
        ProblemKind(ProblemSeverity.ERROR, "required", "商号", 2, (4, 9)),
        ProblemKind(ProblemSeverity.WARNING, "phone-form", "電話", 3, (2, 3, 5)),
    ),
    warnings=(),
    undoes=None,
    corrects=None,
    reason="",
    changes=(
        change(1, "added"),
        change(2, "changed", MOVED, FAX),
        change(3, "changed", FAX),
        change(4, "vanished"),
    ),
    concerned=(
        concerned(2, "changed", "address", "fax", reasons=("address",), cards=2),
        concerned(3, "changed", "fax", has_id=True),
        concerned(4, "vanished", reasons=("vanished",), application="A000004"),
    ),
)


def test_an_import_is_told_by_rows_fields_and_suppliers() -> None:
    frames = import_frames(FACTS)
    assert dict(frames.counts.itertuples(index=False, name=None)) == FACTS.counts
    fields = {row[0]: row[1:] for row in frames.fields.itertuples(index=False, name=None)}
    assert fields == {"fax": (2, 2), "address": (1, 1)}
    assert [tuple(row)[0:2] + tuple(row)[3:] for row in frames.changes.itertuples(index=False)] == [
        ("added", supplier_number(1), "", "", ""),
        ("vanished", supplier_number(4), "", "", ""),
        ("changed", supplier_number(2), "address", MOVED.old, MOVED.new),
        ("changed", supplier_number(2), "fax", FAX.old, FAX.new),
        ("changed", supplier_number(3), "fax", FAX.old, FAX.new),
    ]


def test_whom_somebody_has_to_look_at_is_what_the_import_said() -> None:
    frames = import_frames(FACTS)
    assert list(frames.concerned["supplier_number"]) == [supplier_number(n) for n in (2, 3, 4)]
    assert list(frames.touched["supplier_number"]) == [supplier_number(2), supplier_number(4)]
    assert list(frames.touched["reasons"]) == [("address",), ("vanished",)]
    assert frames.touched[["cards", "has_id", "application"]].to_numpy().tolist() == [
        [2, False, ""],
        [0, False, "A000004"],
    ]


def test_what_was_refused_is_told_by_reason_and_column() -> None:
    assert import_frames(FACTS).problems.to_numpy().tolist() == [
        ["error", "required", "商号", 2, (4, 9)],
        ["warning", "phone-form", "電話", 3, (2, 3, 5)],
    ]


def test_a_fiscal_year_is_counted_by_month_with_automatic_approvals_apart() -> None:
    april, march = date(2026, 4, 1), date(2027, 3, 1)
    facts = YearFacts(
        events={
            (april, EventTag.APPLICATION_APPROVED): 5,
            (march, EventTag.APPLICATION_APPROVED): 2,
            (march, EventTag.IMPORT_CORRECTED): 1,
            (march, EventTag.IMPORT_UNDONE): 2,
        },
        automatic={april: 3},
        standing=dict.fromkeys(Standing, 0),
        suppliers=9,
    )
    frames = year_frames(facts, year=2026)
    assert fiscal_months(2026)[0] == april
    assert fiscal_months(2026)[-1] == march
    assert frames.of_months("approved") == [2, *[0] * 10, 2]
    assert frames.of_months("approved_automatically") == [3, *[0] * 11]
    assert (frames.total("approved"), frames.total("corrections"), frames.total("rejected")) == (4, 3, 0)
    with pytest.raises(KeyError):
        frames.total("unknown")
