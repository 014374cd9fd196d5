"""Words of the typed confirmation, which stands in place of a second person where one person works alone."""

from __future__ import annotations

from collections.abc import Mapping

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

MANNERS: Mapping[str, str] = {"typed-confirmation": "確認入力(一人で行う操作)"}
"""How an act was confirmed, as its event tells."""
