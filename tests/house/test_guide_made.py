"""The pages of the guide that are made from the program are what the program makes of them now, and lack nothing."""

from __future__ import annotations

from collections import Counter

import pytest

from ebidadmin.domain.eligibility import Lack
from ebidadmin.domain.findings import FindingCode
from ebidadmin.domain.followups import FollowUpCode
from ebidadmin.text import diagnosis, guide
from ebidadmin.text.error_sentences import ERRORS
from ebidadmin.text.problem_sentences import PROBLEMS, ROW_PROBLEMS
from ebidadmin.text.troubles import TROUBLES
from tests.house.source import ROOT
from tests.vocabulary import vocabulary
from tools import guide_pages

MADE = guide_pages.pages()


@pytest.mark.parametrize("name", sorted(MADE))
def test_the_committed_page_is_what_the_program_makes(name: str) -> None:
    kept = (ROOT / "docs" / "guide" / name).read_text(encoding="utf-8")
    assert kept == MADE[name], "write it anew: .venv/bin/python -m tools.guide_pages"


def test_every_sentence_of_an_error_stands_on_the_page() -> None:
    listed = Counter((code, text) for part in guide_pages.PARTS.values() for code, text in part())
    wanted = [*ERRORS.items(), *PROBLEMS.items(), *ROW_PROBLEMS.items()]
    wanted += [one for one in diagnosis.FOUND.items() if one[0] not in guide.NO_FAULTS]
    assert [one for one in wanted if one not in listed] == []
    assert set(guide.GROUPS) == set(guide_pages.PARTS)


def test_every_finding_item_and_lack_stands_on_the_page() -> None:
    for part, codes in (("findings", FindingCode), ("follow-ups", FollowUpCode), ("eligibility", Lack)):
        assert {code for code, _ in guide_pages.PARTS[part]()} == {one.value for one in codes}


def test_no_part_says_a_sentence_of_the_same_code_twice() -> None:
    for part, listed in guide_pages.PARTS.items():
        told = Counter(listed())
        assert [one for one, times in told.items() if times > 1] == [], part


def test_nothing_is_told_what_to_do_about_that_is_not_said() -> None:
    codes = {code for part in guide_pages.PARTS.values() for code, _ in part()}
    assert set(guide.REMEDIES) <= codes
    assert set(diagnosis.FOUND) >= guide.NO_FAULTS


def test_a_sentence_without_anything_to_do_would_be_found() -> None:
    with pytest.raises(KeyError):
        guide_pages.remedy("no-such-code", "何かが違います。")


def test_blanks_stand_where_values_would() -> None:
    assert guide_pages.shown("{field}は{limit}文字です({{…}})。") == "○○は○○文字です({…})。"


def test_questions_are_many_and_name_refusals_that_there_are() -> None:
    assert len(TROUBLES) >= 20
    assert len({one.symptom for one in TROUBLES}) == len(TROUBLES)
    assert {code for one in TROUBLES for code in one.codes} <= {*ERRORS, *PROBLEMS}


def test_every_page_of_the_guide_is_in_the_order_of_the_whole() -> None:
    assert sorted(guide.PAGES) == sorted(path.stem for path in (ROOT / "docs" / "guide").glob("*.md"))


def test_what_is_said_about_the_program_is_compared_with_it() -> None:
    assert "業者番号がわからない、業者番号の通知をなくした" not in vocabulary()
