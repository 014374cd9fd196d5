"""Stamps of a time-stamping authority: what a real one gives is taken, and nothing else is."""

from __future__ import annotations

import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from ebidadmin.credentials.timestamps import Stamp, TimestampTrust, WrongStampError, load_trust, stamped
from ebidadmin.domain.tree_findings import Fault
from ebidadmin.errors import ConfigurationError, InputError
from tests.needs import require_component
from tests.tsa import Authority, served

TEXT = b"office-of-tests\n3\nroot\n"


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    require_component("openssl")
    return Authority(tmp_path / "authority")


def stamp(authority: Authority, text: bytes = TEXT) -> Stamp:
    with served(authority) as url:
        return stamped(url, text, trust=load_trust(authority.trust))


def certified(trust: TimestampTrust, content: bytes) -> datetime | None:
    """The moment that what lies there certifies for the text, if it does."""
    try:
        return trust.checked(content, TEXT).at
    except WrongStampError:
        return None


def fault(authority: Authority, content: bytes, text: bytes = TEXT) -> Fault:
    with pytest.raises(WrongStampError) as caught:
        load_trust(authority.trust).checked(content, text)
    return caught.value.fault


def test_a_token_is_over_its_text_at_its_moment(authority: Authority) -> None:
    before = datetime.now(UTC) - timedelta(seconds=2)
    made = stamp(authority)
    assert before <= made.at <= datetime.now(UTC) + timedelta(seconds=2)
    assert load_trust(authority.trust).checked(made.content, TEXT) == made
    assert fault(authority, made.content, TEXT + b" ") is Fault.STAMP_DIFFERS


def test_another_authority_of_the_same_name_is_not_believed(authority: Authority, tmp_path: Path) -> None:
    other = Authority(tmp_path / "other")
    assert fault(authority, stamp(other).content) is Fault.STAMP_FORGED


def test_who_was_not_certified_for_it_stamps_nothing(tmp_path: Path) -> None:
    require_component("openssl")
    wrong = Authority(tmp_path / "wrong", purpose=False)
    with served(wrong) as url, pytest.raises(InputError) as caught:
        stamped(url, TEXT, trust=load_trust(wrong.trust))
    assert caught.value.code in ("tsa-unreachable", "tsa-refused", "tsa-answer-wrong")


@pytest.mark.parametrize("content", [b"", b"0", b"\x30\x03\x02\x01\x00", b"<html>"])
def test_what_is_no_answer_is_unreadable(authority: Authority, content: bytes) -> None:
    assert fault(authority, content) is Fault.STAMP_UNREADABLE


def test_no_changed_byte_makes_a_token_of_another_text(authority: Authority) -> None:
    """What lies outside the signature may change; what is certified may not, and nothing breaks down."""
    made, random = stamp(authority), Random(20261130)
    trust = load_trust(authority.trust)
    for _ in range(300):
        place = random.randrange(len(made.content))
        changed = bytearray(made.content)
        changed[place] ^= 1 << random.randrange(8)
        assert fault(authority, bytes(changed), b"another") in set(Fault)
        assert certified(trust, bytes(changed)) in (made.at, None)


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ("garbage", "tsa-answer-wrong"),
        ("error", "tsa-refused"),
        ("elsewhere", "tsa-refused"),
        ("cut", "tsa-unreachable"),
    ],
)
def test_an_authority_that_fails_is_told(authority: Authority, how: str, code: str) -> None:
    with served(authority, how=how) as url, pytest.raises(InputError) as caught:
        stamped(url, TEXT, trust=load_trust(authority.trust))
    assert (caught.value.code, caught.value.facts["url"]) == (code, url)


def test_an_answer_to_an_earlier_query_is_not_taken(authority: Authority) -> None:
    with served(authority, how="replay") as url:
        stamped(url, TEXT, trust=load_trust(authority.trust))
        with pytest.raises(InputError) as caught:
            stamped(url, TEXT, trust=load_trust(authority.trust))
    assert caught.value.code == "tsa-answer-wrong"
    assert "Nonce" in str(caught.value.facts["detail"])


def test_an_authority_may_refuse(tmp_path: Path) -> None:
    require_component("openssl")
    picky = Authority(tmp_path / "picky", digests="sha512")
    with served(picky) as url, pytest.raises(InputError) as caught:
        stamped(url, TEXT, trust=load_trust(picky.trust))
    assert caught.value.code == "tsa-refused"


def test_one_that_is_silent_is_not_waited_for(authority: Authority) -> None:
    trust = load_trust(authority.trust)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(InputError) as caught:
            stamped(url, TEXT, trust=trust, seconds=0.5)
    assert caught.value.code == "tsa-too-slow"
    with pytest.raises(InputError) as caught:
        stamped(url, TEXT, trust=trust)
    assert caught.value.code == "tsa-unreachable"


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "http://me:word@tsa.example/", "tsa.example", "http://"]
)
def test_other_addresses_are_refused_without_repeating_a_login(authority: Authority, url: str) -> None:
    with pytest.raises(InputError) as caught:
        stamped(url, TEXT, trust=load_trust(authority.trust))
    assert caught.value.code == "tsa-address-refused"
    assert "word" not in str(caught.value.facts)


def test_what_holds_no_certificate_is_told_by_its_name(tmp_path: Path) -> None:
    for name, content in (("empty.pem", b""), ("memo.pem", b"memo\n"), ("none.pem", None)):
        file = tmp_path / name
        if content is not None:
            file.write_bytes(content)
        with pytest.raises(ConfigurationError) as caught:
            load_trust(file)
        assert (caught.value.code, caught.value.facts["file"]) == ("tsa-trust-unreadable", str(file))
