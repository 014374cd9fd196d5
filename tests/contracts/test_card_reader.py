"""What every card reader does: the simulated one, a software token and a PIV card in a virtual reader alike."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from ebidadmin.errors import CardError
from ebidadmin.services.card_ports import PinStanding, ProofMechanism, fresh_challenge
from ebidadmin.smartcard.proofs import verify_proof
from tests.smartcard.benches import (
    PIN,
    WRONG,
    Bench,
    LockingBench,
    SimulatedBench,
    SoftHsmBench,
    keys,
    piv_bench,
    token_of,
)


@pytest.fixture(params=["simulated", "softhsm", "piv"])
def bench(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    if request.param == "simulated":
        yield SimulatedBench(tmp_path)
    elif request.param == "softhsm":
        yield SoftHsmBench(tmp_path, monkeypatch, request.getfixturevalue("soft_token"))
    else:
        with piv_bench(request.getfixturevalue("virtual_readers"), tmp_path) as made:
            yield made


@pytest.fixture(params=["simulated", "piv"])
def locking(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[LockingBench]:
    if request.param == "simulated":
        yield SimulatedBench(tmp_path)
    else:
        with piv_bench(request.getfixturevalue("virtual_readers"), tmp_path) as made:
            yield made


def refused(bench: Bench, pin: bytes, *, insist: bool = False) -> str:
    """The code with which a log-in to the first certificate of the card is refused."""
    token = token_of(bench)
    (first, *_) = bench.reader.read_certificates(token)
    with pytest.raises(CardError) as caught:
        bench.reader.prove(
            token,
            first.fingerprint,
            pin=bytearray(pin),
            challenge=fresh_challenge(),
            insist_last_try=insist,
        )
    return caught.value.code


def proven(bench: Bench, pin: bytes) -> bool:
    """Whether the first certificate of the card proves itself with that PIN."""
    token = token_of(bench)
    (first, *_) = bench.reader.read_certificates(token)
    proof = bench.reader.prove(token, first.fingerprint, pin=bytearray(pin), challenge=fresh_challenge())
    return proof.fingerprint == first.fingerprint


def test_a_card_is_found_with_what_names_it(bench: Bench) -> None:
    token = token_of(bench)
    assert token.label
    assert token.serial
    assert token.label == token.label.strip()
    assert not token.pin_pad
    assert token.standing is PinStanding.UNKNOWN


def test_certificates_are_read_without_a_pin_as_they_are_on_the_card(bench: Bench) -> None:
    found = bench.reader.read_certificates(token_of(bench))
    assert {one.der for one in found} == {key.certificate for key in keys(1)}
    assert len({one.key_id for one in found}) == len(found)


def test_each_key_proves_itself_for_a_fresh_challenge(bench: Bench) -> None:
    token = token_of(bench)
    mechanisms = set()
    for one in bench.reader.read_certificates(token):
        challenge = fresh_challenge()
        proof = bench.reader.prove(token, one.fingerprint, pin=bytearray(PIN), challenge=challenge)
        assert proof.certificate == one.der
        assert proof.challenge == challenge
        verify_proof(proof)
        mechanisms.add(proof.mechanism)
    assert mechanisms == set(ProofMechanism)


def test_a_wrong_pin_is_a_wrong_pin_and_the_right_one_works_afterwards(bench: Bench) -> None:
    assert refused(bench, WRONG) == "card-pin-wrong"
    assert proven(bench, PIN)


def test_the_caller_keeps_his_pin_to_wipe_it(bench: Bench) -> None:
    token = token_of(bench)
    (first, *_) = bench.reader.read_certificates(token)
    pin = bytearray(PIN)
    bench.reader.prove(token, first.fingerprint, pin=pin, challenge=fresh_challenge())
    assert pin == PIN


def test_no_pin_is_sent_for_a_certificate_that_is_not_on_the_card(bench: Bench) -> None:
    token = token_of(bench)
    with pytest.raises(CardError, match="card-changed"):
        bench.reader.prove(token, "0" * 64, pin=bytearray(PIN), challenge=fresh_challenge())
    assert not bench.log_ins()


@pytest.mark.parametrize("pin", [b"", b"1" * 256])
def test_what_cannot_be_a_pin_of_the_card_is_told_as_that(bench: Bench, pin: bytes) -> None:
    assert refused(bench, pin) == "card-pin-form"
    assert not bench.log_ins()


def test_a_pin_that_is_too_short_costs_no_try(locking: LockingBench) -> None:
    assert refused(locking, b"1") == "card-pin-form"
    assert not locking.log_ins()
    assert token_of(locking).standing is PinStanding.UNKNOWN


def test_without_a_pin_pad_a_pin_is_needed(bench: Bench) -> None:
    token = token_of(bench)
    with pytest.raises(CardError, match="card-pin-missing"):
        bench.reader.prove(token, "0" * 64, pin=None, challenge=fresh_challenge())


def test_a_challenge_of_another_length_is_a_mistake_of_the_program(bench: Bench) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        bench.reader.prove(token_of(bench), "0" * 64, pin=bytearray(PIN), challenge=b"short")


def test_a_pulled_card_is_gone_and_back_again_when_it_is_put_in(bench: Bench) -> None:
    token = token_of(bench)
    (first, *_) = bench.reader.read_certificates(token)
    bench.pull()
    with pytest.raises(CardError, match="card-removed"):
        bench.reader.read_certificates(token)
    with pytest.raises(CardError, match="card-removed"):
        bench.reader.prove(token, first.fingerprint, pin=bytearray(PIN), challenge=fresh_challenge())
    assert not any(state.token for state in bench.reader.readers())
    bench.insert()
    assert token_of(bench).serial == token.serial
    assert proven(bench, PIN)


def test_a_second_operation_meanwhile_is_refused_not_queued(bench: Bench) -> None:
    """A double click must not log in twice: of many at once, each either works alone or is told to wait."""
    token = token_of(bench)
    outcomes: list[str] = []

    def read() -> None:
        try:
            bench.reader.read_certificates(token)
            outcomes.append("read")
        except CardError as error:
            outcomes.append(error.code)

    threads = [threading.Thread(target=read) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert "read" in outcomes
    assert set(outcomes) <= {"read", "card-busy"}


def test_it_warns_at_the_last_try_locks_for_real_and_opens_by_the_puk(locking: LockingBench) -> None:
    assert refused(locking, WRONG) == "card-pin-wrong"
    assert refused(locking, WRONG) == "card-pin-wrong-last-try"
    assert token_of(locking).standing is PinStanding.LAST_TRY
    before = locking.log_ins()
    assert refused(locking, PIN) == "card-pin-last-try"
    assert locking.log_ins() == before
    assert refused(locking, WRONG, insist=True) == "card-pin-locked"
    assert token_of(locking).standing is PinStanding.LOCKED
    before = locking.log_ins()
    assert refused(locking, PIN, insist=True) == "card-pin-locked"
    assert locking.log_ins() == before
    new_pin = b"845512"
    locking.unblock(new_pin)
    assert refused(locking, PIN) == "card-pin-wrong"
    assert proven(locking, new_pin)


def test_a_last_try_that_is_insisted_on_and_right_clears_the_warning(locking: LockingBench) -> None:
    refused(locking, WRONG)
    refused(locking, WRONG)
    token = token_of(locking)
    (first, *_) = locking.reader.read_certificates(token)
    proof = locking.reader.prove(
        token, first.fingerprint, pin=bytearray(PIN), challenge=fresh_challenge(), insist_last_try=True
    )
    assert proof.fingerprint == first.fingerprint
    assert token_of(locking).standing is PinStanding.UNKNOWN


def test_another_card_swapped_in_at_once_gets_no_pin(locking: LockingBench) -> None:
    token = token_of(locking)
    (first, *_) = locking.reader.read_certificates(token)
    locking.swap()
    with pytest.raises(CardError) as caught:
        locking.reader.prove(token, first.fingerprint, pin=bytearray(PIN), challenge=fresh_challenge())
    # Whether the reader has noticed the new card already depends on when it looks.
    assert caught.value.code in {"card-changed", "card-removed"}
    assert not locking.log_ins()
