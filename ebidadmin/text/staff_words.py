"""Words about the members of staff and their roles."""

from __future__ import annotations

from collections.abc import Mapping

STAFF: Mapping[str, str] = {
    "staff-needs-server": (
        "職員の登録はPostgreSQLを使う事務室だけのものです。SQLiteの事務室では、1人が1台のパソコンですべての役割を持ちます。"
    ),
    "staff-first-by-owner": "最初の職員は、データベースの所有者({owner})としてログインして登録してください。何も変わっていません。",
    "staff-needs-createrole": (
        "データベースの所有者({owner})に、ログインを作る権限(CREATEROLE)がありません。サーバーの管理者に付けてもらってください。"
    ),
    "staff-login-unfit": (
        "「{login}」は職員のログインにできません(データベースの所有者か、職員より大きな権限を持つか、ログインできないものです)。"
        "別の名前にしてください。"
    ),
    "staff-login-form": (
        "「{login}」はログイン名にできません。半角の英小文字で始め、英小文字・数字・_ . @ - だけで63文字までにしてください。"
    ),
    "staff-roles-missing": (
        "「{login}」の役割がありません。役割を1つ以上指定してください。すべて外すときは staff disable を使ってください。"
    ),
    "staff-roles-same": "「{login}」の役割はもうそのとおりです。何も変わっていません。",
    "staff-known": "「{login}」はもう職員です。役割を変えるときは staff role を使ってください。",
    "staff-own-roles": "自分の役割は自分では変えられません({login})。ほかの管理者に頼んでください。",
}

STAFF_STATES: Mapping[str, str] = {"active": "在籍", "disabled": "停止"}
