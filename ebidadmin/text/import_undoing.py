"""Words of the undoing of an import on the import screen."""

from __future__ import annotations

from collections.abc import Mapping

TITLE = "取込の取消"
LEAD = "取り消すと何がどう戻るかを確かめてから取り消します。確かめた内容と違うことは行われません。"
SECTION = "取り消すと変わる内容"

BUTTON = "取り消す"
BUTTON_LEAVE = "取り消さずに戻る"

FACT_BATCH = "取り消す版"
FACT_ORIGIN = "内容"
FACT_APPLIED = "取込日時"
FACT_BY = "取り込んだ人"
FACT_AFTER = "取消の後"

COUNT_ADDED = "名簿に戻る"
COUNT_CHANGED = "元の内容に戻る"
COUNT_VANISHED = "名簿から外れる"
COUNTS: Mapping[str, str] = {
    "added": COUNT_ADDED,
    "changed": COUNT_CHANGED,
    "vanished": COUNT_VANISHED,
}
"""What an undoing does to a supplier, by the kind of change."""

SECTION_CHANGES = "戻る内容(いまの値→取消後の値)"
CHANGES_CAPTION = "取り消すと戻る内容の一覧"
TOUCHED_LEAD = (
    "登録がある、または申請が審査中の業者のうち、取り消すと照合に関わる内容が変わるもの、名簿に戻るものです。"
    "申請番号は「ID登録申請の審査」の検索に入れて開けます。"
)
TOUCHED_ELIGIBILITY = "見積参加(取消前の今日)"

READY = "内容を確かめ、よければ「取り消す」を押してください。"
NEEDED_ITEM = "「確認を依頼」を押すと依頼が残ります。取り消すのは、ほかの職員が確認した後です。"
NOTE_HINT = "なぜ取り消すのか、なぜ変更が多いかを書いておくと、確認する人が判断できます。"
CONFIRMED = "依頼{id}は{by}さんが確認しました。取り消せます"
WORD_LABEL = "確認のため「{word}」と入力してください"
WORD = "取消"
WORD_WRONG = "「{word}」と入力すると取り消せます。"

NOT_KEPT = "見ている場所を覚えられませんでした。開き直したときは、もう一度選んでください。"

WORKING_LOOK = "取り消すと変わる内容を調べています"
WORKING_UNDO = "取り消しています"


def button_name(number: int) -> str:
    """The button of a batch in the list, as it is read aloud and shown."""
    return f"第{number}版を取り消す"


def after(number: int, before: int) -> str:
    """What the register says after the undoing, and as which version."""
    back = f"第{before}版と同じ内容" if before else "何も取り込まれていない状態"
    return f"{back}に戻り、第{number}版になります。第{number - 1}版の記録も残ります。"


def undone(number: int, target: int, *, added: int, changed: int, vanished: int) -> str:
    """What an undoing did."""
    return (
        f"第{target}版を取り消しました。いまは第{number}版です"
        f"({COUNT_ADDED} {added:,}、{COUNT_CHANGED} {changed:,}、{COUNT_VANISHED} {vanished:,})。"
    )
