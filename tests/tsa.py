"""A time-stamping authority of the tests: ``openssl ts`` behind a real server on this computer."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

YEAR = timedelta(days=365)
CONFIG = """\
[tsa]
default_tsa = here
[here]
serial = {folder}/serial
signer_cert = {folder}/signer.pem
signer_key = {folder}/signer.key
signer_digest = sha256
default_policy = 1.3.6.1.4.1.99999.1
digests = {digests}
accuracy = secs:1
ess_cert_id_alg = sha256
"""


class Authority:
    """Made-up, with a root of its own under the one name that all have; ``digests`` are those that it takes."""

    def __init__(self, folder: Path, *, digests: str = "sha256", purpose: bool = True) -> None:
        folder.mkdir()
        self._folder = folder
        now = datetime.now(UTC)
        root_key, signer_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
        root_name, signer_name = _name("Test Root"), _name("Test TSA")
        root = (
            _certificate(root_name, root_name, root_key, now)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(root_key, hashes.SHA256())
        )
        uses = [ExtendedKeyUsageOID.TIME_STAMPING if purpose else ExtendedKeyUsageOID.SERVER_AUTH]
        signer = (
            _certificate(root_name, signer_name, signer_key, now)
            .add_extension(x509.ExtendedKeyUsage(uses), critical=True)
            .sign(root_key, hashes.SHA256())
        )
        key_text = signer_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        self.trust = folder / "root.pem"
        self.trust.write_bytes(root.public_bytes(Encoding.PEM))
        (folder / "signer.pem").write_bytes(signer.public_bytes(Encoding.PEM))
        (folder / "signer.key").write_bytes(key_text)
        (folder / "serial").write_text("01\n")
        (folder / "tsa.cnf").write_text(CONFIG.format(folder=folder, digests=digests))

    def answer(self, query: bytes) -> bytes:
        """What it says to a query, refusals included."""
        asked, told = self._folder / "query.tsq", self._folder / "answer.tsr"
        asked.write_bytes(query)
        files = ("-config", self._folder / "tsa.cnf", "-queryfile", asked, "-out", told)
        subprocess.run(["openssl", "ts", "-reply", *map(str, files)], check=True, capture_output=True)
        return told.read_bytes()


@contextmanager
def served(authority: Authority, *, how: str = "good") -> Iterator[str]:
    """Its address. ``how``: ``good``, ``garbage`` (no answer at all), ``error`` (500), ``elsewhere`` (a redirection), ``replay`` (the first
    answer, again and again), ``cut`` (half of it)."""
    first: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.headers["Content-Type"] == "application/timestamp-query"
            query = self.rfile.read(int(self.headers["Content-Length"]))
            if how in ("error", "elsewhere"):
                self.send_response(500 if how == "error" else 302)
                self.send_header("Location", "/other")
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            body = b"<html>" if how == "garbage" else authority.answer(query)
            first.append(body)
            if how == "replay":
                body = first[0]
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[: len(body) // 2] if how == "cut" else body)

        def log_message(self, *_args: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/tsa"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _certificate(
    issuer: x509.Name, subject: x509.Name, key: ec.EllipticCurvePrivateKey, now: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .issuer_name(issuer)
        .subject_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - YEAR)
        .not_valid_after(now + YEAR)
    )
