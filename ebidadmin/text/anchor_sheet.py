"""Words of the sheet of paper that a head of the audit trail is kept on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ebidadmin.domain.tree_heads import SignedHead
from ebidadmin.text import formats
from ebidadmin.text.pages import PageRow, wareki_moment

TITLE = "監査記録の控え"
LEAD = (
    "この紙は、下の日時までの監査記録が、後から変えられていないことを確かめるための控えです。"
    "作業フォルダーとデータベースに触れない人が、鍵のかかる場所に保管してください。"
)
OFFICE = "部署"
MOMENT = "日時"
SIZE = "記録の件数"
ROOT = "根のハッシュ値"
KEY = "署名した鍵"
STAMPED = "タイムスタンプの日時"
NOTE_TITLE = "控え(このとおり6行)"
CODE_TITLE = "同じ6行のQRコード"
NOTES = (
    "確かめ方: QRコードを読み取るか6行を書き写してファイルに保存し、「ebidadmin audit verify --anchors ファイル」を実行します。",
    "「古いデータベースに戻された疑い」と表示されたら、そのままの状態で管理者と監査担当に知らせてください。",
)
GROUP = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class AnchorSheet:
    """What the sheet says; ``note`` is the signed head, to the letter."""

    title: str
    lead: str
    facts: tuple[PageRow, ...]
    note_title: str
    note: str
    code_title: str
    notes: tuple[str, ...]


def sheet_words(head: SignedHead, *, office: str, stamped: datetime | None) -> AnchorSheet:
    """The sheet of a head, which was ``stamped`` by an authority then, or by none."""
    root = head.head.root.hex()
    facts = [
        PageRow("office", OFFICE, office),
        PageRow("moment", MOMENT, wareki_moment(head.head.at)),
        PageRow("size", SIZE, formats.count(head.head.size)),
        PageRow("root", ROOT, " ".join(root[at : at + GROUP] for at in range(0, len(root), GROUP))),
        PageRow("key", KEY, head.head.origin),
    ]
    if stamped is not None:
        facts.append(PageRow("stamped", STAMPED, wareki_moment(stamped)))
    return AnchorSheet(
        title=TITLE,
        lead=LEAD,
        facts=tuple(facts),
        note_title=NOTE_TITLE,
        note=head.note,
        code_title=CODE_TITLE,
        notes=NOTES,
    )
