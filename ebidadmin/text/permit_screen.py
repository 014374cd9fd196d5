"""Words of the screen of paper permits: the list, one permit, its steps, its letter and the dispatch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ebidadmin.domain.permit_remarks import PermitRemark
from ebidadmin.domain.permits import Permit, PermitState
from ebidadmin.services.permit_list import DispatchStanding, PermitValidity
from ebidadmin.text.permits import document_number

TITLE = "利用許可"
LEAD = "利用申請書の受付から、許可・不許可の決定、通知書の印刷と発送、取消までを行います。"
TABLE_CAPTION = "利用申請書の一覧"
SEARCH_HINT = "利用申請書・業者番号・商号又は名称・文書番号"

COLUMN_NUMBER = "利用申請書"
COLUMN_RECEIVED = "受付日"
COLUMN_CHANNEL = "受付方法"
COLUMN_SUPPLIER = "業者番号"
COLUMN_NAME = "商号又は名称"
COLUMN_STATE = "状態"
COLUMN_DOCUMENT = "文書番号"
COLUMN_PERIOD = "有効期間"
COLUMN_SENT = "発送"

FILTER_STATE = "状態"
FILTER_CHANNEL = "受付方法"
FILTER_YEAR = "文書番号の年度"
FILTER_VALIDITY = "有効期間"
FILTER_SENT = "発送"
VALIDITIES: Mapping[PermitValidity, str] = {
    PermitValidity.IN_FORCE: "有効",
    PermitValidity.UPCOMING: "開始前",
    PermitValidity.OVER: "終了",
}
SENT: Mapping[DispatchStanding, str] = {
    DispatchStanding.WAITING: "未発送",
    DispatchStanding.SENT: "発送済み",
}
NOT_SENT = "未発送"
NAME_ONLY_ON_PAPER = "(申請書の記載){name}"
NO_NAME = "(記載なし)"

BUTTON_RECORD = "利用申請書を記録"
BUTTON_TRAY = "未発送の通知書をまとめて印刷"
BUTTON_RELOAD = "最新の状態に更新"
BUTTON_CLOSE = "閉じる"
BUTTON_LEAVE = "やめる"
BUTTON_SAVE = "PDFを保存"
READ_ONLY = "記録・決定の権限がないため、見るだけです。"

GRANT, REFUSE, WITHDRAW, VOID, LETTER, DISPATCH = "grant", "refuse", "withdraw", "void", "letter", "dispatch"
CORRECT, CANCEL = "correct", "cancel"
CONFIRM, DECLINE, TAKE_BACK = "confirm-proposal", "decline-proposal", "take-back"
RECORD = "record"

VERBS: Mapping[PermitState, tuple[str, ...]] = {
    PermitState.REQUESTED: (GRANT, REFUSE, VOID),
    PermitState.GRANTED: (LETTER, DISPATCH, WITHDRAW, VOID),
    PermitState.REFUSED: (LETTER, DISPATCH, VOID),
    PermitState.WITHDRAWN: (DISPATCH,),
    PermitState.VOIDED: (DISPATCH,),
}
"""What can be done with a permit in each state, in the order of the buttons; letter and dispatch need a document number as well."""

BUTTONS: Mapping[str, str] = {
    CONFIRM: "依頼のとおり決裁",
    DECLINE: "差し戻す",
    TAKE_BACK: "依頼を取り下げる",
    RECORD: "記録する",
    GRANT: "許可",
    REFUSE: "不許可",
    WITHDRAW: "許可の取消",
    VOID: "誤りとして無効にする",
    LETTER: "通知書を表示",
    DISPATCH: "発送を記録",
    CORRECT: "訂正",
    CANCEL: "発送なしにする",
}
YES: Mapping[str, str] = {
    CONFIRM: "決裁する",
    DECLINE: "差し戻す",
    TAKE_BACK: "依頼を取り下げる",
    RECORD: "記録する",
    GRANT: "許可する",
    REFUSE: "不許可にする",
    WITHDRAW: "許可を取り消す",
    VOID: "無効にする",
    DISPATCH: "発送簿に記入する",
    CORRECT: "訂正を記入する",
    CANCEL: "発送なしを記入する",
}
QUESTIONS: Mapping[str, str] = {
    CONFIRM: "{case}について、{by}さんの依頼のとおりに決裁します。",
    DECLINE: "{case}についての{by}さんの依頼を差し戻します。",
    TAKE_BACK: "{case}についての自分の依頼を取り下げます。",
    RECORD: "届いた利用申請書を記録します。",
    GRANT: "{case}に利用を許可します。",
    REFUSE: "{case}を不許可にします。",
    WITHDRAW: "{case}の許可を取り消します。",
    VOID: "{case}を誤りとして無効にします。文書番号は欠番になり、元に戻せません。",
    DISPATCH: "{case}の通知書の発送を記録します。",
    CORRECT: "{case}の発送簿の{row}を訂正します。",
    CANCEL: "{case}の発送簿の{row}は、実際には発送していないことを記入します。",
}
DONE: Mapping[str, str] = {
    CONFIRM: "{case}の依頼を決裁しました。",
    DECLINE: "{case}の依頼を差し戻しました。",
    TAKE_BACK: "{case}の依頼を取り下げました。",
    RECORD: "{case}を記録しました。",
    GRANT: "{case}を許可しました。",
    REFUSE: "{case}を不許可にしました。",
    WITHDRAW: "{case}の許可を取り消しました。",
    VOID: "{case}を無効にしました。",
    DISPATCH: "{case}の通知書の発送を記録しました。",
    CORRECT: "{case}の発送簿を訂正しました。",
    CANCEL: "{case}の発送簿に、発送していないことを記入しました。",
}
ASK_YES = "決裁を依頼する"
ASK_HINT = "この操作にはほかの職員の決裁が必要です。ここでは依頼だけを行い、まだ何も決定しません。"
PROPOSED = "{case}について決裁を依頼しました({proposal})。まだ何も決定していません。ほかの職員がこの画面で決裁します。"
WAITING = "決裁待ち"
FILTER_PROPOSED = "決裁"
PROPOSAL = "決裁待ちの依頼{number}: {asked}"
PROPOSAL_BY = "依頼した人: {by} ({at})"
PROPOSAL_UNTIL = "期限: {until}"
PROPOSAL_OWN = "自分の依頼は自分では決裁できません。ほかの職員に頼んでください。"
PROPOSAL_OVER = "この依頼は使えません({why})。必要なら、もう一度依頼してください。"

FIELD_SUPPLIER = "業者番号"
FIELD_SUPPLIER_HINT = "半角英数字9文字。入力すると、資格審査情報の業者が上に表示されます。"
FIELD_RECEIVED = "受付日"
FIELD_CHANNEL = "受付方法"
FIELD_REPLY = "通知の希望方法"
FIELD_APPLICANT = "申請書に書かれた商号又は名称"
FIELD_APPLICANT_HINT = "申請書のとおりに入力してください。資格審査情報と照合します。"
FIELD_NOTE = "備考"
FIELD_FROM = "有効期間の初日"
FIELD_TO = "有効期間の末日"
FIELD_TO_HINT = "空のままにすると、資格審査情報の有効期間の末日までになります。"
FIELD_CHECKED = "上の注意を確かめました"
FIELD_TYPED = "確認入力(業者番号)"
FIELD_TYPED_HINT = "決裁する職員がほかにいない設定です。上の業者番号をもう一度入力してください。"
FIELD_REASONS = "不許可の理由"
FIELD_REASONS_HINT = "1つ以上選んでください。選んだ理由の文が通知書に載ります。"
FIELD_REFUSAL_NOTE = "補足(通知書に載ります)"
FIELD_WITHDRAW_REASON = "取消の理由"
FIELD_WITHDRAWN_FROM = "取消の日"
FIELD_WITHDRAWN_FROM_HINT = "この日から許可の効力がなくなります。前の日までは有効のままです。"
FIELD_VOID_REASON = "誤りの内容"
FIELD_SENT_CHANNEL = "発送方法"
FIELD_DAY = "発送日"
FIELD_RECIPIENT = "あて先"
FIELD_RECIPIENT_HINT = "空のままにすると、申請者になります。"
FIELD_WHY = "誤りの内容"
FIELD_DECLINE_REASON = "差し戻す理由"
DATE_HINT = "例: 2026/10/7、令和8年10月7日"
DATE_WRONG = "日付として読めません。2026/10/7 又は 令和8年10月7日 のように入力してください。"
CHANNEL_MISSING = "選んでください。"
DATE_MISSING = "日付を入力してください。"
CHECK_MISSING = "注意を確かめたら、印をつけてください。"
REPLY_UNSAID = "(記載なし)"

SECTION_REMARKS = "決定の前に確かめること"
SECTION_COMPARISON = "申請書と資格審査情報"
SECTION_REGISTER = "資格審査情報"
SECTION_OTHERS = "同じ業者番号のほかの利用申請書・許可"
SECTION_DISPATCHES = "発送簿"
SECTION_HISTORY = "履歴"
SECTION_LETTER = "通知書"
NOTHING = "ありません。"
COMPARISON_HEADINGS = ("項目", "申請書", "資格審査情報", "照合")
DISPATCH_HEADINGS = ("番号", "発送日", "発送方法", "あて先", "区分", "訂正", "備考", "記録した人", "")
HISTORY_HEADINGS = ("日時", "人", "できごと")
MATCH_NONE = "照合できません"
REGISTER_ABSENT = "登録なし"

FACT_STATE = "状態"
FACT_DOCUMENT = "文書番号"
FACT_RECEIVED = "受付"
FACT_REPLY = "通知の希望方法"
FACT_DECIDED = "決定"
FACT_PERIOD = "有効期間"
FACT_REASONS = "不許可の理由"
FACT_WITHDRAWN = "取消"
FACT_VOIDED = "無効"
FACT_NOTE = "備考"

REMARKS: Mapping[PermitRemark, str] = {
    PermitRemark.NOT_IN_REGISTER: "この業者番号は資格審査情報にありません。番号の書き誤りでないかを確かめてください。",
    PermitRemark.REGISTER_LAPSED: "資格の有効期間の外です。",
    PermitRemark.SUSPENDED: "指名停止の期間中です。",
    PermitRemark.NAME_DIFFERS: "申請書の商号又は名称が資格審査情報と一致しません。別の業者でないかを確かめてください。",
    PermitRemark.NO_APPLICANT: "申請書の商号又は名称が記録されていないため、照合できません。申請書と資格審査情報を見比べてください。",
    PermitRemark.ALREADY_PERMITTED: "同じ業者番号に有効な許可があります。",
    PermitRemark.REQUESTED_AGAIN: "同じ業者番号に、決定していない利用申請書がほかにあります。",
}
NO_REMARKS = "注意することはありません。"

OWNER_UNKNOWN = "{number} は資格審査情報にありません。番号の書き誤りでないかを確かめてください。"
OWNER_KNOWN = "{number} は次の業者です。申請書の業者と同じことを確かめてください。"
OWNER_PERMITS = "この業者番号には、すでに{count}件の利用申請書があります。"
OWNER_WAITING = "業者番号を入力すると、ここに資格審査情報の業者が表示されます。"

TRAY_TITLE = "未発送の通知書"
TRAY_LEAD = "決定したが、まだ発送簿に記入していない通知書です。印刷しないものは外してください。1通ごとに改ページします。"
TRAY_EMPTY = "未発送の通知書はありません。"
TRAY_MORE = "古いものから{shown}通を表示しています。残りは、発送を記録した後にもう一度開いてください。"
TRAY_HEADINGS = ("利用申請書", "文書番号", "状態", "業者番号", "商号又は名称", "通知の希望方法", "")
TRAY_DROP = "外す"
TRAY_PRINT = "{count}通を1つのPDFにする"
TRAY_DONE = (
    "通知書{count}通を1つのPDFにしました。印刷して発送したら、「発送簿にまとめて記入」を押してください。"
)
TRAY_SEND = "発送簿にまとめて記入"
TRAY_QUESTION = "下の一覧の{count}通の発送を、発送簿に記入します。あて先は、それぞれの申請者です。"
TRAY_WISHED = "それぞれの希望のとおり"
TRAY_CHANNEL_MISSING = (
    "希望方法の記載がない通知書が{count}通あります。発送方法を選ぶか、それらを外してください。"
)
TRAY_SENT = "{count}通の発送を発送簿に記入しました。"
TRAY_FILE = "通知書(まとめ).pdf"
LETTER_DONE = "{case}の通知書を作りました。下の見本を確かめて、PDFを保存してください。"
PAGE_ALT = "通知書の見本 {page}ページ目"
EMPTY = "一覧の行を開くか、「利用申請書を記録」を押してください。"


def case_title(permit: Permit, name: str) -> str:
    """Names a permit so that it cannot be taken for another: company, supplier number, paper, document number."""
    number = "" if permit.document is None else f"、{document_number(permit.document)}"
    return f"{name or NO_NAME}(業者番号 {permit.supplier_number}、{permit.id}{number})"


def letter_file(permit: Permit) -> str:
    """What the PDF of a letter is called."""
    number = permit.id if permit.document is None else document_number(permit.document)
    return f"通知書_{number}.pdf"


def sent_shown(day: str, channel: str) -> str:
    """When and how a paper came in or went out."""
    return f"{day} {channel}"


def put_right(corrects: str, corrected_by: str) -> str:
    """Which row of the dispatch register a row puts right, and by which it was put right."""
    said = [f"{corrects}を訂正"] if corrects else []
    return "、".join([*said, f"{corrected_by}で訂正済み"] if corrected_by else said)


def decided_shown(moment: str, by: str) -> str:
    """When and by whom a permit was decided."""
    return f"{moment} {by}"


def state_count(label: str, count: int) -> str:
    """A count with its state."""
    return f"{label} {count:,}件"


def withdrawn_shown(day: str, reason: str) -> str:
    """From when, and why."""
    return f"{day}から: {reason}"


def joined(words: Sequence[str]) -> str:
    """Several sentences as one value."""
    return " ".join(word for word in words if word)
