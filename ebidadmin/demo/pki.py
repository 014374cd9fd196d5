"""A made-up certification authority with made-up cards: for training at the help desk and for tests. It proves nothing about anybody.

Nothing here reads the clock: whoever makes something says from when to when it holds.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha1
from pathlib import Path
from typing import Literal, NamedTuple

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from ebidadmin.demo import der

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
KeyKind = Literal["rsa-2048", "p-256"]
Name = Sequence[tuple[str, str]]
"""Attributes with the most general first, e.g. ``(("C", "JP"), ("O", "…"))``."""

SAMPLE_CA: Name = (("C", "JP"), ("O", "Nippon Denshi Ninsho Co.Ltd."), ("OU", "NDN Test CA2"))
"""Shown as ``OU=NDN Test CA2,O=Nippon Denshi Ninsho Co.Ltd.,C=JP``: the issuer in the pictures of the city's manual."""

COMMA_CA: Name = (("C", "JP"), ("O", "Made-up Certification, Inc."), ("OU", "Comma CA"))
"""An issuer whose name needs escaping."""

CA_FROM, CA_TO = datetime(2010, 1, 1, tzinfo=UTC), datetime(2039, 12, 31, tzinfo=UTC)
SAMPLE_SERIAL = 825831477
SAMPLE_FROM, SAMPLE_TO = (
    datetime(2013, 8, 19, 15, 0, tzinfo=UTC),
    datetime(2015, 8, 19, 14, 59, 59, tzinfo=UTC),
)
"""The sample card ends on 2015/08/19 in Japan."""

POLICY = "2.999.392.1"
"""A policy of the made-up authority, under the arc that is kept for examples."""

_SIGNED_WITH_RSA = der.sequence(der.oid("1.2.840.113549.1.1.11"), der.null())
_SIGNED_WITH_EC = der.sequence(der.oid("1.2.840.10045.4.3.2"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Whom a card names. ``home_address`` is absent where it was not filed."""

    company: str
    company_address: str
    name: str
    home_address: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The fields of a certificate in DER, each replaceable by an odd form."""

    serial: bytes
    algorithm: bytes
    issuer: bytes
    validity: bytes
    subject: bytes
    key: bytes
    extensions: tuple[bytes, ...] = ()
    version: bytes = der.explicit(0, der.integer(2))
    unique_ids: bytes = b""

    def tbs(self) -> bytes:
        """What is signed."""
        listed = der.explicit(3, der.sequence(*self.extensions)) if self.extensions else b""
        return der.sequence(
            self.version,
            self.serial,
            self.algorithm,
            self.issuer,
            self.validity,
            self.subject,
            self.key,
            self.unique_ids,
            listed,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeUpCa:
    """An authority that exists only here: its name in DER, its certificate in DER, its key."""

    name: bytes
    certificate: bytes
    key: PrivateKey

    @property
    def key_id(self) -> bytes:
        """SHA-1 over the public key, as key identifiers are made."""
        return _key_id(public_key_info(self.key))

    def sign(self, tbs: bytes, algorithm: bytes | None = None) -> bytes:
        """The signed structure around ``tbs``."""
        stated = signature_algorithm(self.key) if algorithm is None else algorithm
        return der.sequence(tbs, stated, der.bits(_signature(self.key, tbs)))


class Revoked(NamedTuple):
    """An entry of a list; ``reason`` is the number of the standard (1 key compromise, 4 superseded …)."""

    serial: int
    at: datetime
    reason: int | None = None


def make_key(kind: KeyKind = "rsa-2048") -> PrivateKey:
    if kind == "p-256":
        return ec.generate_private_key(ec.SECP256R1())
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def public_key_info(key: PrivateKey) -> bytes:
    return key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def signature_algorithm(key: PrivateKey) -> bytes:
    """The algorithm that ``MadeUpCa.sign`` uses with such a key: SHA-256 with RSA or ECDSA."""
    return _SIGNED_WITH_RSA if isinstance(key, rsa.RSAPrivateKey) else _SIGNED_WITH_EC


def make_ca(
    name: Name = SAMPLE_CA,
    *,
    key: PrivateKey | None = None,
    key_kind: KeyKind = "rsa-2048",
    parent: MadeUpCa | None = None,
    serial: int = 1,
    not_before: datetime = CA_FROM,
    not_after: datetime = CA_TO,
    text_kind: int | None = None,
) -> MadeUpCa:
    """An authority; one that signs itself, or one below ``parent``. ``text_kind`` is a tag of ``der``."""
    own_key = make_key(key_kind) if key is None else key
    own_name = der.name(*name, tag=text_kind)
    unsigned = MadeUpCa(name=own_name, certificate=b"", key=own_key)
    issuer = parent or unsigned
    parts = Parts(
        serial=der.integer(serial),
        algorithm=signature_algorithm(issuer.key),
        issuer=issuer.name,
        validity=validity(not_before, not_after),
        subject=own_name,
        key=public_key_info(own_key),
        extensions=(
            der.extension("2.5.29.19", der.sequence(der.boolean(True)), critical=True),
            key_usage("key_cert_sign", "crl_sign"),
            der.extension("2.5.29.14", der.octets(unsigned.key_id)),
            _authority_key(issuer),
        ),
    )
    return replace(unsigned, certificate=issuer.sign(parts.tbs()))


def card_parts(
    ca: MadeUpCa,
    holder: Holder,
    key: PrivateKey,
    *,
    serial: int,
    not_before: datetime,
    not_after: datetime,
    text_kind: int | None = None,
    usages: Sequence[str] = ("digital_signature", "non_repudiation"),
    policies: Sequence[str] = (POLICY,),
    crl_url: str | None = None,
) -> Parts:
    """The fields of a card's certificate, to be signed with ``ca.sign(parts.tbs())``.

    The holder stands in the subject in Latin letters by number, and in full in the directory name of subjectAltName: O company,
    L its address, CN the person, STREET the home address.
    """
    listed = [
        key_usage(*usages),
        der.extension("2.5.29.17", der.sequence(der.explicit(4, alternative_name(holder, text_kind)))),
        der.extension("2.5.29.32", der.sequence(*(der.sequence(der.oid(one)) for one in policies))),
        _authority_key(ca),
    ]
    if crl_url is not None:
        place = der.tlv(0x86, crl_url.encode("ascii"))
        listed.append(
            der.extension("2.5.29.31", der.sequence(der.sequence(der.explicit(0, der.explicit(0, place)))))
        )
    subject = (("C", "JP"), ("O", "Made-up Cards"), ("CN", f"Card {serial}"))
    return Parts(
        serial=der.integer(serial),
        algorithm=signature_algorithm(ca.key),
        issuer=ca.name,
        validity=validity(not_before, not_after),
        subject=der.name(*subject, tag=text_kind),
        key=public_key_info(key),
        extensions=tuple(one for one in listed if policies or one is not listed[2]),
    )


def issue_card(
    ca: MadeUpCa,
    holder: Holder,
    *,
    key: PrivateKey | None = None,
    key_kind: KeyKind = "rsa-2048",
    serial: int = SAMPLE_SERIAL,
    not_before: datetime = SAMPLE_FROM,
    not_after: datetime = SAMPLE_TO,
    text_kind: int | None = None,
    usages: Sequence[str] = ("digital_signature", "non_repudiation"),
    policies: Sequence[str] = (POLICY,),
    crl_url: str | None = None,
) -> tuple[bytes, PrivateKey]:
    """A card's certificate in DER and its private key. Without more it is the sample of the manual in its period."""
    own_key = make_key(key_kind) if key is None else key
    parts = card_parts(
        ca,
        holder,
        own_key,
        serial=serial,
        not_before=not_before,
        not_after=not_after,
        text_kind=text_kind,
        usages=usages,
        policies=policies,
        crl_url=crl_url,
    )
    return ca.sign(parts.tbs()), own_key


def make_crl(
    ca: MadeUpCa,
    revoked: Iterable[Revoked | tuple[int, datetime]] = (),
    *,
    this_update: datetime,
    next_update: datetime | None,
    number: int = 1,
    extensions: Sequence[bytes] = (),
) -> bytes:
    """A list of revoked certificates in DER. ``next_update`` None leaves the field out."""
    entries = b"".join(_entry(Revoked(*one)) for one in revoked)
    listed = (_authority_key(ca), der.extension("2.5.29.20", der.integer(number)), *extensions)
    tbs = der.sequence(
        der.integer(1),
        signature_algorithm(ca.key),
        ca.name,
        der.moment(this_update),
        b"" if next_update is None else der.moment(next_update),
        der.sequence(entries) if entries else b"",
        der.explicit(0, der.sequence(*listed)),
    )
    return ca.sign(tbs)


def many_revoked(count: int, *, first: int, at: datetime) -> list[Revoked]:
    """Entries for a long list: ``count`` serials from ``first`` on, revoked a minute apart before ``at``."""
    return [Revoked(first + place, at - timedelta(minutes=place), 4) for place in range(count)]


def sample_holder(samples: Path) -> Holder:
    """The card of the city's manual, from ``cards.toml`` in the folder of samples."""
    raw = tomllib.loads((samples / "cards.toml").read_text(encoding="utf-8"))
    return Holder(**raw["sample"])


def alternative_name(holder: Holder, text_kind: int | None = None) -> bytes:
    """The directory name of subjectAltName."""
    home = [] if holder.home_address is None else [("STREET", holder.home_address)]
    return der.name(
        ("C", "JP"),
        ("O", holder.company),
        ("L", holder.company_address),
        ("CN", holder.name),
        *home,
        tag=text_kind,
    )


def validity(not_before: datetime, not_after: datetime) -> bytes:
    return der.sequence(der.moment(not_before), der.moment(not_after))


USAGES = ("digital_signature", "non_repudiation", "key_encipherment", "data_encipherment", "key_agreement")
CA_USAGES = ("key_cert_sign", "crl_sign")


def key_usage(*usages: str, critical: bool | None = True) -> bytes:
    """The extension keyUsage."""
    order = (*USAGES, *CA_USAGES)
    value = sum(0x80 >> order.index(usage) for usage in usages)
    unused = (value & -value).bit_length() - 1 if value else 0
    return der.extension("2.5.29.15", der.bits(bytes((value,)), unused), critical=critical)


def _entry(one: Revoked) -> bytes:
    why = b"" if one.reason is None else der.sequence(der.extension("2.5.29.21", der.enumerated(one.reason)))
    return der.sequence(der.integer(one.serial), der.moment(one.at), why)


def _authority_key(issuer: MadeUpCa) -> bytes:
    return der.extension("2.5.29.35", der.sequence(der.tlv(0x80, issuer.key_id)))


def _key_id(info: bytes) -> bytes:
    # Names a key, secures nothing: that is what the standard takes SHA-1 for.
    return sha1(info, usedforsecurity=False).digest()


def _signature(key: PrivateKey, content: bytes) -> bytes:
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(content, padding.PKCS1v15(), hashes.SHA256())
    return key.sign(content, ec.ECDSA(hashes.SHA256()))
