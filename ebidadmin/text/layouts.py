"""Words of the screen that makes a layout from an example file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ebidadmin.domain.layout_drafts import KEEP, LEAVE, DraftProblem
from ebidadmin.text.imports import FIELDS, NO_GRADE

TITLE = "レイアウトの作成"
LEAD = "見本のファイルの見出しを資格審査情報の項目に結びつけ、取込に使うレイアウトとして保存します。"
STEPS = ("見本のファイルを選ぶ", "見出しを項目に結びつける", "保存する")

SECTION_FILE = "見本のファイル"
SECTION_ROWS = "見本の最初の行"
SECTION_HEADING = "見出しの行"
SECTION_COLUMNS = "1. 見出しと項目"
LEAD_COLUMNS = "列ごとに、どの項目として取り込むかを選んでください。二つ以上の列に同じ項目を選ぶと、左からつないで一つの項目にします。"
SECTION_FIELDS = "2. 項目ごとの決まり"
LEAD_FIELDS = "必須の項目が空の行はエラーになります。列のない項目には、すべての行に同じ値を入れられます。"
SECTION_VALUES = "3. 値の読み替え"
LEAD_VALUES = "ファイルの値を別の値として取り込みます(例: ○ → 無し)。取り込めない値があれば、ここに並びます。"
NO_VALUES = "読み替えが要りそうな値は、見本にはありません。"
SECTION_CHECK = "4. 読み取りの確認"
SECTION_SAVE = "5. 名前と取込の決まり"

BUTTON_OPEN = "見本を開く"
BUTTON_BACK = "見本を選び直す"
BUTTON_SAVE = "保存する"
BUTTON_ADD_VALUE = "読み替えを追加"
BUTTON_REMOVE = "削除"
BUTTON_ANOTHER = "続けて別のレイアウトを作る"
LINK_IMPORT = "「資格審査情報の取込」を開く"
LINK_MAKER = "「レイアウトの作成」を開く"
MISSING_LAYOUT = "ファイルの見出しに合うレイアウトがないときは、見本のファイルから作れます。"

FIELD_HEADING_ROW = "見出しのある行"
FIELD_HEADING_ROW_HINT = "見出しがない(1行目から名簿が始まる)ファイルは「見出しはない」を選んでください。"
HEADLESS = "none"
NO_HEADING = "見出しはない(列の順番で読む)"

COLUMN_LETTER = "列"
COLUMN_HEADING = "見出し"
COLUMN_SAMPLE = "値の例"
COLUMN_PURPOSE = "取り込む項目"
PURPOSES: Mapping[str, str] = {KEEP: "追加項目として残す", LEAVE: "読み込まない", **FIELDS}
UNNAMED = "(見出しなし)"
UNNAMED_NOTE = "見出しのない列は読み込みません"

FIELD_NAME = "項目"
FIELD_HEADINGS = "見出し"
FIELD_JOINER = "つなぎ方"
FIELD_REQUIRED = "必須"
FIELD_CONSTANT = "すべての行に入れる値"
JOINERS: tuple[tuple[str, str], ...] = (
    ("", "そのままつなぐ"),
    ("　", "全角の空白"),
    (" ", "半角の空白"),
    ("-", "ハイフン"),
)
NO_COLUMN = "(列なし)"

VALUE_FIELD = "項目"
VALUE_OLD = "ファイルの値"
VALUE_COUNT = "見本の行数"
VALUE_NEW = "取り込む値"
VALUE_EMPTY = "(空)"
AS_IT_IS = "そのまま"
MAKE_EMPTY = "空にする"
VALUE_OLD_REQUIRED = "ファイルの値を入力してください。"
VALUE_FIELD_REQUIRED = "項目を選んでください。"
VALUE_NEW_HINT = "空欄にすると、空の値として取り込みます。"

FIELD_TITLE = "レイアウトの名称"
FIELD_TITLE_HINT = "一覧に表示されます(例: ○○市 物品 競争入札参加資格者名簿)。"
FIELD_KEY = "保存するときの名前"
FIELD_KEY_HINT = "半角の英小文字・数字・ハイフンで40文字以内(例: aoba-buppin)。"
FIELD_LIST = "名簿の範囲"
LISTS = (
    ("partial", "一部(ファイルにある業者だけを追加・変更する)"),
    ("full", "全件(ファイルにない業者は名簿から外す)"),
)
FIELD_ROWS = "エラーの行があるとき"
ROWS = (
    ("refuse-file", "ファイル全体を取り込まない"),
    ("take-good", "エラーのない行だけを取り込む"),
)
FIELD_NUMBER = "業者番号"
NUMBERS = (
    ("given", "ファイルの業者番号を使う"),
    ("issue", "ここで番号を付ける(法人番号、なければ名称・代表者・住所で同じ業者とみなす)"),
)
FIELD_REPLACE = "同じ名前があれば置き換える"

FACT_FILE = "ファイル"
FACT_ENCODING = "文字コード"
FACT_ROWS = "読み取った行数"
PREVIEW_CAPTION = "この設定で読み取った最初の行"
PROBLEM_HEADINGS = ("列", "理由", "件数", "最初の行")
NO_PROBLEMS = "最初の{rows}行に、取込のときにエラーや注意になるものはありません。"
PROBLEMS_TITLE = "最初の{rows}行では、次のエラーや注意が出ます"
READY = "設定はそろいました。読み取った内容を確かめ、保存してください。"
UNFINISHED = "保存する前に、次のことが必要です"
ADVICE = "確かめてください"
TOO_WIDE = "列が{columns}あります。画面で作れるのは{limit}列までです。要らない列を除いたファイルを見本にしてください。"
NO_ROWS = "見出しの下に行がありません。見出しの行を選び直してください。"

DRAFT_PROBLEMS: Mapping[str, str] = {
    "draft-trade-name": "「商号又は名称」にする列を選んでください。",
    "draft-supplier-number": "「業者番号」にする列を選ぶか、「ここで番号を付ける」にしてください。",
    "draft-number-unused": "業者番号の列があるのに「ここで番号を付ける」になっています。どちらかにしてください。",
    "draft-title": "レイアウトの名称を入力してください。",
    "draft-name": "保存するときの名前を、半角の英小文字・数字・ハイフンで入力してください。",
    "draft-key-weak": "{fields}の列がありません。法人番号のない同名の業者を区別できないことがあります。",
    "draft-full": "全件の名簿として取り込みます。ファイルにない業者は名簿から外れます。",
}


def draft_sentence(problem: DraftProblem) -> str:
    """What a draft lacks, as a sentence."""
    facts = dict(problem.facts)
    if "fields" in facts:
        facts["fields"] = "・".join(FIELDS[name] for name in facts["fields"].split(","))
    return DRAFT_PROBLEMS[problem.code].format(**facts)


def column_letter(position: int) -> str:
    """A column as spreadsheets call it; ``position`` counts from 0."""
    letters, left = "", position + 1
    while left:
        left, rest = divmod(left - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def column_name(position: int) -> str:
    """The name of a column of a file without headings."""
    return f"列{column_letter(position)}"


def line_choice(line: int) -> str:
    """A line that may hold the headings."""
    return f"{line}行目"


def samples(values: Iterable[str]) -> str:
    """Some values of a column."""
    return " / ".join(values)


def joined(headings: Iterable[str]) -> str:
    """The headings of one field."""
    return " + ".join(headings)


def value_shown(field: str, value: str) -> str:
    """A value that cells are replaced by."""
    if not value:
        return VALUE_EMPTY
    return NO_GRADE if field.startswith("grade_") and value == "none" else value


def rows_read(count: int, limit: int) -> str:
    """How many rows of the example were read."""
    return f"最初の{limit:,}行" if count >= limit else f"{count:,}行"


def saved(title: str, name: str) -> str:
    """A layout was put beside the others."""
    return f"レイアウト「{title}」を「{name}」として保存しました。取込の画面ですぐに選べます。"


def already_open() -> str:
    """What to do in an import screen that is open."""
    return "取込の画面をすでに開いているときは、「ファイルとレイアウトの一覧を更新」を押してください。"
