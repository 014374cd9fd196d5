"""Words of the screen of the audit trail and of its files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from ebidadmin.domain.events import EventTag, SubjectKind, tags_named
from ebidadmin.text import formats, labels

TITLE = "監査記録"
LEAD = "だれが、いつ、何を、なぜ行ったかの記録です。見るだけで、何も変わりません。"

GROUPS: Mapping[str, str] = {
    "application": "ID登録申請",
    "permit": "利用申請書・許可",
    "permit-proposal": "許可の決裁依頼",
    "registration": "登録済みID",
    "card": "ICカードの登録",
    "card-session": "ICカードの手順",
    "revocation-list": "失効リスト",
    "case": "対応記録",
    "follow-up": "確認事項",
    "register": "資格審査情報の書き出し",
    "supplier": "業者の登録内容の閲覧(ヘルプデスク)",
    "audit": "監査記録の検証・書き出し",
    "report": "帳票の作成",
    "staff": "職員",
    "office-file": "設定・理由・文面",
    "desk": "控え・復元・引っ越し・版の更新",
    "layout": "レイアウト",
    "import": "資格審査情報の取込",
    "import-request": "大きな取込の確認依頼",
    "desk-request": "一括承認・ID取消の確認依頼",
    "mail": "メール",
    "refused": "拒否",
}
"""Groups of tags, by the part of a tag before the colon."""

GROUP_OPTION = "【{group}】すべて"
TAG_OPTION = "{group}: {tag}"

TABLE_CAPTION = "監査記録の一覧"
COLUMN_AT = "日時"
COLUMN_BY = "操作した人"
COLUMN_WHAT = "できごと"
COLUMN_SUBJECT = "対象"
COLUMN_SUPPLIER = "業者番号"
COLUMN_SEQ = "連番"

FILTER_TITLE = "絞り込み"
FIELD_FIRST = "期間の初日"
FIELD_LAST = "期間の末日"
FIELD_BY = "操作した人(ログイン名)"
FIELD_TAG = "できごと"
FIELD_SUPPLIER = "業者番号"
FIELD_KIND = "対象の種類"
FIELD_ID = "対象の番号"
HINT_DAY = "例: 2026/10/7、令和8年10月7日。空欄なら限りません。"
HINT_BY = "ログイン名のとおり。空欄ならすべての人です。"
HINT_ID = "種類と番号の両方を入れます。"
ANY = "(すべて)"
BUTTON_FILTER = "絞り込む"
BUTTON_LEAVE = "やめる"

ASK = "絞り込む"
CLEAR = "絞り込みを解く"
JUMP = "この日へ移動"
JUMP_FIELD = "移動する日"
CSV = "CSVで書き出す"
EXCEL = "Excelで書き出す"
VERIFY = "検証"
LIST_KEYS = "キー操作"
KEYS = (
    ("Alt+S", "絞り込む"),
    ("Alt+T", "一覧へ"),
    ("↑ ↓", "行を選ぶ"),
    ("Enter", "開く"),
    ("PageUp PageDown", "ページを移る"),
    ("Alt+U", "業者の記録すべて"),
    ("Alt+V", "検証"),
    ("Alt+X", "閉じる"),
)

NO_CONDITION = "すべての記録を表示しています"
CONDITIONS = "条件: {conditions}"
CHOSEN = "{conditions}({size})"
SIZE = "{count}"
SIZE_MORE = "{count}を超えます"
PERIOD = "期間 {first}～{last}"
OF_PERSON = "操作した人 {person}"
OF_TAG = "できごと {tag}"
OF_SUPPLIER = "業者番号 {supplier}"
OF_SUBJECT = "対象 {subject}"

NOTHING = "この条件に当たる記録はありません。"
NOTHING_AT_ALL = "記録はまだありません。"
NOTHING_UNTIL = "この条件に当たる {day} 以前の記録はありません。"
NOTHING_FROM = "この条件に当たる {day} 以後の記録はありません。"
NOT_REMEMBERED = "表示位置を保存できませんでした。次に開いたときは最初のページから始まります。"

ERROR_DAY = "日付として読めません。例: 2026/10/7"
ERROR_ORDER = "末日が初日より前です。"
ERROR_SUPPLIER = "業者番号は半角英数字9文字です。"
ERROR_BOTH = "種類と番号の両方を入れてください。"
ERROR_MOMENT = "時点として読めません。例: 2026/10/7 又は 2026/10/7 13:05"

EVENT_TITLE = "連番 {seq} {what}"
FACT_AT = "日時(日本時間)"
FACT_BY = "操作した人"
FACT_WHAT = "できごと"
FACT_SUBJECT = "対象"
FACT_SUPPLIER = "業者番号"
FACT_SOFTWARE = "プログラムの版"
SECTION_CHANGED = "変わったところ"
SECTION_VALUES = "記録された内容"
SECTION_WHY = "理由・事情"
SECTION_REST = "変わらないところ"
CHANGE_HEADINGS = ("項目", "変更前", "変更後")
STATE_HEADINGS = ("項目", "内容")
NO_VALUES = "前後の内容のない記録です。"
NO_CHANGE = "変わった項目はありません。"
NO_FACTS = "理由・事情の記載はありません。"
ERASED = (
    "この記録の内容は、保存期間の過ぎた業者の個人情報を含んでいたため、記録{seq}番で消去されました。"
    "いつだれが何をしたかは残っています。"
)
HIDDEN_NOTE = "「*****」は、個人情報などを見る権限がないため表示していない値です。"
SHOW_REST = "変わらない項目も表示({count})"
HIDE_REST = "変わらない項目を隠す"
BUTTON_LIFE = "業者の記録すべて"
BUTTON_SUBJECT = "この対象だけの一覧"
BUTTON_STATE = "ある時点の内容"
BUTTON_CLOSE = "閉じる"
OPEN = "開く"

LIFE_TITLE = "業者番号 {supplier} の記録"
LIFE_LEAD = "古い順に、この業者に関わるすべてのできごとです。"
LIFE_HEADINGS = ("日時", "操作した人", "できごと", "対象", "連番", "")
LIFE_MORE = "続きを表示"
LIFE_END = "ここまでで全部です({count})。"
NO_NUMBER = "監査記録の番号は数字だけです。番号を確かめてください。"
LIFE_NOTHING = "この業者番号の記録はありません。"

STATE_TITLE = "{subject}の、ある時点の内容"
STATE_FIRST = "時点"
STATE_SECOND = "比べる時点(空欄可)"
STATE_HINT = "例: 2026/10/7(その日の終わり)、2026/10/7 13:05(その1分の終わり)"
STATE_SHOW = "表示する"
STATE_AT = "{moment} 時点"
STATE_NONE = "{moment} の時点では、まだありません。"
STATE_SOURCE = "連番 {seq} の記録による内容です。"
STATE_SAME = "{first} と {second} の間に変わったところはありません。"
STATE_CHANGES = "{first} と {second} で違うところ"

EXPORTED = "{count}を書き出しました。書き出したことは監査記録に残りました。"
EXPORT_NAME = "監査記録_{day}"
EXPORT_TOO_MANY = "{most}を超えるため、画面からは書き出せません。期間などで絞るか、管理者に ebidadmin audit export を頼んでください。"

FILE_SHEET = "監査記録"
FILE_HEADINGS = (
    "連番",
    "日時(日本時間)",
    "操作した人",
    "できごと",
    "対象の種類",
    "対象の番号",
    "業者番号",
    "変わったところ",
    "理由・事情",
    "プログラムの版",
    "できごとのコード",
    "変更前(JSON)",
    "変更後(JSON)",
    "理由・事情(JSON)",
)
FILE_CHANGE = "{label}: {before} → {after}"
FILE_FACT = "{label}: {value}"


def period(first: date | None, last: date | None) -> str:
    """The days that are chosen; an open end has no day."""
    days = {"first": first, "last": last}
    shown = {key: "" if one is None else formats.day(one) for key, one in days.items()}
    return PERIOD.format(**shown)


def conditions(told: Sequence[str]) -> str:
    """What is chosen, in one sentence."""
    return CONDITIONS.format(conditions="、".join(told)) if told else NO_CONDITION


def group_of(tag: EventTag) -> str:
    """The group of a tag."""
    return tag.value.partition(":")[0]


def group_label(group: str) -> str:
    """The name of a group; one that has none keeps its own."""
    return GROUPS.get(group, group)


def tag_options() -> tuple[tuple[str, str], ...]:
    """What can be chosen: each group as a whole, and below it each of its tags."""
    options: list[tuple[str, str]] = []
    for group in dict.fromkeys(group_of(tag) for tag in EventTag):
        options.append((group, GROUP_OPTION.format(group=group_label(group))))
        options += [
            (tag.value, TAG_OPTION.format(group=group_label(group), tag=labels.EVENTS[tag]))
            for tag in EventTag
            if group_of(tag) == group
        ]
    return tuple(options)


def chosen_label(choice: str) -> str:
    """The name of a group or a tag that was chosen."""
    return labels.EVENTS[EventTag(choice)] if ":" in choice else group_label(choice)


def tags_of(choice: str) -> frozenset[EventTag]:
    """The tags behind a group or a tag, none behind an empty choice. Raises ``ValueError`` for what is neither."""
    return tags_named(choice) if choice else frozenset()


def kind_label(kind: SubjectKind) -> str:
    """The name of a kind of records."""
    return labels.KINDS.get(kind.value, kind.value)


def exported(file: str, rows: int, digest: str) -> str:
    """What the command line says of an export."""
    return f"監査記録 {rows:,}件を {file} に書き出しました(SHA-256 {digest})。"
