"""Places to try a card reader at: the simulated card, a software token, and a PIV card behind a virtual reader."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Protocol

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from ebidadmin.demo.pki import Holder, KeyKind, MadeUpCa, issue_card, make_ca
from ebidadmin.services.card_ports import CardReader, CardToken
from ebidadmin.smartcard.made_up import CardBox, MadeUpKey, make_card
from ebidadmin.smartcard.pkcs11 import Pkcs11CardReader
from ebidadmin.smartcard.simulated import SimulatedCardReader
from tests.pcsc import PivCardProcess, VirtualReaders, cards_in, opensc_module
from tests.waiting import wait_until
from tools.components import SOFTHSM_LIBRARIES

PIN, PUK, WRONG = b"739164", b"52806413", b"111222"
TRIES = 3
HOLDER = Holder(company="テスト用団体", company_address="山口県下関市南部町1番1号", name="下関 太郎")


@cache
def authority() -> MadeUpCa:
    return make_ca()


@cache
def made_up_key(number: int, kind: KeyKind = "rsa-2048", *, always_ask: bool = False) -> MadeUpKey:
    """A key with its certificate; the same for the same number all through a run, because making one takes long."""
    certificate, key = issue_card(authority(), HOLDER, serial=1000 + number, key_kind=kind)
    raw = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return MadeUpKey(certificate, raw, always_ask)


def keys(card: int = 1) -> tuple[MadeUpKey, MadeUpKey]:
    """Those of a card: RSA, and a P-256 key for whose every use the card wants the PIN again."""
    return made_up_key(10 * card), made_up_key(10 * card + 1, "p-256", always_ask=True)


class Bench(Protocol):
    """A reader with a card in it, and what can be done to it by hand."""

    @property
    def reader(self) -> CardReader: ...
    def insert(self) -> None: ...
    def pull(self) -> None: ...
    def log_ins(self) -> int | None:
        """PINs that the card has been given, ``None`` where it does not count."""
        ...


class LockingBench(Bench, Protocol):
    """One whose card counts wrong PINs, and has a second card to swap it with."""

    def swap(self) -> None:
        """The other card into the same reader, at once."""
        ...

    def unblock(self, new_pin: bytes) -> None:
        """With the PUK, by other means than ebidadmin."""
        ...


def token_of(bench: Bench, reader: int = 0) -> CardToken:
    """The card in the first reader that has one."""
    return [state.token for state in bench.reader.readers() if state.token is not None][reader]


class SimulatedBench:
    def __init__(self, folder: Path) -> None:
        self.box = CardBox(folder / "simulated-cards.json")
        self.box.put(
            make_card("card 1", keys(1), pin=PIN, puk=PUK, reader="Reader", tries=TRIES),
            make_card("card 2", keys(2), pin=PIN, puk=PUK, reader="Reader", tries=TRIES),
        )
        self.box.pull("card 2")
        self.reader = SimulatedCardReader(self.box.path)

    def insert(self) -> None:
        self.box.insert("card 1")

    def pull(self) -> None:
        self.box.pull("card 1")

    def swap(self) -> None:
        self.box.pull("card 1")
        self.box.insert("card 2")

    def unblock(self, new_pin: bytes) -> None:
        self.box.change("card 1", lambda card: card.unblocked(PUK, new_pin))

    def log_ins(self) -> int | None:
        return None


class SoftHsmBench:
    """A token of SoftHSM in a folder of its own, copied from ``made`` (``make_soft_token``). It never locks, and counts nothing."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, made: Path) -> None:
        self._tokens = folder / "tokens"
        shutil.copytree(made, self._tokens)
        monkeypatch.setenv("SOFTHSM2_CONF", str(_soft_settings(folder, self._tokens)))
        self.module = soft_module()
        self.reader: CardReader = Pkcs11CardReader(self.module)

    def insert(self) -> None:
        (self._tokens.parent / "away").rename(self._tokens)

    def pull(self) -> None:
        self._tokens.rename(self._tokens.parent / "away")
        self._tokens.mkdir()

    def log_ins(self) -> int | None:
        return None


def make_soft_token(folder: Path) -> Path:
    """The folder of a token with the keys and the PIN of a card."""
    tokens = folder / "tokens"
    tokens.mkdir()
    environment = {**os.environ, "SOFTHSM2_CONF": str(_soft_settings(folder, tokens))}
    names = ("--label", "soft card", "--pin", PIN, "--so-pin", PUK)
    _run("softhsm2-util", "--init-token", "--free", *names, environment=environment)
    tool = ("pkcs11-tool", "--module", soft_module(), "--token-label", "soft card", "--login", "--pin", PIN)
    for place, one in enumerate(keys(1), 1):
        for kind, content in (("cert", one.certificate), ("privkey", one.key)):
            file = folder / kind
            file.write_bytes(content)
            more = (
                ("--usage-sign", *(("--always-auth",) if one.always_ask else ())) if kind == "privkey" else ()
            )
            named = ("--id", f"0{place}", "--label", f"key {place}")
            _run(*tool, "--write-object", file, "--type", kind, *named, *more, environment=environment)
    return tokens


def soft_module() -> Path:
    """SoftHSM's PKCS#11 module where the system keeps it."""
    return next(path for path in SOFTHSM_LIBRARIES if path.exists())


def _soft_settings(folder: Path, tokens: Path) -> Path:
    conf = folder / "softhsm2.conf"
    conf.write_text(f"directories.tokendir = {tokens}\nobjectstore.backend = file\nlog.level = ERROR\n")
    return conf


class PivBench:
    """Two PIV cards and the first of two virtual readers."""

    def __init__(self, box: CardBox, card: PivCardProcess) -> None:
        self.card = card
        self.reader: CardReader = Pkcs11CardReader(opensc_module())
        self._box = box
        self._before = 0

    def insert(self) -> None:
        self.card.do("insert")
        wait_until(
            lambda: any(state.token for state in self.reader.readers()), what="the card shows in its reader"
        )

    def pull(self) -> None:
        self.card.do("pull")

    def swap(self) -> None:
        self._before += self.card.count("verify")
        self.card.do("insert card-2")

    def unblock(self, new_pin: bytes) -> None:
        _run("pkcs15-tool", "--unblock-pin", "--puk", PUK, "--new-pin", new_pin)

    def log_ins(self) -> int | None:
        return self._before + self.card.count("verify")


@contextmanager
def piv_bench(readers: VirtualReaders, folder: Path) -> Iterator[PivBench]:
    """With the first card put in."""
    box = CardBox(folder / "cards.json")
    box.put(
        *(
            make_card(f"card-{number}", keys(number), pin=PIN, puk=PUK, reader="virtual", tries=TRIES)
            for number in (1, 2)
        )
    )
    with cards_in(readers, box, "card-1") as (card,):
        bench = PivBench(box, card)
        bench.insert()
        yield bench
    wait_until(
        lambda: not any(state.token for state in bench.reader.readers()), what="the reader is empty again"
    )


def _run(*words: str | bytes | Path, environment: dict[str, str] | None = None) -> None:
    done = subprocess.run(
        words, stdin=subprocess.DEVNULL, capture_output=True, env=environment, check=False, timeout=60
    )
    assert done.returncode == 0, (done.stdout + done.stderr).decode(errors="replace")
