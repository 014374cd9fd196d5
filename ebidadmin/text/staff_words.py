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

PERMISSIONS: Mapping[str, str] = {
    "review": "ID登録申請の審査",
    "register": "登録モードでの申請",
    "record-permit": "利用申請書と許可の記録",
    "confirm-permit": "許可の決裁",
    "confirm-desk": "一括承認・ID取消の確認",
    "intake": "申請の一括受付",
    "import-register": "資格審査情報の取込",
    "confirm-import": "大きな取込の確認",
    "read-requests": "取込の確認依頼の閲覧",
    "send-mail": "メールの送信",
    "read-personal": "申請内容の閲覧",
    "open-supplier": "業者の登録内容を開くこと",
    "read-audit": "監査記録の閲覧",
    "verify-audit": "監査記録の検証",
    "rehearse": "再現",
    "set-up": "設定・理由・文面の変更",
    "keep-copies": "全体の控えの作成・復元・引っ越し",
    "run-reports": "帳票の作成",
    "erase": "個人情報の消去",
    "read-erasable": "消去の対象の閲覧",
}
"""What a permission lets do, by its code."""
