"""Findings: each code from a dossier that gives that code alone, and what decides between them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ebidadmin.bundled import bundled
from ebidadmin.domain.applications import ApplicationState, Decision
from ebidadmin.domain.findings import (
    Dossier,
    Finding,
    FindingCode,
    FindingPolicy,
    ReferenceFacts,
    Severity,
    SharedContact,
    changed_fields,
    find,
)
from ebidadmin.domain.permits import Permit, PermitState
from ebidadmin.reference.names import load_name_rules
from tests.builders import NOON, TODAY, application, contact, form, permit, qualification, supplier_number

RULES = load_name_rules(bundled("data"))
LONG = "（株）" + "あ" * 40


def dossier(**changes: Any) -> Dossier:
    """A case in which nothing is to be found."""
    clean = Dossier(
        application=application(),
        day=TODAY,
        register_now=qualification(),
        register_then=qualification(),
        permits=(permit(),),
    )
    return replace(clean, **changes)


def entered(**changes: Any) -> Dossier:
    """The clean case with another form."""
    return dossier(application=application(entered=form(**changes)))


def registered(**changes: Any) -> Dossier:
    """The clean case with another record, unchanged since the application."""
    record = qualification(**changes)
    return dossier(register_now=record, register_then=record)


def both_contacts(**changes: Any) -> Dossier:
    return entered(main_contact=contact(**changes), applicant_contact=contact(**changes))


def found(case: Dossier, policy: FindingPolicy | None = None) -> tuple[Finding, ...]:
    return find(case, names=RULES, policy=policy or FindingPolicy())


OTHERS = permit(7, applicant="(株)テスト商会92")
SHARED = SharedContact("main_contact.email", "acceptor92@example.co.jp", supplier_number(7), "application")

Case = tuple[str, FindingCode, Severity, Callable[[], Dossier], dict[str, object]]

CASES: list[Case] = [
    ("no permit", FindingCode.PERMIT_MISSING, Severity.BLOCK, lambda: dossier(permits=()), {}),
    (
        "a request only",
        FindingCode.PERMIT_MISSING,
        Severity.BLOCK,
        lambda: dossier(permits=(permit(granted=False),)),
        {"latest_state": "requested"},
    ),
    (
        "withdrawn",
        FindingCode.PERMIT_MISSING,
        Severity.BLOCK,
        lambda: dossier(permits=(permit(state=PermitState.WITHDRAWN),)),
        {"latest_state": "withdrawn"},
    ),
    (
        "void, beside a withdrawn one",
        FindingCode.PERMIT_MISSING,
        Severity.BLOCK,
        lambda: dossier(
            permits=(
                permit(state=PermitState.WITHDRAWN, withdrawn_from=TODAY),
                permit(permit_id="P000999", state=PermitState.VOIDED),
            )
        ),
        {"latest_state": "withdrawn"},
    ),
    (
        "over",
        FindingCode.PERMIT_EXPIRED,
        Severity.BLOCK,
        lambda: dossier(permits=(permit(valid_to=date(2026, 10, 6)),)),
        {"when": "over", "valid_to": "2026-10-06"},
    ),
    (
        "not yet",
        FindingCode.PERMIT_EXPIRED,
        Severity.BLOCK,
        lambda: dossier(permits=(permit(valid_from=date(2026, 10, 8)),)),
        {"when": "not-yet"},
    ),
    (
        "of another number",
        FindingCode.PERMIT_OTHER_SUPPLIER,
        Severity.BLOCK,
        lambda: dossier(permits=(), permits_of_others=(OTHERS,)),
        {"supplier_numbers": ("190000007",)},
    ),
    (
        "not in the register",
        FindingCode.REGISTER_MISSING,
        Severity.BLOCK,
        lambda: dossier(register_now=None, register_then=None),
        {"vanished": False},
    ),
    (
        "vanished",
        FindingCode.REGISTER_MISSING,
        Severity.BLOCK,
        lambda: dossier(register_now=None),
        {"vanished": True},
    ),
    (
        "lapsed",
        FindingCode.REGISTER_LAPSED,
        Severity.BLOCK,
        lambda: registered(valid_to=date(2026, 10, 6)),
        {"when": "over"},
    ),
    (
        "begins later",
        FindingCode.REGISTER_LAPSED,
        Severity.BLOCK,
        lambda: registered(valid_from=date(2026, 10, 8)),
        {"when": "not-yet"},
    ),
    ("a live ID", FindingCode.ALREADY_APPROVED, Severity.BLOCK, lambda: dossier(live_registration=True), {}),
    (
        "another name",
        FindingCode.NAME_DIFFERS,
        Severity.WARNING,
        lambda: entered(trade_name="(株)テスト照会92"),
        {"entered": "(株)テスト照会92", "registered": "(株)テスト商会92"},
    ),
    (
        "a variant",
        FindingCode.NAME_VARIANT,
        Severity.NOTE,
        lambda: replace(
            entered(trade_name="髙橋"), register_now=_named("高橋"), register_then=_named("高橋")
        ),
        {"match": "variant"},
    ),
    (
        "cut at 40",
        FindingCode.NAME_VARIANT,
        Severity.NOTE,
        lambda: replace(entered(trade_name=LONG[:40]), register_now=_named(LONG), register_then=_named(LONG)),
        {"match": "prefix"},
    ),
    (
        "another form",
        FindingCode.LEGAL_FORM_DIFFERS,
        Severity.WARNING,
        lambda: entered(trade_name="(有)テスト商会92"),
        {"differs": "legal-form"},
    ),
    (
        "the form behind",
        FindingCode.LEGAL_FORM_DIFFERS,
        Severity.WARNING,
        lambda: entered(trade_name="テスト商会92(株)"),
        {"differs": "legal-form-position"},
    ),
    (
        "another person",
        FindingCode.REPRESENTATIVE_DIFFERS,
        Severity.NOTE,
        lambda: both_contacts(person="営業 花子"),
        {"entered": "営業 花子", "registered": ("下関 太郎92",)},
    ),
    (
        "another address",
        FindingCode.ADDRESS_DIFFERS,
        Severity.NOTE,
        lambda: both_contacts(address="山口県下関市南部町1番1号"),
        {"entered": "山口県下関市南部町1番1号"},
    ),
    (
        "two mail addresses",
        FindingCode.TWO_ADDRESSES,
        Severity.NOTE,
        lambda: entered(applicant_contact=contact(email="other@example.co.jp")),
        {"fields": ("email",), "applicant_email": "other@example.co.jp"},
    ),
    (
        "two postal addresses",
        FindingCode.TWO_ADDRESSES,
        Severity.NOTE,
        lambda: entered(applicant_contact=contact(postcode="750-0001", address="山口県下関市幸町1")),
        {"fields": ("postcode", "address")},
    ),
    (
        "a shared address",
        FindingCode.SHARED_CONTACT,
        Severity.WARNING,
        lambda: dossier(shared=(SHARED,)),
        {"value": "acceptor92@example.co.jp", "supplier_numbers": ("190000007",)},
    ),
    (
        "a postcode elsewhere",
        FindingCode.POSTCODE_ADDRESS,
        Severity.NOTE,
        lambda: dossier(reference=ReferenceFacts(postcode_mismatch=("main_contact.postcode",))),
        {"postcode": "750-0006", "fields": ("main_contact.postcode",)},
    ),
    (
        "an unknown phone",
        FindingCode.PHONE_UNKNOWN,
        Severity.NOTE,
        lambda: dossier(reference=ReferenceFacts(phone_unknown=("company_phone", "main_contact.phone"))),
        {"value": "083-231-0092", "fields": ("company_phone", "main_contact.phone")},
    ),
    (
        "an odd domain",
        FindingCode.MAIL_DOMAIN_UNUSUAL,
        Severity.NOTE,
        lambda: dossier(reference=ReferenceFacts(mail_unusual=(("applicant_contact.email", "gmial.com"),))),
        {"domain": "gmial.com", "fields": ("applicant_contact.email",)},
    ),
    (
        "changed since",
        FindingCode.CHANGED_SINCE_APPLICATION,
        Severity.WARNING,
        lambda: dossier(register_then=qualification(representative_title="社長", remarks="旧")),
        {"kind": "changed", "fields": ("representative_title", "remarks")},
    ),
    (
        "added since",
        FindingCode.CHANGED_SINCE_APPLICATION,
        Severity.WARNING,
        lambda: dossier(register_then=None),
        {"kind": "added", "fields": ()},
    ),
]


def _named(name: str) -> Any:
    return qualification(trade_name=name)


def test_a_clean_case_has_none() -> None:
    assert found(dossier()) == ()


@pytest.mark.parametrize(
    ("code", "severity", "case", "facts"), [entry[1:] for entry in CASES], ids=[entry[0] for entry in CASES]
)
def test_each_cause_gives_its_finding_alone(
    code: FindingCode, severity: Severity, case: Callable[[], Dossier], facts: dict[str, object]
) -> None:
    (finding,) = found(case())
    assert (finding.code, finding.severity) == (code, severity)
    assert {name: finding.facts[name] for name in facts} == facts


def test_every_code_has_a_case() -> None:
    assert {entry[1] for entry in CASES} == set(FindingCode)


@pytest.mark.parametrize(
    "code", [FindingCode.PERMIT_MISSING, FindingCode.PERMIT_EXPIRED, FindingCode.PERMIT_OTHER_SUPPLIER]
)
def test_a_setting_turns_the_permit_block_into_a_warning(code: FindingCode) -> None:
    case = next(entry[3] for entry in CASES if entry[1] is code)
    (finding,) = found(case(), FindingPolicy(permit_blocks=False))
    assert finding.severity is Severity.WARNING


@pytest.mark.parametrize(
    ("day", "blocked"),
    [
        (date(2026, 4, 1), False),
        (date(2028, 3, 31), False),
        (date(2026, 3, 31), True),
        (date(2028, 4, 1), True),
    ],
)
def test_permit_and_register_count_on_their_first_and_last_day(day: date, blocked: bool) -> None:
    codes = {finding.code for finding in found(dossier(day=day))}
    assert codes == ({FindingCode.PERMIT_EXPIRED, FindingCode.REGISTER_LAPSED} if blocked else set())


def test_an_expired_permit_does_not_hide_one_under_another_number() -> None:
    case = dossier(permits=(permit(valid_to=date(2026, 5, 1)),), permits_of_others=(OTHERS,))
    assert [finding.code for finding in found(case)] == [
        FindingCode.PERMIT_EXPIRED,
        FindingCode.PERMIT_OTHER_SUPPLIER,
    ]


@pytest.mark.parametrize(
    "other", [replace(OTHERS, state=PermitState.REFUSED), replace(OTHERS, valid_to=date(2026, 5, 1))]
)
def test_a_useless_permit_of_another_number_is_not_mentioned(other: Permit) -> None:
    case = dossier(permits=(), permits_of_others=(other,))
    assert [finding.code for finding in found(case)] == [FindingCode.PERMIT_MISSING]


def test_the_own_live_id_of_an_approved_case_is_no_finding() -> None:
    approved = application(state=ApplicationState.APPROVED, decision=Decision(at=NOON, by="tanaka"))
    assert found(dossier(application=approved, live_registration=True)) == ()


@pytest.mark.parametrize(
    "changes",
    [
        {"trade_name": "㈱テスト商会92"},
        {"trade_name": "株式会社テスト商会９２"},
        {"main_contact": contact(person="下関　太郎９２")},
        {"main_contact": contact(email="ACCEPTOR92@example.co.jp")},
        {"main_contact": contact(address="山口県下関市南部町９２番１号")},
    ],
)
def test_notation_alone_is_no_finding(changes: dict[str, Any]) -> None:
    assert found(entered(**changes)) == ()


def test_the_delegate_counts_as_well_as_the_representative() -> None:
    case = registered(
        representative_name="ほか 太郎",
        delegate_name="下関太郎92",
        address="別の所",
        delegate_address=contact().address,
    )
    assert found(case) == ()


def test_what_the_register_does_not_say_is_not_compared() -> None:
    assert found(registered(representative_name="", address=" ")) == ()


def test_a_value_shared_with_several_is_one_finding() -> None:
    more = (
        SHARED,
        replace(SHARED, supplier_number=supplier_number(8), source="register"),
        replace(SHARED, value="083-231-0092", field="company_phone"),
    )
    first, second = found(dossier(shared=more))
    assert {first.facts["value"], second.facts["value"]} == {"acceptor92@example.co.jp", "083-231-0092"}
    both = first if first.facts["value"] == SHARED.value else second
    assert both.facts["supplier_numbers"] == ("190000007", "190000008")
    assert both.facts["sources"] == ("application", "register")


def test_changed_fields_are_named_in_the_order_of_the_record() -> None:
    then, now = qualification(), qualification(phone="083-231-9999", valid_to=None, extra={"a": "1"})
    assert changed_fields(then, now) == ("phone", "valid_to", "extra")


PERMITS = st.lists(
    st.builds(
        lambda n, state, first, last: replace(
            permit(permit_id=f"P{n}"), state=state, valid_from=first, valid_to=last
        ),
        st.integers(1, 9),
        st.sampled_from(PermitState),
        st.dates(date(2026, 1, 1), date(2026, 12, 31)),
        st.one_of(st.none(), st.dates(date(2026, 1, 1), date(2027, 12, 31))),
    ),
    max_size=5,
    unique_by=lambda one: one.id,
)


@given(PERMITS, PERMITS, st.randoms(use_true_random=False))
def test_the_order_of_permits_plays_no_role(own: list[Permit], others: list[Permit], random: Any) -> None:
    shuffled, shuffled_others = own[:], others[:]
    random.shuffle(shuffled)
    random.shuffle(shuffled_others)
    one = dossier(permits=tuple(own), permits_of_others=tuple(others))
    other = dossier(permits=tuple(shuffled), permits_of_others=tuple(shuffled_others))
    assert found(one) == found(other)
    blocks = any(finding.severity is Severity.BLOCK for finding in found(one))
    assert blocks != any(one_permit.in_force(TODAY) for one_permit in own)
