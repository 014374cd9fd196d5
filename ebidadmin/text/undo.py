"""Words of the buttons that lead from what was just done to the step that takes it back, where there is one."""

from __future__ import annotations

RESUME = "停止を解除する(理由の入力へ)"
SUSPEND = "もう一度停止する(理由の入力へ)"
REQUEST = "この依頼を取り下げる"
PROPOSAL = "この依頼を取り下げる(確認へ)"
VOID = "この記録を無効にする(理由の入力へ)"
DISPATCH = "この発送の記入を取り消す(理由の入力へ)"
IMPORT = "この取込を取り消す(内容の確認へ)"
CLAIM = "担当を外して閉じる"
RETURN = "申請 {number} に戻る"
