"""The standard's own suite for path validation (NIST PKITS): every certificate in one office that holds all authorities and all lists.

That is harder than the suite asks: each case may look at every other case's certificates and lists, and still nothing may be let in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import cryptography_vectors
import pytest

from ebidadmin.domain.certificates import CheckOutcome
from ebidadmin.smartcard.revocation_lists import read_list
from ebidadmin.smartcard.validation import Examiner
from ebidadmin.smartcard.validation_rules import Demands, Verdict

DATA = Path(cryptography_vectors.__file__).parent / "x509" / "PKITS_data"
AT = datetime(2015, 1, 1, tzinfo=UTC)
ANCHOR = "TrustAnchorRootCertificate.crt"


def policies(*numbers: int, explicit: bool = False, inhibit_mapping: bool = False) -> Demands:
    named = frozenset(f"2.16.840.1.101.3.2.1.48.{number}" for number in numbers)
    return Demands(policies=named, explicit_policy=explicit, inhibit_mapping=inhibit_mapping)


PLAIN = Demands()
NAMED = {
    path.name.removesuffix(".crt"): path.name.startswith("Valid")
    for path in sorted((DATA / "certs").glob("*EE.crt"))
    if path.name.startswith(("Valid", "Invalid"))
}
"""Cases with the suite's default settings, whose name says what is right."""

WITH_SETTINGS: list[tuple[str, str, Demands, bool]] = [
    ("4.8.1.1", "ValidCertificatePathTest1EE", policies(explicit=True), True),
    ("4.8.1.2", "ValidCertificatePathTest1EE", policies(1), True),
    ("4.8.1.3", "ValidCertificatePathTest1EE", policies(2), False),
    ("4.8.1.4", "ValidCertificatePathTest1EE", policies(1, 2), True),
    ("4.8.2.1", "AllCertificatesNoPoliciesTest2EE", PLAIN, True),
    ("4.8.2.2", "AllCertificatesNoPoliciesTest2EE", policies(explicit=True), False),
    ("4.8.3.1", "DifferentPoliciesTest3EE", PLAIN, True),
    ("4.8.3.2", "DifferentPoliciesTest3EE", policies(explicit=True), False),
    ("4.8.3.3", "DifferentPoliciesTest3EE", policies(1, 2), False),
    ("4.8.4", "DifferentPoliciesTest4EE", PLAIN, False),
    ("4.8.5", "DifferentPoliciesTest5EE", PLAIN, False),
    ("4.8.6.1", "OverlappingPoliciesTest6EE", PLAIN, True),
    ("4.8.6.2", "OverlappingPoliciesTest6EE", policies(1), True),
    ("4.8.6.3", "OverlappingPoliciesTest6EE", policies(2), False),
    ("4.8.7", "DifferentPoliciesTest7EE", PLAIN, False),
    ("4.8.8", "DifferentPoliciesTest8EE", PLAIN, False),
    ("4.8.9", "DifferentPoliciesTest9EE", PLAIN, False),
    ("4.8.10.1", "AllCertificatesSamePoliciesTest10EE", PLAIN, True),
    ("4.8.10.2", "AllCertificatesSamePoliciesTest10EE", policies(1), True),
    ("4.8.10.3", "AllCertificatesSamePoliciesTest10EE", policies(2), True),
    ("4.8.11.1", "AllCertificatesanyPolicyTest11EE", PLAIN, True),
    ("4.8.11.2", "AllCertificatesanyPolicyTest11EE", policies(1), True),
    ("4.8.12", "DifferentPoliciesTest12EE", PLAIN, False),
    ("4.8.13.1", "AllCertificatesSamePoliciesTest13EE", policies(1), True),
    ("4.8.13.2", "AllCertificatesSamePoliciesTest13EE", policies(2), True),
    ("4.8.13.3", "AllCertificatesSamePoliciesTest13EE", policies(3), True),
    ("4.8.14.1", "AnyPolicyTest14EE", policies(1), True),
    ("4.8.14.2", "AnyPolicyTest14EE", policies(2), False),
    ("4.8.15", "UserNoticeQualifierTest15EE", PLAIN, True),
    ("4.8.16", "UserNoticeQualifierTest16EE", PLAIN, True),
    ("4.8.17", "UserNoticeQualifierTest17EE", PLAIN, True),
    ("4.8.18.1", "UserNoticeQualifierTest18EE", policies(1), True),
    ("4.8.18.2", "UserNoticeQualifierTest18EE", policies(2), True),
    ("4.8.19", "UserNoticeQualifierTest19EE", PLAIN, True),
    ("4.8.20", "CPSPointerQualifierTest20EE", PLAIN, True),
    ("4.10.1.1", "ValidPolicyMappingTest1EE", policies(1), True),
    ("4.10.1.2", "ValidPolicyMappingTest1EE", policies(2), False),
    ("4.10.1.3", "ValidPolicyMappingTest1EE", policies(explicit=True, inhibit_mapping=True), False),
    ("4.10.2.2", "InvalidPolicyMappingTest2EE", policies(inhibit_mapping=True), False),
    ("4.10.3.1", "ValidPolicyMappingTest3EE", policies(1), False),
    ("4.10.3.2", "ValidPolicyMappingTest3EE", policies(2), True),
    ("4.10.5.1", "ValidPolicyMappingTest5EE", policies(1), True),
    ("4.10.5.2", "ValidPolicyMappingTest5EE", policies(6), False),
    ("4.10.6.1", "ValidPolicyMappingTest6EE", policies(1), True),
    ("4.10.6.2", "ValidPolicyMappingTest6EE", policies(6), False),
    ("4.10.12.1", "ValidPolicyMappingTest12EE", policies(1), True),
    ("4.10.12.2", "ValidPolicyMappingTest12EE", policies(2), True),
    ("4.12.3.1", "inhibitAnyPolicyTest3EE", PLAIN, True),
    ("4.12.3.2", "inhibitAnyPolicyTest3EE", Demands(inhibit_any_policy=True), False),
]
"""Cases that the suite asks with settings of their own."""

DEVIATIONS = {
    "ValidDSASignaturesTest4EE": "the office accepts no DSA keys: only RSA from 2048 bits and named curves",
    "ValidDSAParameterInheritanceTest5EE": "the office accepts no DSA keys: only RSA from 2048 bits and named curves",
    "ValidNameUIDsTest6EE": "the library refuses a chain whose authority's name is told apart by unique ids only",
}
"""Refused although the suite says valid. Nothing may stand here that is let in although the suite says invalid."""


def certificate(name: str) -> bytes:
    return (DATA / "certs" / f"{name}.crt").read_bytes()


Examine = Callable[[bytes, Demands], Verdict]


@pytest.fixture(scope="module")
def examine() -> Iterator[Examine]:
    """The examiner, in a thread of its own: in the main one a browser of other tests keeps an event loop going."""
    others = [
        path.read_bytes()
        for path in sorted((DATA / "certs").glob("*.crt"))
        if path.name != ANCHOR and not path.name.endswith("EE.crt")
    ]
    lists = [read_list(path.read_bytes()) for path in sorted((DATA / "crls").glob("*.crl"))]
    made = Examiner([(DATA / "certs" / ANCHOR).read_bytes()], others, lists)
    with ThreadPoolExecutor(1) as thread:
        yield lambda der, demands: thread.submit(made.examine, der, at=AT, demands=demands).result()
    made.close()


CASES = [
    *((name, name, PLAIN, valid) for name, valid in NAMED.items()),
    *WITH_SETTINGS,
]


def test_the_suite_is_whole() -> None:
    assert len(NAMED) == 203
    assert len(CASES) == 252


@pytest.mark.parametrize(("case", "name", "demands", "valid"), CASES, ids=[case[0] for case in CASES])
def test_case(examine: Examine, case: str, name: str, demands: Demands, valid: bool) -> None:
    found = examine(certificate(name), demands)
    let_in = found.outcome is CheckOutcome.GOOD
    assert not let_in or valid, "a false accept"
    assert let_in == (valid and case not in DEVIATIONS), found


@pytest.mark.parametrize(
    ("name", "outcome"),
    [
        ("InvalidRevokedEETest3EE", "revoked"),
        ("InvalidEEnotAfterDateTest6EE", "expired"),
        ("InvalidEEnotBeforeDateTest2EE", "not-yet-valid"),
        ("InvalidMissingCRLTest1EE", "unchecked"),
        ("InvalidOldCRLnextUpdateTest11EE", "unchecked"),
        ("InvalidBadCRLSignatureTest4EE", "unchecked"),
        ("InvalidWrongCRLTest6EE", "unchecked"),
        ("InvalidEESignatureTest3EE", "invalid"),
        ("InvalidRevokedCATest2EE", "invalid"),
        ("InvalidcAFalseTest2EE", "invalid"),
    ],
)
def test_what_is_refused_is_told_apart(examine: Examine, name: str, outcome: str) -> None:
    assert examine(certificate(name), PLAIN).outcome.value == outcome
