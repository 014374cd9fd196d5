"""Words of the typed confirmation, which stands in place of a second person where one person works alone."""

from __future__ import annotations

from collections.abc import Mapping

from ebidadmin.errors import EbidError

TYPED: Mapping[str, str] = {
    "typed-confirmation-missing": (
        "一人で行う設定のため、確認入力が必要です。まだ何も行っていません。確認欄(コマンドでは --typed)に「{word}」と入力してください。"
    ),
    "typed-confirmation-wrong": (
        "確認入力の内容が違います。何も行っていません。確認欄(コマンドでは --typed)に「{word}」と入力してください。"
    ),
    "one-person-on-server": (
        "設定「{setting}」を true にできるのは、データベースがSQLiteのときだけです。false にするか、その行を消してください。"
    ),
}

AT_FIELD: Mapping[str, str] = {
    "typed-confirmation-missing": "「{word}」と入力してください。まだ何も行っていません。",
    "typed-confirmation-wrong": "「{word}」ではありません。確かめて、もう一度入力してください。何も行っていません。",
}
"""The same sentences where they stand at the field."""

ROWS_LABEL = "確認入力(変わる業者の合計)"
ROWS_HINT = "確認する職員がほかにいない設定です。上の件数を確かめ、合計を数字で入力してください。"
ROWS_TOTAL = "追加・変更・名簿から外れる業者は、合わせて{rows}者です。"
"""Of a change of the register."""

MANNERS: Mapping[str, str] = {
    "typed-confirmation": "確認入力(一人で行う操作)",
    "bulk": "まとめて承認",
    "automatic": "所見なし自動承認",
}
"""How an act was done or confirmed, as its event tells."""


def at_field(error: EbidError) -> str:
    """What is said at the field about a typed confirmation that is missing or wrong."""
    return AT_FIELD[error.code].format(**error.facts)
