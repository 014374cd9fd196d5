"""Looks for a secret in everything that an object holds, in the forms in which secrets leak."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator, Mapping


def forms(secret: str) -> tuple[bytes, ...]:
    """The secret as bytes: plain, UTF-16 both ways, JSON-escaped, and base64 of each at the three alignments."""
    escaped = "".join(f"\\u{ord(character):04x}" for character in secret)
    plain = [
        secret.encode(),
        secret.encode("utf-16-le"),
        secret.encode("utf-16-be"),
        json.dumps(secret)[1:-1].encode(),
    ]
    aligned = [_aligned(one, lead) for one in plain for lead in range(3)]
    return tuple({*plain, escaped.encode(), *aligned})


def _aligned(secret: bytes, lead: int) -> bytes:
    """The signs of base64 that the secret alone decides, when ``lead`` bytes of something else stand before it in its group of three.

    All of them: fewer would also be met by chance, in a file of keys and hashes.
    """
    coded = base64.b64encode(b"\0" * lead + secret)
    return coded[-(-lead * 4 // 3) : (lead + len(secret)) * 4 // 3]


def found_in(content: bytes, secret: str) -> bool:
    """Whether any form of the secret stands in these bytes."""
    return any(form in content for form in forms(secret))


def holds(thing: object, secret: str) -> list[str]:
    """Where in ``thing`` (followed through attributes, mappings and sequences) the secret stands; empty when nowhere."""
    return [path for path, content in _contents(thing, "", set()) if found_in(content, secret)]


def _contents(thing: object, path: str, seen: set[int]) -> Iterator[tuple[str, bytes]]:
    if isinstance(thing, str):
        yield path, thing.encode("utf-8", "surrogatepass")
        return
    if isinstance(thing, (bytes, bytearray, memoryview)):
        yield path, bytes(thing)
        return
    if id(thing) in seen or isinstance(thing, (int, float, type)) or thing is None:
        return
    seen.add(id(thing))
    if isinstance(thing, Mapping):
        for key, value in list(thing.items()):
            yield from _contents(key, f"{path}<key>", seen)
            yield from _contents(value, f"{path}[{key!r}]", seen)
    elif isinstance(thing, (list, tuple, set, frozenset)):
        for position, value in enumerate(thing):
            yield from _contents(value, f"{path}[{position}]", seen)
    elif type(thing).__module__.startswith(("ebidadmin", "tests")):
        for name, value in _attributes(thing):
            yield from _contents(value, f"{path}.{name}", seen)


def _attributes(thing: object) -> Iterable[tuple[str, object]]:
    slots = [name for kind in type(thing).__mro__ for name in getattr(kind, "__slots__", ())]
    named = {name: getattr(thing, name) for name in slots if hasattr(thing, name)}
    return {**named, **getattr(thing, "__dict__", {})}.items()
