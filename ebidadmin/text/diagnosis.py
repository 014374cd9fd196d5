"""Words of the help desk's look at a computer: what is looked at, what was found, what to do, whom to ask."""

from __future__ import annotations

from collections.abc import Mapping

from ebidadmin.domain.certificates import CheckOutcome
from ebidadmin.domain.diagnosis import Found, Helper, Item, Verdict
from ebidadmin.text import messages
from ebidadmin.text.certificate_sentences import OUTCOMES

TITLE = "動作の点検"
LEAD = "この端末とICカードの状態を調べ、悪いところと、だれに聞けばよいかを示します。PIN番号は使いません。"
SECTION_OFFICE = "端末と登録事務"
SECTION_CARDS = "カードリーダーとICカード"
SECTION_COPY = "問い合わせ用の控え"
COPY_LEAD = "問い合わせるときに、この内容を写して伝えてください。取得者の氏名と住所、PIN番号、パスワードは含みません。"
CARDS_LEAD = "ほかの入札・申告ソフトを閉じてから調べてください。ICカードの処理の途中では調べないでください。"
BUTTON_OFFICE = "端末をもう一度調べる"
BUTTON_CARDS = "カードリーダーとICカードを調べる"
LOOKING = "調べています。ICカードを抜かないでください。"
HEADINGS = ("調べたもの", "結果", "わかったこと・すること", "問い合わせ先")

SECTION_TROUBLES = "業者からのよくある問合せ"
TROUBLES_LEAD = "業者が見ている文、番号、困っていることを入力すると、原因とすることが表示されます。空欄にすると、すべて表示します。"
FIELD_SEARCH = "症状・番号・エラーの文で探す"
SEARCH_HINT = "例: 03001、ロック、一致しない"
CAUSE = "原因"
REMEDY = "すること"
SCREENS = "関連する画面"
NO_TROUBLES = "あてはまるものはありません。言葉を短くするか、別の言葉で探してください。"

ALL_GOOD = "悪いところは見つかりませんでした。"
SUMMARY = "悪いところが{faults}件、注意が{attentions}件あります。"

VERDICTS: Mapping[Verdict, str] = {
    Verdict.GOOD: "正常",
    Verdict.ATTENTION: "注意",
    Verdict.FAULT: "異常",
    Verdict.UNSEEN: "未点検",
}

ITEMS: Mapping[Item, str] = {
    Item.PROGRAM: "プログラム",
    Item.COMPONENTS: "画面の部品",
    Item.SETTINGS: "設定",
    Item.SECOND_PERSON: "ほかの職員の確認",
    Item.DATABASE: "データベース",
    Item.CLOCK: "時計",
    Item.HOURS: "利用時間",
    Item.MAIL: "メール",
    Item.MAIL_SERVER: "メールサーバー",
    Item.OFFICE_FILES: "設定・理由・文面のファイル",
    Item.LAID_OUT: "ひな形と帳票",
    Item.ERASINGS: "個人情報の消去",
    Item.CARD_SOFTWARE: "ICカードのソフトウェア",
    Item.CARD_SERVICE: "カードリーダーのサービス",
    Item.CARD_READERS: "カードリーダー",
    Item.CARD: "ICカード",
    Item.CERTIFICATE: "証明書",
    Item.CHAIN: "証明書の検証",
    Item.REVOCATION_LISTS: "失効リスト",
}

FOUND: Mapping[str, str] = {
    "unseen": "先に「{needs}」を直してください。直るまで調べられません。",
    "program-good": "ebidadmin {version} (Python {python})",
    "python-old": "Python {python} では動きません。3.11以上を入れてください。",
    "components-good": "そろっています。",
    "components-missing": "{missing} がありません。インストールをやり直してください。",
    "settings-good": "{folder}",
    "nobody-confirms": "求める設定はありません。",
    "another-confirms": "別の職員が確認します(設定 {settings})。",
    "typed-confirmation": "一人で使う端末なので、確認入力で行います(設定 {settings})。",
    "typed-confirmation-unsaid": (
        "データベースがSQLiteなので、一人で使う端末とみなして確認入力で行います(設定 {settings})。"
        "数人で使うときは設定 database.one_person を false に、一人で使うときは true にしてください。"
    ),
    "database-good": "接続できます。資格審査情報の版は {version} です。",
    "register-empty": "接続できますが、資格審査情報がまだ取り込まれていません。「資格審査情報の取込」で取り込んでください。",
    "clock-good": "{now} 時報や電波時計と比べ、5分以上違うときは直してください。",
    "clock-behind": "時計は {now} ですが、{last} の記録がもうあります。時計が遅れています。直すまで登録や審査をしないでください。",
    "door-open": "電子入札システムは受付中です。",
    "door-closed-now": "電子入札システムは時間外です。次の受付開始は {next_opening} です。時間外でも再現と訓練はできます。",
    "mail-good": "送信待ち{waiting}件。送信断念はありません。",
    "mails-gave-up": (
        "送信を断念したメールが{gave_up}件あります。宛先を確かめ、"
        "ebidadmin mail list で番号を見て、ebidadmin mail retry で送り直してください。"
    ),
    "mails-lie": (
        "1時間以上、一度も送られていないメールがあります(送信待ち{waiting}件)。"
        "送信の定期実行(ebidadmin mail send)が止まっていないか確かめてください。"
    ),
    "mails-deferred": (
        "送れずに再送を待つメールがあります(送信待ち{waiting}件)。"
        "しばらく待ち、減らないときはメールサーバーを確かめてください。"
    ),
    "mails-of-others": "送信待ちや送信断念は、審査担当か管理者が確かめます(自分の役割では見られません)。",
    "mail-folder-unwritable": "メールのフォルダー「{folder}」に書き込めません。権限と空き容量を確かめてください。",
    "mail-server-none": "使いません。メールはフォルダー「{folder}」に書き出します(設定 mail.transport)。",
    "mail-server-answers": "メールサーバー({server})が応答します。",
    "mail-server-encrypted": "メールサーバー({server})との通信は暗号化され、証明書も確かめました。",
    "mail-server-plain": (
        "メールサーバー({server})との通信は暗号化されません(設定 mail.smtp.security)。"
        "途中でメールを読まれるおそれがあります。"
    ),
    "mail-login-good": "メールサーバー({server})にログインできます。",
    "mail-login-none": "メールサーバー({server})にはログインせずに送ります(環境変数 EBIDADMIN_SMTP_USER がありません)。",
    "office-files-good": "記録にない変更はありません。",
    "templates-good": "プログラムのものより古いひな形・帳票はありません。",
    "templates-older": (
        "プログラムのものと違い、役所で直した記録のないひな形・帳票があります({names})。"
        "役所で直していないものを作業フォルダーから消してください。プログラムのものが使われます。"
    ),
    "erasings-good": "途中で止まった消去はありません。",
    "erasings-unfinished": (
        "業者番号{numbers}の消去が途中で止まっています。ebidadmin supplier erase をもう一度実行し、終わらせてください。"
    ),
    "office-files-by-hand": (
        "記録に残らない形で変更されたファイルがあります({names})。内容を確かめ、"
        "正しければ ebidadmin config set、reason set、template set で記録してください。"
    ),
    "card-packages-missing": "{missing} がありません。ICカードの部品を含めて、インストールをやり直してください。",
    "simulated-only": "模擬カードだけを使う設定です。本物のICカードを使うには、設定 card.module を直してください。",
    "card-module-there": "{module}",
    "card-service-of-system": "このパソコンでは、システムがカードリーダーを扱います。",
    "card-service-silent": "pcscd が {address} で応答しません。本物のカードリーダーを使うには、pcscd を起動してください。",
    "card-service-answers": "pcscd が応答します。",
    "simulated-cards-none": "模擬カードがありません。「ICカードによる利用者登録の手順」の訓練で作ってください。",
    "card-readers-good": "{count}台あります({names})。",
    "card-none": "どのカードリーダーにもICカードがありません。ICチップを上にして奥まで差し、もう一度調べてください。",
    "card-good": "{label} (番号 {serial}) を読めます。",
    "card-tries-low": (
        "{label} (番号 {serial}) で、前回PINが間違えられています。続けて間違えるとロックされます。"
        "PINが確かでないときは、ICカードを発行した認証局に聞いてください。"
    ),
    "card-last-try": (
        "{label} (番号 {serial}) は、次にPINを間違えるとロックされるおそれがあります。"
        "PINが確かでないときは入力せず、ICカードを発行した認証局に聞いてください。"
    ),
    "certificate-none": "ICカードに証明書がありません。電子入札用のカードか、ICカードを発行した認証局に聞いてください。",
    "certificate-good": "{company} 証明書シリアル番号 {serial_number} 発行者 {issuer} 有効期限 {last_day}",
    "certificate-ends-soon": (
        "{company} 証明書シリアル番号 {serial_number} 発行者 {issuer} の有効期限が近づいています({last_day})。"
        "新しいICカードを申し込み、期限の前に「ICカード更新」を行ってください。"
    ),
    "certificate-expired": (
        "{company} 証明書シリアル番号 {serial_number} 発行者 {issuer} の有効期限が切れています({last_day})。"
        "新しいICカードを申し込み、届いたら「登録」を行ってください。"
    ),
    "certificate-not-yet-valid": (
        "{company} 証明書シリアル番号 {serial_number} 発行者 {issuer} の有効期間は {first_day} からです。"
        "パソコンの日時を確かめ、正しければその日まで待ってください。"
    ),
    "checked": "{outcome}: {why}",
    "trust-none": "信頼する認証局が一つも置かれていません。フォルダー data/reference/trust に認証局の証明書を置いてください。",
    "list-good": "発行 {issued} ({age_hours}時間前)、次回 {next_issue}、{entries}件",
    "list-stale": "発行 {issued}、次回 {next_issue} の古いリストです。ebidadmin card crl update で新しいものを取り込んでください。",
    "list-none": "取り込まれていません。ebidadmin card crl update で取り込んでください。なければ検証は「未確認」になります。",
}
"""What was found, by code; a refusal has its own sentence (``text.messages``)."""

HELPERS: Mapping[Helper, str] = {
    Helper.NOBODY: "",
    Helper.ADMINISTRATOR: "この端末の管理者",
    Helper.HELP_DESK: "ヘルプデスク",
    Helper.AUTHORITY: "ICカードを発行した認証局",
    Helper.READER_SELLER: "カードリーダーの販売元",
}


def sentence(found: Found) -> str:
    """What was found and, where it is not good, what to do."""
    if found.error is not None:
        return messages.sentence(found.error)
    return messages.filled(FOUND[found.code], found.facts, translated=_TRANSLATED)


def item(found: Found) -> str:
    """What was looked at, with the reader or issuer where there are several."""
    return f"{ITEMS[found.item]} {found.place}".rstrip()


def summary(faults: int, attentions: int) -> str:
    """What it amounts to."""
    return SUMMARY.format(faults=faults, attentions=attentions) if faults or attentions else ALL_GOOD


def troubles_found(count: int) -> str:
    """How many questions a search found."""
    return f"{count}件"


_TRANSLATED = {
    "needs": lambda value: ITEMS[Item(value)],
    "outcome": lambda value: OUTCOMES[CheckOutcome(value)],
    **dict.fromkeys(("now", "last", "issued", "next_issue"), messages.written_moment),
    **dict.fromkeys(("first_day", "last_day"), lambda value: value.replace("-", "/")),
}
