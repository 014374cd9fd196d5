"""The staff notebooks: file name, title, what the launcher tile says, and the one call that each of them holds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StaffNotebook:
    """A notebook of the staff. ``call`` is the function of ``ebidadmin.desk`` that shows its screen; ``guide`` the page of the staff guide
    that explains it."""

    name: str
    title: str
    caption: str
    call: str
    guide: str

    @property
    def code(self) -> str:
        """The source of its only code cell; the notebook runs by itself only while it holds exactly this."""
        return f"from ebidadmin import desk\n\ndesk.{self.call}()"


HOME = StaffNotebook("00_home.ipynb", "ホーム", "受付状況、件数、お知らせ、各画面への入口", "home", "index")
REVIEW_QUEUE = StaffNotebook(
    "10_review_queue.ipynb",
    "ID登録申請の審査",
    "審査待ちの一覧、照合、承認・却下・照会",
    "review_queue",
    "review",
)
PERMITS = StaffNotebook(
    "20_permits.ipynb",
    "利用許可",
    "利用申請書の記録、許可・不許可の決定、通知書の印刷と発送簿",
    "permits",
    "permits",
)
QUALIFICATION_IMPORT = StaffNotebook(
    "30_qualification_import.ipynb",
    "資格審査情報の取込",
    "資格審査情報のファイルを確認して取り込みます",
    "qualification_import",
    "import",
)
LAYOUT_MAKER = StaffNotebook(
    "31_layout_maker.ipynb",
    "レイアウトの作成",
    "新しい形式のファイルを取り込むためのレイアウトを作ります",
    "layout_maker",
    "layout",
)
CARD_WALKTHROUGH = StaffNotebook(
    "40_card_walkthrough.ipynb",
    "ICカードによる利用者登録の手順",
    "ICカードの登録・変更・更新の画面を順に進めます(登録・再現・訓練)",
    "card_walkthrough",
    "card",
)
ID_WALKTHROUGH = StaffNotebook(
    "41_id_walkthrough.ipynb",
    "ID登録申請の手順",
    "ID登録申請の画面を順に進めます(登録・再現)",
    "id_walkthrough",
    "walkthrough",
)
REGISTRATIONS = StaffNotebook(
    "50_registrations.ipynb",
    "利用者登録",
    "確認事項の一覧、業者ごとの登録・許可・申請・ICカード・メール・履歴",
    "registrations",
    "registrations",
)
AUDIT = StaffNotebook(
    "60_audit.ipynb",
    "監査記録",
    "だれがいつ何をしたかの一覧、業者ごとの経過、ある時点の内容、書き出し",
    "audit",
    "audit",
)
REPORTS = StaffNotebook(
    "70_reports.ipynb",
    "帳票",
    "定期に作られる帳票の予定と結果、ファイル、前回との比較、作り直し",
    "reports",
    "reports",
)
DIAGNOSIS = StaffNotebook(
    "90_diagnosis.ipynb",
    "動作の点検",
    "端末、カードリーダー、ICカード、データベース、メールの状態を調べます",
    "diagnosis",
    "diagnosis",
)

STAFF_NOTEBOOKS = (
    HOME,
    REVIEW_QUEUE,
    PERMITS,
    QUALIFICATION_IMPORT,
    LAYOUT_MAKER,
    CARD_WALKTHROUGH,
    ID_WALKTHROUGH,
    REGISTRATIONS,
    AUDIT,
    REPORTS,
    DIAGNOSIS,
)

LAUNCHER_CATEGORY = "電子入札 登録事務"
SHORTCUT_COMMENT = "電子入札の登録事務の画面をブラウザーで開きます"
SCREEN_STARTING = "画面を準備しています…"
SCREEN_CHANGED = (
    "このノートブックの内容は配布されたものと異なるため、自動では表示しません。"
    "管理者に確認するか、内容を確かめてからセルを実行してください。"
)
SCREEN_RESTARTED = "画面のプログラムが再起動したため、画面を作り直しました。途中だった入力と確認は残っていません。もう一度行ってください。"
SCREEN_LOST = (
    "サーバーとの接続が切れています。表示と入力は残っていますが、ボタンは使えません。"
    "つながるまで待ち、1分たってもつながらないときは、入力を控えてからページを読み込み直してください。"
)
