"""Outcomes of a check, and what becomes of the process that does it."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from ebidadmin.demo import der
from ebidadmin.demo.pki import (
    CA_FROM,
    POLICY,
    SAMPLE_SERIAL,
    SAMPLE_TO,
    Revoked,
    card_parts,
    issue_card,
    make_ca,
    make_crl,
    many_revoked,
)
from ebidadmin.domain.certificates import CertificateCheck, KeyUse
from ebidadmin.smartcard.checker import Checker, Material
from ebidadmin.smartcard.validation_rules import Demands
from tests.smartcard.pki import AT, WEEK, authority, card, checker, good_list, holder, key, reader


def told(
    certificate: bytes,
    *,
    lists: Sequence[bytes] | None = None,
    trusted: Sequence[bytes] | None = None,
    others: Sequence[bytes] = (),
    at: object = None,
    usage: KeyUse = KeyUse.ANY,
    demands: Demands | None = None,
) -> CertificateCheck:
    trust = (authority().certificate,) if trusted is None else tuple(trusted)
    kept = (good_list(),) if lists is None else tuple(lists)
    moment = AT if at is None else at
    with checker(trust, kept, tuple(others)) as made:
        return made.check(certificate, at=moment, usage=usage, demands=demands)  # type: ignore[arg-type]  # moments


def both(check: CertificateCheck) -> tuple[str, str]:
    return check.outcome.value, check.reason.value


def revoking(*entries: Revoked) -> bytes:
    return make_crl(authority(), entries, this_update=AT - timedelta(hours=1), next_update=AT + WEEK)


def test_the_sample_card_is_good_on_its_day() -> None:
    found = told(card())
    assert both(found) == ("good", "good")
    assert found.crl_age_seconds == 7200
    assert found.chain[-1] == "OU=NDN Test CA2,O=Nippon Denshi Ninsho Co.Ltd.,C=JP"
    assert found.facts is not None
    assert (found.facts.serial, found.facts.company_name) == ("825831477", "テスト用団体")


def test_revoked_with_when_and_why() -> None:
    found = told(card(), lists=[revoking(Revoked(SAMPLE_SERIAL, AT - WEEK, 1))])
    assert both(found) == ("revoked", "revoked")
    assert (found.revoked_at, found.revocation_reason) == (AT - WEEK, "key-compromise")


def test_a_number_written_otherwise_on_the_list_is_the_same_number() -> None:
    longer = der.tlv(0x02, b"\x00" + SAMPLE_SERIAL.to_bytes(4, "big"))
    parts = replace(
        card_parts(authority(), holder(), key(2), serial=1, not_before=CA_FROM, not_after=SAMPLE_TO),
        serial=longer,
    )
    odd = authority().sign(parts.tbs())
    assert told(odd, lists=[revoking(Revoked(SAMPLE_SERIAL, AT - WEEK))]).outcome.value == "revoked"


@pytest.mark.parametrize(
    ("moment", "outcome"),
    [
        (SAMPLE_TO + timedelta(seconds=1), "expired"),
        (SAMPLE_TO + timedelta(days=4000), "expired"),
        (CA_FROM, "not-yet-valid"),
    ],
)
def test_outside_its_period(moment: object, outcome: str) -> None:
    assert told(card(), at=moment, lists=[]).outcome.value == outcome


def test_an_expired_forgery_is_a_forgery() -> None:
    forged = card()[:-1] + bytes((card()[-1] ^ 1,))
    assert both(told(forged, at=SAMPLE_TO + WEEK)) == ("invalid", "signature-wrong")
    assert both(told(forged)) == ("invalid", "signature-wrong")


@pytest.mark.parametrize(
    ("lists", "reason"),
    [
        ([], "crl-missing"),
        ([make_crl(authority(), [], this_update=AT - 2 * WEEK, next_update=AT - WEEK)], "crl-stale"),
        ([make_crl(authority(), [], this_update=AT + WEEK, next_update=AT + 2 * WEEK)], "crl-unusable"),
        ([make_crl(make_ca(key=key(4)), [], this_update=AT - WEEK, next_update=AT + WEEK)], "crl-unusable"),
        ([b"<html>"], "crl-unusable"),
    ],
    ids=["none", "stale", "from the future", "forged", "web page"],
)
def test_without_a_list_that_holds_nothing_is_said_of_revocation(lists: list[bytes], reason: str) -> None:
    assert both(told(card(), lists=lists)) == ("unchecked", reason)


def test_a_stale_list_does_not_revoke() -> None:
    stale = make_crl(
        authority(), [(SAMPLE_SERIAL, AT - 3 * WEEK)], this_update=AT - 2 * WEEK, next_update=AT - WEEK
    )
    assert both(told(card(), lists=[stale])) == ("unchecked", "crl-stale")


def test_whom_nobody_trusts() -> None:
    unknown, _ = issue_card(make_ca((("C", "JP"), ("O", "Nobody")), key=key(4)), holder(), key=key(2))
    assert both(told(unknown)) == ("invalid", "chain-unknown")
    assert both(told(card(), trusted=[])) == ("invalid", "trust-missing")
    assert both(told(authority().certificate)) == ("invalid", "authority-itself")


def test_an_authoritys_name_and_key_in_another_certificate_are_no_card() -> None:
    again = make_ca(key=key(0), serial=99)
    assert both(told(again.certificate)) == ("invalid", "authority-itself")


def test_uses_and_policies() -> None:
    only, _ = issue_card(authority(), holder(), key=key(2), usages=("key_encipherment",))
    assert both(told(only, usage=KeyUse.DIGITAL_SIGNATURE)) == ("invalid", "use-refused")
    assert told(only, usage=KeyUse.ANY).good
    assert told(card(), usage=KeyUse.NON_REPUDIATION).good
    assert told(card(), demands=Demands(policies=frozenset({POLICY}))).good
    other = Demands(policies=frozenset({"2.999.1"}))
    assert both(told(card(), demands=other)) == ("invalid", "policy-missing")


@pytest.mark.parametrize("serial", [0, -5])
def test_serial_numbers_are_positive(serial: int) -> None:
    odd, _ = issue_card(authority(), holder(), key=key(2), serial=serial)
    assert both(told(odd)) == ("invalid", "serial-refused")


def test_inside_and_outside_name_one_algorithm() -> None:
    parts = card_parts(authority(), holder(), key(2), serial=5, not_before=CA_FROM, not_after=SAMPLE_TO)
    odd = authority().sign(replace(parts, algorithm=der.sequence(der.oid("1.2.840.10045.4.3.2"))).tbs())
    assert both(told(odd)) == ("invalid", "algorithm-mismatch")


def test_a_card_with_an_elliptic_curve_and_a_chain_of_three() -> None:
    between = make_ca((("C", "JP"), ("O", "Between, Inc.")), key=key(1), parent=authority(), serial=3)
    leaf, _ = issue_card(between, holder(), key=key(3))
    own = make_crl(between, [], this_update=AT - WEEK, next_update=AT + WEEK)
    found = told(leaf, lists=[good_list(), own], others=[between.certificate])
    assert both(found) == ("good", "good")
    assert found.chain[1] == r"O=Between\, Inc.,C=JP"
    # The list of the subordinate authority says nothing of its superior's certificates.
    assert both(told(leaf, lists=[own], others=[between.certificate])) == ("unchecked", "crl-missing")
    revoked = make_crl(between, [(SAMPLE_SERIAL, AT - WEEK)], this_update=AT - WEEK, next_update=AT + WEEK)
    assert told(leaf, lists=[revoked], others=[between.certificate]).outcome.value == "revoked"


def test_a_sibling_authoritys_list_does_not_stand_in_for_a_missing_one() -> None:
    names = [(("C", "JP"), ("O", f"Sibling {number}")) for number in (1, 2)]
    one, two = (
        make_ca(name, key=key(2 * place + 1), parent=authority(), serial=10 + place)
        for place, name in enumerate(names)
    )
    leaf, _ = issue_card(one, holder(), key=key(3))
    lists = [make_crl(ca, [], this_update=AT - WEEK, next_update=AT + WEEK) for ca in (one, two)]
    others = [one.certificate, two.certificate]
    assert both(told(leaf, lists=lists, others=others)) == ("unchecked", "crl-missing")
    assert told(leaf, lists=[*lists, good_list()], others=others).good


def test_fifty_thousand_entries_cost_little_once_known() -> None:
    long = make_crl(
        authority(),
        many_revoked(50_000, first=10**9, at=AT - WEEK),
        this_update=AT - WEEK,
        next_update=AT + WEEK,
    )
    with checker((authority().certificate,), (long,)) as made:
        assert made.check(card(), at=AT).good
        started = time.perf_counter()
        for _ in range(20):
            assert made.check(card(), at=AT).good
        assert time.perf_counter() - started < 20 * 0.1
    hit, _ = issue_card(authority(), holder(), key=key(2), serial=10**9 + 49_999)
    assert told(hit, lists=[long]).outcome.value == "revoked"


def broken_checker(code: str) -> Checker:
    command = (sys.executable, "-c", code)
    return Checker(reader(), lambda _at: Material(()), limit=0.5, command=command)


HANGS_LATER = "import sys, time\nsys.stdin.readline()\nprint('{}', flush=True)\ntime.sleep(600)"


def test_a_hang_is_ended_in_time_and_not_good() -> None:
    with broken_checker(HANGS_LATER) as made:
        started = time.monotonic()
        assert both(made.check(card(), at=AT)) == ("invalid", "check-took-too-long")
        assert time.monotonic() - started < 5
        assert made._child._running is None


@pytest.mark.parametrize(
    "code", ["import os; os.abort()", "print('nonsense', flush=True)", "print('[]', flush=True)", ""]
)
def test_a_crash_or_nonsense_is_not_good(code: str) -> None:
    with broken_checker(code) as made:
        assert both(made.check(card(), at=AT)) == ("invalid", "check-failed")


def test_a_killed_process_is_replaced() -> None:
    with checker((authority().certificate,), (good_list(),)) as made:
        assert made.check(card(), at=AT).good
        assert made._child._running is not None
        made._child._running.process.kill()
        made._child._running.process.wait()
        assert made.check(card(), at=AT).good


def test_new_material_counts_at_once() -> None:
    kept = [Material((authority().certificate,), (), (good_list(),))]
    with Checker(reader(), lambda _at: kept[0]) as made:
        assert made.check(card(), at=AT).good
        kept[0] = replace(kept[0], lists=(revoking(Revoked(SAMPLE_SERIAL, AT - WEEK)),))
        assert made.check(card(), at=AT).outcome.value == "revoked"
