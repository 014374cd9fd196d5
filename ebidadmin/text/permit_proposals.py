"""Words of proposals about permits: what is asked of a second person, how it stands, and why something about it was refused."""

from __future__ import annotations

from collections.abc import Mapping

from ebidadmin.domain.permit_proposals import Over, PermitAct, PermitBinding, PermitProposal
from ebidadmin.domain.second_person import RequestState
from ebidadmin.text import formats

PROPOSALS: Mapping[str, str] = {
    "permit-needs-second-person": (
        "{id}の{verb}には、ほかの職員の決裁が必要です。まだ何も変わっていません。最新の状態を確かめ、決裁を依頼してください。"
    ),
    "proposal-open": (
        "{permit}には決裁を待つ依頼{id}({by}さん)がすでにあります。その結果を待つか、その依頼を決裁してください。"
    ),
    "proposal-not-needed": "{id}には、ほかの職員の決裁は要りません。そのまま行ってください。",
    "proposal-stale": (
        "依頼{id}の後に許可の内容が変わったため、この依頼は使えません。何も決定していません。"
        "最新の内容を確かめ、依頼し直してください。"
    ),
}

ACTS: Mapping[PermitAct, str] = {
    PermitAct.GRANT: "許可",
    PermitAct.REFUSE: "不許可",
    PermitAct.WITHDRAW: "取消",
    PermitAct.VOID: "欠番処理",
}
STATES: Mapping[RequestState, str] = {
    RequestState.REQUESTED: "決裁待ち",
    RequestState.CONFIRMED: "決裁済み",
    RequestState.DECLINED: "差戻し",
    RequestState.WITHDRAWN: "取下げ",
    RequestState.EXPIRED: "失効",
}
OVER: Mapping[Over, str] = {
    Over.LIFETIME: "期限切れ",
    Over.PERMIT_CHANGED: "許可の内容が変わったため無効",
}
OWN = "あなたの依頼"
NONE = "決裁を待つ依頼はありません"
DAY_OF_CONFIRMATION = "決裁の日"


def asked(binding: PermitBinding, reasons: Mapping[str, str]) -> str:
    """What is to be done to which permit; ``reasons`` has the words of the coded ones."""
    what = f"{binding.permit}の{ACTS[binding.act]}"
    details = [reasons[code] for code in binding.reasons]
    if binding.act is PermitAct.GRANT:
        first = DAY_OF_CONFIRMATION if binding.valid_from is None else formats.day(binding.valid_from)
        last = "期限なし" if binding.valid_to is None else formats.day(binding.valid_to)
        details.append(f"{first}～{last}")
    if binding.act is PermitAct.WITHDRAW:
        first = DAY_OF_CONFIRMATION if binding.withdrawn_from is None else formats.day(binding.withdrawn_from)
        details.append(f"{first}から")
    details.append(" ".join(binding.wording.split()))
    told = " ".join(word for word in details if word)
    return f"{what}({told})" if told else what


def proposal_line(one: PermitProposal, reasons: Mapping[str, str]) -> str:
    """A proposal on one line of a terminal."""
    people = f"依頼 {one.requested_by}"
    if one.confirmed_by is not None:
        people += f"、決裁 {one.confirmed_by}"
    elif one.ended_by is not None:
        people += f"、{STATES[one.state]} {one.ended_by}"
    end = f"期限 {formats.moment(one.expires_at)}" if one.is_open else one.reason
    if one.state is RequestState.EXPIRED:
        end = OVER[Over(one.reason)]
    shown = [one.id, STATES[one.state], one.supplier_number, asked(one.binding, reasons), people]
    return "\t".join([*shown, *([" ".join(end.split())] if end else [])])


def how_to_confirm(number: str) -> str:
    """What comes next, to whoever asked."""
    return f"まだ何も決定していません。ほかの職員が ebidadmin permit confirm {number} で決裁します"
