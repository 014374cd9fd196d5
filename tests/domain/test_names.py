"""The name match: every class, what must never match, and the algebra of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ebidadmin.bundled import bundled
from ebidadmin.domain.names import (
    MatchClass,
    NameMatch,
    NameRules,
    compare,
    compare_text,
    fold,
    fold_name,
    matches_search,
)
from ebidadmin.reference.names import load_name_rules

RULES = load_name_rules(bundled("data"))

# Texts in which the interesting things happen often, beside any text at all.
PIECES = st.sampled_from(
    [
        *"(株)（株）㈱㊑株式会社",
        "株式会社",
        "(有)",
        "有限会社",
        "(同)",
        "髙",
        "高",
        "﨑",
        "齋",
        "斎",
        "斉",
        " ",
        "　",
        "-",
        "ー",
        "〜",
        "～",
        "1",
        "Ａ",
        "か",
        "゙",
        "゛",
        "ｶﾞ",
        "ß",
        "İ",
        "神",
        "󠄀",
    ]
)
TEXTS = st.one_of(st.text(max_size=50), st.lists(PIECES, max_size=12).map("".join))


@pytest.mark.parametrize(
    ("entered", "registered", "expected"),
    [
        ("(株)テスト商会01", "(株)テスト商会01", MatchClass.IDENTICAL),
        ("(株)テスト商会01", "（株）テスト商会０１", MatchClass.WIDTH),
        ("（株）テスト 商会", "（株）テスト　商会", MatchClass.WIDTH),
        ("ﾃｽﾄ商会", "テスト商会", MatchClass.WIDTH),
        ("ABC商会", "Ａｂｃ商会", MatchClass.WIDTH),
        ("テスト\u2212商会", "テスト\uff0d商会", MatchClass.WIDTH),
        ("テスト\u301c商会", "テスト\uff5e商会", MatchClass.WIDTH),
        ("①商会", "1商会", MatchClass.WIDTH),
        ("㈱テスト商会", "（株）テスト商会", MatchClass.LEGAL_FORM),
        ("㊑テスト商会", "㈱テスト商会", MatchClass.LEGAL_FORM),
        ("㍿テスト商会", "(株)テスト商会", MatchClass.LEGAL_FORM),
        ("株式会社テスト商会", "（株） テスト商会", MatchClass.LEGAL_FORM),
        ("テスト商会株式会社", "テスト商会㈱", MatchClass.LEGAL_FORM),
        ("有限会社テスト商会", "㈲テスト商会", MatchClass.LEGAL_FORM),
        ("合同会社テスト", "（同）テスト", MatchClass.LEGAL_FORM),
        ("特定非営利活動法人テスト", "ＮＰＯ法人テスト", MatchClass.LEGAL_FORM),
        ("一般社団法人テスト", "(一社)テスト", MatchClass.LEGAL_FORM),
        ("髙橋商会", "高橋商会", MatchClass.VARIANT),
        ("山﨑商会", "山崎商会", MatchClass.VARIANT),
        ("濵田", "濱田", MatchClass.VARIANT),
        ("濵田", "浜田", MatchClass.VARIANT),
        ("德山", "徳山", MatchClass.VARIANT),
        ("瀨戸", "瀬戸", MatchClass.VARIANT),
        ("桒原", "桑原", MatchClass.VARIANT),
        ("諌山", "諫山", MatchClass.VARIANT),
        ("渡邊", "渡邉", MatchClass.VARIANT),
        ("齋藤", "斎藤", MatchClass.VARIANT),
        ("齊藤", "斉藤", MatchClass.VARIANT),
        ("株式會社髙島", "(株)高島", MatchClass.VARIANT),
        ("𠮷田", "吉田", MatchClass.VARIANT),
        ("神田", "神田", MatchClass.IDENTICAL),
        ("\ufa19田", "神田", MatchClass.VARIANT),
        ("葛\U000e0100城", "葛城", MatchClass.VARIANT),
        ("旭ヶ丘", "旭ケ丘", MatchClass.VARIANT),
    ],
)
def test_names_that_match_do_so_in_their_class(entered: str, registered: str, expected: MatchClass) -> None:
    assert compare(entered, registered, RULES) == NameMatch(expected)
    assert compare(registered, entered, RULES) == NameMatch(expected)


@pytest.mark.parametrize(
    ("entered", "registered", "differs"),
    [
        ("(株)テスト照会01", "(株)テスト商会01", "core"),
        ("(株)テスト", "テスト(株)", "legal-form-position"),
        ("株式会社テスト", "テスト㈱", "legal-form-position"),
        ("(有)テスト", "(株)テスト", "legal-form"),
        ("テスト(有)", "(株)テスト", "legal-form"),
        ("テスト", "(株)テスト", "legal-form"),
        ("テスト株", "テスト(株)", "core"),
        ("株テスト", "㊑テスト", "core"),
        ("斎藤", "斉藤", "core"),
        ("齋藤", "斉藤", "core"),
        ("齋藤", "齊藤", "core"),
        ("フイルム", "フィルム", "core"),
        ("データ", "デ－タ", "core"),
        ("(一社)テスト", "(一財)テスト", "legal-form"),
        ("一般社団法人テスト", "社団法人テスト", "legal-form"),
        ("山崎", "山埼", "core"),
        ("", "(株)テスト", "core"),
    ],
)
def test_other_names_never_match_and_say_which_part_differs(
    entered: str, registered: str, differs: str
) -> None:
    match = compare(entered, registered, RULES)
    assert (match.cls, match.differs, match.matches) == (MatchClass.DIFFERENT, differs, False)
    assert compare(registered, entered, RULES).differs == differs


@pytest.mark.parametrize("core", ["テスト商会", "山田", "A", "株", "会社"])
@pytest.mark.parametrize("form", ["(株)", "（有）", "㈱", "合同会社", "(一社)", "（資）"])
def test_a_legal_form_is_never_stripped(core: str, form: str) -> None:
    names = [form + core, core + form, core, "（有）" + core if "有" not in form else "(株)" + core]
    for one in names:
        for other in names:
            assert compare(one, other, RULES).matches == (one == other)


def test_a_mismatch_holds_nothing_of_the_registered_name() -> None:
    match = matches_search("(株)テスト照会01", "(株)ヒミツ商会", RULES)
    assert "ヒミツ" not in repr(match)


LONG = "（株）" + "あ" * 36 + "いう"
"""41 characters."""


@pytest.mark.parametrize(
    ("entered", "registered", "expected"),
    [
        (LONG[:40], LONG, MatchClass.PREFIX),
        (LONG.replace("（株）", "㈱")[:38], LONG, MatchClass.PREFIX),
        (LONG.replace("（株）", "㈱"), LONG, MatchClass.LEGAL_FORM),
        (LONG[:39], LONG, MatchClass.DIFFERENT),
        (LONG[:39] + "え", LONG, MatchClass.DIFFERENT),
        (LONG[:39], LONG[:40], MatchClass.DIFFERENT),
        (LONG[:40], LONG[:40], MatchClass.IDENTICAL),
        ("（有）" + LONG[3:40], LONG, MatchClass.DIFFERENT),
    ],
)
def test_a_name_longer_than_the_field_matches_on_its_first_40(
    entered: str, registered: str, expected: MatchClass
) -> None:
    assert len(LONG) == 41
    assert matches_search(entered, registered, RULES).cls is expected


@pytest.mark.parametrize(
    ("entered", "registered", "expected"),
    [
        ("代表 1太郎", "代表　１太郎", MatchClass.WIDTH),
        ("代表1太郎", "代表 1太郎", MatchClass.WIDTH),
        ("山口県下関市1\u22121\u22121", "山口県下関市１\uff0d１\uff0d１", MatchClass.WIDTH),
        ("下関市南部町1ー1", "下関市南部町1-1", MatchClass.WIDTH),
        ("髙橋 太郎", "高橋太郎", MatchClass.VARIANT),
        ("山田 太郎", "山田 次郎", MatchClass.DIFFERENT),
        ("あ" * 40 + "２０３号", "あ" * 40, MatchClass.PREFIX),
        ("あ" * 41, "あ" * 39, MatchClass.DIFFERENT),
        ("あ" * 40, "あ" * 41, MatchClass.DIFFERENT),
        ("(株)", "㈱", MatchClass.VARIANT),
    ],
)
def test_persons_and_addresses(entered: str, registered: str, expected: MatchClass) -> None:
    assert compare_text(entered, registered, RULES) is expected


def test_without_data_only_notation_is_folded() -> None:
    bare = NameRules()
    assert compare("㈱テスト", "（株）テスト", bare).cls is MatchClass.WIDTH
    assert not compare("髙橋", "高橋", bare).matches
    assert not compare("株式会社テスト", "(株)テスト", bare).matches


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("（株） テスト　商会", "(株)テスト商会"),
        ("１‐２‑３–４—５―６−７－８ー９", "1-2-3-4-5-6-7-8-9"),
        ("〜～∼", "~~~"),
        ("データ", "データ"),
        ("か゛", "が"),
        ("ABC", "abc"),
        ("髙﨑", "髙﨑"),
        ("", ""),
    ],
)
def test_folding(text: str, expected: str) -> None:
    assert fold(text) == expected


@given(TEXTS)
def test_folding_is_idempotent(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert fold_name(fold_name(text, RULES), RULES) == fold_name(text, RULES)


@given(TEXTS)
def test_a_name_matches_itself(text: str) -> None:
    assert compare(text, text, RULES) == NameMatch(MatchClass.IDENTICAL)
    assert compare_text(text, text, RULES) is MatchClass.IDENTICAL


@given(TEXTS, TEXTS)
def test_the_comparison_is_symmetric_and_agrees_with_the_twins(one: str, other: str) -> None:
    match = compare(one, other, RULES)
    assert match == compare(other, one, RULES)
    assert match.matches == (fold_name(one, RULES) == fold_name(other, RULES))
    assert (match.differs is None) == match.matches


@given(TEXTS, TEXTS)
def test_the_search_only_adds_the_prefix(entered: str, registered: str) -> None:
    plain, search = compare(entered, registered, RULES), matches_search(entered, registered, RULES)
    assert search == plain or (search.cls is MatchClass.PREFIX and len(registered) > 40 and not plain.matches)


@given(st.text(st.sampled_from("あ1A髙 ー-("), min_size=41, max_size=60))
def test_every_long_name_is_found_by_its_first_40(registered: str) -> None:
    assert matches_search(registered[:40], registered, RULES).matches
