"""Reading a certificate: its fields however oddly its issuer wrote them, or one clear refusal. Nothing here checks anything.

Old issuers kept to the standard less than today's libraries demand: FALSE written out where it is the default, texts in any kind of string,
times without seconds, files padded at the end. So the fields are read here by hand.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import NamedTuple

from ebidadmin.domain.certificates import CertificateFacts, KeyFacts
from ebidadmin.errors import InputError
from ebidadmin.smartcard import tlv
from ebidadmin.smartcard.authorities import Authorities, Authority
from ebidadmin.smartcard.distinguished import Name, join_texts, read_name
from ebidadmin.smartcard.tlv import Element, MalformedError

LARGEST = 256 * 1024
"""Bytes of a file. Certificates of cards have two kilobytes."""

LONGEST_SERIAL = 256
"""Bytes. The standard allows 20; more than this is no number anybody gave."""

_PEM_LABELS = (b"CERTIFICATE", b"X509 CERTIFICATE", b"TRUSTED CERTIFICATE")

USAGES = (
    *("digital-signature", "non-repudiation", "key-encipherment", "data-encipherment", "key-agreement"),
    *("key-cert-sign", "crl-sign", "encipher-only", "decipher-only"),
)
"""Uses of a key by the number of their bit."""

KEY_USAGE, ALTERNATIVE_NAME, POLICIES, DISTRIBUTION = "2.5.29.15", "2.5.29.17", "2.5.29.32", "2.5.29.31"
BASIC_CONSTRAINTS = "2.5.29.19"

RSA_KINDS = frozenset({"1.2.840.113549.1.1.1", "2.5.8.1.1", "1.2.840.113549.1.1.10"})
EC_KIND = "1.2.840.10045.2.1"
OTHER_KINDS: Mapping[str, str] = {
    "1.2.840.10040.4.1": "dsa",
    "1.3.101.112": "ed25519",
    "1.3.101.113": "ed448",
}
CURVES: Mapping[str, tuple[str, int]] = {
    "1.2.840.10045.3.1.7": ("P-256", 256),
    "1.3.132.0.34": ("P-384", 384),
    "1.3.132.0.35": ("P-521", 521),
    "1.3.132.0.10": ("secp256k1", 256),
    "1.3.132.0.33": ("P-224", 224),
    "1.2.840.10045.3.1.1": ("P-192", 192),
    "1.3.36.3.3.2.8.1.1.7": ("brainpoolP256r1", 256),
    "1.3.36.3.3.2.8.1.1.11": ("brainpoolP384r1", 384),
    "1.3.36.3.3.2.8.1.1.13": ("brainpoolP512r1", 512),
}

EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
LATEST = datetime(9999, 12, 30, tzinfo=UTC)
"""Moments beyond these count as these: "for ever" must still be writable in Japan's time zone."""

_UTC_TIME = re.compile(rb"(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?(?:Z|([+-])(\d\d)(\d\d))", flags=re.ASCII)
_GENERALIZED = re.compile(
    rb"(\d{4})(\d\d)(\d\d)(\d\d)(?:(\d\d)(\d\d)?)?(?:[.,]\d{1,9})?(?:Z|([+-])(\d\d)(\d\d))", flags=re.ASCII
)


class FactsReader:
    """Reads certificates with the knowledge of which issuer puts what where."""

    def __init__(self, authorities: Authorities) -> None:
        self._authorities = authorities

    def read(self, certificate: bytes) -> CertificateFacts:
        """What a certificate (DER or PEM) says.

        Raises ``InputError``: ``certificate-empty``, ``certificate-too-large``, ``certificate-other-file`` (fact ``found``),
        ``certificate-unreadable`` (fact ``part``).
        """
        der = certificate_bytes(certificate)
        try:
            return self._facts(der)
        except MalformedError as error:
            raise InputError("certificate-unreadable", part=error.part) from error

    def policies_of(self, facts: CertificateFacts) -> tuple[str, ...]:
        """The policies, one of which certificates of its issuer must be valid for; none are none."""
        return self._authorities.of(facts.issuer).policies

    def _facts(self, der: bytes) -> CertificateFacts:
        fields = split(der)
        extensions = _extensions(fields.extensions)
        issuer = read_name(fields.issuer, "issuer")
        subject = read_name(fields.subject, "subject")
        not_before, not_after = read_validity(fields.validity)
        authority = self._authorities.of(str(issuer))
        texts, guessed = _holder(authority, subject, _directory_names(extensions.get(ALTERNATIVE_NAME)))
        unsure = [name for name, read in (("issuer", issuer), ("subject", subject)) if read.guessed]
        return CertificateFacts(
            serial=str(serial_number(fields.serial)),
            issuer=str(issuer),
            subject=str(subject),
            not_before=not_before,
            not_after=not_after,
            fingerprint=sha256(der).hexdigest(),
            key=read_key(fields.key),
            usages=_usages(extensions.get(KEY_USAGE)),
            policies=_policies(extensions.get(POLICIES)),
            company_name=texts["company_name"],
            company_address=texts["company_address"],
            holder_name=texts["holder_name"],
            holder_address=texts["holder_address"],
            mapping=authority.name,
            guessed=(*unsure, *guessed),
            notes=fields.notes,
            crl_urls=_crl_urls(extensions.get(DISTRIBUTION)),
        )


class Fields(NamedTuple):
    """The fields of a certificate, each as it stands."""

    serial: Element
    algorithm: Element
    issuer: Element
    validity: Element
    subject: Element
    key: Element
    extensions: Element | None
    stated_algorithm: Element
    """The one outside what is signed."""
    notes: tuple[str, ...]


def certificate_bytes(file: bytes) -> bytes:
    """The DER of the first certificate in a file, PEM unwrapped, padding behind it cut off. Raises ``InputError``."""
    if not file.strip():
        raise InputError("certificate-empty")
    if len(file) > LARGEST:
        raise InputError("certificate-too-large", limit=LARGEST // 1024)
    der = _unwrapped(file)
    if der[:1] != b"\x30":
        raise InputError("certificate-other-file", found=_what_else(file))
    try:
        outer = tlv.element(der, 0, len(der), "form")
        inner = outer.parts("form")
    except MalformedError as error:
        raise InputError("certificate-unreadable", part=error.part) from error
    if not inner or inner[0].tag != tlv.SEQUENCE:
        raise InputError("certificate-other-file", found=_what_else(der))
    return outer.whole


def certificates_in(file: bytes) -> tuple[bytes, ...]:
    """The parts of a file that hold one certificate each: the frames of a PEM file, else the file itself."""
    if file[:1] == b"\x30":
        return (file,)
    frames = []
    for label in _PEM_LABELS:
        begin, end = b"-----BEGIN " + label + b"-----", b"-----END " + label + b"-----"
        frames += [begin + part.partition(end)[0] + end for part in file.split(begin)[1:]]
    return tuple(frames) or (file,)


def _unwrapped(file: bytes) -> bytes:
    """DER as it is; the first certificate of PEM, or base64 without its frame, decoded."""
    if file[:1] == b"\x30":
        return file
    framed = _framed(file)
    body = file if framed is None else framed
    # Some tools put headers such as "subject=" before the data of a frame.
    lines = [line for line in body.split(b"\n") if b":" not in line and b"=" not in line.strip(b"=\r ")]
    try:
        return base64.b64decode(b"".join(b"".join(lines).split()), validate=True)
    except (binascii.Error, ValueError):
        if framed is not None:
            raise InputError("certificate-unreadable", part="base64") from None
        return file


def _framed(file: bytes) -> bytes | None:
    """What stands in the first frame of a PEM file that holds a certificate."""
    for label in _PEM_LABELS:
        _, begin, rest = file.partition(b"-----BEGIN " + label + b"-----")
        body, end, _ = rest.partition(b"-----END " + label + b"-----")
        if begin and end:
            return body
    return None


def _what_else(file: bytes) -> str:
    """A code for what a file that is no certificate looks like."""
    start = file.lstrip()[:200].lower()
    if start.startswith((b"<!doctype", b"<html", b"<?xml", b"<")):
        return "web-page"
    if b"private key" in start:
        return "private-key"
    if b"begin pkcs7" in start or file[:60].find(bytes.fromhex("2a864886f70d0107")) >= 0:
        return "certificate-bundle"
    if b"certificate request" in start:
        return "certificate-request"
    return "unknown-file"


def split(der: bytes) -> Fields:
    """The fields of a certificate. Raises ``MalformedError``."""
    outer = tlv.Reader(tlv.whole(der, tlv.SEQUENCE, "form"), "form")
    signed = tlv.Reader(outer.take(tlv.SEQUENCE), "form")
    stated = outer.take(tlv.SEQUENCE, part="signature")
    outer.take(tlv.BIT_STRING, part="signature")
    outer.done()
    version = signed.maybe(0xA0)
    serial = signed.take(tlv.INTEGER, part="serial")
    algorithm, issuer, validity, subject, key = (
        signed.take(tlv.SEQUENCE, part=part) for part in ("algorithm", "issuer", "validity", "subject", "key")
    )
    signed.maybe(0x81, 0xA1)
    signed.maybe(0x82, 0xA2)
    extensions = signed.maybe(0xA3)
    signed.done()
    notes = _notes(version, extensions)
    return Fields(serial, algorithm, issuer, validity, subject, key, extensions, stated, notes)


def _notes(version: Element | None, extensions: Element | None) -> tuple[str, ...]:
    old = version is None or version.content != b"\x02\x01\x02"
    return ("extensions-in-old-version",) if old and extensions is not None else ()


def serial_number(found: Element) -> int:
    """Raises ``MalformedError`` for an empty or absurdly long one."""
    if len(found.content) > LONGEST_SERIAL:
        raise MalformedError("serial")
    return tlv.number(found, "serial")


def read_validity(found: Element) -> tuple[datetime, datetime]:
    """First and last moment. Raises ``MalformedError``."""
    both = found.parts("validity")
    if len(both) != 2:
        raise MalformedError("validity")
    return read_moment(both[0], "validity"), read_moment(both[1], "validity")


def read_moment(found: Element, part: str) -> datetime:
    """A moment as UTCTime (years 1950 to 2049) or GeneralizedTime, seconds or not, in any stated zone."""
    pattern = {tlv.UTC_TIME: _UTC_TIME, tlv.GENERALIZED_TIME: _GENERALIZED}.get(found.tag)
    match = None if pattern is None else pattern.fullmatch(found.content.strip())
    if match is None:
        raise MalformedError(part)
    year, month, day, hour, minute, second = (int(text or 0) for text in match.groups()[:6])
    if found.tag == tlv.UTC_TIME:
        year += 1900 if year >= 50 else 2000
    sign, hours, minutes = match.groups()[6:]
    ahead = timedelta(hours=int(hours or 0), minutes=int(minutes or 0)) * (-1 if sign == b"-" else 1)
    try:
        moment = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
        moment = moment - ahead if EARLIEST < moment < LATEST else moment
    except (ValueError, OverflowError) as error:
        raise MalformedError(part) from error
    return min(max(moment, EARLIEST), LATEST)


def read_key(found: Element) -> KeyFacts:
    """Kind and size of the public key. Raises ``MalformedError``."""
    reader = tlv.Reader(found, "key")
    algorithm = reader.take(tlv.SEQUENCE).parts("key")
    content = reader.take(tlv.BIT_STRING).content
    if not algorithm or not content:
        raise MalformedError("key")
    kind = tlv.dotted(algorithm[0], "key")
    if kind in RSA_KINDS:
        numbers = tlv.whole(content[1:], tlv.SEQUENCE, "key").parts("key")
        if len(numbers) != 2 or any(one.tag != tlv.INTEGER for one in numbers):
            raise MalformedError("key")
        return KeyFacts("rsa", tlv.number(numbers[0], "key").bit_length())
    if kind == EC_KIND:
        named = len(algorithm) > 1 and algorithm[1].tag == tlv.OID
        curve, size = CURVES.get(tlv.dotted(algorithm[1], "key"), ("", 0)) if named else ("", 0)
        return KeyFacts("ec", size, curve)
    return KeyFacts(OTHER_KINDS.get(kind, kind))


def _extensions(found: Element | None) -> dict[str, Element]:
    """Content by dotted type. Of one that stands twice the first counts here; the check refuses such a certificate."""
    if found is None:
        return {}
    listed: dict[str, Element] = {}
    for one in tlv.whole(found.content, tlv.SEQUENCE, "extension").parts("extension"):
        reader = tlv.Reader(one, "extension")
        kind = tlv.dotted(reader.take(tlv.OID), "extension")
        reader.maybe(tlv.BOOLEAN)
        content = reader.take(tlv.OCTET_STRING)
        reader.done()
        listed.setdefault(kind, content)
    return listed


def read_usages(fields: Fields) -> tuple[str, ...] | None:
    """Uses of the key; ``None`` where the certificate does not restrict them. Raises ``MalformedError``."""
    return _usages(_extensions(fields.extensions).get(KEY_USAGE))


def read_basic_constraint(fields: Fields) -> bool | None:
    """Whether it says that it is an authority's; ``None`` where it says nothing. Raises ``MalformedError``."""
    found = _extensions(fields.extensions).get(BASIC_CONSTRAINTS)
    if found is None:
        return None
    flags = tlv.whole(found.content, tlv.SEQUENCE, "extension").parts("extension")
    return bool(flags) and flags[0].tag == tlv.BOOLEAN and flags[0].content != b"\0"


def extension_kinds(found: Element | None) -> tuple[str, ...]:
    """The types of all extensions, dotted, in order. Raises ``MalformedError``."""
    if found is None:
        return ()
    listed = tlv.whole(found.content, tlv.SEQUENCE, "extension").parts("extension")
    return tuple(tlv.dotted(tlv.Reader(one, "extension").take(tlv.OID), "extension") for one in listed)


def _usages(found: Element | None) -> tuple[str, ...] | None:
    if found is None:
        return None
    places = tlv.bits(tlv.whole(found.content, tlv.BIT_STRING, "key-usage"), "key-usage")
    return tuple(USAGES[place] for place in places if place < len(USAGES))


def _policies(found: Element | None) -> tuple[str, ...]:
    if found is None:
        return ()
    listed = tlv.whole(found.content, tlv.SEQUENCE, "policies").parts("policies")
    return tuple(tlv.dotted(tlv.Reader(one, "policies").take(tlv.OID), "policies") for one in listed)


def _directory_names(found: Element | None) -> tuple[Name, ...]:
    if found is None:
        return ()
    names = tlv.whole(found.content, tlv.SEQUENCE, "alternative-name").parts("alternative-name")
    return tuple(
        read_name(tlv.whole(one.content, tlv.SEQUENCE, "alternative-name"), "alternative-name")
        for one in names
        if one.tag == 0xA4
    )


def _crl_urls(found: Element | None) -> tuple[str, ...]:
    """HTTP addresses of lists. An address that cannot be read is none: lists can also come as files."""
    if found is None:
        return ()
    urls: list[str] = []
    for point in tlv.whole(found.content, tlv.SEQUENCE, "distribution-point").parts("distribution-point"):
        full = [one for place in _inside(point, 0xA0) for one in _inside(place, 0xA0)]
        urls += [one.content.decode("ascii", "replace") for outer in full for one in _inside(outer, 0x86)]
    return tuple(url for url in urls if re.fullmatch(r"https?://[!-~]{1,2000}", url))


def _inside(outer: Element, tag: int) -> list[Element]:
    return [one for one in outer.parts("distribution-point") if one.tag == tag]


def _holder(
    authority: Authority, subject: Name, alternatives: tuple[Name, ...]
) -> tuple[dict[str, str | None], list[str]]:
    """The holder's texts by field, and which of them were guessed."""
    texts: dict[str, str | None] = {}
    guessed: list[str] = []
    for field, places in authority.places.items():
        texts[field] = None
        for place in places:
            names = alternatives if place.origin == "altname" else (subject,)
            text, unsure = join_texts(
                value for kind in place.kinds for name in names for value in name.values(kind)
            )
            if text:
                texts[field] = text
                guessed += [field] if unsure else []
                break
    return texts, guessed
