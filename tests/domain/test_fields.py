"""Every field rule of the registration screens, with good, bad and border values."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ebidadmin.domain.contacts import CONTACT_FIELDS
from ebidadmin.domain.fields import (
    FormRules,
    character_problems,
    check_contact,
    check_id_form,
    check_password,
    check_search,
    fold_half_width,
    trim,
)
from ebidadmin.errors import Problem
from ebidadmin.reference.mails import MailDomainsLibrary
from tests.builders import raw_form, search_form

RULES = FormRules(mail_ok=MailDomainsLibrary().valid)


def codes(problems: tuple[Problem, ...]) -> list[tuple[str, str]]:
    return [(problem.where, problem.code) for problem in problems]


def of_form(key: str, value: str) -> list[str]:
    """The problem codes of one field of an otherwise good form; no other field may have any."""
    raw = raw_form()
    raw[key] = value
    if key.endswith(".email"):
        raw[f"{key}_again"] = value
    problems = check_id_form(raw, rules=RULES).problems
    assert {problem.where for problem in problems} <= {key, f"{key}_again"}
    return [problem.code for problem in problems if problem.where == key]


def test_a_good_form_becomes_a_value_unchanged() -> None:
    checked = check_id_form(raw_form(), rules=RULES)
    assert checked.problems == ()
    assert checked.folded == {}
    assert checked.value is not None
    assert checked.value.main_contact.email == raw_form()["main_contact.email"]


@pytest.mark.parametrize(
    ("value", "problems"),
    [
        ("190000092", []),
        ("000000001", []),
        ("ABCdef123", []),
        (" 190000092　", []),
        ("１９００００９２２", []),
        ("ＡＢ０００００９２", []),
        ("", ["required"]),
        ("　 ", ["required"]),
        ("19000009", ["wrong-length"]),
        ("1900000092", ["wrong-length"]),
        ("19-000009", ["not-alphanumeric"]),
        ("19000009Ａ", []),
        ("19000009あ", ["not-alphanumeric"]),
        ("19000009٣", ["unsupported-character"]),
        ("1900 0009", ["not-alphanumeric"]),
    ],
)
def test_the_supplier_number(value: str, problems: list[str]) -> None:
    assert of_form("supplier_number", value) == problems
    found = check_search(search_form() | {"supplier_number": value}, rules=RULES).problems
    assert [problem.code for problem in found] == problems


def test_leading_zeros_stay_and_folding_is_told() -> None:
    checked = check_search(search_form() | {"supplier_number": "０００００００９２"}, rules=RULES)
    assert checked.value is not None
    assert checked.value.supplier_number == "000000092"
    assert checked.folded == {"supplier_number": ("０００００００９２", "000000092")}


LIMITS = [
    ("trade_name", 40),
    ("branch", 30),
    *(
        (f"{group}.{name}", 60)
        for group in ("main_contact", "applicant_contact")
        for name in ("name", "address")
    ),
    *((f"{group}.person", 20) for group in ("main_contact", "applicant_contact")),
]


@pytest.mark.parametrize(("key", "limit"), LIMITS)
def test_text_limits_count_code_points(key: str, limit: int) -> None:
    assert of_form(key, "あ" * limit) == []
    assert of_form(key, "　" + "あ" * limit + " ") == []
    assert of_form(key, "あ" * (limit + 1)) == ["too-long"]
    assert of_form(key, "") == ["required"]
    assert of_form(key, "　") == ["required"]


def test_the_branch_limit_is_a_setting() -> None:
    longer = FormRules(mail_ok=RULES.mail_ok, branch_limit=31)
    assert check_id_form(raw_form(branch="あ" * 31), rules=longer).problems == ()


def test_too_long_says_how_long_and_nothing_is_cut() -> None:
    (problem,) = check_search(search_form() | {"trade_name": "あ" * 41}, rules=RULES).problems
    assert problem.facts == {"limit": 40, "length": 41}


@pytest.mark.parametrize(
    "value", ["㈱髙﨑商会", "テスト～商会－１", "①Ⅲ", "テスト\u301c商会\u2212", "ﾃｽﾄ", "Ａ　Ｂ", "本店"]
)
def test_texts_stay_as_they_are(value: str) -> None:
    checked = check_search(search_form() | {"trade_name": value}, rules=RULES)
    assert checked.value is not None
    assert checked.value.trade_name == value


@pytest.mark.parametrize(
    ("character", "code", "instead"),
    [
        ("\ue000", "private-use-character", ""),
        ("\U000f0000", "private-use-character", ""),
        ("\ufffd", "replacement-character", ""),
        ("\t", "control-character", ""),
        ("\n", "control-character", ""),
        ("\x00", "control-character", ""),
        ("\x7f", "control-character", ""),
        ("𠮷", "unsupported-character", ""),
        ("鷗", "unsupported-character", ""),
        ("\u200b", "unsupported-character", ""),
        ("\ud800", "unsupported-character", ""),
        ("\u2014", "unsupported-character", "\u2015"),
        ("\u00a5", "unsupported-character", "\uffe5"),
    ],
)
def test_a_character_that_cannot_be_held_is_named_with_its_position(
    character: str, code: str, instead: str
) -> None:
    (problem,) = check_search(search_form() | {"trade_name": f" テスト{character}商会"}, rules=RULES).problems
    assert (problem.where, problem.code) == ("trade_name", code)
    assert problem.facts["codepoint"] == f"U+{ord(character):04X}"
    assert problem.facts["position"] == 4
    assert problem.facts["instead"] == instead
    assert problem.facts["character"] == (character if character.isprintable() else "")


def test_each_bad_character_is_told_once() -> None:
    found = character_problems("branch", "\ue000a\ue000𠮷")
    assert [(problem.code, problem.facts["position"]) for problem in found] == [
        ("private-use-character", 1),
        ("unsupported-character", 4),
    ]


@pytest.mark.parametrize(
    ("value", "problems"),
    [
        ("123-4567", []),
        ("１２３－４５６７", []),
        ("123ー4567", []),
        ("123\u22124567", []),
        ("1234567", ["postcode-form"]),
        ("123-456", ["postcode-form"]),
        ("123-45678", ["postcode-form"]),
        ("〒123-4567", ["postcode-form"]),
        ("123-4567\n", ["control-character"]),
        ("", ["required"]),
    ],
)
def test_postcodes(value: str, problems: list[str]) -> None:
    assert of_form("main_contact.postcode", value) == problems


@pytest.mark.parametrize(
    "key", ["company_phone", "company_fax", "main_contact.phone", "applicant_contact.fax"]
)
@pytest.mark.parametrize(
    ("value", "problems"),
    [
        ("03-0000-0001", []),
        ("123-4567-7890", []),
        ("０３－００００－０００１", []),
        ("03-12345678", []),
        ("12-345-6789", []),  # 9 digits
        ("1-2-3-456789", []),
        ("12-34-567", ["phone-form"]),  # 7 digits
        ("12-345-678", ["phone-form"]),  # 8
        ("1234-5678-90123", []),  # 13
        ("1234-5678-901234", ["phone-form"]),  # 14
        ("0300000001", ["phone-form"]),  # one group
        ("0-3-0000-0001-1", ["phone-form"]),  # five groups
        ("03--0000-0001", ["phone-form"]),
        ("-03-0000-0001", ["phone-form"]),
        ("03-0000-0001-", ["phone-form"]),
        ("(03)0000-0001", ["phone-form"]),
        ("03 0000 0001", ["phone-form"]),
        ("", ["required"]),
    ],
)
def test_phone_numbers(key: str, value: str, problems: list[str]) -> None:
    assert of_form(key, value) == problems


@pytest.mark.parametrize(
    ("value", "problems"),
    [
        ("acceptor1@hisasp.com", []),
        ("test@test.com", []),
        ("ａｃｃｅｐｔｏｒ1@hisasp.com", []),
        ("a" * 64 + "@" + "b" * 31 + ".com", []),  # 100
        ("a" * 64 + "@" + "b" * 32 + ".com", ["too-long"]),  # 101
        ("a＠b.jp", ["not-half-width"]),
        ("a b@b.jp", ["not-half-width"]),
        ("あ@b.jp", ["not-half-width"]),
        ("a@b", ["mail-form"]),
        ("a@@b.jp", ["mail-form"]),
        ("a..b@c.jp", ["mail-form"]),
        ("@b.jp", ["mail-form"]),
        ("", ["required"]),
    ],
)
def test_mail_addresses(value: str, problems: list[str]) -> None:
    assert of_form("applicant_contact.email", value) == problems


def test_the_repeated_address_must_be_equal() -> None:
    raw = raw_form(main_contact__email_again="other@example.jp")
    assert codes(check_id_form(raw, rules=RULES).problems) == [("main_contact.email_again", "not-equal")]
    raw = raw_form(main_contact__email_again="")
    assert codes(check_id_form(raw, rules=RULES).problems) == [("main_contact.email_again", "required")]
    raw = raw_form(main_contact__email="ａ@example.jp", main_contact__email_again="a@example.jp")
    assert check_id_form(raw, rules=RULES).problems == ()


def test_a_batch_has_no_second_entry() -> None:
    assert check_id_form(raw_form(again=False), rules=RULES, need_email_again=False).problems == ()
    assert len(check_id_form(raw_form(again=False), rules=RULES).problems) == 2


CREDENTIALS = [
    ("oi25io14", []),
    ("abcde1", []),
    ("a2345678901234567890", []),
    ("abcd1", ["length-out-of-range"]),
    ("a23456789012345678901", ["length-out-of-range"]),
    ("abcdef", ["letter-and-digit-needed"]),
    ("123456", ["letter-and-digit-needed"]),
    ("abc12", ["length-out-of-range"]),
    ("abc", ["length-out-of-range", "letter-and-digit-needed"]),
    ("abc-123", ["not-alphanumeric"]),
    ("abc 123", ["not-alphanumeric"]),
    ("abcあ123", ["not-alphanumeric"]),
    ("", ["required"]),
]


@pytest.mark.parametrize(("value", "problems"), [*CREDENTIALS, ("ａｂｃ１２３", [])])
def test_the_user_id(value: str, problems: list[str]) -> None:
    assert of_form("user_id", value) == problems


@pytest.mark.parametrize(("value", "problems"), [*CREDENTIALS, ("ａｂｃ１２３", ["not-alphanumeric"])])
def test_the_password(value: str, problems: list[str]) -> None:
    entered = bytearray(value.encode())
    found = check_password(entered, bytearray(entered), "shoukai92")
    own = [problem.code for problem in found if problem.where == "password"]
    assert own == problems
    assert [problem.code for problem in found if problem.where == "password_again"] == (
        ["required"] if not value else []
    )
    assert entered == bytearray(value.encode())


def test_the_repeated_password_must_be_equal() -> None:
    good = bytearray(b"oi25io14")
    assert codes(check_password(good, bytearray(b"oi25io15"), "user01")) == [("password_again", "not-equal")]
    assert codes(check_password(good, bytearray(), "user01")) == [("password_again", "required")]
    assert codes(check_password(good, bytearray(good), "user01")) == []


@pytest.mark.parametrize("user_id", ["oi25io14", "OI25IO14", "ｏｉ25io14", " oi25io14 "])
def test_the_password_is_not_the_user_id(user_id: str) -> None:
    found = check_password(bytearray(b"oi25io14"), bytearray(b"oi25io14"), user_id)
    assert codes(found) == [("password", "same-as-user-id")]


@given(st.binary(max_size=30), st.binary(max_size=30), st.text(max_size=30))
def test_password_problems_never_hold_the_password(password: bytes, again: bytes, user_id: str) -> None:
    for problem in check_password(bytearray(password), bytearray(again), user_id):
        assert set(problem.facts) <= {"least", "most"}


@pytest.mark.parametrize("key", ["user_id", "password"])
@pytest.mark.parametrize("value", ["abc123", " ", "　"])
def test_the_search_takes_no_credentials(key: str, value: str) -> None:
    (problem,) = check_search(search_form() | {key: value}, rules=RULES).problems
    assert (problem.where, problem.code, dict(problem.facts)) == (key, "must-be-empty", {})


def test_all_problems_at_once() -> None:
    found = {problem.where for problem in check_id_form({}, rules=RULES).problems}
    contact_keys = {
        f"{group}.{name}" for group in ("main_contact", "applicant_contact") for name in CONTACT_FIELDS
    }
    assert found >= contact_keys | {
        "supplier_number",
        "trade_name",
        "company_phone",
        "company_fax",
        "branch",
        "user_id",
    }


@pytest.mark.parametrize("value", [None, 190000092, ["a"], True])
def test_what_is_not_text_is_a_problem(value: object) -> None:
    raw: dict[str, object] = {**search_form(), "supplier_number": value}
    (problem,) = check_search(raw, rules=RULES).problems
    assert problem.code == ("required" if value is None else "not-text")


def test_a_contact_alone() -> None:
    raw = {key.removeprefix("main_contact."): value for key, value in raw_form().items() if "main_" in key}
    checked = check_contact(raw, rules=RULES)
    assert checked.value is not None
    assert checked.problems == ()
    assert check_contact(raw_form(), rules=RULES, prefix="main_contact").value == checked.value


KEYS = [*raw_form(), "password"]


@given(
    st.dictionaries(
        st.sampled_from(KEYS), st.one_of(st.text(max_size=70), st.characters(), st.none(), st.integers())
    )
)
def test_checks_never_raise_and_name_known_fields(raw: dict[str, object]) -> None:
    for checked in (check_id_form(raw, rules=RULES), check_search(raw, rules=RULES)):
        assert {problem.where for problem in checked.problems} <= set(KEYS)
        assert set(checked.folded) <= set(KEYS)
        assert (checked.value is None) == bool(checked.problems)


@given(st.text())
def test_folding_and_trimming_are_idempotent_and_cut_nothing(text: str) -> None:
    assert fold_half_width(fold_half_width(text)) == fold_half_width(text)
    assert len(fold_half_width(text)) == len(text)
    assert trim(trim(text)) == trim(text)
    assert trim(text) in text


@given(st.text(max_size=80))
def test_what_is_accepted_is_what_was_entered(text: str) -> None:
    checked = check_search(search_form() | {"trade_name": text}, rules=RULES)
    if checked.value is not None:
        assert checked.value.trade_name == trim(text)
        checked.value.trade_name.encode("cp932")


def test_every_visible_sign_of_ascii_can_be_received() -> None:
    visible = "".join(map(chr, range(0x20, 0x7F)))
    assert character_problems("name", visible) == ()
    assert visible.encode("cp932").decode("cp932") == visible


@pytest.mark.parametrize("sign", ["\x00", "\x1f", "\x7f", "\t", "\n"])
def test_a_control_character_is_found_among_plain_letters(sign: str) -> None:
    (problem,) = character_problems("name", f"abc{sign}")
    assert (problem.code, problem.facts["position"]) == ("control-character", 4)
