"""Words of the search on the home screen, and of what a person opened last."""

from __future__ import annotations

from ebidadmin.text import formats

FIELD = "番号・名称で探す"
HINT = "業者番号、商号又は名称、受付番号、利用許可の番号、監査記録の番号(数字)など"
BUTTON = "探す"
KEY = "k"
CLEAR = "結果を消す"

SUPPLIERS = "業者"
APPLICATIONS = "ID登録申請"
PERMITS = "利用許可"
EVENTS = "監査記録"
SUPPLIER_HEADINGS = ("業者番号", "商号又は名称", "有効期間")
APPLICATION_HEADINGS = ("受付番号", "商号又は名称", "業者番号", "状態")
PERMIT_HEADINGS = ("番号", "商号又は名称", "業者番号", "状態", "文書番号")
EVENT_HEADINGS = ("番号", "日時", "だれが", "できごと", "対象")

NOTHING = "「{text}」に当たるものはありません。番号の全部か、名称の一部を入れてください。"
EMPTY = "番号か名称を入れてください。"
TOO_LONG = "探す文字は{most}文字までです。番号か、名称の一部を入れてください。"
NOT_ALLOWED = "この役割で探せるものはありません。"
MORE = "先の{count}件です。ほかは、番号や名称を詳しく入れるか、それぞれの画面で探してください。"

RECENT = "最近開いたもの"
RECENT_NONE = "まだありません。業者のページか申請を開くと、ここに10件まで並びます。"


def more(count: int) -> str:
    return MORE.format(count=formats.count(count))
