"""Taking in revocation lists: twelve ways in which a list can be wrong, a real server behind each, and no wrong verdict from any."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from ebidadmin.demo.pki import SAMPLE_SERIAL, make_ca, make_crl
from ebidadmin.errors import ConfigurationError, InputError
from ebidadmin.smartcard.checker import Checker
from ebidadmin.smartcard.crls import CrlStore
from ebidadmin.smartcard.fetching import fetch
from ebidadmin.smartcard.trust import OfficeMaterial
from tests.smartcard.pki import AT, WEEK, authority, card, good_list, key, reader

HOUR = timedelta(hours=1)
ANSWER_SECONDS = 5.0


def stale() -> bytes:
    return make_crl(
        authority(), [(SAMPLE_SERIAL, AT - 3 * WEEK)], this_update=AT - 2 * WEEK, next_update=AT - WEEK
    )


def forged() -> bytes:
    """Under the authority's name, signed by somebody else, accusing the card."""
    return make_crl(
        make_ca(key=key(4)), [(SAMPLE_SERIAL, AT - WEEK)], this_update=AT - HOUR, next_update=AT + WEEK
    )


def of_somebody_else() -> bytes:
    other = make_ca((("C", "JP"), ("O", "Somebody else")), key=key(4))
    return make_crl(other, [(SAMPLE_SERIAL, AT - WEEK)], this_update=AT - HOUR, next_update=AT + WEEK)


def from_the_future() -> bytes:
    return make_crl(authority(), [], this_update=AT + WEEK, next_update=AT + 2 * WEEK)


def older() -> bytes:
    return make_crl(authority(), [], this_update=AT - WEEK, next_update=AT + WEEK, number=0)


BODIES: dict[str, Callable[[], bytes]] = {
    "stale": stale,
    "forged": forged,
    "of-somebody-else": of_somebody_else,
    "from-the-future": from_the_future,
    "html": lambda: b"<!DOCTYPE html><html><body>Please log in</body></html>",
    "truncated": lambda: good_list()[:-40],
    "empty": lambda: b"",
    "changed": lambda: good_list()[:-1] + bytes((good_list()[-1] ^ 1,)),
    "good": good_list,
    "older": older,
}


class Office(BaseHTTPRequestHandler):
    """A server that an office may meet."""

    def do_GET(self) -> None:
        name = self.path.strip("/")
        if name == "loop":
            self.send_response(302)
            self.send_header("Location", "/loop")
            self.end_headers()
        elif name == "missing":
            self.send_error(404)
        elif name == "slow":
            self._drip()
        elif name == "huge":
            self._pour()
        elif name == "cut":
            self._send(good_list(), declared=len(good_list()) + 1000)
        else:
            self._send(BODIES[name]())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that the library gives it
        """Nothing to tell."""

    def _send(self, body: bytes, declared: int | None = None) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(body) if declared is None else declared))
        self.end_headers()
        self.wfile.write(body)

    def _drip(self) -> None:
        self.send_response(200)
        self.end_headers()
        try:
            while not self.server.over.wait(0.2):  # type: ignore[attr-defined]  # set where the server is made
                self.wfile.write(b"\x30")
                self.wfile.flush()
        except OSError:
            return

    def _pour(self) -> None:
        self.send_response(200)
        self.end_headers()
        try:
            for _ in range(2000):
                self.wfile.write(bytes(1 << 16))
        except OSError:
            return


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    patch = pytest.MonkeyPatch()
    patch.setenv("NO_PROXY", "127.0.0.1")
    patch.setenv("no_proxy", "127.0.0.1")
    server = ThreadingHTTPServer(("127.0.0.1", 0), Office)
    server.daemon_threads = True
    server.over = threading.Event()  # type: ignore[attr-defined]  # read by the handler
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.over.set()  # type: ignore[attr-defined]  # as above
    server.shutdown()
    server.server_close()
    patch.undo()


@pytest.fixture
def material(tmp_path: Path) -> OfficeMaterial:
    trust = tmp_path / "trust"
    trust.mkdir()
    (trust / "README.md").write_text("no certificate")
    (trust / "ca.cer").write_bytes(authority().certificate)
    return OfficeMaterial(trust, tmp_path / "between", CrlStore(tmp_path / "crls"))


def verdict(material: OfficeMaterial) -> str:
    with Checker(reader(), material) as made:
        return made.check(card(), at=AT).outcome.value


FAULTS = {
    "missing": "crl-refused",
    "stale": "crl-out-of-date",
    "forged": "crl-signer-unknown",
    "of-somebody-else": "crl-signer-unknown",
    "from-the-future": "crl-from-future",
    "html": "crl-other-file",
    "truncated": "crl-unreadable",
    "empty": "crl-empty",
    "changed": "crl-signer-unknown",
    "cut": "crl-unreachable",
    "huge": "crl-too-large",
    "loop": "crl-redirected",
    "slow": "crl-too-slow",
}


@pytest.mark.parametrize(("fault", "code"), FAULTS.items())
@pytest.mark.parametrize("kept", [False, True], ids=["nothing kept", "a good one kept"])
def test_a_fault_is_refused_in_time_and_changes_no_verdict(
    address: str, material: OfficeMaterial, fault: str, code: str, kept: bool
) -> None:
    if kept:
        material.store.take(good_list(), authorities=material.authorities(), now=AT)
    before = verdict(material)
    assert before == ("good" if kept else "unchecked")
    started = time.monotonic()
    with pytest.raises(InputError) as refused:
        material.store.take(fetch(f"{address}/{fault}"), authorities=material.authorities(), now=AT)
    assert time.monotonic() - started <= ANSWER_SECONDS
    assert refused.value.code == code
    assert verdict(material) == before


def test_a_good_list_is_taken_once_and_counts_at_once(address: str, material: OfficeMaterial) -> None:
    file = fetch(f"{address}/good")
    first = material.store.take(file, authorities=material.authorities(), now=AT)
    again = material.store.take(file, authorities=material.authorities(), now=AT)
    assert (first.new, again.new) == (True, False)
    assert verdict(material) == "good"
    kept = material.store.all()
    assert [(one.issuer, one.number, one.entries) for one in kept] == [
        ("OU=NDN Test CA2,O=Nippon Denshi Ninsho Co.Ltd.,C=JP", 1, 1)
    ]
    with pytest.raises(InputError) as refused:
        material.store.take(older(), authorities=material.authorities(), now=AT)
    assert refused.value.code == "crl-not-newer"
    newer = make_crl(
        authority(), [(SAMPLE_SERIAL, AT - HOUR)], this_update=AT - HOUR, next_update=AT + WEEK, number=2
    )
    material.store.take(newer, authorities=material.authorities(), now=AT)
    assert len(material.store.files()) == 1
    assert verdict(material) == "revoked"


def test_looking_keeps_nothing(material: OfficeMaterial) -> None:
    assert material.store.take(good_list(), authorities=material.authorities(), now=AT, keep=False).new
    assert material.store.files() == ()


def test_a_damaged_kept_file_is_no_list(material: OfficeMaterial) -> None:
    taken = material.store.take(good_list(), authorities=material.authorities(), now=AT)
    taken.kept.path.write_bytes(b"\x30\x03abc")
    assert material.store.all() == ()
    assert verdict(material) == "unchecked"
    assert material.store.take(good_list(), authorities=material.authorities(), now=AT).new


@pytest.mark.parametrize(
    "url", ["file:///etc/hostname", "ftp://example.jp/x", "http://a b", "ldap://x", "http://"]
)
def test_other_addresses_are_refused(url: str) -> None:
    with pytest.raises(InputError) as refused:
        fetch(url)
    assert refused.value.code == "crl-address-refused"


def test_nobody_there() -> None:
    with pytest.raises(InputError) as refused:
        fetch("http://127.0.0.1:9/x")
    assert refused.value.code == "crl-unreachable"


def test_what_is_trusted_must_be_there_and_readable(tmp_path: Path) -> None:
    store = CrlStore(tmp_path / "crls")
    with pytest.raises(ConfigurationError) as missing:
        OfficeMaterial(tmp_path / "trust", tmp_path / "between", store)(AT)
    assert missing.value.code == "trust-folder-missing"
    (tmp_path / "trust").mkdir()
    (tmp_path / "trust" / "bad.pem").write_bytes(b"nonsense")
    with pytest.raises(ConfigurationError) as broken:
        OfficeMaterial(tmp_path / "trust", tmp_path / "between", store)(AT)
    assert broken.value.code == "trust-file-unreadable"
