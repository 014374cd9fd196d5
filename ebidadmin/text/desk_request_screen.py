"""Words of the lists of bulk approvals and cancellations that wait for a second person, and of asking for one."""

from __future__ import annotations

from collections.abc import Mapping

from ebidadmin.domain.desk_requests import DeskAct, Over
from ebidadmin.domain.second_person import RequestState

SECTIONS: Mapping[DeskAct, str] = {
    DeskAct.BULK_APPROVE: "ほかの職員の決裁を待つ一括承認",
    DeskAct.CANCEL: "ほかの職員の決裁を待つIDの取消",
}
LEADS: Mapping[DeskAct, str] = {
    DeskAct.BULK_APPROVE: "一括承認は、依頼した人とは別の職員が1件ずつ確かめて決裁し、その後に「実行する」で承認します。",
    DeskAct.CANCEL: "IDの取消は、依頼した人とは別の職員が理由を確かめて決裁し、その後に「実行する」で取り消します。",
}
EMPTY = "決裁を待つ依頼はありません。"
HEADINGS = ("依頼", "状態", "内容", "依頼した人", "依頼の日時", "期限", "操作")
STATES: Mapping[RequestState | Over, str] = {
    RequestState.REQUESTED: "決裁待ち",
    RequestState.CONFIRMED: "{by}さんが決裁済み",
    Over.LIFETIME: "期限切れ",
    Over.REGISTRATION_CHANGED: "IDの状態が変わったため無効",
    Over.CASES_CHANGED: "どの申請も変わったため無効",
}
OWN = "あなたの依頼です。ほかの職員の決裁を待っています。"
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
APPROVED = "承認済み"
ERASED = "消去済み"
FACT_COMPANY = "商号又は名称"
FACT_SUPPLIER = "業者番号"
FACT_USER_ID = "ID"
FACT_REASON = "理由"
FACT_MAIL = "通知メール"
MAILED = "この理由を代表窓口とID登録依頼者に知らせます"
NOT_MAILED = "送りません"
BUTTON_DECIDE = "決裁する"

QUESTIONS: Mapping[DeskAct, str] = {
    DeskAct.BULK_APPROVE: "依頼{number}({by}さん): {what}を決裁しますか。承認は、決裁の後に「実行する」で行います。",
    DeskAct.CANCEL: "依頼{number}({by}さん): {what}を決裁しますか。取消は、決裁の後に「実行する」で行います。",
}
CARRYING_OUT: Mapping[DeskAct, str] = {
    DeskAct.BULK_APPROVE: "依頼{number}({by}さん): {what}を行います。変わった申請は承認しません。よろしいですか。",
    DeskAct.CANCEL: "依頼{number}({by}さん): {what}を行います(元に戻せません)。よろしいですか。",
}
NOT_YET: Mapping[DeskAct, str] = {
    DeskAct.BULK_APPROVE: "まだ承認していません。ほかの職員が決裁した後に、「実行する」で承認してください。",
    DeskAct.CANCEL: "まだ取り消していません。ほかの職員が決裁した後に、「実行する」で取り消してください。",
}

BUTTON_ASK_BULK = "{count}件の承認の決裁を依頼する"
ASK_BULK = "{count}件の一括承認の決裁を、ほかの職員に依頼します。よろしいですか。"
BUTTON_ASK_CANCEL = "取消の決裁を依頼する"
ASK_CANCEL = "{name} ({supplier}) のID {user_id} の取消の決裁を依頼する"

FIELD_COUNT = "承認する件数の確認入力"
FIELD_COUNT_HINT = "一人で行うため、承認する件数を数字で入力してください。"
FIELD_SUPPLIER = "業者番号の確認入力"
FIELD_SUPPLIER_HINT = "一人で行うため、取り消すIDの業者番号を入力してください。"
NOTHING_APPROVED = "どの申請も承認できませんでした。依頼{number}は決裁済みのまま残っています。"


def state(code: RequestState | Over, by: str | None) -> str:
    """How a request stands."""
    return STATES[code].format(by=by or "")


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
    return f"依頼{number}を決裁しました。「実行する」を押すと行います。"


def declined(number: str, by: str) -> str:
    """Another person's request was declined."""
    return f"依頼{number}を差し戻しました。{by}さんに伝えてください。"


def withdrawn(number: str) -> str:
    """One's own request was taken back."""
    return f"依頼{number}を取り下げました。何も変わっていません。"


def cancelled(user_id: str) -> str:
    """An ID was cancelled as it was asked."""
    return f"ID {user_id} を取り消しました。"
