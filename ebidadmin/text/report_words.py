"""What reports, their periods and what became of their runs are called."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from ebidadmin.domain.report_periods import Period, ReportName
from ebidadmin.domain.report_runs import Failure, ReportRun, RunState
from ebidadmin.text.pages import wareki

REPORTS: Mapping[ReportName, str] = {
    ReportName.DAILY_REVIEW: "審査の日報",
    ReportName.WEEKLY_FOLLOW_UP: "確認事項の週報",
    ReportName.MONTHLY_REGISTRATIONS: "利用者登録の月報",
    ReportName.IMPORT_REPORT: "取込の報告",
    ReportName.QUALIFICATION_CLIFF: "資格の期限の一覧",
    ReportName.AUDIT_INTEGRITY: "監査記録の日報",
    ReportName.USAGE_YEAR: "年度の利用実績",
}

REPORT_STATES: Mapping[str, str] = {
    RunState.RUNNING: "作成中",
    RunState.DONE: "作成済み",
    RunState.FAILED: "失敗",
    RunState.MISSED: "作成もれ",
}

FAILURES: Mapping[Failure, str] = {
    Failure.DEAD: "作成の途中で応答がなくなりました(強制終了、電源断など)。",
    Failure.TIME_LIMIT: "制限時間内に終わりませんでした。",
    Failure.CELL: "ノートブックの実行中に誤りがありました。残されたノートブックに、その箇所があります。",
    Failure.OUTPUT: "実行は終わりましたが、ファイルに書き出せませんでした。",
}

_WEEK = re.compile(r"(\d{4})-W(\d{2})")
_MONTH = re.compile(r"(\d{4})-(\d{2})")
_YEAR = re.compile(r"FY(\d{4})")


def period_name(period: Period) -> str:
    """The period as people say it: the day, the week from its Monday, the month, the fiscal year."""
    key = period.key
    if found := _WEEK.fullmatch(key):
        monday = date.fromisocalendar(int(found[1]), int(found[2]), 1)
        return f"{wareki(monday)}からの週"
    if found := _MONTH.fullmatch(key):
        return wareki(date(int(found[1]), int(found[2]), 1)).removesuffix("1日")
    if found := _YEAR.fullmatch(key):
        return f"{wareki(date(int(found[1]), 4, 1)).partition('年')[0]}年度"
    if key.isdigit():
        return f"取込 第{key}号"
    return wareki(date.fromisoformat(key))


def failure_said(run: ReportRun) -> Mapping[str, str]:
    """What a mail about a failed run can say, by field."""
    said = "" if run.failure is None else FAILURES[run.failure]
    return {"report": REPORTS[run.period.report], "report_period": period_name(run.period), "failure": said}
