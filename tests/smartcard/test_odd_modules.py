"""Card software that crashes, hangs or lies: it takes nothing down, is killed within its limit, and is reported in words."""

from __future__ import annotations

import os
import subprocess
import threading
from contextlib import suppress
from pathlib import Path
from time import monotonic

import pytest

from ebidadmin.errors import CardError
from ebidadmin.services.card_ports import CardToken, PinStanding, Proof, fingerprint, fresh_challenge
from ebidadmin.smartcard.pkcs11 import Pkcs11CardReader
from ebidadmin.text.messages import sentence
from tests.canary import found_in
from tests.figures import Figure
from tests.needs import require_component
from tests.smartcard.benches import PIN, WRONG, SoftHsmBench, keys, token_of
from tests.waiting import wait_until

SOURCE = Path(__file__).with_name("odd_module.c")
NUMBERS = {
    "Initialize": 0,
    "Finalize": 1,
    "GetSlotList": 4,
    "GetSlotInfo": 5,
    "GetTokenInfo": 6,
    "GetMechanismList": 7,
    "OpenSession": 12,
    "Login": 18,
    "GetAttributeValue": 24,
    "FindObjectsInit": 26,
    "FindObjects": 27,
    "SignInit": 42,
    "Sign": 43,
}
STEPS = {
    "Initialize": "load",
    **dict.fromkeys(("GetSlotList", "GetSlotInfo", "GetTokenInfo", "OpenSession"), "find"),
    **dict.fromkeys(("FindObjectsInit", "FindObjects", "GetAttributeValue"), "read"),
    "Login": "log-in",
    **dict.fromkeys(("GetMechanismList", "SignInit", "Sign"), "sign"),
}
"""At which step of a proof a function is called for the first time."""

FIRST = fingerprint(keys(1)[0].certificate)
LIMIT = 2.0


class Place:
    """A software token, and odd modules in front of it."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, soft_token: Path) -> None:
        self._folder = folder
        self._bench = SoftHsmBench(folder, monkeypatch, soft_token)
        self.token: CardToken = token_of(self._bench)
        self._log_ins = folder / "log-ins"

    def odd(self, do: str = "RETURN", *, at: str | None = None, **more: object) -> Pkcs11CardReader:
        """A reader on the token through a module with that fault."""
        return Pkcs11CardReader(self.built(do, at=at, **more), time_limit=LIMIT, pin_pad_limit=LIMIT)

    def built(self, do: str, *, at: str | None, **more: object) -> Path:
        """The file of a module with that fault."""
        target = self._folder / f"odd-{do}-{at}.so"
        macros = {
            "REAL": f'"{self._bench.module}"',
            "DO": do,
            "AT": -1 if at is None else NUMBERS[at],
            "COUNT": f'"{self._log_ins}"',
            **more,
        }
        done = subprocess.run(
            [
                *("gcc", "-shared", "-fPIC", "-O1", "-o", str(target)),
                *(f"-D{name}={value}" for name, value in macros.items()),
                str(SOURCE),
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return target

    @property
    def log_ins(self) -> str:
        """A letter per log-in that was sent: ``u`` of the user, ``c`` for one signature."""
        return self._log_ins.read_text() if self._log_ins.exists() else ""

    def prove(
        self,
        reader: Pkcs11CardReader,
        pin: bytes | None = PIN,
        token: CardToken | None = None,
        *,
        insist: bool = False,
    ) -> Proof:
        return reader.prove(
            token or self.token,
            FIRST,
            pin=None if pin is None else bytearray(pin),
            challenge=fresh_challenge(),
            insist_last_try=insist,
        )

    def refused(
        self, reader: Pkcs11CardReader, pin: bytes | None = PIN, token: CardToken | None = None
    ) -> CardError:
        """The refusal, which has a sentence and holds no PIN; the PIN went out once at most."""
        with pytest.raises(CardError) as caught:
            self.prove(reader, pin, token)
        said = sentence(caught.value)
        assert caught.value.code not in said
        assert not found_in((said + repr(caught.value)).encode(), PIN.decode())
        assert self.log_ins.count("u") <= 1
        return caught.value


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, soft_token: Path) -> Place:
    for component in ("c-compiler", "c-headers"):
        require_component(component)
    return Place(tmp_path, monkeypatch, soft_token)


def children() -> list[Path]:
    """The processes of card operations that this one has started and that still are."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            parent = (folder / "stat").read_text().rpartition(")")[2].split()[1]
            if parent == str(os.getpid()) and b"pkcs11_child.py" in (folder / "cmdline").read_bytes():
                found.append(folder)
    return found


def test_without_a_fault_the_odd_module_is_a_good_one(place: Place) -> None:
    assert place.prove(place.odd("BABBLE")).fingerprint == FIRST
    assert place.log_ins == "u"


@pytest.mark.parametrize("function", STEPS)
def test_a_crash_is_reported_with_the_step_that_it_happened_at(place: Place, function: str) -> None:
    error = place.refused(place.odd("CRASH", at=function))
    assert (error.code, error.facts["step"]) == ("card-module-crashed", STEPS[function])


@pytest.mark.parametrize("do", ["CRASH", "HANG"])
def test_what_happens_after_the_answer_does_not_take_it_back(place: Place, do: str) -> None:
    assert place.prove(place.odd(do, at="Finalize")).fingerprint == FIRST


@pytest.mark.parametrize("function", ["Initialize", "GetSlotList", "Login", "Sign"])
def test_a_hang_is_killed_within_the_limit_and_leaves_nothing_behind(place: Place, function: str) -> None:
    reader = place.odd("HANG", at=function)
    begin = monotonic()
    error = place.refused(reader)
    assert monotonic() - begin < LIMIT + 1.5
    assert (error.code, error.facts["step"]) == ("card-timeout", STEPS[function])
    assert children() == []


def test_after_a_crash_and_a_hang_the_same_process_goes_on(place: Place) -> None:
    for do in ("CRASH", "HANG"):
        place.refused(place.odd(do, at="FindObjects"))
    assert place.prove(place.odd("BABBLE")).fingerprint == FIRST


@pytest.mark.parametrize(
    ("function", "value", "code"),
    [
        ("Initialize", 0x5, "card-module-failed"),
        ("Initialize", 0x80000123, "card-module-failed"),
        ("GetSlotList", 0x5, "card-removed"),
        ("OpenSession", 0xE0, "card-removed"),
        ("OpenSession", 0xE1, "card-unreadable"),
        ("OpenSession", 0xB1, "card-busy"),
        ("FindObjectsInit", 0xB3, "card-removed"),
        ("FindObjects", 0x6, "card-removed"),
        ("GetAttributeValue", 0x32, "card-removed"),
        ("Login", 0xA0, "card-pin-wrong"),
        ("Login", 0xA1, "card-pin-form"),
        ("Login", 0xA2, "card-pin-form"),
        ("Login", 0xA3, "card-pin-unusable"),
        ("Login", 0xA4, "card-pin-locked"),
        ("Login", 0x102, "card-pin-unusable"),
        ("Login", 0x100, "card-in-use"),
        ("Login", 0x104, "card-in-use"),
        ("Login", 0x50, "card-pin-cancelled"),
        ("Login", 0x32, "card-removed"),
        ("Login", 0x5, "card-removed"),
        ("Login", 0x30, "card-removed"),
        ("Login", 0x31, "card-module-failed"),
        ("SignInit", 0x70, "card-module-failed"),
        ("Sign", 0x32, "card-removed"),
        ("Sign", 0x101, "card-removed"),
    ],
)
def test_each_return_code_has_its_meaning(place: Place, function: str, value: int, code: str) -> None:
    error = place.refused(place.odd(at=function, VALUE=hex(value)))
    assert (error.code, error.facts["step"]) == (code, STEPS[function])


def test_before_there_was_a_card_a_general_error_is_the_softwares(place: Place) -> None:
    with pytest.raises(CardError, match="card-module-failed"):
        place.odd(at="GetSlotList", VALUE="5").readers()


def test_an_insertion_between_the_two_questions_of_a_list_is_asked_again(place: Place) -> None:
    assert place.prove(place.odd("TOO_SMALL_ONCE")).fingerprint == FIRST
    assert place.log_ins == "u"


def test_a_list_that_never_fits_is_given_up(place: Place) -> None:
    assert place.refused(place.odd(at="GetSlotList", VALUE="0x150")).code == "card-module-failed"


@pytest.mark.parametrize(
    ("do", "codes"),
    [
        ("MANY_SLOTS", {"card-module-lied", "card-module-crashed"}),
        ("LONG_VALUE", {"card-module-lied", "card-module-crashed"}),
        ("NEGATIVE_VALUE", {"card-module-lied", "card-module-crashed", "card-changed"}),
        ("LONG_SIGNATURE", {"card-module-lied", "card-module-crashed"}),
        ("GARBAGE_TEXT", {"card-changed"}),
        ("OTHER_CERTIFICATE", {"card-changed"}),
        ("RANDOM_SIGNATURE", {"card-proof-wrong"}),
        ("SHORT_SIGNATURE", {"card-proof-wrong"}),
    ],
)
def test_lies_are_not_believed(place: Place, do: str, codes: set[str]) -> None:
    assert place.refused(place.odd(do)).code in codes


def test_garbage_names_are_shown_without_breaking_anything(place: Place) -> None:
    states = place.odd("GARBAGE_TEXT").readers()
    assert all(state.token is None or state.token.label.isprintable() for state in states)


def test_a_module_that_accepts_any_pin_proves_nothing(place: Place) -> None:
    """The token behind it still hides its key; were it to show it, the signature would not fit."""
    assert place.refused(place.odd("ACCEPT_ANY_PIN"), WRONG).code == "card-key-missing"


def test_somebody_who_is_logged_in_already_is_no_proof_of_a_pin(place: Place) -> None:
    assert place.refused(place.odd("ALREADY"), WRONG).code == "card-in-use"


@pytest.mark.parametrize(
    ("flag", "standing"),
    [
        ("0x10000", PinStanding.LOW),
        ("0x20000", PinStanding.LAST_TRY),
        ("0x60000", PinStanding.LOCKED),
        ("0", PinStanding.UNKNOWN),
    ],
)
def test_what_a_card_says_of_its_pin_is_told_and_no_more(
    place: Place, flag: str, standing: PinStanding
) -> None:
    tokens = [state.token for state in place.odd("FLAGS", VALUE=flag).readers() if state.token]
    assert [token.standing for token in tokens] == [standing]


def test_the_last_try_is_sent_only_when_the_person_insists(place: Place) -> None:
    reader = place.odd("FLAGS", VALUE="0x20000")
    assert place.refused(reader).code == "card-pin-last-try"
    assert place.log_ins == ""
    assert place.prove(reader, insist=True).fingerprint == FIRST
    assert place.log_ins == "u"


def test_a_locked_card_is_sent_nothing_even_when_somebody_insists(place: Place) -> None:
    reader = place.odd("FLAGS", VALUE="0x40000")
    with pytest.raises(CardError, match="card-pin-locked"):
        place.prove(reader, insist=True)
    assert place.log_ins == ""


def test_a_reader_with_its_own_keys_is_used_as_such(place: Place) -> None:
    """The module gets no PIN, and asks for it itself; a typed one is refused before it leaves."""
    reader = place.odd("PIN_PAD", PAD_PIN=f'"{PIN.decode()}"')
    (token,) = [state.token for state in reader.readers() if state.token]
    assert token.pin_pad
    assert place.refused(reader, PIN, token).code == "card-pin-pad"
    assert place.log_ins == ""
    assert place.prove(reader, None, token).fingerprint == FIRST
    assert place.log_ins == "u"


def test_a_module_that_is_not_there_or_is_none_is_named(tmp_path: Path) -> None:
    with pytest.raises(CardError, match="card-module-missing"):
        Pkcs11CardReader(tmp_path / "none.so").readers()
    text = tmp_path / "text.so"
    text.write_text("no library")
    with pytest.raises(CardError, match="card-module-failed"):
        Pkcs11CardReader(text).readers()


def test_the_pin_is_nowhere_but_on_the_way(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """While the child has it, the PIN is neither in its command line nor in its environment; afterwards in no file and no log."""
    monkeypatch.setenv("OPENSC_DEBUG", "9")
    reader = place.odd("HANG", at="Login")
    seen: list[str] = []
    asking = threading.Thread(target=lambda: seen.append(place.refused(reader).code))
    asking.start()
    wait_until(lambda: place.log_ins == "u", what="the PIN is with the module")
    (child,) = children()
    for file in ("cmdline", "environ"):
        assert not found_in((child / file).read_bytes(), PIN.decode())
    assert b"OPENSC_DEBUG" not in (child / "environ").read_bytes()
    assert "Max core file size        0                    0" in (child / "limits").read_text()
    asking.join()
    assert seen == ["card-timeout"]
    place.prove(place.odd("BABBLE"))
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert [path for path in files if found_in(path.read_bytes(), PIN.decode())] == []
    assert not found_in(caplog.text.encode(), PIN.decode())


def test_what_a_module_prints_goes_nowhere(place: Place, capfd: pytest.CaptureFixture[str]) -> None:
    place.prove(place.odd("BABBLE"))
    printed = capfd.readouterr()
    assert not found_in((printed.out + printed.err).encode(), PIN.decode())


@pytest.mark.slow
def test_many_faults_in_a_row(place: Place, figure: Figure) -> None:
    """Every function crashes and hangs in turn, twenty times over, in one process that goes on."""
    readers = {
        (do, function): place.odd(do, at=function)
        for do in ("CRASH", "HANG")
        for function in STEPS
        if do == "CRASH" or function in {"Initialize", "Login", "Sign"}
    }
    reported = 0
    for _ in range(20):
        for (do, function), reader in readers.items():
            with pytest.raises(CardError) as caught:
                place.prove(reader)
            wanted = "card-module-crashed" if do == "CRASH" else "card-timeout"
            reported += (caught.value.code, caught.value.facts["step"]) == (wanted, STEPS[function])
    assert children() == []
    assert place.prove(place.odd("BABBLE")).fingerprint == FIRST
    figure(f"{reported} of {20 * len(readers)} faults reported with their step")
    assert reported == 20 * len(readers)
