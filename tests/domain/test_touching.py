"""Why a change of the register concerns somebody, and what of a file's problems an event keeps."""

from __future__ import annotations

from datetime import date

import pytest

from ebidadmin.domain.imports import (
    FIRST_LINES,
    MOST_KINDS,
    FieldChange,
    ProblemKind,
    ProblemSeverity,
    RecordChange,
    RowProblem,
    problem_kinds,
    touching_reasons,
)
from tests.builders import supplier_number

DAY = date(2026, 10, 7)


def reasons(kind: str, *fields: tuple[str, str, str], undoing: bool = False) -> tuple[str, ...]:
    changes = tuple(FieldChange(*one) for one in fields)
    change = RecordChange(kind, supplier_number(), "(株)テスト商会92", changes)
    return touching_reasons(change, day=DAY, undoing=undoing)


@pytest.mark.parametrize(
    ("old", "new", "lapses"),
    [
        ("2028-03-31", "2026-10-06", True),
        ("", "2026-10-06", True),
        ("2026-10-07", "2026-10-06", True),
        # Not over on its last day; over before as well; longer; for ever.
        ("2028-03-31", "2026-10-07", False),
        ("2026-10-06", "2026-09-30", False),
        ("2028-03-31", "2030-03-31", False),
        ("2028-03-31", "", False),
    ],
)
def test_a_period_that_is_over_by_the_change_is_a_reason(old: str, new: str, lapses: bool) -> None:
    assert reasons("changed", ("valid_to", old, new)) == (("lapsed",) if lapses else ())
    with_name = reasons("changed", ("valid_to", old, new), ("trade_name", "a", "b"), ("fax", "1", "2"))
    assert with_name == (("trade_name", "lapsed") if lapses else ("trade_name",))


def test_coming_is_a_reason_only_in_an_undoing_and_vanishing_always() -> None:
    assert reasons("vanished") == reasons("vanished", undoing=True) == ("vanished",)
    assert (reasons("added"), reasons("added", undoing=True)) == ((), ("returned",))


def problem(line: int, code: str, column: str = "商号:正式", severity: str = "error") -> RowProblem:
    return RowProblem(line, column, code, ProblemSeverity(severity), "value of a row")


def test_problems_are_kept_by_kind_without_any_value() -> None:
    many = [problem(line, "required") for line in (9, 3, 7, 2, 8, 4)]
    kinds = problem_kinds([*many, problem(5, "phone-form", "", "warning"), problem(6, "too-long")])
    assert [(one.code, one.count, one.lines) for one in kinds] == [
        ("required", 6, (2, 3, 4, 7, 8)),
        ("too-long", 1, (6,)),
        ("phone-form", 1, (5,)),
    ]
    assert len(kinds[0].lines) == FIRST_LINES
    assert [ProblemKind.read(one.told()) for one in kinds] == list(kinds)
    assert ProblemKind.read("*****") is ProblemKind.read("error:required:many:1:") is None
    assert not any("value of a row" in one.told() for one in kinds)
    assert len(problem_kinds(problem(n, f"code-{n}") for n in range(2 * MOST_KINDS))) == MOST_KINDS
