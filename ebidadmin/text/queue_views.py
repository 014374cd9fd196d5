"""Words of the views that a person keeps of the queue."""

from __future__ import annotations

TITLE = "保存した絞り込み"
NONE = "(まだありません)"
SAVE = "いまの絞り込みを保存"
NAME = "名前"
NAME_HINT = "40文字まで。同じ名前で保存すると置き換わります。自分だけに表示されます。"
SAVE_YES = "保存する"
CANCEL = "やめる"
DROP = "削除"
SAVED = "絞り込みを「{name}」として保存しました。"
DROPPED = "絞り込み「{name}」を削除しました。"
NOT_REMEMBERED = "一覧のいまの場所を覚えられませんでした。画面を開き直すと別の場所から始まります。"
