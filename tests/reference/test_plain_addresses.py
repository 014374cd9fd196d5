"""The pattern of plain mail addresses never takes one that the library refuses; and nearly all honest ones are plain."""

from __future__ import annotations

import re

from email_validator import EmailNotValidError, validate_email
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ebidadmin.reference import mails
from ebidadmin.reference.mails import MailDomainsLibrary

SIGNS = "ab0-._+@Ａé"
WORDS = st.sampled_from(
    [
        "a",
        "info",
        "xn--",
        "test",
        "local",
        "example",
        "co",
        "jp",
        "-",
        ".",
        "@",
        "arpa",
        "9",
        "x" * 64,
        "LOCALHOST",
        "onion",
    ]
)
ADDRESS = st.lists(WORDS | st.text(SIGNS, max_size=3), max_size=9).map("".join)


def by_library(address: str) -> bool:
    try:
        validate_email(address, check_deliverability=False)
    except EmailNotValidError:
        return False
    return True


@settings(max_examples=500, deadline=None)
@given(st.tuples(ADDRESS, ADDRESS).map("@".join) | st.from_regex(mails._PLAIN, fullmatch=True))
@example("a@b.test")
@example("a@b.jp\n")
@example("a@ab--c.jp")
@example("a@xn--c.jp")
@example("a@" + ".".join(["x" * 60] * 4) + ".jp")
@example("ſ@example.jp")
def test_the_answer_is_the_library_s(address: str) -> None:
    assert MailDomainsLibrary().valid(address) == by_library(address)


def test_an_honest_address_is_plain() -> None:
    for address in ("info@example.co.jp", "Eigyo-1@kensetsu.example.jp", "a.b_c+d@sample.com"):
        assert re.fullmatch(mails._PLAIN, address)
