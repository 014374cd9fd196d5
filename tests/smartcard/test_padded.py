"""Some cards keep a certificate in a file of a fixed size: what stands behind it belongs to no certificate."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from ebidadmin.services.card_ports import fresh_challenge
from tests.smartcard import pki
from tests.smartcard.benches import PIN, SoftHsmBench, keys, token_of

WRITE = """
import sys
import PyKCS11 as p
library = p.PyKCS11Lib()
library.load(sys.argv[1])
slot = next(s for s in library.getSlotList(tokenPresent=True) if library.getTokenInfo(s).label.strip() == "soft card")
session = library.openSession(slot, p.CKF_SERIAL_SESSION | p.CKF_RW_SESSION)
session.login(sys.argv[2])
for handle in session.findObjects([(p.CKA_CLASS, p.CKO_CERTIFICATE)]):
    value, key_id, label, subject = session.getAttributeValue(handle, [p.CKA_VALUE, p.CKA_ID, p.CKA_LABEL, p.CKA_SUBJECT])
    session.destroyObject(handle)
    session.createObject([
        (p.CKA_CLASS, p.CKO_CERTIFICATE), (p.CKA_CERTIFICATE_TYPE, p.CKC_X_509), (p.CKA_TOKEN, True),
        (p.CKA_PRIVATE, False), (p.CKA_VALUE, tuple(value) + (0,) * int(sys.argv[3])), (p.CKA_ID, tuple(key_id)),
        (p.CKA_LABEL, label), (p.CKA_SUBJECT, tuple(subject)),
    ])
"""


@pytest.fixture
def padded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, soft_token: Path) -> SoftHsmBench:
    """A token whose certificates stand at the beginning of larger files."""
    bench = SoftHsmBench(tmp_path, monkeypatch, soft_token)
    subprocess.run([sys.executable, "-c", WRITE, str(bench.module), PIN.decode(), "700"], check=True)
    return bench


def test_the_certificate_of_a_padded_file_is_the_certificate(padded: SoftHsmBench) -> None:
    read = padded.reader.read_certificates(token_of(padded))
    assert {one.der for one in read} == {key.certificate for key in keys()}
    facts = pki.reader()
    assert [facts.read(one.der).fingerprint for one in read] == [one.fingerprint for one in read]


def test_it_proves_itself_under_that_fingerprint(padded: SoftHsmBench) -> None:
    token = token_of(padded)
    (wanted,) = (one for one in padded.reader.read_certificates(token) if one.der == keys()[0].certificate)
    challenge = fresh_challenge()
    proof = padded.reader.prove(token, wanted.fingerprint, pin=bytearray(PIN), challenge=challenge)
    assert (proof.fingerprint, proof.certificate) == (wanted.fingerprint, keys()[0].certificate)
