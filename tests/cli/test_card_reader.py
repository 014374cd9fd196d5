"""Cards at the terminal: listed, shown, simulated."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from ebidadmin.clock import SettableClock
from ebidadmin.config import CONFIG_NAME, load_config
from ebidadmin.domain.certificates import CheckOutcome
from ebidadmin.errors import CardError
from ebidadmin.services.card_ports import CardReader, CardToken, PinStanding, fresh_challenge
from ebidadmin.smartcard.authorities import load_authorities
from ebidadmin.smartcard.certificates import FactsReader
from ebidadmin.smartcard.checker import Checker
from ebidadmin.smartcard.made_up import CardBox
from ebidadmin.smartcard.simulated import SimulatedCardReader
from ebidadmin.smartcard.trust import material_with_simulated, office_material
from ebidadmin.training import PIN, make_training_cards
from tests.acceptance.conftest import Ebid
from tests.builders import NOON
from tests.needs import require_component
from tests.pcsc import VirtualReaders, opensc_module
from tests.waiting import wait_until


@pytest.fixture
def made(desk: Path) -> Path:
    """A desk with made-up cards, made at noon of the tests."""
    make_training_cards(desk, load_config(desk), NOON)
    return desk


def use_module(desk: Path, module: Path) -> None:
    """Set the card software of a desk."""
    file = desk / CONFIG_NAME
    text = file.read_text(encoding="utf-8")
    assert 'module = "simulated"' in text
    file.write_text(text.replace('module = "simulated"', f'module = "{module}"'), encoding="utf-8")


def outcome(desk: Path, name: str, at: datetime, *, training: bool = True) -> CheckOutcome:
    reader = FactsReader(load_authorities(desk / "data" / "reference" / "cas"))
    (key,) = CardBox(desk / "simulated-cards.json").card(name).keys
    material = material_with_simulated(desk) if training else office_material(desk)
    with Checker(reader, material) as checker:
        return checker.check(key.certificate, at=at).outcome


def token(reader: CardReader) -> CardToken:
    return next(state.token for state in reader.readers() if state.token is not None)


def test_a_fresh_desk_has_no_readers(desk: Path, ebid: Ebid) -> None:
    assert ebid("card", "list", "--desk", desk, "--json").value == []
    assert "no readers" in ebid("card", "list", "--desk", desk).out
    shown = ebid("card", "show", "--desk", desk)
    assert shown.code == 1
    assert "Traceback" not in shown.err


def test_cards_are_made_listed_put_in_and_pulled(desk: Path, ebid: Ebid) -> None:
    assert ebid("card", "simulate", "--make", "--dry-run", "--desk", desk, "--json").value == []
    cards = ebid("card", "simulate", "--make", "--desk", desk, "--json").value
    assert [card["name"] for card in cards if card["inserted"]] == ["good"]
    states = ebid("card", "list", "--desk", desk, "--json").value
    assert [state["token"] and state["token"]["label"] for state in states] == ["good", None]
    ebid("card", "simulate", "--insert", "manual-expired", "--desk", desk)
    ebid("card", "simulate", "--insert", "renewed", "--desk", desk)
    states = ebid("card", "list", "--desk", desk, "--json").value
    assert [state["token"]["label"] for state in states] == ["manual-expired", "renewed"]
    ebid("card", "simulate", "--pull", "renewed", "--desk", desk)
    shown = ebid("card", "show", "--desk", desk, "--json").value
    (certificate,) = shown["certificates"]
    assert certificate["serial"] == "825831477"
    assert certificate["issuer"] == "OU=NDN Test CA2,O=Nippon Denshi Ninsho Co.Ltd.,C=JP"
    assert "Kansai" not in json.dumps(shown)


def test_of_several_cards_one_is_named(made: Path, ebid: Ebid) -> None:
    CardBox(made / "simulated-cards.json").insert("renewed")
    refused = ebid("card", "show", "--desk", made)
    assert (refused.code, "several" in refused.err) == (1, True)
    assert ebid("card", "show", "--token", "renewed", "--desk", made, "--json").value["label"] == "renewed"
    assert ebid("card", "show", "--token", "nobody", "--desk", made).code == 1


def test_made_cards_are_not_made_over(made: Path, ebid: Ebid) -> None:
    refused = ebid("card", "simulate", "--make", "--desk", made)
    assert (refused.code, refused.out) == (1, "")
    assert ebid("card", "simulate", "--insert", "nobody", "--desk", made).code == 1


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("good", CheckOutcome.GOOD),
        ("near-end", CheckOutcome.GOOD),
        ("renewed", CheckOutcome.GOOD),
        ("revoked", CheckOutcome.REVOKED),
        ("not-yet-valid", CheckOutcome.NOT_YET_VALID),
        ("manual-expired", CheckOutcome.EXPIRED),
    ],
)
def test_each_made_up_card_is_what_its_name_says(made: Path, name: str, wanted: CheckOutcome) -> None:
    assert outcome(made, name, NOON + timedelta(hours=1)) is wanted


def test_the_authority_of_made_up_cards_counts_for_no_real_card(made: Path) -> None:
    assert outcome(made, "good", NOON, training=False) is CheckOutcome.INVALID


def test_a_locked_card_gets_its_tries_back(made: Path, ebid: Ebid) -> None:
    reader = SimulatedCardReader(made / "simulated-cards.json")
    CardBox(made / "simulated-cards.json").insert("locked")
    locked = token(reader)
    assert locked.standing is PinStanding.LOCKED
    (one,) = reader.read_certificates(locked)
    with pytest.raises(CardError, match="card-pin-locked"):
        reader.prove(locked, one.fingerprint, pin=bytearray(PIN), challenge=fresh_challenge())
    assert ebid("card", "simulate", "--unblock", "locked", "--desk", made).code == 0
    proof = reader.prove(locked, one.fingerprint, pin=bytearray(PIN), challenge=fresh_challenge())
    assert proof.fingerprint == one.fingerprint


def doctor(ebid: Ebid, desk: Path) -> dict[str, tuple[str, str]]:
    return {
        check["name"]: (check["verdict"], check["detail"])
        for check in ebid("doctor", "--desk", desk, "--json").value
    }


def test_the_doctor_tells_simulated_cards_from_real_ones(made: Path, ebid: Ebid) -> None:
    found = doctor(ebid, made)
    assert found["card software"] == ("good", "simulated cards only (setting card.module)")
    assert found["card readers"][0] == "good"
    use_module(made, made / "none.so")
    found = doctor(ebid, made)
    assert found["card software"][0] == "fault"
    assert str(made / "none.so") in found["card software"][1]
    assert found["card readers"][0] == "unseen"


def test_the_doctor_says_that_there_is_no_reader(
    desk: Path, ebid: Ebid, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    require_component("opensc-module")
    monkeypatch.setenv("PCSCLITE_CSOCK_NAME", str(tmp_path / "nothing"))
    use_module(desk, opensc_module())
    found = doctor(ebid, desk)
    assert "does not answer" in found["card service"][1]
    assert found["card readers"][0] == "fault"


@pytest.fixture
def piv(made: Path, virtual_readers: VirtualReaders) -> Iterator[subprocess.Popen[str]]:
    """``card simulate --piv`` as the help desk starts it."""
    command = [sys.executable, "-m", "ebidadmin", "card", "simulate", "--piv", "good", "--desk", str(made)]
    with subprocess.Popen(
        [*command, "--port", str(virtual_readers.ports[0])],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield process


def test_a_made_up_card_shows_in_a_real_reader_path(
    made: Path, ebid: Ebid, piv: subprocess.Popen[str], virtual_readers: VirtualReaders
) -> None:
    assert piv.stdin is not None
    assert piv.stdout is not None
    use_module(made, opensc_module())
    piv.stdin.write("insert\n")
    piv.stdin.flush()
    assert json.loads(piv.stdout.readline())["inserted"] is True

    def shows() -> bool:
        return any(state["token"] for state in ebid("card", "list", "--desk", made, "--json").value)

    wait_until(shows, what="the card shows")
    found = doctor(ebid, made)
    assert "pcscd answers" in found["card service"][1]
    assert found["certificate"][0] == "good"
    assert "4000 of" in found["certificate"][1]
    shown = ebid("card", "show", "--desk", made, "--json").value
    assert [one["serial"] for one in shown["certificates"]] == ["4000"]
    piv.stdin.write("quit\n")
    piv.stdin.flush()
    assert piv.wait(20) == 0
    wait_until(lambda: not shows(), what="the reader is empty")


def test_without_a_virtual_reader_the_simulation_says_so(made: Path) -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "ebidadmin",
            "card",
            "simulate",
            "--piv",
            "good",
            "--desk",
            str(made),
            "--port",
            "9",
        ],
        input="insert\n",
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "9" in done.stderr


def test_the_clock_of_the_desk_says_from_when_the_cards_hold(desk: Path) -> None:
    clock = SettableClock(NOON - timedelta(days=2000))
    make_training_cards(desk, load_config(desk), clock.now())
    assert outcome(desk, "good", clock.now()) is CheckOutcome.GOOD
