"""What suppliers ask at the telephone and at the counter: what they see, why, and what to do and to say.

For the search of the look at a computer and for the guide. Words of the suppliers' screens are the manual's. What differs from card to
card or from body to body is not stated as a rule here: who decides it is named.
"""

from __future__ import annotations

from dataclasses import dataclass

from ebidadmin.text.notebooks import (
    CARD_WALKTHROUGH,
    DIAGNOSIS,
    HOME,
    ID_WALKTHROUGH,
    PERMITS,
    QUALIFICATION_IMPORT,
    REGISTRATIONS,
    REVIEW_QUEUE,
    StaffNotebook,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """One question. ``also`` are further words and numbers that a person may search by; ``codes`` the refusals of this program that go
    with it; ``screens`` where it is looked up or put right."""

    symptom: str
    cause: str
    remedy: tuple[str, ...]
    screens: tuple[StaffNotebook, ...]
    also: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()


SEARCHING = (
    Trouble(
        symptom="「資格審査情報検索」で、業者番号が資格審査情報にないと表示される",
        cause="業者番号の打ち間違い(先頭の0がない、ハイフンが入っている、9文字でない)か、まだ資格審査情報に入っていません。",
        remedy=(
            "業者に、通知された業者番号を半角英数字9文字で、先頭の0も含め、ハイフンなしで読み上げてもらいます。",
            "「利用者登録」の検索で、業者番号と商号又は名称のどちらからも探します。",
            "見つからないときは、ホームの資格審査情報の取込日時を見て、その後に認定された業者でないか確かめます。",
        ),
        screens=(REGISTRATIONS, HOME, QUALIFICATION_IMPORT),
        also=("資格審査情報が登録されていません", "見つからない"),
        codes=("supplier-unknown", "wrong-length", "not-alphanumeric"),
    ),
    Trouble(
        symptom="「資格審査情報検索」で、商号又は名称が資格審査情報と一致しないと表示される",
        cause="資格審査情報と書き方が違います。ほかの字、抜けた字、法人格の位置(前・後)の違いなどです。",
        remedy=(
            "表示された文で、何が違うかを確かめます。",
            "「ID登録申請の手順」の「再現」で、業者の言うとおりに入力して、どこで止まるかを見ます。",
            "資格審査情報に登録されているとおりに入力するよう案内します。登録が古いときは、資格の変更の手続を資格審査の担当に確かめます。",
        ),
        screens=(ID_WALKTHROUGH, CARD_WALKTHROUGH, REGISTRATIONS),
        also=("資格審査情報に登録されている商号又は名称を入力して下さい", "社名", "会社名", "株"),
        codes=("name-mismatch",),
    ),
    Trouble(
        symptom="「資格審査情報検索」で、ユーザIDとパスワードを入れるのかと聞かれた。入れると先に進めない",
        cause="この画面のユーザIDとパスワードの欄は、なにも入力しません。",
        remedy=(
            "「ユーザID」と「パスワード」を空白にして、業者番号と商号又は名称だけで検索するよう案内します。空白の文字も消してもらいます。",
            "少額物品用ユーザーIDとパスワードは、後の「ID登録申請」の画面で業者が決めます。",
        ),
        screens=(ID_WALKTHROUGH, CARD_WALKTHROUGH),
        also=("ユーザパスワード情報が登録されていません", "パスワードがわからない"),
        codes=("must-be-empty",),
    ),
    Trouble(
        symptom="業者番号がわからない、業者番号の通知をなくした",
        cause="業者番号は、入札参加資格の認定のときに決まります。この登録事務では付けません。",
        remedy=(
            "業者番号は本人かどうかを確かめるのにも使います。電話で伝えてよいかは、管理者に確かめてから答えます。",
            "通知の再発行をするかどうかと、その方法は、資格審査の担当に確かめて案内します。",
        ),
        screens=(REGISTRATIONS,),
        also=("通知書の紛失", "再発行"),
    ),
    Trouble(
        symptom="変更届を出したのに、画面の代表者や住所が古いまま",
        cause="企業情報は資格審査情報から表示します。変更が資格審査情報に入り、取り込まれるまでは、前の内容のままです。",
        remedy=(
            "「利用者登録」で業者のページを開き、資格審査情報の内容と、ホームの取込日時を確かめます。",
            "届がいつ資格審査情報に入るかは、資格審査の担当に確かめます。入るまでは、企業情報は業者の画面では直せません。",
            "連絡先だけの変更なら、業者が「変更」で直せます。",
        ),
        screens=(REGISTRATIONS, HOME, QUALIFICATION_IMPORT),
        also=("旧代表者", "住所変更", "反映されない"),
    ),
    Trouble(
        symptom="ほかの団体(県など)で登録してあるのに、この市でも登録が要るのか",
        cause="ここで見られるのは、この市の電子入札システムの登録だけです。",
        remedy=(
            "「利用者登録」で、この市の登録があるか確かめます。なければ、この市の登録を案内します。",
            "ほかの団体の登録がどう扱われるかは、その団体に確かめてもらいます。",
        ),
        screens=(REGISTRATIONS, CARD_WALKTHROUGH, ID_WALKTHROUGH),
        also=("県に登録済み", "共同利用", "もう一度登録"),
    ),
    Trouble(
        symptom="入口を押しても進めない、時間外と表示される",
        cause="利用時間の外か、開いていない日です。",
        remedy=(
            "ホームの受付状況で、利用時間と次の受付開始を見て伝えます。",
            "時間内なのに時間外と出るときは、「動作の点検」で時計を確かめます。",
        ),
        screens=(HOME, DIAGNOSIS),
        also=("夜", "休日", "土曜", "祝日", "20時"),
        codes=("door-closed",),
    ),
)

CARDS = (
    Trouble(
        symptom="時計(時刻)が表示されない、読み込みが終わらない",
        cause="パソコンの設定が間違っているか、電子入札用のソフトウェアが入れ替わっていません。",
        remedy=(
            "時刻が表示されるまで、操作をしないでもらいます。",
            "開いている画面をどちらも閉じ、ポータルサイトから開き直してもらいます。",
            "それでも表示されないときは、ICカードを購入した認証局に設定内容を確認してもらいます。パソコンの設定は、ヘルプデスクが受けます。",
        ),
        screens=(CARD_WALKTHROUGH, DIAGNOSIS),
        also=("補助アプリ", "読み込み中", "固まる", "真っ白"),
    ),
    Trouble(
        symptom="「PIN番号入力ダイアログ」が出ない",
        cause="ほかの画面の後ろに隠れているか、違う入口から入っています。",
        remedy=(
            "ほかの画面を最小にして、後ろに出ていないか見てもらいます。",
            "なければ、開いている画面をどちらも閉じ、「物品、役務」の「利用者登録」から入り直してもらいます。",
        ),
        screens=(CARD_WALKTHROUGH,),
        also=("ダイアログ", "入力画面が出ない"),
    ),
    Trouble(
        symptom="「担当者」の欄に何を入れるのか",
        cause="担当者欄は入力不要です。",
        remedy=("「PIN番号」だけを入力し、「担当者」は空欄のまま「OK」を押してもらいます。",),
        screens=(CARD_WALKTHROUGH,),
    ),
    Trouble(
        symptom="PIN番号を間違えた、ICカードがロックされた",
        cause="PIN番号を複数回間違うとロックされます。何回でロックされるかはICカードによって違い、画面からはわかりません。",
        remedy=(
            "確かでないときは、それ以上入力しないでもらいます。PIN番号は聞きません。",
            "ロックされたときは、ICカードを発行した認証局に解除を申し込んでもらいます(日数がかかります)。方法と費用は認証局が決めています。",
            "締切が近いときは、入札の担当課に相談するよう案内します。",
        ),
        screens=(CARD_WALKTHROUGH, DIAGNOSIS),
        also=("暗証番号", "ロック解除", "PINロック"),
        codes=("card-pin-wrong", "card-pin-wrong-last-try", "card-pin-last-try", "card-pin-locked"),
    ),
    Trouble(
        symptom="PIN番号がわからない",
        cause="PIN番号は、ICカードの購入のときに認証局から届いたものです。この登録事務にはありません。",
        remedy=(
            "認証局から届いた書類を見てもらいます。",
            "書類がないときは、ICカードを発行した認証局に聞いてもらいます。再発行されるかどうかは認証局によります。",
        ),
        screens=(CARD_WALKTHROUGH,),
        also=("暗証番号を忘れた",),
        codes=("card-pin-missing", "card-pin-form"),
    ),
    Trouble(
        symptom="「03001 デバイスが使用できません」と表示される、カードリーダーが見つからない",
        cause="カードリーダーがパソコンに認識されていません。",
        remedy=(
            "カードリーダーを差し直し、ランプを確かめてもらいます。",
            "差したままパソコンを再起動してもらいます。",
            "直らないときは、カードリーダーの販売元か、ICカードを発行した認証局に聞いてもらいます。",
        ),
        screens=(DIAGNOSIS,),
        also=("3001", "ドライバー", "USB"),
        codes=("card-reader-missing", "card-missing"),
    ),
    Trouble(
        symptom="「03002 ログインに失敗しました」と表示される",
        cause="PIN番号の打ち間違いか、ICカード・カードリーダーの不調です。",
        remedy=(
            "PIN番号の大文字と小文字、NumLockを確かめてもらいます。続けて入力するとロックされるおそれがあると伝えます。",
            "PIN番号が確かなのに続くときは、ICカードを発行した認証局に聞いてもらいます。",
        ),
        screens=(CARD_WALKTHROUGH, DIAGNOSIS),
        also=("3002",),
        codes=("card-pin-wrong",),
    ),
    Trouble(
        symptom="画面が開かない、「APPLET-CRITICAL」で始まる番号が表示される",
        cause="ブラウザーがポップアップを止めているか、いまは使わない旧方式の画面を開いています。",
        remedy=(
            "電子入札システムのサイトのポップアップを許可してもらいます。",
            "ポータルサイトの「電子入札システム入口（新方式）」から入り直してもらいます。",
        ),
        screens=(CARD_WALKTHROUGH,),
        also=("01400205", "10048", "ポップアップ", "Java", "旧方式"),
    ),
    Trouble(
        symptom="ICカード取得者住所が「null」と表示される",
        cause="証明書に取得者の住所がないときの表示です。誤りではありません。",
        remedy=(
            "そのまま進めてよいと案内します。",
            "「ICカード企業名称」が御社の企業名称かどうかは、必ず確かめてもらいます。",
        ),
        screens=(CARD_WALKTHROUGH,),
        also=("ヌル", "文字化け"),
    ),
    Trouble(
        symptom="「ICカード更新」ができない",
        cause="「ICカード更新」には、有効期限内の前のICカードと、新しいICカードの両方が要ります。前のICカードの期限が切れています。",
        remedy=(
            "前のICカードの有効期限を「利用者登録」の業者のページで確かめます。",
            "切れているときは、新しいICカードで「登録」を行うよう案内します。",
        ),
        screens=(CARD_WALKTHROUGH, REGISTRATIONS),
        also=("期限切れ", "更新できない"),
        codes=("certificate-expired", "card-same", "card-not-registered"),
    ),
    Trouble(
        symptom="「ICカード更新」の後、前のICカードで入れない",
        cause="更新すると、登録は新しいICカードに替わります。前のICカードは使えなくなります。",
        remedy=(
            "新しいICカードを使うよう案内します。手続の途中の案件は、入札の担当課に確かめてもらいます。",
        ),
        screens=(REGISTRATIONS,),
        also=("古いカード", "旧カード"),
        codes=("card-not-usable",),
    ),
    Trouble(
        symptom="開札の前にICカードの有効期限が切れる",
        cause="期限が切れたICカードは使えません。いつまで有効でなければならないかは、案件ごとの決まりによります。",
        remedy=(
            "「利用者登録」の業者のページで、証明書有効期限を確かめます。",
            "期限の前に新しいICカードを取得し、「ICカード更新」を行うよう案内します。発行の日数は認証局に聞いてもらいます。",
            "すでに参加している案件は、入札の担当課に相談してもらいます。",
        ),
        screens=(REGISTRATIONS, CARD_WALKTHROUGH),
        also=("有効期限", "開札日"),
    ),
    Trouble(
        symptom="代表者が替わった。いまのICカードを使い続けてよいか",
        cause="ICカードの取得者と、資格審査情報の代表者・受任者が違うことになります。",
        remedy=(
            "使ってよいかどうかは、この市の決まりを入札の担当課に確かめてから答えます。ここでは決めません。",
            "証明書の記載事項が変わったときの手続は、ICカードを発行した認証局に聞いてもらいます。",
            "登録した後は、「ICカード取得者の相違」として確認事項に並びます。",
        ),
        screens=(REGISTRATIONS,),
        also=("社長交代", "名義", "委任状", "受任者"),
    ),
    Trouble(
        symptom="2枚のICカードに同じ企業IDが表示される",
        cause="同じ業者番号のICカードには同じ企業IDが付きます。誤りではありません。",
        remedy=("企業IDは電子入札システム内で使用する番号なので、特に意識する必要はないと案内します。",),
        screens=(REGISTRATIONS,),
        also=("16桁", "企業IDとは"),
    ),
    Trouble(
        symptom="1枚のICカードを2つの業者番号で使いたい。何枚も登録したい",
        cause="一つの証明書は一つの業者番号でだけ使えます。一つの業者番号に登録できる枚数は、設定によります。",
        remedy=(
            "2つの業者番号には、別々のICカードが要ると案内します。",
            "何枚まで登録できるかは、設定を管理者に確かめます。断られたときは、その文に枚数が出ています。",
        ),
        screens=(REGISTRATIONS, CARD_WALKTHROUGH),
        also=("複数枚", "予備のカード", "支店"),
        codes=("certificate-of-other", "certificate-registered", "cards-at-limit"),
    ),
)

IDS = (
    Trouble(
        symptom="IDを登録したのに、見積に参加できない",
        cause="利用申請書の許可がないか、まだ承認されていません。IDの停止・ロック、資格の期限のこともあります。",
        remedy=(
            "「利用者登録」で業者のページを開き、「少額物品・少額役務の見積参加」の足りないものを読みます。",
            "利用申請書がまだのときは、提出を案内します。窓口・FAX・メール・郵送から選べます。",
            "審査中のときは、審査結果のメールを待つよう案内します。",
        ),
        screens=(REGISTRATIONS, PERMITS, REVIEW_QUEUE),
        also=("ログインできない", "仮登録", "許可通知書"),
    ),
    Trouble(
        symptom="少額物品用ユーザーIDやパスワードを忘れた",
        cause="パスワードは元に戻せない形でだけ保存しています。だれにもわかりません。",
        remedy=(
            "パスワードを聞いたり、推測して入れたりしません。",
            "「利用者登録」の業者のページで本人確認をし、「再設定用の番号の通知」で通知書を作り、登録された住所に送ります。",
            "業者は「変更」の「ID・パスワードを忘れたとき」で、通知書の番号と新しいIDとパスワードを入力します。",
        ),
        screens=(REGISTRATIONS, ID_WALKTHROUGH),
        also=("パスワード再発行", "通知書の紛失", "リセット"),
        codes=("credentials-wrong", "code-wrong", "code-none"),
    ),
    Trouble(
        symptom="IDがロックされた。正しいパスワードでも入れない",
        cause="パスワードを続けて間違えるとロックされます。停止中のIDでも同じ表示です。",
        remedy=(
            "「利用者登録」の業者のページで、IDの状態を見ます。",
            "「ロック中」のときは、本人確認をして「ロックの解除」を行います。パスワードを忘れているときは、通知書を作ります。",
            "「停止中」のときは、停止の理由を履歴で確かめ、担当者に回します。",
        ),
        screens=(REGISTRATIONS,),
        also=("アカウントロック", "ログインできない"),
        codes=("id-locked", "id-suspended", "credentials-wrong"),
    ),
    Trouble(
        symptom="申請が却下された、重ねて申請できない",
        cause="却下の理由は、審査結果のメールと、検索の後の「ID登録申請の審査状況」に表示されます。審査中や承認済みのときは、重ねて申請できません。",
        remedy=(
            "「利用者登録」の業者のページか「ID登録申請の審査」で、申請の状態と理由を見ます。",
            "却下のときは、理由を直して「再度ID登録申請を行う」よう案内します。",
            "承認済みのときは、「変更」を案内します。",
        ),
        screens=(REVIEW_QUEUE, REGISTRATIONS, ID_WALKTHROUGH),
        also=("審査結果", "再申請"),
        codes=("open-application-exists", "live-registration-exists", "already-approved"),
    ),
    Trouble(
        symptom="通知メールが届かない",
        cause="メールアドレスの打ち間違い(点がない、点がコンマになっている)、2つの連絡先の片方だけを直した、迷惑メールに入った、などです。",
        remedy=(
            "「利用者登録」の業者のページの「通知メール」で、どのアドレスにいつ送ったかを見ます。",
            "ID登録申請の結果はID登録依頼者に、指名のときのメールは代表窓口に届きます。両方のアドレスを確かめてもらいます。",
            "違うときは、業者が「変更」で直します。迷惑メールのフォルダーも見てもらいます。",
            "「送信待ち」や「送信断念」のときは、送信の不調です。「動作の点検」を見て、管理者に伝えます。",
        ),
        screens=(REGISTRATIONS, DIAGNOSIS),
        also=("メールが来ない", "迷惑メール", "登録完了メール"),
    ),
    Trouble(
        symptom="メールアドレスを変えたのに、前のアドレスにメールが届く",
        cause="代表窓口とID登録依頼者(ICカードではICカード利用部署)のうち、片方だけを変えています。手続の途中の案件では、前のアドレスのこともあります。",
        remedy=(
            "業者のページで、両方の連絡先を見ます。残っているほうも「変更」で直すよう案内します。",
            "途中の案件のメールについては、入札の担当課に確かめてもらいます。",
        ),
        screens=(REGISTRATIONS, ID_WALKTHROUGH, CARD_WALKTHROUGH),
        also=("旧アドレス",),
    ),
    Trouble(
        symptom="代表窓口とICカード利用部署(ID登録依頼者)は何が違うのか",
        cause=(
            "代表窓口には、指名のときのメールが送られます。本社又は受任者を入力します。"
            "ICカード利用部署・ID登録依頼者は、実際に使う人の連絡先です。"
        ),
        remedy=(
            "同じでよいときは、画面の「代表窓口と同じ」を押すよう案内します。",
            "部署名等がない場合は、連絡先名称に商号又は名称を入力してもらいます。",
        ),
        screens=(CARD_WALKTHROUGH, ID_WALKTHROUGH),
        also=("連絡先", "部署名"),
    ),
    Trouble(
        symptom="登録内容確認を印刷し忘れた",
        cause="印刷できるのは、登録が終わった画面です。画面を閉じると、同じものは印刷できません。",
        remedy=(
            "登録は済んでいます。やり直さないでもらいます。",
            "登録された連絡先は「変更」の画面で確かめられます。パスワードは、どこにも表示も印刷もされません。",
        ),
        screens=(REGISTRATIONS, ID_WALKTHROUGH),
        also=("控え", "プリント"),
    ),
)

GROUPS: tuple[tuple[str, tuple[Trouble, ...]], ...] = (
    ("検索と入口", SEARCHING),
    ("ICカード", CARDS),
    ("ID・パスワードとメール", IDS),
)
TROUBLES: tuple[Trouble, ...] = tuple(one for _, group in GROUPS for one in group)
