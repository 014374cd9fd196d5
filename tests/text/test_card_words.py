"""What the card side says: the manual's words on its screens, and a sentence for every item of the follow-up list."""

from __future__ import annotations

import re

import pytest

from ebidadmin.domain.card_sessions import CardFlow, CardMode, CardStep, SessionState
from ebidadmin.domain.cards import CardState, Revocation
from ebidadmin.domain.followups import FollowUpCode, FollowUpState
from ebidadmin.domain.mails import MailKind
from ebidadmin.errors import RuleError
from ebidadmin.text import card_labels, card_screens, messages
from ebidadmin.text.follow_up_sentences import SENTENCES, follow_up_label, follow_up_sentence
from ebidadmin.text.queue import MAIL_KINDS
from ebidadmin.text.registration_sentences import CARD_RULES
from ebidadmin.text.screens import ScreenText

JAPANESE = re.compile("[ぁ-ヿ一-鿿]")
FACTS = {
    "card": "テスト用団体",
    "registered": ("代表 1太郎", "支店 長子"),
    "supplier_numbers": ("190000093",),
    "serial": "825831477",
    "not_after": "2015-08-19T14:59:59+00:00",
    "valid_from": "2014-04-01",
    "valid_to": None,
    "fields": ("trade_name", "delegate_name"),
}

EXPECTED: dict[str, tuple[str, ...]] = {
    "IC-1": ("登録", "変更", "ICカード更新", "ここからの操作は、ICカードリーダーとICカードが必要です。"),
    "IC-2": (
        "PIN番号を入力してください。",
        "PIN番号とは、ICカードの暗証番号のことです。",
        "ICカード購入時に、認証局から送られてきた暗証番号を入力してください。",
        "担当者欄は入力不要です。",
        "ICカードがロックされた場合は、認証局にロックの解除を依頼してください。",
        "※ロックの解除には、数日かかる場合がありますのでご注意ください。",
        "OK",
        "キャンセル",
    ),
    "IC-3": (
        "必要なファイルを読み込んでいますので時刻表示がされるまで、操作をしないでください。",
        "ICカードを購入した認証局に、設定内容を確認してください。",
        "利用者登録処理",
    ),
    "IC-4": (
        "資格審査情報の検索を行います。業者番号と、確認のために商号又は名称を入力して下さい。",
        "(半角英数字9文字)",
        "(40文字以内)",
        "(半角英数20文字以下)",
        "9桁必須",
        "検索",
        "戻る",
    ),
    "IC-5": (
        "利用者登録では、業者情報とICカードの登録を行います。",
        "企業名称",
        "企業郵便番号",
        "企業住所",
        "代表者氏名",
        "代表者役職",
        "代表電話番号",
        "代表FAX番号",
        "支店名等",
        "代表窓口情報",
        "指名時はここにメールが送信されます。",
        "ICカード利用部署情報",
        "ICカード企業名称",
        "ICカード企業住所",
        "ICカード取得者氏名",
        "ICカード取得者住所",
        "部署名等がない場合は称号又は名称を入力してください。",
        "入力内容確認",
    ),
    "IC-6": (
        "企業情報及び、ICカード利用部署情報の企業名称が御社の企業名称であることを確認してください。",
        "この内容でよろしければ登録ボタンを押してください",
        "証明書シリアル番号",
        "証明書発行者",
        "証明書有効期限",
    ),
    "IC-7": (
        "利用者情報の登録が完了いたしました。",
        "特に意識する必要はございません",
        "登録完了後に登録したメールアドレスに登録完了メールが送信されます。",
        "メールが配信されない場合には、登録内容を再度ご確認のうえ修正ください。",
        "ブラウザを右上のXボタンで一度終了させて下さい。",
        "印刷",
    ),
}


def words_of(screen: ScreenText) -> str:
    parts = [screen.title, *screen.lead, *screen.notes, *(button.label for button in screen.buttons)]
    for section in screen.sections:
        parts += [section.title, *section.lead, *(label for _, label in section.shown)]
        parts += [word for field in section.fields for word in (field.label, field.hint)]
    return "\n".join(parts)


@pytest.mark.parametrize("screen", EXPECTED)
def test_the_screens_say_what_the_manual_says(screen: str) -> None:
    words = words_of(card_screens.SCREENS[screen])
    assert [expected for expected in EXPECTED[screen] if expected not in words] == []


def test_the_last_screen_tells_the_enterprise_id() -> None:
    assert card_screens.issued("1352100000000003") == "企業IDは1352100000000003です。"


@pytest.mark.parametrize("code", FollowUpCode)
def test_every_item_has_a_label_and_a_sentence_that_says_what_to_do(code: FollowUpCode) -> None:
    sentence = follow_up_sentence(code, FACTS)
    assert JAPANESE.search(follow_up_label(code))
    assert sentence.endswith("。")
    assert "{" not in sentence
    assert "None" not in sentence
    assert follow_up_sentence(code, {})


def test_an_item_writes_days_names_and_fields_as_people_do() -> None:
    assert "2015/08/19" in follow_up_sentence(FollowUpCode.EXPIRES_SOON, FACTS)
    assert "代表 1太郎、支店 長子" in follow_up_sentence(FollowUpCode.HOLDER_DIFFERS, FACTS)
    assert "商号又は名称、受任者氏名" in follow_up_sentence(FollowUpCode.REGISTER_CHANGED, FACTS)
    absent = follow_up_sentence(FollowUpCode.COMPANY_DIFFERS, {**FACTS, "card": ""})
    assert "「証明書に記載なし」" in absent
    assert len(SENTENCES) == len(FollowUpCode)


def test_closed_vocabularies_of_the_card_side_have_labels() -> None:
    for state in (*CardState, *SessionState, *FollowUpState, *CardStep):
        assert JAPANESE.search(messages.state_label(state)), state
    assert set(card_labels.FLOWS) == set(CardFlow)
    assert set(card_labels.MODES) == set(CardMode)
    assert set(card_labels.REVOCATIONS) == set(Revocation)
    assert set(MAIL_KINDS) == set(MailKind)


def test_a_reason_of_a_check_is_told_in_words() -> None:
    told = messages.sentence(RuleError("certificate-invalid", why="chain-unknown"))
    assert "chain-unknown" not in told
    assert "認証局" in told
    assert set(CARD_RULES) >= {"certificate-expired", "proof-missing"}
