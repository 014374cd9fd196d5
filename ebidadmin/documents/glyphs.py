"""No character is printed as a box: each is looked up in the fonts before a page is set."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ebidadmin.documents.fonts import Font
from ebidadmin.errors import DocumentError

PageValue = str | int | bool | None | Sequence["PageValue"] | Mapping[str, "PageValue"]
"""What a page is made from: JSON-ready values."""

LINE_FEED = 0x0A


def is_selector(point: int) -> bool:
    """Whether a code point is a variation selector, which chooses another shape of the character before it."""
    return 0xFE00 <= point <= 0xFE0F or 0xE0100 <= point <= 0xE01EF


def clusters(text: str) -> Iterator[tuple[int, int | None]]:
    """The characters of a text, each with its variation selector if one follows.

    A selector without a character before it comes as a character of its own.
    """
    points = [ord(character) for character in text]
    position = 0
    while position < len(points):
        base = points[position]
        follows = points[position + 1] if position + 1 < len(points) else None
        if follows is not None and is_selector(follows) and not is_selector(base):
            yield base, follows
            position += 2
        else:
            yield base, None
            position += 1


def font_of(base: int, selector: int | None, fonts: Sequence[Font]) -> Font | None:
    """The first font that has the character in that shape."""
    for font in fonts:
        if base in font.characters if selector is None else (base, selector) in font.variants:
            return font
    return None


def check_text(text: str, fonts: Sequence[Font], *, field: str) -> frozenset[tuple[str, str]]:
    """Make sure that every character has a glyph.

    Returns the shapes that must not be set in the first font which has the bare character: (characters, family). Raises
    ``DocumentError`` (``glyph-missing``; ``character``, ``codepoint`` as ``U+20BB7``, ``field``).
    """
    forced: set[tuple[str, str]] = set()
    for base, selector in clusters(text):
        if base == LINE_FEED and selector is None:
            continue
        font = font_of(base, selector, fonts)
        if font is None:
            points = (base,) if selector is None else (base, selector)
            raise DocumentError(
                "glyph-missing",
                character="".join(map(chr, points)),
                codepoint=" ".join(f"U+{point:04X}" for point in points),
                field=field,
            )
        if selector is not None and font is not font_of(base, None, fonts):
            forced.add((chr(base) + chr(selector), font.family))
    return frozenset(forced)


def texts(value: PageValue, field: str = "") -> Iterator[tuple[str, str]]:
    """Every text in a value with the name of its field.

    A mapping with a text under ``key`` (a row of a page) names what is in it; otherwise the path does.
    """
    if isinstance(value, str):
        yield field, value
    elif isinstance(value, Mapping):
        named = value.get("key")
        for name, part in value.items():
            path = f"{field}.{name}" if field else name
            yield from texts(part, named if isinstance(named, str) and isinstance(part, str) else path)
    elif isinstance(value, Sequence):
        for position, part in enumerate(value):
            yield from texts(part, f"{field}.{position}" if field else str(position))
