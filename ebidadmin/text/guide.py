"""Words of the staff guide that the program makes: its pages in order, the page of all sentences, the page of what suppliers ask."""

from __future__ import annotations

from collections.abc import Mapping

GUIDE_ADDRESS = "ebidadmin/guide"
"""Where a server has the guide, below its base address."""

UNDOING_PAGE = "import_undo"
PAGES = (
    "index",
    "review",
    "permits",
    "import",
    UNDOING_PAGE,
    "layout",
    "walkthrough",
    "card",
    "registrations",
    "eligibility",
    "audit",
    "reports",
    "screens",
    "diagnosis",
    "troubles",
    "messages",
)
"""The pages of the guide in the order in which one reads them."""

TITLE = "利用手引き"
CONTENTS = "目次"
PRINT_HINT = "印刷するときは、ブラウザーの印刷を使います。言葉を探すときは、Ctrl と F を同時に押します。"
BACK = "[手引きの最初のページに戻る](index.md)"
BLANK = "○○"

MESSAGES_TITLE = "利用手引き: 表示される文と、すること"
MESSAGES_LEAD = (
    "画面やコマンドに表示される、断り・誤り・注意の文の一覧です。○○には、そのときの番号や名前が入ります。"
    "Ctrl と F を同時に押して、表示された文の一部で探してください。"
)
MESSAGES_CODE_LEAD = (
    "「コード」は、管理者に伝えるときの名前です。監査記録とコマンドの表示(`--json`)に出ます。"
)
MESSAGES_HEADINGS = ("表示される文", "すること", "コード")
NOTHING_TO_DO = "することはありません。"

GROUPS: Mapping[str, tuple[str, str]] = {
    "rules": ("どの画面でも", "権限、ほかの職員との行き違い、決まりによる断りです。"),
    "input": ("入力の誤り", "入力欄の下や、申請の一括受付の結果に表示されます。"),
    "findings": ("ID登録申請の審査: 所見", "開いた申請の「所見」に表示されます。"),
    "desk": (
        "ID登録申請の審査・利用者登録: ほかの職員の確認",
        "2人での確認を求める設定のときに表示されます。",
    ),
    "permits": (
        "利用許可・通知書・メールの文面",
        "「利用許可」の画面と、通知書やメールを作るときに表示されます。",
    ),
    "imports": ("資格審査情報の取込", "「資格審査情報の取込」の画面で、ファイル全体について表示されます。"),
    "rows": ("資格審査情報の取込: 行ごとの問題", "取り込む前の確認で、行ごとに表示されます。"),
    "cards": (
        "ICカードとカードリーダー",
        "「ICカードによる利用者登録の手順」と「動作の点検」に表示されます。",
    ),
    "certificates": ("証明書の確認", "ICカードの証明書について、「証明書の確認」に表示されます。"),
    "ids": ("ID・パスワードの変更", "「ID登録申請の手順」の「変更」で表示されます。"),
    "follow-ups": ("利用者登録: 確認事項", "「確認事項の一覧」と業者のページに表示されます。"),
    "eligibility": ("見積参加に足りないもの", "「少額物品・少額役務の見積参加」に表示されます。"),
    "reports": ("帳票", "「帳票」の画面と、帳票を作るときに表示されます。"),
    "mail": ("メールの送信", "通知メールを送れなかったときの理由です。審査担当か管理者が見ます。"),
    "diagnosis": ("動作の点検", "「動作の点検」に表示されます。"),
    "typed": ("一人で行う操作", "職員が1人だけの端末で、確認入力を求める設定のときに表示されます。"),
    "office": (
        "管理者: 作業フォルダーと設定",
        "コマンドを使う管理者に表示されます。画面に出たときは、管理者に文とコードを伝えてください。",
    ),
    "keeping": (
        "管理者: 監査記録の鍵と控え、個人情報の消去",
        "監査記録を確かめるコマンドと、保存期間の過ぎた内容を消すコマンドで表示されます。「監査記録」の画面にも出ます。",
    ),
    "storage": (
        "管理者: データベース",
        "データベースが使えないときに表示されます。続くときは、管理者に文とコードを伝えてください。",
    ),
    "backups": ("管理者: バックアップ", "バックアップと移行のコマンドで表示されます。"),
}
"""Title and lead of each part of the page of all sentences."""

_WAIT = "自動でもう一度送るので、しばらく待ちます。続くときは、管理者に伝えてください。"
_CHECK = "確かめて、問題がなければ、そのまま審査を続けます。"
_CALL = "違うおそれがあるときは、業者に電話で確かめてください。"

REMEDIES: Mapping[str, str] = {
    **dict.fromkeys(("smtp-unconfirmed", "smtp-cut", "smtp-busy", "smtp-some-later", "mail-folder"), _WAIT),
    "audit-state-erased": "だれがいつ何をしたかを、監査記録の一覧で見ます。",
    "door-closed": "次の受付開始を伝えます。急ぐ案内には、再現モードを使います。",
    "letter-without-name": "利用申請書の申請者名を記録してから、通知書を作り直してください。",
    "audit-empty": "記録ができてから、もう一度行います。",
    "erasure-not-due": "その日が過ぎてから行います。",
    "erasure-unfinished": "「--confirm」を付けてもう一度実行します。",
    "event-erased": "内容が要らないときは、「--without-values」を付けて作ります。",
    "nothing-to-apply": "別のファイルを取り込むつもりだったときは、ファイルを選び直します。",
    "import-cancelled": "取り込むときは、もう一度ファイルを選びます。",
    "nothing-to-undo": NOTHING_TO_DO,
    "undo-superseded": "新しい版から順に取り消すか、正しいファイルを取り込みます。",
    "undo-done-already": NOTHING_TO_DO,
    "nothing-to-correct": NOTHING_TO_DO,
    "staff-needs-server": "数人で使うときは、管理者がPostgreSQLに移します。",
    "staff-roles-same": NOTHING_TO_DO,
    "unsupported-character": "別の文字(形の同じ文字が示されたときはその文字)に替えて入力してください。",
    "already-approved": "二重の申請なので、却下して「変更」を案内します。",
    "name-variant": _CHECK,
    "representative-differs": _CALL,
    "address-differs": _CALL,
    "two-addresses": _CHECK,
    "postcode-address": _CALL,
    "phone-unknown": _CALL,
    "mail-domain-unusual": _CALL,
    "id": "ID登録申請を案内します。審査中のときは、審査結果を待ってもらいます。",
    "id-suspended": "停止の理由を業者のページの履歴で確かめます。",
    "id-locked": "本人確認をして「ロックの解除」を行います。",
    "id-cancelled": "もう一度使うときは、ID登録申請を案内します。",
    "permit": "利用申請書の提出を案内します。",
    "permit-undecided": "許可・不許可を決定します。",
    "permit-refused": "不許可の理由を確かめ、必要なら利用申請書をもう一度出してもらいます。",
    "permit-not-yet": "その日から参加できると伝えます。",
    "permit-expired": "利用申請書の提出を案内します。",
    "permit-withdrawn": "取消の理由を「利用許可」で確かめます。",
    "permit-void": "正しい許可の記録があるか「利用許可」で確かめます。",
    "qualification": "名簿の登載を、資格審査の担当に確かめます。",
    "qualification-not-yet": "その日から参加できると伝えます。",
    "qualification-lapsed": "資格の更新を、資格審査の担当に確かめます。",
    "supplier-suspended": "指名停止の期間を伝えます。",
    "door-closed-now": "急ぐ案内には、再現モードか訓練モードを使います。",
    "mails-of-others": "急ぐときは、審査担当か管理者に確かめます。",
    "mail-server-plain": "管理者に伝えてください。",
    "mail-login-none": "ログインが要るメールサーバーのときは、管理者に伝えてください。",
    "revocation-unchecked": "失効リストが届くまで待ちます。急ぐときは、管理者に失効リストの取込を頼みます。",
    "good": NOTHING_TO_DO,
}
"""What to do, where the sentence itself asks for nothing."""

NO_FAULTS = frozenset(
    {
        *(
            "program-good",
            "components-good",
            "settings-good",
            "database-good",
            "mail-good",
            "mail-login-good",
        ),
        *("office-files-good", "templates-good", "erasings-good", "card-readers-good", "card-good"),
        *("certificate-good", "list-good", "checked", "card-module-there", "card-service-of-system"),
        *("card-service-answers", "mail-server-none", "mail-server-answers", "mail-server-encrypted"),
        *("door-open", "nobody-confirms", "another-confirms", "typed-confirmation"),
    }
)
"""What the look at a computer says where nothing is wrong."""

TROUBLES_TITLE = "利用手引き: 業者からのよくある問合せ"
TROUBLES_LEAD = (
    "業者から電話や窓口でよく聞かれることと、その原因、することです。「動作の点検」の画面の「症状・番号・エラーの文で探す」でも探せます。"
    "ICカードのことは、ICカードを発行した認証局によって違うことがあります。"
)
