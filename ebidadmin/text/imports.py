"""Words of the qualification import screen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ebidadmin.domain.qualifications import Grade

TITLE = "資格審査情報の取込"
LEAD = (
    "ファイルを選び、内容と変更点を確かめてから取り込みます。確認と違う内容が取り込まれることはありません。"
)
STEPS = ("ファイルを選ぶ", "内容を確かめる", "取り込む")

SECTION_FILE = "ファイルとレイアウト"
SECTION_FIRST_ROWS = "読み取った最初の行"
SECTION_SUMMARY = "確認結果"
SECTION_PROBLEMS = "問題のある行"
SECTION_CHANGES = "変更の内容"
SECTION_BATCHES = "これまでの取込"

FIELD_FILE = "取込フォルダーのファイル"
FIELD_PATH = "またはファイルの場所(パス)"
FIELD_PATH_HINT = "大きなファイルは、作業フォルダーの inbox に置くか、ここに場所を入力してください。"
FIELD_LAYOUT = "レイアウト"
BUTTON_PREVIEW = "内容を確かめる"
BUTTON_REFRESH = "ファイルとレイアウトの一覧を更新"
BUTTON_FILES = "ファイルの一覧を更新"
BUTTON_APPLY = "取り込む"
BUTTON_DISCARD = "取り込まずに戻る"
BUTTON_AGAIN = "続けて別のファイルを取り込む"
BUTTON_CANCEL = "中止"
BUTTON_RETURN = "問題を書き込んだファイルを保存"
RETURN_HINT = (
    "元のファイルの各行に「問題」と「理由」の列を足したものです。直してもらい、もう一度取り込んでください。"
)


@dataclass(frozen=True, slots=True)
class UploadLabels:
    """Words of the file input."""

    choose: str = "小さなファイルをここから送る(10MBまで)"
    sending: str = "送信しています…"


UPLOAD = UploadLabels()

CHOOSE = "(選択してください)"

COUNT_ADDED = "追加"
COUNT_CHANGED = "変更"
COUNT_UNCHANGED = "変更なし"
COUNT_VANISHED = "名簿から外れる"
COUNT_REFUSED = "取り込まない行"
COUNT_TOUCHED = "登録・申請に関わる業者"
FACT_FILE = "ファイル"
FACT_HASH = "ハッシュ値(SHA-256)"
FACT_LAYOUT = "レイアウト"
FACT_ENCODING = "文字コード"
FACT_REGISTER = "比較した版"
REGISTER_EMPTY = "(まだ取り込まれていません)"

PROBLEM_LINE = "行"
PROBLEM_COLUMN = "列"
PROBLEM_SEVERITY = "区分"
PROBLEM_VALUE = "値"
PROBLEM_REASON = "理由"
TABLE_EMPTY = "該当するものはありません。"
PROBLEMS_CAPTION = "問題のある行の一覧"

CHANGE_KIND = "区分"
CHANGE_SUPPLIER = "業者番号"
CHANGE_NAME = "商号又は名称"
CHANGE_FIELDS = "変更点"
CHANGES_CAPTION = "変更の一覧"
KINDS = {"added": COUNT_ADDED, "changed": COUNT_CHANGED, "vanished": COUNT_VANISHED}

SEVERITIES = {"error": "エラー", "warning": "注意"}

EXPORT_SHEET = "資格審査情報"
"""The sheet of an exported register."""

RETURNED_PROBLEM = "問題"
RETURNED_REASON = "理由"
"""Headings of the two columns that a file has which goes back to its sender."""

SCALE_TITLE = "変更が多いため、確認が必要です"
SCALE_WORDS = {
    "many-vanish": "登録済みの業者の{share}が名簿から外れます。",
    "many-changed": "登録済みの業者の{share}の内容が変わります。",
    "many-change": "登録済みの業者の{share}の内容が変わります。",
}
SCALE_OTHER = "通常より大きな変更です({share})。"
SCALE_LABEL = "確認のため「{word}」と入力してください"
SCALE_WORD = "取込"
SCALE_WRONG = "「{word}」と入力すると取り込めます。"

CHANGES_NOTHING = "この内容はすでに登録されています。取り込んでも変わるものはありません。"
UNREADABLE = "見出しがレイアウトと合わないため、行を読み取っていません。下の問題を直すか、レイアウトを選び直してください。"
NOT_APPLICABLE = "エラーのある行があるため取り込めません。ファイルを直して、もう一度選んでください。"
READY = "問題がなければ「取り込む」を押してください。"

EMPTY_BATCHES = "まだ取り込まれていません。"
BATCH_HEADINGS = (
    "版",
    "取込日時",
    "ファイル",
    "レイアウト",
    "追加",
    "変更",
    "名簿から外れた",
    "取り込まなかった行",
    "取り込んだ人",
)
BATCH_ACTIONS = "操作"

WORKING_PREVIEW = "ファイルを確かめています"
WORKING_APPLY = "取り込んでいます"
CANCELLED = "中止しました。何も変わっていません。"

FILE_MISSING = "「{path}」が見つかりません。場所を確かめてください。"
FILE_NOT_CSV = "「{path}」はCSVでもExcelでもありません。拡張子が .csv、.tsv、.txt、.xlsx、.xls のファイルを選んでください。"
FILE_REQUIRED = "ファイルを選ぶか、場所を入力してください。"
FILE_AMBIGUOUS = "ファイルの選択と場所の入力は、どちらか一方にしてください。"
LAYOUT_REQUIRED = "レイアウトを選んでください。"
UPLOAD_EMPTY = "「{name}」は空のファイルです。中身のあるファイルを選んでください。"
UPLOAD_BROKEN = "「{name}」を受け取れませんでした。もう一度送ってください。"

FIELDS = {
    "supplier_number": "業者番号",
    "corporate_number": "法人番号",
    "source_key": "元の名簿の識別",
    "trade_name": "商号又は名称",
    "kana": "フリガナ",
    "postcode": "郵便番号",
    "address": "住所",
    "representative_title": "代表者役職",
    "representative_name": "代表者氏名",
    "phone": "電話番号",
    "fax": "FAX番号",
    "email": "メールアドレス",
    "branch": "支店名等",
    "delegate_title": "受任者役職",
    "delegate_name": "受任者氏名",
    "delegate_address": "受任者住所",
    "grade_manufacture": "物品の製造",
    "grade_sale": "物品の販売",
    "grade_service": "役務等の提供",
    "grade_purchase": "物品の購入",
    "valid_from": "有効期間 開始",
    "valid_to": "有効期間 終了",
    "suspended_from": "指名停止 開始",
    "suspended_to": "指名停止 終了",
    "remarks": "備考",
}
"""Labels of the register's fields; a column that a layout keeps as extra is shown under its own heading."""


NO_GRADE = "無し"


def field_label(field: str) -> str:
    """The label of a field of the register, or the heading of an extra column."""
    return FIELDS.get(field, field.removeprefix("extra."))


def shown(field: str, value: str) -> str:
    """A value of a field as people read it."""
    return NO_GRADE if field.startswith("grade_") and value == Grade.NONE else value


def rows(count: int) -> str:
    """A number of rows."""
    return f"{count:,}行"


def suppliers(count: int) -> str:
    """A number of suppliers."""
    return f"{count:,}者"


def share(value: str) -> str:
    """A share, given as a fraction in text, as a percentage."""
    return f"{float(value):.1%}"


def scale_warning(code: str, value: str) -> str:
    """One warning of scale as a sentence."""
    return SCALE_WORDS.get(code, SCALE_OTHER).format(share=share(value))


def version(number: int | None) -> str:
    """The register's version."""
    return REGISTER_EMPTY if number is None else f"第{number}版"


def applied(number: int, added: int, changed: int, vanished: int) -> str:
    """What an import did."""
    return (
        f"第{number}版として取り込みました(追加 {added:,}、変更 {changed:,}、名簿から外れた {vanished:,})。"
    )


def returned_name(file_name: str, suffix: str) -> str:
    """The name of a file that goes back to its sender."""
    stem, dot, _suffix = file_name.rpartition(".")
    return f"{stem if dot else file_name}_問題一覧{suffix}"


def batch_origin(file_name: str, *, undoes: int | None, corrects: str | None) -> str:
    """Where a batch comes from: a file, the undoing of another batch, or a correction by hand."""
    if undoes is not None:
        return f"第{undoes}版の取消"
    return file_name if corrects is None else f"訂正(業者番号 {corrects})"


def field_change(field: str, old: str, new: str) -> str:
    """One field, old to new."""
    return f"{field_label(field)}:「{shown(field, old)}」→「{shown(field, new)}」"


def file_with_size(name: str, size: int) -> str:
    """A file of the inbox."""
    return f"{name}({size / 1_000_000:,.1f}MB)" if size >= 100_000 else f"{name}({size:,}バイト)"


def line(number: int) -> str:
    """A line number."""
    return f"{number:,}"


def upload_too_large(name: str, size: int) -> str:
    """A file that is too large for the browser's way, and the way for it."""
    return (
        f"「{name}」は{size / 1_000_000:,.0f}MBあり、画面からは送れません(10MBまで)。"
        "作業フォルダーの inbox に置いて一覧を更新し、一覧から選んでください。"
    )


def upload_ready(name: str) -> str:
    """A file that arrived."""
    return f"「{name}」を受け取りました。一覧から選ばれています。"


def listed(parts: Iterable[str]) -> str:
    """Several changes in one cell."""
    return "、".join(parts)


def working(label: str, rows: int, seconds_left: int | None = None) -> str:
    """A long job, how far it is, and how long it will take at this pace."""
    if seconds_left is None:
        return f"{label}({rows:,}行)"
    left = f"{seconds_left}秒" if seconds_left < 90 else f"{round(seconds_left / 60)}分"
    return f"{label}({rows:,}行、残り約{left})"
