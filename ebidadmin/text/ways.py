"""Words of the ways from one screen to another: the links, and what is said where a link cannot be followed."""

from __future__ import annotations

NAV_LABEL = "画面の移動"
TO_HOME = "ホームへ"
TO_SEARCH = "番号・名称で探す"

LINKS_LABEL = "関連する画面"
TO_SUPPLIER = "業者のページ"
TO_APPLICATION = "申請 {number} を審査の画面で開く"
TO_PERMITS = "この業者の利用許可"
TO_PERMIT = "利用許可 {number}"
TO_LIFE = "業者の経過(監査記録)"
TO_TRAIL = "この件の監査記録"

UNKNOWN = "リンクの内容を読み取れないため、何も開きませんでした。番号が正しいか確かめ、この画面の検索から探してください。"
NOT_HERE = (
    "この画面では開けないリンクのため、何も開きませんでした。リンクのある画面に戻り、もう一度押してください。"
)
UNDER_WAY = (
    "入力または確認の途中のため、リンク({target})を開きませんでした。"
    "いまの作業を終えるか取りやめてから「リンクを開く」を押してください。"
)
AGAIN = "リンクを開く"
DISMISS = "開かない"
GIVEN_BACK = "開いていた申請 {number} は担当を外して閉じました。"

KINDS = {
    "supplier": "業者 {value}",
    "application": "申請 {value}",
    "permit": "利用許可 {value}",
    "follow-up": "確認事項 {value}",
    "event": "監査記録 第{value}号",
    "run": "帳票 {value}",
    "view": "一覧の表示",
}
"""What a target is called in a sentence."""
