"""Real cards through a PKCS#11 module, one short-lived process per operation (``smartcard.pkcs11_child``).

A module is somebody else's machine code: it can crash, hang, lie, keep a PIN in memory, and go on answering with a card that was
swapped. None of it outlives the operation, and nothing that it says about a signature is believed.
"""

from __future__ import annotations

import json
import os
import selectors
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from ebidadmin.errors import CardError
from ebidadmin.services.card_ports import (
    CardCertificate,
    CardToken,
    Proof,
    ProofMechanism,
    ReaderState,
    fingerprint,
    proof_message,
)
from ebidadmin.smartcard.pkcs11_meanings import (
    CKF_PROTECTED_AUTHENTICATION_PATH,
    CKF_TOKEN_INITIALIZED,
    WRONG_PIN,
    pin_standing,
    refusal,
    wrong_pin,
)
from ebidadmin.smartcard.proofs import verify_proof

CHILD = Path(__file__).with_name("pkcs11_child.py")
TIME_LIMIT = 15.0
PIN_PAD_LIMIT = 90.0
"""Seconds for a person to enter a PIN on the reader, on top of nothing else that takes long."""

LEAVING_LIMIT = 1.0
"""Seconds for a child to unload the module once it has answered."""

LONGEST_PIN = 255

HANDED_ON = (
    "SOFTHSM2_CONF",
    "PCSCLITE_CSOCK_NAME",
    "OPENSC_CONF",
    "HOME",
    "PATH",
    "SYSTEMROOT",
    "TMPDIR",
    "TZ",
)
"""The only variables that card software gets to see: not those that make it log what it sends to a card."""


@dataclass(frozen=True, slots=True)
class _Told:
    """What a child process has said. ``step`` is the last one that it began."""

    step: str
    said: Mapping[str, Any]


class Pkcs11CardReader:
    """Port ``CardReader`` on the PKCS#11 library at ``module``. ``time_limit`` in seconds, per operation."""

    def __init__(
        self, module: Path, *, time_limit: float = TIME_LIMIT, pin_pad_limit: float = PIN_PAD_LIMIT
    ) -> None:
        self._module = module
        self._limit = time_limit
        self._pin_pad_limit = pin_pad_limit
        self._one_at_a_time = threading.Lock()

    def readers(self) -> tuple[ReaderState, ...]:
        told = self._run({"operation": "readers"})
        if "answer" not in told.said:
            raise _failure(told, card_was_there=False)
        return tuple(_reader(slot) for slot in told.said["answer"]["slots"])

    def read_certificates(self, token: CardToken) -> tuple[CardCertificate, ...]:
        answer = self._of_card({"operation": "read", "token": _described(token)})
        return tuple(
            CardCertificate(bytes.fromhex(one["der"]), one["key_id"], one["label"])
            for one in answer["certificates"]
        )

    def prove(
        self,
        token: CardToken,
        certificate_fingerprint: str,
        *,
        pin: bytearray | None,
        challenge: bytes,
        insist_last_try: bool = False,
    ) -> Proof:
        _check_pin(token, pin)
        asked = {
            "operation": "prove",
            "token": _described(token),
            "fingerprint": certificate_fingerprint,
            "message": proof_message(challenge).hex(),
            "insist": insist_last_try,
        }
        answer = self._of_card(asked, pin, self._limit if pin is not None else self._pin_pad_limit)
        proof = _proof(answer, challenge)
        # The module chose which certificate to answer with.
        if fingerprint(proof.certificate) != certificate_fingerprint:
            raise CardError("card-module-lied", step="sign", what="certificate")
        verify_proof(proof)
        return proof

    def _of_card(
        self, asked: Mapping[str, Any], pin: bytearray | None = None, limit: float | None = None
    ) -> Mapping[str, Any]:
        """The answer about a card that was there when it was asked. Raises ``CardError``."""
        told = self._run(asked, pin, limit)
        answer: Mapping[str, Any] | None = told.said.get("answer")
        if answer is None:
            raise _failure(told, card_was_there=True)
        _check_answer(answer, told.step)
        return answer

    def _run(
        self, asked: Mapping[str, Any], pin: bytearray | None = None, limit: float | None = None
    ) -> _Told:
        if not self._module.is_file():
            raise CardError("card-module-missing", step="find", module=str(self._module))
        if not self._one_at_a_time.acquire(blocking=False):
            raise CardError("card-busy", step="find")
        try:
            header = {**asked, "module": str(self._module), "pin_length": None if pin is None else len(pin)}
            return _converse(json.dumps(header).encode() + b"\n", pin, limit or self._limit)
        finally:
            self._one_at_a_time.release()


def _converse(header: bytes, pin: bytearray | None, limit: float) -> _Told:
    """Start a child, tell it what to do, hear what it says, and see that it is gone."""
    process = subprocess.Popen(
        # Isolated: neither the current folder nor the person's own settings decide which code gets to see a PIN.
        [sys.executable, "-I", str(CHILD)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        bufsize=0,
        cwd="/",
        env={name: os.environ[name] for name in HANDED_ON if name in os.environ},
        start_new_session=True,
    )
    try:
        _send(cast("IO[bytes]", process.stdin), header, pin)
        said, in_time = _listen(cast("IO[bytes]", process.stdout), limit)
        if in_time:
            with suppress(subprocess.TimeoutExpired):
                process.wait(LEAVING_LIMIT)
    finally:
        _kill(process)
        cast("IO[bytes]", process.stdout).close()
    return _understood(said, process.returncode, in_time=in_time, limit=limit)


def _listen(stream: IO[bytes], limit: float) -> tuple[bytes, bool]:
    """What was said until the child closed its mouth or its time was over, and whether it was in time.

    Once it has answered it is given a moment to leave, no more: a module that hangs while it is unloaded has done its work.
    """
    said, deadline = b"", time.monotonic() + limit
    with selectors.DefaultSelector() as selector:
        selector.register(stream, selectors.EVENT_READ)
        while selector.select(max(0.0, deadline - time.monotonic())):
            part = os.read(stream.fileno(), 1 << 16)
            if not part:
                return said, True
            said += part
            if _outcome(said) is not None:
                deadline = min(deadline, time.monotonic() + LEAVING_LIMIT)
    return said, False


def _send(stream: IO[bytes], header: bytes, pin: bytearray | None) -> None:
    # A child that died before it read: how it ended says more than that.
    with suppress(BrokenPipeError), stream:
        stream.write(header)
        if pin is not None:
            # Straight from the caller's own bytes: no copy is made that could not be wiped.
            stream.write(pin)


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End it, with whatever the module has started, unless it has left by itself."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _understood(said: bytes, code: int, *, in_time: bool, limit: float) -> _Told:
    """The last thing that matters. A child that answered and then hangs or crashes on its way out has still answered."""
    step = next((told["step"] for told in reversed(_lines(said)) if "step" in told), "load")
    outcome = _outcome(said)
    if outcome is not None:
        return _Told(step, outcome)
    if not in_time:
        raise CardError("card-timeout", step=step, seconds=round(limit))
    raise CardError("card-module-crashed", step=step, ended=code)


def _outcome(said: bytes) -> dict[str, Any] | None:
    return next((told for told in _lines(said) if "step" not in told), None)


def _lines(said: bytes) -> list[dict[str, Any]]:
    # A line without its end is one that a killed child did not finish.
    return [json.loads(line) for line in said.split(b"\n")[:-1]]


def _failure(told: _Told, *, card_was_there: bool) -> CardError:
    if "lie" in told.said:
        return CardError("card-module-lied", step=told.step, what=told.said["lie"])
    return refusal(told.said["refused"], told.step, card_was_there=card_was_there and told.step != "load")


def _check_answer(answer: Mapping[str, Any], step: str) -> None:
    """Raise what an answer other than the wished one means."""
    match answer:
        case {"changed": bool(changed)}:
            raise CardError("card-changed" if changed else "card-removed", step=step)
        case {"locked": True}:
            raise CardError("card-pin-locked", step="log-in", standing="locked")
        case {"last_try": True}:
            raise CardError("card-pin-last-try", step="log-in")
        case {"pin_pad": bool(pad)}:
            raise CardError("card-pin-pad" if pad else "card-pin-missing", step="log-in")
        case {"refused": name, "flags": flags}:
            raise wrong_pin(flags) if name == WRONG_PIN else refusal(name, "log-in", card_was_there=True)
        case {"missing": what}:
            raise CardError("card-key-missing" if what == "key" else "card-key-unsupported", step="sign")


def _check_pin(token: CardToken, pin: bytearray | None) -> None:
    if pin is None and not token.pin_pad:
        raise CardError("card-pin-missing", step="log-in")
    if pin is not None and token.pin_pad:
        raise CardError("card-pin-pad", step="log-in")
    # An empty PIN is how PKCS#11 asks for the pad.
    if pin is not None and not 1 <= len(pin) <= LONGEST_PIN:
        raise CardError("card-pin-form", step="log-in")


def _described(token: CardToken) -> dict[str, str]:
    """By what a card is found again. Not by its slot: the numbers move."""
    return {
        "reader": token.reader,
        "label": token.label,
        "serial": token.serial,
        "model": token.model,
        "manufacturer": token.manufacturer,
    }


def _reader(slot: Mapping[str, Any]) -> ReaderState:
    token = slot["token"]
    if token is not None and not (token["flags"] & CKF_TOKEN_INITIALIZED or token["serial"]):
        # A place of a software token that nobody has made yet.
        token = None
    if token is None:
        return ReaderState(slot["reader"], None, unreadable=slot.get("refused") == "CKR_TOKEN_NOT_RECOGNIZED")
    return ReaderState(
        slot["reader"],
        CardToken(
            slot=slot["slot"],
            reader=slot["reader"],
            label=token["label"],
            serial=token["serial"],
            model=token["model"],
            manufacturer=token["manufacturer"],
            pin_pad=bool(token["flags"] & CKF_PROTECTED_AUTHENTICATION_PATH),
            standing=pin_standing(token["flags"]),
        ),
    )


def _proof(answer: Mapping[str, Any], challenge: bytes) -> Proof:
    mechanism = ProofMechanism(answer["mechanism"])
    signature = bytes.fromhex(answer["signature"])
    if mechanism is ProofMechanism.ECDSA_SHA256:
        # PKCS#11 gives the two numbers side by side, everybody else wants them in DER.
        half = len(signature) // 2
        numbers = (int.from_bytes(signature[:half], "big"), int.from_bytes(signature[half:], "big"))
        signature = encode_dss_signature(*numbers)
    return Proof(bytes.fromhex(answer["certificate"]), challenge, signature, mechanism)
