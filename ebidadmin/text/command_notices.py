"""What commands say beside their answers, by code; the English words are in ``cli.english_notices``."""

from __future__ import annotations

from collections.abc import Mapping

NOTICES: Mapping[str, str] = {
    "dry-run": "試し(--dry-run)なので、何も変わっていません。",
    "stopped": "中止しました。",
    "mails-left": "{count}通のメールをいまは送れませんでした。「ebidadmin mail list」で確かめてください。",
    "nothing-refused": "受け付けなかった行はありません。返すファイルは作っていません。",
    "intake-stopped": (
        "途中で中止しました。今回{count}件を受け付け、取り消されません。同じファイルをもう一度受け付けると、残りも受け付けます。"
    ),
    "intake-rehearsal-stopped": "途中で中止しました。残りの行は確かめていません。もう一度試してください。",
    "refused-written": "受け付けなかった{rows}行を「{path}」に書き出しました。送り主に返し、直したものをもう一度受け付けてください。",
    "accept-form": "--accept は「コード=確認した内容」の形で書いてください(「{given}」となっています)。",
    "accept-unseen": (
        "--accept には --seen も付けてください。確認した注意の所見がある「ebidadmin application show」の「seen」の値です。"
    ),
    "proof-wrong": "証明「{file}」は正しくありません: {reason}",
    "letter-to-terminal": "通知書はPDFです。「| lp」のようにして、プリンターに渡してください。",
}
