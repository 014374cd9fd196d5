"""Words of the desk work on an ID, on a supplier's page."""

from __future__ import annotations

from collections.abc import Mapping

from ebidadmin.domain.id_desk_work import IdentityDocument, IdentityMeans
from ebidadmin.domain.registrations import RegistrationState

SUSPEND, RESUME, CANCEL, UNLOCK, CODE = "suspend", "resume", "cancel", "unlock", "reset-code"

VERBS: Mapping[RegistrationState, tuple[str, ...]] = {
    RegistrationState.ACTIVE: (SUSPEND, CANCEL, CODE),
    RegistrationState.LOCKED: (UNLOCK, CANCEL, CODE),
    RegistrationState.SUSPENDED: (RESUME, CANCEL),
    RegistrationState.CANCELLED: (),
}
"""What can be done with an ID in each state, in the order of the buttons."""

BUTTONS: Mapping[str, str] = {
    SUSPEND: "停止",
    RESUME: "停止の解除",
    CANCEL: "取消",
    UNLOCK: "ロックの解除",
    CODE: "再設定用の番号の通知",
}
TITLES: Mapping[str, str] = {
    SUSPEND: "{name} ({supplier}) のID {user_id} を停止する",
    RESUME: "{name} ({supplier}) のID {user_id} の停止を解除する",
    CANCEL: "{name} ({supplier}) のID {user_id} を取り消す(元に戻せません)",
    UNLOCK: "{name} ({supplier}) のID {user_id} のロックを解除する",
    CODE: "{name} ({supplier}) のID・パスワード再設定用の番号を通知する",
}
DONE: Mapping[str, str] = {
    SUSPEND: "{name} ({supplier}) のID {user_id} を停止しました。",
    RESUME: "{name} ({supplier}) のID {user_id} の停止を解除しました。",
    CANCEL: "{name} ({supplier}) のID {user_id} を取り消しました。",
    UNLOCK: "{name} ({supplier}) のID {user_id} のロックを解除しました。",
    CODE: (
        "{name} ({supplier}) への通知書を作りました。いま保存して印刷し、登録された住所へ送ってください。"
        "番号は保存していないので、もう一度表示することはできません。"
    ),
}
FIELD_REASON = "理由"
FIELD_REASON_MAILED = "メールで代表窓口とID登録依頼者に知らせます。登録内容(氏名、電話番号など)は書けません。"
BUTTON_BACK = "理由に戻る"
FIELD_MEANS = "本人確認の方法"
FIELD_DOCUMENT = "確認した書類"
FIELD_DOCUMENT_HINT = "書類の種類だけを記録します。写しや番号は残しません。"
FIELD_NOTE = "確認した相手"
REASON_MISSING = "理由を入力してください。"
MEANS_MISSING = "本人確認の方法を選んでください。"
DOCUMENT_MISSING = "確認した書類を選んでください。"
LETTER_FILE = "再設定用の番号の通知.pdf"

MEANS: Mapping[IdentityMeans, str] = {
    IdentityMeans.COUNTER: "窓口",
    IdentityMeans.CALL_BACK: "登録された電話番号への折り返し",
    IdentityMeans.POST: "郵送の申出書",
}
DOCUMENTS: Mapping[IdentityDocument, str] = {
    IdentityDocument.NONE: "なし",
    IdentityDocument.DRIVING_LICENCE: "運転免許証",
    IdentityDocument.MY_NUMBER_CARD: "マイナンバーカード",
    IdentityDocument.STAFF_CARD: "社員証",
    IdentityDocument.SEAL_CERTIFICATE: "印鑑証明書",
    IdentityDocument.POWER_OF_ATTORNEY: "委任状",
    IdentityDocument.OTHER: "その他",
}
