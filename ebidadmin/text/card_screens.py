"""The words of the card screens as the city's manual gives them, by screen id; the product's own are in ``text.card_walkthrough``."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from ebidadmin.text import screens
from ebidadmin.text.screens import (
    BACK,
    CLOSE_BROWSER,
    CONFIRM,
    PRINT,
    REGISTER,
    REQUIRED,
    SEARCH,
    ButtonText,
    FieldText,
    ScreenText,
    SectionText,
    contact_fields,
)

MENU = ScreenText(
    "IC-1",
    "利用者登録メニュー",
    notes=("ここからの操作は、ICカードリーダーとICカードが必要です。",),
    buttons=(
        ButtonText("registration", "登録"),
        ButtonText("change", "変更"),
        ButtonText("renewal", "ICカード更新"),
    ),
)

PIN_FIELD = FieldText("pin", "PIN番号", kind="password")
PERSON_FIELD = FieldText("person", "担当者", required=False)
PIN_EXPLAINED = (
    "PIN番号とは、ICカードの暗証番号のことです。ICカード購入時に、認証局から送られてきた暗証番号を入力してください。",
    "担当者欄は入力不要です。",
    (
        "PIN番号を複数回間違うと、ICカードがロックされ、使用できなくなります。"
        "ICカードがロックされた場合は、認証局にロックの解除を依頼してください。"
    ),
    "※ロックの解除には、数日かかる場合がありますのでご注意ください。",
)
PIN = ScreenText(
    "IC-2",
    "PIN番号入力ダイアログ",
    lead=("PIN番号を入力してください。",),
    notes=PIN_EXPLAINED,
    buttons=(ButtonText("ok", "OK"), ButtonText("cancel", "キャンセル")),
)

ASK_CA = "ICカードを購入した認証局に、設定内容を確認してください。"
CLIENT = ScreenText(
    "IC-3",
    "受注者クライアント",
    lead=("必要なファイルを読み込んでいますので時刻表示がされるまで、操作をしないでください。",),
    notes=(
        "時計表示されたことを確認してから「利用者登録処理ボタン」をクリックしてください。",
        f"時計表示がされない場合は、設定が間違っていますので、{ASK_CA}",
    ),
    buttons=(ButtonText("process", "利用者登録処理"),),
)

CREDENTIAL_HINT = "(半角英数20文字以下)"
QUALIFICATION_SEARCH = ScreenText(
    "IC-4",
    "資格審査情報検索",
    lead=("資格審査情報の検索を行います。業者番号と、確認のために商号又は名称を入力して下さい。", REQUIRED),
    sections=(
        SectionText(
            "search",
            "資格審査情報検索",
            fields=(
                FieldText("supplier_number", "業者番号", "(半角英数字9文字)"),
                FieldText("trade_name", "商号又は名称", "(40文字以内)"),
                FieldText("user_id", "ユーザID", CREDENTIAL_HINT, required=False),
                FieldText("password", "パスワード", CREDENTIAL_HINT, required=False, kind="password"),
            ),
        ),
    ),
    notes=screens.QUALIFICATION_SEARCH.notes,
    buttons=(SEARCH, BACK),
)

COMPANY = SectionText(
    "company",
    "企業情報",
    shown=(
        ("trade_name", "企業名称"),
        ("postcode", "企業郵便番号"),
        ("address", "企業住所"),
        ("representative_name", "代表者氏名"),
        ("representative_title", "代表者役職"),
        ("phone", "代表電話番号"),
        ("fax", "代表FAX番号"),
        *screens.GRADES,
        ("branch", "支店名等"),
    ),
)
MAIN_CONTACT = SectionText(
    "main_contact",
    "代表窓口情報",
    lead=("指名時はここにメールが送信されます。", "代表窓口情報は本社または受任者を入力してください。"),
    fields=contact_fields("main_contact"),
)
CERTIFICATE_SHOWN = (
    ("company_name", "ICカード企業名称"),
    ("company_address", "ICカード企業住所"),
    ("holder_name", "ICカード取得者氏名"),
    ("holder_address", "ICカード取得者住所"),
)
CARD_CONTACT = SectionText(
    "card_contact",
    "ICカード利用部署情報",
    lead=(
        (
            "連絡先メールアドレス宛に、電子入札システムから様々なお知らせが届きます。"
            "メールアドレスは間違いがないように入力してください。"
        ),
        "部署名等がない場合は称号又は名称を入力してください。",
    ),
    shown=CERTIFICATE_SHOWN,
    fields=contact_fields("card_contact"),
)
CARD = SectionText(
    "card",
    "ICカード情報",
    shown=(
        ("serial", "証明書シリアル番号"),
        ("issuer", "証明書発行者"),
        ("not_after", "証明書有効期限"),
    ),
)

FORM = ScreenText(
    "IC-5",
    "利用者登録",
    lead=("利用者登録では、業者情報とICカードの登録を行います。", REQUIRED),
    sections=(COMPANY, MAIN_CONTACT, CARD_CONTACT),
    buttons=(CONFIRM, BACK),
)

CONFIRMATION = ScreenText(
    "IC-6",
    "登録内容確認",
    sections=(COMPANY, MAIN_CONTACT, CARD_CONTACT, CARD),
    notes=(
        "企業情報及び、ICカード利用部署情報の企業名称が御社の企業名称であることを確認してください。",
        "この内容でよろしければ登録ボタンを押してください",
    ),
    buttons=(REGISTER, BACK),
)

DONE = ScreenText(
    "IC-7",
    "完了",
    lead=(
        "利用者情報の登録が完了いたしました。",
        "登録完了後に登録したメールアドレスに登録完了メールが送信されます。",
        "メールが配信されない場合には、登録内容を再度ご確認のうえ修正ください。",
        CLOSE_BROWSER,
        "印刷ボタンをクリックすると前ページの登録内容確認画面の印刷ページが表示されます。",
    ),
    notes=("こちらの番号は電子入札システム内で使用する番号なので、特に意識する必要はございません。",),
    buttons=(PRINT,),
)


def issued(enterprise_id: str) -> str:
    """The enterprise id, as the manual's last screen tells it."""
    return f"企業IDは{enterprise_id}です。"


SCREENS: Mapping[str, ScreenText] = MappingProxyType(
    {screen.id: screen for screen in (MENU, PIN, CLIENT, QUALIFICATION_SEARCH, FORM, CONFIRMATION, DONE)}
)
"""Every card screen by its id."""
