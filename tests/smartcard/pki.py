"""A made-up authority, its card and its lists, made once for all tests of a run."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache

from ebidadmin.bundled import bundled
from ebidadmin.demo.pki import (
    Holder,
    MadeUpCa,
    PrivateKey,
    issue_card,
    make_ca,
    make_crl,
    make_key,
    sample_holder,
)
from ebidadmin.smartcard.authorities import load_authorities
from ebidadmin.smartcard.certificates import FactsReader
from ebidadmin.smartcard.checker import Checker, Material

AT = datetime(2014, 8, 20, 1, 0, tzinfo=UTC)
"""10:00 in Japan on the day of the manual's sample."""

WEEK = timedelta(days=7)


@cache
def key(number: int = 0) -> PrivateKey:
    return make_key("p-256" if number % 2 else "rsa-2048")


@cache
def authority() -> MadeUpCa:
    return make_ca(key=key(0))


def holder() -> Holder:
    return sample_holder(bundled("data") / "samples")


@cache
def card() -> bytes:
    return issue_card(authority(), holder(), key=key(2))[0]


@cache
def good_list(number: int = 1) -> bytes:
    return make_crl(
        authority(),
        [(7, AT - WEEK)],
        this_update=AT - timedelta(hours=2),
        next_update=AT + WEEK,
        number=number,
    )


def reader() -> FactsReader:
    return FactsReader(load_authorities())


def checker(
    trusted: tuple[bytes, ...], lists: tuple[bytes, ...] = (), others: tuple[bytes, ...] = ()
) -> Checker:
    material = Material(trusted, others, lists)
    return Checker(reader(), lambda _at: material)
