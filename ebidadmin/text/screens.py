"""The words of the registration screens as the city's manual gives them, by screen id: titles, leads, notes, fields, buttons.

Everything here stands in the manual's words; what the product itself has to say on these screens is in ``text.walkthrough``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

FieldKind = Literal["text", "password"]


@dataclass(frozen=True, slots=True)
class FieldText:
    """A field to fill in: its flat key, its label and the hint behind it."""

    key: str
    label: str
    hint: str = ""
    required: bool = True
    kind: FieldKind = "text"


@dataclass(frozen=True, slots=True)
class ButtonText:
    """A button or link; ``key`` is what a press is known by."""

    key: str
    label: str


@dataclass(frozen=True, slots=True)
class SectionText:
    """A titled part of a screen: what stands under the title, the rows that are only shown (key, label), the fields to fill in."""

    key: str
    title: str
    lead: tuple[str, ...] = ()
    shown: tuple[tuple[str, str], ...] = ()
    fields: tuple[FieldText, ...] = ()


@dataclass(frozen=True, slots=True)
class ScreenText:
    """One screen. ``lead`` stands above, ``notes`` below its content; ``buttons`` are in the order of the manual."""

    id: str
    title: str
    lead: tuple[str, ...] = ()
    sections: tuple[SectionText, ...] = ()
    notes: tuple[str, ...] = ()
    buttons: tuple[ButtonText, ...] = ()


@dataclass(frozen=True, slots=True)
class DoorText:
    """One door of the portal: its name, what it is for, its button."""

    key: str
    name: str
    lead: str
    button: ButtonText
    notes: tuple[str, ...] = ()


KEEP_OPEN = (
    "業務実行中は、この画面を閉じないで下さい。"
    "業務画面よりも先にこの画面を閉じると、アプリケーションが正常に終了しない場合があります。"
)
REQUIRED = "(※)の項目は、必須入力です。"
CLOSE_BROWSER = "ブラウザを右上のXボタンで一度終了させて下さい。"
MASKED_PASSWORD = "*****"  # noqa: S105 — five asterisks, shown whatever the password's length
NO_GRADE = "無し"

SEARCH = ButtonText("search", "検索")
BACK = ButtonText("back", "戻る")
CONFIRM = ButtonText("confirm", "入力内容確認")
REGISTER = ButtonText("register", "登録")
PRINT = ButtonText("print", "印刷")

DOORS = (
    DoorText(
        "bidding",
        "電子入札システム",
        "利用者登録や入札書等の提出などはこちらになります。",
        ButtonText("bidding", "電子入札システム入口（新方式）"),
        (
            (
                "令和2年9月28日以降は新方式のみ対応となっておりますので、旧方式（Java方式）を利用されている方は、"
                "お知らせ及び「電子入札を利用するには」をご覧ください、新方式に対応していただくようお願いいたします。"
            ),
        ),
    ),
    DoorText(
        "publication",
        "入札情報公開システム",
        "発注情報、発注見通し（入札予定時期）情報及び入札・契約結果情報の閲覧などはこちら",
        ButtonText("publication", "入札情報公開システム入口"),
        (
            "なお、入札情報公開システムも新方式対応となっておりますので、閲覧できない方は「電子入札を利用するには」をご覧ください。",
        ),
    ),
    DoorText(
        "qualification",
        "入札参加資格申請受付システム",
        "工事及び物品・役務の各種申請（新規・随時・変更）はこちら",
        ButtonText("qualification", "入札参加資格申請受付システム入口"),
    ),
)

PORTAL = ScreenText(
    "P-1",
    "電子入札システムポータルサイト",
    notes=("※必ず、各種システム操作方法の「各種システムマニュアル」をごらんください。",),
    buttons=tuple(door.button for door in DOORS),
)

AGENCY_LABEL = "調達機関"
CATEGORY = ScreenText(
    "P-2",
    "「調達機関・工事、コンサル／物品、役務／少額物品」選択画面（受注者用）",
    buttons=(
        ButtonText("construction", "工事、コンサル"),
        ButtonText("goods", "物品、役務"),
        ButtonText("small", "少額物品、少額役務"),
    ),
)

GOODS_MENU = ScreenText(
    "P-3a",
    "「利用者登録／電子入札」選択画面（受注者用）",
    lead=("JREのバージョン、バージョンアップについては、ICカード発行元(認証局)にご確認ください。",),
    notes=(KEEP_OPEN,),
    buttons=(ButtonText("card-registration", "利用者登録"), ButtonText("bid", "電子入札システム")),
)

SMALL_MENU = ScreenText(
    "P-3b",
    "「利用者申請・変更／電子入札」選択画面（少額物品・受注者用）",
    lead=("ID/パスワードを変更する場合もこちらをクリックしてください。",),
    notes=(KEEP_OPEN,),
    buttons=(
        ButtonText("id-registration", "利用者申請・変更"),
        ButtonText("bid-card", "電子入札:ICカード"),
        ButtonText("bid-id", "電子入札:ID/パスワード"),
    ),
)

CHECK_SETTINGS = "もう一度マニュアル等を見て設定を確認してください。"
CLIENT = ScreenText(
    "ID-0",
    "受注者クライアント",
    lead=("必要なファイルを読み込んでいますので時刻表示がされるまで、操作をしないでください。",),
    notes=("時計表示されたことを確認してから「利用者登録処理ボタン」をクリックしてください。",),
    buttons=(ButtonText("process", "利用者登録処理"),),
)

PERMIT_FIRST = (
    "下関市に簡易認証方式の利用申請書を提出後、許可通知書が発行されますので、その後、パソコン上で利用者登録処理を行ってください。",
    "利用申請書の提出と許可通知書の発行がないと、この利用者登録処理を行っても見積の参加はできません。",
)
MENU = ScreenText(
    "ID-1",
    "簡易認証利用者登録メニュー",
    notes=PERMIT_FIRST,
    buttons=(ButtonText("apply", "ID登録申請"), ButtonText("change", "変更")),
)

ID_HINT = "(半角英数字6文字以上20以内)"
CAUTIONS_TITLE = "【注意事項】"
ASK_BELOW = "ご不明なときは、下記までお問い合わせください。"
QUALIFICATION_SEARCH = ScreenText(
    "ID-2",
    "資格審査情報検索",
    lead=(
        "資格審査情報の検索を行います。業者番号、商号又は名称、ユーザID、パスワードを入力してください。",
        REQUIRED,
    ),
    sections=(
        SectionText(
            "search",
            "資格審査情報検索",
            fields=(
                FieldText("supplier_number", "業者番号", "(半角英数字9文字)"),
                FieldText("trade_name", "商号又は名称", "(40文字以内)"),
                FieldText("user_id", "ユーザID", ID_HINT, required=False),
                FieldText("password", "パスワード", ID_HINT, required=False, kind="password"),
            ),
        ),
    ),
    notes=(
        "「業者番号」欄については以下の点に注意し入力してください。①「業者番号」欄は9桁必須となっています。",
        "「ユーザID」「パスワード」欄の入力については空白(なにも入力しない)としてください。",
    ),
    buttons=(SEARCH, BACK),
)

PHONE_HINT = "(半角 例:03-0000-0000)"


def contact_fields(prefix: str) -> tuple[FieldText, ...]:
    """The seven contact fields and the repeated address, for ``main_contact`` or ``applicant_contact``."""
    texts = (
        ("name", "連絡先名称(部署名等)", "(60文字以内)"),
        ("postcode", "連絡先郵便番号", "(半角 例:123-4567)"),
        ("address", "連絡先住所", "(60文字以内)"),
        ("person", "連絡先氏名", "(20文字以内)"),
        ("phone", "連絡先電話番号", PHONE_HINT),
        ("fax", "連絡先FAX番号", PHONE_HINT),
        ("email", "連絡先メールアドレス", "(半角100文字以内)"),
        ("email_again", "メールアドレス再入力", "(上記内容再度入力)"),
    )
    return tuple(FieldText(f"{prefix}.{key}", label, hint) for key, label, hint in texts)


GRADES_TITLE = "資格の種類"
GRADES = (
    ("grade_manufacture", "物品の製造"),
    ("grade_sale", "物品の販売"),
    ("grade_service", "役務等の提供"),
    ("grade_purchase", "物品の購入"),
)
COMPANY_SHOWN = (
    ("supplier_number", "業者番号"),
    ("trade_name", "企業名称"),
    ("postcode", "企業郵便番号"),
    ("address", "企業住所"),
    ("representative_name", "代表者氏名"),
    ("representative_title", "代表者役職"),
)
COMPANY_FIELDS = (
    FieldText("company_phone", "代表電話番号", PHONE_HINT),
    FieldText("company_fax", "代表FAX番号", PHONE_HINT),
    FieldText("branch", "支店名等"),
)
COMPANY = SectionText("company", "企業情報", shown=COMPANY_SHOWN, fields=COMPANY_FIELDS)
MAIN_CONTACT = SectionText(
    "main_contact",
    "代表窓口連絡先情報",
    lead=("指名時はここにメールが送信されます。", "代表窓口情報は本社または受任者を入力してください。"),
    fields=contact_fields("main_contact"),
)
APPLICANT_CONTACT = SectionText(
    "applicant_contact",
    "ID登録依頼者連絡先情報",
    lead=(
        "ID登録申請の承認/却下見積結果通知書等のお知らせはこちらに入力したアドレスに送信されます。",
        "通知するアドレスを統一するため、代表窓口情報とID登録者連絡先情報は、できるだけ同じ内容を入力するようにしてください。",
    ),
    fields=contact_fields("applicant_contact"),
)
SAME_PASSWORD = "同じパスワードを入力してください。"  # noqa: S105 — a sentence of the manual
CREDENTIAL_TITLE = "ID/パスワード"
CREDENTIAL = SectionText(
    "credential",
    CREDENTIAL_TITLE,
    lead=(
        "ID/パスワードは半角英数字混在6~20字",
        "後出の確認画面にパスワードは表示されません",
        "入力したID/パスワードはこの時点で必ずメモを取ってください。",
        SAME_PASSWORD,
    ),
    fields=(
        FieldText("user_id", "少額物品用ユーザーID", ID_HINT),
        FieldText("password", "少額物品用パスワード", ID_HINT, kind="password"),
        FieldText("password_again", "確認パスワード", ID_HINT, kind="password"),
    ),
)

ID_FORM = ScreenText(
    "ID-3",
    "ID登録申請",
    lead=(
        "ID登録申請では、ID申請情報の登録を行います。申請済みの場合は、審査結果を確認してください。",
        "審査結果が却下の場合は、却下の理由を確認の上、再度ID申請情報の登録を行ってください。",
        REQUIRED,
    ),
    sections=(COMPANY, MAIN_CONTACT, APPLICANT_CONTACT, CREDENTIAL),
    buttons=(CONFIRM, BACK),
)

CONFIRMATION = ScreenText(
    "ID-4",
    "ID登録申請内容確認",
    sections=(COMPANY, MAIN_CONTACT, APPLICANT_CONTACT, CREDENTIAL),
    notes=("この内容でよろしければ登録ボタンを押してください",),
    buttons=(REGISTER, BACK),
)

DONE = ScreenText(
    "ID-5",
    "完了",
    lead=(
        "ID登録申請が完了いたしました。",
        "登録完了後に登録したメールアドレスに登録完了メールが送信されます。",
        "また、審査完了後に登録したメールアドレスに審査結果メールが送信されます。",
        "メールが配信されない場合には、申請内容を確認して、申請先にお問合せください。",
        CLOSE_BROWSER,
        "印刷ボタンをクリックすると前ページのID登録申請内容確認画面の印刷ページが表示されます。",
    ),
    notes=(
        "※注意※",
        (
            "下関市で申請内容を審査し、審査結果が登録したメールアドレスに送信されますが、メールには登録内容は記載されておられません。"
            "登録したユーザID/パスワードは必ずメモをしてください(上記印刷ボタンで印刷してもパスワードは表示されません)。"
        ),
    ),
    buttons=(PRINT,),
)

SCREENS: Mapping[str, ScreenText] = MappingProxyType(
    {
        screen.id: screen
        for screen in (
            PORTAL,
            CATEGORY,
            GOODS_MENU,
            SMALL_MENU,
            CLIENT,
            MENU,
            QUALIFICATION_SEARCH,
            ID_FORM,
            CONFIRMATION,
            DONE,
        )
    }
)
"""Every screen of the walkthrough of the ID application by its id."""
