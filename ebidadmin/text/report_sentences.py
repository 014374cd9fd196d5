"""What is said when a report cannot be made."""

from __future__ import annotations

from collections.abc import Mapping

REPORTING: Mapping[str, str] = {
    "report-unknown": "帳票「{report}」はありません。使えるものから選んでください({known})。",
    "report-day-ahead": "{day}はまだ来ていません。今日までの日を指定してください。",
}
