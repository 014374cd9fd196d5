"""Words of the bulk approval and of the automatic one."""

from __future__ import annotations

from collections.abc import Iterable

BEGIN = "注意・承認不可の所見がない申請をまとめて承認"
QUESTION = "{count}件をまとめて承認します。よろしいですか。"
LEAD = (
    "注意・承認不可の所見がなく、ほかの人が担当していない申請です。1件ずつ確かめ、承認しないものは「外す」を押してください。"
    "決定のときに1件ずつもう一度確かめ、変わっていた申請は承認しません。"
)
MORE = "一度に承認できるのは{most}件までです。残りは、この一覧の後でもう一度行ってください。"
HEADINGS = ("受付番号", "受付日時", "業者番号", "商号又は名称", "参考の所見", "送られる通知メール", "")
DROP = "外す"
YES = "{count}件を承認する"
MAIL = "宛先 {to} ・ {subject}"
NONE = "まとめて承認できる申請はありません(注意・承認不可の所見がある申請、ほかの人が担当している申請は1件ずつ審査してください)。"

AUTOMATIC = "所見なし自動承認"


def question(count: int) -> str:
    """What is about to be done."""
    return QUESTION.format(count=f"{count:,}")


def done(approved: int, left: int) -> str:
    """How many were approved, and that others were not."""
    said = f"{approved:,}件を承認しました。"
    return (
        f"{said}次の{left:,}件は承認していません。内容を確かめて、1件ずつ審査してください。" if left else said
    )


def left(case: str, why: str) -> str:
    """A case that was not approved, and why."""
    return f"{case}: {why}"


def notes(labels: Iterable[str]) -> str:
    """The notes of a case, each once."""
    return "、".join(dict.fromkeys(labels))
