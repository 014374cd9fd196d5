"""Words of the lists of bulk approvals and cancellations that wait for a second person, and of asking for one."""

from __future__ import annotations

from collections.abc import Mapping

from ebidadmin.domain.desk_requests import DeskAct, Over
from ebidadmin.domain.second_person import RequestState
from ebidadmin.text.desk_requests import OVER, STATES

SECTIONS: Mapping[DeskAct, str] = {
    DeskAct.BULK_APPROVE: "ほかの職員の確認を待つ一括承認",
    DeskAct.CANCEL: "ほかの職員の確認を待つIDの取消",
}
LEADS: Mapping[DeskAct, str] = {
    DeskAct.BULK_APPROVE: "一括承認は、依頼した人とは別の職員が1件ずつ確認し、その後に「実行する」で承認します。",
    DeskAct.CANCEL: "IDの取消は、依頼した人とは別の職員が理由を確認し、その後に「実行する」で取り消します。",
}
EMPTY = "確認を待つ依頼はありません。"
HEADINGS = ("依頼", "状態", "内容", "依頼した人", "依頼の日時", "期限", "操作")
CONFIRMED_BY = "{by}さんが確認済み"
OWN = "あなたの依頼です。ほかの職員の確認を待っています。"
CASE_HEADINGS = (
    "受付番号",
    "受付日時",
    "業者番号",
    "商号又は名称",
    "参考の所見",
    "送られる通知メール",
    "依頼の後の変化",
)
AS_ASKED = "なし"
CHANGED = "変わったため承認しません"
FACT_COMPANY = "商号又は名称"
FACT_SUPPLIER = "業者番号"
FACT_USER_ID = "ID"
FACT_REASON = "理由"
FACT_MAIL = "通知メール"
MAILED = "この理由を代表窓口とID登録依頼者に知らせます"
NOT_MAILED = "送りません"

QUESTIONS: Mapping[DeskAct, str] = {
    DeskAct.BULK_APPROVE: "依頼{number}({by}さん): {what}を行ってよいことを確認しますか。承認は、確認の後に「実行する」で行います。",
    DeskAct.CANCEL: "依頼{number}({by}さん): {what}を行ってよいことを確認しますか。取消は、確認の後に「実行する」で行います。",
}
CARRYING_OUT: Mapping[DeskAct, str] = {
    DeskAct.BULK_APPROVE: "依頼{number}({by}さん): {what}を行います。変わった申請は承認しません。よろしいですか。",
    DeskAct.CANCEL: "依頼{number}({by}さん): {what}を行います(元に戻せません)。よろしいですか。",
}
NOT_YET: Mapping[DeskAct, str] = {
    DeskAct.BULK_APPROVE: "まだ承認していません。ほかの職員が確認した後に、「実行する」で承認してください。",
    DeskAct.CANCEL: "まだ取り消していません。ほかの職員が確認した後に、「実行する」で取り消してください。",
}

BUTTON_ASK_BULK = "{count}件の承認の確認を依頼する"
ASK_BULK = "{count}件の一括承認の確認を、ほかの職員に依頼します。よろしいですか。"
BUTTON_ASK_CANCEL = "取消の確認を依頼する"
ASK_CANCEL = "{name} ({supplier}) のID {user_id} の取消の確認を依頼する"

FIELD_COUNT = "承認する件数の確認入力"
FIELD_COUNT_HINT = "一人で行うため、承認する件数を数字で入力してください。"
FIELD_SUPPLIER = "業者番号の確認入力"
FIELD_SUPPLIER_HINT = "一人で行うため、取り消すIDの業者番号を入力してください。"
NOTHING_APPROVED = "どの申請も承認できませんでした。依頼{number}は確認済みのまま残っています。"


def state(code: RequestState | Over, by: str | None) -> str:
    """How a request stands."""
    if isinstance(code, Over):
        return OVER[code]
    return STATES[code] if by is None else CONFIRMED_BY.format(by=by)


def bulk(count: int) -> str:
    """What is to be done to a list."""
    return f"{count:,}件の一括承認"


def cancelling(name: str, supplier: str, user_id: str) -> str:
    """What is to be done to an ID."""
    return f"{name} ({supplier}) のID {user_id} の取消"


def requested(number: str, until: str, act: DeskAct) -> str:
    """A request was made."""
    return f"依頼{number}を残しました(期限 {until})。{NOT_YET[act]}"


def confirmed(number: str) -> str:
    """Another person's request was confirmed."""
    return f"依頼{number}を確認しました。「実行する」を押すと行います。"


def cancelled(user_id: str) -> str:
    """An ID was cancelled as it was asked."""
    return f"ID {user_id} を取り消しました。"
