"""A list of revoked certificates arrives: registered cards are looked at again, and what came out otherwise is to be followed up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ebidadmin.bundled import bundled
from ebidadmin.clock import SystemClock
from ebidadmin.config import load_config
from ebidadmin.demo.pki import issue_card, make_ca, make_crl, sample_holder
from ebidadmin.domain.cards import KeptCertificate, Revocation
from ebidadmin.smartcard.authorities import load_authorities
from ebidadmin.smartcard.certificates import FactsReader
from tests.acceptance.conftest import Ebid
from tests.builders import supplier_number
from tests.contracts.test_cards import made
from tests.sql_store import SqlStore

SINCE, UNTIL = datetime(2020, 1, 1, tzinfo=UTC), datetime(2039, 12, 31, tzinfo=UTC)
SERIAL = 4711


@pytest.mark.parametrize(
    ("revoked", "revocation", "codes"),
    [(False, "checked", set()), (True, "revoked", {"card-revoked"})],
)
def test_a_list_that_arrives_settles_what_was_unchecked(
    desk: Path, ebid: Ebid, tmp_path: Path, revoked: bool, revocation: str, codes: set[str]
) -> None:
    ca, now = make_ca(), SystemClock().now()
    certificate, _ = issue_card(
        ca, sample_holder(bundled("data") / "samples"), serial=SERIAL, not_before=SINCE, not_after=UNTIL
    )
    (desk / "data" / "reference" / "trust" / "made-up.der").write_bytes(ca.certificate)
    kept = KeptCertificate.of(FactsReader(load_authorities()).read(certificate))
    with SqlStore(load_config(desk).database_url)() as uow:
        uow.record(made(92, certificate=kept, der=certificate, revocation=Revocation.UNCHECKED))
        uow.commit()
    listed = tmp_path / "list.crl"
    entries = [(SERIAL, now - timedelta(days=1))] if revoked else []
    listed.write_bytes(
        make_crl(ca, entries, this_update=now - timedelta(hours=1), next_update=now + timedelta(days=7))
    )
    answer = ebid("card", "crl", "update", listed, "--desk", desk)
    assert answer.code == 0, answer.err
    assert "1 registered card(s)" in answer.err
    found = ebid("registration", "show", supplier_number(92), "--desk", desk, "--json").value
    assert [card["revocation"] for card in found["cards"]] == [revocation]
    assert {item["code"] for item in found["follow_ups"]} & {"card-revoked", "revocation-unchecked"} == codes
    again = ebid("card", "crl", "update", listed, "--desk", desk)
    assert (again.code, again.err) == (0, "")
