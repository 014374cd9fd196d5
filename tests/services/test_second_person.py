"""A typed confirmation stands in the place of a second person where one person works alone, and nowhere else."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ebidadmin.clock import SettableClock
from ebidadmin.errors import InputError
from ebidadmin.services.ports import Office
from ebidadmin.services.second_person import asks_another, asks_word, is_of_typing, typed_facts
from ebidadmin.services.settings import Settings
from ebidadmin.text import messages
from tests.builders import NOON
from tests.fakes import MemoryStore, office

WORDS = st.from_regex(r"[0-9A-Z]{1,9}", fullmatch=True)


def desk(*, alone: bool) -> Office:
    return office(MemoryStore(SettableClock(NOON)), settings=Settings(one_person=alone))


def full_width(text: str) -> str:
    return "".join(chr(ord(sign) + 0xFEE0) for sign in text)


@pytest.mark.parametrize("alone", [True, False])
@pytest.mark.parametrize("wanted", [True, False])
def test_exactly_one_of_the_two_is_asked_where_one_is_wanted(*, alone: bool, wanted: bool) -> None:
    made = desk(alone=alone)
    assert (asks_another(made, wanted), asks_word(made, wanted)) == (wanted and not alone, wanted and alone)


@given(word=WORDS, typed=st.none() | st.text())
def test_nothing_is_asked_and_nothing_told_where_it_is_not_needed(word: str, typed: str | None) -> None:
    assert typed_facts(desk(alone=False), True, word=word, typed=typed) == {}
    assert typed_facts(desk(alone=True), False, word=word, typed=typed) == {}


@given(word=WORDS)
def test_the_word_is_told_however_wide_it_was_typed(word: str) -> None:
    for typed in (word, full_width(word), f" {word}\u3000"):
        told = typed_facts(desk(alone=True), True, word=word, typed=typed)
        assert told == {"manner": "typed-confirmation", "typed": word}


@given(word=WORDS, typed=st.none() | st.text() | WORDS)
def test_anything_else_is_refused_and_not_repeated(word: str, typed: str | None) -> None:
    assume(unicodedata.normalize("NFKC", typed or "").strip() != word)
    with pytest.raises(InputError) as caught:
        typed_facts(desk(alone=True), True, word=word, typed=typed)
    assert is_of_typing(caught.value)
    assert dict(caught.value.facts) == {"word": word}
    assert f"「{word}」" in messages.sentence(caught.value)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        (None, "typed-confirmation-missing"),
        ("", "typed-confirmation-missing"),
        (" \u3000", "typed-confirmation-missing"),
        ("Canary-pass-93x!", "typed-confirmation-wrong"),
    ],
)
def test_what_is_missing_and_what_is_wrong_are_told_apart(typed: str | None, code: str) -> None:
    with pytest.raises(InputError, match=code) as caught:
        typed_facts(desk(alone=True), True, word="190000092", typed=typed)
    assert "Canary" not in str(caught.value)
