"""What the product itself says in the walkthrough of the card screens, beside the manual's words in ``text.card_screens``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from ebidadmin.text.card_labels import MODES
from ebidadmin.text.formats import moment

SCREEN_TITLE = "ICカードによる利用者登録の手順"
SCREEN_LEAD = (
    "業者が使う画面を、登録・再現・訓練で順に進めます。途中の手順は保存され、開き直しても続きから行えます。"
)
MODE_LABELS = MODES
MODE_BANNERS: Mapping[str, str] = {
    "register": "登録モードです。「登録」を押すと、ICカードを実際に登録し、登録完了メールを送ります。",
    "rehearsal": "再現モードです。本物のICカードで確認をすべて行いますが、登録もメールの送信もしません。",
    "training": "訓練モードです。模擬のICカードを使います。登録もメールの送信もしません。",
}
MODE_HELP = "モードを切り替えると、途中の手順を中止して、メニューから始めます。"
START_IN: Mapping[str, str] = {mode: f"{label}モードで最初から始める" for mode, label in MODES.items()}

STEPS = ("メニュー", "PIN番号", "起動確認", "資格審査情報検索", "利用者登録", "内容確認", "完了")
STEP_OF: Mapping[str, int] = {
    "menu": 0,
    "pin": 1,
    "new-pin": 1,
    "client": 2,
    "search": 3,
    "form": 4,
    "confirm": 5,
    "done": 6,
}

PIN_OF_NEW = "新しいICカードのPIN番号を入力してください。"
PIN_OF_OLD = "登録されている、いまのICカードのPIN番号を入力してください。"
PIN_AGAIN_TITLE = "PIN番号の再入力"
PIN_AGAIN = "登録の前に、もう一度PIN番号を確かめます。手順は続きから行えます。"
PIN_ON_PAD = "このカードリーダーでは、PIN番号をリーダーのキーで入力します。「OK」を押してから、リーダーの表示に従ってください。"
INSIST = "もう一度間違えると、ICカードがロックされるおそれがあります。PIN番号が確かなときだけ、もう一度入力して「OK」を押してください。"
PIN_NOT_KEPT = "PIN番号は、ICカードに渡した後、どこにも残りません。"
PERSON_EMPTY = "入力不要です"

CARD_TITLE = "カードリーダーのICカード"
READER = "カードリーダー"
TOKEN = "ICカード"  # noqa: S105 — a label
CHECKED = "証明書の確認"
CHECKED_WHY = "確認の内容"
CHOOSE = "この証明書を使う"
LOOK_AGAIN = "カードをもう一度読む"
NO_READER = "カードリーダーが見つかりません。つなぎ直して「カードをもう一度読む」を押してください。"
NO_CARD = "ICカードがありません。カードリーダーに差して「カードをもう一度読む」を押してください。"
SEVERAL = "使える証明書が複数あります。使うものを選んでください。"

READY = "必要なファイルを読み込みました。"
CLOCK_LABEL = "時刻"
REGISTER_EMPTY = "資格審査情報がまだ取り込まれていません。「資格審査情報の取込」で取り込んでください。"

NAMES_TITLE = "企業名称の確認"
NAME_OF_REGISTER = "企業情報の企業名称"
NAME_OF_CARD = "ICカード企業名称"
NAME_MATCH = "一致の区分"
NOT_COMPARABLE = "比べられません"
FINDINGS_TITLE = "登録の後に職員が確認する事項"
OUTCOME_TITLE = "証明書の確認の結果"
OLD_CARD = "いまのICカード"
NEW_CARD = "新しいICカード"
CARRIED_OVER = "代表窓口とICカード利用部署の連絡先は、そのまま引き継がれます。"

DONE_CHANGE = "登録内容の変更が完了いたしました。"
DONE_RENEWAL = "ICカード更新が完了いたしました。"
WOULD = "再現・訓練のため、登録もメールの送信もしていません。登録モードであれば、登録できる内容です。"
WOULD_REFUSE = "登録モードであれば、次の理由で登録できませんでした。"
ADVICE = "案内した内容"
ADVICE_HINT = "(業者に案内したこと、次にすること)"
RECORD = "対応記録を作る"
RECORDED = "対応記録を作りました。"
RECORD_PRINT = "対応記録を印刷"
RESTART = "メニューに戻る"
GIVE_UP = "手順を中止"
PRINT_FILE = "登録内容確認.pdf"
RECORD_FILE = "対応記録.pdf"
PRINT_READY = "印刷用のPDFを作りました。"
NOTHING_TO_PRINT = "印刷できる内容がありません。登録が終わってから印刷してください。"
PRINT_LOST = "画面を開き直したため、確認画面の内容は残っていません。印刷はできません。"

NOT_HERE = "その操作は、いまの画面では行えません。画面の内容を確かめてください。"
CHECK_FIELDS = "入力内容に誤りがあります。印のついた項目を直してください。"
PREFILLED = "登録されている内容を入れてあります。変わったところを直してください。"
SAME_AS_MAIN = "代表窓口と同じ"


def resumed(flow: str, at: datetime) -> str:
    """A walk that goes on where it was."""
    return (
        f"{moment(at)}に始めた「{flow}」の手順の続きです。登録の前に、PIN番号の入力をもう一度お願いします。"
    )


CASE_TITLE = "対応記録"
CASE_ROWS: Mapping[str, str] = {
    "session": "手順の番号",
    "flow": "手順",
    "mode": "モード",
    "supplier_number": "業者番号",
    "started_at": "開始",
    "written_at": "作成",
    "written_by": "担当",
}
CASE_STEPS = "経過"
CASE_INPUTS = "入力した内容"
CASE_CARD: Mapping[str, str] = {"card": "ICカード", "old": "いまのICカード"}
CASE_FINDINGS = "確認事項"
CASE_NONE = "なし"
CASE_REMARK = "注意"
WHAT: Mapping[str, str] = {
    "started": "手順を始めました",
    "pin-sent": "PIN番号をICカードに渡しました",
    "proved": "本人確認ができました",
    "proved-again": "本人確認をもう一度行いました",
    "card-known": "登録されているICカードです",
    "client-ready": "起動確認を終えました",
    "found": "資格審査情報が見つかりました",
    "entered": "入力内容を確かめました",
    "kept": "入力内容を保存しました",
    "back": "前の画面に戻りました",
    "would-refuse": "登録モードであれば断られます",
    "would-register": "登録モードであれば登録できます",
    "registered": "登録しました",
    "abandoned": "手順を中止しました",
}
"""What happened on a walk; anything else is the code of a refusal and has a sentence of its own."""
CARD_PARTS: Mapping[str, str] = {
    "serial": "証明書シリアル番号",
    "issuer": "証明書発行者",
    "not_after": "証明書有効期限",
    "company_name": "ICカード企業名称",
    "company_address": "ICカード企業住所",
    "holder_name": "ICカード取得者氏名",
    "outcome": "証明書の確認",
}
