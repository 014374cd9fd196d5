"""Words of the screen of reports."""

from __future__ import annotations

from datetime import datetime

from ebidadmin.domain.report_periods import Cadence
from ebidadmin.text import formats

TITLE = "帳票"
LEAD = "定期に作られる帳票の予定と結果です。ファイルを開き、前回と比べ、もう一度作成できます。"
RELOAD = "最新の状態に更新"

SECTION_PLAN = "予定と前回の結果"
PLAN_HEADINGS = ("帳票", "作成の時期", "次回", "前回", "前回の結果")
SECTION_AHEAD = "これから2週間の予定"
AHEAD_HEADINGS = ("日時", "帳票")
AHEAD_NONE = "予定はありません。"
NOT_BEGUN = "まだ作られていません"
BY_IMPORT = "取込のたび"
NO_NEXT = "-"

SECTION_RUNS = "作成の記録"
RUN_COLUMNS = ("帳票", "対象", "時点", "結果", "作成", "作成した人")
FILTER_REPORT = "帳票"
RUNS_NONE = "作成の記録はありません。"
NO_RUN = "その帳票の記録は一覧にありません。下の一覧から選んでください。"
RUNS_LEAD = "新しいものから{count}件まで表示します。"
OPEN = "開く"
ALL = "すべて"
BUTTON_CLOSE = "閉じる"
BUTTON_AGAIN = "同じ対象と指定でもう一度作成"

SECTION_RUN = "選んだ帳票"
FILES = "ファイル"
FILES_NONE = "ファイルはありません(保存期間が過ぎたか、作成できませんでした)。"
FILES_NOT_YET = "作成が終わると、ここにファイルが出ます。"
FILES_ELSEWHERE = (
    "ファイルは、この帳票を作った別のパソコンにあります。ここで見るには、もう一度作成してください。"
)
FILE_KINDS = {
    ".html": "画面で見る(HTML)",
    ".pdf": "印刷する(PDF)",
    ".xlsx": "Excelで開く(全件)",
    ".ipynb": "作成したノートブック",
}
FILE_READY = "「{name}」を用意しました。下のリンクから保存できます。取り出したことは監査記録に残ります。"
FAILURE = "理由"
FAILURE_DETAIL = "くわしい理由"

COMPARED = "前回との比較"
COMPARED_HEADINGS = ("項目", "今回", "前回", "増減")
COMPARED_WITH = "前回: {period}({as_of}時点)"
COMPARED_NONE = "比べられる前回がありません。"

SECTION_MAKE = "帳票を作る"
MAKE_LEAD = "予定とは別に、選んだ日の分を作ります。作成には20秒ほどかかります。その間も、この画面のほかの操作はできます。"
FIELD_REPORT = "帳票"
FIELD_DAY = "対象の日"
FIELD_DAY_HINT = "例: 2026-10-07。空欄は今日です。"
BUTTON_PARAMETERS = "この帳票の指定へ進む"
BUTTON_MAKE = "作成"
BUTTON_BACK = "帳票を選び直す"
DAY_WRONG = "日付は 2026-10-07 の形で入力してください。"
MAKING = "「{report}」を作成しています…"
MADE = "「{report}」を作成しました。"
NOT_MADE = "「{report}」を作成できませんでした。下の理由を確かめてください。"
RUNNING = "作成中のものがあります。終わってからもう一度押してください。"
NUMBER_HINT = "数字"
TRUTHS = (("true", "はい"), ("false", "いいえ"))
PARAMETERS = {"rows": "表に載せる行数(残りはExcelに載ります)"}

CADENCES = {
    Cadence.DAILY: "毎日",
    Cadence.WORKING_DAY: "毎開庁日",
    Cadence.WEEK: "週の最初の開庁日",
    Cadence.MONTH: "月の最初の開庁日",
    Cadence.CLIFF: "月の最初の開庁日(10月から12月は週の最初の開庁日)",
    Cadence.FISCAL_YEAR: "4月の最初の開庁日",
    Cadence.IMPORT: BY_IMPORT,
}


def parameter(name: str) -> str:
    """The label of a parameter; one of a notebook of the office's own by its name."""
    return PARAMETERS.get(name, name)


def moment(value: datetime | None) -> str:
    return NO_NEXT if value is None else formats.moment_with_weekday(value)


def figure(value: float) -> str:
    """A figure without needless decimals."""
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"


def difference(now: float, before: float) -> str:
    """How much more or less."""
    change = now - before
    return "±0" if not change else f"{'+' if change > 0 else '-'}{figure(abs(change))}"
