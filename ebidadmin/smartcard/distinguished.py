"""Distinguished names: their texts in whatever kind of string an old issuer chose, and how they are written for people."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from ebidadmin.smartcard.tlv import OID, SEQUENCE, SET, Element, MalformedError, dotted

SHORT_NAMES: Mapping[str, str] = {
    "2.5.4.3": "CN",
    "2.5.4.4": "SN",
    "2.5.4.5": "serialNumber",
    "2.5.4.6": "C",
    "2.5.4.7": "L",
    "2.5.4.8": "ST",
    "2.5.4.9": "STREET",
    "2.5.4.10": "O",
    "2.5.4.11": "OU",
    "2.5.4.12": "title",
    "2.5.4.13": "description",
    "2.5.4.15": "businessCategory",
    "2.5.4.16": "postalAddress",
    "2.5.4.17": "postalCode",
    "2.5.4.20": "telephoneNumber",
    "2.5.4.41": "name",
    "2.5.4.42": "givenName",
    "2.5.4.43": "initials",
    "2.5.4.44": "generationQualifier",
    "2.5.4.46": "dnQualifier",
    "2.5.4.65": "pseudonym",
    "2.5.4.97": "organizationIdentifier",
    "0.9.2342.19200300.100.1.1": "UID",
    "0.9.2342.19200300.100.1.25": "DC",
    "1.2.840.113549.1.9.1": "emailAddress",
}
"""Registered short names of attribute types."""

TYPES: Mapping[str, str] = {name.lower(): oid for oid, name in SHORT_NAMES.items()}
"""Attribute types by short name in lower case."""

UTF8, NUMERIC, PRINTABLE, T61, IA5, VISIBLE, GENERAL, UNIVERSAL, BMP = (
    *(0x0C, 0x12, 0x13, 0x14),
    *(0x16, 0x1A, 0x1B, 0x1C, 0x1E),
)
EXACT: Mapping[int, str] = {
    UTF8: "utf-8",
    NUMERIC: "ascii",
    PRINTABLE: "ascii",
    T61: "ascii",
    IA5: "ascii",
    VISIBLE: "ascii",
    GENERAL: "ascii",
    UNIVERSAL: "utf-32-be",
    BMP: "utf-16-be",
}
"""What a kind of string holds when its issuer kept to the rules. T61String beyond ASCII has no one meaning, so it is guessed."""

GUESSES = ("iso2022_jp", "utf-8", "cp932", "euc_jp", "latin-1")
"""What else it may be, the likeliest first; the last one reads anything."""

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
MOST_ATTRIBUTES = 200


class Attribute(NamedTuple):
    """One attribute of a name. ``guessed``: its characters are not certain."""

    kind: str
    """Dotted."""
    text: str
    guessed: bool
    raw: bytes
    """The value as it stands, tag and length included."""
    known: bool
    """Whether the value is a string at all."""


class Name(NamedTuple):
    """A distinguished name in the certificate's order, most general part first; each part has one attribute, seldom more."""

    parts: tuple[tuple[Attribute, ...], ...]

    @property
    def guessed(self) -> bool:
        return any(attribute.guessed for part in self.parts for attribute in part)

    def values(self, kind: str) -> tuple[Attribute, ...]:
        """The attributes of a type (dotted), in order."""
        return tuple(one for part in self.parts for one in part if one.kind == kind and one.known)

    def __str__(self) -> str:
        """As RFC 4514 writes it: most specific part first."""
        return ",".join("+".join(map(_written, part)) for part in reversed(self.parts))


def read_name(found: Element, part: str) -> Name:
    """Raises ``MalformedError``."""
    if found.tag != SEQUENCE:
        raise MalformedError(part)
    parts = []
    count = 0
    for relative in found.parts(part):
        if relative.tag != SET:
            raise MalformedError(part)
        attributes = tuple(_attribute(one, part) for one in relative.parts(part))
        count += len(attributes)
        if not attributes or count > MOST_ATTRIBUTES:
            raise MalformedError(part)
        parts.append(attributes)
    return Name(tuple(parts))


def _attribute(found: Element, part: str) -> Attribute:
    pair = found.parts(part)
    if found.tag != SEQUENCE or len(pair) != 2 or pair[0].tag != OID:
        raise MalformedError(part)
    value = pair[1]
    known = value.tag in EXACT
    text, guessed = decode_text(value.tag, value.content) if known else ("", True)
    return Attribute(dotted(pair[0], part), text, guessed, value.whole, known)


def decode_text(tag: int, content: bytes) -> tuple[str, bool]:
    """The text of a string element, and whether it had to be guessed.

    A text of the right kind that holds control characters counts as guessed, with a sign in their place: what cannot be seen cannot be
    compared.
    """
    guessed = False
    try:
        text = content.decode(EXACT[tag])
        # An escape that switches to Japanese is plain ASCII by its bytes.
        if "\x1b" in text:
            text, guessed = _guess(content), True
    except UnicodeDecodeError:
        text, guessed = _guess(content), True
    visible = "".join(REPLACEMENT if _invisible(character) else character for character in text)
    return visible, guessed or visible != text


def _guess(content: bytes) -> str:
    for encoding in GUESSES:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise AssertionError("latin-1 reads anything")


def _invisible(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def _written(attribute: Attribute) -> str:
    """One attribute as RFC 4514 writes it; the value in hexadecimal where its type has no short name or it is no string."""
    short = SHORT_NAMES.get(attribute.kind)
    if short is None or not attribute.known:
        return f"{short or attribute.kind}=#{attribute.raw.hex()}"
    return f"{short}={escaped(attribute.text)}"


def escaped(text: str) -> str:
    """A value with a backslash before each sign that would end it or change its meaning."""
    out = "".join(_escaped(character) for character in text)
    if out[:1] in {" ", "#"}:
        out = "\\" + out
    if out.endswith(" ") and len(text) > 1:
        out = out[:-1] + "\\ "
    return out


def _escaped(character: str) -> str:
    return f"\\{character}" if character in '"+,;<>\\' else character


def join_texts(attributes: Iterable[Attribute]) -> tuple[str, bool]:
    """The texts one after another with a space between, and whether one of them was guessed."""
    listed = [one for one in attributes if one.text.strip()]
    return " ".join(one.text.strip() for one in listed), any(one.guessed for one in listed)
