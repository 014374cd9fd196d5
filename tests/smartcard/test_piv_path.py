"""The whole path to a card without hardware: daemon, virtual readers, PIV cards, OpenSC. Cards are pulled and swapped while in use."""

from __future__ import annotations

import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from ebidadmin.errors import CardError
from ebidadmin.services.card_ports import CardToken, fresh_challenge
from ebidadmin.smartcard.made_up import CardBox, make_card
from ebidadmin.smartcard.pkcs11 import Pkcs11CardReader
from tests.figures import Figure
from tests.pcsc import VirtualReaders, cards_in, opensc_module
from tests.smartcard.benches import PIN, PUK, PivBench, keys, piv_bench, token_of
from tests.waiting import wait_until

MOMENTS = {
    "select 1 before": "find",
    "get-data 1 before": "find",
    "get-data 6 before": "find",
    "get-data 12 after": "find",
    "ask-standing 1 before": "log-in",
    "verify 1 before": "log-in",
    "verify 1 after": "log-in",
    "sign 1 before": "sign",
    "sign 1 after": "sign",
}
"""When a card is pulled, and the step that the person is told: what a command is for is not always the step it belongs to."""


@pytest.fixture
def bench(virtual_readers: VirtualReaders, tmp_path: Path) -> Iterator[PivBench]:
    with piv_bench(virtual_readers, tmp_path) as made:
        yield made


def prove(bench: PivBench, token: CardToken, fingerprint: str) -> str:
    """``done`` or the code of the refusal and its step."""
    try:
        bench.reader.prove(token, fingerprint, pin=bytearray(PIN), challenge=fresh_challenge())
    except CardError as error:
        return f"{error.code} {error.facts['step']}"
    return "done"


def pull_again_and_again(bench: PivBench, moment: str, times: int) -> Counter[str]:
    """Prove with the card pulled at that moment, put it in again, prove; both told."""
    token = token_of(bench)
    first = bench.reader.read_certificates(token)[0].fingerprint
    outcomes: Counter[str] = Counter()
    for _ in range(times):
        before = bench.log_ins() or 0
        bench.card.do(f"pull-at {moment}")
        outcomes[prove(bench, token, first)] += 1
        assert bench.card.heard()["inserted"] is False
        assert (bench.log_ins() or 0) - before <= 1
        bench.insert()
        outcomes[f"again {prove(bench, token, first)}"] += 1
        assert (bench.log_ins() or 0) - before <= 2
    return outcomes


def check_pulls(outcomes: Counter[str], moment: str, times: int) -> None:
    assert outcomes.pop("again done") == times
    assert set(outcomes) <= {f"card-removed {step}" for step in ("find", "read", "log-in", "sign")}
    assert outcomes[f"card-removed {MOMENTS[moment]}"] > 0


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_card_pulled_at_any_moment_is_told_as_that_and_works_when_it_is_back(
    bench: PivBench, moment: str
) -> None:
    check_pulls(pull_again_and_again(bench, moment, 1), moment, 1)


@pytest.mark.slow
@pytest.mark.parametrize("moment", MOMENTS)
def test_a_card_pulled_twenty_times_at_each_moment(bench: PivBench, moment: str, figure: Figure) -> None:
    outcomes = pull_again_and_again(bench, moment, 20)
    told = ", ".join(f"{count} {what}" for what, count in sorted(outcomes.items()))
    figure(f"{told}; {bench.log_ins()} log-ins for 40 confirmations")
    assert (bench.log_ins() or 0) <= 40
    check_pulls(outcomes, moment, 20)


def swap_again_and_again(bench: PivBench, times: int) -> Counter[str]:
    """Choose a card, swap it for the other at once (well below 0.4 s), prove with what was chosen."""
    outcomes: Counter[str] = Counter()
    names = ["card-2", "card-1"] * times
    for name in names[:times]:
        wait_until(lambda: any(state.token for state in bench.reader.readers()), what="a card shows")
        token = token_of(bench)
        first = bench.reader.read_certificates(token)[0].fingerprint
        bench.card.do(f"insert {name}")
        outcomes[prove(bench, token, first)] += 1
        assert bench.card.count("verify") == 0
    return outcomes


def test_a_card_swapped_at_once_gets_no_pin(bench: PivBench) -> None:
    outcomes = swap_again_and_again(bench, 3)
    assert set(outcomes) <= {"card-changed find", "card-removed find"}


@pytest.mark.slow
def test_a_card_swapped_at_once_twenty_times(bench: PivBench, figure: Figure) -> None:
    outcomes = swap_again_and_again(bench, 20)
    figure(", ".join(f"{count} {what}" for what, count in sorted(outcomes.items())) + "; no PIN sent")
    assert set(outcomes) <= {"card-changed find", "card-removed find"}


def test_after_a_swap_the_new_card_is_the_one_that_is_read(bench: PivBench) -> None:
    old = {one.der for one in bench.reader.read_certificates(token_of(bench))}
    bench.swap()
    wait_until(lambda: any(state.token for state in bench.reader.readers()), what="the other card shows")
    new = {one.der for one in bench.reader.read_certificates(token_of(bench))}
    assert new == {key.certificate for key in keys(2)}
    assert not old & new


def test_an_old_and_a_new_card_in_two_readers_are_told_apart(
    virtual_readers: VirtualReaders, tmp_path: Path
) -> None:
    box = CardBox(tmp_path / "cards.json")
    for number, name in ((1, "old"), (2, "new")):
        box.put(make_card(name, keys(number), pin=PIN, puk=PUK, reader=f"virtual {number}"))
    reader = Pkcs11CardReader(opensc_module())
    with cards_in(virtual_readers, box, "old", "new") as cards:
        for card in cards:
            card.do("insert")
        wait_until(lambda: sum(state.token is not None for state in reader.readers()) == 2, what="both show")
        tokens = [state.token for state in reader.readers() if state.token]
        assert len({token.reader for token in tokens}) == len({token.serial for token in tokens}) == 2
        for number, token in enumerate(tokens, 1):
            found = reader.read_certificates(token)
            assert {one.der for one in found} == {key.certificate for key in keys(number)}
            proof = reader.prove(token, found[0].fingerprint, pin=bytearray(PIN), challenge=fresh_challenge())
            assert proof.certificate == found[0].der
        assert [card.count("verify") for card in cards] == [1, 1]
    wait_until(lambda: not any(state.token for state in reader.readers()), what="both readers are empty")


def test_another_program_at_the_same_card_does_no_harm(bench: PivBench) -> None:
    """The PC/SC daemon lets one program at a time at the card; ours waits its turn or is told, and never logs in twice."""
    token = token_of(bench)
    first = bench.reader.read_certificates(token)[0].fingerprint
    tool = ["pkcs11-tool", "--module", str(opensc_module()), "--list-objects"]
    with subprocess.Popen(tool, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as other:
        outcome = prove(bench, token, first)
        other.wait(30)
    assert outcome in {"done", "card-removed find", "card-busy find"}
    assert (bench.log_ins() or 0) <= 1
    assert prove(bench, token, first) == "done"
