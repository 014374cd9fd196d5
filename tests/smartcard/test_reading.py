"""Reading certificates: fields, or one clear refusal, whatever the bytes."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ebidadmin.domain.certificates import CheckOutcome
from ebidadmin.errors import InputError
from ebidadmin.smartcard.certificates import FactsReader
from ebidadmin.smartcard.checker import Checker
from ebidadmin.smartcard.revocation_lists import read_list
from ebidadmin.smartcard.tlv import MalformedError
from ebidadmin.text.messages import sentence
from tests.smartcard.odd_certificates import Odd, odd_certificates
from tests.smartcard.pki import AT, authority, card, checker, good_list, reader

ODD = odd_certificates()
READER: FactsReader = reader()


@pytest.fixture(scope="module")
def office() -> Iterator[Checker]:
    with checker((authority().certificate,), (good_list(),)) as made:
        yield made


def test_there_are_enough() -> None:
    assert len(ODD) >= 60
    assert len({one.name for one in ODD}) == len(ODD)


@pytest.mark.parametrize("odd", ODD, ids=[one.name for one in ODD])
def test_fields_or_a_refusal(odd: Odd) -> None:
    if odd.refused is not None:
        with pytest.raises(InputError) as refused:
            READER.read(odd.file)
        code, part = odd.refused
        assert (refused.value.code, refused.value.facts.get("part", "")) == (code, part)
        assert "(不明)" not in sentence(refused.value)
        return
    facts = READER.read(odd.file)
    assert {name: getattr(facts, name) for name in odd.expected} == odd.expected


@pytest.mark.parametrize("odd", ODD, ids=[one.name for one in ODD])
def test_the_check_answers_and_lets_in_nothing_that_is_not_signed(office: Checker, odd: Odd) -> None:
    found = office.check(odd.file, at=AT)
    assert isinstance(found.outcome, CheckOutcome)
    if odd.refused is not None:
        assert not found.good


@pytest.mark.parametrize(
    "name",
    ["padded with zeros", "PEM", "cA FALSE written out", "critical FALSE written out", "all texts BMPString"],
)
def test_what_is_merely_old_is_good(office: Checker, name: str) -> None:
    odd = next(one for one in ODD if one.name == name)
    assert office.check(odd.file, at=AT).good


def facts_or_refusal(file: bytes) -> None:
    with contextlib.suppress(InputError):
        READER.read(file)


@given(st.binary(max_size=300))
def test_any_bytes(file: bytes) -> None:
    facts_or_refusal(file)
    facts_or_refusal(b"\x30" + file)


@given(st.data())
def test_a_changed_certificate(data: st.DataObject) -> None:
    file = bytearray(card())
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(file) - 1))
        file[place] = data.draw(st.integers(0, 255))
    facts_or_refusal(bytes(file))
    facts_or_refusal(bytes(file[: data.draw(st.integers(0, len(file)))]))


@given(st.data())
def test_a_changed_certificate_is_never_good(office: Checker, data: st.DataObject) -> None:
    file = bytearray(card())
    place = data.draw(st.integers(0, len(file) - 1))
    file[place] ^= data.draw(st.integers(1, 255))
    assert not office.check(bytes(file), at=AT).good


@given(st.data())
def test_a_changed_list(data: st.DataObject) -> None:
    file = bytearray(good_list())
    for _ in range(data.draw(st.integers(1, 6))):
        file[data.draw(st.integers(0, len(file) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(InputError, MalformedError):
        found = read_list(bytes(file))
        found.facts()
        found.extract([b"\x07"])
