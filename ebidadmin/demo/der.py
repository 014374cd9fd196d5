"""Writing DER by hand, odd forms included: made-up certificates must be able to look like old ones that no library would issue."""

from __future__ import annotations

from datetime import UTC, datetime

OIDS = {
    "CN": "2.5.4.3",
    "SN": "2.5.4.5",
    "C": "2.5.4.6",
    "L": "2.5.4.7",
    "ST": "2.5.4.8",
    "STREET": "2.5.4.9",
    "O": "2.5.4.10",
    "OU": "2.5.4.11",
    "T": "2.5.4.12",
}
"""Attribute types by the names that are used here."""

UTF8, PRINTABLE, T61, IA5, VISIBLE, UNIVERSAL, BMP = 0x0C, 0x13, 0x14, 0x16, 0x1A, 0x1C, 0x1E
"""Tags of the kinds of text."""

ENCODINGS = {
    UTF8: "utf-8",
    PRINTABLE: "ascii",
    T61: "cp932",
    IA5: "ascii",
    VISIBLE: "ascii",
    UNIVERSAL: "utf-32-be",
    BMP: "utf-16-be",
}
"""How text of a kind becomes bytes; T61String the way old Japanese issuers used it, holding Shift JIS."""


def tlv(tag: int, *parts: bytes) -> bytes:
    """Tag, length and the parts as content."""
    content = b"".join(parts)
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + content


def sequence(*parts: bytes) -> bytes:
    return tlv(0x30, *parts)


def set_of(*parts: bytes) -> bytes:
    return tlv(0x31, *parts)


def explicit(number: int, *parts: bytes) -> bytes:
    """A constructed context tag around the parts."""
    return tlv(0xA0 | number, *parts)


def integer(value: int) -> bytes:
    return tlv(0x02, value.to_bytes(value.bit_length() // 8 + 1, "big", signed=True))


def enumerated(value: int) -> bytes:
    return tlv(0x0A, bytes((value,)))


def boolean(value: bool) -> bytes:
    return tlv(0x01, b"\xff" if value else b"\x00")


def octets(*parts: bytes) -> bytes:
    return tlv(0x04, *parts)


def bits(content: bytes, unused: int = 0) -> bytes:
    return tlv(0x03, bytes((unused,)), content)


def null() -> bytes:
    return tlv(0x05)


def oid(dotted: str) -> bytes:
    first, second, *rest = (int(part) for part in dotted.split("."))
    return tlv(0x06, b"".join(_base128(number) for number in (first * 40 + second, *rest)))


def _base128(number: int) -> bytes:
    groups = [number & 0x7F]
    while number := number >> 7:
        groups.append(0x80 | number & 0x7F)
    return bytes(reversed(groups))


def text(value: str, tag: int | None = None) -> bytes:
    """Text of the kind ``tag``; by default as issuers do it today: PrintableString where all is ASCII, else UTF8String."""
    kind = (PRINTABLE if value.isascii() else UTF8) if tag is None else tag
    return tlv(kind, value.encode(ENCODINGS[kind]))


def moment(value: datetime) -> bytes:
    """UTCTime up to 2049, GeneralizedTime from then on."""
    utc = value.astimezone(UTC)
    if 1950 <= utc.year < 2050:
        return tlv(0x17, f"{utc:%y%m%d%H%M%S}Z".encode())
    return tlv(0x18, f"{utc:%Y%m%d%H%M%S}Z".encode())


def attribute(kind: str, value: bytes) -> bytes:
    """One attribute, ``kind`` by its short name or dotted, ``value`` already encoded."""
    return sequence(oid(OIDS.get(kind, kind)), value)


def name(*attributes: tuple[str, str], tag: int | None = None) -> bytes:
    """A distinguished name, the most general attribute first; ``tag`` for the kind of all texts but the country's."""
    return sequence(
        *(set_of(attribute(kind, text(value, None if kind == "C" else tag))) for kind, value in attributes)
    )


def extension(dotted: str, value: bytes, *, critical: bool | None = None) -> bytes:
    """One extension; ``critical`` False is written although it is the default (as some old issuers did), None leaves it out."""
    flag = b"" if critical is None else boolean(critical)
    return sequence(oid(dotted), flag, octets(value))
