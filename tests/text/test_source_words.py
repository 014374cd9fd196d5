"""The screens of the ID application say what the city's manual says, in its words."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from ebidadmin.text import screens
from ebidadmin.text.screens import DOORS, SCREENS, ScreenText
from tests.needs import ROOT

EXPECTED: dict[str, tuple[str, ...]] = {
    "P-1": (
        "電子入札システムポータルサイト",
        "令和2年9月28日以降は新方式のみ対応",
        "各種システムマニュアル",
        "電子入札システム",
        "入札情報公開システム",
        "入札参加資格申請受付システム",
    ),
    "P-2": ("工事、コンサル", "物品、役務", "少額物品、少額役務"),
    "P-3a": (
        "利用者登録",
        "電子入札システム",
        "認証局",
        "業務実行中は、この画面を閉じないで下さい。業務画面よりも先にこの画面を閉じると、アプリケーションが正常に終了しない場合があります。",
    ),
    "P-3b": (
        "利用者申請・変更",
        "電子入札:ICカード",
        "電子入札:ID/パスワード",
        "ID/パスワードを変更する場合もこちらをクリックしてください。",
        "業務実行中は、この画面を閉じないで下さい。業務画面よりも先にこの画面を閉じると、アプリケーションが正常に終了しない場合があります。",
    ),
    "ID-0": (
        "受注者クライアント",
        "必要なファイルを読み込んでいますので時刻表示がされるまで、操作をしないでください。",
        "利用者登録処理",
    ),
    "ID-1": ("簡易認証利用者登録メニュー", "ID登録申請", "変更"),
    "ID-2": (
        "資格審査情報検索",
        "業者番号、商号又は名称、ユーザID、パスワードを入力してください。",
        "(半角英数字9文字)",
        "(40文字以内)",
        "半角英数字6文字以上20以内",
        "【注意事項】",
        "9桁必須",
        "空白(なにも入力しない)",
        "ご不明なときは、下記までお問い合わせください。",
        "検索",
        "戻る",
    ),
    "ID-3": (
        "ID登録申請",
        "審査結果が却下の場合は、却下の理由を確認の上、再度ID申請情報の登録を行ってください。",
        "代表窓口情報とID登録者連絡先情報は、できるだけ同じ内容",
        "入力したID/パスワードはこの時点で必ずメモを取ってください。",
        "企業情報",
        "代表窓口連絡先情報",
        "ID登録依頼者連絡先情報",
        "少額物品用ユーザーID",
        "少額物品用パスワード",
        "確認パスワード",
        "支店名等",
        "(60文字以内)",
        "(20文字以内)",
        "(半角100文字以内)",
        "(上記内容再度入力)",
        "(半角 例:123-4567)",
        "(半角 例:03-0000-0000)",
        "入力内容確認",
        "戻る",
    ),
    "ID-4": ("ID登録申請内容確認", "この内容でよろしければ登録ボタンを押してください", "登録", "戻る"),
    "ID-5": (
        "完了",
        "ID登録申請が完了いたしました。",
        "登録完了メール",
        "審査結果メール",
        "申請先にお問合せください",
        "※注意※",
        "ブラウザを右上のXボタンで一度終了させて下さい。",
        "印刷",
    ),
}
"""What each screen must say, short enough to check without the manual at hand."""

BUTTONS = {
    "P-1": ["電子入札システム入口（新方式）", "入札情報公開システム入口", "入札参加資格申請受付システム入口"],
    "P-2": ["工事、コンサル", "物品、役務", "少額物品、少額役務"],
    "P-3a": ["利用者登録", "電子入札システム"],
    "P-3b": ["利用者申請・変更", "電子入札:ICカード", "電子入札:ID/パスワード"],
    "ID-0": ["利用者登録処理"],
    "ID-1": ["ID登録申請", "変更"],
    "ID-2": ["検索", "戻る"],
    "ID-3": ["入力内容確認", "戻る"],
    "ID-4": ["登録", "戻る"],
    "ID-5": ["印刷"],
}

NO_TITLE_IN_THE_MANUAL = {"完了", "ID/パスワード"}
"""Headings that the manual's pictures lack (the last screen and the last group of fields have none)."""


def words_of(screen: ScreenText) -> Iterator[str]:
    yield screen.title
    yield from screen.lead
    yield from screen.notes
    for button in screen.buttons:
        yield button.label
    for section in screen.sections:
        yield section.title
        yield from section.lead
        for _, label in section.shown:
            yield label
        for field in section.fields:
            yield field.label
            if field.hint:
                yield field.hint
    if screen.id == "P-1":
        for door in DOORS:
            yield from (door.name, door.lead, *door.notes)
    if screen.id == "ID-2":
        yield from (screens.CAUTIONS_TITLE, screens.ASK_BELOW)


def squeezed(text: str) -> str:
    """Without what only the page's layout puts there: white space, link and emphasis marks, list dashes, pictures' frames."""
    text = re.sub(r"\[([^\]]*)\]\(#\)", r"\1", text).replace("**", "")
    text = re.sub(r"^- ・", "", text, flags=re.MULTILINE)
    return re.sub(r"\s+", "", text)


@pytest.mark.parametrize(
    ("screen", "phrase"), [(s, phrase) for s, phrases in EXPECTED.items() for phrase in phrases]
)
def test_a_screen_says_what_it_must(screen: str, phrase: str) -> None:
    assert any(phrase in words for words in words_of(SCREENS[screen]))


@pytest.mark.parametrize("screen", sorted(BUTTONS))
def test_a_screen_has_the_buttons_of_the_manual_in_their_order(screen: str) -> None:
    assert [button.label for button in SCREENS[screen].buttons] == BUTTONS[screen]


def test_every_screen_is_among_the_expected_ones() -> None:
    assert set(SCREENS) == set(EXPECTED) == set(BUTTONS)


def test_required_marks_are_those_of_the_manual() -> None:
    search = {field.key: field.required for field in SCREENS["ID-2"].sections[0].fields}
    assert search == {"supplier_number": True, "trade_name": True, "user_id": False, "password": False}
    assert all(field.required for section in SCREENS["ID-3"].sections for field in section.fields)


def test_only_passwords_are_typed_unseen() -> None:
    unseen = {
        field.key
        for s in SCREENS.values()
        for part in s.sections
        for field in part.fields
        if field.kind == "password"
    }
    assert unseen == {"password", "password_again"}


def digest() -> str:
    """A fingerprint of every word of every screen."""
    everything = "\n".join(
        f"{name}\t{words}" for name in sorted(SCREENS) for words in words_of(SCREENS[name])
    )
    return sha256(everything.encode()).hexdigest()


COMPARED_WITH_THE_MANUAL = "fcc7f4e84639c4bf6e6652be87049eeeae785b887749e1bf348fb844a151978c"
"""The fingerprint of the words when they were last compared with the manual. After changing a word, run this file where the manual is
(EBIDADMIN_SOURCE_DOC names it) and write the new fingerprint here."""


def manual() -> str | None:
    """The city's manual as text, squeezed; ``None`` where it is not at hand."""
    named = os.environ.get("EBIDADMIN_SOURCE_DOC")
    found = [Path(named)] if named else sorted((ROOT.parent / "shared" / "seed").glob("*.txt"))
    present = [path for path in found if path.is_file()]
    return squeezed(present[0].read_text(encoding="utf-8")) if present else None


def test_every_word_of_the_screens_stands_in_the_manual() -> None:
    """Where the manual is not at hand, the words are those that were compared with it."""
    source = manual()
    if source is not None:
        missing = [
            f"{screen.id}: {words}"
            for screen in SCREENS.values()
            for words in words_of(screen)
            if words not in NO_TITLE_IN_THE_MANUAL and squeezed(words) not in source
        ]
        assert missing == []
    assert digest() == COMPARED_WITH_THE_MANUAL


FURTHER = (screens.CHECK_SETTINGS, screens.MASKED_PASSWORD, screens.NO_GRADE, screens.GRADES_TITLE)


def test_expected_phrases_and_further_words_stand_in_the_manual() -> None:
    """The expectations of this file are the manual's, too; without it, they hold for the words compared with it."""
    source = manual()
    words = (
        "".join(squeezed(one) for screen in SCREENS.values() for one in words_of(screen))
        if source is None
        else source
    )
    phrases = [phrase for phrases in EXPECTED.values() for phrase in phrases]
    further = FURTHER if source is not None else ()
    expected = [*phrases, *further]
    assert [p for p in expected if p not in NO_TITLE_IN_THE_MANUAL and squeezed(p) not in words] == []
