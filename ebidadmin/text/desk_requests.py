"""Words of requests of the review desk: what is asked of a second person, how it stands, and why something about it was refused."""

from __future__ import annotations

from collections.abc import Mapping

from ebidadmin.domain.desk_requests import BulkBinding, CancelBinding, DeskAct, DeskRequest, Over
from ebidadmin.domain.second_person import RequestState
from ebidadmin.text import formats

DESK_REQUESTS: Mapping[str, str] = {
    "cancel-needs-second-person": (
        "{id}のIDの取消には、ほかの職員の確認が必要です。まだ何も変わっていません。最新の状態を確かめ、確認を依頼してください。"
    ),
    "bulk-needs-second-person": (
        "まとめての承認({cases}件)には、ほかの職員の確認が必要です。1件も承認していません。確認を依頼してください。"
    ),
    "desk-request-open": (
        "{application}のIDには、取消の確認を待つ依頼{id}({by}さん)がすでにあります。その結果を待つか、その依頼を確認してください。"
    ),
    "case-in-request": (
        "申請{application}は、確認を待つ依頼{id}({by}さん)に入っています。その結果を待つか、その申請を一覧から外してください。"
    ),
    "desk-request-not-needed": "これには、ほかの職員の確認は要りません。そのまま行ってください。",
    "desk-request-stale": (
        "依頼{id}の後に内容が変わったため、この依頼は使えません。何も行っていません。最新の内容を確かめ、依頼し直してください。"
    ),
    "bulk-empty": "承認する申請が1件もありません。一覧を開き直し、1件以上残してください。",
    "bulk-too-many": "一度に依頼できるのは{most}件までです(いま{cases}件)。分けて依頼してください。",
    "bulk-twice": "申請{id}が2回入っています。一覧を開き直してください。",
}

ACTS: Mapping[DeskAct, str] = {DeskAct.BULK_APPROVE: "まとめて承認", DeskAct.CANCEL: "IDの取消"}
STATES: Mapping[RequestState, str] = {
    RequestState.REQUESTED: "確認待ち",
    RequestState.CONFIRMED: "確認済み(未実施)",
    RequestState.DECLINED: "差戻し",
    RequestState.WITHDRAWN: "取下げ",
    RequestState.EXPIRED: "失効",
    RequestState.APPLIED: "実施済み",
}
OVER: Mapping[Over, str] = {
    Over.LIFETIME: "期限切れ",
    Over.REGISTRATION_CHANGED: "IDの登録内容が変わったため無効",
    Over.CASES_CHANGED: "申請がすべて変わったため無効",
}
OWN = "あなたの依頼"
NONE = "確認を待つ依頼はありません"
APPROVED = "承認済み"
AS_ASKED = "依頼の時のまま"
CHANGED = "依頼の後に変更あり"
ERASED = "消去済み"
STAYS = "1件も承認できなかったため、依頼{number}は確認済みのままです。原因がなくなってから、もう一度行ってください。"


def asked(binding: CancelBinding | BulkBinding) -> str:
    """What is to be done."""
    if isinstance(binding, CancelBinding):
        return f"{binding.application}の{ACTS[binding.act]}({' '.join(binding.wording.split())})"
    return f"{ACTS[binding.act]} {len(binding.cases)}件"


def request_line(one: DeskRequest) -> str:
    """A request on one line of a terminal."""
    people = f"依頼 {one.requested_by}"
    if one.confirmed_by is not None:
        people += f"、確認 {one.confirmed_by}"
    if one.ended_by is not None:
        people += f"、{STATES[one.state]} {one.ended_by}"
    end = f"期限 {formats.moment(one.expires_at)}" if one.is_open else one.reason
    if one.state is RequestState.EXPIRED:
        end = OVER[Over(one.reason)]
    shown = [one.id, STATES[one.state], one.supplier_number or "", asked(one.binding), people]
    return "\t".join([*(word for word in shown if word), *([" ".join(end.split())] if end else [])])


def how_to_confirm(number: str) -> str:
    """What comes next, to whoever asked."""
    return (
        f"まだ何も変わっていません。ほかの職員が ebidadmin request confirm {number} で確認した後に、"
        f"ebidadmin request carry-out {number} で行います"
    )


def how_to_carry_out(number: str) -> str:
    """What comes next, to whoever confirmed."""
    return f"まだ何も変わっていません。審査担当が ebidadmin request carry-out {number} で行います"
