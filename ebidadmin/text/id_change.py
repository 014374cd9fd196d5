"""The screens by which a supplier changes its contacts, ID or password.

The manual has the button 「変更」 and the note at 「利用者申請・変更」, but no pages behind them. Titles of parts, labels and hints of
fields, 「入力内容確認」, 「登録」 and 「戻る」 are those of its ID application; everything else here is the product's own.
"""

from __future__ import annotations

from collections.abc import Mapping

from ebidadmin.text import screens
from ebidadmin.text.labels import FIELD_LABELS, field_name
from ebidadmin.text.screens import (
    APPLICANT_CONTACT,
    BACK,
    CLOSE_BROWSER,
    CONFIRM,
    CREDENTIAL_TITLE,
    ID_HINT,
    MAIN_CONTACT,
    REGISTER,
    REQUIRED,
    ButtonText,
    FieldText,
    ScreenText,
    SectionText,
)

STEPS = ("ポータル", "起動確認", "本人の確認", "登録内容の変更", "内容確認", "完了")
RESET_STEPS = ("ポータル", "起動確認", "番号の入力", "完了")

BANNERS: Mapping[str, str] = {
    "register": "登録モードです。「登録」を押すと、登録されている内容を実際に変更します。メールは送りません。",
    "rehearsal": "再現モードです。入力の確認はしますが、何も変更しません。",
}

USER_ID, PASSWORD = FIELD_LABELS["user_id"], FIELD_LABELS["password"]
TRADE_NAME = "企業名称"
SUPPLIER_NUMBER = FIELD_LABELS["supplier_number"]

SIGN_IN_BUTTON = ButtonText("sign-in", "次へ")
FORGOTTEN = "ID・パスワードを忘れたとき(通知書の番号で再設定)"

SIGN_IN = ScreenText(
    "ID-C1",
    "登録内容の変更: IDとパスワードの確認",
    lead=("連絡先、ID、パスワードを変更します。いま使っているIDとパスワードを入力してください。", REQUIRED),
    sections=(
        SectionText(
            "sign-in",
            CREDENTIAL_TITLE,
            fields=(
                FieldText("user_id", USER_ID, ID_HINT),
                FieldText("password", PASSWORD, ID_HINT, kind="password"),
            ),
        ),
    ),
    notes=("続けて間違えるとIDがロックされ、窓口で本人確認をするまで使えなくなります。",),
    buttons=(SIGN_IN_BUTTON, BACK),
)
SIGN_IN_REHEARSED = "再現モードではパスワードを確かめません。業者にパスワードを聞いたり、入力したりしないでください。空欄のまま進めます。"

NEW_CREDENTIAL = SectionText(
    "credential",
    CREDENTIAL_TITLE,
    lead=(
        "IDとパスワードは、変えるものだけを入力してください。空欄のものは、いまのままです。",
        *screens.CREDENTIAL.lead,
    ),
    shown=(("present_user_id", f"いまの{USER_ID}"),),
    fields=(
        FieldText("user_id", f"新しい{USER_ID}", ID_HINT, required=False),
        FieldText("password", f"新しい{PASSWORD}", ID_HINT, required=False, kind="password"),
        FieldText("password_again", FIELD_LABELS["password_again"], ID_HINT, required=False, kind="password"),
    ),
)
COMPANY = SectionText(
    "company",
    screens.COMPANY.title,
    shown=(("supplier_number", SUPPLIER_NUMBER), ("trade_name", TRADE_NAME)),
)
FORM = ScreenText(
    "ID-C2",
    "登録内容の変更",
    lead=("登録されている内容を入れてあります。変わったところを直してください。", REQUIRED),
    sections=(COMPANY, MAIN_CONTACT, APPLICANT_CONTACT, NEW_CREDENTIAL),
    buttons=(CONFIRM, BACK),
)
FORM_REHEARSED = "再現モードのため、登録されている内容は「*****」で伏せて表示しています。伏せたままの項目は、いまの値で確認します。"

CONFIRMATION = ScreenText(
    "ID-C3",
    "登録内容の変更: 内容確認",
    sections=(COMPANY, MAIN_CONTACT, APPLICANT_CONTACT, screens.CREDENTIAL),
    notes=screens.CONFIRMATION.notes,
    buttons=(REGISTER, BACK),
)
WILL_CHANGE = "次の項目を変更します。"
STAYS = "（変更しない）"
WRITE_DOWN = "「登録」を押す前に、変更後のIDとパスワードをメモしたことを確かめてください。パスワードは、後から表示できません。"
FOLDED_TITLE = "半角に直した項目があります。直した内容で変更します。"

DONE = ScreenText(
    "ID-C4",
    "完了",
    lead=("登録内容の変更が完了いたしました。", CLOSE_BROWSER),
)
NEXT_TIME = "次からは、変更後のIDとパスワードを使ってください。"
CHANGED = "次の項目を変更しました。"
WOULD_CHANGE = "再現の結果: 登録モードであれば、次の項目を変更していました。"
NOTHING_DONE = "再現モードのため、何も変更していません。"

RESET_BUTTON = ButtonText("set-new", "登録")
RESET = ScreenText(
    "ID-R1",
    "ID・パスワードの再設定",
    lead=(
        "窓口からの通知書に印刷された番号で、新しいIDとパスワードを設定します。番号をお持ちでないときは、窓口で通知書を申し込んでください。",
        REQUIRED,
    ),
    sections=(
        SectionText(
            "code",
            "業者番号と通知書の番号",
            fields=(
                FieldText("supplier_number", SUPPLIER_NUMBER, "(半角英数字9文字)"),
                FieldText(
                    "code",
                    field_name("code")[1:-1],
                    "(通知書の番号。ハイフンや空白はなくてもかまいません)",
                    kind="password",
                ),
            ),
        ),
        SectionText(
            "credential",
            f"新しい{CREDENTIAL_TITLE}",
            lead=tuple(line for line in screens.CREDENTIAL.lead if "確認画面" not in line),
            fields=screens.CREDENTIAL.fields,
        ),
    ),
    notes=("番号は一度だけ使えます。続けて5回間違えると使えなくなります。",),
    buttons=(RESET_BUTTON, BACK),
)
RESET_REHEARSED = (
    "再現モードでは、番号が出ているかどうかだけを確かめます。"
    "業者に番号を聞いたり、入力したりしないでください。空欄のまま進めます。"
)
RESET_DONE = ScreenText(
    "ID-R2",
    "完了",
    lead=("新しいIDとパスワードを登録いたしました。次からは、これを使ってください。", CLOSE_BROWSER),
)
RESET_DONE_TITLE = "登録した内容"
RESET_WOULD = "再現の結果: 登録モードで正しい番号を入力すれば、次のIDとパスワードを登録できます。"

OVERTAKEN = "このIDの登録は、{by}さんが{at}に先に変更しました。今回の変更は行われていません。"
AGAIN = "もう一度IDとパスワードを入力し、いまの内容を確かめてから変更してください。"
ALREADY_DONE = "この変更は登録が済んでいます。もう一度登録することはできません。"

SCREENS: Mapping[str, ScreenText] = {
    one.id: one for one in (SIGN_IN, FORM, CONFIRMATION, DONE, RESET, RESET_DONE)
}
"""Every screen of the change by its id."""


def label_of(key: str) -> str:
    """A field of the form by its label; the two contacts are told apart by their part."""
    if key == "user_id":
        return USER_ID
    if key == "password":
        return PASSWORD
    for part in (MAIN_CONTACT, APPLICANT_CONTACT):
        for one in part.fields:
            if one.key == key:
                return f"{part.title} {one.label}"
    return FIELD_LABELS.get(key, key)
