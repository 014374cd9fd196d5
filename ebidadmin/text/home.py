"""Words of the home screen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from ebidadmin.domain.doors import Door, ServiceHours
from ebidadmin.domain.report_periods import Period
from ebidadmin.domain.report_runs import ReportRun
from ebidadmin.text import formats
from ebidadmin.text.report_words import REPORTS, period_name

TITLE = "ホーム"
LEAD = "受付状況と件数、きょうの仕事への入口です。"

SECTION_DOORS = "受付状況"
SECTION_COUNTS = "ID登録申請"
SECTION_REGISTER = "資格審査情報"
SECTION_MAILS = "通知メール"
SECTION_LINKS = "画面を開く"
SECTION_DESK = "この端末の情報"

DOORS = {
    Door.BIDDING: "電子入札システム",
    Door.PUBLICATION: "入札情報公開システム",
    Door.QUALIFICATION: "入札参加資格申請受付システム",
}
OPEN = "受付中"
CLOSED = "時間外"
ALWAYS_OPEN = "常時受付(設定による)"
ALWAYS_OPEN_NOTICE = "設定により、すべての窓口が常時受付になっています(デモ用の設定)。"
DOOR_HEADINGS = ("システム", "状態", "利用時間", "次の受付開始")

OVERDUE = "期限超過"
MAILS_WAITING = "送信待ち"
MAILS_GAVE_UP = "送信断念"

REGISTER_VERSION = "版"
REGISTER_APPLIED = "取込日時"
REGISTER_FILE = "ファイル"
REGISTER_SUPPLIERS = "業者数"
REGISTER_NONE = "まだ取り込まれていません。"

TO_GAVE_UP = "送信を断念した記録を見る"
TO_IMPORT_REQUESTS = "確認を待つ取込を見る"
TO_PROPOSALS = "決裁を待つ許可を見る"
TO_BULK_REQUESTS = "確認を待つ一括承認を見る"
TO_CANCEL_REQUESTS = "確認を待つIDの取消を見る"
TO_REPORTS = "帳票の予定を見る"
TO_OVERDUE = "期限を過ぎた申請を見る"
TO_REQUESTED = "決定を待つ利用申請書"
TO_FOLLOW_UPS = "利用者登録の確認事項"

DESK_STAFF = "操作する人"
DESK_ROLES = "役割"
DESK_FOLDER = "保存先"
DESK_SOFTWARE = "プログラムの版"

ALARM_NO_REGISTER = "資格審査情報がまだ取り込まれていません。「資格審査情報の取込」から取り込んでください。"
RELOAD = "最新の状態に更新"

ROLES = {
    "reviewer": "審査担当",
    "approver": "決裁者",
    "importer": "取込担当",
    "help-desk": "ヘルプデスク",
    "auditor": "監査",
    "administrator": "管理者",
}


def roles(codes: Iterable[str]) -> str:
    """Roles by name."""
    return "、".join(ROLES[code] for code in codes)


def hours(value: ServiceHours) -> str:
    """The service hours of a door."""
    if value.always:
        return ALWAYS_OPEN
    return f"平日 {value.opens.hour}:{value.opens:%M}～{value.closes.hour}:{value.closes:%M}"


def next_opening(moment: datetime | None) -> str:
    """When a door opens next."""
    return formats.ABSENT if moment is None else formats.moment_with_weekday(moment)


def version(number: int) -> str:
    """The register's version."""
    return f"第{number}版"


def alarm_gave_up(count: int) -> str:
    return f"送信を断念した通知メールが{count:,}件あります。宛先を確かめ、業者に連絡してください。"


def alarm_requests(count: int) -> str:
    return f"ほかの職員の確認を待つ取込が{count:,}件あります。「資格審査情報の取込」で確かめてください。"


def alarm_desk_requests(count: int) -> str:
    return (
        f"ほかの職員の確認を待つ一括承認・IDの取消の依頼が{count:,}件あります。"
        "「ID登録申請の審査」「利用者登録」の画面で内容を確かめてください。"
    )


def alarm_proposals(count: int) -> str:
    return (
        f"ほかの職員の決裁を待つ許可の依頼が{count:,}件あります。"
        "「利用許可」の画面の「決裁待ち」で内容を確かめてください。"
    )


def alarm_overdue(count: int) -> str:
    return f"期限を過ぎた申請が{count:,}件あります。"


def alarm_reports_absent(periods: Sequence[Period]) -> str:
    named = "、".join(dict.fromkeys(REPORTS[period.report] for period in periods))
    return (
        f"予定の時刻を過ぎても作られていない帳票があります({named})。"
        "定期作成(ebidadmin schedule)が動いているか、管理者に確かめてください。"
    )


def alarm_reports_failed(runs: Sequence[ReportRun]) -> str:
    named = "、".join(f"{REPORTS[run.period.report]} {period_name(run.period)}" for run in runs)
    return f"作成に失敗した帳票があります({named})。「帳票」の画面で理由を確かめ、もう一度作成してください。"


def to_run(run: ReportRun) -> str:
    return f"{REPORTS[run.period.report]} {period_name(run.period)} を見る"


def suppliers(count: int) -> str:
    return f"{count:,}者"
