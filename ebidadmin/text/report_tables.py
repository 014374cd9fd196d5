"""The words of the reports on registrations, the register and the trail: headings, columns, sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from ebidadmin.domain.followups import FollowUpCode, RegistrationKind
from ebidadmin.errors import Facts
from ebidadmin.services.report_register_facts import Method, Standing
from ebidadmin.text import reports
from ebidadmin.text.follow_up_sentences import follow_up_label, follow_up_sentence
from ebidadmin.text.imports import field_label
from ebidadmin.text.pages import wareki, wareki_moment

NOTHING = "-"
YES, NO = "あり", "なし"
SUPPLIER = ("業者番号", "商号又は名称")
COVERED = "集計の対象"

ITEMS, ITEM_COUNTS = "確認事項", "確認事項の種類ごとの件数"
ITEM_COLUMNS = ("種類", *SUPPLIER, "登録", "内容", "発生日", "経過日数")
NEW, OLDER = "前回の週報の後に発生", "それより前に発生"
ITEM_COUNT_COLUMNS = ("種類", NEW, OLDER, "合計")
ITEM_KINDS = "確認事項の種類(表の順の番号)"
HOLDERS = "ICカード取得者・代表者・受任者の変更"
HOLDER_COLUMNS = (*SUPPLIER, "変わったもの", "変更前", "変更後", "日時", "もとの記録")
CARD_COLUMNS = ("ICカード", *SUPPLIER, "ICカード取得者氏名", "証明書の期限", "残り日数", "お知らせ")
DIFFERING_COLUMNS = ("ICカード", *SUPPLIER, "証明書の期限", "資格の末日", "間の日数")
OUTLIVING, UNDERLIVING = "資格の期間より後に期限が来る証明書", "資格の期間より先に期限が来る証明書"
NOT_TOLD = "まだ"
OLD_ITEM_DAYS = 14
"""After so many days an open item is named on the first page."""

PERSONS: Mapping[str, str] = {
    "holder": "ICカード取得者",
    "representative_name": "代表者",
    "delegate_name": "受任者",
}
KINDS: Mapping[str, str] = {RegistrationKind.CARD: "ICカード", RegistrationKind.ID: "ID"}
METHODS: Mapping[str, str] = {
    Method.CARD: "ICカードの登録",
    Method.RENEWAL: "ICカードの更新",
    Method.ID: "IDの登録",
}

THREE_MONTHS = ("当月", "前月", "前年同月")
REGISTRATIONS, DECISIONS = "利用者登録の件数", "ID登録申請の審査結果"
REASONS, TIMES, CATEGORIES = (
    "却下の理由",
    "ID登録申請の審査の日数(開庁日)",
    "資格の種類ごとの利用者登録",
)
BY_METHOD = ("方法", *THREE_MONTHS)
BY_OUTCOME = ("結果", *THREE_MONTHS)
BY_REASON = ("理由", *THREE_MONTHS)
BY_MEASURE = ("日数", *THREE_MONTHS)
BY_CATEGORY = ("資格の種類", *METHODS.values(), *THREE_MONTHS)
CATEGORY_NOTE = (
    "方法ごとの件数は当月のものです。資格の種類を2つ以上もつ業者の登録は、それぞれに数えています。"
)
TIMES_NOTE = "承認(所見なし自動承認を含みます)と却下の日数です。取下げは含みません。"
CATEGORY_AXIS = "資格の種類"
UNGRADED = "資格の種類なし"
CARDS_DRAWN, IDS_DRAWN, MONTH_AXIS, COUNT_AXIS = "ICカード(登録と更新)", "ID", "月", "件数"
MEASURES: Mapping[str, str] = {
    "count": "件数",
    "median_days": "中央値",
    "days_90": "90%がこの日数以内",
    "longest_days": "最長",
}

IMPORT_COUNTS, IMPORT_FIELDS = "取り込んだ結果", "変わった項目"
IMPORT_CONCERNED, IMPORT_CHANGES = "利用者登録・ID登録申請のある業者の変更", "変更の一覧"
IMPORT_COUNT_COLUMNS = ("区分", "件数")
IMPORT_FIELD_COLUMNS = ("項目", "変わった業者", "うち登録・申請のある業者")
CONCERNED_COLUMNS = (*SUPPLIER, "変更", "変わった項目", "ICカード", "ID", "審査中の申請", "確認")
CHANGE_COLUMNS = ("変更", *SUPPLIER, "項目", "変更前", "変更後")
IMPORT_PROBLEMS = "ファイルの問題(取り込まれなかった行と注意)"
PROBLEM_COLUMNS = ("区分", "列", "理由", "件数", "行(はじめのもの)")
IMPORT, FILE, LAYOUT, BY, APPLIED, CORRECTION = (
    "取込",
    "ファイル",
    "レイアウト",
    "取込者",
    "取込日時",
    "訂正の理由",
)
UNDOING, UNDONE = "取消", "第{undoes}号の取込の取消"
CHANGES: Mapping[str, str] = {"added": "追加", "changed": "変更", "vanished": "名簿からなくなった"}
COUNTED: Mapping[str, str] = {
    "added": "追加",
    "changed": "変更",
    "unchanged": "変わりなし",
    "vanished": "名簿からなくなった",
    "refused": "取り込まれなかった",
}

ENDS, LAPSING, RENEWED, LAPSED = (
    "資格の末日ごとの業者数",
    "資格が終わる業者",
    "更新した業者",
    "資格が終わったか名簿になく、利用者登録のある業者",
)
END_COLUMNS = ("資格の末日", "業者数", "うち利用者登録あり")
HELD_COLUMNS = (*SUPPLIER, "資格の末日", "残り日数", "ICカード", "ID")
LAPSED_COLUMNS = (*SUPPLIER, "資格の末日", "過ぎた日数", "名簿", "ICカード", "ID")
RENEWED_COLUMNS = (*SUPPLIER, "前の末日", "新しい末日", "ICカード", "ID")
CLIFF_END, NO_END, NO_CLIFF = "もっとも多くの資格が終わる日", "期限なし", "終わる資格はありません"
REGISTERED_DRAWN, UNREGISTERED_DRAWN, END_AXIS, SUPPLIER_AXIS = (
    "利用者登録あり",
    "利用者登録なし",
    "資格の末日",
    "業者数",
)
SOON_DAYS = 60

FINDINGS, TAGS, PEOPLE, UNUSUAL = (
    "監査記録の検証で見つかったもの",
    "前日の記録の種類ごとの件数",
    "前日の記録の人ごとの件数",
    "休日・時間外の操作",
)
EVENTS = "前日の記録の件数"
FINDING_COLUMNS = ("記録の番号", "見つかったもの", "すること")
TAG_COLUMNS = ("種類", "件数")
PEOPLE_COLUMNS = ("利用者", "件数", "最初", "最後")
UNUSUAL_COLUMNS = ("利用者", "日", "件数", "最初", "最後")
UNUSUAL_NOTE = "開庁日の{opens}から{closes}までのほかの操作です。定期の帳票の作成と控えの保存は、人の操作ではないため除いています。"
VERIFIED, VERIFIED_AT, SIGNED = "監査記録の検証", "検証した日時", "署名付きの控え"
UNCOUNTED = "読めない値が監査記録にあるため、前日の記録を数えていません"
NO_KEY = "署名の鍵(audit-key.pem)がないため、確かめていません。"

YEAR_MONTHS, YEAR_END = "月ごとの件数", "年度末の状態"
YEAR_NOTE = "図は、その月に行われた利用者登録の件数です。"
YEAR_END_COLUMNS = ("項目", "件数")
TOTAL, MEASURE = "年度計", "項目"
STANDINGS: Mapping[Standing, str] = {
    Standing.CARD_USABLE: "有効なICカードの登録",
    Standing.CARD_SUSPENDED: "停止中のICカードの登録",
    Standing.CARD_EXPIRED: "証明書の期限が切れたICカードの登録",
    Standing.ID_USABLE: "有効なID",
    Standing.ID_SUSPENDED: "停止中のID",
    Standing.ID_LOCKED: "ロック中のID",
}
SUPPLIERS = "資格審査情報の業者"
YEAR_MEASURES: Mapping[str, str] = {
    "applications": "ID登録申請の受付",
    "approved": "承認",
    "approved_automatically": reports.AUTOMATIC,
    "rejected": "却下",
    "withdrawn": "取下げ",
    "permits_recorded": "利用申請書の受付",
    "permits_granted": "許可",
    "permits_refused": "不許可",
    "ids_created": "IDの登録",
    "ids_cancelled": "IDの取消",
    "ids_reset": "新しいIDとパスワードの設定",
    "cards_registered": "ICカードの登録",
    "cards_renewed": "ICカードの更新",
    "cards_cancelled": "ICカードの取消",
    "cases": "対応記録",
    "imports": "資格審査情報の取込",
    "corrections": "取込の取消と訂正",
    "follow_ups_opened": "確認事項の発生",
    "follow_ups_closed": "確認事項の確認・解消",
    "mails_sent": "メールの送信",
    "mails_given_up": "メールの送信断念",
}


def day_or(value: date | None, otherwise: str) -> str:
    """A day, or a word where there is none."""
    return otherwise if value is None else f"{value:%Y/%m/%d}"


def stretch(since: datetime, until: datetime) -> str:
    """From after a moment up to another."""
    return f"{wareki_moment(since)}から{wareki_moment(until)}まで"


def days_passed(left: object) -> int | str:
    """How many days ago an end was, from the days left; a dash for one to come, and where none is known."""
    return -left if isinstance(left, int) and left < 0 else NOTHING


def whole_days(days: int) -> str:
    return f"{days}日"


def count_or(value: object) -> float | int | str:
    """A number of days; a dash where nothing was decided."""
    if not isinstance(value, int | float):
        return NOTHING
    return int(value) if float(value).is_integer() else float(value)


def present(value: object) -> str:
    return YES if value else NO


def expiring_title(days: int) -> str:
    return f"{days}日以内に期限が来る証明書(切れたものを含む)"


def item(code: str, facts: Facts) -> str:
    """The sentence of an item of the follow-up list."""
    return follow_up_sentence(FollowUpCode(code), facts)


def item_label(code: str) -> str:
    return follow_up_label(FollowUpCode(code))


def source(what: str, number: str) -> str:
    """Where a change of a person was read from."""
    return f"ICカード {number}" if what == "holder" else f"取込 第{number}号"


def follow_up_actions(
    *, expired: int, untold: int, unqualified: int, new: int, old: int, oldest: Sequence[str]
) -> tuple[str, ...]:
    """What needs action, most urgent first."""
    named = f"(最も古いもの: {'、'.join(oldest)})" if oldest else ""
    lines = (
        (
            expired,
            f"証明書の期限が切れたICカードの登録が{expired}件あります。新しいICカードの登録を案内してください。",
        ),
        (untold, f"期限が近く、有効期限のお知らせが済んでいないICカードが{untold}件あります。"),
        (
            unqualified,
            f"名簿にない、または資格の期間外の登録が{unqualified}件あります。登録を続けてよいか判断してください。",
        ),
        (new, f"前回の週報の後に発生した確認事項が{new}件あります。"),
        (old, f"{OLD_ITEM_DAYS}日より前から残っている確認事項が{old}件あります{named}。"),
    )
    return tuple(line for count, line in lines if count)


def months(month: date) -> str:
    return wareki(month).removesuffix("1日")


def short_month(month: date) -> str:
    """As an axis has it."""
    return f"{month:%y/%m}"


def method(value: str) -> str:
    return METHODS[value]


def outcome(value: str) -> str:
    return reports.state(value)


def measure(value: str) -> str:
    return MEASURES[value]


def category(value: str) -> str:
    return UNGRADED if value == "none" else field_label(value)


def registration_actions(*, late: int, target: int) -> tuple[str, ...]:
    if not late:
        return ()
    return (f"審査の目標({target}開庁日)を過ぎて決定した申請が{late}件ありました。原因を確かめてください。",)


def series_said(names: Sequence[str], ids: Sequence[int], cards: Sequence[int]) -> str:
    """The chart in words."""
    return "、".join(
        f"{name} ID{one}件 ICカード{other}件" for name, one, other in zip(names, ids, cards, strict=True)
    )


def fields_said(fields: Sequence[str]) -> str:
    return "、".join(map(field_label, fields))


def change(kind: str) -> str:
    return CHANGES[kind]


def counted(name: str) -> str:
    return COUNTED[name]


def import_actions(*, touched: int, refused: int, warned: int) -> tuple[str, ...]:
    lines = (
        (
            touched,
            f"利用者登録や申請のある業者のうち、確かめる必要のあるものが{touched}者あります。理由は「{IMPORT_CONCERNED}」にあります。",
        ),
        (
            refused,
            f"取り込まれなかった行が{refused}行あります。指摘を付けたファイルを送付元に返し、直したものを取り込んでください。",
        ),
        (warned, "変更または名簿からなくなった業者が、いつもより多い取込でした。送付元に確かめてください。"),
    )
    return tuple(line for count, line in lines if count)


def to_check(reasons: str) -> str:
    return f"要確認({reasons})"


def lines(numbers: Sequence[int]) -> str:
    return "、".join(map(str, numbers))


def more_problems(count: int) -> str:
    return f"ほかに{count}件の問題がありました。種類は記録されていません。"


def number(value: int | None) -> str:
    """The number of a record: a name, which is not counted with and has no comma."""
    return "" if value is None else str(value)


def import_number(number: int) -> str:
    return f"第{number}号"


def ends_said(names: Sequence[str], counts: Sequence[int]) -> str:
    return "、".join(f"{name} {count}者" for name, count in zip(names, counts, strict=True))


def cliff_actions(*, lapsed: int, soon: int, registered: int, lapsing: int, end: str) -> tuple[str, ...]:
    lines = (
        (
            lapsed,
            f"資格が終わったか名簿になく、利用者登録のある業者が{lapsed}者あります。登録を続けてよいか判断してください。",
        ),
        (soon, f"利用者登録のある業者のうち、資格があと{SOON_DAYS}日以内に終わるものが{soon}者あります。"),
        (
            lapsing,
            f"{end}までに資格が終わり、更新されていない業者が{lapsing}者あります(うち利用者登録のある業者{registered}者)。",
        ),
    )
    return tuple(line for count, line in lines if count)


def integrity_actions(
    *, findings: int, more: bool, around: int, unread: str, unusual: int, refused: int
) -> tuple[str, ...]:
    """``more``: there may be more findings than those that are told. ``unread``: why the anchors outside were not looked at."""
    found = f"{findings}件以上" if more else f"{findings}件"
    lines = (
        (
            findings,
            f"監査記録の検証で{found}の異常が見つかりました。記録を変えずに、監査担当者とシステム管理者に知らせてください。",
        ),
        (around, f"うち{around}件は、ebidadminを通さない変更の疑いがあります。"),
        (
            len(unread),
            f"監査記録を外部の控えと比べられませんでした。{unread}控えの置き場所を、システム管理者に確かめてください。",
        ),
        (
            unusual,
            f"休日または時間外の操作が{unusual}件あります。心当たりのないものは本人に確かめてください。",
        ),
        (refused, f"権限がないために拒否された操作が{refused}件ありました。"),
    )
    return tuple(line for count, line in lines if count)


def year_measure(name: str) -> str:
    return YEAR_MEASURES[name]


def year_name(year: int) -> str:
    return f"{wareki(date(year, 4, 1)).partition('年')[0]}年度"


def year_actions(*, given_up: int) -> tuple[str, ...]:
    if not given_up:
        return ()
    return (
        f"この年度に送信を断念したメールが{given_up}件ありました。いまも残るものは審査の日報で確かめてください。",
    )
