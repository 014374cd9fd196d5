"""Phones, mail addresses and postcodes by the libraries behind the ports."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from ebidadmin.bundled import bundled
from ebidadmin.errors import ConfigurationError
from ebidadmin.reference.mails import MailDomainsLibrary, load_mail_domains, one_slip_apart
from ebidadmin.reference.phones import PhonePlanLibrary
from ebidadmin.reference.postcodes import PostcodesPosuto


@pytest.mark.parametrize(
    ("number", "exists"),
    [
        ("083-231-3178", True),
        ("03-3333-0002", True),
        ("090-1234-5678", True),
        ("0120-123-456", True),
        ("050-3333-4444", True),
        ("03-0000-0001", False),
        ("123-4567-7890", False),
        ("083-231-317", False),
        ("110", False),
        ("", False),
        ("tel", False),
        ("+1-212-555-0100", False),
        ("９９９", False),
    ],
)
def test_the_japanese_telephone_plan(number: str, exists: bool) -> None:
    assert PhonePlanLibrary().exists(number) is exists


@pytest.mark.parametrize("address", ["acceptor1@hisasp.com", "test@test.com", "a.b+c@city.shimonoseki.lg.jp"])
def test_valid_addresses(address: str) -> None:
    assert MailDomainsLibrary().valid(address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "a",
        "a@",
        "@b.jp",
        "a@b",
        "a..b@c.jp",
        "a@b..jp",
        "a@[1.2.3.4]",
        "a b@c.jp",
        "x@y.invalid",
        "a@\ud800.jp",
    ],
)
def test_invalid_addresses(address: str) -> None:
    assert not MailDomainsLibrary().valid(address)


@pytest.mark.parametrize(
    ("address", "domain"),
    [
        ("a@gmail.com", None),
        ("a@GMAIL.com", None),
        ("a@gmial.com", "gmial.com"),
        ("a@gmai.com", "gmai.com"),
        ("a@gmaill.com", "gmaill.com"),
        ("a@gmeil.com", "gmeil.com"),
        ("a@gmail.co.jp", "gmail.co.jp"),
        ("a@docmo.ne.jp", "docmo.ne.jp"),
        ("a@YOPMAIL.com", "yopmail.com"),
        ("a@any.mailinator.com", "any.mailinator.com"),
        ("a@hisasp.com", None),
        ("a@test.com", None),
        ("a@ab.com", None),
        ("a@notmailinator.com", None),
        ("a", None),
        ("", None),
    ],
)
def test_unusual_domains(address: str, domain: str | None) -> None:
    assert load_mail_domains(bundled("data")).unusual(address) == domain


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ("abc", "abc", False),
        ("abc", "abd", True),
        ("abc", "ab", True),
        ("abc", "bc", True),
        ("abc", "acb", True),
        ("abc", "bac", True),
        ("abc", "cba", False),
        ("abc", "a", False),
        ("abcd", "badc", False),
        ("", "a", True),
        ("abcd", "acbe", False),
    ],
)
def test_one_slip(one: str, other: str, apart: bool) -> None:
    assert one_slip_apart(one, other) is apart
    assert one_slip_apart(other, one) is apart


def test_a_broken_list_is_named(tmp_path: Path) -> None:
    (tmp_path / "reference").mkdir()
    (tmp_path / "reference" / "mail_domains.toml").write_text('throw_away = "x"', encoding="utf-8")
    with pytest.raises(ConfigurationError) as refused:
        load_mail_domains(tmp_path)
    assert refused.value.facts["key"] == "throw_away"


@pytest.mark.parametrize(
    ("postcode", "place"),
    [
        ("750-0006", "山口県下関市南部町"),
        ("750-8521", "山口県下関市"),  # an office with a code of its own
        ("100-0001", "東京都千代田区千代田"),
        ("759-3622", "山口県阿武郡阿武町奈古"),
        ("759-3622", "山口県阿武町"),
    ],
)
def test_postcodes(postcode: str, place: str) -> None:
    places = PostcodesPosuto().places(postcode)
    assert place in places
    assert list(places) == sorted(places, key=lambda one: (-len(one), one))


@pytest.mark.parametrize("postcode", ["123-4567", "999-9999", "7500006", "", "750-000６", "〒750-0006"])
def test_codes_that_do_not_exist(postcode: str) -> None:
    assert PostcodesPosuto().places(postcode) == ()


def test_postcodes_from_another_thread() -> None:
    found: list[tuple[str, ...]] = []
    thread = threading.Thread(target=lambda: found.append(PostcodesPosuto().places("060-0001")))
    thread.start()
    thread.join()
    assert found[0][-1] == "北海道札幌市中央区"
