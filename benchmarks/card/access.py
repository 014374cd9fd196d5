"""Find the card, read its certificate, log in, sign, verify: ``ebidadmin`` beside ``pkcs11-tool`` doing the same, in turn.

Usage: ``python benchmarks/card/access.py [--rounds N]``, from the root of the working copy. Prints one JSON line: medians in seconds. Needs
what the tests need: softhsm2, pcscd, vsmartcard-vpcd, opensc, opensc-pkcs11. On a software token (SoftHSM2) and on a simulated PIV card in
a virtual reader behind pcscd, through OpenSC.

``one operation``: find the card, read the certificate, log in, sign, verify. ebidadmin does it in one process and verifies itself;
pkcs11-tool needs one process to read and one to sign, and openssl verifies. ``as clicked``: before it ebidadmin lists the readers and
reads the certificates, a process each, because a person chooses in between; pkcs11-tool lists the slots.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from ebidadmin.services.card_ports import CardReader, fresh_challenge, proof_message  # noqa: E402 - found from the root
from tests.pcsc import opensc_module, running_virtual_readers  # noqa: E402 - found from the root
from tests.smartcard.benches import (  # noqa: E402 - found from the root
    PIN,
    Bench,
    SoftHsmBench,
    make_soft_token,
    piv_bench,
    soft_module,
    token_of,
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    told: dict[str, object] = {"rounds": rounds}
    with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        folder = Path(name)
        for part in ("made", "soft", "piv"):
            (folder / part).mkdir()
        soft = SoftHsmBench(folder / "soft", patch, make_soft_token(folder / "made"))
        told["softhsm2"] = compare(soft, Tool(soft_module(), folder), rounds)
        with running_virtual_readers() as readers:
            for variable, value in readers.environment.items():
                patch.setenv(variable, value)
            with piv_bench(readers, folder / "piv") as piv:
                told["piv"] = compare(piv, Tool(opensc_module(), folder), rounds)
    print(json.dumps(told))


def compare(bench: Bench, tool: Tool, rounds: int) -> dict[str, float]:
    """The sides take turns, so that a busy machine is as busy for each."""
    sides: dict[str, Callable[[], None]] = {
        "one operation, ebidadmin": one_operation(bench),
        "one operation, pkcs11-tool": tool.one_operation,
        "as clicked, ebidadmin": lambda: as_clicked(bench),
        "as clicked, pkcs11-tool": tool.as_clicked,
    }
    taken: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(rounds):
        for name, work in sides.items():
            begin = time.perf_counter()
            work()
            taken[name].append(time.perf_counter() - begin)
    return {name: round(statistics.median(seconds), 3) for name, seconds in taken.items()}


def as_clicked(bench: Bench) -> None:
    token = token_of(bench)
    first = bench.reader.read_certificates(token)[0]
    bench.reader.prove(token, first.fingerprint, pin=bytearray(PIN), challenge=fresh_challenge())


def one_operation(bench: Bench) -> Callable[[], None]:
    reader: CardReader = bench.reader
    token = token_of(bench)
    first = reader.read_certificates(token)[0].fingerprint

    def work() -> None:
        reader.prove(token, first, pin=bytearray(PIN), challenge=fresh_challenge())

    return work


class Tool:
    """pkcs11-tool and openssl as a script would use them; the signature is RSA PKCS#1 v1.5 over the same bytes."""

    def __init__(self, module: Path, folder: Path) -> None:
        self._tool = ["pkcs11-tool", "--module", str(module)]
        self._folder = folder

    def as_clicked(self) -> None:
        self._run(*self._tool, "--list-slots")
        self.one_operation()

    def one_operation(self) -> None:
        self._read()
        message, signature = self._folder / "message", self._folder / "signature"
        message.write_bytes(proof_message(fresh_challenge()))
        login = ("--login", "--pin", PIN.decode())
        made = ("--sign", "--mechanism", "SHA256-RSA-PKCS", "--id", "01")
        self._run(*self._tool, *login, *made, "--input-file", str(message), "--output-file", str(signature))
        given = ("-signature", str(signature), str(message))
        self._run("openssl", "dgst", "-sha256", "-verify", str(self._folder / "key.pem"), *given)

    def _read(self) -> None:
        cert, key = self._folder / "read.der", self._folder / "key.pem"
        self._run(*self._tool, "--read-object", "--type", "cert", "--id", "01", "--output-file", str(cert))
        given = ("-in", str(cert), "-inform", "DER", "-noout", "-pubkey")
        key.write_bytes(self._run("openssl", "x509", *given))

    def _run(self, *command: str) -> bytes:
        return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=True).stdout


if __name__ == "__main__":
    main()
