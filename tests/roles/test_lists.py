"""An importer brings a list of revoked certificates in; what it says of registered cards a reviewer writes down."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copytree

import pytest

from ebidadmin.bundled import bundled
from ebidadmin.clock import SystemClock
from ebidadmin.config import CONFIG_NAME
from ebidadmin.demo.pki import issue_card, make_ca, make_crl, sample_holder
from ebidadmin.domain.cards import KeptCertificate, Revocation
from ebidadmin.domain.staff import Role
from ebidadmin.smartcard.authorities import load_authorities
from ebidadmin.smartcard.certificates import FactsReader
from tests.acceptance.conftest import Ebid
from tests.contracts.test_cards import made
from tests.roles.bench import Bench, login
from tests.sql_store import SqlStore

SINCE, UNTIL = datetime(2020, 1, 1, tzinfo=UTC), datetime(2039, 12, 31, tzinfo=UTC)
SERIAL = 4712


def test_cards_wait_for_a_reviewer(
    bench: Bench, ebid: Ebid, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    desk = Path(copytree(bench.folder, tmp_path / "desk", symlinks=True))
    ca, now = make_ca(), SystemClock().now()
    certificate, _ = issue_card(
        ca, sample_holder(bundled("data") / "samples"), serial=SERIAL, not_before=SINCE, not_after=UNTIL
    )
    (desk / "data" / "reference" / "trust" / "made-up.der").write_bytes(ca.certificate)
    kept = KeptCertificate.of(FactsReader(load_authorities()).read(certificate))
    store = SqlStore(bench.url)
    with store() as uow:
        uow.record(made(96, certificate=kept, der=certificate, revocation=Revocation.UNCHECKED))
        uow.commit()
    store.engine.dispose()
    listed = tmp_path / "list.crl"
    revoked = [(SERIAL, now - timedelta(days=1))]
    listed.write_bytes(
        make_crl(ca, revoked, this_update=now - timedelta(hours=1), next_update=now + timedelta(days=7))
    )

    def update(role: Role, *words: object) -> tuple[int, str]:
        settings = bench.folder / CONFIG_NAME
        mine = settings.read_text(encoding="utf-8").replace(bench.url, bench.address(login(role)))
        (desk / CONFIG_NAME).write_text(mine, encoding="utf-8")
        answer = ebid("card", "crl", "update", *words, "--desk", desk)
        return answer.code, answer.err

    code, told = update(Role.IMPORTER, listed)
    assert (code, "wait for a reviewer" in told) == (0, True), told
    code, told = update(Role.IMPORTER, listed, "--recheck")
    assert (code, told.startswith("Your roles do not include this")) == (1, True), told
    code, told = update(Role.REVIEWER, listed, "--recheck")
    assert (code, told.startswith("1 registered card(s)")) == (0, True), told
