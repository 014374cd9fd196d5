"""Why something was refused, by code: what, where, what to do. Names in braces are facts of the error."""

from __future__ import annotations

from collections.abc import Mapping

from ebidadmin.text.backup_sentences import BACKUPS
from ebidadmin.text.card_sentences import CARDS
from ebidadmin.text.certificate_sentences import CERTIFICATES
from ebidadmin.text.desk_requests import DESK_REQUESTS
from ebidadmin.text.import_requests import REQUESTS
from ebidadmin.text.mail_sentences import MAIL_SERVER
from ebidadmin.text.permit_proposals import PROPOSALS
from ebidadmin.text.register_sentences import REGISTER
from ebidadmin.text.registration_sentences import CARD_RULES, ID_RULES
from ebidadmin.text.report_sentences import REPORTING
from ebidadmin.text.staff_words import STAFF
from ebidadmin.text.typed_confirmation import TYPED

RULES: Mapping[str, str] = {
    "not-permitted": "「{permission}」を行う権限がありません(利用者: {staff})。管理者に役割を確かめてください。",
    "illegal-transition": "{subject}は「{state}」なので、{verb}はできません。最新の状態を確かめてください。",
    "not-eligible": "承認できない所見があります({findings})。原因がなくなってから承認するか、却下・照会してください。",
    "view-name": "絞り込みを保存できませんでした。名前を直してください。",
    "audit-state-kind": "「{kind}」の記録には全部の項目が残らないため、ある時点の内容は表示できません。一つ一つのできごとを見てください。",
    "audit-state-erased": "そのときの内容は、保存期間が過ぎて消去されました(記録{id}番)。だれがいつ何をしたかは、監査記録に残っています。",
    "audit-state-partial": (
        "{id}は登録の後に変更がなく、登録の時の一部の項目しか監査記録にありません。登録内容は「利用者登録」の画面で確かめてください。"
    ),
    "views-full": "保存できる絞り込みは{limit}件までです。使わないものを削除してから保存してください。",
    "auto-approval-off": (
        "所見なし自動承認は使わない設定です。何も承認していません。使うときは設定(review.auto_approve)を変えてください。"
    ),
    "already-decided": (
        "{subject}は、{by}さんが{at}に「{state}」と決定しています。あなたの操作は行われていません。最新の状態を確かめてください。"
    ),
    "door-closed": "いまは「{door}」の利用時間外です。次の受付は{next_opening}からです。それまでは再現モードで内容を確かめられます。",
    "held-by-other": "{id}は{holder}さんが担当しています({until}まで)。担当が終わるまで待つか、担当を引き継いでください。",
    "changed-meanwhile": (
        "{id}は、画面を開いた後に{by}さんが{at}に「{state}」にしました。あなたの操作は行われていません。最新の状態を確かめてください。"
    ),
    "concurrent-edit": (
        "{id}は、{by}さんが{at}に先に「{state}」にしました。あなたの操作は行われていません。最新の状態を確かめてください。"
    ),
    "open-application-exists": "この業者番号には審査の終わっていない申請({id})があります。その結果を待ってください。",
    "application-open": "この業者番号には審査の終わっていない申請({id})があります。その結果を待ってください。",
    "live-registration-exists": "この業者番号には有効なIDがすでにあります。変更の手続きを案内してください。",
    "already-approved": "この業者番号には有効なIDがすでにあります。変更の手続きを案内してください。",
    "user-id-taken": "この少額物品用ユーザーIDは使われています。別のIDを入力してください。",
    "enterprise-id-taken": "企業IDの番号が重なりました。何も登録していません。管理者に連絡してください。",
    "dispatch-entered": (
        "{id}の通知書の発送は、{by}さんが{at}に発送簿に記入しています({row})。今回の記入は1件も行っていません。"
        "一覧を開き直してください。"
    ),
    "dispatch-corrected": "発送簿の{corrects}はすでに訂正されています。訂正した行を確かめ、その行を訂正してください。",
    "letter-changed": "通知書を作る間に{id}が変わりました。何も作っていません。最新の状態を確かめてください。",
    "letter-without-name": "{id}の業者番号は資格審査情報になく、申請者名も記録されていないため、あて名が書けません。",
    "letter-without-number": "{id}は文書番号を付ける前に決定した許可です。紙の控えで確かめてください。",
    "document-number-taken": "文書番号が重なりました。何も決定していません。管理者に連絡してください。",
    "mail-changed": "確認した後に、送るメールの内容が変わりました。何も行っていません。もう一度メールを確かめてください。",
    "findings-changed": "確認した後に、所見又は資格審査情報が変わりました。何も行っていません。もう一度判断してください。",
    "credential-missing": "{id}にはパスワードのハッシュ値がないため、承認できません。再申請を案内してください。",
    "tsa-without-file": "タイムスタンプは控えのファイルの隣に保存します。--to でファイルを指定してください。",
    "tsa-trust-missing": "タイムスタンプを確かめる証明書がわかりません。--tsa-trust か設定 audit.tsa_trust で指定してください。",
    "audit-empty": "監査記録がまだ1件もありません。",
    "audit-key-missing": "監査記録に署名する鍵がありません。「ebidadmin audit key --make」で作ってください。",
    "audit-tree-broken": "監査記録のハッシュ木が壊れています。「ebidadmin audit verify」で確かめ、管理者に連絡してください。",
    "erasure-running": (
        "消去できません。{kept}({id})がまだ終わっていません。"
        "名簿から外れるか、取消・送信などが済んでから、もう一度実行してください。"
    ),
    "erasure-not-due": "消去できません。保存年数を過ぎるのは{due}です。",
    "erasure-stale": (
        "業者番号{supplier_number}の内容が、見たときから変わりました。"
        "もう一度内容を見て、新しい確認コードを付けて実行してください。"
    ),
    "erasure-unfinished": "業者番号{id}の消去は途中で止まっています。「--confirm」を付けてもう一度実行すると、続きから終わらせます。",
    "erasure-file-stays": (
        "消去はまだ終わっていません。ファイル「{file}」を消せません。消せるようにして、同じコマンドをもう一度実行してください。"
    ),
    "erasure-not-owner": (
        "消去はまだ終わっていません。表「{table}」を書き直す権限がありません。"
        "データベースの所有者の利用者で、同じコマンドをもう一度実行してください。"
    ),
    "erasure-no-checkpoint": (
        "消去はまだ終わっていません。チェックポイントの権限(pg_checkpoint)がありません。権限を付けて、同じコマンドをもう一度実行してください。"
    ),
    "erasure-samples": (
        "消去はまだ終わっていません。空になった表「{table}」の統計に内容が残っています。"
        "データベースの管理者(superuser)の利用者で、同じコマンドをもう一度実行してください。"
    ),
    "erasure-watched": (
        "消去はまだ終わっていません。消去の前から続いている処理があります。それが終わってから、同じコマンドをもう一度実行してください。"
    ),
    "event-erased": "記録{id}番の内容は保存期間が過ぎて消去されました。内容を含まない証明は「--without-values」を付けて作れます。",
    "event-changed": "記録{id}番の内容が、封をしたときと違います。「ebidadmin audit verify」で確かめ、管理者に連絡してください。",
    "supplier-not-opened": (
        "業者番号と商号又は名称が資格審査情報と一致しません。何も表示していません。業者に両方を確かめて、もう一度入力してください。"
    ),
    "supplier-closed": "業者番号{supplier}の登録内容を開いておける時間が過ぎました。もう一度、業者番号と商号又は名称で開いてください。",
    "not-found": "{kind}「{id}」が見つかりません。番号を確かめてください。",
}

INPUT: Mapping[str, str] = {
    "form": "入力内容に誤りがあります。次の項目を直してください。",
    "search-form": "入力内容に誤りがあります。次の項目を直してください。",
    "card-form": "入力内容に誤りがあります。次の項目を直してください。",
    "contact-form": "入力内容に誤りがあります。次の項目を直してください。",
    "supplier-unknown": "この業者番号は資格審査情報にありません。番号を確かめ、わからないときは窓口にお問い合わせください。",
    "name-mismatch": "業者番号と商号又は名称が資格審査情報と一致しません。登録どおりの名称を確かめてください。",
    "password-hash": "パスワードのハッシュ値を受け付けられません。申請をやり直してください。",
    "last-day-missing": "この業者番号は資格審査情報にないため、許可の末日が決まりません。末日を指定してください。",
    "reason-missing": "理由がありません。理由を一つ以上選ぶか、書いてください。",
    "reason-unknown": "一覧にない理由があります。一覧から選び直してください。",
    "text-missing": "本文がありません。内容を書いてください。",
    "warning-not-accepted": "確認されていない「注意」の所見があります。それぞれに確認した内容を一言書いてください。",
    "mail-quotes-entry": "申請で入力された内容が本文に含まれています。メールには書けないので、消してください。",
    "dispatch-before-decision": "{id}の決定より前の日({day})には発送できません。日付を確かめてください。",
    "dispatch-after-voiding": "{id}は欠番にしたので、その後の日({day})には発送できません。日付を確かめてください。",
    "dispatch-of-other": "発送簿の{id}は{permit}の通知書ではありません。番号を確かめてください。",
    "day-unreadable": "「{value}」を日付として読み取れません。「2026-04-01」の形で入力してください。",
    "date-in-past": "今日より前の日は指定できません。日付を確かめてください。",
    "withdrawal-after-end": "許可は{valid_to}で終わっています({day}からの取消はできません)。日付を確かめてください。",
    "date-in-future": "今日より後の日付は記録できません。日付を確かめてください。",
    "dates-out-of-order": "期間の末日が初日より前です。日付を確かめてください。",
    "cursor-invalid": "一覧の位置がわからなくなりました。最初のページから表示し直してください。",
}

IMPORTS: Mapping[str, str] = {
    "file-changed": "確認した後に「{file}」の内容が変わりました。何も取り込んでいません。もう一度確かめてください。",
    "layout-changed": "確認したときとレイアウトが違います(確認: {previewed}、今回: {layout})。もう一度確かめてください。",
    "register-changed": "確認した後に資格審査情報が変わりました。「{file}」は取り込んでいません。もう一度確かめてください。",
    "refused-rows": "「{file}」にはエラーのある行が{refused}行あるため取り込めません。直して、もう一度選んでください。",
    "scale-unconfirmed": "変更の多い取込です。「{file}」の変更内容を確かめ、確認のうえ取り込んでください。",
    "nothing-to-apply": "「{file}」の内容はすでに取り込まれています。変わるものはないので、何も行っていません。",
    "counts-differ": "取り込んだ件数が確認したときと違うため、取込を取り消しました。「{file}」をもう一度確かめてください。",
    "stage-missing": "「{file}」の確認の結果が残っていません。もう一度ファイルを確かめてください。",
    "import-cancelled": "取込を中止しました。何も変わっていません。",
    "file-missing": "「{file}」が見つかりません。場所を確かめてください。",
    "file-not-a-file": "「{file}」はファイルではありません(フォルダーや装置など)。名簿のファイルを選んでください。",
    "file-unreadable": "「{file}」を読み取れません。開く権限があるか、ほかで開いていないか確かめてください。",
    "file-empty": "「{file}」は空です。ファイルを確かめてください。",
    "tsa-address-refused": "「{url}」の時刻認証局は使えません。http(s):// で始まり、ログインを含まない場所を指定してください。",
    "tsa-too-slow": (
        "時刻認証局「{url}」から{seconds}秒以内に返事がありません。控えは作っていません。"
        "後でもう一度行うか、--no-tsa を付けてください。"
    ),
    "tsa-unreachable": "時刻認証局「{url}」に接続できません。控えは作っていません。通信を確かめるか、--no-tsa を付けてください。",
    "tsa-refused": "時刻認証局「{url}」がタイムスタンプを断りました。控えは作っていません。契約と場所を確かめてください。",
    "tsa-answer-wrong": (
        "時刻認証局「{url}」の返事は正しくありません({detail})。控えは作っていません。認証局の証明書の設定を確かめてください。"
    ),
    "audit-anchors-unreadable": "「{file}」は監査記録の控えのファイルではありません({detail})。保管した控えのファイルを指定してください。",
    "file-unwritable": "「{file}」に書き込めません。権限と空き容量を確かめてください。",
    "batch-form": "「{file}」はExcelのブックです。申請の一括受付はCSVかJSON Linesのファイルにしてください。",
    "batch-headings": "「{file}」の見出しが申請の一括受付のものではありません。何も受け付けていません。見出しを直してください。",
    "registration-file-form": "「{file}」には書き出せません。名前の終わりを .csv か .jsonl にしてください。",
    "file-has-no-rows": "「{file}」には見出しのほかに行がありません。ファイルを確かめてください。",
    "heading-row-missing": "「{file}」の{row}行目に見出しがありません。ファイルとレイアウトを確かめてください。",
    "heading-not-text": "「{file}」の{line}行目は文字ではありません(NULがあります)。CSVかExcelのファイルか確かめてください。",
    "encoding-ambiguous": (
        "「{file}」は文字コードを決められません(UTF-8にもCP932にも読めます)。BOM付きのUTF-8で保存し直してください。"
    ),
    "excel-unreadable": (
        "「{file}」をExcelのファイルとして読めません。壊れているか、パスワードが付いています。Excelで開き、保存し直してください。"
    ),
    "excel-too-large": "「{file}」は展開すると大きすぎます。Excelで余分な行と列を消すか、CSVで保存し直してください。",
    "too-many-columns": "「{file}」の{line}行目に列が{columns}あります({limit}まで)。区切りを確かめてください。",
    "cell-too-long": "「{file}」の{line}行目に長すぎる項目があります({limit}文字まで)。引用符の閉じ忘れを確かめてください。",
    "quoting-broken": "「{file}」の{line}行目は引用符の使い方が正しくありません。直してください。",
    "line-too-long": "「{file}」の{line}行目が長すぎます({limit}文字まで)。ファイルの形を確かめてください。",
    "undecodable": (
        "「{file}」の{line}行目に{encoding}として読めないバイト({bytes})があります。"
        "UTF-8かシフトJIS(CP932)で保存し直してください。"
    ),
    "encoding-not-supported": (
        "「{file}」の文字コード({encoding})は、このレイアウトでは使えません。UTF-8かシフトJIS(CP932)で保存し直してください。"
    ),
    "layout-doubled": "レイアウトの名前「{name}」が二つ以上あります({file})。別の名前にしてください。",
    "layout-invalid": "「{file}」の「{key}」を使えません。書き方を直してください。",
    "layouts-missing": "「{folder}」にレイアウトがありません。元に戻してください。",
    "severity-missing": "「{file}」に次の区分がありません({codes})。書き足してください。",
}

DESK: Mapping[str, str] = {
    "bundled-files-missing": "プログラムに付属する「{name}」が見つかりません。インストールし直してください。",
    "office-file-changed": "「{name}」は、見た後に変更されています。何も変えていません。今の内容を見て、やり直してください。",
    "office-file-same": "「{name}」は、もうその内容です。変える内容を確かめてください。",
    "setting-database-kept": "{setting} は、この操作では変えられません(記録が別のデータベースに分かれます)。元に戻してください。",
    "reason-code-gone": "「{file}」に理由コード {reason_code} がありません。使われた理由は消せません。active = false にしてください。",
    "data-entry-invalid": "データファイル「{file}」の「{key}」を使えません(理由: {reason})。書き方を直してください。",
    "data-file-missing": "データファイル「{file}」がありません。元に戻してください。",
    "data-file-not-toml": "データファイル「{file}」を読み取れません({reason})。書き方を直してください。",
    "data-version": "データファイル「{file}」の版が違います(必要な版: {expected})。ひな形を新しくしてください。",
    "toml-invalid": "データファイル「{file}」を読み取れません({detail})。書き方を直してください。",
    "mail-field-missing": "メールのひな形「{file}」の{key}に、必要な項目 {field} がありません。書き足してください。",
    "mail-field-forbidden": "メールのひな形「{file}」の{key}にある {field} は、メールに書けない項目です。消してください。",
    "mail-field-unknown": "メールのひな形「{file}」の{key}にある {field} は、ない項目です。綴りを確かめてください。",
    "audit-key-unreadable": "監査記録の鍵「{file}」を読み取れません({reason})。権限を確かめ、なければバックアップから戻してください。",
    "tsa-trust-unreadable": "時刻認証局の証明書「{file}」を読み取れません({reason})。PEM形式のファイルを指定してください。",
    "audit-key-unwritable": "監査記録の鍵「{file}」を作れません({reason})。フォルダーの権限と空き容量を確かめてください。",
    "data-file-unreadable": "データファイル「{file}」を開けません({reason})。権限と文字コード(UTF-8)を確かめてください。",
    "desk-exists": "「{folder}」にはすでに作業フォルダーがあります。別の場所を指定してください。",
    "desk-missing": "「{folder}」は作業フォルダーではありません。--desk で場所を指定するか、ebidadmin init で作ってください。",
    "desk-without-notebooks": "「{folder}」に画面のファイル「{file}」がありません。ebidadmin init で作り直してください。",
    "folder-not-empty": "「{folder}」は空ではありません。空のフォルダーを指定してください。",
    "folder-not-writable": "「{folder}」に書き込めません。権限と空き容量を確かめてください。",
    "not-a-folder": "「{folder}」はフォルダーではありません。フォルダーを指定してください。",
    "own-desk-occupied": "「{file}」があるため、業務の画面を準備できません({office})。名前を変えてから、もう一度ログインしてください。",
    "runtime-folder-not-ours": "「{folder}」はほかの利用者のものなので使えません。管理者に連絡してください。",
    "clock-wrong": "このコンピューターの日時({now})が正しくありません。日時を直してからやり直してください。",
    "person-unknown": "操作している人がわかりません(uid {uid})。利用者として登録されているか管理者に確かめてください。",
    "setting-invalid": "設定「{setting}」の値「{value}」は使えません。直してください。",
    "setting-missing": "設定「{setting}」がありません。ebidadmin.toml に書いてください。",
    "setting-not-toml": "設定ファイル「{file}」を読み取れません({detail})。書き方を直してください。",
    "setting-unknown": "設定「{setting}」はありません。綴りを確かめてください(使えるもの: {known})。",
    "setting-wrong-type": "設定「{setting}」の型が違います。{wanted}で書いてください。",
}

STORAGE: Mapping[str, str] = {
    "schema-missing": "データベースがまだ作られていません。ebidadmin db upgrade を行ってください。",
    "schema-older": "データベースの版が古く、このプログラムでは使えません。控えを取ってから ebidadmin db upgrade を行ってください。",
    "schema-newer": "データベースの版がこのプログラムより新しいため使えません。プログラムを新しくしてください。",
    "journal-mode-refused": "データベースの記録方式を{wanted}にできません(いまは{found})。置き場所を管理者に確かめてください。",
    "refused-by-database": "データベースが保存を断りました。何も変わっていません。管理者に連絡してください({constraint})。",
    "database-locked": "データベースをほかの処理が使っています。何も変わっていません。少し待ってもう一度行ってください。",
    "database-read-only": "データベースに書き込めません。何も変わっていません。権限を管理者に確かめてください。",
    "database-not-allowed": (
        "データベースが、この利用者にはその操作を認めていません。何も変わっていません。役割を管理者に確かめてください。"
    ),
    "disk-full": "空き容量がないため保存できません。何も変わっていません。管理者に連絡してください。",
    "database-missing": "データベースを開けません。場所と接続を管理者に確かめてください。",
    "database-lost": "データベースとの接続が切れました。接続を管理者に確かめ、最新の状態を見てからもう一度行ってください。",
    "database-slow": (
        "データベースの処理に時間がかかりすぎたため中止しました。何も変わっていません。少し待ってもう一度行い、続くときは管理者に連絡してください。"
    ),
    "database-driver-missing": "データベース({backend})に接続する部品がありません。ebidadmin[postgres] を入れてください。",
    "text-unstorable": (
        "入力に、保存できない文字(貼り付けた制御文字など)があるか、入力が長すぎます。何も変わっていません。その部分を消してもう一度行ってください。"
    ),
    "database-kind": (
        "設定「{setting}」のデータベースの種類「{kind}」は使えません。sqlite:// 又は postgresql:// で始まるアドレスに直してください。"
    ),
    "database-encoding": "データベースの文字コードが{found}です。UTF8で作り直してください。",
    "database-damaged": "データベースが壊れています。使うのをやめて、控えから戻すよう管理者に連絡してください。",
    "database-unreadable": "データベースを読み書きできません。ディスクの状態を管理者に確かめてください。",
    "value-unreadable": (
        "データベースに、ebidadminが書くはずのない値があります。何も変わっていません。監査記録の検証で場所を調べ、管理者に連絡してください。"
    ),
    "database-refused": "データベースの処理に失敗しました。何も変わっていません。管理者に連絡してください。",
}

PAPERS: Mapping[str, str] = {
    "glyph-missing": "「{field}」の文字「{character}」({codepoint})は印刷用の書体にありません。別の字に替えてください。",
    "font-missing": "印刷用の書体「{family}」がありません。{package} を入れてください。",
    "font-unreadable": "書体のファイル「{path}」を読み取れません。入れ直してください。",
    "letter-field-unknown": "通知書のひな形「{file}」の{line}行目にある {field} は、ない項目です。綴りを確かめてください。",
    "letter-mark-unknown": "通知書のひな形「{file}」の{line}行目にある {mark} は、ない印です。綴りを確かめてください。",
    "letter-braces": "通知書のひな形「{file}」の{line}行目は、項目を囲む波かっこが合っていません。直してください。",
    "letter-row": "通知書のひな形「{file}」の{line}行目は、表の行です。「項目｜内容」と書いてください。",
    "letter-empty": "通知書のひな形「{file}」には印刷される行がありません。元に戻してください。",
    "file-exists": "「{file}」がすでにあります。別の場所を指定するか、置き換える(--overwrite)と指定してください。",
    "template-missing": "ひな形「{template}」がありません。元に戻してください。",
    "template-broken": "ひな形「{template}」に誤りがあります({detail})。直してください。",
    "mail-not-writable": "メール{id}を組み立てられません。宛先と件名を確かめ、電話などで知らせてください。",
    "mail-folder": "メール{id}を送信フォルダーに書けません({reason})。自動でもう一度行います。",
}

ERRORS: Mapping[str, str] = {
    **MAIL_SERVER,
    **RULES,
    **INPUT,
    **IMPORTS,
    **REQUESTS,
    **PROPOSALS,
    **DESK_REQUESTS,
    **REGISTER,
    **DESK,
    **STORAGE,
    **PAPERS,
    **CARDS,
    **CARD_RULES,
    **ID_RULES,
    **CERTIFICATES,
    **REPORTING,
    **BACKUPS,
    **STAFF,
    **TYPED,
}

UNKNOWN_ERROR = "処理できませんでした(コード: {code})。管理者にコードを伝えてください。"
