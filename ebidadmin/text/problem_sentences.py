"""What is wrong with a field or a cell, by code. ``{field}`` is the field's name; the other names are facts."""

from __future__ import annotations

from collections.abc import Mapping

PROBLEMS: Mapping[str, str] = {
    "parameter-unknown": "{field}という指定はこの帳票にありません。使えるものから選んでください({known})。",
    "parameter-missing": "{field}の指定がありません。値を指定してください。",
    "parameter-type": "{field}の値の型が違います。{wanted}の値を指定してください。",
    "parameter-secret": "{field}は指定できません。暗証番号やパスワードは帳票に渡せないので、消してください。",
    "required": "{field}が入力されていません。入力してください。",
    "not-text": "{field}が文字列ではありません。引用符で囲んだ文字列にしてください。",
    "too-long": "{field}は{limit}文字以内です(入力は{length}文字)。短くしてください。",
    "wrong-length": "{field}は半角英数字{expected}文字です(入力は{length}文字)。先頭の0も含めて{expected}文字で入力してください。",
    "length-out-of-range": "{field}は{least}文字以上{most}文字以内です。文字数を確かめて入力してください。",
    "not-alphanumeric": "{field}に半角英数字でない文字があります。半角の英字と数字だけで入力してください。",
    "letter-and-digit-needed": "{field}は英字と数字を混ぜてください。英字と数字がそれぞれ1文字以上必要です。",
    "not-half-width": "{field}に半角でない文字か空白があります。半角で入力してください。",
    "postcode-form": "{field}の形が違います。半角で「123-4567」のように、ハイフンを入れて入力してください。",
    "phone-form": (
        "{field}の形が違います。半角で「03-0000-0000」のように、数字を2~4組に分けてハイフンでつなぎ、"
        "数字は合わせて{least}~{most}桁で入力してください。"
    ),
    "mail-form": "{field}がメールアドレスの形ではありません。「test@test.com」のような形で入力してください。",
    "not-equal": "{field}が上の入力と一致しません。同じ内容をもう一度入力してください。",
    "same-as-user-id": "{field}がユーザーIDと同じです(大文字・小文字だけの違いも同じとみなします)。別のものにしてください。",
    "same-as-password": "{field}がいまのパスワードと同じです。別のIDにするか、パスワードも変えてください。",
    "must-be-empty": "{search_field}は空白(なにも入力しない)としてください。空白の文字も消してください。",
    "control-character": "{field}の{position}文字目に、目に見えない制御文字({codepoint})があります。消して入力し直してください。",
    "private-use-character": (
        "{field}の{position}文字目は外字({codepoint})です。相手のシステムで表示できないため、常用の字に替えてください。"
    ),
    "replacement-character": (
        "{field}の{position}文字目が文字化けしています({codepoint})。元の文字を確かめて入力し直してください。"
    ),
    "unsupported-character": (
        "{field}の{position}文字目{character}({codepoint})は、受け取るシステムで扱えない文字です。{instead}"
    ),
    "supplier-unknown": "{field}は資格審査情報にありません。番号を確かめてください。",
    "name-mismatch": "{field}が資格審査情報と一致しません。違うのは{differs}です。登録どおりに入力してください。",
    "reason-unknown": "理由「{reason}」は一覧にありません。一覧にある使用中の理由を選んでください。",
    "warning-not-accepted": "注意の所見{field}が確認されていません。確認した内容を一言書いてください。",
    "date-in-past": "{field}({value})が今日より前の日付です。今日か、それより後の日付を入力してください。",
    "date-in-future": "{field}({value})が今日より後の日付です。正しい日付を入力してください。",
    "dates-out-of-order": "{field}が初日より前です。期間を確かめてください。",
    "date-form": "{field}を日付として読み取れません。「2026-04-01」の形で入力してください。",
    "moment-form": "{field}「{value}」を日時として読み取れません。「2026-04-01T09:00:00+09:00」の形にしてください。",
    "moment-in-future": "{field}({value})が今より後の日時です。正しい日時にしてください。",
    "moment-too-early": "{field}({value})が古すぎます。{first}以後の日時にしてください。",
    "number-form": "{field}の形が違います。半角の英数字とハイフンで入力してください。",
    "number-reused": "{field}「{value}」は、内容の違う別の申請に使われています。番号を確かめてください。",
    "given-twice": "{field}が二度書かれています。一つにしてください。",
    "unknown-field": "{field}という項目はありません。項目の名前を確かめてください。",
    "password-hash": (
        "{field}を受け付けられません。Argon2id(バージョン19)のPHC形式で、定められた範囲のパラメーターのものにしてください。"
    ),
    "mail-quotes-entry": "{field}に、申請で入力された{quoted}の内容が含まれています。メールには書けないので、消してください。",
    "open-application-exists": "この業者番号には審査の終わっていない申請{id}があります。その結果を待ってください。",
    "user-id-taken": "{field}はほかの業者が使っています。別のIDにしてください。",
    "live-registration-exists": "この業者番号には有効なIDがすでにあります。変更の手続きをしてください。",
    "cursor-invalid": "一覧の位置({value})がわかりません。最初のページから表示し直してください。",
    "undecodable": "{field}にUTF-8として読めないバイト({bytes})があります。UTF-8で保存し直してください。",
    "json-invalid": "{field}の{column}文字目からJSONとして読めません。書き方を直してください。",
    "json-not-object": "{field}がJSONのオブジェクト({{…}})ではありません。一行に一つの申請を書いてください。",
    "json-key-doubled": "{field}に項目「{key}」が二度書かれています。一つにしてください。",
    "json-number-invalid": "{field}に数でない値({value})があります。文字列で書いてください。",
    "json-character-invalid": "{field}に文字でない符号({value})があります。書き出し元を確かめてください。",
    "column-missing": "見出し{field}の列がありません。見出しの行を確かめてください。",
    "too-many-cells": "{field}の列の数({cells})が見出しの数({columns})より多くなっています。区切りや引用符を確かめてください。",
    "too-few-cells": "{field}の列の数({cells})が見出しの数({columns})より少なくなっています。区切りや引用符を確かめてください。",
    "line-too-long": "{field}が長すぎます({limit}バイトまで)。一行に一つの申請か確かめてください。",
}

UNKNOWN_PROBLEM = "{field}に問題があります(コード: {code})。内容を確かめてください。"

INSTEAD_NAMED = "形の同じ「{instead}」に替えて入力してください。"
INSTEAD_OTHER = "別の文字に替えてください。"

ROW_PROBLEMS: Mapping[str, str] = {
    "heading-missing": (
        "必要な列「{column}」(レイアウト「{layout}」の見出し)がありません。見出しを確かめるか、レイアウトを選び直してください。"
    ),
    "heading-doubled": "見出し「{column}」が二つ以上あります。一つにしてください。",
    "heading-unknown": "見出し「{column}」はレイアウトにありません。追加項目として取り込みます。綴りを確かめてください。",
    "extra-column-gone": "前回まであった列「{column}」がありません。列がなくなってよいか確かめてください。",
    "too-many-cells": "見出しより列の数が多い行です。区切りや引用符を確かめてください。",
    "too-few-cells": "見出しより列の数が少ない行です。区切りや引用符を確かめてください。",
    "name-not-content": "名前の終わりと中身が違うファイルです。中身のとおり{form}として読みました。名前を確かめてください。",
    "sheet-unread": "シート「{column}」は読んでいません。名簿は最初のシートにまとめてください。",
    "merged-cells": "{first}行目から{last}行目に結合されたセルがあります。値は左上のセルだけのものとして読みました。結合を解いてください。",
    "number-digits-unknown": (
        "「{column}」が数値で、桁数のわかる表示形式ではありません。先頭の0が消えているかもしれないので、"
        "文字列にするか、表示形式を「000000000」のようにしてください。"
    ),
    "number-imprecise": "「{column}」が15桁を超える数値です。Excelで下の桁が失われているので、文字列で入力し直してください。",
    "formula-cell": "「{column}」は数式です。最後に計算された値を取り込みます。値を確かめてください。",
    "error-cell": "「{column}」がExcelのエラー値です。正しい値に直してください。",
    "control-character": "「{column}」に制御文字({codepoint})があります。消してください。",
    "private-use-character": "「{column}」に外字({codepoint})があります。常用の字に替えてください。",
    "replacement-character": "「{column}」が文字化けしています({codepoint})。元の文字に直してください。",
    "required": "「{column}」が空です。必須の項目なので入力してください。",
    "too-long": "「{column}」は{limit}文字以内です({length}文字あります)。短くしてください。",
    "supplier-number-form": "「{column}」が半角英数字9文字ではありません。先頭の0が消えていないか確かめてください。",
    "corporate-number-form": "「{column}」が数字13桁ではありません。法人番号を確かめてください。",
    "corporate-number-check-digit": "「{column}」は検査用数字が合いません。法人番号の打ち間違いを確かめてください。",
    "grade-unknown": "「{column}」はA、B、C、D、無しのどれでもありません。等級を確かめてください。",
    "date-form": "「{column}」を日付として読み取れません。「2026/4/1」か「令和8年4月1日」の形にしてください。",
    "dates-out-of-order": "「{column}」が初日より前です({first}から{last})。期間を確かめてください。",
    "postcode-form": "「{column}」が「123-4567」の形ではありません。確かめてください。",
    "postcode-unknown": "「{column}」は日本郵便の郵便番号にありません。打ち間違いや、廃止された番号でないか確かめてください。",
    "phone-form": "「{column}」が電話番号の形ではありません。確かめてください。",
    "email-form": "「{column}」がメールアドレスの形ではありません。確かめてください。",
    "kana-characters": "「{column}」にカナ・英数字・記号でない文字があります。確かめてください。",
    "maybe-cut": "「{column}」がちょうど{length}文字です。元のシステムで切れていないか確かめてください。",
    "key-doubled": "同じ業者の行がほかにもあります({lines}行目)。どれも取り込みません。一行にしてください。",
    "corporate-number-shared": "同じ法人番号が別の業者番号にもあります。確かめてください。",
}

UNKNOWN_ROW_PROBLEM = "「{column}」に問題があります(コード: {code})。内容を確かめてください。"
