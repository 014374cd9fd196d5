"""Made-up cards: their life, the file they lie in, and their side of the PIV commands."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_private_key
from hypothesis import given
from hypothesis import strategies as st

from ebidadmin.errors import CardError
from ebidadmin.services.card_ports import PinStanding, Proof, ProofMechanism, fresh_challenge, proof_message
from ebidadmin.smartcard.made_up import CardBox, MadeUpCard, make_card
from ebidadmin.smartcard.piv_applet import AID, PivApplet, parse, tlv
from ebidadmin.smartcard.pkcs11_child import SHA256_DIGEST_INFO
from ebidadmin.smartcard.proofs import verify_proof
from ebidadmin.smartcard.simulated import SimulatedCardReader, sign
from tests.canary import found_in
from tests.smartcard.benches import PIN, PUK, TRIES, WRONG, keys, made_up_key

DIGEST = bytes(range(32))
OK, LOCKED = b"\x90\x00", b"\x69\x83"


def card() -> MadeUpCard:
    return make_card("card", keys(1), pin=PIN, puk=PUK, reader="Reader", tries=TRIES)


@pytest.fixture
def box(tmp_path: Path) -> CardBox:
    made = CardBox(tmp_path / "cards.json")
    made.put(card())
    return made


@pytest.fixture
def applet(box: CardBox) -> PivApplet:
    return PivApplet(box, "card")


CARD = card()


@given(st.lists(st.sampled_from([PIN, WRONG, "puk", "wrong puk"]), max_size=8))
def test_a_card_locks_after_its_tries_and_only_the_puk_opens_it(entries: list[bytes | str]) -> None:
    """Against the simplest account of what a card does: two counters."""
    one, wrong, wrong_puk = CARD, 0, 0
    for entry in entries:
        if entry == "puk":
            one = one.unblocked(PUK, PIN)
            wrong, wrong_puk = (0, 0) if wrong_puk < TRIES else (wrong, wrong_puk)
        elif entry == "wrong puk":
            one = one.unblocked(b"00000000", PIN)
            wrong_puk = min(wrong_puk + 1, TRIES)
        elif wrong < TRIES:
            assert isinstance(entry, bytes)
            one = one.tried(entry)
            wrong = 0 if entry == PIN else wrong + 1
        else:
            assert isinstance(entry, bytes)
            assert one.tried(entry) is one
        assert (one.wrong, one.wrong_puk, one.locked) == (wrong, wrong_puk, wrong == TRIES)


def test_the_file_holds_neither_pin_nor_puk(box: CardBox) -> None:
    content = box.path.read_bytes()
    assert not found_in(content, PIN.decode())
    assert not found_in(content, PUK.decode())
    assert box.path.stat().st_mode & 0o077 == 0


def test_what_is_put_in_comes_out_the_same(box: CardBox) -> None:
    assert box.cards() == (box.card("card"),)
    again = replace(box.card("card"), wrong=2, pull_at="sign", inserted=False)
    box.put(again)
    assert box.cards() == (again,)


def test_changes_of_many_at_once_are_all_kept(box: CardBox) -> None:
    box.change("card", lambda one: replace(one, tries=100))
    threads = [
        threading.Thread(target=box.change, args=("card", lambda one: one.tried(WRONG))) for _ in range(16)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert box.card("card").wrong == 16


@pytest.mark.parametrize(
    "content", ["", "{}", "[1]", '{"simulated_cards": [{}]}', '{"simulated_cards": [1]}', "\x00"]
)
def test_a_file_of_cards_that_is_none_is_told_as_that(tmp_path: Path, content: str) -> None:
    path = tmp_path / "cards.json"
    path.write_text(content)
    with pytest.raises(CardError, match="simulated-cards-unreadable"):
        SimulatedCardReader(path).readers()


def test_two_cards_do_not_lie_in_one_reader(box: CardBox) -> None:
    box.put(replace(card(), name="other", inserted=False))
    box.insert("other")
    assert [one.name for one in box.cards() if one.inserted] == ["other"]


@pytest.mark.parametrize("step", ["read", "log-in", "sign"])
def test_a_simulated_card_can_be_pulled_at_each_step(box: CardBox, step: str) -> None:
    reader = SimulatedCardReader(box.path)
    (state,) = reader.readers()
    assert state.token is not None
    first = box.card("card").certificates[0].fingerprint
    box.change("card", lambda one: replace(one, pull_at=step))
    with pytest.raises(CardError, match="card-removed") as caught:
        reader.prove(state.token, first, pin=bytearray(PIN), challenge=fresh_challenge())
    assert caught.value.facts["step"] == step
    assert reader.readers()[0].token is None
    box.insert("card")
    assert (
        reader.prove(state.token, first, pin=bytearray(PIN), challenge=fresh_challenge()).fingerprint == first
    )


@pytest.mark.parametrize("number", [0, 1])
def test_a_proof_holds_for_its_challenge_its_certificate_and_its_mechanism_only(number: int) -> None:
    key, challenge = keys(1)[number], fresh_challenge()
    signature, mechanism = sign(key, b"other")
    good_signature, _ = sign(key, proof_message(challenge))
    good = Proof(key.certificate, challenge, good_signature, mechanism)
    verify_proof(good)
    other = next(one for one in ProofMechanism if one is not mechanism)
    for bad in (
        replace(good, signature=signature),
        replace(good, challenge=fresh_challenge()),
        replace(good, certificate=made_up_key(77).certificate),
        replace(good, mechanism=other),
        replace(good, signature=b""),
    ):
        with pytest.raises(CardError, match="card-proof-wrong"):
            verify_proof(bad)
    with pytest.raises(CardError, match="card-key-unsupported"):
        verify_proof(replace(good, certificate=b"no certificate"))


def select(applet: PivApplet) -> None:
    assert applet.answer(bytes((0, 0xA4, 4, 0, len(AID))) + AID).endswith(OK)


def verify(applet: PivApplet, pin: bytes) -> bytes:
    return applet.answer(bytes((0, 0x20, 0, 0x80, 8)) + pin.ljust(8, b"\xff"))


def in_parts(applet: PivApplet, first: bytes) -> bytes:
    """The whole answer, fetched as readers fetch it; without its status word."""
    whole = first[:-2]
    while first[-2] == 0x61:
        first = applet.answer(bytes((0, 0xC0, 0, 0, first[-1])))
        whole += first[:-2]
    assert first[-2:] == OK
    return whole


def ask_to_sign(applet: PivApplet, key: int, algorithm: int, prepared: bytes) -> bytes:
    """The answer to a signature asked for in parts, as long templates are."""
    template = tlv(0x7C, tlv(0x82), tlv(0x81, prepared))
    parts = [template[place : place + 250] for place in range(0, len(template), 250)]
    for part in parts[:-1]:
        assert applet.answer(bytes((0x10, 0x87, algorithm, key, len(part))) + part) == OK
    return applet.answer(bytes((0, 0x87, algorithm, key, len(parts[-1]))) + parts[-1] + b"\x00")


def test_a_certificate_comes_in_parts_whole(applet: PivApplet) -> None:
    select(applet)
    first = applet.answer(bytes.fromhex("00CB3FFF055C035FC10500"))
    assert keys(1)[0].certificate in in_parts(applet, first)
    assert applet.answer(bytes.fromhex("00CB3FFF055C035FC1FF00")) == b"\x6a\x82"


def test_the_card_signs_what_was_prepared_once_the_pin_was_right(applet: PivApplet) -> None:
    select(applet)
    prepared = b"\x00\x01" + b"\xff" * (256 - 3 - 51) + b"\x00" + SHA256_DIGEST_INFO + DIGEST
    assert ask_to_sign(applet, 0x9A, 7, prepared) == b"\x69\x82"
    assert verify(applet, PIN) == OK
    answer = in_parts(applet, ask_to_sign(applet, 0x9A, 7, prepared))
    key = load_der_private_key(keys(1)[0].key, password=None)
    assert isinstance(key, rsa.RSAPrivateKey)
    key.public_key().verify(answer[-256:], DIGEST, padding.PKCS1v15(), Prehashed(SHA256()))


def test_a_key_that_always_asks_wants_the_pin_for_each_signature(applet: PivApplet) -> None:
    select(applet)
    verify(applet, PIN)
    answer = in_parts(applet, ask_to_sign(applet, 0x9C, 0x11, DIGEST))
    key = load_der_private_key(keys(1)[1].key, password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    key.public_key().verify(answer[4:], DIGEST, ec.ECDSA(Prehashed(SHA256())))
    assert ask_to_sign(applet, 0x9C, 0x11, DIGEST) == b"\x69\x82"


def test_the_piv_card_counts_locks_and_is_opened_by_its_puk(applet: PivApplet, box: CardBox) -> None:
    select(applet)
    assert [verify(applet, WRONG) for _ in range(3)] == [b"\x63\xc2", b"\x63\xc1", LOCKED]
    assert verify(applet, PIN) == LOCKED
    assert box.card("card").standing is PinStanding.LOCKED
    unblock = bytes((0, 0x2C, 0, 0x80, 16))
    assert applet.answer(unblock + b"00000000" + PIN.ljust(8, b"\xff")) == b"\x63\xc2"
    assert applet.answer(unblock + PUK + b"845512\xff\xff") == OK
    assert verify(applet, b"845512") == OK


def test_what_was_entered_is_forgotten_when_the_card_is_reset(applet: PivApplet) -> None:
    select(applet)
    verify(applet, PIN)
    assert applet.answer(bytes.fromhex("00200080")) == OK
    applet.reset()
    assert applet.answer(bytes.fromhex("00200080")) == b"\x63\xc3"


@given(st.binary(max_size=300))
def test_no_command_breaks_the_card(raw: bytes) -> None:
    answer = PivApplet(EMPTY, "none").answer(raw) if parse(raw) is None else OK
    assert len(answer) == 2


@given(st.lists(st.binary(max_size=60), max_size=6))
def test_no_run_of_commands_breaks_the_card(commands: list[bytes]) -> None:
    applet = PivApplet(InMemory(), "card")
    for raw in commands:
        answer = applet.answer(raw)
        assert 2 <= len(answer) <= 258


class InMemory(CardBox):
    """A box without a file."""

    def __init__(self) -> None:
        super().__init__(Path("nowhere"))

    def cards(self) -> tuple[MadeUpCard, ...]:
        return (CARD,)

    def change(self, name: str, change: object) -> MadeUpCard:
        return CARD


EMPTY = CardBox(Path("nowhere"))


def test_the_state_is_plain_to_read(box: CardBox) -> None:
    (raw,) = json.loads(box.path.read_text(encoding="utf-8"))["simulated_cards"]
    assert {"name", "serial", "reader", "inserted", "tries", "wrong"} <= set(raw)
