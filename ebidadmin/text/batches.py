"""Words about batches of applications: what is wrong with their rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ebidadmin.domain.imports import RowProblem
from ebidadmin.errors import Problem
from ebidadmin.text.imports import SEVERITIES
from ebidadmin.text.labels import field_name
from ebidadmin.text.messages import problem_sentence, row_problem_sentence

_BETWEEN = " / "


def line_problem(line: int, problem: Problem) -> str:
    """One thing wrong with a row, for the terminal."""
    said = problem_sentence(problem)
    return said if _whole_line(problem) else f"{line}行目: {said}"


def cell_problem(problem: RowProblem) -> str:
    """One thing wrong with a cell of a register file, for the terminal."""
    value = f"「{problem.value}」" if problem.value else ""
    return f"{problem.line}行目 {SEVERITIES[problem.severity]} {problem.column}{value}: {row_problem_sentence(problem)}"


def refused_where(line: int, problems: Sequence[Problem]) -> str:
    """Which row of the batch it was, and which of its fields are wrong."""
    fields = [field_name(one.where) for one in problems if not _whole_line(one)]
    return f"{line}行目 {_listed(fields)}".strip()


def refused_reason(problems: Sequence[Problem]) -> str:
    """All that is wrong with a row."""
    return _listed(problem_sentence(one) for one in problems)


def _listed(words: Iterable[str]) -> str:
    return _BETWEEN.join(dict.fromkeys(words))


def _whole_line(problem: Problem) -> bool:
    return problem.where.startswith("line ")
