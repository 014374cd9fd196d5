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

MANNERS: Mapping[str, str] = {"typed-confirmation": "確認入力(一人で行う操作)"}
"""How an act was confirmed, as its event tells."""


def at_field(error: EbidError) -> str:
    """What is said at the field about a typed confirmation that is missing or wrong."""
    return AT_FIELD[error.code].format(**error.facts)
