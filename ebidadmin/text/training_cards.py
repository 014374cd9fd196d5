"""Words of the made-up cards for training."""

from __future__ import annotations

from collections.abc import Mapping

from ebidadmin.services.card_ports import PinStanding

SECTION = "訓練用のICカード"
LEAD = "架空の業者の模擬カードです。カードを差したり抜いたりして、窓口で起きることを練習できます。PIN番号はどれも {pin} です。"
NONE = "訓練用のICカードがまだありません。"
MAKE = "訓練用のICカードを作る"
HEADINGS = ("カード", "カードリーダー", "場所", "PIN番号", "")
INSERT = "差す"
PULL = "抜く"
UNBLOCK = "ロックを解除する"
IN = "差してある"
OUT = "机の上"

CARDS: Mapping[str, str] = {
    "good": "使えるカード",
    "near-end": "有効期限が近いカード",
    "renewed": "更新用の新しいカード",
    "revoked": "失効したカード",
    "not-yet-valid": "有効期間がまだ始まらないカード",
    "last-try": "次に間違えるとロックされるカード",
    "locked": "ロックされたカード",
    "other-holder": "取得者が代表者と違うカード",
    "unknown-authority": "信頼していない認証局のカード",
    "pulled": "PIN番号を送るときに抜けるカード(一度だけ)",
    "manual-expired": "手引きの見本のカード(期限切れ)",
}
"""What each card is for, by its name."""

STANDINGS: Mapping[PinStanding, str] = {
    PinStanding.UNKNOWN: "間違いなし",
    PinStanding.LOW: "間違いあり",
    PinStanding.LAST_TRY: "あと一度でロック",
    PinStanding.LOCKED: "ロック",
}

MADE = "訓練用のICカードを作り、「使えるカード」を差しました。"
INSERTED = "「{card}」を差しました。"
PULLED = "「{card}」を抜きました。"
UNBLOCKED = "「{card}」のPIN番号を初めの番号に戻しました。"


def card_label(name: str) -> str:
    """What a card is called; one that somebody else made keeps its name."""
    return CARDS.get(name, name)
