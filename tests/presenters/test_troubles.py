"""The search in what suppliers ask: by symptom, by number, by the words of a refusal."""

from __future__ import annotations

import pytest

from ebidadmin.presenters.troubles import MAX_SEARCH, TroubleSearch
from ebidadmin.text.troubles import TROUBLES


def symptoms(typed: str) -> list[str]:
    state = TroubleSearch()
    state.search(typed)
    return [one.symptom for one in state.found]


@pytest.mark.parametrize("typed", ["", "   ", "　"])
def test_nothing_typed_shows_all(typed: str) -> None:
    assert symptoms(typed) == [one.symptom for one in TROUBLES]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("03001", "「03001 デバイスが使用できません」と表示される、カードリーダーが見つからない"),
        ("０３００１", "「03001 デバイスが使用できません」と表示される、カードリーダーが見つからない"),
        ("applet-critical", "画面が開かない、「APPLET-CRITICAL」で始まる番号が表示される"),
        ("null", "ICカード取得者住所が「null」と表示される"),
        ("card-pin-locked", "PIN番号を間違えた、ICカードがロックされた"),
        (
            "ユーザーIDとパスワードの組合せが正しくありません",
            "IDがロックされた。正しいパスワードでも入れない",
        ),
        ("迷惑メール", "通知メールが届かない"),
        ("メール 片方", "メールアドレスを変えたのに、前のアドレスにメールが届く"),
    ],
)
def test_it_is_found_by_number_word_code_and_sentence(typed: str, expected: str) -> None:
    found = symptoms(typed)
    assert expected in found
    assert len(found) < len(TROUBLES)


def test_every_word_has_to_be_there() -> None:
    assert symptoms("ロック なすび") == []
    assert len(symptoms("ロック 認証局")) < len(symptoms("ロック"))


def test_each_question_is_found_by_its_own_symptom_and_by_its_further_words() -> None:
    for one in TROUBLES:
        assert one.symptom in symptoms(one.symptom)
        assert all(one.symptom in symptoms(word) for word in (*one.also, *one.codes))


def test_what_is_too_long_is_cut() -> None:
    state = TroubleSearch()
    state.search("あ" * (MAX_SEARCH + 1))
    assert len(state.typed) == MAX_SEARCH
