"""How much one page of a list may hold."""

from __future__ import annotations

LARGEST_PAGE = 500


def check_size(size: int) -> None:
    """Raises ``ValueError`` for a page of no row, or of more than ``LARGEST_PAGE``."""
    if not 1 <= size <= LARGEST_PAGE:
        raise ValueError(f"size must be 1 to {LARGEST_PAGE}")
