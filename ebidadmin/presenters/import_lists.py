"""The problems of a preview as a list that can be narrowed: by severity, reason and column."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from ebidadmin.domain.imports import RowProblem
from ebidadmin.presenters.change_pages import TablePage
from ebidadmin.text import import_lists as list_words
from ebidadmin.text import imports, messages

MOST_OPTIONS = 100

_VALUE: Mapping[str, Callable[[RowProblem], str]] = {
    "severity": lambda one: one.severity.value,
    "code": lambda one: one.code,
    "column": lambda one: one.column,
}

FilterOptions = tuple[str, str, tuple[tuple[str, str], ...]]
"""Key, label and options of a filter."""


class ProblemList:
    """``by_column``: the columns are the file's headings and may be chosen; of a file that was not understood they may be anything."""

    def __init__(self, problems: Sequence[RowProblem], *, by_column: bool) -> None:
        self._problems = problems
        self._by_column = by_column

    def filters(self) -> tuple[FilterOptions, ...]:
        """What can be chosen, each with how many problems it has, most first."""
        found: list[FilterOptions] = [
            ("severity", imports.PROBLEM_SEVERITY, self._options("severity", imports.SEVERITIES.__getitem__)),
            ("code", imports.PROBLEM_REASON, self._options("code", list_words.reason_label)),
        ]
        if self._by_column:
            found.append(("column", imports.PROBLEM_COLUMN, self._options("column", str)))
        return tuple(found)

    def page(self, filters: Mapping[str, str], *, start: int, size: int) -> TablePage[tuple[str, RowProblem]]:
        """Those that fit every filter (an empty one fits all) from the ``start``-th on, each with its sentence."""
        chosen = [(_VALUE[key], value) for key, value in filters.items() if value]
        listed = [one for one in self._problems if all(read(one) == value for read, value in chosen)]
        part = listed[start : start + size]
        return TablePage(
            tuple((messages.row_problem_sentence(one), one) for one in part),
            next_start=start + size if start + size < len(listed) else None,
            previous_start=max(start - size, 0) if start else None,
            last_start=max(len(listed) - 1, 0) // size * size,
            total=len(listed),
        )

    def _options(self, key: str, label: Callable[[str], str]) -> tuple[tuple[str, str], ...]:
        counts = Counter(map(_VALUE[key], self._problems))
        return tuple(
            (value, list_words.counted(label(value), count))
            for value, count in counts.most_common(MOST_OPTIONS)
            if value
        )
