"""Pages of a list that its source gives only forwards, by key: the key before each page already seen is remembered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from ebidadmin.domain.ids import SupplierNumber

T = TypeVar("T")


class Keyed(Protocol):
    """Something that has its place in a list by its supplier number."""

    @property
    def supplier_number(self) -> SupplierNumber: ...


K = TypeVar("K", bound=Keyed)


@dataclass(frozen=True, slots=True)
class TablePage(Generic[T]):
    """Part of a list that does not change while it is looked at. Starts are positions in the list, counted from 0."""

    items: tuple[T, ...]
    next_start: int | None
    previous_start: int | None
    last_start: int
    total: int


EMPTY_PAGE: TablePage[Any] = TablePage((), None, None, 0, 0)


class ChangePages(Generic[K]):
    """``fetch(kind, after, limit)`` gives what comes after a supplier number; they stay the same as long as the plan does."""

    def __init__(self, fetch: Callable[[str, str | None, int], tuple[K, ...]]) -> None:
        self._fetch = fetch
        self._keys: dict[str, dict[int, str | None]] = {}

    def page(self, kind: str, *, start: int, size: int, total: int) -> TablePage[K]:
        """The page that begins at ``start``."""
        keys = self._keys.setdefault(kind, {0: None})
        at = max(known for known in keys if known <= start)
        items: tuple[K, ...] = ()
        while True:
            wanted = size if at == start else min(SKIP, start - at)
            items = self._fetch(kind, keys[at], wanted)
            reached = at + len(items)
            if items:
                keys[reached] = items[-1].supplier_number
            if at == start or not items:
                break
            at = reached
        return TablePage(
            items,
            next_start=start + size if start + len(items) < total and items else None,
            previous_start=max(start - size, 0) if start else None,
            last_start=max(total - 1, 0) // size * size,
            total=total,
        )

    def page_of_all(self, totals: Mapping[str, int], *, start: int, size: int) -> TablePage[K]:
        """The page that begins at ``start`` of all kinds one after the other, in the order of ``totals``."""
        items: list[K] = []
        offset = start
        for kind, count in totals.items():
            if offset < count and len(items) < size:
                items += self.page(kind, start=offset, size=size - len(items), total=count).items
            offset = max(0, offset - count)
        total = sum(totals.values())
        return TablePage(
            tuple(items),
            next_start=start + size if start + len(items) < total and items else None,
            previous_start=max(start - size, 0) if start else None,
            last_start=max(total - 1, 0) // size * size,
            total=total,
        )


SKIP = 1000
"""Changes passed over at a time on the way to a page that lies far ahead."""
