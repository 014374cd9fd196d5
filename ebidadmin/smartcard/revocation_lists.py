"""Lists of revoked certificates taken apart once, so that a check need not go through tens of thousands of entries each time.

A check looks for a handful of serial numbers: those of the certificates at hand. ``RevocationList.extract`` makes a list with only their
entries, and all else as it stands. The signature stays that of the whole list: whoever verifies it must do so over ``signed``, the bytes
that were signed.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from hashlib import sha256

from ebidadmin.errors import InputError
from ebidadmin.smartcard import tlv
from ebidadmin.smartcard.certificates import read_moment
from ebidadmin.smartcard.distinguished import read_name
from ebidadmin.smartcard.tlv import MalformedError

LARGEST = 64 * 1024 * 1024
"""Bytes. A list of a million entries has some 40 MB."""

CRL_NUMBER, DELTA_INDICATOR, DISTRIBUTION_POINT = "2.5.29.20", "2.5.29.27", "2.5.29.28"
_CERTIFICATE_ISSUER = bytes.fromhex("551d1d")
"""The type of the entry extension that says whose certificate this entry and those after it mean (2.5.29.29)."""

_PEM_BEGIN, _PEM_END = b"-----BEGIN X509 CRL-----", b"-----END X509 CRL-----"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListFacts:
    """What a list says of itself; its signature is not looked at. ``number`` is ``None`` in old lists without one."""

    issuer: str
    issuer_key: str
    """SHA-256 over the issuer's name as it stands, in hexadecimal digits."""
    number: int | None
    this_update: datetime
    next_update: datetime | None
    entries: int
    fingerprint: str
    scope: str
    """Empty for a complete list; else names which certificates it speaks of, or that it only tells what changed."""


class RevocationList:
    """One list in DER. Nothing is known yet about who signed it."""

    def __init__(self, der: bytes) -> None:
        """Raises ``MalformedError`` where it is no list."""
        outer = tlv.Reader(tlv.whole(der, tlv.SEQUENCE, "list"), "list")
        signed = outer.take(tlv.SEQUENCE)
        self._stated = outer.take(tlv.SEQUENCE)
        self._signature = outer.take(tlv.BIT_STRING)
        outer.done()
        self.signed = signed.whole
        self._inner = tlv.whole(self.signed, tlv.SEQUENCE, "list")
        inner = tlv.Reader(self._inner, "list")
        self._version = inner.maybe(tlv.INTEGER)
        self._algorithm = inner.take(tlv.SEQUENCE)
        self._issuer = inner.take(tlv.SEQUENCE)
        times = (tlv.UTC_TIME, tlv.GENERALIZED_TIME)
        first = inner.take(*times)
        last = inner.maybe(*times)
        self._entries = inner.maybe(tlv.SEQUENCE)
        self._extensions = inner.maybe(0xA0)
        inner.done()
        self._times = first.whole + (last.whole if last is not None else b"")
        self.this_update = read_moment(first, "list")
        self.next_update = None if last is None else read_moment(last, "list")
        self.issuer = self._issuer.whole
        self.fingerprint = sha256(der).hexdigest()
        if self._stated.whole != self._algorithm.whole:
            raise MalformedError("list")

    def in_force(self, at: datetime) -> bool:
        """Whether it holds at that moment, both ends included."""
        return self.this_update <= at and (self.next_update is None or at <= self.next_update)

    def facts(self) -> ListFacts:
        """Raises ``MalformedError``."""
        extensions = self._extension_values()
        stated = extensions.get(CRL_NUMBER)
        number = None
        if stated is not None:
            number = tlv.number(tlv.whole(stated, tlv.INTEGER, "list"), "list")
        return ListFacts(
            issuer=str(read_name(self._issuer, "issuer")),
            issuer_key=sha256(self.issuer).hexdigest(),
            number=number,
            this_update=self.this_update,
            next_update=self.next_update,
            entries=sum(len(places) for places in self._index.values()),
            fingerprint=self.fingerprint,
            scope=_scope(extensions),
        )

    def forget_entries(self) -> None:
        """Drop what was taken apart: a list that no longer holds need not be searched."""
        self.__dict__.pop("_index", None)
        self.__dict__.pop("_marked", None)

    def extract(self, serials: Iterable[bytes], *, header_only: bool = False) -> tuple[bytes, bytes]:
        """The list with only the entries of these serial numbers (INTEGER contents), as DER, and its part that stands for ``signed``.

        Entries that say whose certificates follow are kept all, so that the others mean what they meant. An entry's number is written as
        it was asked for, should the list write the same number otherwise. ``header_only`` for a list that no longer holds.
        """
        entries = b"" if header_only else self._chosen(serials)
        parts = (
            b"" if self._version is None else self._version.whole,
            self._algorithm.whole,
            self.issuer,
            self._times,
            tlv.wrap(tlv.SEQUENCE, entries) if entries else b"",
            b"" if self._extensions is None else self._extensions.whole,
        )
        signed = tlv.wrap(tlv.SEQUENCE, b"".join(parts))
        return tlv.wrap(tlv.SEQUENCE, signed + self._stated.whole + self._signature.whole), signed

    def _chosen(self, serials: Iterable[bytes]) -> bytes:
        wanted: dict[int, bytes] = {}
        for start in self._marked:
            wanted[start] = tlv.element(self.signed, start, self._inner.end, "list").whole
        for serial in serials:
            value = int.from_bytes(serial, "big", signed=True)
            for start in self._index.get(value, ()):
                entry = tlv.element(self.signed, start, self._inner.end, "list")
                stated = tlv.element(self.signed, entry.inside, entry.end, "list")
                rest = self.signed[stated.end : entry.end]
                written = tlv.wrap(tlv.SEQUENCE, tlv.wrap(tlv.INTEGER, serial) + rest)
                # Two writings of one number among those asked for give two entries.
                known = wanted.get(start, b"") if start not in self._marked else b""
                wanted[start] = known + written
        return b"".join(wanted[start] for start in sorted(wanted))

    @cached_property
    def _index(self) -> dict[int, tuple[int, ...]]:
        """Where in ``signed`` the entries of a serial number begin."""
        found: dict[int, tuple[int, ...]] = {}
        if self._entries is None:
            return found
        data, place, end = self.signed, self._entries.inside, self._entries.end
        while place < end:
            # Written out for speed: entries shorter than 128 bytes, as nearly all are, with a serial that is shorter, too.
            if end - place > 4 and data[place] == 0x30 and data[place + 1] < 0x80 and data[place + 2] == 0x02:
                size, digits = data[place + 1], data[place + 3]
                after = place + 2 + size
                if digits and 4 + digits <= 2 + size and digits < 0x80 and after <= end:
                    serial = int.from_bytes(data[place + 4 : place + 4 + digits], "big", signed=True)
                    found[serial] = (*found.get(serial, ()), place)
                    place = after
                    continue
            serial, after = self._slowly(place, end)
            found[serial] = (*found.get(serial, ()), place)
            place = after
        return found

    def _slowly(self, place: int, end: int) -> tuple[int, int]:
        entry = tlv.element(self.signed, place, end, "list")
        stated = tlv.element(self.signed, entry.inside, entry.end, "list")
        if entry.tag != tlv.SEQUENCE or stated.tag != tlv.INTEGER or len(stated.content) > 1024:
            raise MalformedError("list")
        return tlv.number(stated, "list"), entry.end

    @cached_property
    def _marked(self) -> frozenset[int]:
        """Where the entries begin that say whose certificates they mean."""
        if self._entries is None or _CERTIFICATE_ISSUER not in self._entries.content:
            return frozenset()
        starts = (start for places in self._index.values() for start in places)
        return frozenset(
            start
            for start in starts
            if _CERTIFICATE_ISSUER in tlv.element(self.signed, start, self._inner.end, "list").content
        )

    def _extension_values(self) -> dict[str, bytes]:
        if self._extensions is None:
            return {}
        values = {}
        for one in tlv.whole(self._extensions.content, tlv.SEQUENCE, "list").parts("list"):
            reader = tlv.Reader(one, "list")
            kind = tlv.dotted(reader.take(tlv.OID), "list")
            reader.maybe(tlv.BOOLEAN)
            values[kind] = reader.take(tlv.OCTET_STRING).content
        return values


def _scope(extensions: Mapping[str, bytes]) -> str:
    parts = [kind.encode() + extensions[kind] for kind in (DISTRIBUTION_POINT,) if kind in extensions]
    parts += [DELTA_INDICATOR.encode()] if DELTA_INDICATOR in extensions else []
    return sha256(b"|".join(parts)).hexdigest() if parts else ""


def list_bytes(file: bytes) -> bytes:
    """The DER of the list in a file, PEM unwrapped, padding behind it cut off.

    Raises ``InputError``: ``crl-empty``, ``crl-too-large`` (fact ``limit``, MB), ``crl-other-file``.
    """
    if not file.strip():
        raise InputError("crl-empty")
    if len(file) > LARGEST:
        raise InputError("crl-too-large", limit=LARGEST // (1024 * 1024))
    der = file
    if file[:1] != b"\x30" and _PEM_BEGIN in file:
        body = file.partition(_PEM_BEGIN)[2].partition(_PEM_END)[0]
        try:
            der = base64.b64decode(b"".join(body.split()), validate=True)
        except (binascii.Error, ValueError) as error:
            raise InputError("crl-unreadable") from error
    if der[:1] != b"\x30":
        raise InputError("crl-other-file")
    try:
        return tlv.whole(der, tlv.SEQUENCE, "list").whole
    except MalformedError as error:
        raise InputError("crl-unreadable") from error


def read_list(file: bytes) -> RevocationList:
    """The list in a file. Raises ``InputError`` as ``list_bytes`` does, and ``crl-unreadable``."""
    try:
        return RevocationList(list_bytes(file))
    except MalformedError as error:
        raise InputError("crl-unreadable") from error
