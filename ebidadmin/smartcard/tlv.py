"""Taking DER apart: tags, definite lengths, contents. Whatever the bytes, nothing but ``MalformedError`` comes out of here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

BOOLEAN, INTEGER, BIT_STRING, OCTET_STRING, OID = 0x01, 0x02, 0x03, 0x04, 0x06
SEQUENCE, SET, UTC_TIME, GENERALIZED_TIME = 0x30, 0x31, 0x17, 0x18

LONGEST_OID = 128
"""Bytes; the longest in use have some twenty."""


class MalformedError(ValueError):
    """The bytes are not what they should be. ``part`` names, as a code, what was being read."""

    def __init__(self, part: str) -> None:
        super().__init__(part)
        self.part = part


class Element(NamedTuple):
    """One element of ``data``: its tag, and where it begins, where its content begins, and where it ends."""

    data: bytes
    tag: int
    start: int
    inside: int
    end: int

    @property
    def content(self) -> bytes:
        return self.data[self.inside : self.end]

    @property
    def whole(self) -> bytes:
        """Tag and length included, as they stand."""
        return self.data[self.start : self.end]

    def parts(self, part: str) -> tuple[Element, ...]:
        """The elements inside."""
        return tuple(elements(self.data, self.inside, self.end, part))


def element(data: bytes, start: int, end: int, part: str) -> Element:
    """The element that begins at ``start`` and lies before ``end``."""
    if start + 2 > end:
        raise MalformedError(part)
    tag, size = data[start], data[start + 1]
    inside = start + 2
    if tag & 0x1F == 0x1F:
        raise MalformedError(part)
    if size >= 0x80:
        count = size & 0x7F
        # No count is BER's open end, which the rules for certificates forbid; five bytes would be a length beyond any file.
        if not 0 < count <= 4 or inside + count > end:
            raise MalformedError(part)
        size = int.from_bytes(data[inside : inside + count], "big")
        inside += count
    if inside + size > end:
        raise MalformedError(part)
    return Element(data, tag, start, inside, inside + size)


def elements(data: bytes, start: int, end: int, part: str) -> Iterator[Element]:
    """The elements from ``start`` on, which must fill the bytes up to ``end``."""
    while start < end:
        found = element(data, start, end, part)
        yield found
        start = found.end


def whole(data: bytes, tag: int, part: str) -> Element:
    """The one element that ``data`` begins with, of that tag; what follows it is left alone."""
    found = element(data, 0, len(data), part)
    if found.tag != tag:
        raise MalformedError(part)
    return found


class Reader:
    """Takes the elements of a sequence one after another."""

    def __init__(self, outer: Element, part: str) -> None:
        self._rest = list(outer.parts(part))
        self._part = part

    def take(self, *tags: int, part: str | None = None) -> Element:
        """The next element, which must have one of these tags."""
        found = self.maybe(*tags)
        if found is None:
            raise MalformedError(part or self._part)
        return found

    def maybe(self, *tags: int) -> Element | None:
        """The next element where it has one of these tags."""
        if self._rest and self._rest[0].tag in tags:
            return self._rest.pop(0)
        return None

    def done(self) -> None:
        """Nothing may be left."""
        if self._rest:
            raise MalformedError(self._part)


def number(found: Element, part: str) -> int:
    """The value of an INTEGER of at least one byte."""
    if not found.content:
        raise MalformedError(part)
    return int.from_bytes(found.content, "big", signed=True)


def dotted(found: Element, part: str) -> str:
    """An object identifier in dotted form."""
    content = found.content
    if found.tag != OID or not 0 < len(content) <= LONGEST_OID or content[-1] & 0x80:
        raise MalformedError(part)
    numbers, value = [], 0
    for byte in content:
        value = value << 7 | byte & 0x7F
        if not byte & 0x80:
            numbers.append(value)
            value = 0
    first = min(numbers[0] // 40, 2)
    return ".".join(str(one) for one in (first, numbers[0] - 40 * first, *numbers[1:]))


def bits(found: Element, part: str) -> tuple[int, ...]:
    """The places of the bits that are set in a BIT STRING, counted from the left."""
    content = found.content
    if found.tag != BIT_STRING or not content or content[0] > 7:
        raise MalformedError(part)
    return tuple(
        place for place in range(8 * (len(content) - 1)) if content[1 + place // 8] & (0x80 >> place % 8)
    )


def wrap(tag: int, content: bytes) -> bytes:
    """Tag and shortest length around a content."""
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + content
