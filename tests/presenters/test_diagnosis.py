"""What the look at a computer amounts to, in words."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ebidadmin.cli import checks
from ebidadmin.domain.diagnosis import Found, FoundCode, Helper, Item, Verdict, refused
from ebidadmin.errors import CardError
from ebidadmin.presenters.diagnosis import Diagnosis
from ebidadmin.text import diagnosis as words

LOCKED = refused(Item.CARD, CardError("card-pin-locked", step="find"), place="リーダー1")
OPEN = Found(item=Item.HOURS, verdict=Verdict.GOOD, code="door-open")
CLOSED = Found(
    item=Item.HOURS,
    verdict=Verdict.ATTENTION,
    code="door-closed-now",
    facts={"next_opening": "2026-11-30T08:30:00+09:00"},
)


def state(*found: Found, cards: tuple[Found, ...] = (), **contacts: str) -> Diagnosis:
    named = {Helper.AUTHORITY: contacts["ca"]} if contacts else None
    return Diagnosis(look_at_office=lambda: iter(found), look_at_cards=lambda: iter(cards), contacts=named)


def run(made: Diagnosis) -> Diagnosis:
    made.run_office(lambda: None)
    made.run_cards(lambda: None)
    return made


def test_nothing_wrong_is_said_as_such() -> None:
    notice = run(state(OPEN)).notice
    assert (notice.tone, notice.text) == ("success", words.ALL_GOOD)


def test_faults_and_attentions_are_counted_over_both_parts() -> None:
    notice = run(state(CLOSED, cards=(LOCKED,))).notice
    assert (notice.tone, notice.text) == ("error", "悪いところが1件、注意が1件あります。")


def test_a_line_says_what_is_wrong_and_whom_to_ask() -> None:
    (line,) = run(state(cards=(LOCKED,), ca="青葉認証局 03-0000-0001")).cards
    assert (line.item, line.verdict, line.tone) == ("ICカード リーダー1", "異常", "error")
    assert "認証局に解除を申し込んでください" in line.sentence
    assert line.helper == "ICカードを発行した認証局 (青葉認証局 03-0000-0001)"


def test_a_moment_is_written_as_japans_clocks_show_it() -> None:
    (line,) = run(state(CLOSED)).office
    assert "2026/11/30(月) 8:30" in line.sentence
    assert run(state(CLOSED)).copied == f"[注意] 利用時間: {line.sentence}"


def test_lines_arrive_one_by_one_and_looking_again_begins_anew() -> None:
    made = state(OPEN, CLOSED)
    seen: list[tuple[int, str]] = []
    made.run_office(lambda: seen.append((len(made.office), made.looking)))
    assert seen == [(1, "office"), (2, "office"), (2, "")]
    seen.clear()
    made.run_office(lambda: seen.append((len(made.office), made.looking)))
    assert seen[0] == (1, "office")


def test_a_look_that_breaks_is_no_longer_at_work() -> None:
    def breaks() -> Iterator[Found]:
        yield OPEN
        raise RuntimeError("broken")

    made = Diagnosis(look_at_office=breaks, look_at_cards=lambda: iter(()))
    with pytest.raises(RuntimeError):
        made.run_office(lambda: None)
    assert made.looking == ""


def test_every_code_has_a_sentence_in_both_languages_and_every_sentence_a_code() -> None:
    assert set(words.FOUND) == set(FoundCode)
    assert set(checks.SAID) == set(FoundCode)
    assert set(words.ITEMS) == set(Item)
    assert set(words.HELPERS) == set(Helper)
