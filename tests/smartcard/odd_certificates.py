"""Certificates as odd as old issuers made them, and odder: each with what must be read from it, or the part that is refused."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from types import MappingProxyType
from typing import NamedTuple

from ebidadmin.demo import der
from ebidadmin.demo.pki import CA_FROM, Parts, alternative_name, card_parts, key_usage, validity
from ebidadmin.demo.pki import SAMPLE_TO as TO
from tests.smartcard.pki import authority, card, holder, key

ENTERED = holder()


class Odd(NamedTuple):
    """``expected``: fields and values that are read; or ``refused``: code and part."""

    name: str
    file: bytes
    expected: Mapping[str, object] = MappingProxyType({})
    refused: tuple[str, str] | None = None


@cache
def parts() -> Parts:
    return card_parts(authority(), holder(), key(2), serial=5, not_before=CA_FROM, not_after=TO)


def made(**changed: object) -> bytes:
    return authority().sign(replace(parts(), **changed).tbs())  # type: ignore[arg-type]  # fields of Parts, in DER


def with_extension(extra: bytes) -> bytes:
    return made(extensions=(*parts().extensions, extra))


def with_alternative(name: bytes) -> bytes:
    usage, _, *rest = parts().extensions
    names = der.extension("2.5.29.17", der.sequence(der.explicit(4, name)))
    return made(extensions=(usage, names, *rest))


def times(first: bytes, last: bytes, tag: int = 0x17) -> bytes:
    return made(validity=der.sequence(der.tlv(tag, first), der.tlv(tag, last)))


def company(tag: int, raw: bytes) -> bytes:
    return with_alternative(der.sequence(der.set_of(der.attribute("O", der.tlv(tag, raw)))))


FULL = {
    "company_name": ENTERED.company,
    "holder_name": ENTERED.name,
    "holder_address": "Kansai Area",
    "guessed": (),
}


def texts() -> Iterator[Odd]:
    for tag, name in ((der.BMP, "BMPString"), (der.UTF8, "UTF8String"), (der.UNIVERSAL, "UniversalString")):
        yield Odd(f"all texts {name}", with_alternative(alternative_name(ENTERED, tag)), FULL)
    sjis = ENTERED.company.encode("cp932")
    yield Odd(
        "T61String, Shift JIS",
        company(der.T61, sjis),
        {"company_name": ENTERED.company, "guessed": ("company_name",)},
    )
    yield Odd("T61String, ASCII", company(der.T61, b"Test"), {"company_name": "Test", "guessed": ()})
    escaped = ENTERED.company.encode("iso2022_jp")
    yield Odd(
        "T61String, JIS",
        company(der.T61, escaped),
        {"company_name": ENTERED.company, "guessed": ("company_name",)},
    )
    for tag, name in (
        (der.PRINTABLE, "PrintableString"),
        (der.IA5, "IA5String"),
        (der.VISIBLE, "VisibleString"),
    ):
        yield Odd(
            f"{name} with Shift JIS",
            company(tag, sjis),
            {"company_name": ENTERED.company, "guessed": ("company_name",)},
        )
        utf8 = ENTERED.company.encode()
        yield Odd(
            f"{name} with UTF-8",
            company(tag, utf8),
            {"company_name": ENTERED.company, "guessed": ("company_name",)},
        )
    yield Odd("UTF8String with Shift JIS", company(der.UTF8, sjis), {"guessed": ("company_name",)})


def unusual_texts() -> Iterator[Odd]:
    wide = ENTERED.company.encode("utf-16-be")
    yield Odd(
        "odd PrintableString", company(der.PRINTABLE, b"A&B_@*"), {"company_name": "A&B_@*", "guessed": ()}
    )
    yield Odd("BMPString of odd length", company(der.BMP, wide[:-1]), {"guessed": ("company_name",)})
    yield Odd(
        "BMPString with a pair",
        company(der.BMP, "𠮷".encode("utf-16-be")),
        {"company_name": "𠮷", "guessed": ()},
    )
    yield Odd("lone surrogate", company(der.BMP, b"\xd8\x00"), {"guessed": ("company_name",)})
    yield Odd(
        "zero byte", company(der.UTF8, b"A\x00B"), {"company_name": "A�B", "guessed": ("company_name",)}
    )
    yield Odd("override of direction", company(der.UTF8, "A\u202eB".encode()), {"guessed": ("company_name",)})
    yield Odd("spaces around", company(der.UTF8, " 甲　".encode()), {"company_name": "甲"})
    yield Odd("empty text", company(der.UTF8, b""), {"company_name": "Made-up Cards"})
    yield Odd("a number for a text", company(0x02, b"\x05"), {"company_name": "Made-up Cards"})


def names() -> Iterator[Odd]:
    yield Odd(
        "no home address",
        with_alternative(alternative_name(replace(ENTERED, home_address=None))),
        {"holder_address": None},
    )
    comma = der.name(("C", "JP"), ("O", "Made-up, Inc."), ("OU", 'a+b"<c>;\\'))
    yield Odd(
        "comma in the issuer", made(issuer=comma), {"issuer": r"OU=a\+b\"\<c\>\;\\,O=Made-up\, Inc.,C=JP"}
    )
    yield Odd("edges in the issuer", made(issuer=der.name(("O", " #x "))), {"issuer": r"O=\ #x\ "})
    yield Odd("number sign first", made(issuer=der.name(("O", "#x"))), {"issuer": r"O=\#x"})
    yield Odd("unknown attribute", made(issuer=der.name(("2.999.7", "x"))), {"issuer": "2.999.7=#130178"})
    two = der.sequence(der.set_of(der.attribute("O", der.text("x")), der.attribute("CN", der.text("y"))))
    yield Odd("two attributes in one part", made(issuer=two), {"issuer": "O=x+CN=y"})
    yield Odd(
        "issuer in BMPString",
        made(issuer=der.name(("O", "甲"), tag=der.BMP)),
        {"issuer": "O=甲", "guessed": ()},
    )
    yield Odd("empty subject", made(subject=der.sequence()), {"subject": "", "company_name": ENTERED.company})


def missing_names() -> Iterator[Odd]:
    yield Odd(
        "empty part", made(issuer=der.sequence(der.set_of())), refused=("certificate-unreadable", "issuer")
    )
    yield Odd("name is no sequence", made(issuer=der.set_of()), refused=("certificate-unreadable", "issuer"))
    yield Odd(
        "attribute without value",
        made(subject=der.sequence(der.set_of(der.sequence(der.oid("2.5.4.3"))))),
        refused=("certificate-unreadable", "subject"),
    )
    yield Odd(
        "no alternative name",
        made(extensions=parts().extensions[:1]),
        {"holder_name": "Card 5", "holder_address": None},
    )
    mail = der.extension("2.5.29.17", der.sequence(der.tlv(0x81, b"a@example.jp")))
    yield Odd("alternative name is mail only", made(extensions=(mail,)), {"company_name": "Made-up Cards"})
    broken = der.extension("2.5.29.17", b"\x30\x05\x01")
    yield Odd(
        "broken alternative name",
        made(extensions=(broken,)),
        refused=("certificate-unreadable", "alternative-name"),
    )


def numbers_and_times() -> Iterator[Odd]:
    yield Odd("negative serial", made(serial=der.integer(-129)), {"serial": "-129"})
    yield Odd("serial zero", made(serial=der.integer(0)), {"serial": "0"})
    yield Odd("serial of 40 bytes", made(serial=der.integer(2**318)), {"serial": str(2**318)})
    yield Odd("serial with zeros before", made(serial=der.tlv(2, b"\0\0\5")), {"serial": "5"})
    yield Odd(
        "serial of 300 bytes", made(serial=der.integer(2**2400)), refused=("certificate-unreadable", "serial")
    )
    yield Odd("empty serial", made(serial=der.tlv(2)), refused=("certificate-unreadable", "serial"))
    yield Odd("UTCTime without seconds", times(b"1401010000Z", b"1508191459Z"), {})
    yield Odd("UTCTime with a zone", times(b"140101000000+0900", b"150819145959+0900"), {})
    yield Odd("UTCTime without seconds, zone", times(b"1401010000+0900", b"1508191459-0100"), {})
    yield Odd("GeneralizedTime", times(b"20140101000000Z", b"20150819145959Z", 0x18), {})
    yield Odd("GeneralizedTime with a fraction", times(b"20140101000000.5Z", b"20150819145959.25Z", 0x18), {})
    yield Odd("for ever", times(b"20140101000000Z", b"99991231235959Z", 0x18), {})
    yield Odd("last century", times(b"500101000000Z", b"991231235959Z"), {})
    for text in (
        b"140230000000Z",
        b"141301000000Z",
        b"1401010000",
        b"",
        b"abc",
        b"\xff" * 13,
        b"140101250000Z",
    ):
        yield Odd(f"time {text!r}", times(text, text), refused=("certificate-unreadable", "validity"))
    yield Odd(
        "one time",
        made(validity=der.sequence(der.moment(TO))),
        refused=("certificate-unreadable", "validity"),
    )
    yield Odd("times turned round", made(validity=validity(TO, CA_FROM)), {"not_after": CA_FROM})


def forms() -> Iterator[Odd]:
    constraints = der.sequence(der.boolean(False))
    yield Odd("cA FALSE written out", with_extension(der.extension("2.5.29.19", constraints)), FULL)
    yield Odd(
        "critical FALSE written out",
        with_extension(der.extension("2.5.29.19", der.sequence(), critical=False)),
        FULL,
    )
    yield Odd(
        "BER TRUE",
        with_extension(der.sequence(der.oid("2.5.29.19"), der.tlv(1, b"\x01"), der.octets(der.sequence()))),
        FULL,
    )
    yield Odd(
        "unknown critical extension", with_extension(der.extension("2.999.5", b"x", critical=True)), FULL
    )
    yield Odd("extension twice", with_extension(parts().extensions[0]), FULL)
    yield Odd("empty key usage", made(extensions=(key_usage(),)), {"usages": ()})
    yield Odd(
        "key usage with a bad count",
        made(extensions=(der.extension("2.5.29.15", der.bits(b"\x80", 9)),)),
        refused=("certificate-unreadable", "key-usage"),
    )
    yield Odd("no extensions", made(extensions=()), {"usages": None, "policies": ()})
    yield Odd("version 1 with extensions", made(version=b""), {"notes": ("extensions-in-old-version",)})
    yield Odd("unique ids", made(unique_ids=der.tlv(0x81, b"\0\1") + der.tlv(0x82, b"\0\2")), FULL)
    yield Odd("padded with zeros", card() + bytes(500), FULL)
    yield Odd("padded with FF", card() + b"\xff" * 500, FULL)


def files() -> Iterator[Odd]:
    pem = b"-----BEGIN CERTIFICATE-----\n" + base64.encodebytes(card()) + b"-----END CERTIFICATE-----\n"
    yield Odd("PEM", pem, FULL)
    yield Odd("PEM, CR LF and words before", b"subject=x\r\n" + pem.replace(b"\n", b"\r\n"), FULL)
    yield Odd("PEM behind a byte order mark", b"\xef\xbb\xbf" + pem, FULL)
    yield Odd("base64 alone", base64.encodebytes(card()), FULL)
    yield Odd("PEM cut off", pem.replace(b"MII", b"M!I"), refused=("certificate-unreadable", "base64"))
    yield Odd("length with needless bytes", b"\x30\x84\x00\x00" + card()[2:4] + card()[4:], FULL)
    yield Odd("open end", b"\x30\x80" + card()[4:] + b"\0\0", refused=("certificate-unreadable", "form"))
    yield Odd("cut off", card()[:-20], refused=("certificate-unreadable", "form"))
    yield Odd("empty", b"", refused=("certificate-empty", ""))
    yield Odd("too large", b"\x30" + bytes(300_000), refused=("certificate-too-large", ""))
    yield Odd("web page", b"<!DOCTYPE html><html></html>", refused=("certificate-other-file", ""))
    yield Odd("private key", b"-----BEGIN PRIVATE KEY-----\nMIIE", refused=("certificate-other-file", ""))


def keys() -> Iterator[Odd]:
    curve = der.sequence(der.oid("1.2.840.10045.2.1"), der.sequence(der.integer(1)))
    yield Odd("curve without a name", made(key=der.sequence(curve, der.bits(b"\4xy"))), {})
    yield Odd(
        "unknown kind of key", made(key=der.sequence(der.sequence(der.oid("2.999.1")), der.bits(b"x"))), {}
    )
    yield Odd(
        "broken RSA key",
        made(key=der.sequence(der.sequence(der.oid("1.2.840.113549.1.1.1")), der.bits(b"x"))),
        refused=("certificate-unreadable", "key"),
    )


def odd_certificates() -> list[Odd]:
    return [
        *texts(),
        *unusual_texts(),
        *names(),
        *missing_names(),
        *numbers_and_times(),
        *forms(),
        *files(),
        *keys(),
    ]
