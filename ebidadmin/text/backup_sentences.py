"""What is said when an office cannot be backed up, put back or moved to another database."""

from __future__ import annotations

from collections.abc import Mapping

BACKUPS: Mapping[str, str] = {
    "address-password": (
        "データベースの場所にパスワードが書かれています。コマンドの行はほかの人にも見えるため、受け付けません。"
        "パスワードは .pgpass かサービスファイルに書き、場所からは除いてください。"
    ),
    "backup-exists": "「{file}」がすでにあります。何も作っていません。別の名前を指定してください。",
    "backup-unreadable": (
        "「{file}」は、ebidadmin の控え(バックアップ)ではないか、途中までしかありません。別の控えを指定してください。"
    ),
    "backup-damaged": "控え「{file}」の「{part}」が、作成したときの内容と違います。何も戻していません。別の控えを使ってください。",
    "backup-newer": (
        "控え「{file}」は、このプログラムより新しい版で作られています(版 {found})。何も戻していません。"
        "プログラムを新しくしてから戻してください。"
    ),
    "backup-other-engine": (
        "控えのデータベースは{found}ですが、戻す先は{wanted}です。何も戻していません。"
        "同じ種類のデータベースに戻し、その後で ebidadmin db move を行ってください。"
    ),
    "database-not-empty": (
        "そのデータベースには、すでに何かが入っています。何も変えていません。空のデータベースを指定してください"
        "(途中で止まった復元の残りなら、データベースを作り直してください)。"
    ),
    "database-not-owner": (
        "データベースの所有者の利用者でないため、全体を読めません。何も変えていません。所有者の利用者でもう一度行ってください。"
    ),
    "database-tool-missing": (
        "PostgreSQL のプログラム「{tool}」が見つかりません。サーバーと同じ版のクライアント(postgresql-client)を入れてください。"
    ),
    "database-tool-failed": "「{tool}」が失敗しました({detail})。何も残していません。原因を取り除いて、もう一度行ってください。",
    "restore-differs": (
        "戻した内容の「{what}」が、控えを作成したときと違います。この復元は使えません。"
        "ディスクを確かめ、別の場所か別の控えで、もう一度行ってください。"
    ),
    "restore-roles-missing": (
        "控えのデータベースで権限を持つ役割がサーバーにありません({roles})。何も戻していません。先に作ってください(CREATE ROLE)。"
    ),
    "setting-url-form": (
        "設定ファイルの {setting} を書き換えられません。何も変えていません。"
        '[database] の下に、url = "…" の形で1行に書き直してから、もう一度行ってください。'
    ),
    "move-same": "引っ越し先が、いま使っているデータベースと同じです。別のデータベースを指定してください。",
    "move-differs": "引っ越し先の「{what}」が元と同じになりませんでした。何も変えていません。管理者に連絡してください。",
    "move-findings": (
        "監査記録か登録内容に異常があるため、引っ越していません({count}件)。先に「ebidadmin audit verify」で確かめてください。"
    ),
}
