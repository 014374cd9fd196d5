"""The words of the reports: headings, columns, sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from ebidadmin.domain.applications import ApplicationState
from ebidadmin.domain.mails import MailKind
from ebidadmin.domain.report_periods import ReportName
from ebidadmin.services.report_facts import AUTOMATICALLY
from ebidadmin.text import bulk_approval
from ebidadmin.text.labels import STATES
from ebidadmin.text.mail_sentences import MAIL_SERVER
from ebidadmin.text.pages import wareki, wareki_moment
from ebidadmin.text.queue import MAIL_KINDS
from ebidadmin.text.report_words import REPORTS

ACTIONS_TITLE = "対応が必要なもの"
ALL_WELL = "対応が必要なものはありません。"
MORE_ROWS = "ほかに{count}件あります。すべてはExcelファイルにあります。"
EMPTY = "該当するものはありません。"

AS_OF = "時点"
OFFICE = "調達機関"
COVERS = "決定の集計"
TARGET = "審査の目標"
TREE_HEAD = "監査記録の木の頭:"
REGISTER_VERSION = "資格審査情報の版:"
PROGRAM = "作成したプログラム:"
NO_REGISTER = "取込なし"

OPEN_COLUMNS = (
    "受付番号",
    "業者番号",
    "商号又は名称",
    "状態",
    "受付日",
    "経過(開庁日)",
    "うち照会中",
    "期限",
)
DECIDED_COLUMNS = ("受付番号", "業者番号", "商号又は名称", "結果", "決定日時", "決定者", "所要(開庁日)")
TIME_COLUMNS = ("結果", "件数", "所要の中央値(開庁日)", "最も長い所要(開庁日)")
MAIL_COLUMNS = ("番号", "種類", "対象", "作成日時", "理由")
PERMIT_COLUMNS = ("業者番号", "商号又は名称", "許可の始まり", "許可の終わり", "ID登録申請")
ID_COLUMNS = ("業者番号", "商号又は名称", "受付番号", "登録日")

WAITING, DECIDED, ENDED, TIMES, MAILS = (
    "審査を待つ申請",
    "前の開庁日からの決定",
    "前の開庁日からの決定と取下げ",
    "決定までの日数",
    "送れなかったメール",
)
TIMES_NOTE = "承認と却下の日数です。取下げは含みません。"
PERMITS, IDS, AGES = "許可があってIDのない業者", "IDがあって許可のない業者", "経過日数ごとの件数"
IN_TIME, OVERDUE = "目標の日数以内", "目標の日数を超過"
AGE_TITLE, COUNT_TITLE = "受付の翌日からの開庁日数(照会中を除く)", "件数"
AUTOMATIC = f"承認({bulk_approval.AUTOMATIC})"
OF_THEM_AUTOMATIC = f"うち{AUTOMATIC}"
APPLIED, NOT_APPLIED, OPEN_ENDED = "審査中", "なし", "期限なし"


def title(report: ReportName) -> str:
    return REPORTS[report]


def subtitle(day: date) -> str:
    return f"{wareki(day)}({'月火水木金土日'[day.weekday()]})"


def as_of(moment: datetime) -> str:
    return wareki_moment(moment)


def covers(first: date, last: date) -> str:
    """The days whose decisions are counted."""
    return wareki(first) if first == last else f"{wareki(first)}から{wareki(last)}まで"


def target(days: int) -> str:
    return f"{days}開庁日"


def review_actions(
    *, overdue: int, due_today: int, mails: int, ids: int, oldest: Sequence[str]
) -> tuple[str, ...]:
    """What needs action, most urgent first; nothing where nothing does."""
    first = f"(最も古いもの: {'、'.join(oldest)})" if oldest else ""
    lines = (
        (overdue, f"審査の目標を過ぎた申請が{overdue}件あります{first}。"),
        (due_today, f"今日が期限の申請が{due_today}件あります。"),
        (mails, f"送信を断念したメールが{mails}件あります。電話などで知らせ、原因を除いて再送してください。"),
        (ids, f"許可のないIDが{ids}件あります。許可を確かめ、なければIDを停止するか判断してください。"),
    )
    return tuple(line for count, line in lines if count)


def ages(first: int, last: int | None) -> str:
    """A stretch of working days, as an axis has it."""
    if last is None:
        return f"{first}日以上"
    return f"{first}日" if first == last else f"{first}-{last}日"


def ages_said(names: Sequence[str], counts: Sequence[int]) -> str:
    """The chart in words."""
    return "、".join(f"{name} {count}件" for name, count in zip(names, counts, strict=True))


def state(value: str) -> str:
    """A state, or what became of an application; what nobody but the setting decided is told apart."""
    return AUTOMATIC if value == AUTOMATICALLY else STATES[ApplicationState(value)]


def mail_kind(value: str) -> str:
    return MAIL_KINDS[MailKind(value)]


def mail_error(code: str) -> str:
    """The reason in words; an unknown code as it is."""
    return MAIL_REASONS.get(code, code)


MAIL_REASONS: Mapping[str, str] = {
    code: sentence.replace(" {server} ", "").replace(" {variable} ", "").partition("。")[0]
    for code, sentence in MAIL_SERVER.items()
}
"""The first sentence of what is said about a refusal, without what differs from one to the next."""


def day(value: date) -> str:
    return f"{value:%Y/%m/%d}"


def minute(value: datetime) -> str:
    return f"{value:%Y/%m/%d %H:%M}"


def end(value: date | None) -> str:
    """The last day of a permit."""
    return OPEN_ENDED if value is None else day(value)


def applied(value: bool) -> str:
    """Whether an application for an ID waits."""
    return APPLIED if value else NOT_APPLIED


def glyphs_missing(sign: str, codes: Sequence[str]) -> str:
    """What to do about characters that stand as that sign on a printed page."""
    return f"印刷用の書体にない文字({'、'.join(codes)})を「{sign}」としています。画面(HTML)かExcelで確かめてください。"


def tree_head(events: int, root: str) -> str:
    """The trail's hash tree as the report saw it."""
    return f"{events}件 {root or '-'}"
