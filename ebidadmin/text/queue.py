"""Words of the review queue and of the case beside it."""

from __future__ import annotations

from datetime import datetime

from ebidadmin.domain.applications import ApplicationState, Channel
from ebidadmin.domain.mails import MailKind, OutboxMail
from ebidadmin.domain.permits import PaperChannel, PermitState
from ebidadmin.domain.qualifications import Grade
from ebidadmin.services.auto_approval import ACTOR
from ebidadmin.services.queue import PermitStanding
from ebidadmin.text import bulk_approval, formats, mail_sentences

TITLE = "ID登録申請の審査"
LEAD = "一覧から申請を選ぶと、申請内容・資格審査情報との照合・所見が表示されます。"
TABLE_CAPTION = "ID登録申請の一覧"

COLUMN_NUMBER = "受付番号"
COLUMN_APPLIED = "受付日時"
COLUMN_SUPPLIER = "業者番号"
COLUMN_NAME = "商号又は名称"
COLUMN_KIND = "種別"
COLUMN_PERMIT = "許可"
COLUMN_FINDINGS = "所見"
COLUMN_ELAPSED = "経過(営業日)"
COLUMN_DUE = "期限"
COLUMN_HOLDER = "担当"
COLUMN_STATE = "状態"

KIND_NEW = "新規"
KIND_AGAIN = "再申請"

FILTER_STATE = "状態"
FILTER_FINDING = "所見"
FILTER_PERMIT = "許可"
FILTER_AGE = "経過"
FILTER_MINE = "担当"
STATE_OPEN = "未処理(審査中・照会中)"
PERMIT_STANDINGS = {
    PermitStanding.IN_FORCE: "有効",
    PermitStanding.EXPIRED: "期限切れ",
    PermitStanding.REQUESTED: "申請受付(未決定)",
    PermitStanding.NONE: "なし",
}
MINE = "自分が担当"

OVERDUE = "期限超過"
HELD_BY_ME = "自分"


ACTIONS = {
    "approve": "承認",
    "reject": "却下",
    "inquire": "照会",
    "answer": "回答を記録",
    "withdraw": "取下げ",
    "note": "メモ",
}
ACTION_NEXT = "次の案件"
ACTION_RELOAD = "再読込"
ACTION_CLOSE = "閉じる"
ACTION_TAKE_OVER = "担当を引き継ぐ"
ACTION_CANCEL = "やめる"
ACTION_BACK = "戻る"
ACTION_TO_MAIL = "通知メールを確認"

KEYS_TITLE = "キー操作"
KEY_LIST = "一覧へ"
KEY_ROW = "行を選ぶ"
KEY_OPEN = "開く(担当になります)"
KEY_SEARCH = "検索"
KEY_BULK = "まとめて承認"
KEY_YES = "決定する"

CASE_EMPTY = "申請を選んでください。"
CASE_EMPTY_HINT = "一覧の行をクリックするか、↑↓で選んでEnterで開きます。"
NO_NEXT = "審査待ちの申請はありません。"
NO_FINDINGS = "所見はありません。"

SECTION_FINDINGS = "所見"
SECTION_COMPARISON = "申請内容と資格審査情報"
SECTION_PERMITS = "利用申請書・許可"
SECTION_HISTORY = "資格審査情報の履歴"
SECTION_EARLIER = "これまでの申請"
SECTION_SHARED = "同じ連絡先を使う他の業者"
SECTION_NOTES = "メモ(庁内のみ)"
SECTION_INQUIRIES = "照会と回答"
SECTION_MAILS = "通知メール"
SECTION_DECISION = "審査結果"

FINDING_HEADINGS = ("区分", "所見", "内容")
COMPARISON_HEADINGS = ("項目", "申請", "資格審査情報", "照合")
PERMIT_HEADINGS = ("番号", "受付日", "受付方法", "状態", "文書番号", "有効期間", "備考")
HISTORY_HEADINGS = ("取込", "取込日時", "商号又は名称", "代表者", "有効期間")
EARLIER_HEADINGS = ("受付番号", "受付日時", "状態", "審査結果")
SHARED_HEADINGS = ("項目", "値", "業者番号", "使われている所")
MAIL_HEADINGS = ("種類", "作成", "状態", "送信日時", "宛先")
NOT_ENTERED = "(記載なし)"
VANISHED = "(名簿から外れた)"

EMPTY_PERMITS = "この業者番号の利用申請書は記録されていません。"
EMPTY_HISTORY = "資格審査情報の履歴はありません。"
EMPTY_EARLIER = "これまでの申請はありません。"
EMPTY_SHARED = "ありません。"
EMPTY_MAILS = "ありません。"

FACT_NUMBER = "受付番号"
FACT_SUPPLIER = "業者番号"
FACT_APPLIED = "受付日時"
FACT_ELAPSED = "経過"
FACT_DUE = "期限"
FACT_HOLDER = "担当"
FACT_PREVIOUS = "前回の申請"
FACT_QUALIFICATION = "資格の有効期間"
FACT_SUSPENDED = "指名停止"
FACT_REASONS = "却下の理由"
FACT_NOTE = "補足"
FACT_DECIDED = "決定"
FACT_ACCEPTED = "注意の確認"
SECTION_REGISTER = "資格審査情報(照合以外の項目)"
REGISTER_NONE = "この業者番号は資格審査情報にありません。"
SHARED_SOURCES = {"application": "申請", "registration": "登録済みID", "register": "資格審査情報"}

SUGGESTED = "所見から候補"
REASON_HINT = "審査の目安"
REASONS_LABEL = "却下の理由"
REASONS_HINT = "1つ以上選んでください。選んだ理由の文が通知メールに入ります(「審査の目安」は入りません)。"
NOTE_FOR_MAIL_LABEL = "補足(通知メールに入ります)"
NOTE_FOR_MAIL_HINT = "申請で入力された内容(電話番号、メールアドレスなど)は書けません。"
INQUIRY_LABEL = "照会する内容(通知メールに入ります)"
INQUIRY_HINT = "申請で入力された内容(電話番号、メールアドレスなど)は書けません。"
ANSWER_LABEL = "回答の内容"
ANSWER_HINT = "回答がなかったときは空のまま記録します。"
WITHDRAW_LABEL = "取下げの経緯"
INTERNAL_NOTE_LABEL = "メモ"
INTERNAL_NOTE_HINT = "庁内の記録です。申請者には送られません。"
ACCEPT_HINT = "確認した内容を一言で書いてください。"
ACCEPT_LEAD = "注意の所見があります。承認するには、それぞれ確認した内容を書いてください。"

MAIL_PREVIEW_TITLE = "送られる通知メール"
MAIL_TO = "宛先"
MAIL_SUBJECT = "件名"
MAIL_EXACT = "この内容のまま送信待ちに入ります。"

QUESTIONS = {
    "approve": "{case}を承認します。よろしいですか。",
    "reject": "{case}を却下します。",
    "inquire": "{case}について照会します。",
    "answer": "{case}の照会への回答を記録します。",
    "withdraw": "{case}の取下げを記録します。",
    "note": "{case}にメモを残します。",
}
YES = {
    "approve": "承認する",
    "reject": "却下する",
    "inquire": "照会する",
    "answer": "回答を記録する",
    "withdraw": "取下げを記録する",
    "note": "メモを残す",
}

BLOCKED_TITLE = "承認できません"
BLOCKED_LEAD = "次の所見があるため承認できません。"

MISSING = {
    "reject": "選ばれていません。一つ以上選んでください。",
    "inquire": "照会する内容が書かれていません。書いてください。",
    "answer": "回答の内容が書かれていません。書いてください。",
    "note": "メモの内容が書かれていません。書いてください。",
}

NOT_REVIEWER = "審査の権限がないため、見るだけです。"
HELD_SHORT = "ほかの人が担当しています。決定するには担当を引き継いでください。"

STALE_SELECTION = "選択が変わったため、操作を取り消しました。もう一度選んで操作してください。"
OTHER_CONFIRMATION = "押されたのは、いまの確認のボタンではないため、何も行っていません。表示を確かめて、もう一度押してください。"

DONE = {
    "approve": "{case}を承認しました。",
    "reject": "{case}を却下しました。",
    "inquire": "{case}について照会しました。",
    "answer": "{case}の照会への回答を記録しました。",
    "withdraw": "{case}の取下げを記録しました。",
    "note": "{case}にメモを残しました。",
    "take-over": "{case}の担当を引き継ぎました。",
}

MAIL_OFF = "この種類のメールは、設定により送りません。"
MAIL_KINDS = {
    MailKind.ID_SUBMITTED: "登録完了",
    MailKind.ID_APPROVED: "審査結果(承認)",
    MailKind.ID_REJECTED: "審査結果(却下)",
    MailKind.ID_INQUIRED: "照会",
    MailKind.CARD_REGISTERED: "登録完了(ICカード)",
    MailKind.CARD_CHANGED: "登録内容の変更(ICカード)",
    MailKind.CARD_RENEWED: "ICカード更新の完了",
    MailKind.ID_SUSPENDED: "IDの停止",
    MailKind.ID_CANCELLED: "IDの取消",
    MailKind.CARD_EXPIRES: "有効期限のお知らせ",
    MailKind.REPORT_FAILED: "帳票の作成の失敗",
}

PERMIT_STATES = {
    PermitState.REQUESTED: "申請受付",
    PermitState.GRANTED: "許可",
    PermitState.REFUSED: "不許可",
    PermitState.WITHDRAWN: "取消",
    PermitState.VOIDED: "欠番・取消済",
}
GRADES = {grade: "無し" if grade is Grade.NONE else grade.value for grade in Grade}
PAPER_CHANNELS = {
    PaperChannel.COUNTER: "窓口",
    PaperChannel.FAX: "FAX",
    PaperChannel.MAIL: "メール",
    PaperChannel.POST: "郵送",
}
CHANNELS = {Channel.WALKTHROUGH: "画面から", Channel.BATCH: "一括取込"}
STATES = {
    ApplicationState.PENDING: "審査中",
    ApplicationState.INQUIRED: "照会中",
    ApplicationState.APPROVED: "承認",
    ApplicationState.REJECTED: "却下",
    ApplicationState.WITHDRAWN: "取下げ",
}


def working_days(count: int) -> str:
    """An age in working days."""
    return f"{count}"


def elapsed(count: int, target: int, paused: int) -> str:
    """An age in working days against the target; days spent in inquiry do not count."""
    text = f"{count}営業日(目標{target}営業日"
    return f"{text}、照会中の{paused}営業日を除く)" if paused else f"{text})"


def at_least(count: int) -> str:
    """A filter by age."""
    return f"{count}営業日以上"


def case_title(trade_name: str, number: str) -> str:
    """Names a case so that it cannot be confused."""
    return f"{trade_name}(受付番号 {number})"


def question(action: str, trade_name: str, number: str) -> str:
    """A confirmation that names company and application."""
    return QUESTIONS[action].format(case=case_title(trade_name, number))


def reason(label: str, hint: str, *, suggested: bool) -> str:
    """A reason to choose: its words for the supplier, the mark of one that belongs to what was found, the hint for the reviewer."""
    marked = f"{label} 【{SUGGESTED}】" if suggested else label
    return f"{marked}\n{REASON_HINT}: {hint}" if hint else marked


def done(action: str, trade_name: str, number: str) -> str:
    """What happened, to whom."""
    return DONE[action].format(case=case_title(trade_name, number))


def mail_state(mail: OutboxMail) -> str:
    """What became of a mail."""
    return f"通知メール「{MAIL_KINDS[mail.draft.kind]}」({'、'.join(mail.draft.to)}):{mail_sentences.state(mail)}"


def held_by(holder: str, until: datetime) -> str:
    """Another person works on the case."""
    return f"{holder}さんが担当しています({formats.time_of_day(until)}まで)。内容は確認できますが、決定するには担当を引き継いでください。"


def held_by_me(until: datetime) -> str:
    """The case is leased to the person who looks at it."""
    return f"自分({formats.time_of_day(until)}まで)"


def state_count(label: str, count: int, automatic: int = 0) -> str:
    """A count with its state; how many of them nobody looked at is told apart."""
    return f"{label} {count:,}件" + (f"(うち{bulk_approval.AUTOMATIC} {automatic:,}件)" if automatic else "")


def asked(by: str, at: datetime) -> str:
    return f"照会({formats.moment(at)} {by})"


def answered(at: datetime | None) -> str:
    return f"回答({formats.moment(at)})" if at is not None else "回答待ち"


NO_ANSWER = "(回答なし)"


def written(by: str, at: datetime) -> str:
    return f"{formats.moment(at)} {by}"


def decided(by: str, at: datetime) -> str:
    return f"{formats.moment(at)} {bulk_approval.AUTOMATIC if by == ACTOR.login else by}"
