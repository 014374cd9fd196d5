"""What the product itself says in the walkthrough of the ID application, beside the manual's words in ``text.screens``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time

from ebidadmin.clock import jst
from ebidadmin.domain.doors import DoorState
from ebidadmin.domain.qualifications import Grade
from ebidadmin.text.formats import moment_with_weekday
from ebidadmin.text.screens import NO_GRADE


@dataclass(frozen=True, slots=True)
class ContactWords:
    """Whom a supplier is told to ask, by situation."""

    agency: str = "下関市"
    helpdesk: str = "ヘルプデスク"
    ca: str = "ICカードを購入した認証局"
    simple_auth: str = "下関市 物品役務契約係"
    search_screen: str = "下関市 契約室 契約課 物品契約係 083-231-3178"
    construction: str = ""
    form_location: str = (
        "下関市ホームページ ⇒ しごと・事業者 ⇒ 入札・契約・登録 ⇒ 下関市電子入札システムポータルサイト ⇒ "
        "「電子公開見積合せについて」 ⇒ 「電子公開見積合せ様式集」"
    )


SCREEN_TITLE = "ID登録申請の手順"
SCREEN_LEAD = "業者が使う画面を、登録または再現で順に進めます。"
MODE_LABELS: Mapping[str, str] = {"register": "登録", "rehearsal": "再現"}
MODE_TITLE = "モード"
MODE_BANNERS: Mapping[str, str] = {
    "register": "登録モードです。「登録」を押すと、申請を実際に受け付け、登録完了メールを送ります。",
    "rehearsal": "再現モードです。入力の確認はすべて行いますが、登録もメールの送信もしません。",
}
MODE_HELP = "モードを切り替えると、最初の画面から始めます。入力した内容は残りません。"
START_IN: Mapping[str, str] = {
    "register": "登録モードで最初から始める",
    "rehearsal": "再現モードで最初から始める",
}

STEPS = ("ポータル", "起動確認", "資格審査情報検索", "ID登録申請", "内容確認", "完了")

PREVIOUS_SCREEN = "前の画面へ"
RECHECK = "もう一度確認する"
RESTART = "最初の画面から始める"
APPLY_AGAIN = "再度ID登録申請を行う"
SAME_AS_MAIN = "代表窓口と同じ"

DOOR_OPEN = "受付中"
DOOR_CLOSED = "時間外"
HOURS = "利用時間"
NEXT_OPENING = "次の受付開始"


def hours_words(opens: time, closes: time) -> str:
    """Service hours as the portal writes them."""
    return f"{HOURS}：平日{_clock_words(opens)}～{_clock_words(closes)}"


ALWAYS_OPEN = f"{HOURS}：常時（この事務室の設定）"


def _clock_words(value: time) -> str:
    half, hour = ("午前", value.hour) if value.hour < 12 else ("午後", value.hour - 12)
    return f"{half}{hour}時{f'{value.minute}分' if value.minute else ''}"


def door_words(state: DoorState) -> str:
    """Whether a door is open, else when it opens next."""
    if state.next_opening is None:
        return DOOR_OPEN
    return f"{DOOR_CLOSED}（{NEXT_OPENING}: {moment_with_weekday(state.next_opening)}）"


def outside(label: str) -> str:
    """A way out of the portal that this product does not have."""
    return f"「{label}」は、この製品では扱いません。市のポータルサイトから進んでください。"


def construction(contacts: ContactWords) -> str:
    """Works and consulting are registered elsewhere."""
    asked = (
        f"{contacts.construction}にお問合せください。"
        if contacts.construction
        else "担当課にお問合せください。"
    )
    return f"工事、コンサルの利用者登録は、ここでは行いません。{asked}"


ID_ELSEWHERE = "少額物品、少額役務のID登録は「ID登録申請の手順」(41_id_walkthrough)の画面で行います。"
"""The ID application has a screen of its own."""


def card_elsewhere(contacts: ContactWords) -> str:
    """Card registration has a screen of its own."""
    return (
        "ICカードによる利用者登録は「ICカードによる利用者登録の手順」(40_card_walkthrough)の画面で行います。"
        f"ICカードの取得・設定は{contacts.ca}に、パソコンの設定は{contacts.helpdesk}にお問い合わせください。"
    )


READY = "必要なファイルを読み込みました。"
CLOCK_LABEL = "時刻"
NOT_READY = "まだ使えません。次のものが読み込めません。"
REGISTER_EMPTY = "資格審査情報がまだ取り込まれていません。「資格審査情報の取込」で取り込んでください。"
REASONS_EMPTY = "却下理由の一覧(data/reference/reasons.toml)に、使える理由がありません。"


def ask_helpdesk(contacts: ContactWords) -> str:
    """Whom to ask about the settings of the computer."""
    return f"パソコンの設定に関するお問合せ: {contacts.helpdesk}"


def ask_ca(contacts: ContactWords) -> str:
    """Whom to ask about cards."""
    return f"ICカードの取得・設定に関するお問合わせ: {contacts.ca}"


def form_location(contacts: ContactWords) -> str:
    """Where the paper form is found."""
    return f"申請書様式の掲載場所: {contacts.form_location}"


PAPER_WAYS = "申請書の提出と許可通知の受け取りは、窓口・FAX・メール・郵送から選べます。"
LEAVE_EMPTY = (
    "上の説明には「ユーザID、パスワードを入力してください」とありますが、この画面で入力するのは業者番号と商号又は名称だけです。"
    "ユーザIDとパスワードは、空欄のままにしてください。"
)


def grades(chosen: Grade) -> str:
    """All grades as the manual's screen lists them, the supplier's own marked."""
    return "  ".join(
        f"{'■' if grade is chosen else '□'}{NO_GRADE if grade is Grade.NONE else grade.value}"
        for grade in Grade
    )


def branch_hint(limit: int) -> str:
    """The hint behind the branch (the manual's own is cut off)."""
    return f"({limit}文字以内。本店の場合は「本店」)"


NO_DEPARTMENT = "部署名等がない場合は、連絡先名称に商号又は名称を入力してください。"
WRITE_DOWN = "「登録」を押す前に、ユーザーIDとパスワードをメモしたことを確かめてください。パスワードは、後から表示も印刷もできません。"
PASSWORD_AGAIN = "パスワードは画面に残していません。もう一度入力してください。"  # noqa: S105 — a sentence
CHECK_FIELDS = "入力内容に誤りがあります。印のついた項目を直してください。"
FOLDED_TITLE = "半角に直した項目があります。直した内容で申請します。"


def folded_line(label: str, raw: str, folded: str) -> str:
    """One value as typed and as it will be used."""
    return f"{label}: 「{raw}」 → 「{folded}」"


REMARKS_TITLE = "次の項目を確かめてください。このまま登録することもできます。"


def phone_remark(label: str) -> str:
    """A number outside the Japanese plan."""
    return f"{label}: 国内で使われていない番号のようです。打ち間違いがないか確かめてください。"


def mail_remark(label: str, domain: str) -> str:
    """A throw-away or mistyped domain."""
    return f"{label}: 「{domain}」は使い捨てか打ち間違いのおそれがあるアドレスです。"


def postcode_remark(label: str) -> str:
    """A postcode that does not fit its address."""
    return f"{label}: この郵便番号の地域と連絡先住所が合いません。"


EARLIER_SHOWN = (
    "前回の申請内容を入れてあります。変わったところを直してください。パスワードは新しく入力してください。"
)
EARLIER_MASKED = "再現モードのため、前回の申請内容は入力項目を「*****」で伏せて表示しています。伏せたままの項目は、前回の値で確認します。"
STATE_TITLE = "ID登録申請の審査状況"
STATE_LEAD: Mapping[str, str] = {
    "pending": "この業者番号の申請は審査中です。審査結果のメールをお待ちください。重ねて申請することはできません。",
    "inquired": "この業者番号の申請について照会しています。次の内容に回答してください。重ねて申請することはできません。",
    "approved": "この業者番号の申請は承認されています。重ねて申請することはできません。",
    "rejected": "この業者番号の前回の申請は却下されました。理由を確認の上、再度ID登録申請を行うことができます。",
    "withdrawn": "この業者番号の前回の申請は取り下げられました。再度ID登録申請を行うことができます。",
}
"""By the supplier's standing at the search."""
STANDING_LABELS: Mapping[str, str] = {
    "pending": "審査中",
    "inquired": "照会中",
    "approved": "承認",
    "rejected": "却下",
    "withdrawn": "取下げ",
}
STATE_LABEL = "審査状況"
SUPPLIER_LABEL = "業者番号"
APPLIED_AT = "申請日時"
DECIDED_AT = "決定日時"
NUMBER_LABEL = "受付番号"
ASKED_LABEL = "照会内容"
ASKED_AT = "照会日時"
REASONS_LABEL = "却下の理由"
NOTE_LABEL = "補足"
NO_RECEIPT = "（再現のため、ありません）"


def ask_state(contacts: ContactWords) -> str:
    """Whom to ask about an application."""
    return f"申請についてのお問合せ: {contacts.simple_auth}"


ALREADY_REGISTERED = "この申請は登録が済んでいます。もう一度登録することはできません。"
NOT_HERE = "その操作は、いまの画面では行えません。画面の内容を確かめてください。"
BUSY = "登録の処理中です。しばらくお待ちください。"
NOTHING_TO_PRINT = "印刷できる内容がありません。登録が終わってから印刷してください。"
PRINT_READY = "印刷用のPDFを作りました。"
PRINT_FILE = "ID登録申請内容確認.pdf"

WOULD_TITLE = "再現の結果: 登録モードであれば、次のことが行われていました。"
WOULD_REGISTER = "申請に受付番号を付け、「審査中」として審査の一覧に載せます。"
WOULD_RESERVE = (
    "少額物品用ユーザーIDをこの業者のために確保し、パスワードは復元できない形(ハッシュ値)でだけ保存します。"
)
WOULD_RECORD = "申請があったことを監査記録に残します。"
NOTHING_DONE = "再現モードのため、登録もメールの送信もしていません。"


def would_mail(address: str) -> str:
    """Where the mail would have gone."""
    return f"登録完了メールを {address} に送ります。"


def received(number: str, at: datetime) -> str:
    """The receipt that the office gives."""
    local = jst(at)
    return f"{NUMBER_LABEL}: {number}（{local:%Y/%m/%d %H:%M}）"
