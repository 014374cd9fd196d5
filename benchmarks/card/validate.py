"""Certificate checks per second against a cached list of 50,000 entries, beside ``openssl verify`` started for each check.

Usage: ``python benchmarks/card/validate.py [--checks N]``. Prints one JSON line. Ours is the whole way: the process that checks, asked
through its pipe, every check another card; the first check, which takes the list apart, is counted by itself. ``openssl`` has no process
that stays, so it reads the list again each time; that is how a script would use it.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_der_x509_certificate, load_der_x509_crl

from ebidadmin.demo.pki import Holder, issue_card, make_ca, make_crl, make_key, many_revoked
from ebidadmin.smartcard.authorities import load_authorities
from ebidadmin.smartcard.certificates import FactsReader
from ebidadmin.smartcard.checker import Checker, Material

AT = datetime(2014, 8, 20, 1, 0, tzinfo=UTC)
ENTRIES = 50_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checks", type=int, default=500)
    parser.add_argument("--openssl", type=int, default=20)
    asked = parser.parse_args()
    ca = make_ca()
    crl = make_crl(
        ca,
        many_revoked(ENTRIES, first=10**9, at=AT - timedelta(days=1)),
        this_update=AT - timedelta(hours=1),
        next_update=AT + timedelta(days=7),
    )
    holder = Holder(company="Made-up", company_address="Nowhere", name="Nobody")
    key = make_key()
    cards = [issue_card(ca, holder, key=key, serial=number)[0] for number in range(1, asked.checks + 2)]
    material = Material((ca.certificate,), (), (crl,))
    with Checker(FactsReader(load_authorities()), lambda _at: material) as checker:
        started = time.perf_counter()
        assert checker.check(cards[0], at=AT).good
        first = time.perf_counter() - started
        started = time.perf_counter()
        for card in cards[1:]:
            assert checker.check(card, at=AT).good
        ours = asked.checks / (time.perf_counter() - started)
    told = {
        "entries": ENTRIES,
        "checks": asked.checks,
        "first_check_seconds": round(first, 3),
        "checks_per_second": round(ours, 1),
        "openssl_verify_per_second": round(_openssl(ca.certificate, cards[0], crl, asked.openssl), 1),
    }
    print(json.dumps(told))


def _openssl(ca: bytes, card: bytes, crl: bytes, times: int) -> float:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file, der in (("ca.pem", ca), ("card.pem", card)):
            (folder / file).write_bytes(load_der_x509_certificate(der).public_bytes(Encoding.PEM))
        (folder / "crl.pem").write_bytes(load_der_x509_crl(crl).public_bytes(Encoding.PEM))
        command = ["openssl", "verify", "-attime", str(int(AT.timestamp())), "-crl_check"]
        command += ["-CAfile", "ca.pem", "-CRLfile", "crl.pem", "card.pem"]
        started = time.perf_counter()
        for _ in range(times):
            subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
        return times / (time.perf_counter() - started)


if __name__ == "__main__":
    main()
