"""What the commands of backups say beside their answers."""

from __future__ import annotations

from collections.abc import Mapping

BACKUP_NOTICES: Mapping[str, str] = {
    "backup-made": "{rows}行と{files}個のファイルの控えを「{file}」に作りました。",
    "backup-would": "「{file}」に作ります。",
    "backup-left-out": "控えに入っていません: 「{what}」。",
    "backup-key-apart": "監査記録に署名する鍵は入っていません。「{file}」の写しを別に保管するか、「--with-key」を付けてください。",
    "backup-password-out": "データベースのパスワードは入っていません。別に保管してください。",
    "restored": (
        "「{folder}」に、{moment}の{rows}行と{files}個のファイルを戻しました。"
        "控えと同じです。監査記録{checked}件を読み直しました。"
    ),
    "restore-would": "「{folder}」に、{moment}の{rows}行と{files}個のファイルを戻します。",
    "restore-key-missing": (
        "署名の鍵のある事務室の控えです。"
        "鍵を「{file}」に戻してください。ないと、署名付きの控えが偽物とされます。"
    ),
    "restore-beyond": (
        "外部の控えによると監査記録は{beyond}件ありましたが、今は{size}件です。"
        "控えの後のものは失われました。外部の控えのファイルは残し、"
        "新しいファイルを始めてください。"
    ),
    "restore-after": (
        "控えの後に送ったメールはまた送信待ちになり、控えの後に消去した業者はまた残っています。"
        "docs/operations.md を見てください。"
    ),
    "findings-told": "監査記録か登録内容に異常があります({count}件)。「ebidadmin audit verify」で確かめてください。",
    "moved": "{rows}行を引っ越し、比べ、検証しました。これからは新しいデータベースを使います。",
    "move-would": "{rows}行を写して比べ、検証できました。",
    "move-left": "前のデータベースは「{file}」です。控えと同じ期間、保管してください。",
    "move-left-server": "前のデータベースはサーバーに残っています。だれも使わないようにしてください。",
    "move-restart": "開いている画面は、すべて開き直してください。",
    "upgrade-backup": "更新の前の控えは「{file}」です。",
    "upgrade-verified": "監査記録{checked}件と登録内容を読み直しました。異常はありません。",
}
